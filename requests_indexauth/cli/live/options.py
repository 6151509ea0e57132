"""How the one request is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping


class RequestOptions(NamedTuple):
    """How the request is made, where it is not as a plain session would make it.

    Attributes:
        verify: the file of certificates to trust; ``None``: the usual one.
        cert: the file with the client's certificate and key; ``None``: none.
        proxy: for http and https; the proxies of variables and of the system do not count then. ``None``: those.
        trusted: how URLs begin whose servers' certificates are not checked.
        context: the TLS settings; ``None``: the usual ones.
        origins: what pip's options are from, by the option; ``None`` where it is not pip that would make the request.
        passed_over: why the client makes no request at all; ``None`` where it makes one.

    """

    verify: str | None = None
    cert: str | None = None
    proxy: str | None = None
    trusted: tuple[str, ...] = ()
    context: ssl.SSLContext | None = None
    origins: Mapping[str, str] | None = None
    passed_over: str | None = None


AS_PLAIN = RequestOptions()
"""As a plain session makes it."""
