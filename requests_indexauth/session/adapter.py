"""The adapter that answers a 401 for a ``requests.Session``, over any other adapter."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from requests.adapters import BaseAdapter, HTTPAdapter

from ..exchange.authorization import copy_with, is_ours, was_authorized
from ..exchange.redirects import RedirectContext, context_of, hooks_in
from ..models.url import without_userinfo
from .auth import OK, REQUESTS, IndexAuth, is_bare, is_of_auth, mark_answered

if TYPE_CHECKING:
    from collections.abc import Mapping

    from requests import PreparedRequest, Response

    from ..exchange.exchange import Send


class IndexAuthAdapter(HTTPAdapter):
    """An ``HTTPAdapter`` that finds, sends and remembers credentials as uv does.

    `mount` makes them. Mounted by hand it needs no ``session.auth``; an ``Authorization`` that ``requests`` itself took
    from netrc then counts as found, and not as given.

    Args:
        auth: the session's `IndexAuth`; ``None``: a new one with its defaults.
        transport: the adapter that does the sending; ``None``: this one. What this class does not define is taken
            from the transport, so that a caching or retrying adapter can be reached through it.
        http_adapter_kwargs: passed to ``HTTPAdapter``, where there is no transport.

    Attributes:
        auth: the `IndexAuth` that finds and remembers.
        transport: as given.
        mounted: whether `mount` made it or took it over: then ``requests`` takes no netrc for a first request.

    Raises:
        TypeError: options for ``HTTPAdapter`` beside a transport, or unknown ones.

    """

    __module__ = "requests_indexauth"

    def __init__(
        self, auth: IndexAuth | None = None, *, transport: BaseAdapter | None = None, **http_adapter_kwargs: Any
    ) -> None:
        self.auth = IndexAuth() if auth is None else auth
        self.auth.leave_to_adapters()
        self.transport = transport
        self.mounted = False
        if transport is None:
            super().__init__(**http_adapter_kwargs)
        elif http_adapter_kwargs:
            message = f"with a transport, give these to the transport: {', '.join(http_adapter_kwargs)}"
            raise TypeError(message)

    def send(  # noqa: PLR0913, PLR0917 - HTTPAdapter's signature
        self,
        request: PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Response:
        """Send a request, at most three times, with the credential it needs; return the last response.

        The arguments are those of ``HTTPAdapter.send``, and any others that the transport takes; each of the requests
        gets the same. Errors are the transport's. The refused responses are in ``history``.

        Raises:
            MissingCredentialsError: the index has the policy ``always`` and nothing complete was found.
            CredentialsNotAllowedError: the index has the policy ``never`` and a credential was given.

        """
        hooks = request.hooks
        registered = dict.get(hooks, "response") if isinstance(hooks, dict) else None
        by_hook = bool(registered) and any(map(is_of_auth, hooks_in(registered)))
        context = hooks if type(hooks) is RedirectContext else None
        if context is not None:
            of_caller, new = False, context.given is None and not context.redirected and not by_hook
        else:  # without `mount` there is no context, so a caller's ``auth=`` cannot be told
            of_caller = self.mounted and not was_authorized(request.headers)
            new = not of_caller and not by_hook
        transport_send = super().send if self.transport is None else self.transport.send
        if more:
            transport_send = partial(transport_send, **more)
        # The short cut for what is remembered, written out: every request takes this way.
        ready = sent = first = None
        if new and (is_bare(request.headers) or was_authorized(request.headers)):
            found = self.auth.authenticator.quick(request.url)
            if found is not None:
                ready, sent = copy_with(request, request.url or "", found), found.header
            elif self._goes_bare(request):
                ready = request
        if ready is not None:
            first = transport_send(ready, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
            if first.status_code == OK:
                if context is not None:
                    context.answered = True
                return first
            if getattr(first, "request", None) is None:  # not every transport says what it has sent
                first.request = ready
            request.headers = ready.headers  # a recorder around this adapter saves what was refused
        send = partial(transport_send, stream=stream, timeout=timeout, verify=verify, cert=cert, proxies=proxies)
        response = self._answer(request, first, sent, send, by_hook=by_hook, of_caller=of_caller)
        mark_answered(response)
        return response

    def _goes_bare(self, request: PreparedRequest) -> bool:
        """Whether a request is sent as it is, without asking the flow."""
        if request.body or "Authorization" in request.headers:
            return False
        return self.auth.authenticator.goes_bare(request.url)

    def _answer(  # noqa: PLR0913 - what `send` knows
        self,
        request: PreparedRequest,
        first: Response | None,
        sent: str | None,
        send: Send,
        *,
        by_hook: bool,
        of_caller: bool,
    ) -> Response:
        """Ask the flow what to send, or how to go on from a first answer to an ``Authorization`` or to none."""
        from ..exchange.exchange import Exchange, is_final  # noqa: PLC0415 - only what is not remembered needs the flow

        if first is not None and is_final(first):
            return first
        context = context_of(request)
        begun = None if context is None else context.take_exchange(request)
        if begun is not None:
            begun.abandon()  # IndexAuth could not know that this adapter would take the request
        try:
            exchange = Exchange(
                self.auth.authenticator,
                request,
                REQUESTS,
                maybe_netrc=not self.mounted,
                by_hook=by_hook,
                of_caller=of_caller,
            )
        except ValueError:  # no credential can be for this URL: the transport says what is wrong with it
            return cast("Response", send(self._stripped(request)))
        if by_hook:
            # What such a hook sends does not come this way, so a redirect may go unseen.
            context = exchange.leave_context(redirected=True)
            if exchange.cross_realm:
                context["response"] = [hook for hook in hooks_in(context["response"]) if not is_of_auth(hook)]
        return cast("Response", exchange.run(send) if first is None else exchange.run_from(first, sent, send))

    def _stripped(self, request: PreparedRequest) -> PreparedRequest:
        """Return a copy of a request whose host is not clear: the caller's own header stays, nothing else."""
        url = request.url or ""
        copy = copy_with(request, without_userinfo(url), None)
        header = request.headers.get("Authorization")
        context = context_of(request)
        hop = context is not None and context.is_hop(request)
        ours = is_ours(request.headers, header) or (not self.mounted and header == REQUESTS.netrc_header(url))
        if header is not None and not hop and not ours:
            copy.headers = request.headers
        return cast("PreparedRequest", copy)

    @classmethod
    def over(cls, mounted: BaseAdapter, auth: IndexAuth) -> IndexAuthAdapter:
        """Return the adapter that takes the place of a mounted one and sends through it."""
        if isinstance(mounted, IndexAuthAdapter):
            if mounted.transport is None:
                if mounted.mounted:  # by another session, perhaps
                    mounted = copy(mounted)
                mounted.auth, mounted.mounted = auth, True
                return mounted
            mounted = mounted.transport
        auth.leave_to_adapters()
        adapter = cls.__new__(cls)  # `indexauth run` makes one for each request: no attribute is set one by one
        adapter.__dict__.update(auth=auth, transport=mounted, mounted=True)
        return adapter

    def close(self) -> None:
        """Close the transport, or this adapter's own connections."""
        if self.transport is None:
            super().close()
        else:
            self.transport.close()

    def __setattr__(self, name: str, value: object) -> None:
        transport = self.__dict__.get("transport")
        if transport is None or name in ("auth", "transport", "mounted"):
            super().__setattr__(name, value)
        else:
            setattr(transport, name, value)

    def __getattr__(self, name: str) -> Any:
        transport = self.__dict__.get("transport")
        if transport is None or name.startswith("__"):
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(message)
        return getattr(transport, name)

    def __getstate__(self) -> dict[str, Any]:
        own = {"auth": self.auth, "transport": self.transport, "mounted": self.mounted}
        return own if self.transport is not None else {**super().__getstate__(), **own}  # type: ignore[misc]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update({name: state.pop(name) for name in ("auth", "transport", "mounted")})
        if self.transport is None:
            super().__setstate__(state)  # type: ignore[misc]
