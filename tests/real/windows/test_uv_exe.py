"""On Windows, beside `uv.exe`: one store, in the place that uv has for it, and what only Windows does with files."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.store.native.native_store import NativeStore
from support.commands import TIME_LIMIT, command, environment, run_child
from support.platforms import STORE, STORE_FOLDER
from support.uv import Uv

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "https://pkgs.example.com"
URL = f"{HOST}/team"
LOGINS = [
    pytest.param(URL, "me", "secret", id="plain"),
    pytest.param("https://pkgs.example.com:8443/a b/simple/", "me", "two words", id="port and path"),
    pytest.param(URL, "jürgen", "pä\"ss'w\\ord 中🙂", id="beyond ASCII"),
]


@pytest.fixture
def uv(program: Callable[[str], str]) -> Uv:
    """Return the real uv."""
    return Uv(program("uv"))


# One store


@pytest.mark.parametrize(("url", "user", "password"), LOGINS)
def test_token_prints_what_uv_has_stored(uv: Uv, home: Path, url: str, user: str, password: str) -> None:
    """Byte by byte: no code page gets in between. Our logout is uv's, too."""
    uv.login(url, user, password)
    assert (home / STORE).is_file()
    ran = run_child("token", url, "--username", user)
    assert (ran.code, ran.out, ran.err) == (0, f"{password}\n", "")
    assert f"  {user}\n" in run_child("list").out
    assert run_child("logout", url, "--username", user).code == 0
    assert uv.run("auth", "token", url, "--username", user).returncode == 2


@pytest.mark.parametrize(("url", "user", "password"), LOGINS)
def test_uv_prints_what_login_has_stored(uv: Uv, url: str, user: str, password: str) -> None:
    """The other way round."""
    ran = run_child("login", url, "--username", user, "--password", "-", stdin=password)
    assert ran.code == 0, ran
    done = uv.run("auth", "token", url, "--username", user)
    assert (done.returncode, done.stdout) == (0, f"{password}\n")
    assert uv.run("auth", "logout", url, "--username", user).returncode == 0
    assert run_child("token", url, "--username", user).code == 1


# Where it is


@pytest.mark.parametrize("older", [False, True], ids=["uv", "an older uv"])
@pytest.mark.parametrize(
    "variables",
    [
        pytest.param({}, id="APPDATA"),
        pytest.param({"XDG_DATA_HOME": "{home}\\xdg"}, id="XDG is not followed"),
        pytest.param({"UV_CREDENTIALS_DIR": "{home}\\mine"}, id="uv's own variable"),
    ],
)
def test_the_folder_is_uvs(
    uv: Uv, home: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], *, older: bool
) -> None:
    """It is `%APPDATA%\\uv\\credentials`; below `uv\\data` only where an older uv has made that, and never by us."""
    roaming = home / "AppData" / "Roaming" / "uv"
    if older:
        (roaming / "data").mkdir(parents=True)
    for name, value in variables.items():
        monkeypatch.setenv(name, value.format(home=home))
    theirs = uv.run("auth", "dir").stdout
    assert run_child("dir").out == theirs
    expected = (
        home / "mine" if "UV_CREDENTIALS_DIR" in variables else (roaming / "data" if older else roaming) / "credentials"
    )
    assert theirs.strip() == str(expected)
    CredentialStore().set(URL, Credentials.basic("me", "pw"))
    assert uv.run("auth", "token", URL, "--username=me").stdout == "pw\n"
    assert (roaming / "data").exists() is older


@pytest.mark.parametrize("appdata", [None, "", "relative"])
def test_without_a_usable_variable_the_system_is_asked(
    uv: Uv, workdir: Path, monkeypatch: pytest.MonkeyPatch, appdata: str | None
) -> None:
    """No secret lands in the working folder. uv is followed but where it takes a relative path."""
    monkeypatch.delenv("APPDATA")
    if appdata is not None:
        monkeypatch.setenv("APPDATA", appdata)
    ours = run_child("dir").out
    assert Path(ours.strip()).is_absolute()
    assert workdir not in Path(ours.strip()).parents
    if appdata != "relative":
        assert uv.run("auth", "dir").stdout == ours


# What Windows does with files


def test_a_login_waits_for_a_reader_that_has_the_file_open(home: Path) -> None:
    """A virus scanner, or another look-up: an open file cannot be replaced."""
    path = home / STORE
    CredentialStore().set(URL, Credentials.basic("me", "old"))
    login = command("login", URL, "--username", "me", "--password", "new")
    with path.open("rb") as reader:
        child = subprocess.Popen(login, env=environment(), stderr=subprocess.PIPE, text=True)
        with child:
            while child.poll() is None and not list(path.parent.glob("*.tmp")):
                time.sleep(0.01)
            reader.close()  # the new file is written, and cannot be put in place of this one
            _, errors = child.communicate(timeout=TIME_LIMIT)
    assert (child.returncode, "Stored" in errors) == (0, True), errors
    assert CredentialStore().get(URL) == Credentials.basic("me", "new")
    assert sorted(one.name for one in path.parent.iterdir()) == ["credentials.toml", "credentials.toml.lock"]


@pytest.mark.parametrize("place", [STORE_FOLDER, str(Path(STORE_FOLDER).parent)])
def test_a_file_in_the_folders_place_is_named(home: Path, place: str) -> None:
    """Windows itself only says that there is no such path."""
    (home / place).parent.mkdir(parents=True, exist_ok=True)
    (home / place).write_text("")
    for arguments in (("login", URL, "--token", "t"), ("list",), ("token", URL)):
        ran = run_child(*arguments)
        assert (ran.code, ran.out) == (2, "")
        assert ran.err == f"error: {home / place}: a file exists where a folder belongs: move it away\n"


def test_a_folder_in_the_files_place_is_called_a_folder(home: Path) -> None:
    """Windows itself speaks of a permission."""
    (home / STORE).mkdir(parents=True)
    ran = run_child("login", URL, "--token", "t")
    assert (ran.code, ran.out) == (2, "")
    assert f"{home / STORE}: Is a directory" in ran.err


def test_a_reader_that_is_gone_ends_a_command_quietly() -> None:
    """Windows calls that an invalid argument."""
    CredentialStore().set(URL, Credentials.basic("me", "pw"))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(
            command("list"), env=environment(), stdout=pipe, stderr=subprocess.PIPE, text=True, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (141, "")


# The credential manager

UVS_WAY = ("--preview-features", "native-auth")


@pytest.fixture
def manager() -> Iterator[NativeStore]:
    """Return the credential manager, which all tests share, without and with nothing of a test's; it may be slow."""
    store = NativeStore(warn=pytest.fail, seconds=60)
    store.clear()
    yield store
    store.clear()


def test_an_empty_credential_manager_is_no_error(manager: NativeStore) -> None:
    """Windows gives 1168."""
    assert manager.entries() == []
    assert manager.get(URL) is None
    assert manager.remove(URL) == 0


def test_the_credential_manager_is_uvs(uv: Uv, manager: NativeStore) -> None:
    """Each finds and removes what the other has stored; uv drops the path."""
    done = uv.run("auth", "login", URL, "--username=uv", "--password=theirs", *UVS_WAY)
    assert done.returncode == 0, done.stderr
    assert manager.get(URL, "uv") == Credentials.basic("uv", "theirs")
    manager.set(HOST, Credentials.basic("ours", "pä中"))
    assert uv.run("auth", "token", URL, "--username=ours", *UVS_WAY).stdout == "pä中\n"
    assert [entry.user for entry in manager.entries()] == ["ours", "uv"]
    assert manager.remove(HOST, "uv") == 1
    assert uv.run("auth", "token", URL, "--username=uv", *UVS_WAY).returncode == 2
    assert uv.run("auth", "logout", URL, "--username=ours", *UVS_WAY).returncode == 0
    assert manager.entries() == []
