"""Which credential helper is for a host, by the patterns it is named for."""

from __future__ import annotations

import re

import pytest

from requests_indexauth.config.helpers import given_helpers
from requests_indexauth.models.helper import Helpers


def for_host(patterns: dict[str, str], host: str) -> str | None:
    """Return the command of the pattern that decides."""
    found = given_helpers(patterns).find(host)
    return None if found is None else found.command[0]


PATTERNS = {
    "example.com": "exact",
    "*.example.com": "below",
    "*.team.example.com": "deeper",
    "*.com": "com",
    "pkgs.example.com": "pkgs",
    "127.0.0.1": "address",
    "[::1]": "six",
    "Bücher.example": "idn",
    "localhost": "here",
    "DOTTED.example.": "dotted",
}


@pytest.mark.parametrize(
    ("host", "command"),
    [
        ("example.com", "exact"),
        ("pkgs.example.com", "pkgs"),
        ("other.example.com", "below"),
        ("a.b.example.com", "below"),
        ("team.example.com", "deeper"),
        ("a.team.example.com", "deeper"),
        ("notexample.com", "com"),
        ("com", "com"),
        ("127.0.0.1", "address"),
        ("::1", "six"),
        ("xn--bcher-kva.example", "idn"),
        ("localhost", "here"),
        ("dotted.example.", "dotted"),
        ("dotted.example", None),
        ("example.com.", None),
        ("example.org", None),
        ("0.0.1", None),
        ("", None),
    ],
)
def test_the_most_specific_pattern_counts(host: str, command: str | None) -> None:
    """The host itself, else the nearest domain above it: `*.example.com` is for `example.com`, too, as for Bazel."""
    assert for_host(PATTERNS, host) == command


def test_a_star_is_for_what_no_other_pattern_is_for() -> None:
    """Bazel's helper without a pattern."""
    patterns = {"*": "every", "example.com": "exact"}
    assert (for_host(patterns, "example.com"), for_host(patterns, "example.org")) == ("exact", "every")


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "*.",
        "**",
        "**.example.com",
        "*example.com",
        "a.*.com",
        "example.*",
        "*.*.com",
        "example.com:8080",
        "*.example.com:443",
        "https://example.com",
        "example.com/simple",
        "example.com/",
        "me@example.com",
        "exa mple.com",
        "example.com\n",
        "exam\x1bple.com",
        "exam%70le.com",
        "[::1",
        "[::1]:80",
        "*.[::1]",
        "::1",
        "[zz]",
        "xn--é.example",
        "a" * 300 + "é",
    ],
)
def test_what_is_no_pattern(pattern: str) -> None:
    """It is refused, unquoted: it may be anything."""
    with pytest.raises(ValueError, match=r"^credential_helper: a host pattern is example\.com, \*\.example\.com or \*"):
        given_helpers({pattern: "x"})


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        *[
            (pattern, "a host pattern has no empty part: write example.com or *.example.com")
            for pattern in (".", "..", "*..", ".example.com", "*..example.com", "a..example.com", "example.com..")
        ],
        *[
            (pattern, "an IPv4 address in a host pattern has four decimal parts: write 127.0.0.1")
            for pattern in (
                "127.1",
                "*.127.1",
                "2130706433",
                "0x7f.1",
                "127.0.0.0x1",
                "127.0.0.256",
                "1.2.3.4.5",
                "01.2.3.4",
            )
        ],
    ],
)
def test_a_pattern_that_no_request_can_match_is_refused_with_the_reason(pattern: str, why: str) -> None:
    """It would be passed over in silence otherwise."""
    with pytest.raises(ValueError, match=f"^credential_helper: {re.escape(why)}$"):
        given_helpers({pattern: "x"})


@pytest.mark.parametrize(
    "pattern", ["127.0.0.1", "255.10.0.99", "[::1]", "1e3.com", "7.example", "localhost", "a.example."]
)
def test_a_host_that_looks_odd_may_be_meant(pattern: str) -> None:
    """An address in full, digits in a name, a name with the root's dot."""
    assert for_host({pattern: "x"}, pattern.strip("[]")) == "x"


def test_what_helpers_show() -> None:
    """The patterns alone: a command's arguments may hold a secret."""
    shown = repr(given_helpers({"*.example.com": "x --password secret", "example.org": "y"}))
    assert shown == "<for example.org, *.example.com>"
    assert repr(Helpers()) == "<for no host>"
