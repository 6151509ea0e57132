"""Find the members of a workspace by uv's patterns, in bounded time: a stranger may have written them."""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH113, PTH118, PTH206

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_COMPARISONS = 20_000
"""How often a folder's name is compared with a part of a pattern, for one project; a large workspace needs hundreds."""
MOST_FOLDERS = 20_000
"""How many files and folders are looked at to find the members of a workspace."""
DEEPEST = 64
"""How many folders deep a member lies at most below the workspace's root."""
LONGEST_PART = 512
"""How many characters a part of a pattern has at most; a folder's name has 255 bytes."""


class TooComplexError(Exception):
    """The patterns of a workspace are too many or too complex; the message says what to do."""


def is_member(path: str, workspace: dict[str, Any]) -> bool:
    """Whether a folder is a member of a workspace: one of its ``members`` patterns matches, and none of ``exclude``.

    Args:
        path: of the folder, relative to the workspace's root.
        workspace: the table ``[tool.uv.workspace]``.

    Raises:
        TooComplexError: that cannot be told in a moment.

    """
    matcher = _Matcher()
    segments = path.split(os.sep)
    return matcher.matches(segments, workspace.get("members")) and not matcher.matches(
        segments, workspace.get("exclude")
    )


def member_folders(root: str, workspace: dict[str, Any]) -> list[str]:
    """Return the folders of a workspace's members that have a ``pyproject.toml``, sorted, less the root itself.

    Args:
        root: the workspace's root.
        workspace: the table ``[tool.uv.workspace]``.

    Raises:
        TooComplexError: they cannot be found in a moment.

    """
    matcher = _Matcher()
    folders = set()
    for pattern in map(_parts, _texts(workspace.get("members"))):
        for segments in matcher.expand(root, pattern):
            matcher.count_folder()
            folder = os.path.join(root, *segments)
            if segments and os.path.isfile(os.path.join(folder, "pyproject.toml")):
                folders.add((folder, tuple(segments)))
    exclude = workspace.get("exclude")
    return [folder for folder, segments in sorted(folders) if not matcher.matches(list(segments), exclude)]


def _texts(patterns: object) -> list[str]:
    return [one for one in patterns if isinstance(one, str)] if isinstance(patterns, list) else []


def _parts(pattern: str) -> list[str]:
    """Return what stands between the slashes; several ``**`` in a row mean the same as one."""
    parts: list[str] = []
    for part in pattern.split("/"):
        if part not in ("", ".") and [*parts[-1:], part] != ["**", "**"]:
            parts.append(part)
    return parts


class _Matcher:
    """Compares paths, segment by segment, with patterns; what that may cost is for all of them together."""

    def __init__(self) -> None:
        self._left = MOST_COMPARISONS
        self._folders_left = MOST_FOLDERS

    def matches(self, segments: list[str], patterns: object) -> bool:
        """Whether a path matches one of some patterns."""
        return any(self._glob(segments, _parts(one)) for one in _texts(patterns))

    def expand(self, root: str, pattern: list[str], found: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        """Yield the folders below a root that match a pattern, as segments of their paths.

        ``..`` leads nowhere, and ``**`` through no link: the folders may form a circle.
        """
        if len(found) > DEEPEST:
            return
        if not pattern:
            yield found
            return
        part, rest = pattern[0], pattern[1:]
        if part == "**":
            yield from self.expand(root, rest, found)
            for name in self._folders(os.path.join(root, *found), links=False):
                yield from self.expand(root, pattern, (*found, name))
        elif re.search(r"[*?\[]", part):
            for name in self._folders(os.path.join(root, *found), links=True):
                if self._fits(name, part):
                    yield from self.expand(root, rest, (*found, name))
        elif part != "..":
            yield from self.expand(root, rest, (*found, part))

    def count_folder(self) -> None:
        """Count one file or folder that is looked at."""
        self._folders_left -= 1
        if self._folders_left < 0:
            message = "its patterns lead to too many folders: name the members, or use fewer wildcards"
            raise TooComplexError(message)

    def _folders(self, folder: str, *, links: bool) -> Iterator[str]:
        """Yield the names of the folders in a folder; none of one that cannot be read or named."""
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    self.count_folder()
                    if entry.is_dir(follow_symlinks=links):
                        yield entry.name
        except (OSError, ValueError):  # ValueError: a NUL in it
            return

    def _glob(self, segments: list[str], pattern: list[str]) -> bool:
        """Whether a path matches; ``**`` stands for any number of segments, none too.

        Only the last ``**`` so far is given more segments where the rest does not fit: what an earlier one could take
        instead, the last one can as well.
        """
        segment = part = 0
        after, taken = -1, 0  # the part behind the last `**`, and the first segment that it does not stand for
        while segment < len(segments):
            if part < len(pattern) and pattern[part] == "**":
                part += 1
                after, taken = part, segment
            elif part < len(pattern) and self._fits(segments[segment], pattern[part]):
                segment += 1
                part += 1
            elif after >= 0:
                taken += 1
                segment, part = taken, after
            else:
                return False
        return all(one == "**" for one in pattern[part:])

    def _fits(self, name: str, part: str) -> bool:
        if not self._left:
            message = "its patterns are too many or too complex: use fewer, with fewer wildcards"
            raise TooComplexError(message)
        self._left -= 1
        try:
            return name == part or (len(part) <= LONGEST_PART and fnmatchcase(name, part))
        except re.error:  # Python 3.9, of a range that runs backwards: for uv, too, it matches nothing
            return False
