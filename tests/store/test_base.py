"""What all stores have in common: a look-up that warns instead of failing."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.store.file_store import CredentialStore
from support.store_files import HOST, LOGIN, ME, YOU, write

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.models.credentials import Credentials


@pytest.mark.parametrize(
    ("url", "username", "expected"),
    [
        pytest.param(f"{HOST}/team/x", None, ME, id="URL below"),
        pytest.param("pkgs.example.com/team", None, ME, id="service without a scheme"),
        pytest.param(f"{HOST.replace('//', '//me@')}/team", None, ME, id="user in the URL"),
        pytest.param(f"{HOST.replace('//', '//you@')}/team", None, None, id="another user in the URL"),
        pytest.param(f"{HOST.replace('//', '//you@')}/team", "me", ME, id="the user asked for counts"),
        pytest.param(f"{HOST}/team", "you", None, id="another user"),
        pytest.param(f"{HOST}/teams", None, None, id="no boundary"),
        pytest.param("https://h:99999/", None, None, id="no URL"),
        pytest.param("ex ample", None, None, id="no service"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_look_up(
    store: CredentialStore, path: Path, url: str, username: str | None, expected: Credentials | None
) -> None:
    """A look-up takes URLs and services; what is neither has no credential."""
    write(path, LOGIN)
    assert store.get(url, username) == expected


def test_two_users_are_a_riddle(path: Path) -> None:
    """Two users equally specific and none given: no answer, and one warning that names both."""
    warnings: list[str] = []
    store = CredentialStore(path, warn=warnings.append)
    for credentials in (YOU, ME):
        store.set(f"{HOST}/team", credentials)
    assert [store.get(f"{HOST}/team/x") for _ in range(2)] == [None, None]
    assert warnings == [f"store: {HOST}/team has credentials of 'me' and 'you': give a user name"]
    assert store.get(f"{HOST}/team/x", "you") == YOU
    assert len(store.find(f"{HOST}/team/x")) == 2


def test_warnings_go_to_the_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a place for warnings they are records of the package's logger, once each."""
    write(path, "broken")
    store = CredentialStore(path)
    assert [store.get(HOST), store.get(HOST)] == [None, None]
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("requests_indexauth", logging.WARNING)
    expected = f"store: {path}: not valid TOML at line 1: correct the file, or move it away and log in again"
    assert record.getMessage() == expected
