"""`indexauth publish` to a real pypiserver and a real devpi-server."""

from __future__ import annotations

import re
import secrets
import subprocess
from typing import TYPE_CHECKING, Callable

import pytest
import requests

from requests_indexauth import Credentials, CredentialStore
from support.commands import run_child
from support.programs import HOST, ServerProgram, htpasswd
from support.wheels import build_sdist, build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "me", "secret"


@pytest.fixture(scope="module")
def pypiserver(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProgram]:
    """Return a pypiserver that wants a password for an upload."""
    command = program("pypi-server")
    folder = tmp_path_factory.mktemp("pypiserver")
    (folder / "passwords").write_text(htpasswd({USER: PASSWORD}))
    (folder / "packages").mkdir()
    options = ["-v", "-i", HOST, "--disable-fallback", "--log-stream", "stderr"]
    options += ["--log-req-frmt", "%s", "-a", "update"]
    files = ["-P", str(folder / "passwords"), "-p"]
    with ServerProgram(lambda port: [command, "run", *options, *files, port, folder / "packages"], folder) as server:
        yield server


@pytest.fixture(scope="module")
def devpi(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProgram]:
    """Return a devpi-server with an index that takes uploads from its user."""
    init, command = program("devpi-init"), program("devpi-server")
    folder = tmp_path_factory.mktemp("devpi")
    (folder / "secret").write_text(secrets.token_urlsafe(48))
    (folder / "secret").chmod(0o600)
    data = ["--serverdir", str(folder / "data")]
    subprocess.run([init, *data, "--no-root-pypi", "--root-passwd", "root"], check=True, capture_output=True)
    options = ["--host", HOST, "--secretfile", str(folder / "secret"), "--offline-mode"]
    options += ["--argon2-memory-cost", "1024", "--argon2-time-cost", "1"]
    with ServerProgram(lambda port: [command, *data, *options, "--port", port], folder) as server:
        with requests.Session() as session:
            session.trust_env = False
            session.put(f"http://{HOST}:{server.port}/{USER}", json={"password": PASSWORD})
            session.auth = (USER, PASSWORD)
            index = {"bases": [], "acl_upload": [USER]}
            assert session.put(f"http://{HOST}:{server.port}/{USER}/team", json=index).ok
        yield server


@pytest.fixture(params=["pypiserver", "devpi"])
def server(request: pytest.FixtureRequest) -> ServerProgram:
    """Return either."""
    pytest.importorskip("twine")
    found: ServerProgram = request.getfixturevalue(request.param)
    return found


def upload_url(server: ServerProgram) -> str:
    """Return where it takes uploads."""
    return f"http://{HOST}:{server.port}/{f'{USER}/team/' if 'devpi-server' in server.log.read_text() else ''}"


def posts(server: ServerProgram) -> int:
    """Count the uploads that have arrived."""
    return len(re.findall(r"\[req\d+\] POST /|\"POST / HTTP|'REQUEST_METHOD': 'POST'", server.log.read_text()))


def make(workdir: Path, name: str) -> None:
    """Build a wheel and a source distribution."""
    (workdir / "dist").mkdir()
    for distribution in (build_wheel(name), build_sdist(name)):
        (workdir / "dist" / distribution.filename).write_bytes(distribution.content)


def is_there(url: str, name: str) -> bool:
    """Whether the index has a wheel and a source distribution."""
    text = requests.get(url.rstrip("/") + f"/simple/{name}/", timeout=60).text
    text += requests.get(url.rstrip("/") + f"/+simple/{name}/", timeout=60).text
    return f"{name}-1.0-py3-none-any.whl" in text and f"{name}-1.0.tar.gz" in text


@pytest.mark.parametrize("source", ["store", "variables", "pypirc"])
def test_an_upload_arrives_once(server: ServerProgram, workdir: Path, home: Path, source: str) -> None:
    """Both files of `dist`, with a request each."""
    url, name, variables = upload_url(server), f"from{source}", {}
    make(workdir, name)
    if source == "store":
        CredentialStore().set(url, Credentials.basic(USER, PASSWORD))
    elif source == "variables":
        variables = {"UV_PUBLISH_USERNAME": USER, "UV_PUBLISH_PASSWORD": PASSWORD}
    else:
        text = f"[distutils]\nindex-servers = corp\n[corp]\nrepository = {url}\nusername = {USER}\n"
        (home / ".pypirc").write_text(f"{text}password = {PASSWORD}\n")
    before = posts(server)
    words = ["--repository", "corp"] if source == "pypirc" else ["--repository-url", url]
    ran = run_child("publish", *words, extra=variables)
    assert (ran.code, ran.err) == (0, ""), ran
    assert posts(server) == before + 2
    assert is_there(url, name)


def test_a_refusal_is_told_and_nothing_is_sent_twice(server: ServerProgram, workdir: Path) -> None:
    """The source, and the command that shows more."""
    url = upload_url(server)
    make(workdir, "refused")
    CredentialStore().set(url, Credentials.basic(USER, "wrong"))
    before = posts(server)
    ran = run_child("publish", "--repository-url", url)
    assert ran.code == 1
    assert re.search(
        r"refused the upload \(40[13]\): the credential from store was sent; see: indexauth explain http", ran.err
    )
    assert posts(server) == before + 1
    assert not is_there(url, "refused")
