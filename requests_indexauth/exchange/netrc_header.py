"""Tell a header that ``requests`` took from netrc by itself from one that the caller set."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models.url import URL
    from .compat import NetrcHeader

_UNKNOWN = "https://no-entry.invalid/"
"""A URL for which netrc has no entry but ``default``: nobody can have that host name (RFC 2606)."""


def is_of_netrc(header: str, written: str, url: URL, netrc_header: NetrcHeader) -> bool:
    """Return whether ``requests`` may have taken a header from netrc: it looks at the URL as it was written.

    There the host may have been another: older releases take ``good`` from ``https://good:@evil/``
    (CVE-2024-47081), and all of them the host behind the ``@`` where a backslash ends the host before it. Where the
    host is written beyond ASCII, or for older releases in capitals, netrc's entry is another one or ``default``.

    Args:
        header: an ``Authorization``.
        written: the request's URL.
        url: the same, taken apart.
        netrc_header: returns the header that ``requests`` takes from netrc for a URL.

    """
    host = url.realm.host
    in_unicode = written.replace(host, _in_unicode(host), 1)
    with_backslash = written.replace("/%5C", "\\", 1)
    urls = {url.clean, written, in_unicode, with_backslash, _UNKNOWN, *_behind_backslash(written)}
    return header in map(netrc_header, urls)


def _behind_backslash(url: str) -> list[str]:
    r"""Return the URL of the host behind the ``@`` of ``http://evil\@host/``, as it was before it was percent-encoded.

    A path has these encoded: brackets of IPv6, what is beyond ASCII, and line ends, which `urllib.parse` leaves out.
    """
    behind = re.match(r"https?://[^/?#]*/%5C[^/?#]*@([^/?#@]*)", url)
    if behind is None:
        return []
    from urllib.parse import unquote  # noqa: PLC0415 - rare

    return [f"http://{unquote(behind[1])}/"]


def _in_unicode(host: str) -> str:
    """Return a host's name in Unicode; as it is where it has no other form."""
    if "xn--" not in host:
        return host
    try:
        from idna import decode  # noqa: PLC0415 - rare; requests depends on it

        return decode(host)
    except (ImportError, UnicodeError):  # pip's child has the standard library alone
        return host
