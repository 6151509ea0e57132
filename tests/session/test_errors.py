"""The policy errors as users of `requests` meet them."""

from __future__ import annotations

import pytest
import requests

from requests_indexauth.errors import CredentialsNotAllowed, MissingCredentials, PolicyError
from requests_indexauth.session.errors import CredentialsNotAllowedError, MissingCredentialsError, for_request

URL = "https://pkgs.example.com/team/simple/thing/"
REQUEST = requests.Request("GET", URL, auth=("me", "s3cret")).prepare()


@pytest.mark.parametrize(
    ("core", "kind"),
    [
        (MissingCredentials(URL, "team", ("netrc",)), MissingCredentialsError),
        (CredentialsNotAllowed(URL, "team", ("the request",)), CredentialsNotAllowedError),
    ],
)
def test_requests_users_meet_a_requests_error(core: PolicyError, kind: type[Exception]) -> None:
    """It is both ours and a `RequestException`, with the request."""
    error = for_request(core, REQUEST)
    assert type(error) is kind
    assert isinstance(error, (type(core), requests.RequestException))
    assert isinstance(error, requests.RequestException)
    assert (error.request, error.response) == (REQUEST, None)
    assert (error.url, error.index, error.sources) == (core.url, core.index, core.sources)
    assert "s3cret" not in repr(error)
