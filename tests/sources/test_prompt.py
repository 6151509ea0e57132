"""The `prompt` callback as a source: when it is asked, and what it may answer."""

from __future__ import annotations

from typing import Any

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.prompt import PromptSource
from support.queries import query

PAGE = "https://pkgs.example.com/team/simple/thing/"
ALWAYS = Index("https://pkgs.example.com/team/simple/", authenticate="always")
AUTO = Index("https://pkgs.example.com/team/simple/")
MINE = Credentials.basic("me", "secret")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param(query(PAGE, challenged=True), None, id="after a 401"),
        pytest.param(query(PAGE, index=ALWAYS), None, id="policy always"),
        pytest.param(query(PAGE, username="me"), None, id="given user name"),
        pytest.param(query(PAGE, index=AUTO), "asked only after a 401", id="before any request"),
    ],
)
def test_when(asked: Any, reason: str | None) -> None:
    """A person is asked only when something has asked for credentials."""
    skipped = PromptSource(pytest.fail, lambda _url, _username: MINE).skipped(asked)
    assert skipped is None if reason is None else (skipped or "").startswith(reason)


def test_no_prompt() -> None:
    """Without a callback nobody is asked."""
    source = PromptSource(pytest.fail, None)
    asked = query(PAGE, challenged=True)
    assert source.skipped(asked) == "no prompt was given"
    assert source.find(asked) is None


@pytest.mark.parametrize("username", [None, "me"])
def test_answer(username: str | None) -> None:
    """The callback gets the URL and the given user name, and its answer is the source's."""
    calls = []

    def prompt(*args: object) -> Credentials:
        calls.append(args)
        return MINE

    assert PromptSource(pytest.fail, prompt).find(query(PAGE, username=username)) == Answer(MINE)
    assert calls == [(PAGE, username)]


def test_declined() -> None:
    """`None` is no answer."""
    assert PromptSource(pytest.fail, lambda _url, _username: None).find(query(PAGE, challenged=True)) is None


def test_token_for_a_given_user() -> None:
    """A Bearer token has no user name, so it fits any given one."""
    token = Credentials.bearer("t")
    assert PromptSource(pytest.fail, lambda _url, _username: token).find(query(PAGE, username="me")) == Answer(token)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(("me", "secret"), "prompt: the callback returned tuple instead of Credentials", id="a tuple"),
        pytest.param("secret", "prompt: the callback returned str instead of Credentials", id="a string"),
        pytest.param(Credentials.basic("secret", "x"), "prompt: the callback answered for another user", id="user"),
    ],
)
def test_wrong_answer(answer: Any, message: str) -> None:
    """What is not credentials of the given user is a failure that does not quote it."""
    with pytest.raises(SourceError, match=message) as caught:
        PromptSource(pytest.fail, lambda _url, _username: answer).find(query(PAGE, username="me"))
    assert "secret" not in str(caught.value)


def test_callback_fails() -> None:
    """A callback that raises is a failure of which only the exception's type is told."""

    def prompt(_url: str, _username: str | None) -> Credentials:
        raise EOFError("secret")

    with pytest.raises(SourceError, match=r"^prompt: the callback raised EOFError$") as caught:
        PromptSource(pytest.fail, prompt).find(query(PAGE, challenged=True))
    assert caught.value.__suppress_context__


def test_interrupted() -> None:
    """Ctrl-C at the prompt is the user's, and passes through."""

    def prompt(_url: str, _username: str | None) -> Credentials:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        PromptSource(pytest.fail, prompt).find(query(PAGE, challenged=True))
