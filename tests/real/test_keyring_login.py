"""`indexauth login --keyring-provider`, and the programs that look into a keyring: plain pip, uv, twine, a session."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth import Index, mount
from support.commands import TIME_LIMIT
from support.programs import HOST, ServerProgram, htpasswd
from support.uv import Uv
from support.wheels import build_wheel

if TYPE_CHECKING:
    import requests

    from support.index import IndexServer

USER, PASSWORD = "me", "p w/4:%"  # ASCII: pip itself sends anything else as Latin-1
BACKEND = "keyrings.alt.file.PlaintextKeyring"


class Programs:
    """The programs of a virtual environment, in the variables and folder of the test, with nobody to ask."""

    def __init__(self, environment: Path) -> None:
        self.folder = environment / ("Scripts" if os.name == "nt" else "bin")

    def run(self, name: str, *arguments: object, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program; the caller looks at its exit code."""
        return subprocess.run(
            [self.folder / name, *map(str, arguments)],
            stdin=subprocess.DEVNULL,
            env={**os.environ, "PIP_CONFIG_FILE": os.devnull, **variables},
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
        )


@pytest.fixture
def installed(virtual_environment: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Programs:
    """Return an environment with this package, pip, twine, and a keyring that keeps things in a file."""
    made = Programs(virtual_environment(None, "pip>=26", "keyring>=25.6", "keyrings.alt>=5", "twine>=6"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", BACKEND)
    monkeypatch.setenv("PATH", f"{made.folder}{os.pathsep}{os.environ['PATH']}")
    return made


@pytest.fixture
def private_index(serve_index: Callable[..., IndexServer]) -> IndexServer:
    """Return an index that wants a password."""
    return serve_index(["thing"], {USER: PASSWORD}, root="/team/simple")


def indexauth(installed: Programs, *arguments: str) -> str:
    """Run a command that goes well, and return what it prints."""
    done = installed.run("python", "-m", "requests_indexauth", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("provider", ["keyring", "subprocess"])
def test_pip_uv_and_a_session_find_a_login(
    installed: Programs,
    program: Callable[[str], str],
    private_index: IndexServer,
    session: requests.Session,
    tmp_path: Path,
    provider: str,
) -> None:
    """Each asks as it does by itself, for the index with its user name; after the logout nobody gets in."""
    plain = private_index.index_url()
    url = plain.replace("//", f"//{USER}@")
    indexauth(installed, "login", plain, "-u", USER, "--password", PASSWORD, "--keyring-provider", provider)
    assert USER in indexauth(installed, "list", "--keyring-provider", provider)
    uv = Uv(program("uv"))
    pip = ["download", "--no-deps", "--no-cache-dir", "-d", tmp_path / "pip", "--index-url", url, "thing"]

    def outcomes() -> list[bool]:
        done = [installed.run("pip", *pip, "--keyring-provider", asked) for asked in ("import", "subprocess")]
        done.append(uv.resolve("thing", options=("--index-url", url, "--keyring-provider", "subprocess")))
        found = [one.returncode == 0 for one in done]
        mount(session, [Index(url)], keyring_provider="subprocess", discover=False)
        found.append(session.get(private_index.page_url()).ok)
        return found

    assert outcomes() == [True] * 4
    indexauth(installed, "logout", plain, "--keyring-provider", provider)
    assert outcomes() == [False] * 4
    kept = [path.read_text() for path in Path.home().rglob("*.cfg")]
    assert USER not in "".join(kept)


@pytest.mark.parametrize("provider", ["keyring", "subprocess"])
def test_twine_finds_a_login(
    installed: Programs, program: Callable[[str], str], tmp_path: Path, session: requests.Session, provider: str
) -> None:
    """Plain `twine upload` finds it for the repository, by the user's name."""
    (tmp_path / "passwords").write_text(htpasswd({USER: "secret"}))
    (tmp_path / "packages").mkdir()
    wheel = build_wheel("thing")
    (tmp_path / wheel.filename).write_bytes(wheel.content)
    access = ["-a", "update", "-P", tmp_path / "passwords", "--disable-fallback"]
    command = [program("pypi-server"), "run", "-i", HOST, *access]
    with ServerProgram(lambda port: [*command, "-p", port, tmp_path / "packages"], tmp_path) as server:
        url = f"http://{HOST}:{server.port}/"
        indexauth(installed, "login", url, "-u", USER, "--password", "secret", "--keyring-provider", provider)
        upload = ["upload", "--non-interactive", "--disable-progress-bar", "-u", USER, "--repository-url", url]
        done = installed.run("twine", *upload, tmp_path / wheel.filename)
        assert done.returncode == 0, done.stdout + done.stderr
        assert session.get(f"{url}packages/{wheel.filename}").content == wheel.content
        indexauth(installed, "logout", url, "--keyring-provider", provider)
        assert installed.run("twine", *upload, tmp_path / wheel.filename).returncode != 0
