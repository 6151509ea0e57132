"""Every session of `requests` in a process is mounted, whichever code makes it."""

from __future__ import annotations

import pickle
import threading
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import pytest
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.auth import HTTPBasicAuth

import requests_indexauth
from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.session import everywhere
from support.messages import redirect

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import IndexServer, ServeIndex
    from support.server import Serve

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")
OTHER = ("basic", "you", "other")


@pytest.fixture(autouse=True)
def _everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Change the class for one test."""
    for name in ("prepare_request", "send", "get_adapter"):
        monkeypatch.setattr(requests.Session, name, getattr(requests.Session, name))
    monkeypatch.setattr(everywhere, "_changed", WeakSet())
    monkeypatch.setattr(everywhere, "_auths", {})
    everywhere.mount_all(requests.sessions)


@pytest.fixture
def index(serve_index: ServeIndex, home: Path) -> IndexServer:
    """Return an index of which netrc knows the password; and so it does of another host."""
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\nmachine localhost login x password y\n")
    return serve_index(["one", "two"], USERS)


def test_a_session_that_was_made_before_is_reached(index: IndexServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module may make one as it is imported."""
    changed = {name: getattr(requests.Session, name) for name in ("prepare_request", "send")}
    with monkeypatch.context() as before:
        for name, function in changed.items():
            before.setattr(requests.Session, name, function.__wrapped__)
        session = requests.Session()
    with session:
        assert session.get(index.page_url("one")).ok
    assert index.authorizations == [None, GOOD]


def test_get_shares_what_all_sessions_learn(index: IndexServer) -> None:
    """`requests.get` makes a session for each request: only the first of all is refused."""
    assert requests.get(index.page_url("one")).ok
    assert requests.get(index.page_url("two")).ok
    with requests.Session() as session:
        assert session.get(index.file_url("one")).ok
    assert index.authorizations == [None, GOOD, GOOD, GOOD]


def test_what_one_request_is_given_in_its_url_is_for_it_alone(serve_index: ServeIndex) -> None:
    """Two users of the program's do not get each other's password: a bare request stays as bare as without us."""
    index = serve_index(["one"], {"me": "secret", "you": "other"})
    for user, password in (("me", "secret"), ("you", "other")):
        assert requests.get(index.page_url("one").replace("//", f"//{user}:{password}@")).ok
    assert requests.get(index.page_url("one")).status_code == 401
    assert requests.get(index.file_url("one")).status_code == 401
    assert index.authorizations == [GOOD, OTHER, None, None]


def test_a_request_that_no_session_has_prepared_keeps_what_its_url_has(
    index: IndexServer, session: requests.Session
) -> None:
    """A program may prepare its requests by themselves."""
    url = index.page_url("one").replace("//", "//me:secret@")
    assert session.send(requests.Request("GET", url).prepare()).ok
    assert index.authorizations == [GOOD]


def test_a_user_name_that_one_request_is_given_is_for_it_alone(serve_index: ServeIndex) -> None:
    """It may be a token, as GitHub and GitLab take one."""
    index = serve_index(["one"], {"token": ""})
    assert requests.get(index.page_url("one").replace("//", "//token@")).ok
    assert requests.get(index.page_url("one")).status_code == 401
    assert requests.get(index.file_url("one")).status_code == 401
    assert index.authorizations == [("basic", "token", ""), None, None]


def test_whose_login_one_request_names_is_not_for_the_others_to_send(serve_index: ServeIndex) -> None:
    """A bare request has no answer where the store has two users, as it has none before."""
    index = serve_index(["one"], {"me": "secret", "you": "other"})
    store = CredentialStore()
    for user, password in index.root.users.items():
        store.set(index.url, Credentials.basic(user, password))
    for user in ("me", "you", "me"):
        assert requests.get(index.page_url("one").replace("//", f"//{user}@")).ok
    assert requests.get(index.page_url("one")).status_code == 401
    assert index.authorizations == [GOOD, OTHER, GOOD, None]


class Recording(HTTPAdapter):
    """An adapter of the program's own."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[str | None] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Remember the URL."""
        self.sent.append(request.url)
        return super().send(request, *args, **options)


def test_the_programs_adapters_do_the_sending_and_stay_what_they_are(
    index: IndexServer, session: requests.Session
) -> None:
    """Mounted before the first request or after it."""
    session.mount(index.url, first := Recording())
    assert session.get(index.page_url("one")).ok
    session.mount(index.url, second := Recording())
    assert session.get(index.page_url("one")).ok
    assert first.sent == [index.page_url("one")] * 2
    assert second.sent == [index.page_url("one")]
    assert session.adapters[index.url] is second
    assert session.get_adapter(index.page_url("one")) is second
    assert session.auth is None
    first.close()


class ByItself(requests.Session):
    """A subclass that chooses its adapter by itself, and wants none of the mounted ones."""

    def __init__(self) -> None:
        super().__init__()
        self.own = Recording()

    def get_adapter(self, url: str) -> BaseAdapter:
        """Return the one there is."""
        assert url.startswith("http")
        return self.own


class Asking(ByItself):
    """One that looks at what it is given."""

    def get_adapter(self, url: str) -> BaseAdapter:
        """Return it, if it is the program's own."""
        adapter = super().get_adapter(url)
        assert type(adapter) is Recording
        return adapter


@pytest.mark.parametrize("kind", [ByItself, Asking])
def test_a_subclass_that_chooses_its_adapter_is_reached(index: IndexServer, kind: type[ByItself]) -> None:
    """What it chooses does the sending."""
    with kind() as session:
        assert session.get(index.page_url("one")).ok
        assert len(session.own.sent) == 2
        assert session.get_adapter(index.page_url("one")) is session.own
        session.own.close()


@pytest.mark.parametrize("how", ["request", "session", "header"])
def test_the_callers_word_wins(index: IndexServer, session: requests.Session, how: str) -> None:
    """A refusal of what the program gave is the program's answer."""
    options: dict[str, Any] = {}
    if how == "session":
        session.auth = ("you", "other")
    elif how == "request":
        options["auth"] = HTTPBasicAuth("you", "other")
    else:
        options["headers"] = {"Authorization": "Basic eW91Om90aGVy"}
    assert session.get(index.page_url("one"), **options).status_code == 401
    assert index.authorizations == [OTHER]


def test_a_session_that_has_lost_its_auth_is_mounted_again(index: IndexServer, session: requests.Session) -> None:
    """`session.auth = None` says that it has none, not that nothing is to be found."""
    session.auth = ("me", "secret")
    assert session.get(index.page_url("one")).ok
    session.auth = None
    assert session.get(index.page_url("two")).ok
    assert index.authorizations == [GOOD, None, GOOD]


def test_a_session_that_does_not_trust_the_environment_gets_no_netrc(index: IndexServer) -> None:
    """Nor what the other sessions have learned of it."""
    assert requests.get(index.page_url("one")).ok
    with requests.Session() as session:
        session.trust_env = False
        assert session.get(index.page_url("one")).status_code == 401
    assert index.authorizations == [None, GOOD, None]


def test_what_the_program_has_mounted_by_itself_stays(index: IndexServer, session: requests.Session) -> None:
    """It may have other settings."""
    requests_indexauth.mount(session, netrc=False)
    assert session.get(index.page_url("one")).status_code == 401
    with requests.Session() as other:
        other.mount("http://", requests_indexauth.IndexAuthAdapter(requests_indexauth.IndexAuth(netrc=False)))
        other.trust_env = False
        assert other.get(index.page_url("one")).status_code == 401
    assert index.authorizations == [None, None]


def test_a_redirect_is_judged_as_under_mount(index: IndexServer, serve: Serve, session: requests.Session) -> None:
    """What netrc has for the other host does not go there unasked, as `requests` would have it."""
    other = serve(host="localhost")
    server = serve(lambda _: redirect(other.at("/there")))
    assert session.get(server.at("/here")).url == other.at("/there")
    assert other.authorizations == [None]
    assert index.requests == []


def test_a_request_is_used_again_as_it_was(index: IndexServer, session: requests.Session) -> None:
    """The program's `Request` has no `auth` that it did not give it."""
    request = requests.Request("GET", index.page_url("one"))
    for _ in range(2):
        assert session.send(session.prepare_request(request)).ok
    assert request.auth is None
    assert index.authorizations == [None, GOOD, GOOD]


class Files(BaseAdapter):
    """An adapter for another scheme."""

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        """Answer."""
        response = requests.Response()
        response.status_code, response.request, response.url = 200, request, str(request.url)
        response.raw = None
        return response

    def close(self) -> None:
        """Close nothing."""


def test_other_schemes_are_left_alone(session: requests.Session) -> None:
    """An adapter for files knows nothing of authentication, and is called as it always was."""
    session.mount("file://", Files())
    assert session.get("file:///etc/wheels", stream=True).ok


def test_a_session_is_pickled_as_ever(index: IndexServer, session: requests.Session) -> None:
    """Nothing of ours is on it."""
    assert session.get(index.page_url("one")).ok
    text = pickle.dumps(session)
    assert b"requests_indexauth" not in text
    with pickle.loads(text) as copied:  # noqa: S301 - made a line above
        assert copied.get(index.page_url("one")).ok


def test_threads_share_one_memory(index: IndexServer) -> None:
    """Eight that begin at once: none is left without, and those that come after pay nothing."""
    statuses: list[int] = []

    def fetch() -> None:
        statuses.append(requests.get(index.page_url("one")).status_code)

    threads = [threading.Thread(target=fetch) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 8
    index.clear()
    fetch()
    assert index.authorizations == [GOOD]


def test_it_is_done_once() -> None:
    """A second call wraps nothing again."""
    before = (requests.Session.send, requests.Session.prepare_request)
    everywhere.mount_all(requests.sessions)
    assert (requests.Session.send, requests.Session.prepare_request) == before
