"""Credentials out of the index's own URL: the userinfo that was configured with it."""

from __future__ import annotations

from ..models.credentials import Credentials
from ..models.query import Query
from .base import Answer, Source, blaming


class IndexUrlSource(Source):
    """The userinfo of the configured index URL, kept apart in `Index.credentials`."""

    name = "index URL"
    preemptive = True

    def skipped(self, query: Query) -> str | None:
        """Say so when no index covers the URL."""
        return "no index covers the URL" if query.index is None else None

    def find(self, query: Query) -> Answer | None:
        """Return the URL's credential or lone user name; ``None`` when it has none or is another user's.

        A password without a user name takes the given one.

        Raises:
            SourceError: that given user name cannot be put in a header.

        """
        own = query.index.credentials if query.index is not None else None
        if own is None:
            return None
        if query.username is None:
            return Answer(own)
        if not own.complete or own.username not in (None, query.username):
            return None
        with blaming(self.name):
            return Answer(Credentials.basic(query.username, own.password))
