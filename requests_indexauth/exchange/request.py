"""Turn a request of any copy of ``requests`` into the facts that the flow decides on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..models.call import Call
from ..models.credentials import Secret
from ..models.presigned import is_presigned
from ..models.url import URL, mask_query, parse_url, without_userinfo
from .authorization import is_ours
from .given import Given, read_given
from .netrc_header import is_of_netrc
from .redirects import RedirectContext, context_of

if TYPE_CHECKING:
    from ..core.authenticator import Authenticator
    from ..sources.base import Warn
    from .compat import NetrcHeader


class RequestFacts(NamedTuple):
    """The facts of one request: its URL, what the caller gave, and whether a redirect led here.

    Attributes:
        request: the request as it is about to be sent; only `strip` and `leave_context` change it.
        context: what is known of the redirect that led here, or may lead away; ``None``: nothing.
        url: the request's, taken apart.
        hop: whether a redirect led here.
        header: its ``Authorization``, unchanged; ``None`` without one.
        given: what the caller gave, with this request or with the one whose redirect this is.
        silent: whether nothing of ours is sent, because the call has an ``auth=`` of its own that sets no credential.

    """

    request: Any
    context: RedirectContext | None
    url: URL
    hop: bool
    header: Secret | None
    given: Given
    silent: bool

    @property
    def cross_realm(self) -> bool:
        """Whether a redirect led here from another realm than the first request's."""
        return self.hop and self._carried is not None and self._carried.realm != self.url.realm

    @property
    def redirected_from(self) -> str | None:
        """The masked URL that the redirect started from; ``None`` without a redirect, and when that request is gone."""
        url = self.context.first_url if self.hop and self.context is not None else None
        return None if url is None else mask_query(without_userinfo(url))

    @property
    def _carried(self) -> Given | None:
        """What came with the first request."""
        return None if self.context is None else self.context.given

    def call(self, authenticator: Authenticator) -> Call:
        """Return the facts as the `Call` that a session's flow takes."""
        given, context, realm = self.given, self.context, self.url.realm
        query = authenticator.query(self.url, given.username, cross_realm=self.cross_realm)
        if self.hop and query.policy == "never":
            given, query = Given(realm), query._replace(username=None)
        query = query._replace(has_body=self.request.body not in (None, b"", ""))
        downgraded = self.hop and context is not None and context.secure and realm.scheme == "http"
        name_of_location = self.hop and given is not self._carried
        return Call(
            query,
            self.request.method,
            given.found,
            keep_given=given.keep and not self.hop and authenticator.keeps_given,
            bare=self.silent or downgraded or is_presigned(self.url.clean),
            downgraded=downgraded,
            passing=given.username is not None and (name_of_location or not authenticator.keeps_given),
            indexes=authenticator.indexes,
        )

    def strip(self, *, keep: bool = True) -> None:
        """Take userinfo out of the request's URL; with ``keep`` its `RedirectContext` remembers it."""
        if keep:
            self.request.hooks = context = RedirectContext(self.request.hooks, self.request, self.given)
            context.header = self.header
        self.request.url = self.url.clean

    def leave_context(self, *, redirected: bool = False) -> RedirectContext:
        """Leave a `RedirectContext` on the request, by which its redirects are recognised; return it."""
        context = self.context
        if context is None or not self.hop:
            context = RedirectContext(self.request.hooks, self.request, self.given)
        context.silent = self.silent
        context.header = self.header
        context.redirected = context.redirected or redirected
        context.secure = context.secure or self.url.realm.scheme == "https"
        self.request.hooks = context
        return context


def read_request(  # noqa: PLR0913 - a driver knows these of its request
    request: Any,
    netrc_header: NetrcHeader,
    warn: Warn,
    *,
    maybe_netrc: bool = False,
    by_hook: bool = False,
    of_caller: bool = False,
) -> RequestFacts:
    """Return the facts of a request that is about to be sent.

    Args:
        request: of any copy of ``requests``; it is not changed.
        netrc_header: returns the header that ``requests`` takes from netrc for a URL, to tell it from the caller's own.
        warn: is told of userinfo that no header can carry.
        maybe_netrc: whether ``requests`` may have set such a header on a first request too, not only on a redirect.
        by_hook: whether the caller's own ``auth=`` answers a refusal by itself, as Digest does.
        of_caller: whether the call has an ``auth=`` of its own, of any kind: nothing of ours is sent.

    Raises:
        ValueError: the URL is not http(s), or its host is not clear.

    """
    url, context = parse_url(request.url), context_of(request)
    hop = context is not None and context.is_hop(request)
    header = _text(request.headers.get("Authorization"))
    of_caller = of_caller or (context is not None and context.silent)
    is_callers = header is not None and not (
        is_ours(request.headers, header)  # the flow decides whether ours is sent again
        or (hop and context is not None and header == context.header)  # the last request's, which `requests` has copied
        or ((hop or maybe_netrc) and is_of_netrc(header, request.url, url, netrc_header))
    )
    given = read_given(
        url,
        header if is_callers else None,
        hop=hop,
        carried=None if context is None else context.given,
        by_hook=by_hook,
        of_caller=of_caller,
        warn=warn,
    )
    return RequestFacts(request, context, url, hop, header, given, silent=of_caller and given.found is None)


def _text(header: str | bytes | None) -> Secret | None:
    """Return a header's value as a `Secret`."""
    if header is None or isinstance(header, Secret):
        return header
    return Secret(header.decode("latin-1") if isinstance(header, bytes) else header)
