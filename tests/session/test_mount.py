"""A session in every way it can be set up: what it sends, and what stays the caller's."""

from __future__ import annotations

import contextlib
import copy
import gc
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests
from cachecontrol import CacheControlAdapter
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from requests_indexauth import (
    Credentials,
    CredentialsNotAllowedError,
    Index,
    IndexAuth,
    IndexAuthAdapter,
    MissingCredentialsError,
    mount,
)
from requests_indexauth.core import flow
from support.messages import Reply, redirect, refused, text
from support.ways import WAYS, over, repickled, write_netrc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.index import ServeIndex
    from support.messages import Request
    from support.server import Serve
    from support.ways import Way

ME = ("basic", "me", "pw")
PACKAGES = ["one", "two", "three"]
COPIES: dict[str, Way] = {
    "itself": lambda session: session,
    "pickled": repickled,
    "copied": copy.copy,
    "deeply copied": copy.deepcopy,
}


@pytest.fixture(params=list(WAYS.values()), ids=list(WAYS))
def ready(request: pytest.FixtureRequest, session: requests.Session) -> Iterator[requests.Session]:
    """Return a session set up in each of the ways."""
    made = request.param(session)
    yield made
    made.close()


def test_a_401_is_answered_once_and_remembered(ready: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """Each way: one bare request is refused, and everything after it goes out with the netrc's credential."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    answers = [ready.get(index.page_url(name)) for name in PACKAGES]
    assert index.authorizations == [None, ME, ME, ME]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert [[one.status_code for one in answer.history] for answer in answers] == [[401], [], []]


def test_a_credential_in_the_url_is_sent_at_once_and_serves_bare_urls(
    ready: requests.Session, serve_index: ServeIndex
) -> None:
    """Each way: userinfo is sent as a header, is nowhere in the answer, and is remembered for its realm."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    first = ready.get(index.at("/simple/one/", user="me", password="pw"))
    second = ready.get(index.page_url("two"))
    assert [first.status_code, second.status_code] == [200, 200]
    assert index.authorizations[0] == ME
    assert index.authorizations[-1] == ME
    assert first.url == index.page_url("one")
    assert first.request.url == index.page_url("one")


def test_a_refused_credential_of_the_url_is_final(ready: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """Each way: a given credential is the caller's own, and no source is tried after it."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    answer = ready.get(index.at("/simple/thing/", user="me", password="old"))
    assert answer.status_code == 401
    assert index.authorizations == [("basic", "me", "old")]


def test_auth_of_one_request_is_for_that_request(ready: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """Each way: `auth=` goes out as it is, its refusal is final, and it is not remembered."""
    index = serve_index(users={"me": "pw", "other": "x"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    assert ready.get(index.page_url(), auth=("other", "x")).status_code == 200
    assert ready.get(index.page_url(), auth=("other", "wrong")).status_code == 401
    assert ready.get(index.page_url()).status_code == 200
    assert index.authorizations == [("basic", "other", "x"), ("basic", "other", "wrong"), None, ME]


@pytest.mark.parametrize("value", ["Bearer token", b"Bearer token"], ids=["text", "bytes"])
@pytest.mark.parametrize(
    "way", [WAYS["mount"], WAYS["both by hand"], WAYS["over CacheControl"], WAYS["IndexAuth alone"]]
)
def test_a_header_the_caller_set_is_sent_as_it_is(
    way: Way, value: str | bytes, session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """An `Authorization` header, as text or bytes, is the given credential, and netrc does not replace it."""
    index = serve_index(users={"me": "pw"}, tokens={"token"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    answer = way(session).get(index.page_url(), headers={"Authorization": value})
    assert answer.status_code == 200
    assert index.authorizations == [("bearer", "token")]


class Reauthorizing(requests.Session):
    """A session that asks its `auth` for each hop, and takes nothing off, as people write it to keep a credential."""

    def rebuild_auth(self, prepared_request: requests.PreparedRequest, _response: requests.Response) -> None:
        prepared_request.prepare_auth(self.auth)


@pytest.mark.parametrize("given", ["userinfo", "header", "netrc's default"])
@pytest.mark.parametrize("way", [WAYS["mount"], WAYS["both by hand"], WAYS["IndexAuth alone"]])
def test_a_hop_is_one_though_the_session_asks_for_its_auth_again(
    way: Way, given: str, serve: Serve, home: Path
) -> None:
    """What was given for the first server does not go to the next one, nor does what is for no redirect's target."""
    other = serve(lambda _request: refused())
    first = serve(lambda _request: redirect(other.at("/x")))
    write_netrc(home, *[("default", "me", "pw")] * (given == "netrc's default"))
    url = first.at("/", user="me", password="pw") if given == "userinfo" else first.url
    with Reauthorizing() as session:
        answer = way(session).get(url, headers={"Authorization": "Bearer x"} if given == "header" else {})
    assert answer.status_code == 401
    assert other.authorizations == [None]


def test_an_auth_that_is_asked_twice_for_a_request_keeps_what_its_url_has(
    ready: requests.Session, serve_index: ServeIndex
) -> None:
    """The first time it has taken the userinfo off the URL."""
    index = serve_index(users={"me": "pw"})
    request = ready.prepare_request(requests.Request("GET", index.at("/simple/thing/", user="me", password="pw")))
    if ready.auth:
        request.prepare_auth(ready.auth)
    assert ready.send(request).status_code == 200
    assert index.authorizations == [ME]


def test_a_header_of_the_session_is_the_callers(session: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """`session.headers` gives a credential to every request, refused or not."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    session.headers["Authorization"] = "Bearer old"
    mount(session)
    assert session.get(index.page_url()).status_code == 401
    assert index.authorizations == [("bearer", "old")]


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("copies", list(COPIES.values()), ids=list(COPIES))
def test_without_trust_env_there_is_no_netrc(
    copies: Way, moment: str, session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """A session with `trust_env = False` reads no netrc, whenever that was said, copies of it included."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    session.trust_env = moment == "after"
    mount(session)
    session.trust_env = False
    with copies(session) as made:
        assert made.get(index.page_url()).status_code == 401
    assert index.authorizations == [None]


def test_a_copy_outlives_its_session_and_keeps_to_trust_env(serve_index: ServeIndex, home: Path) -> None:
    """A shallow copy shares the authentication; that the original is gone does not bring netrc back."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    original = requests.Session()
    original.trust_env = False
    mount(original)
    with copy.copy(original) as kept:
        del original
        gc.collect()
        assert kept.get(index.page_url()).status_code == 401
    assert index.authorizations == [None]


def test_trust_env_may_come_back(session: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """`trust_env` is looked at when netrc is needed, as `requests` does."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    session.trust_env = False
    mount(session)
    assert session.get(index.page_url()).status_code == 401
    session.trust_env = True
    assert session.get(index.page_url()).status_code == 200


def test_the_adapters_underneath_stay_and_can_be_reached(session: requests.Session) -> None:
    """`mount` wraps each adapter that is there, for http and https and below; what it has can be asked for."""
    retrying = HTTPAdapter(max_retries=Retry(7))
    session.mount("https://pkgs.example/", retrying)
    session.mount("file://", HTTPAdapter())
    auth = mount(session)
    wrapped = session.get_adapter("https://pkgs.example/simple/")
    assert isinstance(wrapped, IndexAuthAdapter)
    assert wrapped.transport is retrying
    assert wrapped.max_retries.total == 7
    assert wrapped.auth is auth is session.auth
    assert not isinstance(session.get_adapter("file:///x"), IndexAuthAdapter)
    with pytest.raises(AttributeError, match="no_such_thing"):
        wrapped.no_such_thing  # noqa: B018 - the look-up is the test


def test_a_second_mount_replaces_the_first(session: requests.Session) -> None:
    """Mounting twice never stacks: one adapter of ours, over what was there before."""
    before = session.get_adapter("https://h/")
    first = mount(session)
    second = mount(session)
    now = session.get_adapter("https://h/")
    assert isinstance(now, IndexAuthAdapter)
    assert now.transport is before
    assert now.auth is second is session.auth is not first


def test_mount_takes_over_an_adapter_mounted_by_hand(session: requests.Session) -> None:
    """An adapter of ours that sends by itself goes on doing so, with the new authentication."""
    own = IndexAuthAdapter(pool_maxsize=3)
    session.mount("https://", own)
    auth = mount(session)
    assert session.get_adapter("https://h/") is own
    assert own.auth is auth


def test_an_adapter_over_another_takes_no_options_for_connections() -> None:
    """What `HTTPAdapter` would take belongs to the transport: an error says so."""
    with pytest.raises(TypeError, match="pool_maxsize"):
        IndexAuthAdapter(transport=HTTPAdapter(), pool_maxsize=3)


@pytest.mark.parametrize("foreign", [HTTPAdapter, CacheControlAdapter], ids=["plain", "CacheControl"])
def test_an_adapter_mounted_afterwards_is_answered_too(
    foreign: type[HTTPAdapter], session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """A foreign adapter that took our place: the response hook answers its 401s."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    session.mount(index.url, foreign())
    answers = [session.get(index.page_url(name)) for name in PACKAGES]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert index.count(status=401) <= 3
    assert [one.status_code for one in answers[0].history] == [401]


def test_an_adapter_mounted_afterwards_gets_a_body_with_the_password(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """What cannot be sent twice is not sent bare first, whether the password stands in the URL or in netrc."""
    index = serve_index(users={"me": "pw", "you": "pw"})
    write_netrc(home, ("127.0.0.1", "you", "pw"))
    mount(session)
    session.mount(index.url, HTTPAdapter())
    for url in (index.at("/upload/"), index.at("/upload/", user="me", password="pw")):
        session.put(url, data=iter([b"bo", b"dy"]))
    assert index.authorizations == [("basic", "you", "pw"), ME]


def test_an_adapter_mounted_afterwards_sends_a_wrong_password_once(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Threads wait for the verdict on it, though it is chosen before the adapter is asked."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "wrong"))
    mount(session, [Index(index.index_url(), authenticate="always")])
    session.mount(index.url, HTTPAdapter())
    with ThreadPoolExecutor(8) as pool:
        for answer in [pool.submit(session.get, index.page_url(name)) for name in PACKAGES * 8]:
            with contextlib.suppress(MissingCredentialsError):
                answer.result(timeout=60)
    assert index.authorizations == [("basic", "me", "wrong")]


def test_an_adapter_mounted_afterwards_sends_nothing_that_never_forbids(
    session: requests.Session, serve_index: ServeIndex
) -> None:
    """It would have sent the caller's header, and left out the password of the URL without a word."""
    index = serve_index(users={"me": "pw"})
    mount(session, [Index(index.index_url(), authenticate="never")])
    session.mount(index.url, HTTPAdapter())
    with pytest.raises(CredentialsNotAllowedError):
        session.get(index.page_url(), headers={"Authorization": "Bearer token"})
    with pytest.raises(CredentialsNotAllowedError):
        session.get(index.at("/simple/one/", user="me", password="pw"))
    assert index.requests == []


def in_another_session(session: requests.Session) -> requests.Session:
    """Give what `mount` made to a session that has adapters of its own."""
    other = requests.Session()
    other.auth = session.auth
    return other


@pytest.mark.parametrize("other", [copy.deepcopy, repickled, in_another_session])
def test_another_adapter_in_a_copy_or_another_session_sends_nothing_that_never_forbids(
    other: Way, session: requests.Session, serve_index: ServeIndex
) -> None:
    """`IndexAuth` does not know of that session, and so not of its adapter: it looks at the policy."""
    index = serve_index(users={"me": "pw"})
    mount(session, [Index(index.index_url(), authenticate="never")])
    with other(session) as made:
        made.mount(index.url, HTTPAdapter())
        with pytest.raises(CredentialsNotAllowedError):
            made.get(index.page_url(), headers={"Authorization": "Bearer token"})
    assert index.requests == []


def test_a_foreign_adapter_gets_the_credential_of_an_index_that_wants_one_always(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """With the policy `always` nothing goes out bare, whatever adapter is mounted."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session, [Index(index.index_url(), authenticate="always")])
    session.mount(index.url, HTTPAdapter())
    assert session.get(index.page_url()).status_code == 200
    assert index.authorizations == [ME]


def test_a_cache_underneath_keeps_working(session: requests.Session, serve: Serve, home: Path) -> None:
    """A page that may be cached is asked for once; the answer out of the cache needs no credential."""

    def respond(request: Request) -> Reply:
        if request.authorization != ME:
            return refused()
        return Reply(200, {"Cache-Control": "max-age=600", "ETag": '"1"'}, b"page")

    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    over(CacheControlAdapter)(session)
    assert [session.get(server.at("/a")).text for _ in range(3)] == ["page"] * 3
    assert server.authorizations == [None, ME]


def test_retries_underneath_keep_working(session: requests.Session, serve: Serve, home: Path) -> None:
    """A 503 is retried by the adapter underneath, with the credential it was sent with."""
    troubles = iter([True, False])

    def respond(request: Request) -> Reply:
        if request.authorization != ME:
            return refused()
        return text(status=503) if next(troubles) else text("done")

    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    answer = WAYS["over retries"](session).get(server.url)
    assert answer.text == "done"
    assert server.authorizations == [None, ME, ME]


def test_many_sessions_may_share_what_they_learn(serve_index: ServeIndex, home: Path) -> None:
    """One `IndexAuth` for two sessions: the second knows what the first was told."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    auth = IndexAuth()
    with contextlib.ExitStack() as stack:
        for name in ("one", "two"):
            session = stack.enter_context(requests.Session())
            session.auth = auth
            assert session.get(index.page_url(name)).status_code == 200
    assert index.authorizations == [None, ME, ME]


def test_hooks_of_the_caller_see_the_last_answer_only(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """A response hook is called once a call, with the answer that the caller gets."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    seen: list[int] = []
    session.hooks["response"] = [lambda response, **_: seen.append(response.status_code)]
    mount(session)
    session.get(index.page_url())
    session.get(index.page_url())
    assert seen == [200, 200]


def test_a_bad_option_leaves_what_can_be_shown() -> None:
    """A traceback that shows variables asks the half-made object for its `repr`."""
    with pytest.raises(TypeError, match="indexes must be Index objects") as caught:
        IndexAuth(["https://h/simple/"])  # type: ignore[list-item]
    (made,) = [entry.frame.f_locals["self"] for entry in caught.traceback if entry.frame.code.name == "__init__"]
    assert repr(made) == "IndexAuth()"


def test_options_reach_the_sources(session: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """`netrc=False` reads no netrc, and `prompt` is asked last, once."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    asked: list[tuple[str, str | None]] = []

    def prompt(url: str, username: str | None) -> Credentials:
        asked.append((url, username))
        return Credentials.basic("me", "pw")

    auth = mount(session, netrc=False, prompt=prompt)
    assert [session.get(index.page_url(name)).status_code for name in PACKAGES] == [200, 200, 200]
    assert asked == [(index.page_url("one"), None)]
    assert "pw" not in repr(auth)


def test_an_unknown_keyring_provider_is_refused(session: requests.Session) -> None:
    """The words are checked when the session is set up, not when the first 401 comes."""
    with pytest.raises(ValueError, match="keyring_provider must be one of"):
        mount(session, keyring_provider="native")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"indexes": "https://me:hidden@pkgs.example.com/simple/"}, r"not a text: write \[Index\(url\)\]"),
        ({"indexes": ["https://me:hidden@pkgs.example.com/simple/"]}, r"not str: write \[Index\(url\)\]"),
        ({"prompt": "me"}, "prompt must be a function of a URL and a user name, not str"),
    ],
    ids=["a URL for the indexes", "a URL for an index", "a user name for the prompt"],
)
def test_what_cannot_work_is_an_error_where_it_is_written(
    options: dict[str, Any], message: str, session: requests.Session
) -> None:
    """Not with the first request; and no password is quoted."""
    with pytest.raises(TypeError, match=message) as caught:
        mount(session, **options)
    assert "hidden" not in str(caught.value)
    assert session.auth is None


def test_an_asynchronous_session_is_refused() -> None:
    """Its adapters return coroutines, which nobody here awaits."""

    class AsyncSession(requests.Session):
        async def send(self, *_: Any, **__: Any) -> Any:  # type: ignore[override] # that is the mistake
            return None

    with AsyncSession() as session:
        with pytest.raises(TypeError, match="AsyncSession is asynchronous"):
            mount(session)
        assert session.auth is None


def test_a_session_that_is_no_url_for_us_is_left_alone(session: requests.Session) -> None:
    """A URL without a clear host is for the transport to complain about, as without us."""
    mount(session)
    with pytest.raises(requests.exceptions.InvalidURL):
        session.get("http://[x]/")
    with pytest.raises(requests.exceptions.InvalidSchema):
        session.get("mailto:me@example.com")


def test_an_index_auth_of_one_request_is_left_to_the_adapter(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Where an adapter of ours is mounted it is the one that answers; two do not get into each other's way."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    assert session.get(index.page_url(), auth=IndexAuth()).status_code == 200
    assert index.authorizations == [None, ME]


def test_a_request_that_is_prepared_and_not_sent_keeps_no_thread_waiting(
    session: requests.Session, serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the policy is `always` a credential is chosen as early as that, and others send theirs all the same."""
    monkeypatch.setattr(flow, "TRIAL_SECONDS", 600)
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session, [Index(index.index_url(), authenticate="always")])
    kept = session.prepare_request(requests.Request("GET", index.page_url("one")))
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(session.get, index.page_url("two"))
        assert answer.result(timeout=60).status_code == 200  # the wait for a verdict would take ten minutes
    assert session.send(kept).status_code == 200
    assert index.authorizations == [ME, ME]


def test_a_copy_of_a_prepared_request_is_as_good(session: requests.Session, serve_index: ServeIndex) -> None:
    """Userinfo is given and remembered in it as in the first."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    mount(session, [Index(index.index_url())])
    url = index.at("/simple/one/", user="me", password="pw")
    prepared = session.prepare_request(requests.Request("GET", url)).copy()
    assert session.send(prepared).status_code == 200
    assert session.get(index.page_url("two")).status_code == 200
    assert index.authorizations == [ME, ME]


def test_a_request_that_never_forbids_is_not_even_prepared(session: requests.Session, serve_index: ServeIndex) -> None:
    """It is not known yet which session and which adapter will send it."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    mount(session, [Index(index.index_url(), authenticate="never")])
    with pytest.raises(CredentialsNotAllowedError):
        session.prepare_request(requests.Request("GET", index.at("/simple/one/", user="me", password="pw")))


def test_a_user_name_that_no_header_can_carry_is_warned_of(
    session: requests.Session, serve_index: ServeIndex, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """And left out: the sources are asked as if it were not there."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    assert session.get(index.at("/simple/one/", user="a:hunter2")).status_code == 200
    assert index.authorizations == [None, ME]
    assert "userinfo is left out" in caplog.text
    assert "hunter2" not in caplog.text
