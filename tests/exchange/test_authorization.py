"""The gate: a credential is put on requests to its own realm, and is hidden where the request is shown."""

from __future__ import annotations

import copy
import json
import logging
from typing import Any

import pytest
import requests
from pip._vendor import requests as pips_requests
from urllib3._collections import HTTPHeaderDict

from requests_indexauth.exchange.authorization import authorize, is_ours
from requests_indexauth.models.credentials import MASK, Credentials
from requests_indexauth.models.found import Found
from requests_indexauth.models.url import parse_url
from support.ways import repickled

SECRET = "secret-of-good"


def found(url: str) -> Found:
    return Found(Credentials.basic("me", SECRET), "netrc", parse_url(url).realm)


def prepared(url: str, library: Any = requests, **headers: str) -> Any:
    return library.Request("GET", url, headers=headers).prepare()


SAME = [
    ("https://good.example/x", "https://good.example/y"),
    ("https://good.example/x", "https://good.example"),
    ("https://good.example/x", "HTTPS://GOOD.example:443/x"),
    ("https://good.example:443/x", "https://good.example?x"),
    ("https://good.example:8443/x", "https://good.example:08443/"),
    ("http://[::1]/", "http://[0:0::1]:80/x"),
    ("https://b\u00fccher.example/", "https://xn--bcher-kva.example/"),
]
OTHER = [
    ("https://good.example/", "https://evil.example/"),
    ("https://good.example/", "https://good.example.evil.example/"),
    ("https://good.example/", "https://evil.example/https://good.example/"),
    ("https://good.example/", "https://good.example:444/"),
    ("https://good.example/", "https://good.example@evil.example/"),
    ("https://good.example/", "http://good.example/"),
    ("http://good.example/", "https://good.example/"),
    ("https://good.example/", "https://good.example./"),
    ("https://good.example/", "https://"),
    ("https://good.example/", "https://good.example:8443"),
    ("https://good.example/", "https:good.example/"),
    ("http://127.0.0.1/", "http://127.0.0.2/"),
    ("http://[::1]/", "http://[::2]/"),
]


@pytest.mark.parametrize(("home", "url"), SAME)
def test_a_credential_goes_to_its_own_realm(home: str, url: str) -> None:
    """However the URL is written."""
    request = prepared("https://any.example/")
    request.url = url
    assert authorize(request, found(home))
    assert request.headers["Authorization"] == found(home).header


@pytest.mark.parametrize(("home", "url"), OTHER)
def test_a_credential_goes_to_no_other_realm(home: str, url: str, caplog: pytest.LogCaptureFixture) -> None:
    """The request stays bare, and a record says that something is wrong, without the secret."""
    request = prepared("https://any.example/")
    request.url = url
    with caplog.at_level(logging.ERROR, "requests_indexauth"):
        assert not authorize(request, found(home))
    assert "Authorization" not in request.headers
    (record,) = caplog.records
    assert SECRET not in record.getMessage()


@pytest.mark.parametrize("library", [requests, pips_requests], ids=["requests", "the copy of pip"])
def test_what_is_sent_is_a_plain_string_in_headers_that_do_not_show_it(library: Any) -> None:
    """An adapter reads the value; ``repr``, pickles and deep copies have a mask."""
    request = prepared("https://good.example/x", library, Accept="text/html")
    authorize(request, found("https://good.example/"))
    value = request.headers["authorization"]
    assert type(value) is str
    assert json.loads(json.dumps(dict(request.headers)))["Authorization"] == value
    assert SECRET not in repr(request.headers)
    assert value not in repr(request.headers)
    for made in (repickled(request.headers), copy.deepcopy(request.headers)):
        assert type(made) is library.structures.CaseInsensitiveDict
        assert (made["AUTHORIZATION"], made["accept"]) == (MASK, "text/html")


def test_a_header_of_ours_is_known_by_its_request() -> None:
    """Also in a copy; not when the caller puts another one there, nor the same one on another request."""
    request = prepared("https://good.example/x")
    authorize(request, found("https://good.example/"))
    value = request.headers["Authorization"]
    copied = request.copy()
    assert is_ours(request.headers, value)
    assert is_ours(copied.headers, copied.headers["Authorization"])
    assert copied.headers == request.headers
    request.headers["Authorization"] = "Bearer mine"
    assert not is_ours(request.headers, "Bearer mine")
    other = prepared("https://good.example/x", Authorization=value)
    assert not is_ours(other.headers, value)
    assert not is_ours(other.headers, None)


def test_a_header_the_caller_gave_stays_the_callers() -> None:
    """It is put on our copy of the request, and hidden like ours."""
    request = prepared("https://good.example/x")
    authorize(request, Found.given("Bearer mine", parse_url("https://good.example/").realm))
    assert not is_ours(request.headers, "Bearer mine")
    assert "mine" not in repr(request.headers)


def test_headers_that_a_program_or_another_thread_holds_stay_as_they_are() -> None:
    """They may be those of a request that another thread is sending at this moment."""
    for _ in range(2):  # the first headers of a type make the type that hides it
        request = prepared("https://good.example/x", Accept="text/html")
        held = request.headers
        authorize(request, found("https://good.example/"))
        assert "Authorization" not in held
        assert repr(request.headers) == repr({**held, "Authorization": MASK})
        assert is_ours(request.headers, request.headers["Authorization"])
        authorize(request, found("https://good.example/"))
        assert is_ours(request.headers, request.headers["Authorization"])


@pytest.mark.parametrize("kind", [dict, requests.structures.CaseInsensitiveDict, HTTPHeaderDict])
def test_headers_of_any_type_are_copied(kind: Any) -> None:
    """The caller's have nothing of ours, and a copy of ours has the value and not the mask."""
    kind = type("Own", (kind,), {})
    request = prepared("https://good.example/x")
    request.headers = held = kind({"Accept": "text/html"})
    for _ in range(2):
        authorize(request, found("https://good.example/"))
        assert "Authorization" not in held
        assert request.headers["Authorization"] == found("https://good.example/").header
        assert request.copy().headers["Authorization"] == found("https://good.example/").header
        assert request.headers["Accept"] == "text/html"


class OfDict(dict):  # type: ignore[type-arg]
    """Headers whose content is not in their ``__dict__``."""


class WithSlot(requests.structures.CaseInsensitiveDict[str]):
    """Headers that have something of their own beside it."""

    __slots__ = ("own",)


@pytest.mark.parametrize("kind", [OfDict, WithSlot])
def test_headers_of_a_type_of_the_callers_own_keep_what_they_have(kind: Any) -> None:
    """And hide what is ours all the same."""
    for _ in range(2):
        request = prepared("https://good.example/x")
        request.headers = headers = kind({"Accept": "text/html"})
        headers.own = "mine"
        authorize(request, found("https://good.example/"))
        assert "Authorization" not in headers
        assert (request.headers["Accept"], request.headers.own) == ("text/html", "mine")
        assert request.headers["Authorization"] not in repr(request.headers)
        assert is_ours(request.headers, request.headers["Authorization"])


def test_headers_of_a_type_that_cannot_change_are_sent_all_the_same() -> None:
    """Then nothing marks the header as ours."""

    class Fixed(dict):  # type: ignore[type-arg]
        __slots__ = ()

    request = prepared("https://good.example/x")
    request.headers = Fixed()
    assert authorize(request, found("https://good.example/"))
    assert request.headers["Authorization"] == found("https://good.example/").header
