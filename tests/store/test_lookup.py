"""Look-ups: which of the store's credentials answers for a URL."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.models.url import covers, parse_url
from requests_indexauth.store.entry import parse_entry
from requests_indexauth.store.lookup import StoreIndex
from support.forking import in_forked_child

if TYPE_CHECKING:
    from requests_indexauth.store.entry import Entry


def make(*services: str | tuple[str, str | None]) -> StoreIndex:
    """Return a store: services of user `u`, or (service, user); no user is a Bearer token. Secrets are numbers."""
    entries = []
    for number, item in enumerate(services):
        service, user = item if isinstance(item, tuple) else (item, "u")
        table = {"service": service, "scheme": "bearer", "token": str(number)}
        if user is not None:
            table = {"service": service, "username": user, "password": str(number)}
        entries.append(parse_entry(table, number))
    return StoreIndex(entries)


def match(index: StoreIndex, url: str, username: str | None = None) -> list[int]:
    """Return the numbers of the entries that answer for a URL."""
    parsed = parse_url(url)
    return sorted(entry.number for entry in index.match(parsed.realm, parsed.path, username))


NESTED = make("https://h/", "https://h/a", "https://h/a/b", "http://h/a", "https://h:8443/a", "https://other/a")


@pytest.mark.parametrize(
    ("url", "number"),
    [
        pytest.param("https://h", 0, id="host"),
        pytest.param("https://h/x/y", 0, id="elsewhere on the host"),
        pytest.param("https://h/a", 1, id="path"),
        pytest.param("https://h/a/", 1, id="path with a slash"),
        pytest.param("https://h/a/x?q=1#f", 1, id="below the path, with a query"),
        pytest.param("https://h/ab", 0, id="not on a segment boundary"),
        pytest.param("https://h/a/bc", 1, id="the longer one not on a segment boundary"),
        pytest.param("https://h/a/b/c/d", 2, id="the longest prefix"),
        pytest.param("https://h/a//b", 1, id="an empty segment"),
        pytest.param("https://h/a/b/../c", 1, id="dot segments"),
        pytest.param("https://h/A/b", 0, id="paths have case"),
        pytest.param("HTTPS://H:443/a", 1, id="hosts have none, and a default port"),
        pytest.param("http://h/a", 3, id="scheme"),
        pytest.param("https://h:8443/a/b", 4, id="port"),
        pytest.param("https://other/a/b", 5, id="host of another"),
        pytest.param("https://other/", None, id="above the path"),
        pytest.param("https://third/a", None, id="unknown host"),
    ],
)
def test_the_longest_prefix_answers(url: str, number: int | None) -> None:
    """Same realm, longest path prefix, on a segment boundary."""
    assert match(NESTED, url) == ([] if number is None else [number])


USERS = make(
    ("https://h/a", "u"), ("https://h/a", "v"), ("https://h/", "w"), ("https://h/b", None), ("https://h/b", "u")
)


@pytest.mark.parametrize(
    ("url", "username", "numbers"),
    [
        pytest.param("https://h/a", None, [0, 1], id="two users"),
        pytest.param("https://h/a", "u", [0], id="one of them"),
        pytest.param("https://h/a", "v", [1], id="the other"),
        pytest.param("https://h/a", "w", [2], id="a third, of the host"),
        pytest.param("https://h/a", "x", [], id="a user without credentials"),
        pytest.param("https://h/b", None, [3, 4], id="a token and a user"),
        pytest.param("https://h/b", "u", [4], id="a token is nobody's"),
        pytest.param("https://h/c", None, [2], id="one user"),
    ],
)
def test_users(url: str, username: str | None, numbers: list[int]) -> None:
    """A user name given must be equal; several equally specific ones are all returned, for the caller to decide."""
    assert match(USERS, url, username) == numbers


def test_of_one_users_credentials_the_last_counts() -> None:
    """As in uv, where a later table of the same service and user replaces an earlier one."""
    index = make("https://h/a", "https://h:443/a", ("https://h/b", None), ("https://h/b", None))
    assert match(index, "https://h/a") == [1]
    assert match(index, "https://h/a", "u") == [1]
    assert match(index, "https://h/b") == [3]


@pytest.mark.parametrize("first", ["https://h/a", "https://h/a/"])
def test_a_slash_at_the_end_is_more_specific(first: str) -> None:
    """`/a/` goes before `/a` as in uv, in any order; unlike in uv it answers for `/a` too."""
    second = {"https://h/a": "https://h/a/", "https://h/a/": "https://h/a"}[first]
    index = make(first, (second, "v"), (second, "u"), (first, "u"))
    expected = [0, 3] if first.endswith("/") else [1, 2]
    assert match(index, "https://h/a/b")[-1] == expected[-1]
    assert match(index, "https://h/a", "u") == [expected[-1]]
    assert match(make("https://h/a/"), "https://h/a") == [0]


def test_of_two_users_the_more_specific_one_counts() -> None:
    """Where no user name is given there is no choice to make, in whatever order they stand."""
    assert match(make("https://h/a", ("https://h/a/", "v")), "https://h/a/b") == [1]
    assert match(make(("https://h/a/", "v"), "https://h/a"), "https://h/a/b") == [0]


def test_equal_urls_match() -> None:
    """IDNA and percent-encoding are no difference."""
    index = make("https://bücher.example/ä", "https://h/%7eb")
    assert match(index, "https://xn--bcher-kva.example/%c3%a4/x") == [0]
    assert match(index, "https://h/~b") == [1]


def test_thousands_of_segments() -> None:
    """A hostile path is not taken apart beyond what could match."""
    assert match(NESTED, "https://h/a" + "/x" * 50_000) == [1]
    assert match(NESTED, "https://h" + "/" * 50_000) == [0]


PATHS = st.lists(st.sampled_from(["a", "b", "ab", "simple"]), max_size=4).map(lambda parts: "/" + "/".join(parts))
ENTRIES = st.lists(st.tuples(PATHS, st.sampled_from(["u", "v", None])), max_size=12)


@given(entries=ENTRIES, path=PATHS, username=st.sampled_from([None, "u", "v", "w"]))
def test_the_index_agrees_with_the_rule(entries: list[tuple[str, str | None]], path: str, username: str | None) -> None:
    """Whatever is stored, the layout for speed gives what going through the list by the rule gives."""
    index = make(*((f"https://h{where}", user) for where, user in entries))
    assert match(index, f"https://h{path}", username) == by_the_rule(index.entries, path, username)


def by_the_rule(entries: list[Entry], path: str, username: str | None) -> list[int]:
    """Return the last entry of each user among those with the longest root that covers the path."""
    candidates = [
        entry for entry in entries if covers(entry.root, path) and (username is None or entry.user == username)
    ]
    longest = max((len(entry.root) for entry in candidates), default=0)
    return sorted({entry.user: entry.number for entry in candidates if len(entry.root) == longest}.values())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
def test_a_long_path_costs_a_moment_in_a_store_with_a_long_one() -> None:
    """A megabyte of each: every prefix by itself would be a terabyte to look at."""
    index = make("https://h/a", f"https://h{'/b' * 500_000}")
    assert in_forked_child(lambda: match(index, f"https://h{'/b' * 499_999}/c")) == []
    assert in_forked_child(lambda: match(index, f"https://h{'/b' * 500_001}")) == [1]
