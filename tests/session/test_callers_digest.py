"""An `auth=` of the caller's that answers refusals by itself: Digest, as of `requests`; NTLM and Kerberos are alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from requests.auth import HTTPDigestAuth

from requests_indexauth import CredentialsNotAllowedError, Index, mount
from support.messages import Reply, redirect, refused, text
from support.ways import by_adapter, by_mount, write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from requests_indexauth.models.choices import Policy
    from support.messages import Request
    from support.names import Names
    from support.server import RecordingServer, Serve
    from support.ways import Way

CHALLENGE = 'Digest realm="x", nonce="n", qop="auth", algorithm=MD5'
SCHEMES = [None, "digest"]


def digest(request: Request) -> Reply:
    """Want Digest, and nothing else."""
    found = request.authorization
    return text() if found and found[0] == "digest" else refused(challenge=CHALLENGE)


def schemes(server: RecordingServer) -> list[str | None]:
    """Return the scheme of each request's credential."""
    return [None if found is None else found[0] for found in server.authorizations]


@pytest.fixture(params=[by_mount, by_adapter])
def ready(request: pytest.FixtureRequest, session: requests.Session) -> requests.Session:
    """Return a session with our adapter."""
    way: Way = request.param
    return way(session)


def test_nothing_of_ours_is_sent_instead(ready: requests.Session, serve: Serve, home: Path) -> None:
    """It is the caller's word for that call: no source is asked, and nothing remembered goes out first."""
    server = serve(digest)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    for _ in range(2):
        server.clear()
        assert ready.get(server.at("/x"), auth=HTTPDigestAuth("you", "secret")).status_code == 200
        assert schemes(server) == SCHEMES
    server.respond = lambda request: text() if request.user == "me" else refused()
    assert ready.get(server.at("/x")).status_code == 200
    server.respond = digest
    server.clear()
    assert ready.get(server.at("/x"), auth=HTTPDigestAuth("you", "secret")).status_code == 200
    assert schemes(server) == SCHEMES


@pytest.mark.parametrize("policy", ["auto", "always"])
def test_a_refusal_is_the_callers_answer(session: requests.Session, serve: Serve, home: Path, policy: Policy) -> None:
    """Also where the policy is that a credential is sent: there is one."""
    server = serve(lambda _: refused(challenge=CHALLENGE))
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session, [Index(server.at("/"), authenticate=policy)])
    assert session.get(server.at("/x"), auth=HTTPDigestAuth("you", "wrong")).status_code == 401
    assert schemes(server) == SCHEMES


def test_never_is_an_error(session: requests.Session, serve: Serve) -> None:
    """Before any traffic, as for any other credential."""
    server = serve(digest)
    mount(session, [Index(server.at("/"), authenticate="never")])
    with pytest.raises(CredentialsNotAllowedError):
        session.get(server.at("/x"), auth=HTTPDigestAuth("you", "secret"))
    assert server.requests == []


@pytest.mark.parametrize("first", [False, True], ids=["after the answer", "before it"])
def test_it_stays_in_its_realm(ready: requests.Session, serve: Serve, names: Names, first: bool) -> None:  # noqa: FBT001
    """A redirect to another host, though it challenges in the same way, gets no answer to that."""
    evil = serve(digest)
    names.point("evil.example", evil)

    def respond(request: Request) -> Reply:
        answer = digest(request)
        return redirect(evil.at("/x", host="evil.example")) if first or answer.status == 200 else answer

    good = serve(respond)
    assert ready.get(good.at("/x"), auth=HTTPDigestAuth("you", "secret")).status_code == 401
    assert schemes(evil) == [None]


def test_it_goes_on_within_its_realm(ready: requests.Session, serve: Serve) -> None:
    """A redirect to another path of the same server is answered."""
    server = serve(lambda request: redirect("/new") if request.path == "/old" else digest(request))
    assert ready.get(server.at("/old"), auth=HTTPDigestAuth("you", "secret")).status_code == 200
    assert schemes(server) == [None, *SCHEMES]


def test_other_hooks_are_no_credential(ready: requests.Session, serve: Serve, home: Path) -> None:
    """A function that looks at the answer changes nothing."""
    server = serve(lambda request: text() if request.user == "me" else refused())
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    seen = []
    ready.hooks["response"].append(lambda response, **_: seen.append(response.status_code))
    assert ready.get(server.at("/x")).status_code == 200
    assert seen == [200]
