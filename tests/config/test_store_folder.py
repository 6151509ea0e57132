"""`auth-cache-dir`: where the configuration has the credential store."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore, IndexAuth
from requests_indexauth.config import store_folder
from requests_indexauth.config.store_folder import LARGEST, configured_folder
from requests_indexauth.config.toml import LARGEST as LARGEST_FILE
from requests_indexauth.errors import ConfigError
from requests_indexauth.keyring_backend import has_something_to_offer
from support.configuration import PROJECT, discovered, write_files
from support.platforms import STORE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_machine_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep this machine's own uv.toml out."""
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))


def say(folder: str) -> str:
    """Return the line of a `uv.toml`."""
    return f"auth-cache-dir = '{folder}'\n"


def test_the_project_says_where_the_store_is(workdir: Path, home: Path) -> None:
    """`~` is the home folder; commands, sessions and the class go by it alike."""
    write_files(workdir, {"pyproject.toml": f"{PROJECT}[tool.uv]\n{say('~/.uv/auth')}"})
    folder = os.path.join(str(home), ".uv", "auth")  # noqa: PTH118 - as the code does it
    assert configured_folder() == folder
    assert discovered().settings.store_folder == folder
    assert not has_something_to_offer()
    CredentialStore().set("https://h", Credentials.basic("me", "pw"))
    assert (home / ".uv" / "auth" / "credentials.toml").is_file()
    assert IndexAuth().resolve("https://h/x") == Credentials.basic("me", "pw")
    assert has_something_to_offer()


def test_the_variable_is_stronger(workdir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`UV_CREDENTIALS_DIR` is uv's own."""
    write_files(workdir, {"uv.toml": say(str(tmp_path / "a"))})
    monkeypatch.setenv("UV_CREDENTIALS_DIR", str(tmp_path / "b"))
    assert CredentialStore().path == str(tmp_path / "b" / "credentials.toml")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"a/uv.toml": say("/near"), "uv.toml": say("/far")}, "/near", id="nearest"),
        pytest.param({"uv.toml": say("/far")}, "/far", id="above"),
        pytest.param({"a/uv.toml": "", "uv.toml": say("/far")}, None, id="a nearer file without it"),
        pytest.param({"a/uv.toml": "# auth-cache-dir"}, None, id="a comment"),
        pytest.param({"a/uv.toml": ""}, None, id="nothing"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the paths are POSIX ones")
def test_the_file_that_counts(
    workdir: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], expected: str | None
) -> None:
    """Which file counts is the same as for every other key."""
    write_files(workdir, {"a/x": "", **files})
    monkeypatch.chdir(workdir / "a")
    assert configured_folder() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="paths are Unicode there")
def test_a_folder_that_the_locale_cannot_encode_is_a_bad_value(workdir: Path) -> None:
    """The line names file and key, and the way out; a session goes on without it."""
    write_files(workdir, {"uv.toml": say("~/\u5e93")})
    code = "import requests_indexauth as r; print(r.IndexAuth().resolve('https://h/')); r.CredentialStore().services()"
    environment = {**os.environ, "LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "None\n"
    warning, error = done.stderr.splitlines()[0], done.stderr.splitlines()[-1]
    assert error == f"requests_indexauth.ConfigError: {warning}"
    assert warning.startswith(f"{workdir / 'uv.toml'}, line 1: auth-cache-dir: has a character that no path has")


def test_a_folder_of_any_depth_costs_a_moment(workdir: Path) -> None:
    """To make half a million folders, the names of all were held in memory: the square of their number."""
    write_files(workdir, {"uv.toml": say("~" + "/a" * 500_000)})
    with pytest.raises(ConfigError, match=r"auth-cache-dir: has more than 4096 characters") as caught:
        CredentialStore().set("https://h", Credentials.basic("me", "pw"))
    assert len(str(caught.value)) < 500
    assert IndexAuth().resolve("https://h/x") is None


def test_variables_that_name_the_files(workdir: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`UV_CONFIG_FILE` stands in for the files, `UV_NO_CONFIG` drops them."""
    here, there = str(tmp_path / "here"), str(tmp_path / "there")
    write_files(workdir, {"uv.toml": say(here), "my.toml": say(there)})
    monkeypatch.setenv("UV_CONFIG_FILE", "my.toml")
    assert configured_folder() == there
    monkeypatch.delenv("UV_CONFIG_FILE")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    assert configured_folder() is None


@pytest.mark.parametrize("value", ["relative/path", "", "./x"])
def test_a_relative_folder_is_refused(workdir: Path, value: str, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The store would be another one in each folder; a session warns and goes on with uv's own place."""
    write_files(workdir, {"uv.toml": say(value)})
    with pytest.raises(ConfigError, match=r"line 1: auth-cache-dir: must be an absolute path or start with ~"):
        CredentialStore().path  # noqa: B018 - it is a property
    CredentialStore(home / STORE).set("https://h", Credentials.basic("u", "p"))
    assert IndexAuth().resolve("https://h/x") == Credentials.basic("u", "p")
    assert ["auth-cache-dir" in record.getMessage() for record in caplog.records] == [True]
    assert has_something_to_offer()


@pytest.mark.skipif(sys.platform == "win32", reason="there the mode does not say who may write")
@pytest.mark.parametrize("name", ["uv.toml", "pyproject.toml"])
def test_a_project_cannot_have_secrets_written_where_others_can_write(
    workdir: Path, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its author may have made the folder. The user's own file may name any, and a closed one is taken."""
    folder = tmp_path / "store"
    folder.mkdir()
    folder.chmod(0o777)
    head = "[tool.uv]\n" if name == "pyproject.toml" else ""
    write_files(workdir, {name: f"{head}{say(str(folder))}", "own.toml": say(str(folder))})
    with pytest.raises(ConfigError, match=r"auth-cache-dir: other users can write to .*store: chmod it to 700"):
        configured_folder()
    assert IndexAuth().resolve("https://h/x") is None
    folder.chmod(0o700)
    assert configured_folder() == str(folder)
    folder.chmod(0o777)
    monkeypatch.setenv("UV_CONFIG_FILE", "own.toml")
    assert configured_folder() == str(folder)


@pytest.mark.parametrize(
    "folder", ["/proc/self/cwd/x", "//proc/./self/cwd/../x", "/dev/fd/3/x", "/dev/fd/../cwd/../../x"]
)
def test_a_project_cannot_name_a_folder_of_its_own_by_way_of_the_process(workdir: Path, folder: str) -> None:
    """It knows no other path to itself; what is stored there would be committed with it."""
    write_files(workdir, {"uv.toml": say(folder)})
    with pytest.raises(ConfigError, match=r"auth-cache-dir: .* is another folder in each process: name one on disk"):
        configured_folder()


@pytest.mark.parametrize("before", ["~/x", "~"])
@pytest.mark.parametrize("character", ["\\u001b", "\\u009b", "\\u0000", "\\n", "\\u202e"])
def test_a_folders_name_that_would_steer_a_terminal_is_refused(workdir: Path, before: str, character: str) -> None:
    """`indexauth dir` prints it as it is. A session warns, and asks the store in uv's own place."""
    CredentialStore().set("https://h", Credentials.basic("u", "p"))
    write_files(workdir, {"uv.toml": f'auth-cache-dir = "{before}{character}]0;y"\n'})
    with pytest.raises(ConfigError, match=r"line 1: auth-cache-dir: has a character that cannot be printed"):
        configured_folder()
    assert IndexAuth().resolve("https://h/x") == Credentials.basic("u", "p")


@pytest.mark.parametrize("value", [r"\\\\host\share", "//host/share"])
def test_another_machines_share_is_refused_on_windows(
    workdir: Path, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be sent the secrets, and the user's own login."""
    write_files(workdir, {"uv.toml": say(value)})
    monkeypatch.setattr(store_folder, "expand_user", lambda text: text)
    monkeypatch.setattr("requests_indexauth.config.store_folder.os.path.isabs", lambda _: True)
    monkeypatch.setattr("requests_indexauth.config.store_folder.sys.platform", "win32")
    monkeypatch.setattr(store_folder, "_paths", lambda _: iter([str(workdir / "uv.toml")]))
    with pytest.raises(ConfigError, match="absolute path"):
        configured_folder()


def test_a_folder_in_place_of_a_file_is_passed_over(workdir: Path) -> None:
    """What reads the configuration tells of it."""
    (workdir / "uv.toml").mkdir()
    assert configured_folder() is None


def test_as_much_of_a_file_is_searched_as_is_read() -> None:
    """The figure stands in two places, for one of them must be cheap to import."""
    assert LARGEST == LARGEST_FILE
