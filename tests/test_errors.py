"""Every error: its place in the tree, its fields, its message, and that it can be pickled."""

from __future__ import annotations

import copy
import inspect
import pickle

import pytest
import requests

from requests_indexauth import errors
from requests_indexauth.errors import (
    ConfigError,
    CredentialsNotAllowed,
    IndexAuthError,
    MissingCredentials,
    PolicyError,
    SourceError,
    StoreError,
)
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.session import errors as request_errors
from requests_indexauth.session.errors import CredentialsNotAllowedError, MissingCredentialsError

URL = "https://pkgs.example.com/team/simple/thing/"
REQUEST = requests.Request("GET", URL, auth=("me", "s3cret")).prepare()
MISSING = ("no credentials for " + URL, ["'team'", 'authenticate = "always"', "(netrc, store)"])
NOT_ALLOWED = ("credentials for " + URL + " from the request", ["'team'", 'authenticate = "never"'])

EXAMPLES: dict[str, IndexAuthError] = {
    "IndexAuthError": IndexAuthError("message"),
    "StoreError": StoreError("credentials.toml, line 3: no"),
    "ConfigError": ConfigError("uv.toml: index[0].url: no"),
    "SourceError": SourceError("netrc: no"),
    "PolicyError": PolicyError(URL, "team", ("netrc",)),
    "MissingCredentials": MissingCredentials(URL, "team", ("netrc", "store")),
    "CredentialsNotAllowed": CredentialsNotAllowed(URL, "team", ("the request",)),
    "MissingCredentialsError": MissingCredentialsError(URL, "team", ("netrc", "store"), REQUEST),
    "CredentialsNotAllowedError": CredentialsNotAllowedError(URL, "team", ("the request",), REQUEST),
}


def test_every_error_is_here() -> None:
    """Each error has an example, and it is under the one base."""
    kinds = {
        name
        for module in (errors, request_errors)
        for name, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ in (module.__name__, "requests_indexauth") and not name.startswith("_")
    }
    assert kinds == set(EXAMPLES)
    assert all(isinstance(error, IndexAuthError) for error in EXAMPLES.values())


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_error_can_be_pickled(name: str, protocol: int) -> None:
    """Type, message and fields come back; the request, which may carry a secret, does not."""
    error = EXAMPLES[name]
    pickled = pickle.dumps(error, protocol)
    assert b"s3cret" not in pickled
    assert b"Authorization" not in pickled
    back = pickle.loads(pickled)  # noqa: S301
    assert type(back) is type(error)
    assert str(back) == str(error)
    for field in ("url", "index", "sources"):
        assert getattr(back, field, None) == getattr(error, field, None)
    if isinstance(back, requests.RequestException):
        assert (back.request, back.response) == (None, None)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_error_can_be_copied(name: str) -> None:
    """A copy says the same."""
    assert str(copy.copy(EXAMPLES[name])) == str(copy.deepcopy(EXAMPLES[name])) == str(EXAMPLES[name])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("MissingCredentials", MISSING),
        ("MissingCredentialsError", MISSING),
        ("CredentialsNotAllowed", NOT_ALLOWED),
        ("CredentialsNotAllowedError", NOT_ALLOWED),
    ],
)
def test_a_policy_error_says_what_is_needed_to_mend_it(name: str, said: tuple[str, list[str]]) -> None:
    """The URL, the index, the policy, and the sources."""
    text = str(EXAMPLES[name])
    assert text.startswith(said[0])
    assert all(part in text for part in said[1])
    assert "\n" not in text


def test_no_source_asked() -> None:
    """It says so."""
    assert "(none)" in str(MissingCredentials(URL, "team", ()))


def test_a_value_error_of_ours_is_one_of_python() -> None:
    """What cannot be a credential is a `ValueError`, and none of this tree."""
    with pytest.raises(ValueError, match="colon") as caught:
        Credentials.basic("a:b", "")
    assert not isinstance(caught.value, IndexAuthError)
