"""What travels in a pickle or a copy, and what stays behind: every secret."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_indexauth import (
    Credentials,
    CredentialsNotAllowedError,
    Index,
    IndexAuth,
    IndexAuthAdapter,
    MissingCredentialsError,
    mount,
)
from support.canary import answer
from support.ways import repickled, write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.index import ServeIndex

ME = ("basic", "me", "pw")

COPIES = pytest.mark.parametrize(
    "again", [repickled, copy.copy, copy.deepcopy], ids=["pickled", "copied", "deeply copied"]
)


@COPIES
def test_an_auth_keeps_its_options_and_forgets_what_it_learned(
    again: Callable[[Any], Any], session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """The new object starts as the old one did: its first request goes out bare."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    auth = session.auth = IndexAuth([Index(index.index_url(), "private")], keyring_provider="disabled", prompt=answer)
    session.get(index.page_url())
    made = again(auth)
    assert repr(made) == repr(auth)
    assert made.authenticator is not auth.authenticator
    index.clear()
    session.auth = made
    assert session.get(index.page_url()).status_code == 200
    assert index.authorizations == [None, ME]


@pytest.mark.parametrize("again", [repickled, copy.deepcopy], ids=["pickled", "deeply copied"])
def test_a_session_forgets_what_it_learned(
    again: Callable[[Any], Any], session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Its adapters and its auth still belong together, and know nothing yet."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    session.get(index.page_url())
    index.clear()
    with again(session) as made:
        assert made.get_adapter("http://h/").auth is made.auth is made.get_adapter("https://h/").auth
        assert made.get(index.page_url()).status_code == 200
    assert index.authorizations == [None, ME]


@pytest.mark.parametrize("transport", [None, HTTPAdapter(pool_maxsize=7)], ids=["by itself", "over another"])
def test_an_adapter_keeps_what_it_sends_with(transport: HTTPAdapter | None) -> None:
    """Pool sizes and retries are `HTTPAdapter`'s own state, and come back."""
    options: dict[str, Any] = {} if transport else {"pool_maxsize": 7, "max_retries": 2}
    adapter = repickled(IndexAuthAdapter(transport=transport, **options))
    assert adapter._pool_maxsize == 7
    assert adapter.max_retries.total == (0 if transport else 2)
    assert (adapter.transport is None) is (transport is None)
    adapter.close()


def test_an_index_leaves_its_userinfo_behind() -> None:
    """A pickle of an index holds its URL, name and policy."""
    index = Index("https://me:pw@h/simple/", "private", "always")
    made = repickled(index)
    assert (made.url, made.name, made.authenticate) == ("https://h/simple/", "private", "always")
    assert made.credentials is None
    assert copy.copy(index) is copy.deepcopy(index) is index


def test_a_credential_leaves_its_secret_behind() -> None:
    """What comes back says whose it was, and cannot be sent."""
    made = repickled(Credentials.basic("me", "pw"))
    assert (made.scheme, made.username, made.password) == ("basic", "me", None)
    with pytest.raises(ValueError, match="its secret was left behind"):
        made.header  # noqa: B018 - the look-up is the test
    credentials = Credentials.basic("me", "pw")
    assert copy.copy(credentials) is copy.deepcopy(credentials) is credentials


@pytest.mark.parametrize("credentials", [Credentials.basic("token", None), Credentials.basic("token", "")], ids=str)
def test_a_user_name_without_password_is_left_behind_too(credentials: Credentials) -> None:
    """It may be a token."""
    assert repickled(credentials).username is None
    assert "token" not in repr(credentials)


@pytest.mark.parametrize("kind", [MissingCredentialsError, CredentialsNotAllowedError])
def test_an_error_keeps_its_fields_and_leaves_the_request_behind(kind: type[Any]) -> None:
    """Another process sees the same message; the request may have carried somebody's secret."""
    error = kind("https://h/simple/x/", "private", ("netrc", "store"), requests.Request("GET", "https://h/").prepare())
    made = repickled(error)
    assert str(made) == str(error)
    assert (made.url, made.index, made.sources) == (error.url, error.index, error.sources)
    assert made.request is None
    assert isinstance(made, requests.RequestException)


def test_a_response_can_be_pickled(session: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """Caches do: the answer, its history and its request come back without the credential."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    response = session.get(index.at("/simple/thing/", user="me", password="pw"))
    made = repickled(response)
    assert made.content == response.content
    assert made.request.headers["Authorization"] == "****"
    assert made.request.hooks == {"response": []}
    assert type(copy.deepcopy(response.request.hooks)) is dict


@pytest.mark.parametrize("source", ["the URL", "netrc"])
@pytest.mark.parametrize("copied", [requests.PreparedRequest.copy, copy.copy, copy.deepcopy])
def test_a_copy_of_a_prepared_request_gets_in_as_the_request_does(
    copied: Callable[[requests.PreparedRequest], requests.PreparedRequest],
    source: str,
    session: requests.Session,
    serve_index: ServeIndex,
    home: Path,
) -> None:
    """The userinfo has been taken out of its URL before the copy is made."""
    index = serve_index(users={"me": "pw"})
    if source == "netrc":
        write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    userinfo = {"user": "me", "password": "pw"} if source == "the URL" else {}
    request = requests.Request("GET", index.at("/simple/thing/", **userinfo))
    assert session.send(copied(session.prepare_request(request))).status_code == 200
    assert index.authorizations[-1] == ME


def test_a_deep_copy_of_a_request_with_an_auth_of_the_callers_stays_the_callers(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Nothing of ours is sent with it."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    request = session.prepare_request(requests.Request("GET", index.page_url(), auth=lambda request: request))
    assert session.send(copy.deepcopy(request)).status_code == 401
    assert index.authorizations == [None]
