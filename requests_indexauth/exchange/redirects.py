"""Recognise the hops of a redirect: `requests` copies the ``hooks`` mapping of a request to its next hop.

A `RedirectContext` is that mapping with a memory: the first request, what its caller gave, and where it led so far.
It equals the plain mapping and is pickled as one. Copied without its request it becomes the plain mapping.
"""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Callable, Protocol

    from ..models.credentials import Secret
    from .given import Given

    class Begun(Protocol):
        """What `IndexAuth` has begun for a request that an adapter may take over: an `Exchange`."""

        def resume(self, response: Any, send: Callable[[Any], Any] | None) -> Any:
            """Go on from a response."""

        def abandon(self) -> None:
            """Give it up."""


ANSWERED = "_indexauth_answered"
"""The attribute that marks a response an adapter of ours has returned; ``requests`` does not pickle it."""


class RedirectContext(dict):  # type: ignore[type-arg]  # requests' hooks are untyped
    """The ``hooks`` of a request that this package authenticates.

    `IndexAuth` gives one to each of its requests; a request with an ``auth=`` of the caller's has none. It hands out
    the response hook of `IndexAuth` without listing it.

    Attributes:
        given: what came with the first request; ``None`` when that has not been looked at.
        hook: the response hook of `IndexAuth`; ``None`` when there is none.
        header: the ``Authorization`` of the last request, as it was: `requests` copies it to the next hop.
        secure: whether a request of this context went over https.
        exchange: what `IndexAuth` has begun for the first request; ``None`` when nothing is.
        redirected: whether a redirect has been seen; until then a copy of the request counts as the request itself.
        silent: whether nothing of ours is sent, because the call has an ``auth=`` of its own that sets no credential.
        answered: whether an adapter of ours has just returned the final answer, which the hook need not look at.

    """

    # Every request makes a context: without a `__dict__` that takes two thirds of the time.
    __slots__ = ("_origin", "answered", "exchange", "given", "header", "hook", "redirected", "secure", "silent")

    def __init__(self, hooks: Mapping[str, Any] | None, request: Any, given: Given | None = None) -> None:
        dict.__init__(self, hooks or ())  # `super()` takes longer
        self._origin = weakref.ref(request)
        self.given = given
        self.hook: Callable[..., Any] | None = hooks.hook if isinstance(hooks, RedirectContext) else None
        self.header: Secret | None = None
        self.exchange: Begun | None = None
        self.secure = self.redirected = self.silent = self.answered = False

    @property
    def is_plain(self) -> bool:
        """Whether the request is a first one, to which the caller gave nothing in its URL."""
        return self.given is None and not self.redirected

    def get(self, event: Any, default: Any = None) -> Any:
        """Return the hooks of an event, as ``requests`` asks for them when a response has come."""
        hooks = dict.get(self, event, default)
        if event != "response" or self.hook is None:
            return hooks
        if self.answered:
            self.answered = False
            return hooks
        return [self._answer, *hooks_in(hooks)]

    def _answer(self, response: Any, **send_options: Any) -> Any:
        """Pass a response that no adapter of ours has seen to the hook, with its request, which it may lack."""
        if getattr(response, ANSWERED, False):
            return None
        if getattr(response, "request", None) is None and not self.redirected:
            response.request = self._origin()
        try:
            return None if self.hook is None else self.hook(response, **send_options)
        finally:
            self.give_up()  # where a cache has answered, with a request of its own

    def give_up(self) -> None:
        """Abandon the exchange that was begun, unless an adapter took it: waiting threads go on."""
        exchange, self.exchange = self.exchange, None
        if exchange is not None:
            exchange.abandon()

    @property
    def first_url(self) -> str | None:
        """The URL of the request this context begins with; ``None`` when that is gone."""
        first = self._origin()
        return None if first is None else first.url

    def started_with(self, request: Any) -> bool:
        """Whether a request is the very one this context begins with."""
        return self._origin() is request

    def is_hop(self, request: Any) -> bool:
        """Whether a request is a hop that a redirect led to."""
        return self.redirected and not self.started_with(request)

    def take_exchange(self, request: Any) -> Begun | None:
        """Return the exchange that was begun for this very request, and forget it."""
        if not self.started_with(request):
            return None
        exchange, self.exchange = self.exchange, None
        return exchange

    def __reduce__(self) -> tuple[Any, ...]:
        return dict, (dict(self),)

    def __deepcopy__(self, memo: Any) -> RedirectContext | dict[str, Any]:
        """Copy the context together with its request, whose userinfo it may have; alone, as the plain mapping."""
        from copy import deepcopy  # noqa: PLC0415 - rare

        hooks, request = deepcopy(dict(self), memo), memo.get(id(self._origin()))
        if request is None:
            return hooks
        copied = RedirectContext(hooks, request, self.given)
        copied.hook, copied.header, copied.secure = self.hook, self.header, self.secure
        copied.redirected, copied.silent = self.redirected, self.silent
        return copied


def hooks_in(registered: Any) -> Iterable[Any]:
    """Return the hooks of an event as an iterable: ``requests`` takes a list, a single hook, or none."""
    return (registered,) if callable(registered) else registered or ()


def context_of(request: Any) -> RedirectContext | None:
    """Return a request's context; ``None`` when it has none, as the requests of a cache have no hooks at all."""
    hooks = getattr(request, "hooks", None)
    return hooks if isinstance(hooks, RedirectContext) else None
