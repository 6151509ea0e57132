"""What is written down of each attempt: status, credential, challenge, and where it led."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.explained import explained
from support.messages import Reply, redirect, refused

if TYPE_CHECKING:
    from support.commands import Run
    from support.index import ServeIndex
    from support.server import Serve


def test_live_shows_each_attempt(run: Run, serve_index: ServeIndex) -> None:
    """Bare, refused with the challenge, then the store's credential, accepted."""
    index = serve_index(["thing"], {"me": "secret"})
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    answer = explained(run, index.index_url(), "--live", code=0)
    assert answer["attempts"] == [
        {"status": 401, "credential": None, "www_authenticate": 'Basic realm="index"', "url": index.index_url()},
        {"status": 200, "credential": "store", "www_authenticate": None, "url": index.index_url()},
    ]
    assert answer["advice"] is None
    assert index.statuses == [401, 200]


def test_live_shows_where_a_redirect_leads(run: Run, serve: Serve) -> None:
    """Without its query, which may be a signature; the credential stays behind."""
    files = serve()
    server = serve(lambda request: redirect(files.at("/f?sig=hunter22&se=1")) if request.user else refused())
    CredentialStore().set(server.url, Credentials.basic("me", "secret"))
    ran = run("explain", server.url, "--live")
    assert ran.code == 0
    assert f"request 3     200 without a credential, at {files.at('/f?****')}\n" in ran.out
    assert "hunter22" not in ran.out


def test_live_without_an_answer(run: Run, serve: Serve) -> None:
    """One line, exit 1, and no message of the network library's."""
    ran = run("explain", serve(listening=False).url, "--live")
    assert (ran.code, ran.err) == (1, "")
    assert "request 1     no answer (ConnectionError)\n" in ran.out
    assert "advice        the server gave no answer" in ran.out


@pytest.mark.parametrize("url", [f"https://{'a' * 64}.localhost/", "https://127.0.0.1:9/"], ids=["label", "bundle"])
def test_live_survives_what_requests_lets_through(run: Run, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A host that is none and a missing bundle of certificates are errors of other kinds, and a line all the same."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there")
    ran = run("explain", url, "--live")
    assert (ran.code, ran.err) == (1, "")
    assert "request 1     no answer (" in ran.out


def test_a_challenge_cannot_steer_the_terminal(run: Run, serve: Serve) -> None:
    """Control characters of a server's are not passed on."""
    server = serve(lambda _: Reply(401, {"WWW-Authenticate": 'Basic realm="\x1b[2Jevil"'}))
    ran = run("explain", server.url, "--live")
    assert ran.code == 1
    assert "\x1b" not in ran.out
    assert 'realm="?[2Jevil"' in ran.out
