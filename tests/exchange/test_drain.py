"""A refused response is read to its end in a second at most, whatever the server does with it."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import stat
import threading
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util import Timeout

from requests_indexauth import mount
from requests_indexauth.exchange import drain
from requests_indexauth.exchange.drain import close, discard
from requests_indexauth.util import timeout as timeout_module
from support.descriptors import open_descriptors, opened_since
from support.messages import Reply, refused, text
from support.ways import by_auth, by_hand, by_mount, write_netrc

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from support.messages import Request
    from support.server import RecordingServer, Serve
    from support.ways import Way

ME = ("basic", "me", "pw")
LONGEST_WAIT = drain.LONGEST_WAIT  # before a test changes it
WAYS = pytest.mark.parametrize("way", [by_mount, by_hand, by_auth], ids=["mount", "by hand", "IndexAuth alone"])


@pytest.fixture(autouse=True)
def _netrc(home: Path) -> None:
    write_netrc(home, ("127.0.0.1", "me", "pw"), ("localhost", "me", "pw"))


@pytest.fixture
def stalled(serve: Serve) -> Iterator[RecordingServer]:
    """Return a server that begins a refusal and goes on with it when the test is over."""
    over = threading.Event()
    yield stalling(serve, over)
    over.set()


def stalling(
    serve: Serve, over: threading.Event, headers: Mapping[str, str] | None = None, **options: Any
) -> RecordingServer:
    def body() -> Iterator[bytes]:
        yield b"ref"
        over.wait(60)
        yield b"used"

    def respond(request: Request) -> Reply:
        return text("done") if request.authorization == ME else Reply(401, headers or {}, body())

    return serve(respond, **options)


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a refusal take no longer than a moment, and what ends its reading as long as a busy machine takes.

    Not with a timeout of the caller's: a busy machine may take longer than that for the answer.
    """
    monkeypatch.setattr(drain, "LONGEST_WAIT", 0.05)
    monkeypatch.setattr(drain, "_GRACE", 30.0)


def threads() -> set[str]:
    """Return the names of the threads that go on reading a refused response, which those that are ending do not."""
    reading = [thread for thread in threading.enumerate() if "drain" in thread.name]
    for thread in reading:
        thread.join(5)
    return {thread.name for thread in reading if thread.is_alive()}


@WAYS
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_a_refusal_that_stalls_holds_no_call(
    way: Way, *, stream: bool, session: requests.Session, stalled: RecordingServer
) -> None:
    """Its connection is closed, and what read it has ended by the time the caller has the answer."""
    answer = way(session).get(stalled.url, stream=stream, timeout=60)
    assert answer.text == "done"
    assert [one.status_code for one in answer.history] == [401]
    assert stalled.connections == 2
    assert threads() == set()


@pytest.mark.usefixtures("hurried")
def test_a_stalled_refusal_over_tls_holds_no_call(
    session: requests.Session, serve: Serve, tls: ssl.SSLContext, ca_bundle: str
) -> None:
    """The handle of a connection is the same there."""
    over = threading.Event()
    server = stalling(serve, over, tls=tls, host="localhost")
    mount(session)
    assert session.get(server.url, verify=ca_bundle, timeout=60).text == "done"
    assert threads() == set()
    over.set()


@pytest.mark.usefixtures("hurried")
def test_a_refusal_that_calls_itself_empty_and_stalls_in_chunks_holds_no_call(
    session: requests.Session, serve: Serve
) -> None:
    """Of the two headers the chunks count (RFC 9112, section 6.3), which may have no end."""
    over = threading.Event()
    server = stalling(serve, over, {"Content-Length": "0"})
    mount(session)
    assert session.get(server.url, timeout=60).text == "done"
    assert server.connections == 2
    assert threads() == set()
    over.set()


@pytest.mark.usefixtures("hurried")
def test_nothing_is_left_of_stalled_refusals(session: requests.Session, stalled: RecordingServer) -> None:
    """No descriptor, no thread, and the only connection of a pool is free again."""
    session.mount("http://", HTTPAdapter(pool_connections=1, pool_maxsize=1, pool_block=True))
    before = open_descriptors()
    open_ones = []
    for _ in range(4):
        mount(session)  # one that remembers nothing
        assert session.get(stalled.url, timeout=60).text == "done"
        open_ones.append(sum(is_clients(descriptor, stalled) for descriptor in opened_since(before)))
    assert open_ones == [1, 1, 1, 1]
    assert threads() == set()


def is_clients(descriptor: int, server: RecordingServer) -> bool:
    """Whether a descriptor is a socket, and none of a server's."""
    with contextlib.suppress(OSError):  # another thread has closed it
        if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            with socket.socket(fileno=os.dup(descriptor)) as one:
                return one.family == socket.AF_INET and one.getsockname()[1] != server.port
    return False


@pytest.mark.parametrize(
    ("timeout", "seconds"),
    [
        pytest.param(None, 60, id="none"),
        pytest.param(30, 30, id="seconds"),
        pytest.param(300, 60, id="many seconds"),
        pytest.param((10, 40.5), 40.5, id="a pair"),
        pytest.param((10, None), 60, id="a pair without the second"),
        pytest.param(Timeout(50), 50, id="urllib3's, in total"),
        pytest.param(Timeout(read=45), 45, id="urllib3's, for reading"),
        pytest.param(Timeout(total=55, read=20), 20, id="urllib3's, both"),
        pytest.param(Timeout(), 60, id="urllib3's, neither"),
    ],
)
def test_the_callers_timeout_counts(
    timeout: Any, seconds: float, session: requests.Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is shorter than the longest wait, for tests a minute: a busy machine may need seconds for an answer."""
    assert LONGEST_WAIT == 1
    limits: list[float] = []

    def call_with_timeout(work: Any, left: Any, *more: Any) -> Any:
        limits.append(left())
        return timeout_module.call_with_timeout(work, lambda: 60.0, *more)

    monkeypatch.setattr(drain, "call_with_timeout", call_with_timeout)
    server = serve(lambda request: text("done") if request.authorization == ME else refused())
    mount(session)
    assert session.get(server.url, timeout=timeout).text == "done"
    assert limits == [seconds]


class Body:
    """A body from no socket, that notes whether it is closed."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self._pieces = list(pieces)
        self.closed = False

    def read(self, _size: int) -> bytes:
        piece = self._pieces.pop(0) if self._pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        self.closed = True


def response(raw: Any, status: int = 401, method: str = "GET", length: str | None = None) -> requests.Response:
    made = requests.Response()
    made.raw, made.status_code = raw, status
    made.request = requests.Request(method, "http://h/").prepare()
    if length is not None:
        made.headers["Content-Length"] = length
    return made


def test_a_response_from_no_socket_is_read() -> None:
    """A transport may have it from anywhere."""
    body = Body(b"refu", b"sed")
    refusal = response(body)
    discard(refusal)
    assert refusal.content == b"refused"
    assert not body.closed


def test_a_broken_response_from_no_socket_is_closed() -> None:
    """What was read stays readable."""
    body = Body(b"refu", OSError("broken"))
    refusal = response(body)
    discard(refusal)
    assert refusal.content == b"refu"
    assert body.closed


def test_a_file_is_no_connection_to_shut_down(tmp_path: Path) -> None:
    """A transport may answer out of a file."""
    path = tmp_path / "body"
    path.write_bytes(b"refused")
    with path.open("rb") as file:
        refusal = response(file)
        discard(refusal)
    assert refusal.content == b"refused"


def test_what_comes_from_no_socket_and_never_ends_is_left_behind() -> None:
    """There is nothing to shut down; when it ends after all, it is closed."""
    over, ended = threading.Event(), threading.Event()

    class Endless(Body):
        def read(self, _size: int) -> bytes:
            over.wait(60)
            raise OSError

        def close(self) -> None:
            super().close()
            ended.set()

    body = Endless()
    refusal = response(body)
    discard(refusal, 0.01)
    assert refusal.content == b""
    assert not body.closed
    over.set()
    assert ended.wait(60)


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(response(Body(), method="HEAD"), id="HEAD"),
        pytest.param(response(Body(), length="0"), id="no length"),
        pytest.param(response(Body(), 204), id="no content"),
        pytest.param(response(Body(), 304), id="not modified"),
    ],
)
def test_a_response_without_a_body_is_not_waited_for(
    refusal: requests.Response, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a response costs no thread."""
    monkeypatch.delattr(drain, "call_with_timeout")
    discard(refusal)
    assert refusal.content == b""


def test_what_was_read_before_stays() -> None:
    """A transport may have read the body itself, and a hook, too."""
    read, streamed = response(io.BytesIO(b"refused")), response(io.BytesIO(b"refused"))
    assert read.content == b"refused"
    assert list(streamed.iter_content(100)) == [b"refused"]
    for refusal, content in ((read, b"refused"), (streamed, b"")):
        discard(refusal)
        assert refusal.content == content
        close(refusal)
        assert refusal.content == content


def test_where_no_thread_can_be_started_the_response_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when the program is ending."""

    def start(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    body = Body(b"refused")
    refusal = response(body)
    discard(refusal)
    assert body.closed
    assert refusal.content == b""


def test_an_interrupt_ends_the_reading(
    session: requests.Session, stalled: RecordingServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C while a refusal is read: nothing goes on reading it."""
    real = threading.Thread.join

    def join(thread: threading.Thread, timeout: float | None = None) -> None:
        if "drain" in thread.name:
            raise KeyboardInterrupt
        real(thread, timeout)

    mount(session)
    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "join", join)
        with pytest.raises(KeyboardInterrupt):
            session.get(stalled.url)
    for thread in threading.enumerate():
        if "drain" in thread.name:
            thread.join(60)
    assert threads() == set()


class Memory(BaseAdapter):
    """A transport without sockets: it knows one password."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        good = "Authorization" in request.headers
        made = response(io.BytesIO(b"done" if good else b"refused"), 200 if good else 401)
        made.request, made.url = request, request.url or ""
        return made

    def close(self) -> None:
        """Nothing is open."""


def test_a_transport_without_sockets_is_answered(session: requests.Session) -> None:
    """Its refusal is history like any other."""
    session.mount("http://", Memory())
    mount(session)
    answer = session.get("http://127.0.0.1/x")
    assert (answer.text, [one.text for one in answer.history]) == ("done", ["refused"])
