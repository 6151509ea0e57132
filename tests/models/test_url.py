"""A URL's host is the one that will be connected to, and its path is compared in one form."""

from __future__ import annotations

import os
import re
import sys

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.models import url as url_module
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.url import (
    URL,
    Realm,
    ancestors,
    covers,
    is_malformed_address,
    lengths_of,
    mask_query,
    normal_path,
    parse_url,
    redacted,
    root_path,
    without_userinfo,
)
from support.forking import in_forked_child


@pytest.mark.parametrize(
    ("url", "realm"),
    [
        pytest.param("https://h/", ("https", "h", 443), id="https, no port"),
        pytest.param("https://h:443/", ("https", "h", 443), id="https, its default port"),
        pytest.param("http://h", ("http", "h", 80), id="http, no port"),
        pytest.param("https://h:/", ("https", "h", 443), id="an empty port is none"),
        pytest.param("https://h:80/", ("https", "h", 80), id="https, another port"),
        pytest.param("https://h:65535/", ("https", "h", 65535), id="the last port"),
        pytest.param("https://my_host/", ("https", "my_host", 443), id="ASCII that is no IDNA"),
        pytest.param("https://\uff45xample.com/", ("https", "example.com", 443), id="IDNA maps a full-width letter"),
        pytest.param("https://[fe80::1%25a%20b]/", ("https", "fe80::1%25a%20b", 443), id="IPv6, an encoded zone"),
        pytest.param("HTTPS://PKGS.Example.COM/", ("https", "pkgs.example.com", 443), id="upper case"),
        pytest.param("https://bücher.example/", ("https", "xn--bcher-kva.example", 443), id="IDNA"),
        pytest.param("https://[::1]:8/", ("https", "::1", 8), id="IPv6"),
        pytest.param("https://[0:0::1]/", ("https", "::1", 443), id="IPv6, long"),
        pytest.param("https://[fe80::1%25eth0]/", ("https", "fe80::1%25eth0", 443), id="IPv6 with a zone"),
        pytest.param("https://h?q=@evil/", ("https", "h", 443), id="an @ in the query"),
        pytest.param("https://h#@evil/", ("https", "h", 443), id="an @ in the fragment"),
        pytest.param("https://h/@evil/", ("https", "h", 443), id="an @ in the path"),
        pytest.param("https://good:@evil/", ("https", "evil", 443), id="CVE-2024-47081"),
        pytest.param("https://good@evil/", ("https", "evil", 443), id="a host as user name"),
        pytest.param("https://a@b@evil/", ("https", "evil", 443), id="two @"),
        pytest.param("https://good:443@evil:444/", ("https", "evil", 444), id="a port as password"),
    ],
)
def test_the_realm_is_what_will_be_connected_to(url: str, realm: tuple[str, str, int]) -> None:
    """Scheme, host and port come from the URL as it is sent."""
    assert parse_url(url).realm == Realm(*realm)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("", id="empty"),
        pytest.param("h/path", id="no scheme"),
        pytest.param("ftp://h/", id="another scheme"),
        pytest.param("http\u017f://h/", id="a long s, which is a capital S in lower case"),
        pytest.param("https:/h/", id="one slash"),
        pytest.param("https:///h/", id="no host"),
        pytest.param("https://u:p@/", id="userinfo and no host"),
        pytest.param("https://good\\@evil/", id="a backslash before the at"),
        pytest.param("https://evil\\good/", id="a backslash in the host"),
        pytest.param("https://[x]/", id="brackets without an address"),
        pytest.param("https://[1::2::3]/", id="no IPv6 address"),
        pytest.param("https://::1/", id="IPv6 without brackets"),
        pytest.param("https://h:65536/", id="a port out of range"),
        pytest.param("https://h:8O/", id="a port that is no number"),
        pytest.param("https://h:٤٤٣/", id="a port in other digits"),
        pytest.param("https://h:1:2/", id="two ports"),
        pytest.param("https://h h/", id="a space in the host"),
        pytest.param(" https://h/", id="a space before"),
        pytest.param("https://h%2fevil/", id="a percent sign in the host"),
        pytest.param("https://h\n/", id="a newline in the host"),
        pytest.param("https://\x00h/", id="a control character in the host"),
        pytest.param("https://a..ä/", id="an IDNA label that is empty"),
        pytest.param("https://me:se/cret@h/", id="a slash in the password"),
    ],
)
def test_what_has_no_clear_host_matches_nothing(url: str) -> None:
    """An unclear URL is a `ValueError`, so that it can be no index's and no entry's."""
    with pytest.raises(ValueError):  # noqa: PT011 - some messages are of idna and ipaddress
        parse_url(url)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("https://us3r:se/cret@h/", id="a slash in the password"),
        pytest.param("https://us3r:secret@h:99999/", id="a port out of range"),
        pytest.param("https://us3r:secret@h h/", id="a space in the host"),
        pytest.param("https://us3r:secret@/", id="no host"),
        pytest.param("ftp://us3r:secret@h/", id="another scheme"),
        pytest.param("https://us3r:s?cret@h/", id="a question mark in the password"),
        pytest.param("https://us3r:s#cret@[h]/", id="a hash in the password, and no host"),
        pytest.param("https://us3r@us3r:secret@h h/", id="two @"),
    ],
)
def test_no_message_quotes_userinfo(url: str) -> None:
    """Neither the user name nor the password of a bad URL is in the error, nor in the frame that it was raised in."""
    with pytest.raises(ValueError, match=r"not an http|out of range") as caught:
        parse_url(url)
    frame = caught.traceback[-1].frame
    assert frame.code.name == "parse_url"
    for shown in (str(caught.value), repr(frame.f_locals)):
        assert "us3r" not in shown
        assert "cret" not in shown


@pytest.mark.parametrize("userinfo", ["me:s3cret", "s3cret", "me:s3cret%40"])
@pytest.mark.parametrize("host", ["\u2100.test", "xn--\u00e9.test", "a" * 254 + "\u00e9", "[1::2::3]"])
def test_the_frame_of_a_bad_hosts_error_has_no_userinfo(host: str, userinfo: str) -> None:
    """A traceback that shows variables is sent to log collectors; what idna and ipaddress refuse is no exception."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - some messages are of idna and ipaddress
        parse_url(f"https://{userinfo}@{host}/")
    (frame,) = [entry.frame for entry in caught.traceback if entry.frame.code.name == "parse_url"]
    assert "s3cret" not in repr(frame.f_locals)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        pytest.param("ftp://h/", "ftp://h/", id="no userinfo"),
        pytest.param("@h/", "@h/", id="nothing before the at"),
        pytest.param("ftp://me:pw@h/", "****@h/", id="userinfo"),
    ],
)
def test_a_message_says_what_is_no_url(url: str, shown: str) -> None:
    """All but what may be userinfo is there to be looked for."""
    with pytest.raises(ValueError, match="not an http") as caught:
        parse_url(url)
    assert str(caught.value).endswith(f": {shown}")


@pytest.mark.parametrize(
    ("url", "clean", "username", "password"),
    [
        pytest.param("https://h/p?q#f", "https://h/p?q#f", None, None, id="no userinfo"),
        pytest.param("https://me:pw@h/p", "https://h/p", "me", "pw", id="both"),
        pytest.param("https://me@h/p", "https://h/p", "me", None, id="a user name alone"),
        pytest.param("https://me:@h/p", "https://h/p", "me", None, id="an empty password is none"),
        pytest.param("https://:pw@h/p", "https://h/p", None, "pw", id="a password alone"),
        pytest.param("https://@h/p", "https://h/p", None, None, id="an empty userinfo"),
        pytest.param("https://:@h/p", "https://h/p", None, None, id="an empty pair"),
        pytest.param("https://m%40e:p%3a%2Fw@h/p", "https://h/p", "m@e", "p:/w", id="percent-encoded"),
        pytest.param("https://me:p:w@h/p", "https://h/p", "me", "p:w", id="a colon in the password"),
        pytest.param("https://me:p@w@h/p", "https://h/p", "me", "p@w", id="an at in the password"),
        pytest.param("https://me:pw@h/p?a\nb", "https://h/p?a\nb", "me", "pw", id="a newline in the query"),
    ],
)
def test_userinfo_is_kept_apart(url: str, clean: str, username: str | None, password: str | None) -> None:
    """The URL without userinfo is otherwise as it was; userinfo is decoded."""
    parsed = parse_url(url)
    assert (parsed.clean, parsed.username, parsed.password) == (clean, username, password)
    assert str(parsed) == clean
    assert repr(parsed) == f"URL({clean!r})"


def test_userinfo_that_is_no_utf8_is_no_credential() -> None:
    """Its bytes are neither replaced nor left out: what would be sent then is another password."""
    url = parse_url("https://me%ff:s3cret%ff@h/")
    assert (url.username, url.password) == ("me\udcff", "s3cret\udcff")
    with pytest.raises(ValueError, match="UTF-8"):
        Credentials.basic(url.username, url.password)


@pytest.mark.parametrize(
    ("url", "without"),
    [
        pytest.param("https://h/p?q", "https://h/p?q", id="no userinfo"),
        pytest.param("HTTPS://me:pw@h/p?q=@", "HTTPS://h/p?q=@", id="both, and an at in the query"),
        pytest.param("https://me:p@w@h h/", "https://h h/", id="no clear host"),
        pytest.param("https://h/https://me@h/", "https://h/https://me@h/", id="a URL in the path"),
    ],
)
def test_userinfo_is_taken_out_of_every_request(url: str, without: str) -> None:
    """Even where the URL cannot be parsed."""
    assert without_userinfo(url) == without


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/X", "https://h/X"),
        ("https://h/X?t=1?2#3", "https://h/X?****"),
        ("https://h/#t?1", "https://h/#****"),
    ],
)
def test_a_query_is_masked(url: str, shown: str) -> None:
    """A signature or a token often stands there; so in a fragment."""
    assert mask_query(url) == shown


def test_a_host_beyond_ascii_where_idna_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a child of pip there is only the standard library."""
    monkeypatch.setitem(sys.modules, "idna", None)
    assert parse_url("https://bücher.example/").realm.host == "xn--bcher-kva.example"


def test_no_path_is_the_root() -> None:
    """A path for comparing is never empty."""
    assert parse_url("https://h").path == parse_url("https://h?q").path == "/"


def test_a_lone_user_name_is_masked_in_a_tuple_too() -> None:
    """It is often a token."""
    assert "tok3n" not in repr(tuple(parse_url("https://tok3n@h/")))


@pytest.mark.parametrize(
    ("realm", "netloc", "text"),
    [
        pytest.param(Realm("https", "h", 443), "h", "https://h", id="default port"),
        pytest.param(Realm("http", "h", 443), "h:443", "http://h:443", id="another port"),
        pytest.param(Realm("https", "::1", 8), "[::1]:8", "https://[::1]:8", id="IPv6"),
    ],
)
def test_a_realm_is_written_as_a_url(realm: Realm, netloc: str, text: str) -> None:
    """The default port is left out, IPv6 stands in brackets."""
    assert (realm.netloc, str(realm)) == (netloc, text)


@pytest.mark.parametrize(
    ("url", "insecure"),
    [
        pytest.param("http://h/", True, id="http"),
        pytest.param("https://h/", False, id="https"),
        pytest.param("http://localhost:8/", False, id="localhost"),
        pytest.param("http://127.0.0.1/", False, id="127.0.0.1"),
        pytest.param("http://127.9.8.7/", False, id="127/8"),
        pytest.param("http://[::1]/", False, id="::1"),
        pytest.param("http://127.0.0.1.example/", True, id="a name that begins like loopback"),
        pytest.param("http://localhost.example/", True, id="a name that begins with localhost"),
        pytest.param("http://10.0.0.1/", True, id="a private address"),
    ],
)
def test_plain_http_is_insecure_but_on_loopback(url: str, insecure: bool) -> None:  # noqa: FBT001
    """Nothing leaves the machine on loopback."""
    assert parse_url(url).realm.insecure is insecure


@pytest.mark.parametrize(
    ("host", "malformed"),
    [
        ("127.1", True),
        ("127.0.0.1.", True),
        ("0x7f.1", True),
        ("h.0x7f", True),
        ("h.0x", True),
        ("h.7", True),
        ("a.h.7", True),
        ("127.0.0.1", False),
        ("h.0xg", False),
        ("h.7a", False),
        ("h.test", False),
    ],
)
def test_a_host_that_ends_in_a_number_is_an_address(host: str, malformed: bool) -> None:  # noqa: FBT001
    """Where it is not one in full, programs differ in what they connect to (URL Standard, "ends in a number")."""
    assert is_malformed_address(host) == malformed


@pytest.mark.parametrize(
    ("path", "normal"),
    [
        pytest.param("/a/b/", "/a/b/", id="as it is"),
        pytest.param("/a/./b", "/a/b", id="a dot"),
        pytest.param("/a/../b", "/b", id="two dots"),
        pytest.param("/a/%2e%2E/b", "/b", id="two dots, encoded"),
        pytest.param("/../../b", "/b", id="above the root"),
        pytest.param("/a/..", "/", id="two dots at the end"),
        pytest.param("/a/b/..", "/a/", id="two dots at the end, further down"),
        pytest.param("/a/.", "/a/", id="a dot at the end"),
        pytest.param("/.a/..b", "/.a/..b", id="dots that are part of a name"),
        pytest.param("/%7Eme/%61%41", "/~me/aA", id="encoded without need"),
        pytest.param("/a%2fb", "/a%2Fb", id="an encoded slash stays one, in upper case"),
        pytest.param("/ä b", "/%C3%A4%20b", id="unencoded"),
        pytest.param("/100%", "/100%", id="a stray percent sign"),
        pytest.param("/a//b", "/a//b", id="an empty segment stays"),
        pytest.param("/A", "/A", id="case stays"),
    ],
)
def test_paths_have_one_form(path: str, normal: str) -> None:
    """RFC 3986, section 6.2.2; a normal path is its own normal form."""
    assert normal_path(path) == normal
    assert normal_path(normal) == normal


@given(st.text(st.characters(exclude_characters="?#", exclude_categories=["Cs"])).map(lambda text: f"/{text}"))
def test_normalising_twice_changes_nothing(path: str) -> None:
    """Whatever the path, it starts with a slash, has no dot segments, and is ASCII."""
    normal = normal_path(path)
    assert normal_path(normal) == normal
    assert normal.startswith("/")
    assert normal.isascii()
    assert not {".", ".."} & set(normal.split("/"))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from(["", "good@", "good:x@"]))
def test_the_host_is_the_one_requests_connects_to(text: str, userinfo: str) -> None:
    """What we parse, `requests` prepares for the same host and port; or we refuse it."""
    url = f"https://{userinfo}{text}/path"
    try:
        prepared = requests.Request("GET", url).prepare().url
    except (requests.RequestException, ValueError):
        return
    try:
        ours = parse_url(prepared or "")
    except ValueError:
        return
    from urllib3.util import parse_url as urllib3_parse

    theirs = urllib3_parse(prepared or "")
    assert (ours.realm.scheme, ours.realm.port) == (theirs.scheme, theirs.port or 443)
    assert ours.realm.host == (theirs.host or "").strip("[]").lower()


@pytest.mark.parametrize(
    ("path", "root"),
    [
        pytest.param("/team/simple/", "/team", id="simple"),
        pytest.param("/team/simple", "/team", id="no slash"),
        pytest.param("/team/+simple/", "/team", id="devpi's"),
        pytest.param("/team/SIMPLE", "/team", id="upper case"),
        pytest.param("/simple/", "", id="the whole host"),
        pytest.param("/", "", id="no path"),
        pytest.param("/team/", "/team", id="another last segment"),
        pytest.param("/simple/team/", "/simple/team", id="simple is not last"),
        pytest.param("/team/notsimple", "/team/notsimple", id="a longer word"),
        pytest.param("/simple/simple/", "/simple", id="one segment is left out"),
        pytest.param("/team//simple/", "/team", id="two slashes before it"),
        pytest.param("/teamX/", "/teamX", id="only slashes go"),
        pytest.param("/teamX/simple", "/teamX", id="only slashes go before simple"),
    ],
)
def test_an_indexes_root(path: str, root: str) -> None:
    """Without the last segment if that is simple or +simple, and without trailing slashes."""
    assert root_path(path) == root


@pytest.mark.parametrize(
    ("root", "path", "covered"),
    [
        pytest.param("/a", "/a", True, id="itself"),
        pytest.param("/a", "/a/", True, id="with a slash"),
        pytest.param("/a", "/a/b", True, id="below"),
        pytest.param("/a", "/ab", False, id="a longer word"),
        pytest.param("/ap", "/apiary", False, id="poetry's bug"),
        pytest.param("/a/b", "/a", False, id="above"),
        pytest.param("", "/", True, id="the whole host, its root"),
        pytest.param("", "/a", True, id="the whole host"),
        pytest.param("/a", "/A", False, id="another case"),
    ],
)
def test_covering_is_on_a_segment_boundary(root: str, path: str, covered: bool) -> None:  # noqa: FBT001
    """A root covers what is under it, by whole segments."""
    assert covers(root, path) is covered


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("see https://me:pw@h/p.", "see https://****@h/p.", id="in a sentence"),
        pytest.param("http://a@h and http://b:c@h", "http://****@h and http://****@h", id="two"),
        pytest.param("https://h/p", "https://h/p", id="nothing to mask"),
        pytest.param("https://h/@p", "https://h/@p", id="an at in the path"),
        pytest.param("HTTPS://me:pw@h", "HTTPS://****@h", id="upper case"),
        pytest.param("https://me:p w@h/p", "https://****@h/p", id="a blank in a password"),
    ],
)
def test_userinfo_is_masked_in_text(text: str, shown: str) -> None:
    """Only the userinfo of URLs is masked."""
    assert redacted(text) == shown


@given(
    st.lists(st.sampled_from(["a", "1", "_", ".", ":", "/", "@", "?", "#", " ", "https://"]), max_size=12).map("".join)
)
def test_masking_is_the_pattern_it_stands_for(text: str) -> None:
    """Which would take the square of the time."""
    pattern = r"(?i)\b([a-z][a-z0-9+.-]*:/*)([^/?#]*@)"
    assert redacted(text) == re.sub(pattern, r"\1****@", text)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
@pytest.mark.parametrize("piece", ["a:", "a.", "a:/", ":", "/"])
def test_masking_a_long_text_costs_a_moment(piece: str) -> None:
    """A megabyte of it: looking at a stretch again for each word would be hours."""
    text = f"@{piece * (10**6 // len(piece))}"
    assert in_forked_child(lambda: redacted(text) == text)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
@pytest.mark.parametrize(
    "url",
    [
        pytest.param(f"https://h:{'9' * 10**6}/", id="a port"),
        pytest.param(f"https://{'é' * 10**5}/", id="a host beyond ASCII"),
        pytest.param(f"https://{'a@' * 500_000}", id="at signs"),
    ],
)
def test_a_long_url_without_a_clear_host_costs_a_moment(url: str) -> None:
    """It is refused."""

    def refused() -> bool:
        with pytest.raises(ValueError, match=r"port|host"):
            parse_url(url)
        return True

    assert in_forked_child(refused)


def test_a_port_may_have_zeros_in_front() -> None:
    """However many."""
    assert parse_url(f"https://h:{'0' * 10**5}80/").realm.port == 80
    assert parse_url("https://h:000/").realm.port == 0


def test_the_longest_root_is_found_by_whole_segments() -> None:
    """The path itself may be one; so may the whole host."""

    def longest(roots: set[str], path: str) -> str | None:
        return next((one for one in ancestors(path, lengths_of(roots)) if one in roots), None)

    roots = {"/a", "/a/b", "/a/b/c/d"}
    assert longest(roots, "/a/b/c") == "/a/b"
    assert longest(roots, "/a/b/c/d") == "/a/b/c/d"
    assert longest(roots, "/ab") is None
    assert longest({"", "/c"}, "/a") == ""


def test_only_urls_are_parsed() -> None:
    """The result is a `URL`, and the module's documentation is true."""
    import doctest

    assert isinstance(parse_url("https://h"), URL)
    assert doctest.testmod(url_module).failed == 0
