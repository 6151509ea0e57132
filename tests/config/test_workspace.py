"""Which folders are members of a workspace, whatever patterns somebody has thought of."""

from __future__ import annotations

import os
import sys
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.config.workspace import (
    LONGEST_PART,
    MOST_COMPARISONS,
    MOST_FOLDERS,
    TooComplexError,
    is_member,
    member_folders,
)
from support.configuration import write_files
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


def make_members(root: Path, *folders: str) -> None:
    """Make folders with a `pyproject.toml`."""
    write_files(root, {f"{folder}/pyproject.toml": "" for folder in folders})


def found(root: Path, *patterns: str, exclude: tuple[str, ...] = ()) -> list[str]:
    """Return the members' folders, from the root on."""
    folders = member_folders(str(root), {"members": list(patterns), "exclude": list(exclude)})
    return [Path(folder).relative_to(root).as_posix() for folder in folders]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        pytest.param(["a"], ["a"], id="a name"),
        pytest.param(["./a/"], ["a"], id="dot and slash"),
        pytest.param(["p/*"], ["p/x", "p/y"], id="star"),
        pytest.param(["p/[x]", "a"], ["a", "p/x"], id="two patterns, by path"),
        pytest.param(["a", "*"], ["a"], id="twice"),
        pytest.param(["**"], ["a", "p/x", "p/y", "q/r/s"], id="any depth, less the root"),
        pytest.param(["**/**/s"], ["q/r/s"], id="double stars in a row"),
        pytest.param(["../other"], [], id="outside"),
        pytest.param(["none", "f", "p"], [], id="without a pyproject.toml"),
    ],
)
def test_the_folders_of_members(tmp_path: Path, patterns: list[str], expected: list[str]) -> None:
    """What matches and has a `pyproject.toml`."""
    root = tmp_path / "root"
    make_members(tmp_path, "root", "other", *(f"root/{one}" for one in ("a", "p/x", "p/y", "q/r/s")))
    write_files(root, {"f": "", "p/z/readme": ""})
    assert found(root, *patterns) == expected
    assert [one for one in expected if not is_member(one.replace("/", os.sep), members(*patterns))] == []


def test_excluded_folders_are_no_members(tmp_path: Path) -> None:
    """The patterns are uv's, as for `members`."""
    make_members(tmp_path, "p/x", "p/y", "p/z/deep")
    assert found(tmp_path, "p/**", exclude=("p/y", "p/z/*")) == ["p/x"]


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights there")
def test_links_that_form_a_circle_have_an_end(tmp_path: Path) -> None:
    """A star may lead through a link, as in uv; a double star does not."""
    make_members(tmp_path, "p/x")
    (tmp_path / "p" / "loop").symlink_to(tmp_path)
    (tmp_path / "p" / "y").symlink_to(tmp_path / "p" / "x")
    assert found(tmp_path, "**") == ["p/x"]
    assert found(tmp_path, "p/*") == ["p/x", "p/y"]


def test_too_many_folders_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may have written the pattern."""
    monkeypatch.setattr("requests_indexauth.config.workspace.MOST_FOLDERS", 10)
    make_members(tmp_path, *(f"{number:02}" for number in range(11)))
    with pytest.raises(TooComplexError, match="name the members"):
        found(tmp_path, "*")
    assert MOST_FOLDERS > 1000


def test_a_deep_tree_is_left_at_some_depth(tmp_path: Path) -> None:
    """No project goes so deep."""
    make_members(tmp_path, "/".join("a" * 70), "/".join("a" * 60))
    assert found(tmp_path, "**") == ["/".join("a" * 60)]


@pytest.mark.parametrize("pattern", ["a\0/*", "a\0/**", "a\0", "q\0*"])
def test_a_pattern_with_a_nul_has_no_members(tmp_path: Path, pattern: str) -> None:
    """The system takes no such path, and to say so must not end a request."""
    make_members(tmp_path, "q")
    assert found(tmp_path, pattern, "q") == ["q"]


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="needs a folder that cannot be read")
def test_a_folder_that_cannot_be_read_has_no_members(tmp_path: Path) -> None:
    """It is passed over."""
    make_members(tmp_path, "p/x", "q")
    (tmp_path / "p").chmod(0)
    try:
        assert found(tmp_path, "**") == ["q"]
    finally:
        (tmp_path / "p").chmod(0o755)
