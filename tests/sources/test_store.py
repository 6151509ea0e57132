"""The credential store as a source: which URLs it is asked for, what it answers, when the file is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.store import StoreSource
from requests_indexauth.store.file_store import CredentialStore
from support.platforms import STORE
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

HOST = "https://pkgs.example.com"
PAGE = f"{HOST}/team/simple/thing/"
ME = Credentials.basic("me", "pw")


@pytest.fixture
def store(home: Path) -> CredentialStore:
    """Return uv's own store, in this test's home folder."""
    return CredentialStore(home / STORE)


@pytest.fixture
def source(store: CredentialStore) -> StoreSource:
    """Return a source that must not warn."""
    return StoreSource(pytest.fail, store=store)


@pytest.mark.parametrize(
    ("service", "url", "username", "expected"),
    [
        pytest.param(HOST, PAGE, None, Answer(ME, None), id="whole host"),
        pytest.param(f"{HOST}/team/", PAGE, None, Answer(ME, "/team"), id="path"),
        pytest.param(f"{HOST}/team", PAGE, "me", Answer(ME, "/team"), id="given user"),
        pytest.param(f"{HOST}/team", PAGE, "you", None, id="another user"),
        pytest.param(f"{HOST}/te", PAGE, None, None, id="no boundary"),
        pytest.param("http://localhost:8080", "http://localhost:8080/x", None, Answer(ME, None), id="loopback"),
    ],
)
def test_an_answer_has_the_entrys_path(
    source: StoreSource, store: CredentialStore, service: str, url: str, username: str | None, expected: Answer | None
) -> None:
    """The longest path prefix answers, and says what it is for: its path, or the whole host."""
    store.set(service, ME)
    assert source.find(query(url, username=username)) == expected


def test_uvs_own_file(store: CredentialStore) -> None:
    """Without a store of one's own it is the one that uv uses."""
    if store.path != CredentialStore().path:
        pytest.skip("another place on this system")
    store.set(HOST, ME)
    assert StoreSource(pytest.fail).find(query(PAGE)) == Answer(ME)


def test_a_user_without_password(source: StoreSource, store: CredentialStore, home: Path) -> None:
    """An entry without password names a user, which is an answer only while none is given."""
    store.set(HOST, ME)
    file = home / STORE
    file.write_text(file.read_text().replace('password = "pw"\n', ""))
    assert source.find(query(PAGE)) == Answer(Credentials.basic("me", None))
    assert source.find(query(PAGE, username="me")) is None


def test_two_users(store: CredentialStore) -> None:
    """Two users and none given: no answer, and one warning however often it is asked."""
    warnings: list[str] = []
    source = StoreSource(warnings.append)
    source = StoreSource(warnings.append, store=CredentialStore(store.path, warn=warnings.append))
    store.set(HOST, ME)
    store.set(HOST, Credentials.basic("you", "no"))
    assert [source.find(query(PAGE)) for _ in range(3)] == [None] * 3
    assert warnings == [f"store: {HOST}/ has credentials of 'me' and 'you': give a user name"]
    assert source.find(query(PAGE, username="me")) == Answer(ME)


def test_the_file_stays_in_memory(source: StoreSource, store: CredentialStore) -> None:
    """The file is read once; `refresh` lets it be read again."""
    assert source.find(query(PAGE)) is None
    store.set(HOST, ME)
    assert source.find(query(PAGE)) is None
    source.refresh()
    assert source.find(query(PAGE)) == Answer(ME)


def test_damage_is_an_error(source: StoreSource, store: CredentialStore, home: Path) -> None:
    """The error starts with the source's name and has file and line; nothing is quoted."""
    store.set(HOST, ME)
    file = home / STORE
    file.write_text(file.read_text() + "hunter2\n")
    with pytest.raises(SourceError) as caught:
        source.find(query(PAGE))
    expected = f"store: {file}: not valid TOML at line 6: correct the file, or move it away and log in again"
    assert str(caught.value) == expected
    assert caught.value.__cause__ is None


def test_when_it_is_not_asked(store: CredentialStore) -> None:
    """Plain http to another machine and a switch are reasons, and each is said."""
    source = StoreSource(pytest.fail, store=store)
    assert source.skipped(query(PAGE)) is None
    assert source.skipped(query("http://127.0.0.1/")) is None
    assert source.skipped(query("http://pkgs.example.com/")) == "plain http to a host that is not loopback"
    assert StoreSource(pytest.fail, enabled=False).skipped(query(PAGE)) == "switched off (store=False)"
