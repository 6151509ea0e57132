"""Host names without DNS: any name a test likes, answered by a loopback server."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pytest

    from support.server import RecordingServer


class Names:
    """Stands before `socket.getaddrinfo` and knows the names of one test."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the place of the real resolver until the test ends."""
        self._real = socket.getaddrinfo
        self._known: dict[tuple[str, int | None], tuple[str, int | None]] = {}
        self._unknown: set[str] = set()
        monkeypatch.setattr(socket, "getaddrinfo", self._getaddrinfo)

    def point(self, name: str, at: RecordingServer | None = None, *, port: int | None = None) -> None:
        """Let `name` lead to the server, whatever port is asked for, or to loopback and that same port.

        With `port` only that port of the name is meant: `point("good.example", server, port=443)` is what a URL
        without a port reaches, and two servers may stand on one name.
        """
        address = at.host if at else "127.0.0.1"
        self._known[name.lower(), port] = ("127.0.0.1" if address == "localhost" else address, at.port if at else None)

    def forget(self, name: str) -> None:
        """Let the name service know no such name."""
        self._unknown.add(name.lower())

    def _getaddrinfo(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        name = (host.decode() if isinstance(host, bytes) else host or "").lower()
        if name in self._unknown:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        number = int(port) if str(port).isdigit() else None
        found = self._known.get((name, number)) or self._known.get((name, None))
        if found:
            host, port = found[0], found[1] or port
        return self._real(host, port, *args, **kwargs)
