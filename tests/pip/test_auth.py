"""What is the `auth` of pip's sessions: what it sends, and what it leaves to pip's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from support.future_pip import FUTURE, run_future
from support.messages import redirect
from support.pip_sessions import OurPipError, made, taken_over, write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex
    from support.messages import Request
    from support.server import Serve

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


def test_pages_and_files_cost_one_refusal(session: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """K packages, K + 1 requests, and a session of pip has no other authentication."""
    write_netrc(home)
    index = serve_index(["one", "two"], USERS)
    taken_over(session, made(), index.index_url())
    for name in ("one", "two"):
        assert session.get(index.page_url(name)).ok
        assert session.get(index.file_url(name)).ok
    assert index.authorizations == [None] + [GOOD] * 4


def test_two_sessions_share_what_was_found(serve_index: ServeIndex, home: Path) -> None:
    """pip makes a second session to look for a newer pip; one made without options has the indexes of the first."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    auth = made()
    with requests.Session() as first, requests.Session() as second:
        taken_over(first, auth, index.index_url()).get(index.page_url())
        taken_over(second, auth).get(index.page_url())
    assert auth.index_urls == [index.index_url()]
    assert index.authorizations == [None, GOOD, GOOD]


def test_a_redirect_takes_no_credential_along(
    session: requests.Session, serve_index: ServeIndex, serve: Serve, home: Path
) -> None:
    """After the first request the short way is taken; a redirect from there is still judged as one."""
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\nmachine localhost login x password y\n")
    other = serve(host="localhost")
    index = serve_index(["thing"], USERS)
    taken_over(session, made(), index.index_url())
    session.get(index.page_url())
    answer = index.respond

    def respond(request: Request) -> Any:
        reply = answer(request)
        return redirect(other.at("/file")) if reply.status == 200 else reply

    index.respond = respond
    assert session.get(index.page_url()).url == other.at("/file")
    assert other.authorizations == [None]


def test_a_url_whose_host_is_not_clear_is_an_error_of_pip(session: requests.Session) -> None:
    """It says which URL, and nothing of its userinfo."""
    auth = made()
    taken_over(session, auth)
    request = requests.Request("GET", "http://127.0.0.1/").prepare()
    request.url = "http://me:secret@good\\@evil/"
    with pytest.raises(OurPipError) as caught:
        auth.sender(HTTPAdapter().send)(request)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("policy", ["always", "never"])
def test_a_policy_is_kept(session: requests.Session, serve_index: ServeIndex, workdir: Path, policy: str) -> None:
    """What is missing, or too much, is pip's own error and sends nothing."""
    index = serve_index(["thing"], USERS)
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{index.index_url()}"\nauthenticate = "{policy}"\n')
    url = index.index_url() if policy == "always" else index.index_url(user="me", password="secret")
    taken_over(session, made(), url)
    with pytest.raises(OurPipError, match=policy):
        session.get(index.page_url())
    assert index.requests == []


MORE_OF_AUTH = (
    "class Auth:\n    index_urls, colour = None, 'blue'\n    def paint(self): return self.colour\n"
    "class PipSession:\n    def __init__(self): self.get_adapter = self.auth = Auth()\n"
)


def test_a_pip_that_wants_more_of_its_authentication_gets_it_from_its_own(tmp_path: Path) -> None:
    """What a future pip has added there is none of our business, and said once."""
    ask = (
        "from pip._internal.network.session import PipSession\n"
        "for _ in range(2): print(PipSession().auth.paint(), PipSession().auth.colour)\n"
        "print(hasattr(PipSession().auth, 'size'))\n"
    )
    ran = run_future(tmp_path, {**FUTURE, "pip/_internal/network/session.py": MORE_OF_AUTH, "pip/__main__.py": ask})
    assert (ran.code, ran.out) == (0, "blue blue\nblue blue\nFalse\n"), ran
    assert ran.err.count("pip-indexauth: this pip is not one it knows (it wants more") == 1, ran
