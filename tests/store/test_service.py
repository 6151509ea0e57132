"""What a service is called: the URL it is stored under, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from requests_indexauth.errors import StoreError
from requests_indexauth.models.url import parse_url, root_path
from requests_indexauth.store.service import SERVICES, service_url, to_url


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        pytest.param("https://example.com", "https://example.com/", id="host"),
        pytest.param("example.com", "https://example.com/", id="bare host"),
        pytest.param("//example.com/team", "https://example.com/team", id="without a scheme"),
        pytest.param("example.com/team", "https://example.com/team", id="bare host and path"),
        pytest.param("https:/example.com/team", "https://example.com/team", id="one slash"),
        pytest.param("https:example.com", "https://example.com/", id="no slash"),
        pytest.param("HTTPS:///example.com/", "https://example.com/", id="three slashes"),
        pytest.param("example.com:8443/team", "https://example.com:8443/team", id="bare host and port"),
        pytest.param("  HTTPS://EXAMPLE.com:443/Team/ ", "https://example.com/Team/", id="case, port, slash, blanks"),
        pytest.param("https://example.com/simple", "https://example.com/", id="simple of a host"),
        pytest.param("https://example.com/a/SIMPLE/", "https://example.com/a", id="simple in upper case"),
        pytest.param("https://example.com/a/+simple", "https://example.com/a", id="devpi's +simple"),
        pytest.param("https://example.com/a/simple/simple", "https://example.com/a/simple", id="simple twice"),
        pytest.param("https://example.com/a/simpler", "https://example.com/a/simpler", id="not simple"),
        pytest.param("https://me:pw@example.com/a", "https://example.com/a", id="userinfo"),
        pytest.param("https://example.com/a?q=/simple#f", "https://example.com/a", id="query and fragment"),
        pytest.param("https://example.com/a/../b/./c", "https://example.com/b/c", id="dot segments"),
        pytest.param("https://example.com/%2e%2E/a/%2e", "https://example.com/a/", id="encoded dot segments"),
        pytest.param("https://example.com/a/..", "https://example.com/", id="dot segments at the end"),
        pytest.param("https://example.com//a//b", "https://example.com//a//b", id="empty segments"),
        pytest.param("https://example.com/a\\b", "https://example.com/a/b", id="backslash"),
        pytest.param(
            "https://example.com/%7e~ä b%c3%A4", "https://example.com/%7e~%C3%A4%20b%c3%A4", id="percent-encoding"
        ),
        pytest.param("https://bücher.example/", "https://xn--bcher-kva.example/", id="IDNA"),
        pytest.param("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/", id="IDNA, encoded"),
        pytest.param("https://[0:0::1]:8443/", "https://[::1]:8443/", id="IPv6"),
        pytest.param("https://[::ffff:1.2.3.4]/", "https://[::ffff:102:304]/", id="IPv4 in IPv6"),
        pytest.param("https://192.0.2.1/", "https://192.0.2.1/", id="IPv4"),
        pytest.param("http://localhost:8080/a", "http://localhost:8080/a", id="plain http, localhost"),
        pytest.param("http://127.0.0.1", "http://127.0.0.1/", id="plain http, loopback"),
        pytest.param("http://[0:0::1]:8080/a", "http://[::1]:8080/a", id="plain http, loopback, IPv6"),
        pytest.param("localhost", "https://localhost/", id="this machine"),
        pytest.param("https://corp/", "https://corp/", id="a host without a dot, written as a URL"),
        pytest.param("https://me@corp", "https://corp/", id="a host without a dot, with a user name"),
        pytest.param("corp/team", "https://corp/team", id="a host without a dot, with a path"),
        pytest.param("corp:8443", "https://corp:8443/", id="a host without a dot, with a port"),
        pytest.param("[::1]", "https://[::1]/", id="bare IPv6"),
        pytest.param("pypi", SERVICES["pypi"], id="pypi"),
        pytest.param("TestPyPI", SERVICES["testpypi"], id="testpypi, in its own spelling"),
    ],
)
def test_a_service_has_one_url(service: str, expected: str) -> None:
    """Whatever way a service is written, it is stored as uv would store it."""
    assert service_url(service) == expected


@pytest.mark.parametrize(
    "service",
    [
        pytest.param("", id="empty"),
        pytest.param("https://", id="no host"),
        pytest.param("ftp://hunter2.example.com", id="another scheme"),
        pytest.param("https://hunter2.example.com:99999/", id="port out of range"),
        pytest.param("https://hunter2 example.com/", id="blank in the host"),
        pytest.param("https://me:hunter2@h:99999/", id="userinfo and a bad port"),
        pytest.param("https://me:hun/ter2@h/", id="slash in the userinfo"),
        pytest.param("https://h\\@evil.example/", id="two ways to read the host"),
        pytest.param("https://h/a\nhunter2", id="newline"),
        pytest.param("https://256.1.1.1/", id="no IPv4 address"),
        pytest.param("https://example.123/", id="numeric top level"),
        pytest.param("https://0x7f.1/", id="hexadecimal address"),
        pytest.param("https://xn--a/", id="broken IDNA"),
        pytest.param("https://[fe80::1%25eth0]/", id="IPv6 zone"),
        pytest.param("https://h/\udc80", id="not encodable"),
    ],
)
def test_what_uv_could_not_read_is_refused(service: str) -> None:
    """One such entry and uv would refuse the whole file; the message holds nothing of what may be a secret."""
    with pytest.raises(StoreError, match="give https://host/path") as caught:
        service_url(service)
    assert "hun" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("host", ["example.com", "127.0.0.2", "sub.localhost", "[::2]", "0.0.0.0"])  # noqa: S104
def test_plain_http_is_for_this_machine(host: str) -> None:
    """A secret stored for plain http would one day go over the network in the clear."""
    with pytest.raises(StoreError, match=r"plain http is for localhost, 127\.0\.0\.1 and \[::1\] only"):
        service_url(f"http://me:hunter2@{host}/")


@pytest.mark.parametrize("service", ["hunter2", "me@hunter2", "me:pw@hunter2", "pypi-hunter2", "hünter2"])
def test_a_single_word_is_refused(service: str) -> None:
    """It is the name of an index that is not configured here, a slip of the pen or a token; and no host anybody has."""
    with pytest.raises(StoreError, match=r"no index has that name \(there are pypi, testpypi\): give one of these"):
        service_url(service)
    with pytest.raises(StoreError, match=r"\(there are corp, team, pypi, testpypi\)") as caught:
        to_url(service, ["corp", "team", "corp"])
    assert "nter2" not in str(caught.value)


SEGMENTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"], exclude_characters="?#\\"), max_size=6)
PATHS = (
    st.lists(st.one_of(st.sampled_from(["", ".", "..", "%2e", "%7E", "simple", "a"]), SEGMENTS))
    .map("/".join)
    .map(str.rstrip)
)


@pytest.mark.parametrize("service", ["http//me:s3cret@h.example/", "HTTPS;//me:s3cret@h.example/x", "https//me@h"])
def test_a_mistyped_scheme_before_userinfo_is_refused_unquoted(service: str) -> None:
    """With https:// before it the password would be a path, and be shown."""
    with pytest.raises(StoreError, match="no `://` after http or https") as caught:
        to_url(service)
    assert "me" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


@given(path=PATHS)
def test_writing_a_service_twice_changes_nothing(path: str) -> None:
    """What is written is what would be written for it, unless another `simple` was before the last one."""
    url = service_url(f"https://h/{path}")
    assert url.isascii()
    assume(not url.rstrip("/").lower().endswith("simple"))
    assert service_url(url) == url


@given(path=PATHS)
def test_a_service_is_the_same_place(path: str) -> None:
    """The written form compares equal to the given one, save for a last `simple`."""
    given_root = root_path(parse_url(f"https://h/{path}").path)
    assert root_path(parse_url(service_url(f"https://h/{path}")).path) in (given_root, root_path(given_root))
