"""A private package index on this machine's loopback: what `indexauth demo` shows things with."""

from __future__ import annotations

import base64
import hashlib
import io
import secrets
import socketserver
import threading
import zipfile
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from typing_extensions import Self

PACKAGES = ("amber", "basil", "cedar", "daisy", "ember")
USER = "demo"


class DemoIndex:
    """The index, serving from `__enter__` to `__exit__`; every page and file wants the password.

    Attributes:
        password: made up for this run.
        statuses: what each request so far was answered, in order.
        challenge: what stands in ``WWW-Authenticate`` of a refusal.

    """

    challenge = 'Basic realm="demo"'

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(12)
        self.statuses: list[int] = []
        self._wanted = "Basic " + base64.b64encode(f"{USER}:{self.password}".encode()).decode()
        self._pages = _pages()
        self._server = _Server(self)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def host(self) -> str:
        """The name of the machine: loopback."""
        return str(self._server.server_address[0])

    @property
    def url(self) -> str:
        """The URL of the index, as a tool would be given it."""
        return f"http://{self.host}:{self._server.server_address[1]}/simple/"

    def page_url(self, package: str) -> str:
        """Return the URL of a package's page."""
        return f"{self.url}{package}/"

    def answer(self, path: str, authorization: str | None) -> tuple[HTTPStatus, bytes]:
        """Return status and body for a request, and write it down."""
        if authorization != self._wanted:
            status, body = HTTPStatus.UNAUTHORIZED, b"a credential is needed\n"
        elif path in self._pages:
            status, body = HTTPStatus.OK, self._pages[path]
        else:
            status, body = HTTPStatus.NOT_FOUND, b"no such page\n"
        self.statuses.append(int(status))
        return status, body


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, index: DemoIndex) -> None:
        super().__init__(("127.0.0.1", 0), partial(_Handler, index))

    def server_bind(self) -> None:
        # HTTPServer's own looks the host's name up, which may take seconds and leave the machine.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: a client may leave early."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet

    def __init__(self, index: DemoIndex, *args: object) -> None:
        self._index = index  # first: the base class serves the connection from within its constructor
        super().__init__(*args)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        status, body = self._index.answer(self.path.partition("?")[0], self.headers["Authorization"])
        self.send_response(status)
        if status == HTTPStatus.UNAUTHORIZED:
            self.send_header("WWW-Authenticate", DemoIndex.challenge)
        self.send_header("Content-Type", "application/zip" if self.path.endswith(".whl") else "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_HEAD = do_GET  # noqa: N815 - http.server's name

    def log_message(self, *_: object) -> None:
        """Write no log: the demo tells what happens."""


def _pages() -> dict[str, bytes]:
    """Return the index (PEP 503): by path, its list of packages, their pages and their files."""
    pages = {"/simple/": _html(f'<a href="/simple/{name}/">{name}</a><br>' for name in PACKAGES)}
    for name in PACKAGES:
        wheel, file = _wheel(name), f"{name}-1.0-py3-none-any.whl"
        digest = hashlib.sha256(wheel).hexdigest()
        pages[f"/simple/{name}/"] = _html([f'<a href="/simple/{name}/{file}#sha256={digest}">{file}</a><br>'])
        pages[f"/simple/{name}/{file}"] = wheel
    return pages


def _html(links: Iterable[str]) -> bytes:
    body = "\n".join(links)
    return f"<!DOCTYPE html>\n<html><body>\n{body}\n</body></html>\n".encode()


def _wheel(name: str) -> bytes:
    """Return a wheel of version 1.0 that pip will install, made in memory."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": f'"""Came from the private index of `indexauth demo`."""\nNAME = "{name}"\n',
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: indexauth\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},{_record(text)},{len(text)}\n" for path, text in files.items())
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, text in files.items():
            archive.writestr(zipfile.ZipInfo(path, (2020, 1, 1, 0, 0, 0)), text)
    return packed.getvalue()


def _record(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return "sha256=" + base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
