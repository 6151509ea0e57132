"""Questions to a source, written as a URL and what is known about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests_indexauth.models.query import Query
from requests_indexauth.models.url import parse_url

if TYPE_CHECKING:
    from requests_indexauth.models.index import Index


def query(
    url: str,
    *,
    index: Index | None = None,
    username: str | None = None,
    challenged: bool = False,
    cross_realm: bool = False,
) -> Query:
    """Return the question a source is asked for `url`."""
    parsed = parse_url(url)
    return Query(parsed.clean, parsed.realm, parsed.path, index, username, challenged, cross_realm)
