"""All sources together. (Their order: `tests/explain/test_explanation.py`.)"""

from __future__ import annotations

import pytest

from requests_indexauth.config.helpers import given_helpers
from requests_indexauth.core.authenticator import Authenticator
from requests_indexauth.models.index import Index
from support.queries import query

CONFIGURED_FOR_THE_URL = ["environment", "index URL"]
ENCRYPTED_ALONE = ["store", "native store", ".pypirc", "helper", "keyring"]


@pytest.mark.parametrize(
    ("scheme", "asked"),
    [
        ("http", [*CONFIGURED_FOR_THE_URL, "netrc", "prompt"]),
        ("https", [*CONFIGURED_FOR_THE_URL, "secret_of()", "netrc", *ENCRYPTED_ALONE, "prompt"]),
    ],
    ids=["http", "https"],
)
def test_over_plain_http_only_what_is_configured_for_the_url_netrc_and_a_person_are_asked(
    monkeypatch: pytest.MonkeyPatch, scheme: str, asked: list[str]
) -> None:
    def secret_of(_url: str, _username: str | None) -> None:
        """Have nothing."""

    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")
    index = Index(f"{scheme}://pkgs.example.com/simple/", "team")
    authenticator = Authenticator(
        [index],
        keyring_provider="import",
        credential_helper=given_helpers("acme-token"),
        sources=(secret_of,),
        prompt=secret_of,
    )
    question = query(f"{index.url}thing/", index=index, challenged=True)
    assert list(authenticator.resolver.asked(question)) == asked
