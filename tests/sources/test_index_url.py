"""The userinfo of the configured index URL as a source."""

from __future__ import annotations

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.index_url import IndexUrlSource
from support.queries import query

PAGE = "https://pkgs.example.com/team/simple/thing/"


@pytest.mark.parametrize(
    ("userinfo", "username", "pair"),
    [
        pytest.param("me:pw@", None, ("me", "pw"), id="complete"),
        pytest.param("me:pw@", "me", ("me", "pw"), id="complete, that user given"),
        pytest.param("me:pw@", "you", None, id="complete, another user given"),
        pytest.param("me@", None, ("me", None), id="lone user name"),
        pytest.param("me@", "me", None, id="lone user name, given too: nothing new"),
        pytest.param("me@", "you", None, id="lone user name, another given"),
        pytest.param(":pw@", None, (None, "pw"), id="password alone"),
        pytest.param(":pw@", "me", ("me", "pw"), id="password alone goes with the given user"),
        pytest.param("", None, None, id="no userinfo"),
        pytest.param("", "me", None, id="no userinfo, a user given"),
        pytest.param("m%40e:p%3Aw@", None, ("m@e", "p:w"), id="percent-encoded"),
    ],
)
def test_userinfo(userinfo: str, username: str | None, pair: tuple[str | None, str | None] | None) -> None:
    """The index's URL answers for its own user."""
    index = Index(f"https://{userinfo}pkgs.example.com/team/simple/")
    asked = query(PAGE, index=index, username=username)
    source = IndexUrlSource(pytest.fail)
    assert source.skipped(asked) is None
    assert source.find(asked) == (None if pair is None else Answer(Credentials.basic(*pair)))


def test_no_index() -> None:
    """Where no index covers the URL there is nothing to ask."""
    source = IndexUrlSource(pytest.fail)
    assert source.skipped(query(PAGE)) == "no index covers the URL"
    assert source.find(query(PAGE)) is None


def test_unsendable_username() -> None:
    """A given user name that no header can carry is a failure that does not quote it."""
    index = Index("https://:pw@pkgs.example.com/team/simple/")
    with pytest.raises(SourceError, match=r"^index URL: ") as caught:
        IndexUrlSource(pytest.fail).find(query(PAGE, index=index, username="sec:ret"))
    assert "sec" not in str(caught.value)
