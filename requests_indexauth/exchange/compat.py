"""What the drivers need of a copy of ``requests``, the real one or pip's, and nothing else knows which it is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Callable, Optional

    from ..errors import PolicyError

    NetrcHeader = Callable[[str], Optional[str]]
    """Returns the ``Authorization`` that ``requests`` itself would take from netrc for a URL."""


class RequestsCompat:
    """What differs between copies of ``requests``.

    Attributes:
        netrc_header: the ``Authorization`` that copy takes from netrc for a URL, or ``None``.
        carry_cookies: puts the cookies of a refused response into the request that follows it.
        policy_error: turns a policy error into one of that copy's exceptions, with the request.

    """

    __slots__ = ("carry_cookies", "netrc_header", "policy_error")

    def __init__(
        self,
        netrc_header: NetrcHeader,
        carry_cookies: Callable[[Any, Any], None],
        policy_error: Callable[[PolicyError, Any], Exception],
    ) -> None:
        self.netrc_header = netrc_header
        self.carry_cookies = carry_cookies
        self.policy_error = policy_error


def compat_of(requests: Any, policy_error: Callable[[PolicyError, Any], Exception]) -> RequestsCompat:
    """Return what the drivers need of a copy of ``requests``.

    Args:
        requests: its module.
        policy_error: as in `RequestsCompat`.

    """

    def netrc_header(url: str) -> str | None:
        try:
            pair = requests.utils.get_netrc_auth(url)
            bare = SimpleNamespace(headers={})
            return None if pair is None else str(requests.auth.HTTPBasicAuth(*pair)(bare).headers["Authorization"])
        except UnicodeError:  # requests knows only latin-1, and UTF-8 in the file, so it cannot have sent this one
            return None

    def carry_cookies(request: Any, refused: Any) -> None:
        jar = request._cookies  # noqa: SLF001 - no public name for it
        if "Set-Cookie" not in refused.headers or jar is None:
            return
        by_hand = request.headers.pop("Cookie", None)
        if by_hand is not None and by_hand != requests.cookies.get_cookie_header(jar, request):
            request.headers["Cookie"] = by_hand  # the caller's own header, not the jar's
            return
        jar = jar.copy()
        requests.cookies.extract_cookies_to_jar(jar, refused.request, refused.raw)
        request.prepare_cookies(jar)

    return RequestsCompat(netrc_header, carry_cookies, policy_error)
