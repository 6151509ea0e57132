"""A function of the program's own as a source: when it is asked, and what it may answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.function import FunctionSource, function_sources
from support.queries import query

if TYPE_CHECKING:
    from requests_indexauth.models.query import Query

PAGE = "https://pkgs.example.com/team/simple/thing/"
ALWAYS = Index("https://pkgs.example.com/team/simple/", authenticate="always")
MINE = Credentials.basic("me", "secret")


def source(function: Any = lambda _url, _username: MINE) -> FunctionSource:
    """Return a source that must not warn."""
    return FunctionSource(pytest.fail, function, "mine()")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        pytest.param(query(PAGE, challenged=True), None, id="after a 401"),
        pytest.param(query(PAGE, index=ALWAYS), None, id="policy always"),
        pytest.param(query(PAGE, username="me"), None, id="given user name"),
        pytest.param(query(PAGE, index=ALWAYS)._replace(has_body=True), None, id="a body for an index"),
        pytest.param(query(PAGE), "asked only after a 401", id="before any request"),
        pytest.param(query("http://h.example/", challenged=True), "plain http to a host", id="plain http"),
        pytest.param(query("http://localhost/", challenged=True), None, id="plain http to this machine"),
    ],
)
def test_when(asked: Query, reason: str | None) -> None:
    """A function is asked only when something has asked for credentials."""
    skipped = source().skipped(asked)
    assert skipped is None if reason is None else (skipped or "").startswith(reason)


@pytest.mark.parametrize("username", [None, "me"])
def test_an_answer(username: str | None) -> None:
    """The function gets the URL and the given user name, and its answer is the source's."""
    calls = []

    def function(*args: object) -> Credentials:
        calls.append(args)
        return MINE

    assert source(function).find(query(PAGE, username=username)) == Answer(MINE)
    assert calls == [(PAGE, username)]


def test_nothing() -> None:
    """`None` is no answer."""
    assert source(lambda _url, _username: None).find(query(PAGE)) is None


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(("me", "secret"), "the callback returned tuple instead of Credentials", id="a tuple"),
        pytest.param("secret", "the callback returned str instead of Credentials", id="a text"),
        pytest.param(Credentials.basic("secret", "x"), "the callback answered for another user", id="another user"),
    ],
)
def test_a_wrong_answer(answer: object, message: str) -> None:
    """It is a failure that does not quote it."""
    with pytest.raises(SourceError) as caught:
        source(lambda _url, _username: answer).find(query(PAGE, username="me"))
    assert str(caught.value).startswith(f"mine(): {message}")
    assert "secret" not in str(caught.value)


def test_an_exception_is_named_alone() -> None:
    """Its message may hold the secret."""

    def function(_url: str, _username: str | None) -> Credentials | None:
        message = "secret"
        raise KeyError(message)

    with pytest.raises(SourceError, match=r"^mine\(\): the callback raised KeyError$") as caught:
        source(function).find(query(PAGE))
    assert caught.value.__suppress_context__


def test_a_function_that_asks_itself_is_not_asked_again() -> None:
    """By a session of its own, say: that request goes without it."""
    seen: list[str | None] = []

    def function(_url: str, _username: str | None) -> Credentials | None:
        inner = FunctionSource(pytest.fail, function, "mine()")
        seen.append(inner.skipped(query(PAGE, challenged=True)))
        return MINE

    outer = source(function)
    assert outer.find(query(PAGE)) == Answer(MINE)
    assert seen == ["it is being asked: this request is its own"]
    assert outer.skipped(query(PAGE, challenged=True)) is None


def test_names() -> None:
    """Each is called by its function's name, and no two alike: what is kept of them is kept by it."""

    def token(_url: str, _username: str | None) -> None: ...

    class Vault:
        def __call__(self, _url: str, _username: str | None) -> None: ...

    functions: list[Any] = [token, token, Vault(), partial(token), lambda _url, _username: None, token]
    named = [one.name for one in function_sources(pytest.fail, functions)]
    assert named == ["token()", "token() 2", "Vault()", "partial()", "<lambda>()", "token() 3"]
