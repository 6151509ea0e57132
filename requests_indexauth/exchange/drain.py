"""Read a refused response to its end, so that its connection is used again; give up when that takes too long."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from ..util.timeout import call_with_timeout

SMALL_BODY = 65536
"""How many bytes of a refused response are read to keep its connection; a larger one is closed."""
LONGEST_WAIT = 1.0
"""How many seconds a refused response may take to arrive, where the caller's own timeout is not shorter."""

_BODILESS = (204, 304)
_GRACE = 1.0  # seconds to wait for the reading thread after its connection was shut down, which ends it at once


def discard(response: Any, timeout: Any = None) -> None:
    """Read a refused response to its end; close a large, slow or broken one. What was read stays readable.

    Args:
        response: a response of any copy of ``requests``, from any transport.
        timeout: the caller's: seconds, a pair (the second counts), urllib3's ``Timeout``, or ``None`` for none.

    """
    if getattr(response, "_content_consumed", False):  # whether the body was read has no public name
        _keep(response, [])
        return
    reading = _Reading(response)
    if _has_no_body(response):
        reading.run()
    else:
        _run_for(reading, _connection(response), _limit(timeout))
    _keep(response, reading.chunks)


def close(response: Any) -> None:
    """Close a refused response unread: nothing is sent on its connection again."""
    release(response)
    _keep(response, [])


class Unread:
    """The response a call has in hand: until it is put aside, it keeps its connection from other threads.

    Args:
        repeatable: whether what is sent next may be sent again if the connection turns out to be closed.

    """

    def __init__(self, *, repeatable: bool) -> None:
        self._repeatable = repeatable
        self._response: Any = None
        self._timeout: Any = None

    def hold(self, response: Any, timeout: Any) -> None:
        """Take a response in hand; the timeout is the caller's, as for `discard`."""
        self._response, self._timeout = response, timeout

    def before_waiting(self) -> None:
        """Let go of the connection if the call that is waited for may need it: if its pool has no more than it holds.

        Elsewhere the response stays as it is: it may be the answer that the caller gets.
        """
        if getattr(getattr(self._response, "connection", None), "_pool_block", False):
            self.put_aside()

    def put_aside(self) -> None:
        """Let go of the connection of a response that the caller will not read."""
        response, self._response = self._response, None
        if response is None:
            return
        if self._repeatable:
            discard(response, self._timeout)
        else:
            close(response)  # the server may close that connection, and what is sent next cannot be repeated then


def release(response: Any) -> None:
    """Close a response, if it can be closed: a transport without connections may not support it."""
    with suppress(Exception):  # a transport's own `raw` may raise anything
        response.close()


def _keep(response: Any, chunks: list[bytes]) -> None:
    """Keep what was read of a response, unless it has been read before."""
    if response._content is False:  # noqa: SLF001 - it has no public name
        response._content, response._content_consumed = b"".join(chunks), True  # noqa: SLF001 - nor has this


class _Reading:
    """The reading of a response, which may go on in another thread.

    Attributes:
        chunks: what has been read so far.
        ended: set when the reading is over, and the response closed if it was not read to its end.

    """

    def __init__(self, response: Any) -> None:
        self._response = response
        self.chunks: list[bytes] = []
        self.ended = threading.Event()

    def run(self) -> None:
        """Read to the end, or close the response."""
        try:
            if not self._read():
                self.close()
        finally:
            self.ended.set()

    def _read(self) -> bool:
        size = 0
        try:
            for chunk in self._response.iter_content(8192):
                self.chunks.append(chunk)
                size += len(chunk)
                if size > SMALL_BODY:
                    return False
        except Exception:  # noqa: BLE001 - the refusal counts, whatever is wrong with its body
            return False
        return True

    def close(self) -> None:
        """Close the response, which may count as read by now: it would leave its connection open."""
        with suppress(Exception):  # as above
            self._response.raw.close()
        release(self._response)


def _run_for(reading: _Reading, connection: socket.socket | None, seconds: float) -> None:
    """Read in another thread; when the time is over shut the connection down, which ends that thread."""
    try:
        call_with_timeout(reading.run, lambda: seconds, _no_error, "drain")
    except TimeoutError:
        pass
    except RuntimeError:  # no thread can be started, as when the program is ending
        reading.close()
        reading.ended.set()
    finally:
        if connection is not None:
            with connection:
                if not reading.ended.is_set():
                    with suppress(OSError):  # it is no socket, or the server was first
                        connection.shutdown(socket.SHUT_RDWR)
                    reading.ended.wait(_GRACE)


def _connection(response: Any) -> socket.socket | None:
    """Return a second handle of the socket a response comes from; ``None`` when it has none."""
    raw = response.raw
    with suppress(Exception):  # a transport's own `raw` may do anything; without a handle it is left to itself
        return socket.fromfd(raw.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    with suppress(Exception):  # the same; with urllib3-future only the connection has the descriptor
        return socket.fromfd(raw.connection.sock.fileno(), socket.AF_INET, socket.SOCK_STREAM)
    return None


def _no_error(error: BaseException) -> Exception:
    return RuntimeError(type(error).__name__)


def _has_no_body(response: Any) -> bool:
    """Whether there is nothing to wait for (RFC 9112, section 6.3)."""
    return (
        getattr(getattr(response, "request", None), "method", None) == "HEAD"
        or response.status_code in _BODILESS
        or (response.headers.get("Content-Length") == "0" and "Transfer-Encoding" not in response.headers)
    )


def _limit(timeout: Any) -> float:
    """Return how many seconds to wait: the least of what the caller allows for an answer, and `LONGEST_WAIT`."""
    if isinstance(timeout, tuple):
        timeout = timeout[-1]
    allowed = (timeout, getattr(timeout, "total", None), getattr(timeout, "_read", None))
    return min([LONGEST_WAIT, *(float(one) for one in allowed if isinstance(one, (int, float)))])
