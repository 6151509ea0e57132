"""Run a command without a shell, with limits on its time and its output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Callable, NamedTuple

from .deadline import Deadline
from .terminal import is_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

OUTPUT_LIMIT = 64 * 1024
"""Bytes. No password or token is this long: a command that prints more has printed something else."""
GRACE = 1.0
"""Seconds to wait for the rest of the output once the process has ended: a child of its own may hold the pipe open."""

_GLANCE = 0.1  # seconds between two looks whether a process is gone while its output has not ended


class NotStartedError(Exception):
    """A command cannot be started; the message is the name of the system's error."""


class FloodedError(Exception):
    """A command has printed more than `OUTPUT_LIMIT` bytes, and was ended."""


class Reply(NamedTuple):
    """The exit code of a process (negative: the signal that ended it), and the bytes it printed."""

    code: int
    output: bytes
    errors: bytes

    def __repr__(self) -> str:
        return f"Reply({self.code}, ****)"


def find_command(name: str, outside: str | None = None) -> str | None:
    """Return the path of a command; ``None`` when there is none in PATH's trusted folders.

    On Windows only ``NAME.exe`` counts, as with uv: a batch file would read its arguments a second time.

    Args:
        name: without a folder and, on Windows, with or without ``.exe``.
        outside: as for `trusted_folders`.

    """
    if sys.platform == "win32" and not name.lower().endswith(".exe"):
        name = f"{name}.exe"
    for folder in map(Path, trusted_folders(outside)):
        path = folder / name
        if os.access(path, os.X_OK) and path.is_file():
            return str(path)
    return None


def trusted_folders(outside: str | None = None) -> list[str]:
    """Return PATH's absolute folders: what lies in the working folder is not to be trusted.

    Args:
        outside: a folder that does not count, even if PATH has its full name; ``None``: all of PATH's count.

    """
    folders = filter(os.path.isabs, os.environ.get("PATH", os.defpath).split(os.pathsep))
    if outside is None:
        return list(folders)
    left_out = os.path.realpath(outside)
    return [folder for folder in folders if os.path.realpath(folder) != left_out]


def run(
    arguments: Sequence[str],
    deadline: Deadline,
    *,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    cwd: str | None = None,
) -> Reply:
    """Run one process to its end.

    Its standard error goes to the terminal, if ours is one. If the wait ends early, for any reason, the process and its
    children are killed.

    Args:
        arguments: the path of the command, and its arguments.
        deadline: the end of its time.
        environment: all of its variables.
        stdin: what it gets as its standard input.
        cwd: its working folder; ``None``: this process's.

    Raises:
        NotStartedError: it cannot be started.
        TimeoutError: the time is over.
        FloodedError: it printed too much.

    """
    if not deadline.left():
        raise TimeoutError
    try:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE if stdin else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=None if is_terminal(sys.stderr) else subprocess.PIPE,
            env=environment,
            cwd=cwd,
            bufsize=0,
            start_new_session=True,  # a group of its own, to be ended as a whole
        )
    except (OSError, ValueError) as error:  # ValueError: a NUL; the messages may quote the arguments
        raise NotStartedError(type(error).__name__) from None
    try:
        return _wait(process, deadline, stdin)
    except subprocess.TimeoutExpired:  # its message quotes the arguments
        raise TimeoutError from None
    finally:
        if process.poll() is None:
            _kill(process)
            with suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)


def _wait(process: subprocess.Popen[bytes], deadline: Deadline, stdin: bytes) -> Reply:
    output = _Reader(process.stdout, lambda: _kill(process))
    errors = _Reader(process.stderr, lambda: None)
    if process.stdin is not None:
        _Writer(process.stdin, stdin).start()
    # The output ends with the process, unless a child of the process holds the pipe open: so wait for the process.
    while output.is_alive() and process.poll() is None and deadline.left():
        output.join(min(_GLANCE, deadline.left()))
    code = process.wait(deadline.left())
    grace = Deadline(min(GRACE, deadline.left()))
    output.join(grace.left())
    errors.join(grace.left())
    if output.flooded:
        raise FloodedError
    return Reply(code, bytes(output.kept), bytes(errors.kept))


def _kill(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":  # pragma: no cover - Windows has no process group to end
        process.kill()
        return
    with suppress(ProcessLookupError, PermissionError):  # gone already; macOS says the second of a zombie
        os.killpg(process.pid, signal.SIGKILL)


class _Writer(threading.Thread):
    """Writes to a pipe in a thread of its own: a process that does not read would block us."""

    def __init__(self, pipe: IO[bytes], content: bytes) -> None:
        super().__init__(name="requests-indexauth command input", daemon=True)
        self._pipe = pipe
        self._rest = memoryview(content)

    def run(self) -> None:
        with suppress(OSError), self._pipe:  # it may have ended without reading
            while self._rest:
                self._rest = self._rest[self._pipe.write(self._rest) :]


class _Reader(threading.Thread):
    """Reads a pipe to its end, so that the process never waits for us, and keeps no more than the limit.

    Args:
        pipe: what to read; ``None`` is read like an empty pipe.
        on_flood: called once there is more than the limit.

    """

    def __init__(self, pipe: IO[bytes] | None, on_flood: Callable[[], None]) -> None:
        super().__init__(name="requests-indexauth command output", daemon=True)
        self.kept = bytearray()
        self.flooded = False
        self._pipe = pipe
        self._on_flood = on_flood
        self.start()

    def run(self) -> None:
        if self._pipe is None:
            return
        with self._pipe:
            while chunk := self._pipe.read(OUTPUT_LIMIT):
                self.kept += chunk[: OUTPUT_LIMIT - len(self.kept) + 1]
                if len(self.kept) > OUTPUT_LIMIT and not self.flooded:
                    self.flooded = True
                    self._on_flood()
