"""What the drivers need of the real ``requests``; pip's vendored copy gets a toolkit of its own."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from requests.auth import HTTPBasicAuth
from requests.cookies import extract_cookies_to_jar, get_cookie_header
from requests.utils import get_netrc_auth

from .exchange import Toolkit
from .request_errors import for_request


def netrc_header(url: str) -> str | None:
    """Return the ``Authorization`` that ``requests`` takes from netrc for a URL; ``None`` when it takes none."""
    try:
        pair = get_netrc_auth(url)
        if pair is None:
            return None
        header: str = HTTPBasicAuth(*pair)(SimpleNamespace(headers={})).headers["Authorization"]
    except UnicodeError:  # requests knows only latin-1, and UTF-8 in the file, so it cannot have sent this one
        return None
    return header


def carry_cookies(request: Any, refused: Any) -> None:
    """Put the cookies a refused response set into the request that follows it."""
    if "Set-Cookie" not in refused.headers or request._cookies is None:  # noqa: SLF001 - no public name for it
        return
    by_hand = request.headers.pop("Cookie", None)
    if by_hand is not None and by_hand != get_cookie_header(request._cookies, request):  # type: ignore[no-untyped-call]  # noqa: SLF001
        request.headers["Cookie"] = by_hand  # the caller's own header, not the jar's
        return
    jar = request._cookies.copy()  # noqa: SLF001
    extract_cookies_to_jar(jar, refused.request, refused.raw)  # type: ignore[no-untyped-call]
    request.prepare_cookies(jar)


REQUESTS = Toolkit(netrc_header, carry_cookies, for_request)
