"""A process forked at any instant works in the child, and an interrupted question leaves nothing behind."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, Index, mount
from support.forking import in_forked_child
from support.messages import Reply, refused, text

if TYPE_CHECKING:
    import requests

    from requests_indexauth.models.choices import Policy
    from support.messages import Request
    from support.server import Serve

ME = ("basic", "me", "pw")


def respond(request: Request) -> Reply:
    return text() if request.authorization == ME else refused()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_that_is_forked_while_a_thread_is_asked_goes_on(session: requests.Session, serve: Serve) -> None:
    """It waits for no gate and no turn of a thread that it does not have, and asks for itself."""
    server = serve(respond)
    asked, answer = threading.Event(), threading.Event()
    parent = os.getpid()

    def prompt(_url: str, _username: str | None) -> Credentials:
        asked.set()
        if os.getpid() == parent:
            assert answer.wait(60)
        return Credentials.basic("me", "pw")

    mount(session, [Index(server.at("/simple/"))], discover=False, prompt=prompt)
    thread = threading.Thread(target=lambda: session.get(server.at("/simple/a/")))
    thread.start()
    try:
        assert asked.wait(60)
        assert in_forked_child(lambda: session.get(server.at("/simple/b/")).status_code) == 200
    finally:
        answer.set()
        thread.join()


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupted_prompt_is_asked_again(
    stop: type[BaseException], session: requests.Session, serve: Serve
) -> None:
    """Ctrl-C is no answer, and leaves no gate held for the next request."""
    server = serve(respond)
    stops = iter([True])

    def prompt(_url: str, _username: str | None) -> Credentials:
        if next(stops, False):
            raise stop
        return Credentials.basic("me", "pw")

    auth = mount(session, [Index(server.at("/simple/"), authenticate="always")], discover=False, prompt=prompt)
    with pytest.raises(stop):
        session.get(server.at("/simple/a/"))
    assert auth.authenticator.memo.gates._held == {}
    assert session.get(server.at("/simple/a/")).status_code == 200


@pytest.mark.parametrize("path", ["//closed/x", "///closed/x"])
@pytest.mark.parametrize("policy", ["never", "always"])
def test_the_policy_of_a_path_holds_with_any_number_of_slashes_before_it(
    path: str, policy: Policy, session: requests.Session, serve: Serve
) -> None:
    """``requests`` 2.32 and 2.33 send one slash, other releases all of them."""
    server = serve(lambda _: text())
    mount(
        session,
        [Index(server.at("/closed/simple/"), authenticate=policy)],
        discover=False,
        prompt=lambda _url, _user: Credentials.basic("me", "pw"),
    )
    session.get(f"{server.url}{path}")
    assert server.authorizations == [ME if policy == "always" else None]
