"""The policy errors as users of `requests` meet them."""

from __future__ import annotations

import copy
import sys
from typing import TYPE_CHECKING

import pytest
import requests

from requests_indexauth import mount
from requests_indexauth.errors import CredentialsNotAllowed, MissingCredentials, PolicyError
from requests_indexauth.session.errors import CredentialsNotAllowedError, MissingCredentialsError, for_request

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex

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


def test_the_error_names_the_command(session: requests.Session, serve_index: ServeIndex, workdir: Path) -> None:
    """In its message; and the note of Python 3.11 has the remedy. The message is the same in a copy."""
    index = serve_index(["thing"], {"me": "secret"})
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{index.index_url()}"\nauthenticate = "always"')
    mount(session)
    with pytest.raises(MissingCredentialsError) as raised:
        session.get(index.page_url())
    for error in (raised.value, copy.copy(raised.value)):
        assert str(error).endswith(f"; to see why: indexauth explain {index.page_url()}")
    notes = getattr(raised.value, "__notes__", [])
    remedy = f"To mend it: keep a credential with `indexauth login {index.index_url()}`"
    assert notes == ([remedy] if sys.version_info >= (3, 11) else [])
