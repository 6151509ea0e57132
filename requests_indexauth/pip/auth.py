"""`PipAuth`: the ``auth`` of every session of pip."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable

from ..exchange.authorization import copy_with
from ..exchange.exchange import Exchange, Send, is_final
from ..exchange.redirects import RedirectContext
from ..exchange.request import read_request
from .authenticator import PipAuthenticator
from .options import PipOptions


class PipAuth(PipOptions):
    """The ``auth`` of every session of pip, on which pip sets its options. The sessions' adapters do the work.

    Args:
        make_authenticator: makes the authenticator out of these options.

    Attributes:
        authenticator: finds and remembers credentials, for all sessions of the process.
        original: pip's own authentication; ``None`` until a session is made.

    """

    def __init__(self, make_authenticator: Callable[[PipOptions], PipAuthenticator] = PipAuthenticator) -> None:
        super().__init__()
        self._index_urls: list[str] | None = None
        self.original: Any = None
        self.authenticator = make_authenticator(self)

    @property
    def index_urls(self) -> list[str] | None:
        """The indexes pip has from its options and from requirements files; ``None`` for none."""
        return self._index_urls

    @index_urls.setter
    def index_urls(self, urls: list[str] | None) -> None:
        self._index_urls = urls
        self.authenticator.set_index_urls(urls or ())

    def __call__(self, request: Any) -> Any:
        """Take userinfo out of the URL, as pip's own does: pip looks up a trusted host's adapter by the URL without it.

        Userinfo that pip has copied from an index's URL to a page's is the index's own credential, and not one given
        with the page. ``requests`` does not read netrc itself where there is an ``auth``.
        """
        if "@" in request.url:
            try:
                facts = read_request(request, self.internals.compat.netrc_header, self.authenticator.warn)
            except ValueError:  # `_send` says so
                return request
            facts.strip(keep=not self.authenticator.is_own(facts.url))
        return request

    def __getattr__(self, name: str) -> Any:
        """Return an attribute of pip's own authentication: a newer pip may want more of its ``auth``."""
        own = self.__dict__.get("original")
        if own is None or not hasattr(own, name):
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(message)
        self.internals.warn_unknown_pip()
        return getattr(own, name)

    def sender(self, adapter_send: Callable[..., Any]) -> Callable[..., Any]:
        """Return what takes the place of an adapter's ``send``."""

        def send(request: Any, *args: Any, **options: Any) -> Any:
            return self._send(request, partial(lambda attempt, **more: adapter_send(attempt, *args, **more), **options))

        return send

    def _send(self, request: Any, send: Send) -> Any:
        """Send a request with the credential it takes.

        Raises:
            Exception: pip's own: the policy and the credentials contradict each other, or the URL's host is not clear.

        """
        first = sent = None
        if type(request.hooks) is not RedirectContext and "Authorization" not in request.headers:
            found = self.authenticator.quick(request.url)
            if found is not None:
                first, sent = send(copy_with(request, request.url, found)), found.header
                if is_final(first):
                    return first
        try:
            exchange = Exchange(self.authenticator, request, self.internals.compat)
        except ValueError as error:
            raise self.internals.error(str(error)) from None
        response = exchange.run(send) if first is None else exchange.run_from(first, sent, send)
        self.authenticator.review(response)
        return response
