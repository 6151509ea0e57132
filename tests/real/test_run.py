"""Real programs that speak `requests`, run by `indexauth run`: none of them knows of us, and all get in."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.commands import TIME_LIMIT, Ran
from support.messages import Reply
from support.wheels import backend_wheel, build_sdist, build_wheel

if TYPE_CHECKING:
    from support.index import IndexServer, ServeIndex
    from support.messages import Request
    from support.server import RecordingServer, Serve

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")
PROGRAMS = ("twine", "devpi-client", "poetry", "pip-tools", "requests-cache")
OLD = ("2.7", "3.6", "3.7", "3.8")
PYTHONS = {
    Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv", "versions"),
    Path(sys.base_prefix).parent,
    Path(sys.base_prefix).parents[1],  # on GitHub's machines the folder of a version has one of the processor in it
}
"""Where Pythons lie, each in a folder of its version: the usual version manager's, and beside the one that runs."""

Run = Callable[..., Ran]


@pytest.fixture
def run(virtual_environment: Callable[..., Path], workdir: Path) -> Run:
    """Return what runs a command of an environment that has all the programs and us."""
    folder = virtual_environment(None, *PROGRAMS) / "bin"

    def run_it(*words: object, plain: bool = False, **variables: str) -> Ran:
        command = [str(folder / str(words[0]))] if plain else [str(folder / "indexauth"), "run", str(words[0])]
        done = subprocess.run(
            [*command, *map(str, words[1:])],
            env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
            check=False,
            cwd=workdir,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run_it


@pytest.fixture
def uploads(serve: Serve, workdir: Path) -> RecordingServer:
    """Return a server that takes uploads from one user, who has logged in, and a wheel in `dist`."""
    (workdir / "dist").mkdir()
    wheel = build_wheel("thing")
    (workdir / "dist" / wheel.filename).write_bytes(wheel.content)
    server = serve(lambda request: Reply(200 if request.authorization == GOOD else 401))
    CredentialStore().set(server.url, Credentials.basic("me", "secret"))
    return server


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index whose user has logged in."""
    index = serve_index(["one", "two", build_sdist("made"), backend_wheel()], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    return index


def test_twine(run: Run, uploads: RecordingServer) -> None:
    """Its own keyring question finds us already; an upload is one request."""
    ran = run(
        "twine", "upload", "--non-interactive", "--repository-url", uploads.url, "dist/thing-1.0-py3-none-any.whl"
    )
    assert ran.code == 0, ran
    assert uploads.authorizations == [GOOD]
    assert run("twine", "--version").out == run("twine", "--version", plain=True).out


def test_twine_with_a_password_of_its_own(run: Run, uploads: RecordingServer) -> None:
    """The caller's word wins, and its refusal is the answer: nothing else is sent."""
    words = ["-u", "you", "-p", "other", "--repository-url", uploads.url, "dist/thing-1.0-py3-none-any.whl"]
    ran = run("twine", "upload", *words)
    assert ran.code == 1
    assert uploads.authorizations == [("basic", "you", "other")]


def test_poetrys_publisher(run: Run, uploads: RecordingServer, workdir: Path) -> None:
    """It has no credentials for the repository, and sends what it has built through its own session."""
    (workdir / "pyproject.toml").write_text(
        '[project]\nname = "thing"\nversion = "1.0"\n[build-system]\nrequires = ["poetry-core"]\n'
        'build-backend = "poetry.core.masonry.api"\n'
    )
    ran = run(
        "poetry",
        "publish",
        "--repository",
        "corp",
        "--no-interaction",
        POETRY_REPOSITORIES_CORP_URL=uploads.at("/up/"),
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
    )
    assert ran.code == 0, ran
    assert [(request.method, request.path, request.authorization) for request in uploads.requests] == [
        ("POST", "/up/", GOOD)
    ]


@pytest.mark.parametrize("by", ["name", "module", "pip-indexauth"])
def test_pip_tools(run: Run, index: IndexServer, workdir: Path, by: str) -> None:
    """pip's own copy of `requests`, and the pips that build a project: its children."""
    (workdir / "requirements.in").write_text("made\none\n")
    options = ["--quiet", "--no-emit-index-url", "--index-url", index.index_url(), "requirements.in"]
    words = {
        "name": ["pip-compile"],
        "module": ["-m", "piptools", "compile"],
        "pip-indexauth": ["pip-indexauth", "-m", "piptools", "compile"],
    }[by]
    ran = run(*words, *options, plain=by == "pip-indexauth")
    assert ran.code == 0, ran
    text = (workdir / "requirements.txt").read_text()
    assert "made==1.0" in text
    assert "one==1.0" in text


def test_pip(run: Run, index: IndexServer, home: Path) -> None:
    """It is as `pip-indexauth` then, build dependencies and all, and called what it was called."""
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    ran = run("pip", "download", "--no-cache-dir", "-d", "files", "--index-url", index.index_url(), "one", "made")
    assert ran.code == 0, ran
    assert index.count(status=401) == 1
    assert "\n  pip <command>" in run("pip", "--help").out


CACHE = """
import sys, requests_cache
session = requests_cache.CachedSession("cache", backend="sqlite")
for _ in range(2):
    response = session.get(sys.argv[1])
    print(response.status_code, response.from_cache)
"""


def test_requests_cache(run: Run, index: IndexServer, workdir: Path) -> None:
    """It keeps what was answered: the second time nothing is sent."""
    (workdir / "cached.py").write_text(CACHE)
    ran = run("./cached.py", index.page_url("one"))
    assert (ran.code, ran.out) == (0, "200 False\n200 True\n"), ran
    assert index.authorizations == [None, GOOD]
    assert b"secret" not in b"".join(path.read_bytes() for path in workdir.glob("cache*"))


SCRIPT = """#!/usr/bin/env python
import sys
from concurrent.futures import ThreadPoolExecutor
import requests

session = requests.Session()
with ThreadPoolExecutor(8) as pool:
    answers = list(pool.map(session.get, sys.argv[1:] * 8))
print({answer.status_code for answer in answers}, requests.get(sys.argv[1]).status_code)
"""


def test_an_old_script(run: Run, index: IndexServer, workdir: Path) -> None:
    """Threads and sessions; and it is executable, with a first line of its own."""
    (workdir / "script").write_text(SCRIPT)
    (workdir / "script").chmod(0o700)
    urls = [index.page_url("one"), index.page_url("two")]
    ran = run("./script", *urls)
    assert (ran.code, ran.out) == (0, "{200} 200\n"), ran


def test_devpis_client(run: Run, serve: Serve, workdir: Path) -> None:
    """What a devpi-server tells a client, behind a proxy that wants a password which the client knows nothing of."""
    answers: dict[str, tuple[str, dict[str, object]]] = {
        "/me/team/+api": ("apiconfig", {"login": "/+login", "index": "/me/team", "simpleindex": "/me/team/+simple/"}),
        "/me/team": ("indexconfig", {"type": "stage", "bases": [], "volatile": True}),
    }

    def respond(request: Request) -> Reply:
        if request.authorization != GOOD:
            return Reply(401, {"WWW-Authenticate": "Basic"})
        kind, result = answers.get(request.path, ("none", {}))
        found: dict[str, object] = {
            name: server.at(str(value)) if str(value).startswith("/") else value for name, value in result.items()
        }
        if kind == "apiconfig":
            found["authstatus"] = ["noauth", "", []]
        body = json.dumps({"type": kind, "status": 200, "result": found}).encode()
        return Reply(200, {"Content-Type": "application/json"}, body)

    server = serve(respond)
    CredentialStore().set(server.url, Credentials.basic("me", "secret"))
    words = ["use", "--clientdir", workdir / "client", server.at("/me/team")]
    assert run("devpi", *words, plain=True).code != 0
    server.clear()
    ran = run("devpi", *words)
    assert ran.code == 0, ran
    assert re.search(r"current devpi index: \S+/me/team", ran.out), ran
    assert server.count(status=401) == 1
    assert server.count(status=200) > 1


def test_an_environment_without_us_is_left_alone(
    run: Run, index: IndexServer, workdir: Path, virtual_environment: Callable[..., Path]
) -> None:
    """A child with the Python of another environment: its own pip, its own refusal."""
    python = virtual_environment(None, ours=False) / "bin" / "python"
    (workdir / "start.py").write_text("import subprocess, sys\nsys.exit(subprocess.run(sys.argv[1:]).returncode)")
    words = [python, "-m", "pip", "download", "--no-input", "--index-url", index.index_url(), "one"]
    ran = run("./start.py", *words)
    assert ran.code == 1
    assert set(index.authorizations) == {None}
    assert "requests_indexauth" not in ran.err


def test_old_pythons_are_left_alone(run: Run, workdir: Path) -> None:
    """Whatever a program starts: a Python that knows none of our words runs."""
    patterns = [f"{old}.*/{place}bin/python" for old in OLD for place in ("", "*/")]
    found = {python for folder in PYTHONS for pattern in patterns for python in folder.glob(pattern)}
    if not found:
        pytest.skip("no Python older than 3.9 here")
    (workdir / "start.py").write_text("import subprocess, sys\nsys.exit(subprocess.run(sys.argv[1:]).returncode)")
    for python in found:
        words = [python, "-c", "import sys; print([path for path in sys.path if 'children' in path])"]
        ran = run("./start.py", *words)
        assert (ran.code, ran.out, ran.err) == (0, "[]\n", "")
