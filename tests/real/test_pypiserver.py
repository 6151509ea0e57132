"""A real pypiserver that wants a password for everything."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable

import pytest

import requests_indexauth
from support.messages import decode_authorization
from support.programs import HOST, Logged, LoggingServer, ServerProgram, htpasswd, log_in
from support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import requests

K = 5
PACKAGES = [f"thing-{number}" for number in range(K)]
USER, PASSWORD = "me", "secret"
SOURCES = pytest.mark.parametrize("source", ["netrc", "store"])


class PypiServer(LoggingServer):
    """The running server, and what it has logged."""

    def __init__(self, running: ServerProgram) -> None:
        super().__init__(running)
        self.index = requests_indexauth.Index(f"{self.root}/simple/")

    def logged(self) -> list[Logged]:
        """Return all that was ever logged; pypiserver does so before it answers."""
        return [_entry(line) for line in self.running.log.read_text().splitlines() if "'REQUEST_METHOD'" in line]


def _entry(line: str) -> Logged:
    """Read the WSGI environment that stands in a line of the log."""
    found = dict(re.findall(r"'(REQUEST_METHOD|PATH_INFO|HTTP_AUTHORIZATION)': '([^']*)'", line))
    sent = decode_authorization(found.get("HTTP_AUTHORIZATION"))
    return Logged(found["REQUEST_METHOD"], found["PATH_INFO"], sent[1] if sent else None)


@pytest.fixture(scope="module")
def running(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[PypiServer]:
    """Return a pypiserver with K packages."""
    command = program("pypi-server")
    folder = tmp_path_factory.mktemp("pypiserver")
    (folder / "passwords").write_text(htpasswd({USER: PASSWORD}))
    packages = folder / "packages"
    packages.mkdir()
    for wheel in map(build_wheel, PACKAGES):
        (packages / wheel.filename).write_bytes(wheel.content)
    options = ["-v", "-i", HOST, "--disable-fallback", "--log-req-frmt", "%s", "--log-stream", "stderr"]
    access = ["-a", "list,download,update", "-P", str(folder / "passwords")]
    with ServerProgram(lambda port: [command, "run", *options, *access, "-p", port, packages], folder) as server:
        yield PypiServer(server)


@pytest.fixture
def server(running: PypiServer) -> PypiServer:
    """Return the server, with nothing logged yet."""
    running.clear()
    return running


def urls(server: PypiServer) -> list[str]:
    """Return the URLs of all pages and files."""
    pages = [f"{server.root}/simple/{name}/" for name in PACKAGES]
    return pages + [f"{server.root}/packages/{build_wheel(name).filename}" for name in PACKAGES]


@SOURCES
def test_pages_and_files_cost_one_request_each_and_one_more(
    server: PypiServer, session: requests.Session, home: Path, source: str
) -> None:
    """K pages and K files are had with 2K + 1 requests, only the first of them bare."""
    log_in(source, home, server.root, USER, PASSWORD)
    requests_indexauth.mount(session, [server.index])
    assert [session.get(url).status_code for url in urls(server)] == [200] * 2 * K
    assert [entry.user for entry in server.sent] == [None] + [USER] * 2 * K


@SOURCES
def test_a_url_of_no_index_costs_the_same(
    server: PypiServer, session: requests.Session, home: Path, source: str
) -> None:
    """Where nobody has configured an index, the realm remembers."""
    log_in(source, home, server.root, USER, PASSWORD)
    requests_indexauth.mount(session)
    assert [session.get(url).status_code for url in urls(server)] == [200] * 2 * K
    assert [entry.user for entry in server.sent] == [None] + [USER] * 2 * K


@SOURCES
def test_a_wrong_password_is_answered_403(
    server: PypiServer, session: requests.Session, home: Path, source: str
) -> None:
    """This server answers a wrong password with 403, which says nothing of the password: each URL is tried with it."""
    log_in(source, home, server.root, USER, "wrong")
    requests_indexauth.mount(session, [server.index])
    assert [session.get(url).status_code for url in urls(server)] == [403] * 2 * K
    assert [entry.user for entry in server.sent] == [None, USER] * 2 * K


@SOURCES
def test_an_upload_is_sent_once(server: PypiServer, session: requests.Session, home: Path, source: str) -> None:
    """A wheel is uploaded, as twine does it, with one request; then it can be had."""
    log_in(source, home, server.root, USER, PASSWORD)
    requests_indexauth.mount(session, [server.index])
    wheel = build_wheel(f"upload-{source}", padding=300_000)
    fields = {":action": "file_upload", "protocol_version": "1", "name": wheel.name, "version": wheel.version}
    done = session.post(f"{server.root}/", data=fields, files={"content": (wheel.filename, wheel.content)})
    assert done.status_code == 200, done.text
    assert server.sent == [Logged("POST", "/", USER)]
    assert session.get(f"{server.root}/packages/{wheel.filename}").content == wheel.content
