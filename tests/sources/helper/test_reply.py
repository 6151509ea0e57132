"""What a helper's answer is made of: an `Authorization` value, and the time at which it ends."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.helper.reply import credentials_of, is_usable, moment


def basic(pair: bytes) -> str:
    """Return the value that a helper makes of user name and password."""
    return f"Basic {base64.b64encode(pair).decode()}"


@pytest.mark.parametrize(
    ("value", "credentials"),
    [
        pytest.param(basic(b"me:pw"), Credentials.basic("me", "pw"), id="Basic"),
        pytest.param(basic(b"me:p:w"), Credentials.basic("me", "p:w"), id="a colon in the password"),
        pytest.param(basic(b":token"), Credentials.basic("", "token"), id="no user name"),
        pytest.param(basic(b"token:"), Credentials.basic("token", ""), id="an empty password"),
        pytest.param(basic("mé:pŵ".encode()), Credentials.basic("mé", "pŵ"), id="UTF-8"),
        pytest.param("bAsIc  bWU6cHc= ", Credentials.basic("me", "pw"), id="any case, more blanks"),
        pytest.param("Bearer abc.def", Credentials.bearer("abc.def"), id="Bearer"),
        pytest.param("bearer abc", Credentials.bearer("abc"), id="bearer in lower case"),
    ],
)
def test_a_credential(value: str, credentials: Credentials) -> None:
    """Both schemes are taken, however they are written."""
    assert is_usable(value)
    assert credentials_of(value) == credentials


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("Basic", id="nothing behind it"),
        pytest.param("Basic secret", id="no base64"),
        pytest.param("Basic bWU6cHc", id="base64 that is cut off"),
        pytest.param("Basic sécret", id="not ASCII"),
        pytest.param(basic(b"secret"), id="no colon"),
        pytest.param(basic(b"\xff:secret"), id="not UTF-8"),
        pytest.param(basic(b"me:sec\nret"), id="a line end"),
        pytest.param("Bearer", id="no token"),
        pytest.param("Bearer sec ret", id="a token with a blank"),
        pytest.param("Bearer secret\r\nX-Other: 1", id="another header"),
    ],
)
def test_what_cannot_be_sent_is_refused_unquoted(value: str) -> None:
    """It is the helper's mistake, and may hold a secret all the same."""
    with pytest.raises(ValueError, match=r"Basic|Bearer") as caught:
        credentials_of(value)
    assert "cret" not in str(caught.value)
    assert caught.value.__context__ is None or "cret" not in repr(caught.value.__context__)


@pytest.mark.parametrize("value", ["Digest x", "Negotiate x", "secret", "", " ", "BasicbWU6cHc="])
def test_another_scheme(value: str) -> None:
    """What is neither Basic nor Bearer is not usable."""
    assert not is_usable(value)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-29T15:04:33Z", 1795964673),
        ("2026-11-29t15:04:33z", 1795964673),
        ("2026-11-29 15:04:33Z", 1795964673),
        ("2026-11-29T16:04:33+01:00", 1795964673),
        ("2026-11-29T05:34:33-09:30", 1795964673),
        ("2026-11-29T15:04:33.25Z", 1795964673.25),
        ("2026-11-29T15:04:33.250000000000Z", 1795964673.25),
        ("2016-12-31T23:59:60Z", 1483228799),
        ("9999-12-31T23:59:59Z", 253402300799),
    ],
)
def test_a_time_of_rfc_3339(text: str, seconds: float) -> None:
    """With every spelling that the RFC has; a leap second is the one before it."""
    assert moment(text) == seconds


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "1795964673",
        1795964673,
        None,
        [],
        "2026-11-29",
        "2026-11-29T15:04:33",
        "2026-11-29T15:04Z",
        "2026-13-29T15:04:33Z",
        "2026-02-30T15:04:33Z",
        "0000-01-01T00:00:00Z",
        "2026-11-29T25:04:33Z",
        "2026-11-29T15:04:331Z",
        "2026-11-29T15:04:33+99:99",
        "2026-11-29T15:04:33Z\n",
        "٢٠٢٦-11-29T15:04:33Z",
    ],
)
def test_what_is_no_time(text: object) -> None:
    """It is passed over, whatever it is."""
    assert moment(text) is None


@given(
    st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001 - gets a zone below
    st.integers(-23 * 60, 23 * 60),
)
def test_every_time_that_python_writes_is_read(when: datetime, minutes: int) -> None:
    """`isoformat` of a time with a zone is RFC 3339."""
    zoned = when.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    assert moment(zoned.isoformat()) == pytest.approx(zoned.timestamp(), abs=1e-3)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_none(text: str) -> None:
    """Nothing is raised."""
    assert moment(text) is None or text
