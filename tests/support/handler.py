"""The HTTP side of a test server: reads one request whole, asks for a reply, writes it."""

from __future__ import annotations

from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Callable

from support.messages import Reply, Request

if TYPE_CHECKING:
    from collections.abc import Iterable
    from socketserver import BaseServer

BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive; `answer` is set by the server that owns it."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    server: BaseServer

    def __init__(self, answer: Callable[[Request], Reply], *args: object) -> None:
        """Keep the callback: the base class serves the connection from within its own constructor."""
        self.answer = answer
        super().__init__(*args)  # type: ignore[arg-type]

    def handle_any(self) -> None:
        """Serve one request, whatever its method."""
        request = Request(self.command, self.path, self.headers, self.read_body(), self.client_address[1])
        reply = self.answer(request)
        self.close_connection = self.close_connection or reply.close or reply.hang_up
        if not reply.hang_up:
            self.write(reply)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = handle_any  # noqa: N815 - http.server's names
    do_CONNECT = handle_any  # noqa: N815 - what a proxy is asked for; none of these makes a tunnel

    def read_body(self) -> bytes:
        """Read the body to its end, or the next request on this connection would start inside it."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(self.chunks())
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def chunks(self) -> Iterable[bytes]:
        """Yield the chunks of a body sent without a length."""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():  # trailers, up to the empty line
            pass

    def write(self, reply: Reply) -> None:
        """Write head and body; a body of unknown length goes out in chunks."""
        self.send_response(reply.status)
        for name, value in reply.header_items():
            self.send_header(name, value)
        if reply.close:
            self.send_header("Connection", "close")
        whole = reply.body if isinstance(reply.body, bytes) else None
        if whole is None:
            self.send_header("Transfer-Encoding", "chunked")
        elif reply.status not in BODILESS:
            self.send_header("Content-Length", str(len(whole)))
        self.end_headers()
        if self.command == "HEAD" or reply.status in BODILESS:
            return
        if whole is not None:
            self.wfile.write(whole)
        else:
            self.write_chunks(reply.body)  # type: ignore[arg-type]

    def write_chunks(self, body: Iterable[bytes]) -> None:
        """Send the head at once and each piece as it comes: a test may hold the rest back."""
        self.wfile.flush()
        for piece in body:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing: what happened is in the server's list of requests."""
