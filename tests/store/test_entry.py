"""One table of the store: what it means, what is refused, and how a credential is written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.models.credentials import Credentials, Secret
from requests_indexauth.store.entry import (
    BadEntryError,
    entry_table,
    parse_entries,
    parse_entry,
    parse_owner,
    unknown_keys,
)

BASIC = {"service": "https://h/a", "username": "me", "scheme": "basic", "password": "pw"}
BEARER = {"service": "https://h/a", "scheme": "bearer", "token": "tok"}


@pytest.mark.parametrize(
    ("table", "credentials"),
    [
        pytest.param(BASIC, Credentials.basic("me", "pw"), id="basic"),
        pytest.param(BEARER, Credentials.bearer("tok"), id="bearer"),
        pytest.param({**BASIC, "username": ""}, Credentials.basic(None, "pw"), id="empty user"),
        pytest.param({**BASIC, "password": ""}, Credentials.basic("me", ""), id="empty password"),
        pytest.param({"service": "https://h/a", "username": "me"}, Credentials.basic("me", None), id="no password"),
        pytest.param({**BASIC, "added": 1}, Credentials.basic("me", "pw"), id="a key nobody knows"),
    ],
)
def test_a_table_is_read(table: dict[str, object], credentials: Credentials) -> None:
    """A table is read as uv reads it: no scheme is basic, and keys nobody knows do no harm."""
    entry = parse_entry(table, 3)
    assert (entry.service, entry.root, entry.number) == ("https://h/a", "/a", 3)
    assert entry.credentials == credentials
    assert entry.user == credentials.username


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param("hunter2", "in 'credential[1]': not a table", id="no table"),
        pytest.param({**BASIC, "password": 1}, "in 'credential[1].password': not a string", id="type"),
        pytest.param({**BASIC, "scheme": "hunter2"}, "in 'credential[1].scheme': neither", id="scheme"),
        pytest.param({"username": "hunter2"}, "in 'credential[1].service': missing", id="no service"),
        pytest.param({"service": "https://h/"}, "in 'credential[1].username': missing", id="no user"),
        pytest.param({**BASIC, "token": "hunter2"}, "in 'credential[1].token': out of place", id="token"),
        pytest.param({"service": "https://h/", "scheme": "bearer"}, "in 'credential[1].token': missing", id="no token"),
        pytest.param({**BEARER, "username": "hunter2"}, "in 'credential[1].username': out of place", id="bearer user"),
        pytest.param({**BEARER, "password": "hunter2"}, "in 'credential[1].password': out of place", id="password"),
        pytest.param({**BASIC, "service": "me@hunter2"}, "in 'credential[1].service': not an http(s) URL", id="path"),
        pytest.param({**BASIC, "service": "https://a:hunter2@h:99999/"}, "in 'credential[1].service': not", id="port"),
        pytest.param({**BASIC, "service": "http:hunter2@h"}, "in 'credential[1].service': not", id="http"),
    ],
)
def test_what_uv_refuses(table: object, message: str) -> None:
    """The error says where and why, quotes no value, and knows that uv refuses the whole file."""
    for parse in (parse_entry, parse_owner):
        with pytest.raises(BadEntryError) as caught:
            parse(table, 1)
        assert str(caught.value).startswith(message)
        assert caught.value.spoils
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("table", "message"),
    [
        pytest.param({**BASIC, "service": "ftp://h/"}, ".service': not an http(s) URL", id="another scheme"),
        pytest.param({**BASIC, "service": "FTP://h/"}, ".service': not an http(s) URL", id="in upper case"),
        pytest.param({**BASIC, "service": "example.com:80"}, ".service': not", id="what reads like a scheme"),
        pytest.param({**BASIC, "username": "a:hunter2"}, "': a Basic user name", id="colon in the user name"),
        pytest.param({**BASIC, "password": "hunter2\n"}, "': a Basic credential", id="newline"),
        pytest.param({**BEARER, "token": "hunter2 hunter2"}, "': a Bearer token must", id="blank in a token"),
        pytest.param({**BEARER, "token": ""}, "': a Bearer token must", id="empty token"),
    ],
)
def test_what_only_we_refuse(table: object, message: str) -> None:
    """What uv reads and could not send, or would never match, is refused without calling the file spoiled."""
    with pytest.raises(BadEntryError) as caught:
        parse_entry(table, 2)
    assert str(caught.value).startswith(f"in 'credential[2]{message}")
    assert not caught.value.spoils
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("table", "scheme", "user"),
    [
        pytest.param(BASIC, "basic", "me", id="basic"),
        pytest.param({**BASIC, "password": "a\nb"}, "basic", "me", id="a password that no header can carry"),
        pytest.param({**BASIC, "username": ""}, "basic", None, id="an empty user name"),
        pytest.param({"service": "https://h/a", "username": "me"}, "basic", "me", id="no password"),
        pytest.param(BEARER, "bearer", None, id="bearer"),
    ],
)
def test_an_owner_is_read_without_the_secret(table: dict[str, object], scheme: str, user: str | None) -> None:
    """What an entry is for, and whose it is, is known whatever its secret is; a user name on its own is hidden."""
    owner = parse_owner(table, 3)
    assert (owner.realm.host, owner.root, owner.scheme, owner.user, owner.number) == ("h", "/a", scheme, user, 3)
    assert isinstance(owner.user, Secret) == ("password" not in table and scheme == "basic")


def test_a_root_ends_without_slashes_alone() -> None:
    """No letter of a path is lost with the slash at its end."""
    for parse in (parse_entry, parse_owner):
        assert parse({**BASIC, "service": "https://h/boX//"}, 0).root == "/boX"


def test_a_bad_entry_leaves_the_others() -> None:
    """Each bad table is reported, and the good ones keep their numbers."""
    bad: list[BadEntryError] = []
    found = list(parse_entries([{}, BASIC, 1, BEARER], bad.append))
    assert [entry.number for entry in found] == [1, 3]
    assert [str(error)[:18] for error in bad] == ["in 'credential[0].", "in 'credential[2]'"]


@pytest.mark.parametrize(
    ("table", "label"),
    [
        pytest.param(BASIC, "'me'", id="user"),
        pytest.param({**BASIC, "username": ""}, "''", id="empty user"),
        pytest.param({"service": "https://h/", "username": "hunter2"}, "****", id="a lone user name may be a token"),
        pytest.param(BEARER, "a token without a user", id="bearer"),
    ],
)
def test_labels_hold_no_secret(table: dict[str, object], label: str) -> None:
    """Messages may name a user, but for one that may be a secret itself."""
    assert parse_entry(table, 0).label == label


def test_an_entry_shows_no_secret() -> None:
    """Neither userinfo in the service nor the password is in what an entry prints."""
    entry = parse_entry({**BASIC, "service": "https://me:hunter2@h/a", "password": "hunter2"}, 0)
    assert "hunter2" not in repr(entry)
    assert entry.service == "https://h/a"


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]))
BASICS = st.builds(Credentials.basic, TEXT.filter(lambda text: ":" not in text).map(lambda text: text or None), TEXT)
BEARERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1).map(Credentials.bearer)


@given(credentials=st.one_of(BASICS, BEARERS))
def test_what_is_written_is_read(credentials: Credentials) -> None:
    """A credential survives its table, and no key of it is unknown."""
    table = entry_table("https://h/a", credentials)
    assert parse_entry(table, 0).credentials == credentials
    assert unknown_keys(table) == {}


def test_unknown_keys_are_told_apart() -> None:
    """What else a table has is kept, whatever stands in its place."""
    assert unknown_keys({**BASIC, "added": {"a": 1}}) == {"added": {"a": 1}}
    assert unknown_keys(1) == {}
