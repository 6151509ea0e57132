"""A real nginx with files behind passwords: several users in one realm, refusals in disguise, TLS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
import requests
import trustme

import requests_indexauth
from support.configuration import write_files
from support.programs import HOST, Logged, LoggingServer, ServerProgram, htpasswd, log_in
from support.wheels import build_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

K = 5
PACKAGES = [f"thing-{number}" for number in range(K)]
USER, PASSWORD = "me", "secret"
OTHER, OTHER_PASSWORD = "other", "another secret"
SOURCES = pytest.mark.parametrize("source", ["netrc", "store"])

# /limited/ has another user than the rest; /hidden/ and /forbidden/ do not say that a password would help.
CONFIGURATION = """\
daemon off;
master_process off;
worker_processes 1;
pid FOLDER/pid;
error_log stderr;
events {}
http {
    log_format lines '$request_method $request_uri $remote_user';
    access_log FOLDER/access.log lines;
    client_body_temp_path FOLDER/temp;
    proxy_temp_path FOLDER/temp;
    fastcgi_temp_path FOLDER/temp;
    uwsgi_temp_path FOLDER/temp;
    scgi_temp_path FOLDER/temp;
    root FOLDER/site;
    server {
        listen HOST:PORT ssl;
        ssl_certificate FOLDER/certificate.pem;
        ssl_certificate_key FOLDER/certificate.pem;
        auth_basic "packages";
        auth_basic_user_file FOLDER/users;
        location = /caught-up { auth_basic off; return 204; }
        location /open/ { auth_basic off; }
        location /team/ {}
        location /limited/ { auth_basic_user_file FOLDER/limited; }
        location /hidden/ { error_page 401 =404 @bare; }
        location /forbidden/ { error_page 401 =403 @bare; }
        location @bare { internal; auth_basic off; return 404 "nothing here"; }
    }
}
"""
LOCATIONS = ["open", "team", "limited", "hidden", "forbidden"]


class Nginx(LoggingServer):
    """The running server, and what it has logged."""

    scheme = "https"

    def __init__(self, running: ServerProgram, bundle: str) -> None:
        super().__init__(running)
        self.bundle = bundle

    def index(self, location: str) -> requests_indexauth.Index:
        """Return the index that a location is."""
        return requests_indexauth.Index(f"{self.root}/{location}/simple/")

    def urls(self, location: str) -> list[str]:
        """Return the URLs of a location's pages and files."""
        pages = [f"{self.root}/{location}/simple/{name}/" for name in PACKAGES]
        return pages + [f"{self.root}/{location}/files/{build_wheel(name).filename}" for name in PACKAGES]

    def logged(self) -> list[Logged]:
        """Return all that was ever logged; nginx does so when its answer has left, before it takes the next request."""
        requests.get(f"{self.root}/caught-up", verify=self.bundle).raise_for_status()
        lines = [line.split(" ", 2) for line in (self.running.folder / "access.log").read_text().splitlines()]
        return [
            Logged(method, path, None if user == "-" else user) for method, path, user in lines if "caught" not in path
        ]


@pytest.fixture(scope="module")
def running(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """Return an nginx with K packages in each location."""
    command = program("nginx")
    folder = tmp_path_factory.mktemp("nginx")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    authority.issue_cert(HOST).private_key_and_cert_chain_pem.write_to_path(str(folder / "certificate.pem"))
    text = CONFIGURATION.replace("FOLDER", str(folder)).replace("HOST", HOST)
    users = {"users": htpasswd({USER: PASSWORD}), "limited": htpasswd({OTHER: OTHER_PASSWORD})}
    write_files(folder, users)
    for location in LOCATIONS:
        fill(folder / "site" / location)

    def start(port: int) -> list[object]:
        write_files(folder, {"nginx.conf": text.replace("PORT", str(port))})
        return [command, "-p", folder, "-e", "stderr", "-c", folder / "nginx.conf"]

    with ServerProgram(start, folder) as server:
        yield Nginx(server, str(folder / "ca.pem"))


def fill(location: Path) -> None:
    """Write the pages and files of an index."""
    (location / "files").mkdir(parents=True)
    for wheel in map(build_wheel, PACKAGES):
        (location / "files" / wheel.filename).write_bytes(wheel.content)
        write_files(
            location / "simple" / wheel.name, {"index.html": f'<a href="../../files/{wheel.filename}">file</a>'}
        )


@pytest.fixture
def server(running: Nginx) -> Nginx:
    """Return the server, with nothing logged yet."""
    running.clear()
    return running


@pytest.fixture
def session(server: Nginx, session: requests.Session) -> requests.Session:
    """Return a session that trusts the server."""
    session.verify = server.bundle
    return session


def statuses(session: requests.Session, urls: list[str]) -> list[int]:
    """Return how each URL ended."""
    return [session.get(url).status_code for url in urls]


@SOURCES
@pytest.mark.parametrize("location", ["team", "hidden", "forbidden"])
def test_pages_and_files_cost_one_request_each_and_one_more(
    server: Nginx, session: requests.Session, home: Path, source: str, location: str
) -> None:
    """K pages and K files are had with 2K + 1 requests, also where 404 or 403 stands for 401."""
    log_in(source, home, server.root, USER, PASSWORD)
    requests_indexauth.mount(session, [server.index(location)])
    assert statuses(session, server.urls(location)) == [200] * 2 * K
    assert [entry.user for entry in server.sent] == [None] + [USER] * 2 * K


@pytest.mark.parametrize(("location", "refusal"), [("team", 401), ("hidden", 404), ("forbidden", 403)])
def test_the_refusal_of_a_bare_request(server: Nginx, session: requests.Session, location: str, refusal: int) -> None:
    """Without a credential each location refuses in its way, once for each URL."""
    requests_indexauth.mount(session, [server.index(location)])
    assert statuses(session, server.urls(location)) == [refusal] * 2 * K
    assert [entry.user for entry in server.sent] == [None] * 2 * K


@SOURCES
def test_a_wrong_password_arrives_once(server: Nginx, session: requests.Session, home: Path, source: str) -> None:
    """The server sees a wrong password with the first URL and never again."""
    log_in(source, home, server.root, USER, "wrong")
    requests_indexauth.mount(session, [server.index("team")])
    assert statuses(session, server.urls("team")) == [401] * 2 * K
    assert [entry.user for entry in server.sent] == [None, USER] + [None] * (2 * K - 1)


@SOURCES
def test_what_is_open_stays_bare(server: Nginx, session: requests.Session, home: Path, source: str) -> None:
    """A credential is not sent where nothing asks for one."""
    log_in(source, home, server.root, USER, PASSWORD)
    requests_indexauth.mount(session, [server.index("open")])
    assert statuses(session, server.urls("open")) == [200] * 2 * K
    assert [entry.user for entry in server.sent] == [None] * 2 * K


@pytest.mark.parametrize("configured", [True, False], ids=["two indexes", "no index"])
def test_two_users_of_one_realm(server: Nginx, session: requests.Session, configured: bool) -> None:  # noqa: FBT001
    """Interleaved, each location gets its own user every time: two entries of the store, one refusal for each.

    Where no index tells the locations apart, the second is first tried with what the realm took.
    """
    for location, user, password in (("team", USER, PASSWORD), ("limited", OTHER, OTHER_PASSWORD)):
        log_in("store", Path.home(), f"{server.root}/{location}", user, password)
    requests_indexauth.mount(session, [server.index("team"), server.index("limited")] if configured else [])
    urls = [url for pair in zip(server.urls("team"), server.urls("limited")) for url in pair]
    assert statuses(session, urls) == [200] * 4 * K
    sent = [(entry.path.split("/")[1], entry.user) for entry in server.sent]
    first = None if configured else USER
    assert sent[:4] == [("team", None), ("team", USER), ("limited", first), ("limited", OTHER)]
    assert sent[4:] == [("team", USER), ("limited", OTHER)] * (2 * K - 1)


def test_an_entry_for_the_host_does_not_hide_one_for_a_path(
    server: Nginx, session: requests.Session, home: Path
) -> None:
    """netrc's user is refused at the limited location, the store's is found, and both are remembered."""
    log_in("netrc", home, server.root, USER, PASSWORD)
    log_in("store", home, f"{server.root}/limited", OTHER, OTHER_PASSWORD)
    requests_indexauth.mount(session, [server.index("team"), server.index("limited")])
    urls = [url for pair in zip(server.urls("team"), server.urls("limited")) for url in pair]
    assert statuses(session, urls) == [200] * 4 * K
    sent = [entry.user for entry in server.sent]
    assert sent == [None, USER, None, USER, OTHER, *[USER, OTHER] * (2 * K - 1)]
