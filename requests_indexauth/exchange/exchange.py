"""Drives the flow with real requests and responses, for any copy of ``requests``.

Each sending is a copy of the caller's request; refused responses are drained and kept as history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

from ..core.flow import MAX_SENDS
from ..errors import PolicyError
from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, ServerAnswer
from ..util.keyring_guard import is_thread_inside
from .authorization import copy_with
from .drain import Unread, release
from .request import read_request

if TYPE_CHECKING:
    from ..core.authenticator import Authenticator
    from ..core.flow import Flow
    from ..models.found import Found
    from .compat import RequestsCompat
    from .redirects import RedirectContext

DOUBTFUL = frozenset({UNAUTHORIZED, FORBIDDEN, NOT_FOUND})
"""The statuses that may mean "with a (different) credential"; every other one ends a call."""
IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
"""The methods with which sending twice does what sending once does (RFC 9110, section 9.2.2)."""

Send = Callable[[Any], Any]
"""Sends a prepared request with the caller's timeout, verify, cert, proxies and stream; returns the response.

A ``functools.partial``, whose keywords are these: `drain` needs the timeout.
"""


class Exchange:
    """One call: a request, the flow that decides, and the answers so far.

    Args:
        authenticator: the session's.
        request: the caller's request; only its ``hooks`` are touched, and only where it is redirected.
        compat: for the copy of ``requests`` the request belongs to.
        maybe_netrc: whether ``requests`` itself may have put a netrc header on the first request.
        by_hook: whether the caller's own ``auth=`` answers a refusal by itself, as Digest does.
        of_caller: whether the call has an ``auth=`` of its own, of any kind: nothing of ours is sent.
        gated: whether others wait for the answer.

    Raises:
        ValueError: the URL is not http(s), or its host is not clear.

    """

    def __init__(  # noqa: PLR0913 - a driver knows these of its request
        self,
        authenticator: Authenticator,
        request: Any,
        compat: RequestsCompat,
        *,
        maybe_netrc: bool = False,
        by_hook: bool = False,
        of_caller: bool = False,
        gated: bool = True,
    ) -> None:
        self._authenticator = authenticator
        self._request = request
        self._compat = compat
        self._facts = read_request(
            request,
            compat.netrc_header,
            authenticator.warn,
            maybe_netrc=maybe_netrc,
            by_hook=by_hook,
            of_caller=of_caller,
        )
        self._repeatable = request.method in IDEMPOTENT
        self._unread = Unread(repeatable=self._repeatable)
        # A keyring's backend is asked in another thread: the one that asks it must not be waited for.
        self._call = self._facts.call(authenticator)._replace(
            gated=gated and not is_thread_inside(), before_waiting=self._unread.before_waiting
        )
        self._flow: Flow = authenticator.flow(self._call)
        self._refused: list[Any] = []
        self._sources: dict[str, None] = {}  # of the credentials that were sent, in order
        self._was_conditional = _is_conditional(request)
        self._dropped = 0

    def begin(self) -> Found | None:
        """Return the credential to send first; ``None``: send the request bare."""
        try:
            return self._chosen(next(self._flow))
        except PolicyError as error:
            error.see = self._authenticator.how_to_explain(error.url)
            shown = copy_with(self._request, self._facts.url.clean, None)
            raise self._compat.policy_error(error, shown) from None

    def _chosen(self, found: Found | None) -> Found | None:
        if found is not None:
            self._authenticator.warn_insecure(self._facts.url.realm)
            self._sources[found.source] = None
        return found

    def run(self, send: Send) -> Any:
        """Send the request as often as the flow wants, and return the last response."""
        return self._close_after(lambda: self._finish(_sent(self._copy(self.begin()), send), send))

    def run_from(self, response: Any, sent: str | None, send: Send | None) -> Any:
        """Continue from the response to a request that was sent without asking the flow.

        Args:
            response: the response.
            sent: the ``Authorization`` that went out; ``None`` without one.
            send: sends again; ``None``: nothing more is sent.

        """
        _complete(response, self._request)
        return self._close_after(lambda: self._go_on_from(response, sent, send))

    def _go_on_from(self, response: Any, sent: str | None, send: Send | None) -> Any:
        """Ask the flow what it would have sent; if just that was sent, tell it the answer."""
        if response.status_code not in DOUBTFUL:  # a redirect refuses nothing
            return self._end(response)
        self._hold(response, send)
        try:
            found = self.begin()
        except BaseException:
            release(response)
            raise
        if sent == (None if found is None else found.header):
            return self._finish(response, send)
        # Meanwhile another thread has learned of another credential; it may not know of this refusal.
        if response.status_code == UNAUTHORIZED:
            self._authenticator.memo.refuse_sent(self._call, sent)
        again = self._send_again(found, response, send)
        return self._end(response) if again is None else self._finish(again, send)

    def resume(self, response: Any, send: Send | None) -> Any:
        """Continue from the response to what `begin` returned; ``send=None``: send no more."""
        return self._close_after(lambda: self._finish(response, send))

    def leave_context(self, *, redirected: bool = False) -> RedirectContext:
        """Leave a `RedirectContext` on the request, by which its redirects are recognised; return it."""
        return self._facts.leave_context(redirected=redirected)

    @property
    def cross_realm(self) -> bool:
        """Whether a redirect led here from another realm than the first request's."""
        return self._facts.cross_realm

    def abandon(self) -> None:
        """Give up the call, and wake the threads that wait for its answer."""
        self._flow.close()

    def _close_after(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        finally:
            self._flow.close()

    def _finish(self, response: Any, send: Send | None) -> Any:
        while True:
            self._hold(response, send)
            try:
                answer = ServerAnswer(response.status_code, self._is_fresh(response))
                found = self._chosen(self._flow.send(answer))
            except StopIteration:
                break
            except BaseException:
                release(response)
                raise
            again = self._send_again(found, response, send)
            if again is None:
                break
            response = again
        return self._end(response)

    def _hold(self, response: Any, send: Send | None) -> None:
        self._unread.hold(response, getattr(send, "keywords", {}).get("timeout"))

    def _is_fresh(self, response: Any) -> bool:
        """Whether a response comes from the server, and not from a cache alone.

        A cached response that the server has just confirmed with a 304 counts as the server's, though caches mark it
        as theirs. The request shows it: the cache has made it conditional (RFC 9110, section 13.1).
        """
        if not getattr(response, "from_cache", False):
            return True
        return not self._was_conditional and _is_conditional(response.request)

    def _send_again(self, found: Found | None, refused: Any, send: Send | None) -> Any:
        """Put a refused response aside and send once more; ``None``: that cannot be done, so the refusal stands."""
        if send is None or not self._may_send_again() or not self._rewind():
            return None
        self._unread.put_aside()
        self._refused.append(refused)
        try:
            return _sent(self._following(found), send)
        except Exception as error:
            if not (self._repeatable and is_dropped(error) and self._may_send_again() and self._rewind()):
                raise
        self._dropped += 1
        return _sent(self._following(found), send)

    def _may_send_again(self) -> bool:
        """Whether fewer than `MAX_SENDS` requests were sent; those whose connection was dropped count, too."""
        return len(self._refused) + self._dropped + 1 < MAX_SENDS

    def _following(self, found: Found | None) -> Any:
        """Return what is sent after the refused responses, with the cookies they set."""
        attempt = self._copy(found)
        for earlier in self._refused:
            self._compat.carry_cookies(attempt, earlier)
        return attempt

    def _end(self, response: Any) -> Any:
        response.history = [*self._refused, *(response.history or ())]  # an adapter may follow redirects by itself
        if response.status_code == UNAUTHORIZED:
            used_up = not self._may_send_again()
            self._authenticator.log_refusal(
                self._call, tuple(self._sources), self._facts.redirected_from, used_up=used_up
            )
        if is_redirect(response):
            context = self.leave_context(redirected=True)
            response.request.hooks = context  # programs that follow redirects themselves start from that request
        return response

    def _copy(self, found: Found | None) -> Any:
        sent = found if found is not None and found.header else None  # an `auth=` with hooks has none yet
        return copy_with(self._request, self._facts.url.clean, sent)

    def _rewind(self) -> bool:
        """Rewind the body, to send it again; return whether that can be done."""
        body, start = self._request.body, getattr(self._request, "_body_position", None)
        if body is None or isinstance(body, (bytes, str, bytearray, memoryview)):
            return True
        try:
            body.seek(start)
        except Exception:  # noqa: BLE001 - a body may be of any type, and say in any way that it cannot
            self._authenticator.warn(
                f"the body of a request to {self._facts.url.realm} cannot be sent again, so its refusal stands"
            )
            return False
        return True


def _is_conditional(request: Any) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers


def _sent(request: Any, send: Send) -> Any:
    """Send a request and return the response, which names it."""
    return _complete(send(request), request)


def _complete(response: Any, request: Any) -> Any:
    """Return a response with its request in it: not every transport says which that is."""
    if getattr(response, "request", None) is None:
        response.request = request
    return response


def is_dropped(error: Exception) -> bool:
    """Whether an error means that the server closed a kept connection without an answer.

    That is a ``ConnectionError`` of any copy of ``requests``, and none of its subclasses, which are for timeouts, TLS
    and proxies. Its cause is then urllib3's ``ProtocolError``, or an error of the system; it has other causes where no
    connection could be made, and where urllib3 has repeated the request itself.
    """
    cause = error.args[0] if error.args else None
    reset = isinstance(cause, (ConnectionResetError, ConnectionAbortedError, BrokenPipeError))
    return type(error).__name__ == "ConnectionError" and (reset or type(cause).__name__ == "ProtocolError")


def is_final(response: Any) -> bool:
    """Whether an answer is the caller's, with or without a credential: neither a refusal nor a redirect."""
    return response.status_code not in DOUBTFUL and not is_redirect(response)


def is_redirect(response: Any) -> bool:
    """Whether ``requests`` may follow the response."""
    return response.status_code // 100 == 3 and "location" in response.headers  # noqa: PLR2004
