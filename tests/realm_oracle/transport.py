"""The network: adapters of any copy of `requests` that connect to nothing, and servers on loopback that are real.

What an adapter is about to connect to is asked of urllib3's own pool; nothing of the package is.
"""

from __future__ import annotations

import contextlib
import io
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from realm_oracle.realms import Realm, connected
from support.server import RecordingServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realm_oracle.judge import Judge
    from support.messages import Reply, Request

LOOPBACK = (
    ("127.0.0.1", "127.0.0.1", "127.0.0.2", "localhost") if sys.platform == "linux" else ("127.0.0.1", "localhost")
)


def wire(requests: Any, judge: Judge) -> Any:
    """Return an adapter of a copy of `requests` that hands everything to a judge instead of a socket."""
    urllib3 = import_module(requests.__name__.removesuffix("requests") + "urllib3")

    def urlopen(pool: Any, method: str, url: str, body: Any = None, headers: Any = None, **_options: Any) -> Any:
        _read(body)
        reply = judge.receive(connected(pool.scheme, pool.host, pool.port), method, url, dict(headers))
        if reply.hang_up:
            raise urllib3.exceptions.ProtocolError("hung up", ConnectionResetError())
        content = b"" if method == "HEAD" or not isinstance(reply.body, bytes) else reply.body
        return urllib3.HTTPResponse(
            io.BytesIO(content), reply.headers, reply.status, preload_content=False, request_method=method
        )

    def tapped(pool: Any) -> Any:
        pool.urlopen = partial(urlopen, pool)
        return pool

    class Wire(requests.adapters.HTTPAdapter):  # type: ignore[misc]  # which copy of it is known when this runs
        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            judge.see_url(request)
            with _known_length(request):
                return super().send(request, *args, **options)

        def get_connection_with_tls_context(self, *args: Any, **options: Any) -> Any:
            return tapped(super().get_connection_with_tls_context(*args, **options))

        def get_connection(self, *args: Any, **options: Any) -> Any:  # before requests 2.32
            return tapped(super().get_connection(*args, **options))

    return Wire()


@contextlib.contextmanager
def _known_length(request: Any) -> Iterator[None]:
    """Have old releases of `requests` call `urlopen` for a body of unknown length, too."""
    if request.body is None or "Content-Length" in request.headers:
        yield
        return
    request.headers["Content-Length"] = "0"
    try:
        yield
    finally:
        request.headers.pop("Content-Length", None)


def _read(body: Any) -> None:
    if hasattr(body, "read"):
        body.read()
    elif body is not None and not isinstance(body, (bytes, str)):
        list(body)


class Servers:
    """Servers on several addresses and ports, all over plain http; a judge answers for them."""

    def __init__(self) -> None:
        """Bind."""
        self._servers = [RecordingServer(host=host) for host in LOOPBACK]
        self.realms = [Realm("http", server.host, server.port) for server in self._servers]

    @contextlib.contextmanager
    def running(self) -> Iterator[Servers]:
        """Serve."""
        with contextlib.ExitStack() as stack:
            for server in self._servers:
                stack.enter_context(server)
            yield self

    def answer_with(self, judge: Judge) -> None:
        """Hand what comes to a judge, with the realm whose server it came to."""

        def respond(realm: Realm, request: Request) -> Reply:
            return judge.receive(realm, request.method, request.target, dict(request.headers.items()))

        for server, realm in zip(self._servers, self.realms):
            server.clear()
            server.respond = partial(respond, realm)
