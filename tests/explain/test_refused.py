"""Advice where a credential was refused, or will be. Other refusals are rows of `support/why_table.py`."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.explained import explained

if TYPE_CHECKING:
    from support.commands import Run

URL = "https://pkgs.example.com/team/simple/"


def jwt(**claims: object) -> str:
    """Return something in the form of a JSON web token."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{body}.c2ln"


@pytest.mark.parametrize(
    ("token", "expired"),
    [
        (jwt(exp=1000000000), True),
        (jwt(exp=4_000_000_000), False),
        (jwt(), False),
        (jwt(exp="soon"), False),
        (jwt(exp=1e300), False),
        (jwt(exp=None), False),
        ("a.b.c", False),
        ("no-token", False),
        ("é.é.é", False),
    ],
    ids=["past", "future", "no time", "no number", "far too far", "null", "no JSON", "opaque", "no ASCII"],
)
def test_advice_for_a_token_that_is_past_its_time(run: Run, token: str, expired: bool) -> None:  # noqa: FBT001
    """A JSON web token says itself when it ends: no request is needed to see it."""
    CredentialStore().set(URL, Credentials.basic("me", token))
    answer = explained(run, URL, code=0)
    assert (answer["advice"] == "the token from store expired at 2001-09-09 01:46 UTC: get a new one") is expired
    assert (answer["advice"] is None) is not expired
