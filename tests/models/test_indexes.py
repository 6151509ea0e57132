"""Which of many indexes covers a URL."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.models.indexes import NO_INDEXES, Indexes
from requests_indexauth.models.url import Realm, parse_url
from support.forking import in_forked_child

HOST = "https://h"
OUTER, INNER, BESIDE = Index(f"{HOST}/a/simple/"), Index(f"{HOST}/a/b/simple/"), Index(f"{HOST}/ab/")
ROOT = Index("https://root/simple/")
ALL = Indexes([OUTER, INNER, BESIDE, ROOT])


@pytest.mark.parametrize(
    ("url", "index"),
    [
        pytest.param(f"{HOST}/a/simple/p/", OUTER, id="under one"),
        pytest.param(f"{HOST}/a", OUTER, id="the root itself"),
        pytest.param(f"{HOST}/a/", OUTER, id="the root with a slash"),
        pytest.param(f"{HOST}/a/b/simple/p/", INNER, id="the more specific one"),
        pytest.param(f"{HOST}/a/bc/p/", OUTER, id="not one of a shorter word"),
        pytest.param(f"{HOST}/ab/p/", BESIDE, id="a longer word"),
        pytest.param(f"{HOST}/c/", None, id="under none"),
        pytest.param(f"{HOST}/", None, id="above all"),
        pytest.param("https://other/a/", None, id="another realm"),
        pytest.param("https://root/any/thing", ROOT, id="a whole host"),
        pytest.param("https://root/", ROOT, id="a whole host, its root"),
    ],
)
def test_the_most_specific_index_covers(url: str, index: Index | None) -> None:
    """The longest root, by segments."""
    assert ALL.covering(parse_url(url)) is index


def test_of_two_with_one_root_the_first_counts() -> None:
    """As uv has it for two with one URL."""
    first, second = Index(f"{HOST}/a/simple/", "first"), Index(f"{HOST}/a/", "second")
    both = Indexes([first, second])
    assert both.covering(parse_url(f"{HOST}/a/x")) is first
    assert both.all == (first, second)


@pytest.mark.parametrize(
    ("url", "covering"),
    [
        pytest.param("https://outer//team/x", "all", id="none of the path that one slash makes"),
        pytest.param("https://never//team/x", "team", id="the policy never is kept with one slash"),
        pytest.param("https://never///team/x", "team", id="whatever the number of slashes"),
        pytest.param("https://open//team/x", "all", id="the policy never is kept with two slashes"),
        pytest.param("https://always//team/x", "team", id="the policy always is kept with one slash"),
        pytest.param("https://always//other/x", None, id="where no index is in either form"),
        pytest.param("https://strict//team/x", "all", id="never is stricter than always"),
        pytest.param("https://never/team//x", "team", id="slashes elsewhere mean nothing"),
    ],
)
def test_a_path_that_begins_with_two_slashes_is_judged_in_both_forms(url: str, covering: str | None) -> None:
    """Which of them a server receives depends on the release of requests."""
    indexes = Indexes(
        [
            Index("https://outer/", "all"),
            Index("https://outer/team/", "team"),
            Index("https://never/", "all"),
            Index("https://never/team/", "team", "never"),
            Index("https://always/team/", "team", "always"),
            Index("https://open/", "all", "never"),
            Index("https://open/team/", "team"),
            Index("https://strict/", "all", "never"),
            Index("https://strict/team/", "team", "always"),
        ]
    )
    index = indexes.covering(parse_url(url))
    assert (None if index is None else index.name) == covering


def test_the_indexes_of_a_realm() -> None:
    """Those whose scheme, host and port are its own, in their order, each root once."""
    again = Index(f"{HOST}/ab/simple/", "again")
    indexes = Indexes([BESIDE, ROOT, OUTER, again])
    assert indexes.in_realm(Realm("https", "h", 443)) == (BESIDE, OUTER)
    assert indexes.in_realm(Realm("https", "root", 443)) == (ROOT,)
    assert indexes.in_realm(Realm("https", "h", 8443)) == ()


def test_a_session_without_indexes() -> None:
    """No URL is covered."""
    assert NO_INDEXES.all == ()
    assert NO_INDEXES.covering(parse_url(f"{HOST}/a/")) is None


def test_any_strict() -> None:
    """Whether a URL need be looked at for the policy at all."""
    assert not ALL.any_strict
    assert Indexes([OUTER, Index(HOST, authenticate="always")]).any_strict
    assert Indexes([OUTER, Index(HOST, authenticate="never")]).any_strict


@pytest.mark.parametrize(("folder", "has"), [("/a", True), ("", True), ("/ab", False), ("/a/b", False), ("/c", False)])
def test_a_folder_with_a_root_in_it(folder: str, has: bool) -> None:  # noqa: FBT001
    """What is in it may belong to several indexes."""
    assert ALL.has_root_in(Realm("https", "h", 443), folder) is has


def test_a_whole_host_lies_in_no_folder() -> None:
    """Everything on it belongs to it."""
    assert not ALL.has_root_in(Realm("https", "root", 443), "")


words = st.lists(st.sampled_from(["a", "b", "ab"]), max_size=3)
paths = words.map(lambda segments: "".join(f"/{segment}" for segment in segments) + "/")


@given(st.lists(paths, max_size=5), paths)
def test_the_quick_look_up_is_the_definition(roots: list[str], path: str) -> None:
    """Of the indexes that say they cover a URL, the one with the longest root."""
    indexes = [Index(f"{HOST}{root}") for root in roots]
    url = f"{HOST}{path}"
    expected = max((index for index in indexes if index.covers(url)), key=lambda index: len(index.root), default=None)
    assert Indexes(indexes).covering(parse_url(url)) == expected


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
@pytest.mark.parametrize("piece", ["/a", "/", "/./a", "/%41", "/b"])
def test_a_long_path_costs_a_moment(piece: str) -> None:
    """Also where an index's own root is as long: each prefix by itself would be a terabyte to look at."""
    long = Index(f"{HOST}{'/b' * 500_000}")
    indexes = Indexes([OUTER, long])
    url = f"{HOST}/b{piece * (10**6 // len(piece))}"
    assert in_forked_child(lambda: indexes.covering(parse_url(url))) == (long if piece == "/b" else None)


@pytest.mark.parametrize(
    ("first", "second", "password"),
    [
        ("me", "me:pw", "pw"),
        ("me", "you:pw", None),
        ("me:own", "me:pw", "own"),
        ("me", "me", None),
        ("me", "", None),
    ],
)
def test_a_lone_user_name_takes_the_password_of_the_same_index(first: str, second: str, password: str | None) -> None:
    """pip's own options may name an index that is configured elsewhere, too."""
    own = Index(f"https://{first}@h/a/simple/", "n", "always", origin="uv.toml")
    both = Indexes([own, Index(f"https://{second}@h/a/simple/")])
    covering = both.covering(parse_url("https://h/a/x"))
    assert covering is not None
    assert covering.credentials == Credentials.basic("me", password)
    assert (covering.name, covering.authenticate, covering.origin) == ("n", "always", "uv.toml")
