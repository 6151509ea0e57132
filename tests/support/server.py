"""A real HTTP(S) server on loopback that remembers every request."""

from __future__ import annotations

import contextlib
import functools
import socket
import sys
import threading
from http.server import ThreadingHTTPServer
from socketserver import TCPServer
from time import monotonic
from typing import TYPE_CHECKING, Any, Callable
from urllib.parse import quote

from support.handler import Handler
from support.messages import Reply, Request, text

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from typing_extensions import Self

DEFAULT_HOST = "127.0.0.1"
LAST_SECONDS = 10.0  # for the threads of a server that is closed; one that a test holds up for longer is left behind


class _Sockets(ThreadingHTTPServer):
    """Accepts for a `RecordingServer`, counts connections, and can end those still open."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024  # a test may open hundreds of connections in one instant
    allow_reuse_address = True

    def __init__(self, owner: RecordingServer, host: str, tls: ssl.SSLContext | None, *, listening: bool) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.owner = owner
        self.tls = tls
        self.open: set[socket.socket] = set()
        self.threads: set[threading.Thread] = set()
        self.accepted = 0
        self.ended = False
        self.lock = threading.Lock()
        super().__init__((host, 0), functools.partial(Handler, owner.answer), bind_and_activate=False)
        self.server_bind()
        if listening:
            self.server_activate()

    def server_bind(self) -> None:
        # Not `HTTPServer`'s own: that looks the host's name up, which may take seconds and leave the machine.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        # Not the base class's own: it keeps no thread that is a daemon, and so none could be waited for.
        thread = threading.Thread(target=self.serve_connection, args=(request, client_address), daemon=True)
        with self.lock:
            self.threads.add(thread)
        thread.start()

    def serve_connection(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end, in its own thread."""
        try:
            self.process_request_thread(request, client_address)
        finally:
            with self.lock:
                self.threads.discard(threading.current_thread())

    def finish_request(self, request: Any, client_address: Any) -> None:
        # The TLS handshake belongs in the connection's own thread: a slow client must not hold up the others.
        with self.lock:
            self.accepted += 1
        with contextlib.ExitStack() as stack:
            if self.tls:
                request = stack.enter_context(self.tls.wrap_socket(request, server_side=True))
            with self.tracked(request):
                super().finish_request(request, client_address)

    @contextlib.contextmanager
    def tracked(self, connection: socket.socket) -> Iterator[None]:
        """Know this connection for as long as it is served."""
        with self.lock:
            self.open.add(connection)
        try:
            yield
        finally:
            with self.lock:
                self.open.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the base class's parameters
        """Pass over a client that leaves or mistrusts the certificate: that is part of many tests."""
        error = sys.exc_info()[1]
        if error and not isinstance(error, OSError) and not self.ended:
            self.owner.errors.append(error)

    def end_connections(self) -> None:
        """Wake the threads that wait for a next request, and wait for their end: the next test shall not meet them."""
        with self.lock:
            self.ended = True
            for connection in self.open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            threads = list(self.threads)
        deadline = monotonic() + LAST_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - monotonic()))


class RecordingServer:
    """Answers with `respond(request)` and remembers what was asked.

    `respond` may be replaced at any time. `before_reply`, where set, is called with each request, after it is recorded
    and before it is answered: wait there on an event or a barrier to hold answers back.
    """

    def __init__(
        self,
        respond: Callable[[Request], Reply] | None = None,
        *,
        host: str = DEFAULT_HOST,
        tls: ssl.SSLContext | None = None,
        listening: bool = True,
    ) -> None:
        """Bind at once, on a free port; `start` or a `with` serves.

        Not `listening`, it is a server that is not there: its port refuses every connection, and is nobody else's. The
        port of a server that was closed may be another test's the next moment.
        """
        self.respond: Callable[[Request], Reply] = respond or (lambda _: text())
        self.before_reply: Callable[[Request], object] | None = None
        self.scheme = "https" if tls else "http"
        self.host = host
        self.errors: list[BaseException] = []
        self._requests: list[Request] = []
        self._lock = threading.Lock()
        self._listening = listening
        self._sockets = _Sockets(self, "127.0.0.1" if host == "localhost" else host, tls, listening=listening)
        self.port: int = self._sockets.server_port
        self._thread = threading.Thread(target=self._sockets.serve_forever, args=(0.02,), daemon=True)

    @property
    def netloc(self) -> str:
        """Return `host:port`, an IPv6 host in brackets."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        """Return `scheme://host:port`, without a slash at the end."""
        return f"{self.scheme}://{self.netloc}"

    def at(
        self, path: str = "/", *, host: str | None = None, user: str | None = None, password: str | None = None
    ) -> str:
        """Return a URL on this server, by another of its names or with userinfo where asked."""
        netloc = self.netloc if host is None else f"{host}:{self.port}"
        userinfo = "" if user is None else quote(user, safe="")
        if password is not None:
            userinfo += ":" + quote(password, safe="")
        return f"{self.scheme}://{userinfo}{'@' if userinfo else ''}{netloc}{path}"

    @property
    def requests(self) -> list[Request]:
        """Return every request so far, in the order of arrival; the list is the caller's own."""
        with self._lock:
            return list(self._requests)

    @property
    def connections(self) -> int:
        """Return how many connections were opened to this server."""
        return self._sockets.accepted

    @property
    def authorizations(self) -> list[tuple[str, ...] | None]:
        """Return the decoded credential of every request, in the order of arrival."""
        return [request.authorization for request in self.requests]

    @property
    def statuses(self) -> list[int | None]:
        """Return the status of every answer, in the order the requests arrived."""
        return [request.status for request in self.requests]

    def count(self, **wanted: object) -> int:
        """Count the requests whose attributes (status, method, path, user, authorization) equal what is given."""
        return sum(all(getattr(request, key) == value for key, value in wanted.items()) for request in self.requests)

    def clear(self) -> None:
        """Forget the requests so far."""
        with self._lock:
            self._requests.clear()

    def answer(self, request: Request) -> Reply:
        """Record, wait if a test says so, and answer; called in the connection's thread."""
        with self._lock:
            self._requests.append(request)
        try:
            if self.before_reply:
                self.before_reply(request)
            reply = self.respond(request)
        except Exception as error:  # noqa: BLE001 - a broken `respond` must fail its test, see `close`
            self.errors.append(error)
            reply = text(f"the test's own server failed: {error!r}", status=500)
        request.status = reply.status
        return reply

    def start(self) -> Self:
        """Serve in the background."""
        if self._listening:
            self._thread.start()
        return self

    def close(self) -> None:
        """Stop; raise what `respond` raised, so that a mistake in a test's server does not go unseen."""
        if self._thread.is_alive():
            self._sockets.shutdown()
            self._thread.join()
        self._sockets.server_close()
        self._sockets.end_connections()
        if self.errors:
            raise self.errors[0]

    def __enter__(self) -> Self:
        """Start serving."""
        return self.start()

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self.close()


Serve = Callable[..., RecordingServer]  # the type of the fixture `serve`
