"""A call with several sendings: bodies, streams, history, cookies, and how often a server is asked."""

from __future__ import annotations

import io
import logging
import threading
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import requests
from pip._vendor.requests import exceptions as pip_exceptions
from pip._vendor.urllib3.exceptions import ProtocolError as PipProtocolError
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, ProtocolError

from requests_indexauth import (
    Credentials,
    CredentialsNotAllowedError,
    CredentialStore,
    Index,
    IndexAuth,
    IndexAuthAdapter,
    MissingCredentialsError,
    mount,
)
from requests_indexauth.core import flow as flow_module
from requests_indexauth.exchange.drain import SMALL_BODY
from requests_indexauth.exchange.exchange import is_dropped
from support.messages import Reply, redirect, refused, text
from support.ways import by_auth, by_hand, by_mount, write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from requests_indexauth.models.choices import Policy
    from support.index import ServeIndex
    from support.messages import Authorization, Request
    from support.server import RecordingServer, Serve
    from support.ways import Way

ME = ("basic", "me", "pw")
PIP_PROTOCOL_ERROR: Any = PipProtocolError  # the types are known only where pip is installed
PIP_CONNECTION_ERROR: Any = pip_exceptions.ConnectionError


def by_a_foreign_adapter(session: requests.Session) -> requests.Session:
    """Mount, and then let a plain adapter take our place."""
    mount(session)
    session.mount("http://", HTTPAdapter())
    return session


def by_a_function(session: requests.Session) -> requests.Session:
    """Mount with a source that is not asked before a 401: a body goes out bare first."""
    mount(session, netrc=False, sources=[lambda _url, _username: Credentials.basic("me", "pw")])
    return session


DRIVERS = pytest.mark.parametrize(
    "way",
    [by_mount, by_hand, by_auth, by_a_foreign_adapter],
    ids=["mount", "by hand", "IndexAuth alone", "foreign adapter"],
)


def test_a_refusal_counts_though_something_else_is_remembered_by_then(
    serve_index: ServeIndex, session: requests.Session, home: Path
) -> None:
    """What was remembered is refused while a request with a new password in its URL succeeds: it is done with."""
    index = serve_index(["thing"], users={"me": "old"})
    write_netrc(home, ("127.0.0.1", "me", "old"))
    auth = mount(session, [Index(index.index_url())])
    assert session.get(index.page_url()).status_code == 200

    def overtake(_request: Request) -> None:
        index.before_reply = None
        other = requests.Session()  # closed with the other one: they have one pool of connections
        other.auth, other.adapters = auth, session.adapters
        assert other.get(index.page_url().replace("://", "://me:new@")).status_code == 200

    index.root.users["me"] = "new"
    index.before_reply = overtake
    assert session.get(index.page_url()).status_code == 200

    index.root.users["me"] = "newest"
    index.clear()
    assert session.get(index.page_url()).status_code == 401
    assert index.authorizations == [("basic", "me", "new")]


def test_a_file_that_has_changed_since_is_read_again_after_a_401(
    serve_index: ServeIndex, session: requests.Session, home: Path
) -> None:
    """The first visit to an index late in a long session: netrc was read when another password was good."""
    first, second = serve_index(["thing"], users={"me": "old"}), serve_index(["thing"], users={"me": "new"})
    write_netrc(home, ("127.0.0.1", "me", "old"))
    mount(session)
    assert session.get(first.page_url()).status_code == 200
    write_netrc(home, ("127.0.0.1", "me", "new"))
    assert session.get(second.page_url()).status_code == 200
    assert second.authorizations == [None, ("basic", "me", "new")]


@pytest.mark.parametrize("policy", ["auto", "always"])
@pytest.mark.parametrize("first", ["me:old", ""], ids=["a wrong password", "nothing"])
@pytest.mark.parametrize("where", ["netrc", "store"])
def test_a_login_that_is_mended_during_a_session_gets_it_in(  # a service runs for weeks
    where: str, first: str, policy: Policy, serve_index: ServeIndex, session: requests.Session, home: Path
) -> None:
    """After a refusal, or an error that says that there is nothing; without a restart."""
    index = serve_index(["thing"], users={"me": "new"})

    def write(pair: str) -> None:
        user, _, password = pair.partition(":")
        if where == "netrc":
            write_netrc(home, ("127.0.0.1", user, password))
        else:
            CredentialStore().set(index.url, Credentials.basic(user, password))

    if first:
        write(first)
    mount(session, [Index(index.at("/simple/"), authenticate=policy)], discover=False)
    for _ in range(3):
        with suppress(MissingCredentialsError):
            assert session.get(index.page_url()).status_code == 401
    write("me:new")
    assert session.get(index.page_url()).status_code == 200
    assert index.authorizations.count(("basic", "me", "old")) == bool(first)


def locked(answer: Reply | None = None, refusal: Reply | None = None, user: Authorization = ME) -> Any:
    """Return a server's behaviour: refuse all but one user."""

    def respond(request: Request) -> Reply:
        if request.authorization == user:
            return answer or text("done")
        return refusal or refused()

    return respond


@pytest.fixture(autouse=True)
def _netrc(home: Path) -> None:
    write_netrc(home, ("127.0.0.1", "me", "pw"))


# Bodies


@DRIVERS
@pytest.mark.parametrize("body", [b"content", "content", io.BytesIO], ids=["bytes", "text", "file"])
def test_a_body_is_sent_whole_with_the_credential(way: Way, body: Any, session: requests.Session, serve: Serve) -> None:
    """An upload asks the sources before it is sent; where that is too late it is rewound, and never sent by halves."""
    server = serve(locked())
    data = io.BytesIO(b"content") if body is io.BytesIO else body
    answer = way(session).post(server.url, data=data)
    assert answer.status_code == 200
    assert server.requests[-1].body == b"content"
    assert server.requests[-1].authorization == ME
    assert {request.body for request in server.requests} == {b"content"}


@pytest.mark.parametrize("way", [by_mount, by_hand, by_auth], ids=["mount", "by hand", "IndexAuth alone"])
def test_a_body_that_can_be_sent_once_only_goes_out_with_the_credential(
    way: Way, session: requests.Session, serve: Serve
) -> None:
    """Nothing is uploaded in vain: the sources are asked before the body is sent."""
    server = serve(locked())
    answer = way(session).post(server.url, data=(part for part in [b"con", b"tent"]))
    assert answer.status_code == 200
    assert [(request.authorization, request.body) for request in server.requests] == [(ME, b"content")]


def test_a_body_starts_where_the_caller_had_left_the_file(session: requests.Session, serve: Serve) -> None:
    """Rewinding goes back to where the file stood, and not to its start."""
    server = serve(locked())
    file = io.BytesIO(b"header content")
    file.seek(7)
    by_a_function(session)
    assert session.post(server.url, data=file).status_code == 200
    assert [request.body for request in server.requests] == [b"content", b"content"]


class Unwilling(io.BytesIO):
    """A body that says in a way of its own that it cannot be rewound."""

    def __len__(self) -> int:
        return len(self.getvalue())

    def seek(self, _offset: int, _whence: int = 0) -> int:
        raise NotImplementedError


def generated() -> Iterator[bytes]:
    yield from (b"con", b"tent")


@DRIVERS
@pytest.mark.parametrize("body", [generated, lambda: Unwilling(b"content")], ids=["a generator", "a file"])
def test_a_body_that_cannot_be_sent_again_leaves_the_401_to_the_caller(
    way: Way,
    body: Callable[[], Any],
    session: requests.Session,
    serve: Serve,
    home: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A generator is spent: its 401 comes back, with a warning, and half a body is never sent."""
    server = serve(locked(user=("basic", "other", "pw")))
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    (home / ".pypirc").write_text(
        f"[distutils]\nindex-servers = own\n[own]\nrepository = {server.url}\nusername = other\npassword = pw\n"
    )
    answer = way(session).post(server.url, data=body())
    assert answer.status_code == 401
    assert [request.body for request in server.requests] == [b"content"]
    warnings = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.name for record in warnings] == ["requests_indexauth"]
    assert "cannot be sent again" in warnings[0].getMessage()


def test_a_body_refused_with_a_remembered_credential_is_rewound(
    session: requests.Session, serve: Serve, home: Path
) -> None:
    """The password changed: the upload is sent again whole, with the new one."""
    server = serve(locked())
    mount(session)
    assert session.get(server.at("/files/a")).status_code == 200
    server.respond = locked(user=("basic", "me", "new"))
    write_netrc(home, ("127.0.0.1", "me", "new"))
    server.clear()
    answer = session.post(server.at("/files/b"), data=io.BytesIO(b"content"))
    assert answer.status_code == 200
    assert [(request.authorization, request.body) for request in server.requests] == [
        (ME, b"content"),
        (("basic", "me", "new"), b"content"),
    ]


@pytest.mark.parametrize("body", [None, b"", ""], ids=["none", "no bytes", "no text"])
def test_a_request_without_a_body_goes_out_bare_first(body: Any, session: requests.Session, serve: Serve) -> None:
    """Only a body is a reason to ask the sources before the server."""
    server = serve(locked())
    mount(session)
    assert session.post(server.url, data=body).status_code == 200
    assert server.authorizations == [None, ME]


# Streams, history, connections


@DRIVERS
def test_a_stream_is_the_callers_to_read(way: Way, session: requests.Session, serve: Serve) -> None:
    """The answer's body is not touched: it comes in pieces, the last of them after the caller has the answer."""
    go_on = threading.Event()

    def body() -> Iterator[bytes]:
        yield b"first "
        go_on.wait(60)
        yield b"second"

    def respond(request: Request) -> Reply:
        return Reply(200, body=body()) if request.authorization == ME else refused()

    server = serve(respond)
    answer = way(session).get(server.url, stream=True)
    pieces = answer.iter_content(None)
    assert next(pieces) == b"first "
    go_on.set()
    assert b"".join(pieces) == b"second"


@DRIVERS
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_refused_answers_are_history_and_their_connection_is_used_again(
    way: Way, *, stream: bool, session: requests.Session, serve: Serve
) -> None:
    """A 401 is read to its end and kept; the request goes out again on the same connection."""
    server = serve(locked())
    answer = way(session).get(server.url, stream=stream)
    assert [(one.status_code, one.content) for one in answer.history] == [(401, b"refused")]
    assert [one.request.headers.get("Authorization") for one in answer.history] == [None]
    assert answer.text == "done"
    assert server.connections == 1
    assert len({request.client_port for request in server.requests}) == 1


@DRIVERS
def test_a_huge_refusal_is_closed(way: Way, session: requests.Session, serve: Serve) -> None:
    """Nobody reads megabytes to save a connection: a large 401 is dropped, and its start kept."""
    endless = threading.Event()

    def flood() -> Iterator[bytes]:
        while not endless.is_set():
            yield b"x" * 65536

    server = serve(lambda request: text("done") if request.authorization == ME else Reply(401, body=flood()))
    answer = way(session).get(server.url)
    endless.set()
    assert answer.text == "done"
    assert server.connections == 2
    assert SMALL_BODY < len(answer.history[0].content) < 4 * SMALL_BODY


def test_a_refusal_that_breaks_off_does_not_matter(session: requests.Session, serve: Serve) -> None:
    """The 401 counts, not what is the matter with its body."""
    broken = Reply(401, {"Content-Encoding": "gzip"}, b"this is not gzip")
    server = serve(locked(refusal=broken))
    mount(session)
    answer = session.get(server.url)
    assert answer.text == "done"
    assert [one.status_code for one in answer.history] == [401]


@DRIVERS
def test_a_head_request_is_answered_too(way: Way, session: requests.Session, serve: Serve) -> None:
    """An answer without a body drains as well."""
    server = serve(locked())
    assert way(session).head(server.url).status_code == 200
    assert server.connections == 1


@DRIVERS
def test_the_last_refusal_is_the_callers_answer(way: Way, session: requests.Session, serve: Serve, home: Path) -> None:
    """Nothing found: the first answer comes back as it came, its body unread where it is a stream."""
    write_netrc(home)
    server = serve(lambda _: refused(challenge='Basic realm="special"'))
    answer = way(session).get(server.url, stream=True)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="special"'
    assert answer.history == []
    assert answer.raw.read() == b"refused"


# Cookies


@DRIVERS
def test_cookies_of_a_refusal_go_with_the_next_sending(way: Way, session: requests.Session, serve: Serve) -> None:
    """What a 401 sets is sent with the retry, beside the caller's own cookies, and kept in the session."""

    def respond(request: Request) -> Reply:
        if request.authorization is None:
            return Reply(401, {"Set-Cookie": "challenge=1; Path=/"})
        return text(request.headers["Cookie"])

    server = serve(respond)
    answer = way(session).get(server.url, cookies={"own": "2"})
    assert sorted(answer.text.split("; ")) == ["challenge=1", "own=2"]
    assert session.cookies["challenge"] == "1"
    assert "own" not in session.cookies


def test_cookies_of_every_refusal_go_with_the_last_sending(session: requests.Session, serve: Serve, home: Path) -> None:
    """A cookie of the first 401 is not lost when the second sets none."""

    def respond(request: Request) -> Reply:
        if request.authorization is None:
            return Reply(401, {"Set-Cookie": "first=1; Path=/"})
        if request.user == "me":
            return refused()
        return text(request.headers["Cookie"] or "none")

    server = serve(respond)
    (home / ".pypirc").write_text(
        f"[distutils]\nindex-servers = own\n[own]\nrepository = {server.url}\nusername = other\npassword = pw\n"
    )
    mount(session)
    assert session.get(server.url).text == "first=1"
    assert [request.user for request in server.requests] == [None, "me", "other"]


def test_a_cookie_header_of_the_caller_stays(session: requests.Session, serve: Serve) -> None:
    """A `Cookie` header set by hand goes out as it is, whatever a refusal sets."""

    def respond(request: Request) -> Reply:
        if request.authorization is None:
            return Reply(401, {"Set-Cookie": "challenge=1; Path=/"})
        return text(request.headers["Cookie"])

    server = serve(respond)
    mount(session)
    assert session.get(server.url, headers={"Cookie": "by=hand"}).text == "by=hand"


# What the caller asked for, on every send


class Noting(HTTPAdapter):
    """Notes with what options each request is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[dict[str, Any]] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert not args
        self.noted.append(options)
        return super().send(request, **{**options, "cert": None, "verify": True})


@pytest.mark.parametrize("driver", ["adapter", "hook"])
def test_the_callers_options_go_with_every_sending(driver: str, session: requests.Session, serve: Serve) -> None:
    """`timeout`, `stream`, `verify`, `cert` and `proxies` are the caller's, the first time and the second."""
    server = serve(locked())
    adapter = Noting()
    session.mount("http://", adapter)
    session.proxies = {"ftp": "ftp://proxy"}
    if driver == "adapter":
        mount(session)
    else:
        session.auth = IndexAuth()
    session.get(server.url, timeout=(3, 7), stream=True, verify="/some/bundle", cert="/some/cert").close()
    assert len(adapter.noted) == 2
    for options in adapter.noted:
        assert options["timeout"] == (3, 7)
        assert options["stream"] is True
        assert options["verify"] == "/some/bundle"
        assert options["cert"] == "/some/cert"
        assert options["proxies"]["ftp"] == "ftp://proxy"


class Impatient(HTTPAdapter):
    """Has all the time there is for a bare request; waits for the others no longer than it is told, if it is told."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[Any] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        self.noted.append(options["timeout"])
        bare = "Authorization" not in request.headers
        return super().send(request, *args, **{**options, "timeout": None if bare else options["timeout"] or 60})


def test_a_timeout_holds_for_the_second_sending(session: requests.Session, serve: Serve) -> None:
    """A server that refuses at once and then says nothing runs into the caller's own time limit."""
    held = threading.Event()
    server = serve(locked())
    server.before_reply = lambda request: request.authorization is None or held.wait(60)
    adapter = Impatient()
    session.mount("http://", adapter)
    mount(session)
    try:
        with pytest.raises(requests.exceptions.ReadTimeout):
            session.get(server.url, timeout=(30, 0.2))
    finally:
        held.set()
    assert adapter.noted == [(30, 0.2)] * 2


def test_the_callers_request_is_not_changed_but_for_url_and_header(session: requests.Session, serve: Serve) -> None:
    """A prepared request keeps its method, body, hooks and other headers, and can be sent again."""
    server = serve(locked())
    mount(session)
    request = session.prepare_request(requests.Request("PUT", server.url, data=b"x", headers={"X-Own": "1"}))
    before = dict(request.headers)
    first = session.send(request)
    again = session.send(request)
    assert [first.status_code, again.status_code] == [200, 200]
    after = dict(request.headers)
    after.pop("Authorization", None)
    assert after == before
    assert (request.method, request.url, request.body) == ("PUT", f"{server.url}/", b"x")
    assert request.hooks == {"response": []}
    assert server.authorizations == [ME, ME]


# How often


def always_401(_: Request) -> Reply:
    return refused()


def always_403(_: Request) -> Reply:
    return refused(403)


def always_404(_: Request) -> Reply:
    return refused(404)


@DRIVERS
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("respond", [always_401, always_403, always_404], ids=["401", "403", "404"])
@pytest.mark.parametrize("remembered", [False, True], ids=["fresh", "remembered"])
def test_no_call_is_sent_more_than_three_times(
    way: Way, method: str, respond: Any, *, remembered: bool, session: requests.Session, serve: Serve, home: Path
) -> None:
    """Whatever a server says, and however many sources have an answer: three sendings, and its word is final."""
    server = serve(locked())
    repositories = [("one", "/files"), ("two", "/files/deep")]
    (home / ".pypirc").write_text(
        "[distutils]\nindex-servers = one two\n"
        + "".join(
            f"[{name}]\nrepository = {server.url}{path}\nusername = {name}\npassword = pw\n"
            for name, path in repositories
        )
    )
    made = way(session)
    if remembered:
        assert made.get(server.at("/files/a")).status_code == 200
    server.respond = respond
    for path in ("/files/b", "/files/deep/c", "/files/b"):
        server.clear()
        answer = made.request(method, server.at(path), data=b"x" if method == "POST" else None)
        assert answer.status_code == respond(None).status
        assert 1 <= len(server.requests) <= 3


def test_an_answer_of_another_thread_meanwhile_does_not_add_a_sending(
    session: requests.Session, serve: Serve, home: Path
) -> None:
    """A remembered credential is refused while another thread has found a newer one: still three at most."""
    server = serve(locked())
    auth = mount(session, [Index(f"{server.url}/simple/")])
    assert session.get(server.at("/simple/a/")).status_code == 200

    def respond(request: Request) -> Reply:
        if request.user == "me":  # another thread has meanwhile been told of another user
            write_netrc(home, ("127.0.0.1", "second", "pw"))
            other = requests.Session()
            with other:
                other.mount("http://", IndexAuthAdapter(auth))
                other.get(f"{server.url.replace('://', '://second:pw@')}/simple/b/")
            return refused()
        return text() if request.path == "/simple/b/" else refused()

    server.respond = respond
    server.clear()
    assert session.get(server.at("/simple/c/")).status_code == 401
    assert len([request for request in server.requests if request.path == "/simple/c/"]) <= 3


def test_redirects_and_refusals_in_turn_end(session: requests.Session, serve: Serve) -> None:
    """A server that redirects requests with a credential, and refuses those without, is asked once a hop."""
    server = serve(lambda request: redirect(f"{request.path}x") if request.authorization else refused())
    session.max_redirects = 4
    mount(session)
    with pytest.raises(requests.TooManyRedirects):
        session.get(server.at("/"))
    assert server.statuses == [401, 302, 302, 302, 302, 302]


# Failures


class Unplugged(HTTPAdapter):
    """Fails from the second request on."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[requests.Response] = []

    def send(self, *args: Any, **options: Any) -> requests.Response:
        if self.sent:
            raise requests.ConnectionError("unplugged")
        self.sent.append(super().send(*args, **options))
        return self.sent[0]


@pytest.mark.parametrize("driver", ["adapter", "hook"])
def test_an_error_while_sending_again_is_the_callers(driver: str, session: requests.Session, serve: Serve) -> None:
    """The connection breaks between two sendings: the error comes out, and the session goes on."""
    server = serve(locked())
    broken = Unplugged()
    session.mount("http://", broken)
    if driver == "adapter":
        mount(session)
    else:
        session.auth = IndexAuth()
    with pytest.raises(requests.ConnectionError, match="unplugged"):
        session.get(server.url)
    broken.close()
    session.mount("http://", IndexAuthAdapter(session.auth))  # type: ignore[arg-type]
    assert session.get(server.url).status_code == 200


def closing(*, answers: int = 1) -> Any:
    """Return a server's behaviour: refuse all but one user, and drop each connection after so many answers."""
    seen: Counter[int] = Counter()

    def respond(request: Request) -> Reply:
        seen[request.client_port] += 1
        if seen[request.client_port] > answers:
            return Reply(hang_up=True)
        return text("done") if request.authorization == ME else refused()

    return respond


@DRIVERS
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH"])
def test_a_connection_that_is_dropped_after_its_401_fails_no_call(
    way: Way, method: str, session: requests.Session, serve: Serve
) -> None:
    """What may be repeated goes out once more on a fresh connection; the rest starts on one."""
    server = serve(closing())
    answer = way(session).request(method, server.url)
    assert answer.status_code == 200
    assert [one.status_code for one in answer.history] == [401]
    may_be_repeated = method not in ("POST", "PATCH")
    assert server.authorizations == [None, ME, ME] if may_be_repeated else [None, ME]
    assert server.connections == 2


def test_a_body_goes_out_whole_when_its_connection_was_dropped(session: requests.Session, serve: Serve) -> None:
    """It is rewound for the fresh connection."""
    server = serve(closing())
    assert by_a_function(session).put(server.url, data=io.BytesIO(b"content")).status_code == 200
    assert [request.body for request in server.requests] == [b"content"] * 3


def test_a_server_that_drops_every_connection_is_the_callers_to_know_of(
    session: requests.Session, serve: Serve
) -> None:
    """Once more, and no further."""
    server = serve(lambda request: Reply(hang_up=True) if request.authorization else refused())
    mount(session)
    with pytest.raises(requests.ConnectionError):
        session.get(server.url)
    assert server.authorizations == [None, ME, ME]


def test_a_dropped_connection_counts_among_the_three_sendings(
    session: requests.Session, serve: Serve, home: Path
) -> None:
    """Two refusals, and the third sending is dropped: that is the end."""
    (home / ".pypirc").write_text(
        "[distutils]\nindex-servers = own\n[own]\nrepository = http://127.0.0.1/\nusername = other\npassword = pw\n"
    )
    server = serve(lambda request: Reply(hang_up=True) if request.user == "other" else refused())
    text_of = (home / ".pypirc").read_text()
    (home / ".pypirc").write_text(text_of.replace("http://127.0.0.1", server.url))
    mount(session)
    with pytest.raises(requests.ConnectionError):
        session.get(server.url)
    assert server.authorizations == [None, ME, ("basic", "other", "pw")]


def test_a_first_sending_that_is_dropped_is_the_callers_to_repeat(session: requests.Session, serve: Serve) -> None:
    """Only what we ourselves send again is: `requests` repeats nothing either."""
    server = serve(lambda _: Reply(hang_up=True))
    mount(session)
    with pytest.raises(requests.ConnectionError):
        session.get(server.url)
    assert server.authorizations == [None]


@pytest.mark.parametrize(
    ("error", "dropped"),
    [
        pytest.param(requests.ConnectionError(ProtocolError("Connection aborted.")), True, id="protocol error"),
        pytest.param(requests.ConnectionError(ConnectionResetError()), True, id="reset"),
        pytest.param(requests.ConnectionError(BrokenPipeError()), True, id="broken pipe"),
        pytest.param(PIP_CONNECTION_ERROR(PIP_PROTOCOL_ERROR()), True, id="of pip's copies"),
        pytest.param(requests.ConnectionError("unplugged"), False, id="another cause"),
        pytest.param(requests.ConnectionError(), False, id="no cause"),
        pytest.param(requests.ConnectionError(MaxRetryError(None, "/", ProtocolError())), False, id="repeated"),  # type: ignore[arg-type]
        pytest.param(requests.exceptions.SSLError(ProtocolError()), False, id="TLS"),
        pytest.param(requests.exceptions.ProxyError(ProtocolError()), False, id="proxy"),
        pytest.param(requests.ConnectTimeout(ProtocolError()), False, id="connecting takes too long"),
        pytest.param(requests.ReadTimeout(ProtocolError()), False, id="an answer takes too long"),
        pytest.param(ConnectionError(ProtocolError()), True, id="the system's own"),
    ],
)
def test_what_is_a_dropped_connection(error: Exception, *, dropped: bool) -> None:
    """Nothing that a second connection would meet as well."""
    assert is_dropped(error) is dropped


def test_a_call_that_fails_leaves_no_thread_waiting(
    session: requests.Session, serve_index: ServeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first request to an index fails to connect: the next one is the first, and waits for nobody."""
    monkeypatch.setattr(flow_module, "COLD_SECONDS", 600)
    index = serve_index(users={"me": "pw"})
    mount(session, [Index(index.index_url())])
    index.before_reply = lambda _: None
    real, index.respond = index.respond, lambda _: Reply(hang_up=True)
    with pytest.raises(requests.ConnectionError):
        session.get(index.page_url())
    index.respond = real
    done: list[int] = []
    # A daemon: where it waits for a gate that nobody opens it does so for ten minutes.
    worker = threading.Thread(target=lambda: done.append(session.get(index.page_url()).status_code), daemon=True)
    worker.start()
    worker.join(60)
    assert done == [200]


def test_an_always_index_without_a_credential_closes_what_was_answered(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """What was remembered is refused and nothing new is found: the refusal is the answer, then an error each time."""
    index = serve_index(users={"me": "pw"})
    mount(session, [Index(index.index_url(), authenticate="always")])
    assert session.get(index.page_url()).status_code == 200
    index.root.users["me"] = "new"
    assert session.get(index.page_url()).status_code == 401
    with pytest.raises(MissingCredentialsError) as caught:
        session.get(index.page_url())
    assert caught.value.request is not None
    assert caught.value.request.url == index.page_url()
    assert index.authorizations == [ME, ME]
    write_netrc(home, ("127.0.0.1", "me", "new"))


def server_of(answers: list[Reply], serve: Serve) -> RecordingServer:
    """Return a server that gives these answers, in order."""
    left = iter(answers)
    return serve(lambda _: next(left))


def test_a_server_that_changes_its_mind_is_believed(session: requests.Session, serve: Serve) -> None:
    """401, then 200 for the credential, then a plain 404: a remembered credential's 404 is an answer."""
    server = server_of([refused(), text(), refused(404)], serve)
    mount(session)
    assert [session.get(server.at(f"/files/{name}")).status_code for name in "ab"] == [200, 404]


@pytest.mark.parametrize("status", [204, 304, 500])
def test_an_answer_that_says_nothing_of_credentials_is_the_callers(
    status: int, session: requests.Session, serve: Serve
) -> None:
    """With a remembered credential nothing but 401, 403 and 404 is a reason to look again."""
    server = server_of([refused(), text(), Reply(status)], serve)
    mount(session)
    assert [session.get(server.at(f"/files/{name}")).status_code for name in "ab"] == [200, status]


def test_an_interrupt_at_a_prompt_is_raised(session: requests.Session, serve: Serve, home: Path) -> None:
    """Ctrl-C at a prompt ends the call and is no answer: the next request asks again, and nobody hangs."""
    write_netrc(home)
    server = serve(locked())
    interrupts = iter([True])

    def prompt(_url: str, _username: str | None) -> Credentials:
        if next(interrupts, False):
            raise KeyboardInterrupt
        return Credentials.basic("me", "pw")

    mount(session, [Index(f"{server.url}/team/simple/")], prompt=prompt)
    with pytest.raises(KeyboardInterrupt):
        session.get(server.at("/team/simple/a/"))
    assert session.get(server.at("/team/simple/a/")).status_code == 200


def test_nothing_reaches_an_index_that_never_gets_any_through_a_foreign_adapter_when_userinfo_is_given(
    session: requests.Session, serve: Serve
) -> None:
    """It is an error before any traffic."""
    server = serve(locked())
    mount(session, [Index(f"{server.url}/simple/", authenticate="never")])
    session.mount("http://", HTTPAdapter())
    with pytest.raises(CredentialsNotAllowedError):
        session.get(server.at("/simple/a/", user="me", password="pw"))
    assert server.authorizations == []


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_type_are_sent_again(kind: type[Any], session: requests.Session, serve: Serve) -> None:
    """They need no rewinding."""
    server = serve(lambda request: text() if request.authorization else refused())
    by_a_function(session)
    assert session.put(server.url, data=kind(b"body")).status_code == 200
    assert [request.body for request in server.requests] == [b"body", b"body"]


class Following(HTTPAdapter):
    """Follows redirects by itself, as far as a history shows it."""

    def send(self, *args: Any, **options: Any) -> requests.Response:
        """Return a response with a history."""
        response = super().send(*args, **options)
        followed = requests.Response()
        followed.status_code = 302
        response.history = [followed]
        return response


@pytest.mark.parametrize("status", [200, 404])
def test_the_history_of_an_adapter_is_kept(status: int, session: requests.Session, serve: Serve) -> None:
    """Beside it stands what was refused on the way."""
    server = serve(lambda request: text("x", status) if request.authorization else refused())
    session.mount("http://", Following())
    by_a_function(session)
    history = session.get(server.url).history
    assert [response.status_code for response in history] == [401, 302]
