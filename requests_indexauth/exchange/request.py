"""Turn a request of any copy of ``requests`` into the facts that the flow decides on."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, Any

from ..models.call import Call
from ..models.credentials import Credentials, Secret
from ..models.found import GIVEN, Found
from ..models.presigned import is_presigned
from ..models.url import URL, mask_query, parse_url, without_userinfo
from .authorization import is_ours
from .given import Given
from .redirects import RedirectContext, context_of

if TYPE_CHECKING:
    from ..core.authenticator import Authenticator
    from .compat import NetrcHeader


class RequestFacts:
    """The facts of one request: its URL, what the caller gave, and whether a redirect led here.

    Args:
        authenticator: the session's.
        request: the request as it is about to be sent; only `strip` and `leave_context` change it.
        netrc_header: returns the header that ``requests`` takes from netrc for a URL, to tell it from the caller's own.
        maybe_netrc: whether ``requests`` may have set such a header on a first request too, not only on a redirect.
        by_hook: whether the caller's own ``auth=`` answers a refusal by itself, as Digest does.
        of_caller: whether the call has an ``auth=`` of its own, of any kind: nothing of ours is sent.

    Attributes:
        url: the request's, taken apart.
        hop: whether a redirect led here.
        cross_realm: whether a redirect led here from another realm than the first request's.
        silent: whether nothing of ours is sent, because the call has an ``auth=`` of its own that sets no credential.
        header: its ``Authorization``, unchanged; ``None`` without one.
        given: what the caller gave, with this request or with the one whose redirect this is.

    Raises:
        ValueError: the URL is not http(s), or its host is not clear.

    """

    def __init__(  # noqa: PLR0913 - a driver knows these of its request
        self,
        authenticator: Authenticator,
        request: Any,
        netrc_header: NetrcHeader,
        *,
        maybe_netrc: bool = False,
        by_hook: bool = False,
        of_caller: bool = False,
    ) -> None:
        self._authenticator = authenticator
        self._request = request
        self.url: URL = parse_url(request.url)
        self._context = context_of(request)
        self.hop = self._context is not None and self._context.is_hop(request)
        self.header = _text(request.headers.get("Authorization"))
        header = self._callers_header(netrc_header, maybe_netrc=maybe_netrc)
        carried = None if self._context is None else self._context.given
        self.silent = of_caller or (self._context is not None and self._context.silent)
        self.cross_realm = self.hop and carried is not None and carried.realm != self.url.realm
        if header is None and by_hook and not self.hop:
            self.given = Given(self.url.realm, Found.given("", self.url.realm))
        elif self.cross_realm and carried is not None and carried.by_hook:
            self.given = Given(self.url.realm)  # a header would be the last realm's
        else:
            self.given = self._given(header, carried)
        self.silent = self.silent and self.given.found is None

    def call(self) -> Call:
        """Return the facts as the `Call` that the flow takes."""
        given, context, realm = self.given, self._context, self.url.realm
        carried = None if context is None else context.given
        query = self._authenticator.query(self.url, given.username, cross_realm=self.cross_realm)
        if self.hop and query.policy == "never":
            given, query = Given(realm), query._replace(username=None)
        query = query._replace(has_body=self._request.body not in (None, b"", ""))
        downgraded = self.hop and context is not None and context.secure and realm.scheme == "http"
        name_of_location = self.hop and given is not carried
        return Call(
            query,
            self._request.method,
            given.found,
            keep_given=given.keep and not self.hop and self._authenticator.keeps_given,
            bare=self.silent or downgraded or is_presigned(self.url.clean),
            downgraded=downgraded,
            passing=given.username is not None and (name_of_location or not self._authenticator.keeps_given),
            indexes=self._authenticator.indexes,
        )

    @property
    def redirected_from(self) -> str | None:
        """The masked URL that the redirect started from; ``None`` without a redirect, and when that request is gone."""
        url = self._context.first_url if self.hop and self._context is not None else None
        return None if url is None else mask_query(without_userinfo(url))

    def strip(self, *, keep: bool = True) -> None:
        """Take userinfo out of the request's URL; with ``keep`` its `RedirectContext` remembers it."""
        if keep:
            self._request.hooks = context = RedirectContext(self._request.hooks, self._request, self.given)
            context.header = self.header
        self._request.url = self.url.clean

    def leave_context(self, *, redirected: bool = False) -> RedirectContext:
        """Leave a `RedirectContext` on the request, by which its redirects are recognised; return it."""
        context = self._context
        if context is None or not self.hop:
            context = RedirectContext(self._request.hooks, self._request, self.given)
        context.silent = self.silent
        context.header = self.header
        context.redirected = context.redirected or redirected
        context.secure = context.secure or self.url.realm.scheme == "https"
        self._request.hooks = context
        return context

    def _callers_header(self, netrc_header: NetrcHeader, *, maybe_netrc: bool) -> str | None:
        """Return the ``Authorization`` that the caller set on this request; ``None`` for any other."""
        header = self.header
        if header is None or is_ours(self._request.headers, header):
            return None  # the flow decides whether ours is sent again
        if (self.hop or maybe_netrc) and header in self._netrc_headers(netrc_header):
            return None
        return header

    def _given(self, header: str | None, carried: Given | None) -> Given:
        """Return what the caller gave, a header of this request before userinfo of its URL."""
        url = self.url
        if self.hop and self._context is not None and header == self._context.header:
            header = None  # the last request's, which requests has copied: good in the first one's realm only
        if header is not None and (self.silent or not _is_of_url(header, url)):
            return Given(url.realm, Found.given(header, url.realm))
        if (url.password is not None or url.username is not None) and not self.silent:
            try:
                credentials = Credentials.basic(url.username, url.password)
            except ValueError as error:
                self._authenticator.warn(f"the URL's userinfo is left out: {error} ({url.realm})")
                return Given(url.realm)
            if not credentials.complete:
                return Given(url.realm, username=url.username, keep=True)
            return Given(url.realm, Found(credentials, GIVEN, url.realm), keep=True)
        return carried if carried is not None and carried.realm == url.realm else Given(url.realm)

    def _netrc_headers(self, netrc_header: NetrcHeader) -> set[str | None]:
        """Return what ``requests`` may have taken from netrc: it looks at the URL as it was given.

        There the host may have been another: older releases take ``good`` from ``https://good:@evil/``
        (CVE-2024-47081), and all of them the host behind the ``@`` where a backslash ends the host before it. Where the
        host is written beyond ASCII, or for older releases in capitals, netrc's entry is another one or ``default``.
        """
        url, host = self._request.url, self.url.realm.host
        as_written = url.replace(host, _in_unicode(host), 1)
        urls = {self.url.clean, url, as_written, url.replace("/%5C", "\\", 1), _UNKNOWN, *_behind_backslash(url)}
        return {netrc_header(url) for url in urls}


_UNKNOWN = "https://no-entry.invalid/"
"""A URL for which netrc has no entry but ``default``: nobody can have that host name (RFC 2606)."""


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


def _text(header: str | bytes | None) -> Secret | None:
    """Return a header's value as a `Secret`."""
    if header is None or isinstance(header, Secret):
        return header
    return Secret(header.decode("latin-1") if isinstance(header, bytes) else header)


def _is_of_url(header: str, url: URL) -> bool:
    """Whether a header is what ``requests`` makes of a URL's userinfo (in latin-1, where we use UTF-8)."""
    if url.username is None and url.password is None:
        return False
    scheme, _, value = header.partition(" ")
    pair = f"{url.username or ''}:{url.password or ''}"
    try:
        decoded = binascii.a2b_base64(value)
    except ValueError:
        return False
    return scheme == "Basic" and decoded in (pair.encode("latin-1", "replace"), pair.encode("utf-8", "replace"))
