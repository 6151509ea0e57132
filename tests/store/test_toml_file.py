"""The store's file: where it is, what is read of it, and what is said of one that cannot be read."""

from __future__ import annotations

import errno
import os
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store import toml_file as storefile
from requests_indexauth.store.file_store import CredentialStore
from support.platforms import pretend_macos, pretend_windows
from support.store_files import HOST, LOGIN, ME, failing, shown, write

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Callable


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


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="macOS has such a folder")
def test_a_library_of_macos_is_a_folder_like_others_elsewhere(home: Path) -> None:
    """As for uv."""
    (home / "Library" / "Application Support" / "uv").mkdir(parents=True)
    assert storefile.folder() == f"{home}/.local/share/uv/credentials"


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
    with pytest.raises(StoreError, match=r"^no home folder is known .*: set UV_CREDENTIALS_DIR to a folder for it$"):
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


def test_windows_reads_a_file_once_it_has_been_replaced(
    monkeypatch: pytest.MonkeyPatch, home: Path, store: CredentialStore
) -> None:
    """A look-up at the instant of a login is answered."""
    store.set(HOST, ME)
    pretend_windows(monkeypatch, home)
    calls = failing(monkeypatch, "open", times=3)
    assert store.get(HOST) == ME
    assert len(calls) == 4


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


DAMAGE = [
    pytest.param(b"[[credential]\nhunter2", "not valid TOML at line 1", id="TOML"),
    pytest.param(LOGIN.encode() + b'password = "hunter2"', "not valid TOML at line 6", id="a key twice"),
    pytest.param(LOGIN.encode() + b'x = "hunter2', "not valid TOML at line 6", id="cut off"),
    pytest.param(b'\nx = ["hunter2",\n\n\n', "not valid TOML at line 2", id="cut off between blank lines"),
    pytest.param(b'y = 1\nx = "hunter2 \xff"', "not UTF-8 at line 2", id="encoding"),
    pytest.param(b'\nx = "hunter2 \xff"\n\n', "not UTF-8 at line 2", id="encoding, between blank lines"),
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


@pytest.mark.skipif(sys.platform == "win32", reason="there a link wants a right that few users have")
def test_a_path_that_cannot_be_looked_at_is_one_error(tmp_path: Path) -> None:
    """It names the path, and says what the system says."""
    path = tmp_path / "loop" / "credentials.toml"
    path.parent.symlink_to(path.parent)
    store = CredentialStore(path)
    for call in (store.services, lambda: store.remove(HOST)):
        with pytest.raises(StoreError) as caught:
            call()
        assert str(caught.value).startswith(f"{path}: {os.strerror(errno.ELOOP)}")
