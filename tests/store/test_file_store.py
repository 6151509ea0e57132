"""The credential store: where its file is, what is read, how it is changed, and what never happens to it."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import errno
import logging
import os
import pickle
import re
import subprocess
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import requests_indexauth
from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store import toml_file as storefile
from requests_indexauth.store import write as storewrite
from requests_indexauth.store.file_store import CredentialStore
from requests_indexauth.store.lock import locked
from requests_indexauth.store.service import SERVICES
from requests_indexauth.util import files
from support.descriptors import open_descriptors, opened_since
from support.platforms import pretend_macos, pretend_windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ME = Credentials.basic("me", "pw")
YOU = Credentials.basic("you", "no")
HOST = "https://pkgs.example.com"
LOGIN = f"""[[credential]]
service = "{HOST}/team"
username = "me"
scheme = "basic"
password = "pw"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the place of the file in a folder that is not there yet."""
    return tmp_path / "credentials" / "credentials.toml"


@pytest.fixture
def store(path: Path) -> CredentialStore:
    """Return a store that must not warn."""
    return CredentialStore(path, warn=pytest.fail)


def write(path: Path, text: str | bytes) -> None:
    """Put a file in place."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def document(path: Path) -> dict[str, Any]:
    """Return what the file holds."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return path.stat().st_mode & 0o777


def shown(error: BaseException) -> str:
    """Return all that a traceback could show of an error: its text, its cause, and what stands in the frames."""
    assert error.__cause__ is None
    assert error.__context__ is None
    frames = [
        frame.f_locals
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "tests" not in Path(frame.f_code.co_filename).parts
    ]
    return f"{error} {frames!r}"


# Where the file is


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        pytest.param({}, "{home}/.local/share/uv/credentials", id="home"),
        pytest.param({"XDG_DATA_HOME": "/data"}, "/data/uv/credentials", id="XDG"),
        pytest.param({"XDG_DATA_HOME": "data"}, "{home}/.local/share/uv/credentials", id="XDG, relative"),
        pytest.param({"XDG_DATA_HOME": ""}, "{home}/.local/share/uv/credentials", id="XDG, empty"),
        pytest.param({"UV_CREDENTIALS_DIR": "/mine", "XDG_DATA_HOME": "/data"}, "/mine", id="uv's own variable"),
        pytest.param({"UV_CREDENTIALS_DIR": "mine"}, "mine", id="uv's own, relative"),
        pytest.param({"UV_CREDENTIALS_DIR": "~/mine"}, "~/mine", id="uv's own, with a tilde"),
        pytest.param({"UV_CREDENTIALS_DIR": ""}, "{home}/.local/share/uv/credentials", id="uv's own, empty"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own place")
def test_the_file_is_uvs(home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], expected: str) -> None:
    """Without a path it is the file of `uv auth`, which the environment decides whenever it is asked."""
    store = CredentialStore()
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert storefile.folder() == expected.format(home=home)
    assert store.path == f"{expected.format(home=home)}/credentials.toml"


@pytest.mark.parametrize("appdata", ["absolute", "relative", ""])
@pytest.mark.parametrize("older", [False, True], ids=["uv", "an older uv"])
def test_the_file_on_windows(
    monkeypatch: pytest.MonkeyPatch,
    home: Path,
    workdir: Path,
    appdata: str,
    older: bool,  # noqa: FBT001
) -> None:
    """It is where the user's settings are, which the system tells where APPDATA does not; `uv/data` is never made."""
    system = pretend_windows(monkeypatch, home)
    monkeypatch.setenv("APPDATA", str(home / "there") if appdata == "absolute" else appdata)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "xdg"))
    data = (home / "there" if appdata == "absolute" else system) / "uv"
    if older:
        data /= "data"
        data.mkdir(parents=True)
    assert storefile.folder() == str(data / "credentials")
    CredentialStore().set(HOST, ME)
    assert (data / "credentials" / "credentials.toml").is_file()
    assert older or not (data / "data").exists()
    assert list(workdir.iterdir()) == []


@pytest.mark.parametrize("older", [False, True], ids=["uv", "an older uv"])
@pytest.mark.parametrize("xdg", ["", "{home}/xdg"], ids=["home", "XDG"])
@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
def test_the_file_on_macos(monkeypatch: pytest.MonkeyPatch, home: Path, xdg: str, older: bool) -> None:  # noqa: FBT001
    """It is uv's folder in the Library where an older uv has made one, else the one of other Unix systems."""
    pretend_macos(monkeypatch)
    monkeypatch.setenv("XDG_DATA_HOME", xdg.format(home=home))
    library = home / "Library" / "Application Support" / "uv"
    if older:
        library.mkdir(parents=True)
    data = library if older else home / "xdg" / "uv" if xdg else home / ".local" / "share" / "uv"
    assert storefile.folder() == str(data / "credentials")
    CredentialStore().set(HOST, ME)
    assert library.exists() == older


@pytest.mark.skipif(sys.platform == "win32", reason="the users are those of Unix")
@pytest.mark.parametrize("pretend", [None, pretend_macos], ids=["Linux", "macOS"])
def test_without_a_home_folder_there_is_no_store(
    monkeypatch: pytest.MonkeyPatch, workdir: Path, pretend: Callable[[pytest.MonkeyPatch], None] | None
) -> None:
    """No secret lands in the working folder: a login is refused with the remedy, a look-up warns."""
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    if pretend:
        pretend(monkeypatch)
    warnings: list[str] = []
    store = CredentialStore(warn=warnings.append)
    with pytest.raises(StoreError, match="set UV_CREDENTIALS_DIR"):
        store.set(HOST, ME)
    assert store.get(HOST) is None
    assert len(warnings) == 1
    assert list(workdir.iterdir()) == []


def test_without_a_home_folder_there_is_no_store_on_windows(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """The same, where the system tells nothing."""
    pretend_windows(monkeypatch, home)
    monkeypatch.setattr("requests_indexauth.store.toml_file.roaming_folder", lambda: None)
    with pytest.raises(StoreError, match="set UV_CREDENTIALS_DIR"):
        CredentialStore().services()


# What Windows keeps from being read and replaced


def failing(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> list[str]:
    """Have a function of `os` refuse as Windows does while another process has the file open; return its calls."""
    real, calls = getattr(os, name), []

    def refused(path: str, *rest: Any, **options: Any) -> Any:
        if str(path).endswith((".toml", ".tmp")):
            calls.append(path)
            if len(calls) <= times:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, *rest, **options)

    monkeypatch.setattr(os, name, refused)
    return calls


def test_windows_replaces_a_file_once_it_is_closed(
    monkeypatch: pytest.MonkeyPatch, home: Path, store: CredentialStore
) -> None:
    """A busy reader makes a login wait, not fail."""
    pretend_windows(monkeypatch, home)
    calls = failing(monkeypatch, "replace", times=3)
    store.set(HOST, ME)
    assert len(calls) == 4
    assert store.get(HOST) == ME


def test_windows_reads_a_file_once_it_has_been_replaced(
    monkeypatch: pytest.MonkeyPatch, home: Path, store: CredentialStore
) -> None:
    """A look-up at the instant of a login is answered."""
    store.set(HOST, ME)
    pretend_windows(monkeypatch, home)
    calls = failing(monkeypatch, "open", times=3)
    assert store.get(HOST) == ME
    assert len(calls) == 4


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


def test_a_path_of_ones_own(path: Path) -> None:
    """A path given, as text or `Path`, is the file."""
    assert CredentialStore(path).path == CredentialStore(str(path)).path == str(path)


# Reading


def test_no_file_is_an_empty_store(store: CredentialStore, path: Path) -> None:
    """Where there is no file there is nothing; looking does not make one, nor does removing."""
    assert store.get(HOST) is None
    assert store.services() == []
    assert store.entries() == []
    assert store.remove(HOST) == 0
    assert store.clear() == 0
    assert not path.parent.exists()


@pytest.mark.parametrize(
    ("url", "username", "expected"),
    [
        pytest.param(f"{HOST}/team/x", None, ME, id="URL below"),
        pytest.param("pkgs.example.com/team", None, ME, id="service without a scheme"),
        pytest.param(f"{HOST.replace('//', '//me@')}/team", None, ME, id="user in the URL"),
        pytest.param(f"{HOST.replace('//', '//you@')}/team", None, None, id="another user in the URL"),
        pytest.param(f"{HOST.replace('//', '//you@')}/team", "me", ME, id="the user asked for counts"),
        pytest.param(f"{HOST}/team", "you", None, id="another user"),
        pytest.param(f"{HOST}/teams", None, None, id="no boundary"),
        pytest.param("https://h:99999/", None, None, id="no URL"),
        pytest.param("ex ample", None, None, id="no service"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_look_up(
    store: CredentialStore, path: Path, url: str, username: str | None, expected: Credentials | None
) -> None:
    """A look-up takes URLs and services; what is neither has no credential."""
    write(path, LOGIN)
    assert store.get(url, username) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("credential = []\n", id="as uv leaves it behind"),
        pytest.param("# nothing\n[other]\nkey = 1\n", id="no credentials"),
    ],
)
def test_an_empty_store(store: CredentialStore, path: Path, text: str) -> None:
    """A file without credentials is read without complaint."""
    write(path, text)
    assert store.services() == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(LOGIN, id="uv's"),
        pytest.param(LOGIN.replace("\n", "\r\n"), id="Windows lines"),
        pytest.param("\ufeff" + LOGIN, id="byte order mark"),
        pytest.param(f"# comment\n{LOGIN}added = {{ a = 1 }}\n[[other]]\nx = 2026-01-02\n", id="more than we know"),
        pytest.param(f'credential = [{{service = "{HOST}/team", username = "me", password = "pw"}}]', id="inline"),
        pytest.param(
            f"[[credential]]\nservice = '''{HOST}/team'''\n\"username\" = 'me'\npassword = \"\"\"\npw\"\"\"",
            id="every kind of string",
        ),
    ],
)
def test_any_layout_is_read(store: CredentialStore, path: Path, text: str) -> None:
    """TOML is read, not a layout."""
    write(path, text)
    assert store.get(f"{HOST}/team") == ME


def test_services_hold_no_secrets(store: CredentialStore, path: Path) -> None:
    """Services and users are listed in the file's order; a Bearer token and an empty user name have no user."""
    write(path, LOGIN.replace("//", "//a:hunter2@"))
    store.set("https://api.example.com", Credentials.bearer("hunter2"))
    store.set("example.com", Credentials.basic(None, "hunter2"))
    expected = [(f"{HOST}/team", "me"), ("https://api.example.com/", None), ("https://example.com/", None)]
    assert store.services() == expected
    assert [entry.credentials.scheme for entry in store.entries()] == ["basic", "bearer", "basic"]
    assert "hunter2" not in repr(store.entries())


def test_two_users_are_a_riddle(path: Path) -> None:
    """Two users equally specific and none given: no answer, and one warning that names both."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    for credentials in (YOU, ME):
        store.set(f"{HOST}/team", credentials)
    assert [store.get(f"{HOST}/team/x") for _ in range(2)] == [None, None]
    assert warnings == [f"store: {HOST}/team has credentials of 'me' and 'you': give a user name"]
    assert store.get(f"{HOST}/team/x", "you") == YOU
    assert len(store.find(f"{HOST}/team/x")) == 2


def test_a_changed_file_is_read_again(store: CredentialStore, path: Path) -> None:
    """What another process does to the file is seen by the next look-up: changed, deleted, and back again."""
    write(path, LOGIN)
    assert store.get(f"{HOST}/team") == ME
    CredentialStore(path).set(f"{HOST}/team", Credentials.basic("me", "pw2"))
    assert store.get(f"{HOST}/team") == Credentials.basic("me", "pw2")
    path.unlink()
    assert store.get(f"{HOST}/team") is None
    write(path, LOGIN)
    assert store.get(f"{HOST}/team") == ME


def test_an_unchanged_file_is_not_read_again(
    store: CredentialStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the file stays as it is, look-ups are answered from memory."""
    write(path, LOGIN)
    os.utime(path, (1, 1))
    assert store.get(f"{HOST}/team") == ME
    monkeypatch.setattr(storefile, "read", pytest.fail)
    assert store.get(f"{HOST}/team") == ME


def test_a_file_that_changed_a_moment_ago_is_read_again(store: CredentialStore, path: Path) -> None:
    """Two changes within one tick of the file system's clock may leave the same time, size and inode behind."""
    write(path, LOGIN)
    now = path.stat().st_mtime_ns + 10**12  # the tick lasts
    os.utime(path, ns=(now, now))
    assert store.get(f"{HOST}/team") == ME
    write(path, LOGIN.replace('"pw"', '"PW"'))
    os.utime(path, ns=(now, now))
    assert store.get(f"{HOST}/team") == Credentials.basic("me", "PW")
    path.unlink()
    assert store.get(f"{HOST}/team") is None


def test_warnings_go_to_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a place for warnings they are records of the package's logger, once each."""
    write(path, "broken")
    store = CredentialStore(path)
    assert [store.get(HOST), store.get(HOST)] == [None, None]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("requests_indexauth", logging.WARNING)
    expected = f"store: {path}: not valid TOML at line 1: correct the file, or move it away and log in again"
    assert record.getMessage() == expected


def test_a_bad_entry_is_skipped(path: Path) -> None:
    """One bad entry is said, with what uv makes of it, and the others count."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    write(path, f'[[credential]]\nservice = "example.com"\nusername = "hunter2"\n{LOGIN}')
    assert store.get(f"{HOST}/team") == ME
    assert store.services() == [(f"{HOST}/team", "me")]
    (warning,) = warnings
    assert warning.startswith(f"store: {path}: in 'credential[0].service': ")
    assert warning.endswith("the entry is skipped, and uv refuses the whole file because of it")
    assert "hunter2" not in warning


def test_an_entry_only_we_refuse(path: Path) -> None:
    """A warning does not speak for uv where uv reads the file."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    write(path, LOGIN.replace('"me"', '"me:hunter2"'))
    assert store.get(f"{HOST}/team") is None
    (warning,) = warnings
    assert warning.endswith("the entry is skipped")
    assert "hunter2" not in warning


UNSENDABLE = {
    "a control character in the password": ("me", "hunter2\\u0007"),
    "a colon in the user name": ("me:too", "hunter2"),
}


@pytest.mark.parametrize(("user", "password"), UNSENDABLE.values(), ids=UNSENDABLE)
def test_an_entry_that_no_request_could_carry_is_removed_by_its_user(path: Path, user: str, password: str) -> None:
    """uv writes such entries; the others stay."""
    write(path, LOGIN.replace('"me"', '"other"') + LOGIN.replace('"me"', f'"{user}"').replace("pw", password))
    store = CredentialStore(path)
    assert store.users(f"{HOST}/team") == ["other", user]
    assert store.remove(f"{HOST}/team", user) == 1
    assert store.users(f"{HOST}/team") == ["other"]


def test_a_login_takes_the_place_of_an_entry_that_no_request_could_carry(path: Path) -> None:
    """Two entries of one user would make uv and us disagree."""
    write(path, LOGIN.replace("pw", "hunter2\\u0007"))
    store = CredentialStore(path)
    store.set(f"{HOST}/team", ME)
    assert path.read_text().count("[[credential]]") == 1
    assert store.get(f"{HOST}/team") == ME


# Damage

DAMAGE = [
    pytest.param(b"[[credential]\nhunter2", "not valid TOML at line 1", id="TOML"),
    pytest.param(LOGIN.encode() + b'password = "hunter2"', "not valid TOML at line 6", id="a key twice"),
    pytest.param(LOGIN.encode() + b'x = "hunter2', "not valid TOML at line 6", id="cut off"),
    pytest.param(b'\nx = ["hunter2",\n\n\n', "not valid TOML at line 2", id="cut off between blank lines"),
    pytest.param(b'y = 1\nx = "hunter2 \xff"', "not UTF-8 at line 2", id="encoding"),
    pytest.param(
        b"x = 9" + b"9" * 5000,
        "not valid TOML",
        id="a number too long",
        marks=pytest.mark.skipif(sys.implementation.name == "pypy", reason="PyPy reads numbers of any length"),
    ),
    pytest.param(b"x = " + b"[" * 5000, "nested too deeply", id="depth"),
    pytest.param(b"credential = 'hunter2'", "in 'credential': not a list of tables", id="no list"),
    pytest.param(b"[credential]\nx = 'hunter2'", "in 'credential': not a list of tables", id="one table"),
]


@pytest.mark.parametrize(("raw", "reason"), DAMAGE)
def test_damage_is_never_written_over(path: Path, raw: bytes, reason: str) -> None:
    """A damaged file is an error with the place, without its text, and stays as it is; look-ups warn and go on."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    write(path, raw)
    assert [store.get(HOST), store.get(HOST)] == [None, None]
    for change in (
        store.services,
        store.clear,
        lambda: store.find(HOST),
        lambda: store.remove(HOST),
        lambda: store.set(HOST, ME),
    ):
        with pytest.raises(StoreError) as caught:
            change()
        assert str(caught.value) == f"{path}: {reason}: correct the file, or move it away and log in again"
        assert "hunter2" not in shown(caught.value)
    assert path.read_bytes() == raw
    assert warnings == [f"store: {caught.value}"]


def test_a_folder_in_its_place(path: Path) -> None:
    """What cannot be read is an error that names it."""
    path.mkdir(parents=True)
    store = CredentialStore(path)
    for change in (store.services, lambda: store.set(HOST, ME)):
        with pytest.raises(StoreError, match="directory") as caught:
            change()
        assert str(path) in str(caught.value)


def test_a_file_in_the_folders_place(path: Path) -> None:
    """The same where the folder is none."""
    path.parent.write_text("")
    store = CredentialStore(path)
    for change in (store.services, store.clear, lambda: store.set(HOST, ME)):
        with pytest.raises(StoreError, match=r"irectory|exists"):
            change()


@pytest.mark.parametrize("above", [1, 2, 4])
def test_a_file_in_the_place_of_a_folder_above_is_named(tmp_path: Path, above: int) -> None:
    """Wherever it is, that file is what has to be moved, and the message says so."""
    path = tmp_path / "a" / "b" / "c" / "d" / "credentials.toml"
    blocking = path.parents[above - 1]
    blocking.parent.mkdir(parents=True, exist_ok=True)
    blocking.write_text("")
    store = CredentialStore(path)
    for change in (store.services, store.clear, lambda: store.set(HOST, ME)):
        with pytest.raises(StoreError) as caught:
            change()
        assert str(caught.value) == f"{blocking}: a file exists where a folder belongs: move it away"


# Writing


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
    (tmp_path / "there").mkdir(mode=0o755)
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
    ("chosen", "expected"), [(False, 0o700), (True, 0o755)], ids=["uv's own place", "a folder of the user's"]
)
def test_folders_that_are_there(home: Path, monkeypatch: pytest.MonkeyPatch, chosen: bool, expected: int) -> None:  # noqa: FBT001
    """uv's own folder is closed to others; a folder somebody chose stays as it is, as with uv."""
    if chosen:
        monkeypatch.setenv("UV_CREDENTIALS_DIR", str(home / "mine"))
    folder = Path(storefile.folder())
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    CredentialStore().set(HOST, ME)
    assert mode(folder) == expected
    assert mode(folder / "credentials.toml") == 0o600


def test_a_relative_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file name alone is a file in the working folder."""
    monkeypatch.chdir(tmp_path)
    store = CredentialStore("mine.toml")
    store.set(HOST, ME)
    assert store.get(HOST) == ME
    assert sorted(found.name for found in tmp_path.iterdir()) == ["mine.toml", "mine.toml.lock"]


def test_one_credential_for_a_service_and_user(store: CredentialStore, path: Path) -> None:
    """A new credential takes the old one's place; other users' and other services' stay where they are."""
    for service, credentials in [
        (f"{HOST}/a", ME),
        (f"{HOST}/a", YOU),
        (f"{HOST}/b", ME),
        (f"{HOST}/a", Credentials.bearer("tok")),
        (f"{HOST}/a", Credentials.basic("me", "new")),
        (f"{HOST}/a", Credentials.bearer("new")),
    ]:
        store.set(service, credentials)
    assert store.services() == [(f"{HOST}/a", "me"), (f"{HOST}/a", "you"), (f"{HOST}/b", "me"), (f"{HOST}/a", None)]
    assert store.get(f"{HOST}/a", "me") == Credentials.basic("me", "new")
    assert store.get(f"{HOST}/a", "you") == YOU
    assert "tok" not in path.read_text().replace("token", "")


def test_every_old_one_goes(store: CredentialStore, path: Path) -> None:
    """However the service was written, and however often, nothing old is left to be found in place of the new."""
    old = [f"{HOST}/a/", f"{HOST}:443/a", f"{HOST.upper()}/a", f"{HOST}/a//"]
    write(path, "".join(LOGIN.replace(f"{HOST}/team", service) for service in old))
    store.set(f"{HOST}/a", Credentials.basic("me", "new"))
    assert store.services() == [(f"{HOST}/a", "me")]
    assert store.get(f"{HOST}/a/x") == Credentials.basic("me", "new")


UNKNOWN = """answer = 42
credential = [
    { service = "https://h/a", username = "me", password = "old", added = { x = [1, { y = 2.5 }] } },
    { service = "hunter2" },
    3,
]

[table.sub]
day = 2026-01-02T03:04:05.678901+02:00
'a "key"' = [inf, -7]
"""


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


def test_remove(store: CredentialStore, path: Path) -> None:
    """Credentials go one user at a time or all together, of that service alone; how many is returned."""
    for service, credentials in [("a", ME), ("a", YOU), ("a", Credentials.bearer("tok")), ("a/b", ME), ("", ME)]:
        store.set(f"{HOST}/{service}", credentials)
    before = storefile.signature(str(path))
    assert store.remove(f"{HOST}/a", "nobody") == 0
    assert store.remove(f"{HOST}/a/b/c") == 0
    assert storefile.signature(str(path)) == before, "where nothing goes, nothing is written"
    assert store.remove(f"{HOST}/a/simple/", "you") == 1
    assert store.remove(f"{HOST}/a") == 2
    assert store.services() == [(f"{HOST}/a/b", "me"), (f"{HOST}/", "me")]
    assert store.remove("pkgs.example.com") == 1
    assert store.remove(f"{HOST}/a/b") == 1
    assert path.read_text() == "credential = []\n"


def test_remove_what_others_wrote(store: CredentialStore, path: Path) -> None:
    """What somebody wrote with its `simple` is for that path alone, and goes by that name once nothing else has it."""
    ends = ("Team/simple/", "Team", "Team/+simple", "team")
    write(path, "".join(LOGIN.replace("/team", f"/{end}") for end in ends))
    assert store.remove(f"{HOST}/Team/") == 1
    assert store.remove(f"{HOST}/Team/") == 0
    assert store.remove(f"{HOST}/Team/simple") == 1
    assert store.remove(f"{HOST}/Team/+simple", "me") == 1
    assert store.services() == [(f"{HOST}/team", "me")]


def test_remove_where_an_index_is_called_simple(store: CredentialStore) -> None:
    """Of a login to `/simple/+simple/` one segment is dropped; what is stored above it is another service."""
    store.set(f"{HOST}/root/simple/+simple/", ME)
    store.set(f"{HOST}/root", ME)
    assert store.services() == [(f"{HOST}/root/simple", "me"), (f"{HOST}/root", "me")]
    assert store.remove(f"{HOST}/root", "me") == 1
    assert store.remove(f"{HOST}/root", "me") == 0
    assert store.remove(f"{HOST}/root/simple/+simple/") == 1


def test_clear(path: Path) -> None:
    """Everything goes, what could not be read too; what is no credential stays."""
    store = CredentialStore(path, warn=lambda _: None)
    write(path, UNKNOWN)
    assert store.clear() == 3
    assert document(path)["credential"] == []
    assert document(path)["answer"] == 42


@pytest.mark.parametrize("service", ["http://example.com", "https://h:99999", "ex ample.com", ""])
def test_services_uv_could_not_read(store: CredentialStore, path: Path, service: str) -> None:
    """What would spoil the file for uv is refused, and nothing is written."""
    for change in (lambda: store.set(service, ME), lambda: store.remove(service)):
        with pytest.raises(StoreError):
            change()
    assert not path.exists()


def test_nothing_to_store(store: CredentialStore, path: Path) -> None:
    """A credential without a secret is refused."""
    with pytest.raises(StoreError, match="no password or token"):
        store.set(HOST, Credentials.basic("me", None))
    assert not path.exists()


def test_named_services(store: CredentialStore) -> None:
    """`pypi` and `testpypi` are their upload URLs, for all that takes a service."""
    for name, url in SERVICES.items():
        store.set(name, ME)
        assert store.get(url) == store.get(name) == ME
        assert store.services() == [(url, "me")]
        assert store.remove(name) == 1


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
    store.set(HOST, ME)
    before = path.read_bytes()
    monkeypatch.setattr(storewrite, "LARGEST", len(before) + 8)
    with pytest.raises(StoreError, match=r"credentials\.toml: it would be larger than \d+ MiB") as caught:
        store.set("https://other.example.com", Credentials.basic("you", "hunter2"))
    assert "hunter2" not in shown(caught.value)
    assert path.read_bytes() == before
    assert sorted(found.name for found in path.parent.iterdir()) == ["credentials.toml", "credentials.toml.lock"]


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


# The lock


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


# Properties

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=20)
BASIC = st.builds(Credentials.basic, TEXT.map(lambda text: text.replace(":", "") or None), TEXT)
BEARER = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1).map(Credentials.bearer)
SERVICES_TEXT = st.builds(
    "https://{}{}/{}".format,
    st.sampled_from(["h", "a.example", "bücher.example", "[::1]"]),
    st.sampled_from(["", ":8443"]),
    TEXT.map(lambda text: text.replace("\\", "").strip()),
)


@given(logins=st.lists(st.tuples(SERVICES_TEXT, st.one_of(BASIC, BEARER)), max_size=6))
def test_what_is_stored_is_found(
    tmp_path_factory: pytest.TempPathFactory, logins: list[tuple[str, Credentials]]
) -> None:
    """Whatever is stored last for a service and user is found there, by another process, and can be removed."""
    path = tmp_path_factory.mktemp("store") / "credentials.toml"
    for service, credentials in logins:
        CredentialStore(path, warn=pytest.fail).set(service, credentials)
        found = CredentialStore(path, warn=pytest.fail).find(service, credentials.username)
        assert credentials in [entry.credentials for entry in found]
    store = CredentialStore(path, warn=pytest.fail)
    for service, _ in store.services():
        assert store.remove(service) + store.remove(service) >= 0
    assert store.services() == []


# Around it


def test_no_secret_travels(store: CredentialStore) -> None:
    """A pickled or copied store is the same file, without what was read of it."""
    store.set(HOST, Credentials.basic("me", "hunter2"))
    assert store.get(HOST) == Credentials.basic("me", "hunter2")
    assert b"hunter2" not in pickle.dumps(store)
    for other in (pickle.loads(pickle.dumps(store)), copy.copy(store)):  # noqa: S301
        assert other.get(HOST) == Credentials.basic("me", "hunter2")


def test_a_look_up_imports_little(path: Path) -> None:
    """The command line prints a token with a TOML parser and little more: what only writing needs stays away."""
    write(path, LOGIN)
    code = (
        "import sys; from requests_indexauth.store.file_store import CredentialStore; "
        f"assert CredentialStore({str(path)!r}).find('{HOST}/team/x'); "
        "print([name for name in ('dataclasses', 'logging', 'pathlib', 'platformdirs', 'filelock', 'tempfile', "
        "'urllib3', 'requests', 'urllib.parse', 'tomli_w', 'idna', 'fcntl', 'ipaddress', "
        "'requests_indexauth.store.lock', 'requests_indexauth.store.service') if name in sys.modules])"
    )
    # -S: what the machine's own .pth files import is no doing of ours
    path_to_us = [str(Path(requests_indexauth.__file__).parents[1]), *sys.path]
    python = [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {path_to_us!r}; {code}"]
    assert subprocess.run(python, check=True, capture_output=True, text=True).stdout == "[]\n"
