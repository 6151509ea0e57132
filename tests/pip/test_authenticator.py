"""pip's indexes beside those of the configuration: whose credential, name and policy count."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.pip.auth import PipAuth
from support.pip_sessions import made, taken_over

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


def test_userinfo_of_an_index_is_its_own_credential(
    session: requests.Session, serve_index: ServeIndex, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip copies it to each page's URL: variables go before it, and refused it is sent once."""
    index = serve_index(["one", "two"], USERS)
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "team"\nurl = "{index.index_url()}"\n')
    taken_over(session, made(), index.index_url(user="me", password="old"))
    page, other = (index.at(f"/simple/{name}/", user="me", password="old") for name in ("one", "two"))
    assert [session.get(url).status_code for url in (page, other)] == [401, 401]
    assert index.authorizations == [("basic", "me", "old"), None]
    index.clear()
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "secret")
    assert session.get(page).ok
    assert index.authorizations == [GOOD]


@pytest.mark.parametrize(
    ("given", "configured", "expected"),
    [
        ("https://h/a/simple", None, ("https://h/a/simple/", None, "auto", None)),
        ("https://h/a/simple", "https://h/a", ("https://h/a/simple/", "ours", "always", None)),
        ("https://h/a/simple", "https://me:pw@h/a/simple", ("https://h/a/simple", "ours", "always", "me")),
        ("https://you:pw@h/a/simple/", "https://me:pw@h/a", ("https://h/a/simple/", "ours", "always", "you")),
        ("https://h/b/simple", "https://h/a/simple", ("https://h/b/simple/", None, "auto", None)),
    ],
    ids=["alone", "named", "with-credentials", "both", "another"],
)
def test_an_index_of_pips_keeps_the_name_and_policy_of_uvs_configuration(
    workdir: Path, given: str, configured: str | None, expected: tuple[str | None, ...]
) -> None:
    """pip knows neither; credentials that pip was given go before those of the configuration."""
    if configured:
        (workdir / "uv.toml").write_text(f'[[index]]\nname = "ours"\nurl = "{configured}"\nauthenticate = "always"\n')
    auth = PipAuth()
    auth.index_urls = ["./wheels", given]
    index = auth.authenticator.indexes.all[0]
    user = None if index.credentials is None else index.credentials.username
    assert (index.url, index.name, index.authenticate, user) == expected
