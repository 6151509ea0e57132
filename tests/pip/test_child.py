"""The pip that installs build dependencies: it asks its parent, and reads nothing by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.models.found import Found
from requests_indexauth.pip.child import ParentResolver
from support.pip_sessions import OurPipError, Person, authenticator_of, child_of, made, taken_over, write_netrc
from support.platforms import STORE_FOLDER
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


def test_a_child_starts_with_what_its_parent_knows(
    session: requests.Session, serve_index: ServeIndex, home: Path, workdir: Path
) -> None:
    """Arguments, names, policies and accepted credentials; the child reads no file and is refused nothing."""
    write_netrc(home)
    index = serve_index(["one", "two"], USERS)
    (workdir / "uv.toml").write_text('[[index]]\nname = "closed"\nurl = "https://h/b"\nauthenticate = "always"\n')
    parent = made()
    taken_over(session, parent, index.index_url()).get(index.page_url("one"))
    (home / ".netrc").unlink()
    with child_of(parent, "install", "-i", index.index_url()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url("two")).ok
        assert authenticator_of(child).argv == ["pip-runner", "install", "-i", index.index_url()]
        assert [(one.name, one.authenticate) for one in child.authenticator.indexes.all][-1] == ("closed", "always")
        with pytest.raises(OurPipError, match=r"netrc, store"):
            theirs.get("https://h/b/thing/")
    assert index.authorizations == [None, GOOD, GOOD]


def test_a_child_asks_its_parent_for_what_it_needs(
    serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch, workdir: Path
) -> None:
    """A credential nobody has needed before: the index's own at once, any other after a refusal."""
    index = serve_index(["thing"], USERS)
    other = serve_index(["thing"], USERS, root="/team/simple")
    write_netrc(home)
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "team"\nurl = "{other.index_url()}"\n')
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "secret")
    with child_of(made()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
        assert theirs.get(other.page_url()).ok
    assert index.authorizations == [None, GOOD]
    assert other.authorizations == [GOOD]


def test_a_child_that_was_refused_gets_the_next_source(serve_index: ServeIndex, home: Path) -> None:
    """A host-wide netrc entry does not hide the store's, there as here."""
    index = serve_index(["thing"], USERS)
    write_netrc(home, "wrong")
    CredentialStore().set(index.index_url(), Credentials.basic("me", "secret"))
    with child_of(made()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
    assert index.authorizations == [None, ("basic", "me", "wrong"), GOOD]


def test_a_remembered_credential_that_is_refused_is_looked_for_afresh(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """The parent reads its files again when the child says that what it was given does not work any more."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    parent = made()
    taken_over(session, parent, index.index_url()).get(index.page_url())
    index.root.users["me"] = "changed"
    write_netrc(home, "changed")
    with child_of(parent) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
    assert index.authorizations == [None, GOOD, GOOD, ("basic", "me", "changed")]


def test_a_bearer_token_and_a_user_name_reach_the_child(
    serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch, workdir: Path
) -> None:
    """Whatever a source may answer with."""
    index = serve_index(["thing"], tokens={"t0ken"})
    store = home / STORE_FOLDER
    store.mkdir(parents=True)
    (store / "credentials.toml").write_text(
        f'[[credential]]\nservice = "{index.url}"\nscheme = "bearer"\ntoken = "t0ken"\n'
    )
    (workdir / "uv.toml").write_text('[[index]]\nname = "team"\nurl = "https://h/simple"\n')
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    with child_of(made()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
        authenticator = child.authenticator
        own = authenticator.resolver.index_credential(query("https://h/simple/x/", index=authenticator.indexes.all[-1]))
        assert isinstance(own, Found)
        assert (own.username, own.complete) == ("me", False)


def test_a_child_does_not_prompt(serve_index: ServeIndex) -> None:
    """As with plain pip: its output is hidden behind a spinner."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    with child_of(made(person)) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).status_code == 401
    assert person.questions == []


def test_a_child_whose_parent_is_gone_goes_on_without(caplog: pytest.LogCaptureFixture) -> None:
    """It has no credentials, and says so once."""
    with child_of(made()) as child:
        resolver = authenticator_of(child).resolver
        assert isinstance(resolver, ParentResolver)
        resolver._connection.close()
        assert resolver.ask(query("https://h/x"), lambda _: False) is None
        assert resolver.asked(query("https://h/x")) == ()
    assert caplog.text.count("does not answer") == 1
