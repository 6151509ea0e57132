"""Note the source of each credential that is sent: a response only has the header."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models.found import Found
    from .flow import Flow


def watched(flow: Flow, sources: dict[str, str]) -> Flow:
    """Return a flow that notes, by ``Authorization``, the source of each credential it says to send."""
    with closing(flow):
        try:
            found: Found | None = next(flow)
            while True:
                if found is not None:
                    sources[str(found.header)] = found.source
                found = flow.send((yield found))
        except StopIteration:
            return
