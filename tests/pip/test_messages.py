"""What a child and its parent tell each other, as JSON has it."""

from __future__ import annotations

import json

import pytest

from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.found import Found
from requests_indexauth.models.url import parse_url
from requests_indexauth.pip.messages import packed, unpacked

REALM = parse_url("https://pkgs.example.com/").realm


@pytest.mark.parametrize(
    "found",
    [
        pytest.param(Found(Credentials.basic("me", "pw"), "netrc", REALM), id="basic"),
        pytest.param(Found(Credentials.basic("me", None), "the request", REALM, "/team"), id="a user name alone"),
        pytest.param(Found(Credentials.bearer("token"), "helper", REALM, None, 4102444800.0), id="bearer that ends"),
    ],
)
def test_a_credential_comes_out_of_its_message_as_it_went_in(found: Found) -> None:
    """With its secret and source, and how far and how long it counts."""
    arrived = unpacked(json.loads(json.dumps(packed(found))), REALM)
    assert arrived is not None
    assert (arrived.credentials, arrived.header) == (found.credentials, found.header)
    assert (arrived.source, arrived.prefix, arrived.expires) == (found.source, found.prefix, found.expires)


@pytest.mark.parametrize("found", [None, Found.given("Basic bWU6cHc=", REALM)], ids=["nothing", "a header that is set"])
def test_what_is_no_credential_is_told_as_none(found: Found | None) -> None:
    """A header that a caller set is for its own request, and tells no user and password."""
    assert unpacked(packed(found), REALM) is None
