"""A real devpi-server, with an index that gives files and takes uploads only from its user.

devpi's pages are for everybody. A bare request for a file it refuses with 403, a bare upload with 401.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from typing import TYPE_CHECKING, Callable

import pytest
import requests

import requests_indexauth
from support.configuration import write_files
from support.programs import HOST, Logged, LoggingServer, ServerProgram, log_in
from support.wheels import Distribution, build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

K = 5
PACKAGES = [f"thing-{number}" for number in range(K)]
USER, PASSWORD = "me", "secret"
SOURCES = pytest.mark.parametrize("source", ["netrc", "store"])

# Who may read files is for a plugin to say; devpi-lockdown is the known one, and wants an nginx in front.
PLUGIN = {
    "locked.py": """
from pluggy import HookimplMarker

@HookimplMarker("devpiserver")
def devpiserver_stage_get_principals_for_pkg_read(ixconfig):
    return ixconfig["acl_upload"]
""",
    "locked-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: locked\nVersion: 1\n",
    "locked-1.dist-info/entry_points.txt": "[devpi_server]\nlocked = locked\n",
}


class Devpi(LoggingServer):
    """The running server, and what it has logged."""

    def __init__(self, running: ServerProgram) -> None:
        super().__init__(running)
        self.index = requests_indexauth.Index(f"{self.root}/{USER}/team/+simple/")

    def logged(self) -> list[Logged]:
        """Return all that was ever logged; devpi does so before it answers."""
        lines = re.findall(r"\[req\d+\] (GET|HEAD|POST|PUT) (/\S*)$", self.running.log.read_text(), re.MULTILINE)
        return [Logged(method, path, None) for method, path in lines]

    def page(self, name: str) -> str:
        """Return the URL of a package's page."""
        return f"{self.index.url}{name}/"

    def file(self, session: requests.Session, name: str) -> str:
        """Return the URL of a package's file, as its page has it."""
        link = re.search(r'href="\.\./\.\./([^"#]+)', session.get(self.page(name)).text)
        assert link
        return f"{self.root}/{USER}/team/{link[1]}"

    def upload(self, session: requests.Session, wheel: Distribution) -> requests.Response:
        """Upload as twine does it."""
        fields = {":action": "file_upload", "name": wheel.name, "version": wheel.version, "filetype": "bdist_wheel"}
        files = {"content": (wheel.filename, wheel.content)}
        return session.post(f"{self.root}/{USER}/team/", data=fields, files=files)


@pytest.fixture(scope="module")
def running(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Devpi]:
    """Return a devpi-server with a user, an index and K packages."""
    init, command = program("devpi-init"), program("devpi-server")
    folder = tmp_path_factory.mktemp("devpi")
    write_files(folder / "plugin", PLUGIN)
    (folder / "secret").write_text(secrets.token_urlsafe(48))
    (folder / "secret").chmod(0o600)
    data = ["--serverdir", str(folder / "data")]
    subprocess.run([init, *data, "--no-root-pypi", "--root-passwd", "root"], check=True, capture_output=True)
    options = ["--host", HOST, "--secretfile", str(folder / "secret"), "--offline-mode"]
    options += ["--argon2-memory-cost", "1024", "--argon2-time-cost", "1"]  # else it works for seconds on its keys
    environ = {"PYTHONPATH": str(folder / "plugin")}
    with ServerProgram(lambda port: [command, *data, *options, "--port", port], folder, environ) as server:
        devpi = Devpi(server)
        fill(devpi)
        yield devpi


def fill(devpi: Devpi) -> None:
    """Make the user, the index and the packages with plain `requests`."""
    with requests.Session() as session:
        session.trust_env = False
        assert session.put(f"{devpi.root}/{USER}", json={"password": PASSWORD}).status_code == 201
        session.auth = (USER, PASSWORD)
        index = {"bases": [], "acl_upload": [USER]}
        assert session.put(f"{devpi.root}/{USER}/team", json=index).status_code == 200
        for name in PACKAGES:
            assert devpi.upload(session, build_wheel(name)).status_code == 200


@pytest.fixture
def server(running: Devpi) -> Devpi:
    """Return the server, with nothing logged yet."""
    running.clear()
    return running


@SOURCES
def test_files_cost_one_request_each_and_one_more(
    server: Devpi, session: requests.Session, home: Path, source: str
) -> None:
    """Public pages are had bare, K files behind a 403 with K + 1 requests."""
    log_in(source, home, server.index.url, USER, PASSWORD)
    requests_indexauth.mount(session, [server.index])
    files = [server.file(session, name) for name in PACKAGES]
    assert len(server.sent) == K
    server.clear()
    assert [session.get(url).content for url in files] == [build_wheel(name).content for name in PACKAGES]
    assert len(server.sent) == K + 1


@SOURCES
def test_always_costs_no_refusal(server: Devpi, session: requests.Session, home: Path, source: str) -> None:
    """With the policy `always` each page and each file is one request."""
    log_in(source, home, server.index.url, USER, PASSWORD)
    requests_indexauth.mount(session, [requests_indexauth.Index(server.index.url, authenticate="always")])
    files = [server.file(session, name) for name in PACKAGES]
    assert [session.get(url).status_code for url in files] == [200] * K
    assert len(server.sent) == 2 * K


@SOURCES
def test_an_upload_is_sent_once(server: Devpi, session: requests.Session, home: Path, source: str) -> None:
    """A wheel is uploaded with one request."""
    log_in(source, home, server.index.url, USER, PASSWORD)
    requests_indexauth.mount(session, [server.index])
    assert server.upload(session, build_wheel(f"upload-{source}")).status_code == 200
    assert server.sent == [Logged("POST", f"/{USER}/team/", None)]


@SOURCES
def test_a_wrong_password_arrives_once(server: Devpi, session: requests.Session, home: Path, source: str) -> None:
    """A wrong password is sent with the first upload, refused with 401, and not sent again."""
    log_in(source, home, server.index.url, USER, "wrong")
    requests_indexauth.mount(session, [server.index])
    sent = [server.upload(session, build_wheel("refused")) for _ in range(3)]
    assert [response.status_code for response in sent] == [401] * 3
    assert ["Authorization" in response.request.headers for response in sent] == [True, False, False]
    assert len(server.sent) == 3
