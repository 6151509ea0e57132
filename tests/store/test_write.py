"""Changes of the store's file: what is written, who may read it, and what never happens to it."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import re
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store import toml_file
from requests_indexauth.store import write as storewrite
from requests_indexauth.store.file_store import CredentialStore
from requests_indexauth.store.lock import locked
from requests_indexauth.util import files
from support.descriptors import open_descriptors, opened_since
from support.platforms import pretend_windows
from support.store_files import HOST, LOGIN, ME, UNKNOWN, YOU, document, failing, mode, shown, write

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_windows_replaces_a_file_once_it_is_closed(
    monkeypatch: pytest.MonkeyPatch, home: Path, store: CredentialStore
) -> None:
    """A busy reader makes a login wait, not fail."""
    pretend_windows(monkeypatch, home)
    calls = failing(monkeypatch, "replace", times=3)
    store.set(HOST, ME)
    assert len(calls) == 4
    assert store.get(HOST) == ME


def test_what_stays_open_is_one_error_and_nothing_is_left(
    monkeypatch: pytest.MonkeyPatch, home: Path, store: CredentialStore, path: Path
) -> None:
    """The old file is as it was, and no temporary one is beside it."""
    store.set(HOST, ME)
    before = path.read_bytes()
    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(files, "SHARING_SECONDS", 0.0)
    failing(monkeypatch, "replace", times=9)
    with pytest.raises(StoreError, match="denied"):
        store.set(HOST, Credentials.basic("you", "pw"))
    assert path.read_bytes() == before
    assert sorted(one.name for one in path.parent.iterdir()) == ["credentials.toml", "credentials.toml.lock"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no such files")
@pytest.mark.parametrize("linked", [True, False], ids=["a link to it", "itself"])
def test_what_is_no_regular_file_is_not_replaced(
    store: CredentialStore, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, linked: bool
) -> None:
    """Who has no use for a store may link it to `/dev/null`, and be root."""
    device = tmp_path / "null" if linked else path
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(device)
    if linked:
        path.symlink_to(device)
    monkeypatch.setattr(toml_file, "read", lambda _path: (None, {}))  # as of a device without content
    with pytest.raises(StoreError, match=r"credentials\.toml: not a regular file, .*: move it away"):
        store.set(HOST, ME)
    assert device.is_fifo()
    assert [one.name for one in device.parent.iterdir() if one.name.endswith(".tmp")] == []


def test_a_login_is_written_as_by_uv(store: CredentialStore, path: Path) -> None:
    """The file is what uv would have written, to the letter."""
    store.set(f"{HOST}/team/simple/", ME)
    assert path.read_text() == LOGIN
    store.set("api.example.com", Credentials.bearer("tok"))
    assert path.read_text() == LOGIN + (
        '\n[[credential]]\nservice = "https://api.example.com/"\nscheme = "bearer"\ntoken = "tok"\n'
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_other_users_may_not_read(store: CredentialStore, path: Path) -> None:
    """Folder and files are their owner's alone, whatever the umask, and a file that was not becomes so."""
    before = os.umask(0)
    try:
        store.set(HOST, ME)
        assert mode(path.parent) == 0o700
        assert {found.name: mode(found) for found in path.parent.iterdir()} == {
            "credentials.toml": 0o600,
            "credentials.toml.lock": 0o600,
        }
        path.chmod(0o644)
        store.set(HOST, YOU)
        assert mode(path) == 0o600
    finally:
        os.umask(before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_a_new_file_is_closed_from_its_first_byte(store: CredentialStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """At no instant may others read: the file is made with its mode, and complete before it has its name."""
    made: list[tuple[str, int]] = []
    real = os.open

    def watch(name: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT:
            made.append((Path(name).suffix, mode))
        return real(name, flags, mode)

    monkeypatch.setattr(os, "open", watch)
    store.set(HOST, ME)
    assert made == [(".lock", 0o600), (".tmp", 0o600)]
    assert store.get(HOST) == ME


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
def test_every_folder_that_is_made_is_its_owners_alone(tmp_path: Path) -> None:
    """Whatever the umask: who may write to one could put a store of his own there. Those that are there stay."""
    (tmp_path / "there").mkdir()
    (tmp_path / "there").chmod(0o755)
    path = tmp_path / "there" / "made" / "made too" / "store" / "credentials.toml"
    before = os.umask(0)
    try:
        CredentialStore(path).set(HOST, ME)
    finally:
        os.umask(before)
    assert mode(path) == 0o600
    assert [mode(folder) for folder in list(path.parents)[:4]] == [0o700, 0o700, 0o700, 0o755]


def test_a_folder_that_another_process_makes_first_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a file in its place will not."""
    real = os.mkdir

    def mkdir(path: str, mode: int = 0o777) -> None:
        real(path, mode)
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "mkdir", mkdir)
        CredentialStore(tmp_path / "a" / "b" / "credentials.toml").set(HOST, ME)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=re.escape(str(tmp_path / "file"))):
        CredentialStore(tmp_path / "file" / "credentials.toml").set(HOST, ME)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes")
@pytest.mark.parametrize(
    ("chosen", "expected"),
    [("by nobody", 0o700), ("by the environment", 0o755), ("by a file", 0o755)],
)
def test_folders_that_are_there(home: Path, monkeypatch: pytest.MonkeyPatch, chosen: str, expected: int) -> None:
    """uv's own folder is closed to others; a folder somebody chose stays as it is, as with uv."""
    mine = str(home / "mine")
    if chosen == "by the environment":
        monkeypatch.setenv("UV_CREDENTIALS_DIR", mine)
    store = CredentialStore(configured=lambda: mine if chosen == "by a file" else None)
    folder = Path(store.path).parent
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    store.set(HOST, ME)
    assert mode(folder) == expected
    assert mode(folder / "credentials.toml") == 0o600


def test_what_we_dont_know_is_kept(path: Path) -> None:
    """Keys, tables and entries nobody knows outlive every change, one beside the credential it stood with."""
    store = CredentialStore(path, warn=lambda _: None)
    write(path, UNKNOWN)
    before = document(path)
    store.set("https://h/a", ME)
    store.set("https://h/b", ME)
    assert store.remove("https://h/b") == 1
    after = document(path)
    tables = before.pop("credential"), after.pop("credential")
    assert after == before
    assert after["table"]["sub"]["day"].utcoffset() == dt.timedelta(hours=2)
    assert tables[1] == [
        {
            "service": "https://h/a",
            "username": "me",
            "scheme": "basic",
            "password": "pw",
            "added": tables[0][0]["added"],
        },
        *tables[0][1:],
    ]


def test_plain_unknown_keys_are_kept_too(store: CredentialStore, path: Path) -> None:
    """The same where the file can be laid out as uv does."""
    write(path, f"answer = 42\n\n{LOGIN}added = true\n\n[table]\nkey = 1\n")
    store.set(f"{HOST}/team", Credentials.basic("me", "new"))
    expected = LOGIN.replace('"pw"', '"new"')
    assert path.read_text() == f"answer = 42\n\n[table]\nkey = 1\n\n{expected}added = true\n"


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
@pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
def test_a_link_is_written_through(store: CredentialStore, path: Path, tmp_path: Path, there: bool) -> None:  # noqa: FBT001
    """A symbolic link stays and its target changes; the lock is beside the link, where uv looks for it."""
    target = tmp_path / "elsewhere" / "real.toml"
    target.parent.mkdir()
    if there:
        target.write_text(LOGIN)
    path.parent.mkdir()
    path.symlink_to("../elsewhere/real.toml")
    (target.parent / ".real.toml.1.tmp").touch()
    store.set(HOST, ME)
    assert path.is_symlink()
    assert len(CredentialStore(target).services()) == 1 + there
    assert mode(target) == 0o600
    assert sorted(found.name for found in path.parent.iterdir()) == ["credentials.toml", "credentials.toml.lock"]
    # another store, with a lock of its own, may be writing there: what it left is not ours to remove
    assert sorted(found.name for found in target.parent.iterdir()) == [".real.toml.1.tmp", "real.toml"]


def test_what_killed_writers_left_is_removed(store: CredentialStore, path: Path) -> None:
    """A new file that never got its name holds secrets: the next writer removes it, and nothing else."""
    path.parent.mkdir()
    for name in (".credentials.toml.0123.tmp", ".other.tmp", "credentials.toml.bak"):
        (path.parent / name).touch()
    (path.parent / ".credentials.toml.folder.tmp").mkdir()
    store.set(HOST, ME)
    assert sorted(found.name for found in path.parent.iterdir()) == [
        ".credentials.toml.folder.tmp",
        ".other.tmp",
        "credentials.toml",
        "credentials.toml.bak",
        "credentials.toml.lock",
    ]


@contextlib.contextmanager
def file_size_limit(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond a size, as on a full disk."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_leaves_the_old_file(store: CredentialStore, path: Path) -> None:
    """A write that fails half-way is an error that names the file, and neither changes nor leaves anything."""
    store.set(HOST, ME)
    before = path.read_bytes()
    secret = Credentials.basic("you", "hunter2")
    with file_size_limit(len(before) + 8), pytest.raises(StoreError, match="too large") as caught:
        store.set("https://other.example.com", secret)
    assert str(path.parent) in str(caught.value)
    assert "hunter2" not in shown(caught.value)
    assert path.read_bytes() == before
    assert sorted(found.name for found in path.parent.iterdir()) == ["credentials.toml", "credentials.toml.lock"]


def test_nothing_is_written_that_is_not_read_again(
    store: CredentialStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that has grown too large to be read would have lost every login in it."""
    limit = 2 << 20
    monkeypatch.setattr(storewrite, "LARGEST", limit)
    store.set(HOST, Credentials.basic("me", "p"))
    longest = Credentials.basic("me", "p" * (limit - path.stat().st_size + 1))
    store.set(HOST, longest)
    before = path.read_bytes()
    assert len(before) == limit
    with pytest.raises(StoreError, match=r"credentials\.toml: it would be larger than 2 MiB") as caught:
        store.set(HOST, Credentials.basic("me", f"{longest.password}p"))
    assert "ppp" not in shown(caught.value)
    assert path.read_bytes() == before
    assert sorted(found.name for found in path.parent.iterdir()) == ["credentials.toml", "credentials.toml.lock"]


@pytest.mark.skipif(sys.platform == "win32", reason="a drive is refused in another way than a folder that is there")
def test_a_folder_is_made_although_no_folder_can_be_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those above it are tried up to the root, and those that are there are no error."""
    with monkeypatch.context() as patch:
        patch.setattr(os.path, "isdir", lambda _: False)
        storewrite.make_private(str(tmp_path / "outer" / "inner"))
    assert (tmp_path / "outer" / "inner").is_dir()


def test_a_new_file_that_cannot_be_removed_hides_no_error(
    store: CredentialStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What went wrong first is said."""

    def fail(*_arguments: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(os, "unlink", lambda path: fail(path) if path.endswith(".tmp") else None)
    with pytest.raises(StoreError, match="no space"):
        store.set(HOST, ME)


def test_content_is_on_the_disk_before_the_name(
    store: CredentialStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The new file is on the disk before it has the old one's name, and then its folder: a power cut loses neither."""
    steps: list[str] = []
    real_replace, real_fsync = os.replace, os.fsync

    def replace(source: str, target: str) -> None:
        steps.append("rename")
        real_replace(source, target)

    def fsync(descriptor: int) -> None:
        status = os.fstat(descriptor)
        steps.append("file" if status.st_mode & 0o100000 else "folder")
        assert status.st_size > 0
        real_fsync(descriptor)

    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(os, "fsync", fsync)
    store.set(HOST, ME)
    assert steps == ["file", "rename"] + ([] if sys.platform == "win32" else ["folder"])
    assert path.exists()


def test_a_change_leaves_nothing_open(store: CredentialStore) -> None:
    """Neither the file nor its folder."""
    store.set(HOST, ME)
    before = open_descriptors()
    store.set(HOST, YOU)
    assert opened_since(before) == set()


def test_a_folder_that_cannot_be_synchronised(
    store: CredentialStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where folders cannot be opened (Windows) the write is done all the same."""
    real = storewrite._sync_folder
    monkeypatch.setattr(storewrite, "_sync_folder", lambda _: real(str(tmp_path / "missing")))
    store.set(HOST, ME)
    assert store.get(HOST) == ME


def test_a_change_waits_no_longer_than_it_may(path: Path) -> None:
    """While another process holds the lock nothing changes, and the error says what holds it up."""
    store = CredentialStore(path, lock_timeout=0.05)
    store.set(HOST, ME)
    with locked(f"{path}.lock", 0):
        for change in (lambda: store.set(HOST, YOU), lambda: store.remove(HOST), store.clear):
            with pytest.raises(StoreError, match=r"another process has held the lock .*credentials\.toml\.lock"):
                change()
        assert store.get(HOST) == ME  # reading needs no lock: the file is always whole
    store.set(HOST, YOU)
    assert store.services() == [(f"{HOST}/", "me"), (f"{HOST}/", "you")]


def test_threads_lose_nothing(path: Path) -> None:
    """Many threads writing at once lose no credential."""

    def login(number: int) -> None:
        for user in range(4):
            CredentialStore(path, lock_timeout=60).set(f"https://h{number}", Credentials.basic(f"u{user}", "p"))

    threads = [threading.Thread(target=login, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    expected = {(f"https://h{number}/", f"u{user}") for number in range(6) for user in range(4)}
    assert set(CredentialStore(path).services()) == expected
