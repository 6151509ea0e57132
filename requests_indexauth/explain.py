"""What the chain did for one URL, for people and as JSON; without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .credentials import Credentials
    from .found import Found
    from .resolver import Step
    from .sources.base import Query


class Explanation:
    """How a credential for a URL was looked for.

    Attributes:
        url: the URL, without userinfo.
        index: the index that covers it; ``None`` when none does.
        steps: what each source did, in the order of precedence.

    """

    def __init__(self, query: Query, steps: Sequence[Step]) -> None:
        self.url = query.url
        self.index = query.index
        self.steps = tuple(step._replace(found=None) for step in steps)
        self._found: Found | None = next((step.found for step in steps if step.outcome == "found"), None)

    @property
    def policy(self) -> str:
        """The index's ``authenticate``; ``"auto"`` where no index covers the URL."""
        return "auto" if self.index is None else self.index.authenticate

    @property
    def credentials(self) -> Credentials | None:
        """The credential that would be sent; ``None`` when there is none."""
        return None if self._found is None else self._found.credentials

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain data for JSON: no secret in it. ``ms`` is in milliseconds."""
        index, credentials = self.index, self.credentials
        return {
            "url": self.url,
            "index": None if index is None else {"name": index.name, "url": index.url, "origin": index.origin},
            "policy": self.policy,
            "sources": [
                {
                    "source": step.source,
                    "outcome": step.outcome,
                    "why": step.why,
                    "ms": None if step.seconds is None else round(step.seconds * 1000, 3),
                }
                for step in self.steps
            ],
            "would_send": None
            if credentials is None
            else {"scheme": credentials.scheme, "username": credentials.username},
        }

    def __str__(self) -> str:
        lines = [f"url      {self.url}"]
        if self.index is not None:
            lines.append(f"index    {self.index.label} ({self.index.origin or 'given in code'})")
        lines.append(f"policy   {self.policy}")
        for step in self.steps:
            took = "" if step.seconds is None else f" [{step.seconds * 1000:.1f} ms]"
            lines.append(f"{step.source:<12} {step.outcome}{': ' if step.why else ''}{step.why}{took}")
        credentials = self.credentials
        lines.append(f"sends    {'nothing' if credentials is None else credentials.scheme}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"Explanation({self.url!r}, policy={self.policy!r}, credentials={self.credentials!r})"
