"""What differs between copies of ``requests``, the real one and pip's. No other module knows which copy it has."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import Callable, Optional

    from ..errors import PolicyError

    NetrcHeader = Callable[[str], Optional[str]]
    """Returns the ``Authorization`` that ``requests`` itself would take from netrc for a URL."""


class RequestsCompat:
    """One copy of ``requests``, with what differs between copies.

    Args:
        requests: its module.
        policy_error: turns a policy error into one of that copy's exceptions, with the request.

    """

    def __init__(self, requests: Any, policy_error: Callable[[PolicyError, Any], Exception]) -> None:
        self._requests = requests
        self.policy_error = policy_error

    def netrc_header(self, url: str) -> str | None:
        """Return the ``Authorization`` that this copy takes from netrc for a URL; ``None`` when it takes none."""
        utils, auth = self._requests.utils, self._requests.auth
        try:
            pair = utils.get_netrc_auth(url)
            bare = SimpleNamespace(headers={})
            return None if pair is None else str(auth.HTTPBasicAuth(*pair)(bare).headers["Authorization"])
        except ValueError:  # no URL for requests; or not in latin-1, or UTF-8 in the file, which is all it knows
            return None

    def carry_cookies(self, request: Any, refused: Any) -> None:
        """Put the cookies of a refused response into the request that follows it."""
        cookies, jar = self._requests.cookies, request._cookies  # noqa: SLF001 - no public name for it
        if "Set-Cookie" not in refused.headers or jar is None:
            return
        by_hand = request.headers.pop("Cookie", None)
        if by_hand is not None and by_hand != cookies.get_cookie_header(jar, request):
            request.headers["Cookie"] = by_hand  # the caller's own header, not the jar's
            return
        jar = jar.copy()
        cookies.extract_cookies_to_jar(jar, refused.request, refused.raw)
        request.prepare_cookies(jar)
