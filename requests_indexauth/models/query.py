"""The question that a URL puts to the sources of credentials."""

from __future__ import annotations

from typing import NamedTuple, Union

from .credentials import MASK
from .index import Index
from .url import Realm, parse_url

Where = Union[Index, Realm]
"""What a credential is tried, kept and refused for: the index that covers the URL, else the realm."""


class Query(NamedTuple):
    """The question put to each source.

    Attributes:
        url: the URL to be requested, without userinfo.
        realm: its scheme, host and port.
        path: its normalised path.
        index: the most specific index that covers it; ``None`` when none does.
        username: the user name an answer must be for; ``None`` when any will do.
        challenged: whether the server has answered this request with 401.
        cross_realm: whether a redirect from another realm led here.
        has_body: whether the request has a body. It had better be sent only once, so sources are asked first.

    """

    url: str
    realm: Realm
    path: str
    index: Index | None = None  # type: ignore[assignment]  # tuple.index is not missed
    username: str | None = None
    challenged: bool = False
    cross_realm: bool = False
    has_body: bool = False

    @property
    def where(self) -> Where:
        """The index that covers the URL, else its realm."""
        return self.realm if self.index is None else self.index

    @property
    def folder(self) -> str:
        """The folder the path lies in: ``/simple`` for ``/simple/thing/``; ``""`` for the root."""
        return self.path.rstrip("/").rpartition("/")[0]

    def for_index(self, index: Index) -> Query:
        """Return the question that an index's own URL puts, in place of this one beside it."""
        parsed = parse_url(index.url)
        return self._replace(url=parsed.clean, path=parsed.path, index=index)

    @property
    def policy(self) -> str:
        """The index's ``authenticate``; ``"auto"`` where no index covers the URL."""
        return "auto" if self.index is None else self.index.authenticate

    @property
    def always(self) -> bool:
        """Whether the policy is to look for credentials before any request."""
        return self.policy == "always"

    @property
    def ask_slow_sources(self) -> bool:
        """Whether slow sources are asked: after a 401, or before a body goes to a configured index."""
        return self.challenged or (self.has_body and self.index is not None)

    def __repr__(self) -> str:
        user = None if self.username is None else MASK
        return f"Query({self.url!r}, index={self.index!r}, username={user}, challenged={self.challenged})"
