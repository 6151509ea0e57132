"""The keyring backend, in the programs that load it: keyring, pip, twine, poetry, uv."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Callable

import pytest

import requests_indexauth
from support.commands import TIME_LIMIT
from support.configuration import index_table, write_files
from support.programs import HOST, ServerProgram, htpasswd
from support.secretservice import ADDRESS, DBusSession, Secrets, gnome_keyring
from support.uv import Uv
from support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import requests

    from support.index import IndexServer

OURS = "requests_indexauth.keyring_backend.ReadOnlyPlaintextKeyring"
SYSTEM = "keyring.backends.SecretService.Keyring"
INDEX = "https://pkgs.example.com/team/simple/"
USER, PASSWORD = "me", "p w/4:%"  # ASCII: pip itself sends anything else as Latin-1

linux = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")


class Programs:
    """The programs of a virtual environment, in the variables and folder of the test, with nobody to ask."""

    def __init__(self, environment: Path) -> None:
        self.folder = environment / ("Scripts" if os.name == "nt" else "bin")

    def run(self, name: str, *arguments: object, stdin: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program; the caller looks at its exit code."""
        return subprocess.run(
            [self.folder / name, *map(str, arguments)],
            input=stdin,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PIP_CONFIG_FILE": os.devnull, **variables},
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
        )


@pytest.fixture
def installed(virtual_environment: Callable[..., Path]) -> Programs:
    """Return an environment with this package, the newest pip, keyring and twine, as a user has them."""
    return Programs(virtual_environment(None, "pip>=26", "keyring>=25.6", "twine>=6"))


@pytest.fixture
def uv(program: Callable[[str], str]) -> Uv:
    """Return the real uv."""
    return Uv(program("uv"))


@pytest.fixture
def system_keyring(program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Secrets]:
    """Return the system's keyring, empty and unlocked."""
    with ExitStack() as running:
        bus = DBusSession(program("dbus-run-session"), gnome_keyring(program("gnome-keyring-daemon")))
        running.callback(bus.close)
        monkeypatch.setenv(ADDRESS, bus.address)
        made = Secrets()
        made.clear()
        yield made


@pytest.fixture
def private_index(serve_index: Callable[..., IndexServer]) -> IndexServer:
    """Return an index that wants a password."""
    return serve_index(["thing"], {USER: PASSWORD}, root="/team/simple")


def backends(programs: Programs) -> list[str]:
    """Return the backends that `keyring` lists, with their priorities."""
    done = programs.run("keyring", "--list-backends")
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_get(installed: Programs, uv: Uv) -> None:
    """`keyring get` finds a `uv auth login`, for the user, for anybody, for the index and for nothing else."""
    uv.login("https://pkgs.example.com/team", USER, PASSWORD)
    assert installed.run("keyring", "get", INDEX, USER).stdout == f"{PASSWORD}\n"
    assert installed.run("keyring", "get", INDEX, "--mode", "creds").stdout == f"{USER}\n{PASSWORD}\n"
    for other in ([INDEX, "you"], ["https://pkgs.example.com/", USER], ["pkgs", USER]):
        done = installed.run("keyring", "get", *other)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")


def test_absent_without_a_login(installed: Programs) -> None:
    """Where there is nothing to offer the backend is not among those that are listed, and nothing else changes."""
    assert not any(OURS in line for line in backends(installed))
    said = []
    for variables in ({}, {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}):
        done = installed.run("keyring", "get", INDEX, USER, **variables)
        said.append((done.returncode, done.stdout, done.stderr))
    assert said[0] == said[1]
    assert said[0][0] != 0


@linux
def test_below_the_system(installed: Programs, uv: Uv, system_keyring: Secrets) -> None:
    """The backend is listed below the system's; `keyring set` and `del` go to the system's, which answers first."""
    uv.login("https://pkgs.example.com/team", USER, PASSWORD)
    listed = backends(installed)
    assert f"{OURS} (priority: 0.3)" in listed
    assert f"{SYSTEM} (priority: 5)" in listed
    assert installed.run("keyring", "get", INDEX, USER).stdout == f"{PASSWORD}\n"
    assert installed.run("keyring", "set", INDEX, USER, stdin="theirs").returncode == 0
    assert system_keyring.secrets(INDEX) == [(USER, "theirs")]
    assert installed.run("keyring", "get", INDEX, USER).stdout == "theirs\n"
    assert installed.run("keyring", "del", INDEX, USER).returncode == 0
    assert system_keyring.items() == []
    assert installed.run("keyring", "get", INDEX, USER).stdout == f"{PASSWORD}\n"


@linux
def test_native_store(installed: Programs, uv: Uv, system_keyring: Secrets, monkeypatch: pytest.MonkeyPatch) -> None:
    """What uv has stored natively is found through the backend, though uv's names are not those that pip asks for."""
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")
    uv.login("https://pkgs.example.com/", USER, PASSWORD)
    assert system_keyring.secrets("uv:pkgs.example.com") == [(USER, PASSWORD)]
    assert installed.run("keyring", "get", INDEX, "--mode", "creds").stdout == f"{USER}\n{PASSWORD}\n"


def test_set_without_a_system(installed: Programs, uv: Uv) -> None:
    """Where there is no other backend `keyring set` says that nothing is stored here, and what to do."""
    uv.login("https://pkgs.example.com/team", USER, PASSWORD)
    done = installed.run("keyring", "set", INDEX, USER, stdin="other")
    assert done.returncode != 0
    assert "read-only: store with `indexauth login` or `uv auth login`" in done.stderr
    assert installed.run("keyring", "get", INDEX, USER).stdout == f"{PASSWORD}\n"


def test_plain_pip(installed: Programs, uv: Uv, private_index: IndexServer, tmp_path: Path) -> None:
    """Plain `pip install`, with no option for it, finds a `uv auth login`; its password is not seen."""
    uv.login(private_index.index_url(), USER, PASSWORD)
    target = tmp_path / "target"
    options = ["--target", target, "--no-cache-dir", "--disable-pip-version-check"]
    done = installed.run("pip", "install", "--index-url", private_index.index_url(), *options, "thing")
    assert done.returncode == 0, done.stderr
    assert list(target.glob("thing-1.0.dist-info"))
    assert PASSWORD not in done.stdout + done.stderr
    assert private_index.authorizations[-1] == ("basic", USER, PASSWORD)
    assert private_index.count(status=401) == 1


@pytest.mark.parametrize(
    ("login", "instead"),
    [
        pytest.param(False, "keyring.backends.fail.Keyring", id="no login: as with no backend at all"),
        pytest.param(True, "keyring.backends.null.Keyring", id="another login: as with a backend that has nothing"),
    ],
)
def test_plain_pip_without_a_login(
    installed: Programs, uv: Uv, private_index: IndexServer, tmp_path: Path, instead: str, *, login: bool
) -> None:
    """Without a login for it, pip says and does what it does without us."""
    if login:
        uv.login("https://elsewhere.example/", USER, PASSWORD)
    options = ["--no-cache-dir", "--disable-pip-version-check", "-d", tmp_path]
    arguments = ["download", "--index-url", private_index.index_url(), *options, "thing"]
    ours = installed.run("pip", *arguments)
    sent = private_index.authorizations
    private_index.clear()
    theirs = installed.run("pip", *arguments, PYTHON_KEYRING_BACKEND=instead)
    assert (ours.returncode, ours.stdout, ours.stderr) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert sent == private_index.authorizations
    assert ours.returncode != 0


def test_plain_twine(
    installed: Programs, uv: Uv, program: Callable[[str], str], tmp_path: Path, session: requests.Session
) -> None:
    """Plain `twine upload` to a pypiserver that wants a password finds a `uv auth login`, and asks for nothing."""
    (tmp_path / "passwords").write_text(htpasswd({USER: "secret"}))
    (tmp_path / "packages").mkdir()
    wheel = build_wheel("thing")
    (tmp_path / wheel.filename).write_bytes(wheel.content)
    access = ["-a", "update", "-P", tmp_path / "passwords", "--disable-fallback"]
    command = [program("pypi-server"), "run", "-i", HOST, *access]
    with ServerProgram(lambda port: [*command, "-p", port, tmp_path / "packages"], tmp_path) as server:
        url = f"http://{HOST}:{server.port}"
        uv.login(url, USER, "secret")
        done = installed.run(
            "twine", "upload", "--disable-progress-bar", "--repository-url", url, tmp_path / wheel.filename
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert session.get(f"{url}/packages/{wheel.filename}").content == wheel.content


@pytest.fixture
def counting(installed: Programs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[list[str]]]:
    """Put a `keyring` on PATH that writes down its starts, then is the real one; return what reads them."""
    log = tmp_path / "starts"
    script = tmp_path / "keyring"
    script.write_text(
        f"#!{installed.folder / 'python'}\n"
        "import json, sys\n"
        f"with open({str(log)!r}, 'a') as log:\n"
        "    log.write(json.dumps(sys.argv[1:]) + '\\n')\n"
        "from keyring.cli import main\n"
        "sys.exit(main())\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    return lambda: [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the command is a script")
@pytest.mark.parametrize("login", [True, False], ids=["another login", "no login"])
def test_never_asks_itself(
    counting: Callable[[], list[list[str]]],
    installed: Programs,
    uv: Uv,
    private_index: IndexServer,
    session: requests.Session,
    workdir: Path,
    *,
    login: bool,
) -> None:
    """Our own session, told to ask the `keyring` command in which our backend is, starts three processes and no more.

    They are the three of a look-up that finds nothing over http: the URL, the host, the scheme and host.
    """
    if login:
        uv.login("https://elsewhere.example/", USER, PASSWORD)
        assert any(OURS in line for line in backends(installed))
    write_files(workdir, {"uv.toml": index_table(private_index.index_url(), name="team")})
    requests_indexauth.mount(session)
    assert session.get(private_index.page_url("thing")).status_code == 401
    host = f"{HOST}:{private_index.port}"
    services = [private_index.index_url(), host, f"http://{host}"]
    assert counting() == [["get", service, "--mode", "creds"] for service in services]


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the command is a script")
def test_uv_asks_us_once(counting: Callable[[], list[list[str]]], uv: Uv, private_index: IndexServer) -> None:
    """uv's own provider asks `keyring`, and so us; that starts no further process, whatever is configured."""
    uv.login("https://elsewhere.example/", USER, PASSWORD)
    url = private_index.index_url(user=USER)
    done = uv.resolve("thing", options=("--default-index", url))
    assert done.returncode != 0
    assert 1 <= len(counting()) <= 3


POETRY = "poetry>=2"


def test_poetry(virtual_environment: Callable[..., Path], uv: Uv, home: Path) -> None:
    """`poetry config http-basic` keeps a password on a machine without another backend, as it does without us."""
    uv.login("https://pkgs.example.com/team", USER, PASSWORD)
    said = []
    for ours in (True, False):
        poetry, folder = Programs(virtual_environment(None, POETRY, ours=ours)), home / f"poetry-{ours}"
        done = poetry.run("poetry", "config", "http-basic.team", "you", "pw", POETRY_CONFIG_DIR=str(folder))
        assert done.returncode == 0, done.stderr
        written = (folder / "auth.toml").read_text(encoding="utf-8")
        assert 'username = "you"' in written
        assert 'password = "pw"' in written
        said.append(done.stderr)
    assert said[0] == said[1]
