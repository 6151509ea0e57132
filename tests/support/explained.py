"""The JSON of `indexauth explain`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from support.commands import Run


def explained(run: Run, *arguments: str, code: int | None = None) -> dict[str, Any]:
    """Return the JSON of an explanation."""
    ran = run("explain", *arguments, "--format", "json")
    if code is not None:
        assert (ran.code, ran.err) == (code, "")
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def outcome(answer: dict[str, Any], source: str) -> str:
    """Return what became of a source."""
    return next(str(one["outcome"]) for one in answer["sources"] if one["source"] == source)


def why(answer: dict[str, Any], source: str) -> str:
    """Return the reason given for it."""
    return next(str(one["why"]) for one in answer["sources"] if one["source"] == source)
