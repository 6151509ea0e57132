"""pip's question for a user and a password: who is asked, and what is kept."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import CredentialStore
from requests_indexauth.pip import prompt as pip_prompt
from requests_indexauth.pip.prompt import SAVE
from support.pip_sessions import Person, made, taken_over
from support.platforms import STORE_FOLDER
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import ServeIndex

USERS = {"me": "secret"}


@pytest.mark.parametrize("keep", ["y", "n"])
def test_a_person_is_asked_as_pip_asks(
    session: requests.Session, serve_index: ServeIndex, keep: str, caplog: pytest.LogCaptureFixture
) -> None:
    """User, password, and whether to keep them; kept for the index, once they were accepted."""
    caplog.set_level(logging.INFO)
    index = serve_index(["thing"], USERS, root="/team/simple")
    person = Person("me", "secret", keep)
    taken_over(session, made(person), index.index_url())
    assert session.get(index.page_url()).ok
    assert session.get(index.file_url()).ok
    assert person.questions == [f"User for {index.netloc}: ", "Password: ", SAVE]
    assert CredentialStore().services() == ([(f"{index.url}/team", "me")] if keep == "y" else [])
    assert ("Saved credentials to" in caplog.text) == (keep == "y")


@pytest.mark.parametrize(
    ("answers", "asked"),
    [([""], 1), ([], 1), (["me"], 2), (["me", "wrong"], 3), (["a:b", "wrong"], 2)],
    ids=["declined", "end-of-file", "no-password", "wrong", "no-header"],
)
def test_who_does_not_answer_well_is_refused_and_not_asked_again(
    session: requests.Session, serve_index: ServeIndex, answers: list[str], asked: int
) -> None:
    """The refusal is the answer; nothing is kept."""
    index = serve_index(["one", "two"], USERS)
    person = Person(*answers)
    taken_over(session, made(person), index.index_url())
    assert [session.get(index.page_url(name)).status_code for name in ("one", "two")] == [401, 401]
    assert len(person.questions) == asked
    assert CredentialStore().services() == []


def test_no_answer_to_the_offer_to_keep_them_is_a_no(session: requests.Session, serve_index: ServeIndex) -> None:
    """Ctrl-D, or a pipe with a user and a password: they are sent all the same."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    taken_over(session, made(person), index.index_url())
    assert session.get(index.page_url()).ok
    assert person.questions[-1] == SAVE
    assert CredentialStore().services() == []


def test_who_must_not_be_asked_is_not(session: requests.Session, serve_index: ServeIndex) -> None:
    """`--no-input`, which pip sets on the session's `auth` when that is made."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    auth = made(person)
    taken_over(session, auth, index.index_url())
    auth.prompting = False
    assert session.get(index.page_url()).status_code == 401
    assert person.questions == []


def test_who_has_no_terminal_sees_no_question(
    session: requests.Session, serve_index: ServeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would stand in what pip prints; an answer on stdin is read as ever."""
    monkeypatch.setattr(pip_prompt, "is_terminal", lambda _stream: False)
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret", "")
    taken_over(session, made(person), index.index_url())
    assert session.get(index.page_url()).ok
    assert person.questions == ["", "Password: ", SAVE]
    assert CredentialStore().services() == []


def test_a_password_alone_is_not_asked_for(session: requests.Session, serve_index: ServeIndex) -> None:
    """Nor does pip: a user name in the URL is often a token."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    taken_over(session, made(person), index.index_url(user="me"))
    assert session.get(index.page_url()).status_code == 401
    assert person.questions == []


def test_what_the_store_could_not_keep_is_not_offered(session: requests.Session, serve_index: ServeIndex) -> None:
    """Plain http to another machine: no question, and no failure after it."""
    index = serve_index(["thing"], USERS, host="localhost")
    person = Person("me", "secret")
    auth = made(person)
    taken_over(session, auth, index.index_url())
    assert auth.authenticator.prompt.find(query("http://127.0.0.2:1/x", challenged=True)) is not None
    assert person.questions[-1] == "Password: "


def test_a_bad_place_for_the_store_ends_no_pip(
    session: requests.Session, serve_index: ServeIndex, workdir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A project's file may say it; the answer was good."""
    (workdir / "uv.toml").write_text('auth-cache-dir = "here"\n')
    index = serve_index(["thing"], USERS)
    taken_over(session, made(Person("me", "secret", "y")), index.index_url())
    assert session.get(index.page_url()).ok
    assert "the credentials are not kept: " in caplog.text
    assert CredentialStore(workdir / "here" / "credentials.toml").services() == []


def test_a_store_that_cannot_be_written_is_one_warning(
    session: requests.Session, serve_index: ServeIndex, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer was good: pip goes on with it."""
    folder = home / STORE_FOLDER
    folder.mkdir(parents=True)
    (folder / "credentials.toml").write_text("what is this")
    index = serve_index(["thing"], USERS)
    taken_over(session, made(Person("me", "secret", "y")), index.index_url())
    assert session.get(index.page_url()).ok
    assert "the credentials are not kept: " in caplog.text
    assert "secret" not in caplog.text
