"""Change the store's file: under uv's lock, replacing the old file with a complete new one."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..util.files import LARGEST, retried
from ..util.paths import file_above
from . import toml_file
from .lock import locked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SCALARS = (str, int, float)  # tomli-w writes tables of these alone in plain lines


def change(path: str, edit: Callable[[list[object]], int], *, lock_timeout: float, ours: bool) -> int:
    """Read the file, have its list of credentials edited, and write it, while every other writer waits.

    Args:
        path: the file; a symbolic link is followed, but the lock stays beside the link, where uv looks for it.
        edit: changes the list in place and returns how many credentials it changed; at 0 nothing is written.
        lock_timeout: how many seconds to wait for another process.
        ours: whether the path is uv's own, not one that a user chose.

    Returns:
        What `edit` returned.

    Raises:
        StoreError: the file is damaged, locked for too long or cannot be written. It is then as it was.

    """
    try:
        _make_folder(path, ours=ours)
        with locked(f"{path}.lock", lock_timeout):
            return _change(path, edit)
    except TimeoutError as error:
        message = str(error)
    except OSError as error:
        blocking = file_above(path)
        message = f"{blocking}: {toml_file.IN_THE_WAY}" if blocking else f"{error.filename or path}: {error.strerror}"
    raise StoreError(message)  # outside of `except`: the frames of the failure hold secrets


def _change(path: str, edit: Callable[[list[object]], int]) -> int:
    _, document = toml_file.read(path)
    changed = edit(toml_file.tables(document))
    if changed:
        content = _dump(document).encode()
        if len(content) > LARGEST:
            raise OSError(errno.EFBIG, f"it would be larger than {LARGEST >> 20} MiB, and no longer read")
        _replace(path, content)
    return changed


def _make_folder(path: str, *, ours: bool) -> None:
    """Make the file's folder, for its owner alone; like uv, leave a folder that a user chose its mode."""
    folder = os.path.dirname(path) or "."  # noqa: PTH120
    make_private(folder)
    if ours and not os.environ.get("UV_CREDENTIALS_DIR") and os.name == "posix":
        os.chmod(folder, 0o700)  # noqa: PTH101


def make_private(folder: str) -> None:
    """Make a folder and those above it that are missing, each for its owner alone, under any umask.

    That is the XDG base directory specification's rule. uv, and `os.makedirs`, leave those above to the umask: where
    others may write to one, they can put a folder of their own in the place of the store's.
    """
    missing = []
    while folder and not os.path.isdir(folder):  # noqa: PTH112
        missing.append(folder)
        parent = os.path.dirname(folder)  # noqa: PTH120
        if parent == folder:
            break
        folder = parent
    for one in reversed(missing):
        with contextlib.suppress(FileExistsError):  # another process was first, or what follows says what is in the way
            os.mkdir(one, 0o700)  # noqa: PTH102


def _dump(document: dict[str, object]) -> str:
    """Return the file's text, laid out as uv does where that can be."""
    import tomli_w  # noqa: PLC0415 - only a change needs it

    tables = document.get("credential")
    if not isinstance(tables, list) or not tables or not all(_is_plain(table) for table in tables):
        return tomli_w.dumps(document)
    rest = {key: value for key, value in document.items() if key != "credential"}
    blocks = [tomli_w.dumps(rest)] if rest else []
    return "\n".join([*blocks, *(f"[[credential]]\n{tomli_w.dumps(table)}" for table in tables)])


def _is_plain(table: object) -> bool:
    return isinstance(table, dict) and all(isinstance(value, _SCALARS) for value in table.values())


def _replace(path: str, content: bytes) -> None:
    """Put a new file in the place of the one at a path: a kill at any instant leaves the old or the new."""
    target = os.path.realpath(path)
    folder, name = os.path.split(target)
    if os.path.exists(target) and not os.path.isfile(target):  # noqa: PTH110, PTH113
        raise OSError(errno.EINVAL, "not a regular file, which a new one would replace: move it away")
    if target == os.path.join(os.path.realpath(os.path.dirname(path)), name):  # noqa: PTH118, PTH120
        _sweep(folder, name)
    with _new_file(folder, name) as (temporary, descriptor):
        with open(descriptor, "wb") as file:  # noqa: PTH123
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        retried(lambda: os.replace(temporary, target), target)  # noqa: PTH105
    _sync_folder(folder)


@contextlib.contextmanager
def _new_file(folder: str, name: str) -> Iterator[tuple[str, int]]:
    """Make an empty file that only its owner may read; what goes wrong with it removes it."""
    temporary = os.path.join(folder, f".{name}.{os.urandom(8).hex()}.tmp")  # noqa: PTH118
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        yield temporary, descriptor
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise


def _sweep(folder: str, name: str) -> None:
    """Remove what killed writers have left: only the holder of the lock writes here."""
    for leftover in os.listdir(folder):  # noqa: PTH208
        if leftover.startswith(f".{name}.") and leftover.endswith(".tmp"):
            with contextlib.suppress(OSError):
                os.unlink(os.path.join(folder, leftover))  # noqa: PTH108, PTH118


def _sync_folder(folder: str) -> None:
    """Flush the folder, so that the new name is on disk; on Windows, which opens no folders, the system does."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
