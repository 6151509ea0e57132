"""A call's own ``auth=``, of whatever kind, excludes ours: before and after a refusal, and in each policy."""

from __future__ import annotations

import functools
import pickle
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.auth import AuthBase

from requests_indexauth import Index, mount
from support.messages import Reply, redirect, refused, text
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.models.choices import Policy
    from support.messages import Request
    from support.server import RecordingServer, Serve

ME = ("basic", "me", "pw")


class Nothing(AuthBase):
    """Sets no header."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Token(AuthBase):
    """Sets a header of its own, as GitLab takes it."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["PRIVATE-TOKEN"] = "glpat"
        return request


def _answer(response: requests.Response, *_: Any, **options: Any) -> requests.Response:
    """Answer a challenge once, as a function that is a hook."""
    if response.status_code != 401 or "X-Again" in response.request.headers:
        return response
    again = response.request.copy()
    again.headers["X-Again"] = "yes"
    sent: requests.Response = response.connection.send(again, **options)
    return sent


def _by_function(request: requests.PreparedRequest) -> requests.PreparedRequest:
    request.register_hook("response", _answer)  # type: ignore[no-untyped-call]
    return request


def _by_partial(request: requests.PreparedRequest) -> requests.PreparedRequest:
    request.register_hook("response", functools.partial(_answer))  # type: ignore[no-untyped-call]
    return request


AUTHS: dict[str, tuple[Any, int]] = {
    "a function": (lambda request: request, 1),
    "False": (False, 1),
    "an AuthBase that sets nothing": (Nothing(), 1),
    "an AuthBase that sets another header": (Token(), 1),
    "a hook that is a function": (_by_function, 2),
    "a hook that is a partial": (_by_partial, 2),
}


def respond(request: Request) -> Reply:
    return text() if request.authorization == ME else refused()


@pytest.mark.parametrize("policy", ["auto", "always", "never"])
@pytest.mark.parametrize("warm", [False, True], ids=["cold", "warm"])
@pytest.mark.parametrize("auth", AUTHS)
def test_nothing_of_ours_is_sent(
    auth: str,
    warm: bool,  # noqa: FBT001
    policy: Policy,
    session: requests.Session,
    serve: Serve,
    home: Path,
) -> None:
    """As many requests go out as without us, and no credential."""
    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session, [Index(server.at("/"), authenticate=policy)], discover=False)
    if warm and policy != "never":
        assert session.get(server.at("/x")).status_code == 200
    server.clear()
    given, sendings = AUTHS[auth]
    for method in ("GET", "POST"):
        server.clear()
        response = session.request(method, server.at("/x"), auth=given, data=b"x" if method == "POST" else None)
        assert response.status_code == 401
        assert server.authorizations == [None] * sendings


@pytest.mark.parametrize("auth", ["a function", "False", "an AuthBase that sets another header"])
def test_nor_is_it_on_a_redirect(auth: str, session: requests.Session, serve: Serve, home: Path) -> None:
    """Each hop belongs to the call."""
    server = serve(lambda request: redirect("/new") if request.path == "/old" else respond(request))
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    assert session.get(server.at("/old"), auth=AUTHS[auth][0]).status_code == 401
    assert server.authorizations == [None, None]


@pytest.mark.parametrize("password", ["pw", "pässword"], ids=["ASCII", "Latin-1"])
def test_a_request_that_no_session_has_prepared_keeps_what_its_url_has(
    password: str, session: requests.Session, serve: Serve
) -> None:
    """`requests` makes a header of it there, and not of the session's `auth`: it is the caller's, as it is."""
    server = serve(lambda request: text("done") if request.authorization else refused())
    mount(session)
    request = requests.Request("GET", server.at("/simple/", user="me", password=password)).prepare()
    header = request.headers["Authorization"]
    assert session.send(request).text == "done"
    assert [one.headers["Authorization"] for one in server.requests] == [header]
    assert session.send(requests.Request("GET", server.at("/simple/")).prepare()).status_code == 401


def test_the_next_call_is_ours_again(session: requests.Session, serve: Serve, home: Path) -> None:
    """The word was for one call."""
    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    assert session.get(server.at("/x"), auth=Nothing()).status_code == 401
    assert session.get(server.at("/x")).status_code == 200


def authorizations_of(server: RecordingServer) -> list[Any]:
    return [found and found[0] for found in server.authorizations]


def test_a_pickled_request_is_sent_again_by_another_session(serve: Serve, home: Path) -> None:
    """Its masked header counts as none."""
    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    with requests.Session() as first, requests.Session() as second:
        mount(first)
        mount(second)
        sent = first.get(server.at("/x")).request
        assert second.send(pickle.loads(pickle.dumps(sent))).status_code == 200  # noqa: S301 - made here
    assert authorizations_of(server) == [None, "basic", None, "basic"]


def test_a_request_may_be_sent_twice(session: requests.Session, serve: Serve, home: Path) -> None:
    """What we put on it the first time is not the caller's word the second time."""
    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    prepared = session.prepare_request(requests.Request("GET", server.at("/x")))
    assert [session.send(prepared).status_code for _ in range(3)] == [200] * 3
    assert prepared.hooks == {"response": []}


def test_a_request_that_was_redirected_carries_the_same_the_second_time(
    session: requests.Session, serve: Serve
) -> None:
    """Its `auth=`, and not the other user whom its URL has: `requests` gives that one no word in it."""
    server = serve(lambda request: redirect("/to") if request.path == "/from" else text("done"))
    mount(session)
    url = server.at("/from", user="you", password="pw")
    prepared = session.prepare_request(requests.Request("GET", url, auth=("me", "pw")))
    assert [session.send(prepared).text for _ in range(2)] == ["done", "done"]
    assert server.authorizations == [ME] * 4
