"""What a request says of itself, and how a redirect is known, hop by hop."""

from __future__ import annotations

import copy
import gc
import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests

from requests_indexauth import Credentials, Index
from requests_indexauth.core.authenticator import Authenticator
from requests_indexauth.exchange.given import Given
from requests_indexauth.exchange.redirects import RedirectContext, context_of
from requests_indexauth.exchange.request import RequestFacts, read_request
from requests_indexauth.models.found import Found
from requests_indexauth.models.url import Realm
from requests_indexauth.session.auth import REQUESTS
from support.ways import repickled, write_netrc

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from requests_indexauth.models.call import Call

PAGE = "https://good.example/simple/thing/"
GOOD = Realm("https", "good.example", 443)
HEADER = Credentials.basic("u", "p").header
netrc_header = REQUESTS.netrc_header


def facts(url: str, *, hooks: Any = None, maybe_netrc: bool = False, **fields: Any) -> RequestFacts:
    """Return the facts of a request that is about to be sent."""
    request = requests.Request(fields.pop("method", "GET"), url, **fields).prepare()
    if hooks is not None:
        request.hooks = hooks
    return read_request(request, netrc_header, lambda _warning: None, maybe_netrc=maybe_netrc)


def hop(context: RedirectContext, url: str, header: str | bytes | None = None, **fields: Any) -> RequestFacts:
    """Return the facts of what `requests` makes of a redirect."""
    return facts(url, hooks=context, headers={} if header is None else {"Authorization": header}, **fields)


def call_of(of: RequestFacts, indexes: Iterable[Index] = ()) -> Call:
    """Return the call that a session with these indexes makes of it."""
    return of.call(Authenticator(indexes, discover=False))


def given(of: RequestFacts, indexes: Iterable[Index] = ()) -> tuple[str | None, str | None]:
    """Return the header and the user name that were given."""
    call = call_of(of, indexes)
    return (None if call.given is None else str(call.given.header), call.query.username)


@pytest.mark.parametrize(
    ("url", "headers", "expected", "keep"),
    [
        pytest.param(PAGE, {}, (None, None), False, id="nothing"),
        pytest.param(PAGE, {"Authorization": "Bearer x"}, ("Bearer x", None), False, id="a header"),
        pytest.param(PAGE, {"Authorization": b"Bearer x"}, ("Bearer x", None), False, id="a header in bytes"),
        pytest.param(PAGE, {"Authorization": "****"}, (None, None), False, id="the mask of a pickled header"),
        pytest.param(PAGE.replace("//", "//u:p@"), {}, (HEADER, None), True, id="userinfo"),
        pytest.param(PAGE.replace("//", "//u@"), {}, (None, "u"), True, id="a user name"),
        pytest.param(PAGE.replace("//", "//u:@"), {}, (None, "u"), True, id="an empty password"),
        pytest.param(PAGE.replace("//", "//:p@"), {}, (Credentials.basic(None, "p").header, None), True, id="no user"),
        pytest.param(PAGE.replace("//", "//u%3Ax:p@"), {}, (None, None), False, id="a colon in the user name"),
    ],
)
def test_what_the_caller_gave(url: str, headers: Any, expected: Any, *, keep: bool) -> None:
    """A header as it is; userinfo as a credential, or as a user name where that is all; to be kept from a URL only."""
    made = facts(url, headers=headers)
    assert given(made) == expected
    assert call_of(made).keep_given is keep
    assert made.url.clean == PAGE


@pytest.mark.parametrize("header", ["Basic x", "Bearer x", "Basic eDp5"], ids=["no base64", "Bearer", "another pair"])
def test_a_header_beside_userinfo_is_what_counts(header: str) -> None:
    """Unless it is what `requests` has made of the userinfo, it is the caller's, and for this call alone."""
    request = requests.Request("GET", PAGE.replace("//", "//u:p@")).prepare()
    request.headers["Authorization"] = header  # `requests` has put its own there, as it does without `session.auth`
    made = read_request(request, netrc_header, pytest.fail, maybe_netrc=True)
    assert given(made) == (header, None)
    assert not call_of(made).keep_given


@pytest.mark.parametrize(
    ("body", "has_body"), [(None, False), (b"", False), ("", False), (b"x", True), ("x", True), (iter([b"x"]), True)]
)
def test_a_body_asks_early(body: Any, *, has_body: bool) -> None:
    """Whether sources are asked before anything is sent depends on there being a body."""
    assert call_of(facts(PAGE, data=body, method="POST")).has_body is has_body


def test_a_hop_is_known_by_its_context() -> None:
    """A request whose hooks are a context that began with another request is a hop."""
    first = facts(PAGE)
    context = first.leave_context(redirected=True)
    assert not first.hop
    assert context_of(first.request) is context
    second = hop(context, "https://evil.example/x")
    assert second.hop
    assert call_of(second).query.cross_realm
    assert not call_of(hop(context, "https://good.example/x")).query.cross_realm


def test_a_hop_is_known_when_its_first_request_is_gone() -> None:
    """The context does not keep a request alive, and does not take another for it."""
    first = facts(PAGE)
    context = first.leave_context(redirected=True)
    del first
    gc.collect()
    assert hop(context, PAGE).hop


def test_a_copy_is_no_hop() -> None:
    """Until a redirect is seen, a caller that copies a request that carries a context has the same request twice."""
    first = facts(PAGE.replace("//", "//u:p@"))
    copy = hop(first.leave_context(), PAGE)
    assert not copy.hop
    assert given(copy) == (HEADER, None)
    assert call_of(copy).keep_given
    assert not call_of(copy).query.cross_realm


def test_a_credential_is_given_for_one_realm() -> None:
    """It comes back with the realm, after any number of hops."""
    context = facts(PAGE.replace("//", "//u:p@")).leave_context(redirected=True)
    away = hop(context, "https://evil.example/x")
    assert given(away) == (None, None)
    back = hop(away.leave_context(redirected=True), "https://good.example/y")
    assert given(back) == (HEADER, None)
    assert not call_of(back).keep_given


@pytest.mark.parametrize("header", ["Bearer x", b"Bearer x"], ids=["text", "bytes"])
def test_a_header_that_requests_copied_is_not_given_again(header: str | bytes) -> None:
    """On an upgrade of the scheme `requests` keeps the header: it is still the first realm's."""
    first = facts("http://good.example/", headers={"Authorization": header})
    upgraded = hop(first.leave_context(redirected=True), "https://good.example/", header)
    assert given(upgraded) == (None, None)
    again = hop(upgraded.leave_context(redirected=True), "http://good.example/x", header)
    assert given(again) == ("Bearer x", None)


def test_a_header_that_requests_made_of_userinfo_is_not_given_again() -> None:
    """It is in latin-1, ours is in UTF-8: it is known by what was on the request."""
    request = requests.Request("GET", "http://u:p%C3%A4@good.example/").prepare()
    made = read_request(request, netrc_header, pytest.fail, maybe_netrc=True)
    assert given(made)[0] == Credentials.basic("u", "pä").header
    assert given(
        hop(made.leave_context(redirected=True), "https://good.example/", request.headers["Authorization"])
    ) == (
        None,
        None,
    )


def test_a_new_header_on_a_hop_is_the_callers() -> None:
    """Who follows redirects by hand may give a credential for the hop."""
    context = facts(PAGE, headers={"Authorization": "Bearer first"}).leave_context(redirected=True)
    assert given(hop(context, "https://evil.example/", "Bearer second")) == ("Bearer second", None)


@pytest.mark.parametrize(
    "url",
    [PAGE, "https://good.example:@evil.example/", "https://good.example:443@evil.example/"],
)
def test_a_header_out_of_netrc_is_not_given(url: str, home: Path) -> None:
    """What `requests` takes from netrc on a hop is found, whatever host it took it for."""
    write_netrc(home, ("good.example", "u", "p"))
    context = facts("https://other.example/").leave_context(redirected=True)
    assert given(hop(context, url, netrc_header(url)))[0] != HEADER


def test_a_default_that_requests_takes_for_a_host_beyond_ascii_is_not_given(home: Path) -> None:
    """It looks for the host as it was written, finds no entry, and takes the default unasked."""
    (home / ".netrc").write_text("machine xn--bcher-kva.example login me password pw\ndefault login u password p\n")
    request = requests.Request("GET", "https://b\u00fccher.example/").prepare()
    request.headers["Authorization"] = netrc_header("https://b\u00fccher.example/") or "nothing"
    made = read_request(request, netrc_header, pytest.fail, maybe_netrc=True)
    assert request.headers["Authorization"] == Credentials.basic("u", "p").header
    assert given(made) == (None, None)


def test_a_default_that_older_requests_take_for_capitals_is_not_given(home: Path) -> None:
    """They look for the host as it was written."""
    (home / ".netrc").write_text("machine good.example login me password pw\ndefault login u password p\n")
    made = facts(
        "https://Good.Example/", maybe_netrc=True, headers={"Authorization": Credentials.basic("u", "p").header}
    )
    assert given(made) == (None, None)


@pytest.mark.parametrize("host", ["xn--bcher-kva.example", "xn--a.example", "xn--.example"])
def test_a_header_of_a_host_beyond_ascii_may_be_the_callers(host: str, home: Path) -> None:
    """Also where the host's name has no form in Unicode."""
    write_netrc(home, ("good.example", "u", "p"))
    made = facts(f"https://{host}/", headers={"Authorization": "Bearer own"})
    assert given(made) == ("Bearer own", None)


@pytest.mark.parametrize(("maybe_netrc", "expected"), [(True, None), (False, HEADER)], ids=["alone", "mounted"])
def test_a_first_request_has_netrc_only_without_session_auth(
    expected: str | None, home: Path, *, maybe_netrc: bool
) -> None:
    """With `session.auth` set `requests` reads no netrc: the same header is then the caller's."""
    write_netrc(home, ("good.example", "u", "p"))
    made = facts(PAGE, headers={"Authorization": HEADER}, maybe_netrc=maybe_netrc)
    assert given(made)[0] == expected


@pytest.mark.parametrize(
    ("chain", "bare"),
    [
        (["https://good.example/", "http://good.example/"], True),
        (["https://good.example/", "http://127.0.0.1/"], True),
        (["https://good.example/", "http://good.example/", "https://good.example/"], False),
        (["https://good.example/", "https://evil.example/", "http://evil.example/"], True),
        (["http://good.example/", "http://evil.example/"], False),
        (["http://good.example/", "https://good.example/", "http://good.example/"], True),
        (["https://good.example/", "https://good.example/?X-Amz-Signature=x"], True),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_redirect_from_https_leads_bare_through_plain_http(chain: list[str], *, bare: bool) -> None:
    """From https no hop to http gets a credential, however many hops lie between."""
    made = facts(chain[0])
    for url in chain[1:]:
        made = hop(made.leave_context(redirected=True), url)
    assert call_of(made).bare is bare


def test_a_hop_to_an_index_that_never_gets_credentials_is_bare() -> None:
    """Its userinfo is dropped; in a first request the flow makes an error of it."""
    indexes = [Index("https://good.example/simple/", authenticate="never")]
    context = facts("https://other.example/").leave_context(redirected=True)
    assert given(hop(context, PAGE.replace("//", "//u:p@")), indexes) == (None, None)
    assert given(hop(context, PAGE.replace("//", "//u@")), indexes) == (None, None)
    assert given(facts(PAGE.replace("//", "//u:p@")), indexes) == (HEADER, None)


def test_a_redirect_context_is_pickled_copied_and_compared_as_the_mapping_it_stands_for() -> None:
    """`request.hooks` shows no more than hooks."""
    request = requests.Request("GET", PAGE).prepare()
    context = RedirectContext(
        {"response": [len]}, request, Given(GOOD, Found(Credentials.basic("u", "p"), "netrc", GOOD))
    )
    assert context == {"response": [len]}
    assert repr(context) == repr({"response": [len]})
    for made in (repickled(context), copy.deepcopy(context)):
        assert type(made) is dict
        assert made == context


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "machine good.example login \udcff password x",
            id="no UTF-8",
            marks=pytest.mark.skipif(sys.platform == "win32", reason="netrc takes it to be in the code page there"),
        ),
        pytest.param("machine good.example login ł password ł", id="no latin-1"),
    ],
)
def test_what_requests_cannot_have_sent_is_no_header(text: str, home: Path) -> None:
    """A netrc in another encoding, or of letters beyond latin-1: `requests` makes no header of it, nor do we."""
    (home / ".netrc").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert netrc_header(PAGE) is None


def test_a_path_that_names_half_an_address_behind_a_backslash_is_a_path(home: Path) -> None:
    """`requests` looks into netrc for the host of the URL, and of the path there is nothing to look for."""
    write_netrc(home, ("good.example", "u", "p"))
    url = "https://good.example/%5C@%5Bx/"
    assert given(facts(url, maybe_netrc=True, headers={"Authorization": netrc_header(url) or ""})) == (None, None)


@pytest.mark.parametrize("url", ["https://h:99999/", "https://[x]/", "http+unix://h/", "https:///x"])
def test_a_url_without_a_clear_host_has_no_facts(url: str) -> None:
    """The driver leaves such a request alone."""
    request = requests.Request("GET", PAGE).prepare()
    request.url = url
    with pytest.raises(ValueError, match=r"URL|port|IPv6|permitted"):
        read_request(request, netrc_header, pytest.fail)
