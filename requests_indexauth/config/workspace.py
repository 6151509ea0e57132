"""Which folders are members of a workspace: uv's patterns, matched in bounded time, for somebody else wrote them."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase
from typing import Any

MOST_COMPARISONS = 20_000
"""How often a folder's name is compared with a part of a pattern, for one project; a large workspace needs hundreds."""
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
    matcher = _Matcher(path.split(os.sep))  # noqa: PTH206 - no import of pathlib
    return matcher.matches(workspace.get("members")) and not matcher.matches(workspace.get("exclude"))


class _Matcher:
    """Compares a path, segment by segment, with patterns."""

    def __init__(self, segments: list[str]) -> None:
        self._segments = segments
        self._left = MOST_COMPARISONS

    def matches(self, patterns: object) -> bool:
        texts = [one for one in patterns if isinstance(one, str)] if isinstance(patterns, list) else []
        return any(self._glob([part for part in one.split("/") if part not in ("", ".")]) for one in texts)

    def _glob(self, pattern: list[str]) -> bool:
        """Whether the path matches; ``**`` stands for any number of segments, none too.

        Only the last ``**`` so far is given more segments where the rest does not fit: what an earlier one could take
        instead, the last one can as well.
        """
        segment = part = 0
        after, taken = -1, 0  # the part behind the last `**`, and the first segment that it does not stand for
        while segment < len(self._segments):
            if part < len(pattern) and pattern[part] == "**":
                part += 1
                after, taken = part, segment
            elif part < len(pattern) and self._fits(self._segments[segment], pattern[part]):
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
