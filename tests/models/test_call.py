"""What is known of a request before anything is sent."""

from __future__ import annotations

import pytest

from requests_indexauth.models.call import SAFE_METHODS, Call
from requests_indexauth.models.index import Index
from support.queries import query

URL = "https://h/file.whl"


def test_a_call_without_an_index() -> None:
    """The policy is auto, and what holds holds for the realm."""
    call = Call(query(URL))
    assert (call.policy, call.where, call.label) == ("auto", call.query.realm, "https://h")


def test_a_call_an_index_covers() -> None:
    """The index says the policy, and what holds holds for it."""
    index = Index("https://h/", "name", "never")
    call = Call(query(URL, index=index))
    assert (call.policy, call.where, call.label) == ("never", index, "name")


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "get"])
def test_what_may_be_repeated(method: str) -> None:
    """RFC 9110, section 9.2.1."""
    assert Call(query(URL), method).safe is (method in SAFE_METHODS)


def test_a_query_shows_no_user_name() -> None:
    """A user name without a password may be a token."""
    text = repr(query("https://tok3n@h/", username="tok3n"))
    assert "tok3n" not in text
    assert "username=****" in text
    assert "username=None" in repr(query("https://h/"))
