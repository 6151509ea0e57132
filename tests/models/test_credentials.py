"""What is sent, and that it shows no secret."""

from __future__ import annotations

import binascii
import copy
import json
import pickle
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.models.credentials import MASK, Credentials, Secret
from requests_indexauth.models.found import GIVEN, Found
from requests_indexauth.models.url import Realm

REALM = Realm("https", "h.example", 443)
SECRET = "s3cret"


@pytest.mark.parametrize(
    ("username", "password", "pair"),
    [
        pytest.param("me", "pw", b"me:pw", id="both"),
        pytest.param("me", None, b"me:", id="no password"),
        pytest.param("me", "", b"me:", id="an empty password"),
        pytest.param(None, "pw", b":pw", id="no user name"),
        pytest.param("", "pw", b":pw", id="an empty user name"),
        pytest.param("mé", "pä:w", "mé:pä:w".encode(), id="UTF-8, and a colon in the password"),
        pytest.param("x" * 2000, "y" * 2000, b"x" * 2000 + b":" + b"y" * 2000, id="long, in one line"),
    ],
)
def test_basic(username: str | None, password: str | None, pair: bytes) -> None:
    """RFC 7617, in UTF-8."""
    credentials = Credentials.basic(username, password)
    scheme, _, value = credentials.header.partition(" ")
    assert (scheme, binascii.a2b_base64(value)) == (
        "Basic",
        pair,
    )
    assert "\n" not in value
    assert (credentials.scheme, credentials.username, credentials.password) == ("basic", username, password)
    assert credentials.token is None
    assert credentials.complete is (password is not None)


def test_bearer() -> None:
    """RFC 6750."""
    credentials = Credentials.bearer("t.o-k_e~n+/=")
    assert credentials.header == "Bearer t.o-k_e~n+/="
    assert (credentials.scheme, credentials.username, credentials.password) == ("bearer", None, None)
    assert credentials.token == "t.o-k_e~n+/="
    assert credentials.complete


@pytest.mark.parametrize("char", ["\n", "\r", "\0", "\t", "\x1f", "\x7f", "\x85", "\ud800"])
def test_what_no_header_may_carry(char: str) -> None:
    """A control character or a lone surrogate is refused, and the error quotes nothing."""
    parts = f"{SECRET}{char}"
    for scheme, username, secret in (("basic", parts, "pw"), ("basic", "me", parts), ("bearer", None, parts)):
        with pytest.raises(ValueError, match=r"^a B") as caught:
            Credentials(scheme, username, secret)
        assert SECRET not in "".join(traceback.format_exception(caught.type, caught.value, caught.tb))


@pytest.mark.parametrize("username", ["m:e", ":", "https://h"])
def test_a_colon_in_a_user_name(username: str) -> None:
    """RFC 7617 has no way to send it."""
    with pytest.raises(ValueError, match="a Basic user name cannot hold a colon"):
        Credentials.basic(username, "pw")


@pytest.mark.parametrize("token", ["", "a b", "é"])
def test_what_is_no_token(token: str) -> None:
    """Printable ASCII without spaces, and not empty."""
    with pytest.raises(ValueError, match="a Bearer token must be"):
        Credentials.bearer(token)


@pytest.mark.parametrize("text", ["pässword \u2603", "nb\u00a0space", "soft\u00adhyphen"])
def test_what_is_odd_but_can_be_sent(text: str) -> None:
    """Not printable is not the same as a control character."""
    assert Credentials.basic("me", text).password == text


SHOWN = {
    "basic": (Credentials.basic("me", SECRET), "Credentials.basic('me', ****)"),
    "a user name alone may be a token": (Credentials.basic(SECRET, None), "Credentials.basic(****, None)"),
    "with an empty password too": (Credentials.basic(SECRET, ""), "Credentials.basic(****, ****)"),
    "a password alone": (Credentials.basic(None, SECRET), "Credentials.basic(None, ****)"),
    "nothing": (Credentials.basic(None, None), "Credentials.basic(None, None)"),
    "bearer": (Credentials.bearer(SECRET), "Credentials.bearer(****)"),
}


@pytest.mark.parametrize("kind", SHOWN)
def test_no_secret_is_shown(kind: str) -> None:
    """In repr, str, formats and pickles, of the credential and of what wraps it."""
    credentials, text = SHOWN[kind]
    assert repr(credentials) == str(credentials) == f"{credentials}" == text
    found = Found(credentials, "netrc", REALM, "/team")
    assert repr(found) == f"Found({text}, source='netrc', prefix='/team')"
    encoded = binascii.b2a_base64(SECRET.encode(), newline=False).rstrip(b"=").decode()[:-1]
    attributes = [credentials.password, credentials.token, credentials.header, found.header]
    for shown in (repr(pickle.dumps(credentials)), repr([credentials, attributes]), repr(pickle.dumps(attributes))):
        assert SECRET not in shown
        assert encoded not in shown


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_leaves_the_secret_behind(protocol: int) -> None:
    """What comes back says so when it is to be sent."""
    travelled = pickle.loads(pickle.dumps(Credentials.basic("me", SECRET), protocol))  # noqa: S301
    assert (travelled.scheme, travelled.username, travelled.password) == ("basic", "me", None)
    assert not travelled.complete
    with pytest.raises(ValueError, match="this credential was pickled: its secret was left behind"):
        _ = travelled.header


def test_a_copy_is_the_credential_itself() -> None:
    """In one process nothing is lost, and nothing is doubled."""
    credentials = Credentials.basic("me", SECRET)
    assert copy.copy(credentials) is copy.deepcopy(credentials) is credentials
    assert credentials.password is not None
    assert copy.copy(credentials.password) is copy.deepcopy(credentials.password) is credentials.password


def test_a_credential_is_frozen() -> None:
    """And its slots have no room for more."""
    credentials = Credentials.basic("me", "pw")
    for name in ("username", "password", "anything"):
        with pytest.raises(AttributeError, match=f"Credentials are immutable: cannot set '{name}'"):
            setattr(credentials, name, "x")
    with pytest.raises(AttributeError, match="immutable"):
        del credentials.username


def test_equality() -> None:
    """By scheme, user name and secret; a missing part is not an empty one."""
    basic = Credentials.basic("me", "pw")
    assert basic == Credentials.basic("me", "pw")
    assert hash(basic) == hash(Credentials.basic("me", "pw"))
    different = [Credentials.basic("me", None), Credentials.basic("me", ""), Credentials.basic(None, "pw")]
    assert len({basic, *different, Credentials.bearer("pw")}) == 5
    assert basic != ("me", "pw")


def test_a_secret_is_the_text_itself() -> None:
    """It can be compared, joined and written as JSON; only what shows an object shows the mask."""
    secret = Secret(SECRET)
    assert secret == SECRET
    assert json.dumps(secret) == f'"{SECRET}"'
    assert repr(secret) == repr(MASK)
    assert f"{[secret]}" == f"[{MASK!r}]"
    assert pickle.loads(pickle.dumps(secret)) == MASK  # noqa: S301


def test_a_given_header_is_passed_on() -> None:
    """What the caller set is not taken apart, and no more shown than our own."""
    found = Found.given("Digest anything", REALM)
    assert (found.header, found.credentials, found.source, found.username) == ("Digest anything", None, GIVEN, None)
    assert found.complete
    assert "Digest" not in repr(found)


def test_a_lone_user_name_is_not_complete() -> None:
    """It is found, and cannot be sent yet."""
    found = Found(Credentials.basic("me", None), "netrc", REALM)
    assert (found.username, found.complete) == ("me", False)


text = st.text(st.characters(exclude_categories=["Cc", "Cs"]))


@given(text.filter(lambda name: ":" not in name), text)
def test_any_pair_comes_back(username: str, password: str) -> None:
    """A server that decodes UTF-8 gets what was put in."""
    value = Credentials.basic(username, password).header.removeprefix("Basic ")
    assert binascii.a2b_base64(value).decode() == f"{username}:{password}"
