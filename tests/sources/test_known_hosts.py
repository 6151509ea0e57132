"""`HF_TOKEN` as a source."""

from __future__ import annotations

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.known_hosts import KnownHostsSource
from support.queries import query

FILE = "https://huggingface.co/team/model.whl"


def test_token(monkeypatch: pytest.MonkeyPatch) -> None:
    """`HF_TOKEN` is a Bearer token for all of huggingface.co."""
    monkeypatch.setenv("HF_TOKEN", "hf_t")
    source = KnownHostsSource(pytest.fail)
    assert source.skipped(query(FILE)) is None
    assert source.find(query(FILE)) == Answer(Credentials.bearer("hf_t"))


@pytest.mark.parametrize("value", [None, ""])
def test_no_token(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    """An unset or empty `HF_TOKEN` is no token."""
    if value is not None:
        monkeypatch.setenv("HF_TOKEN", value)
    assert KnownHostsSource(pytest.fail).find(query(FILE)) is None


@pytest.mark.parametrize("value", ["1", "0", ""])
def test_switched_off(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """`UV_NO_HF_TOKEN` switches it off whatever its value, as in uv."""
    monkeypatch.setenv("HF_TOKEN", "hf_t")
    monkeypatch.setenv("UV_NO_HF_TOKEN", value)
    source = KnownHostsSource(pytest.fail)
    assert source.skipped(query(FILE)) == "UV_NO_HF_TOKEN is set"
    assert source.find(query(FILE)) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://huggingface.co/",
        "https://huggingface.co:444/",
        "https://cdn.huggingface.co/",
        "https://huggingface.co.example.com/",
    ],
)
def test_other_hosts(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """The token is for that one realm."""
    monkeypatch.setenv("HF_TOKEN", "hf_t")
    source = KnownHostsSource(pytest.fail)
    assert source.skipped(query(url)) == "not a known host"
    assert source.find(query(url)) is None


def test_given_username(monkeypatch: pytest.MonkeyPatch) -> None:
    """A given user name asks for that user's password, which a token is not."""
    monkeypatch.setenv("HF_TOKEN", "hf_t")
    source = KnownHostsSource(pytest.fail)
    assert source.skipped(query(FILE, username="me")) == "a token has no user name, and one is given"
    assert source.find(query(FILE, username="me")) is None


def test_unsendable(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token that no header can carry is a failure that does not quote it."""
    monkeypatch.setenv("HF_TOKEN", "sec\nret")
    with pytest.raises(SourceError, match=r"^known hosts: HF_TOKEN: ") as caught:
        KnownHostsSource(pytest.fail).find(query(FILE))
    assert "sec" not in str(caught.value)
