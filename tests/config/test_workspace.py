"""Which folders are members of a workspace, whatever patterns somebody has thought of."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.config.workspace import LONGEST_PART, MOST_COMPARISONS, TooComplexError, is_member
from support.forking import in_forked_child

segments = st.lists(st.sampled_from(["a", "b", "ab"]), min_size=1, max_size=5)
parts = st.lists(st.sampled_from(["a", "b", "*", "?b", "**", "[!a]"]), max_size=5)


def members(*patterns: str) -> dict[str, list[str]]:
    return {"members": list(patterns)}


def joined(names: list[str]) -> str:
    return os.path.join(*names)  # noqa: PTH118 - as the code does it


def by_definition(names: list[str], pattern: list[str]) -> bool:
    """Whether a path matches: `**` stands for any number of segments, none too."""
    if not pattern:
        return not names
    if pattern[0] == "**":
        return any(by_definition(names[count:], pattern[1:]) for count in range(len(names) + 1))
    return bool(names) and fnmatchcase(names[0], pattern[0]) and by_definition(names[1:], pattern[1:])


@given(segments, parts)
def test_a_pattern_matches_by_its_definition(names: list[str], pattern: list[str]) -> None:
    """However often it says `**`."""
    assert is_member(joined(names), members("/".join(pattern))) is by_definition(names, pattern)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
def test_many_double_stars_cost_a_moment() -> None:
    """To try them all would take longer than the universe has been there."""
    path = joined(["a"] * 60)
    assert not in_forked_child(lambda: is_member(path, members("**/a/" * 30 + "b")))
    assert in_forked_child(lambda: is_member(path, members("**/a/" * 30 + "**")))
    assert not in_forked_child(lambda: is_member(joined(["a" * 255]), members("*a" * 100 + "b")))


def test_too_many_patterns_are_refused() -> None:
    """Each costs little, a million of them do not."""
    with pytest.raises(TooComplexError, match="use fewer"):
        is_member("a", members(*(f"{number}*" for number in range(MOST_COMPARISONS + 1))))
    assert is_member("a", members(*(f"{number}*" for number in range(1000)), "a"))


def test_too_many_double_stars_on_a_deep_path_are_refused() -> None:
    """The comparisons are counted over all patterns, those of `exclude` too."""
    path = joined(["a"] * 500)
    with pytest.raises(TooComplexError):
        is_member(path, {"members": ["**"], "exclude": ["**/" + "a/" * 200 + "b"]})


@pytest.mark.parametrize("pattern", ["[" + "a" * LONGEST_PART + "]", "[z-a]", "[", "[]", "[!]"])
def test_a_strange_pattern_matches_nothing(pattern: str) -> None:
    """It is longer than any name, or no pattern."""
    assert not is_member("a", members(pattern))


@pytest.mark.parametrize("patterns", [None, 1, "a", [1], [None, ["a"]]])
def test_what_is_no_list_of_patterns_has_no_members(patterns: object) -> None:
    """The file is somebody else's."""
    assert not is_member("a", {"members": patterns})
    assert is_member("a", {"members": ["a"], "exclude": patterns})
