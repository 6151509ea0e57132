"""One request as the flow sees it: facts, no objects of ``requests``."""

from __future__ import annotations

from typing import Callable, NamedTuple

from .found import Found
from .indexes import NO_INDEXES, Indexes
from .query import Query, Where

UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class ServerAnswer(NamedTuple):
    """What came back: the status, and whether it came from the server now (``False``: out of an HTTP cache)."""

    status: int
    fresh: bool = True


class Call(NamedTuple):
    """What is known of a request before anything is sent.

    Attributes:
        query: the question its URL puts to the sources; its user name is the given one.
        method: upper case.
        given: the complete credential the caller gave; ``None`` when there is none.
        keep_given: whether the given one is remembered once accepted (it stood in the URL, and not in a redirect).
        bare: whether no credential may be sent (a pre-signed URL, or a redirect from https to plain http).
        downgraded: whether that is for such a redirect.
        gated: whether others wait for the answer; false when the request may never be sent.
        passing: whether what is found serves this request alone: a redirect's ``Location`` gave the user name, or a
            program whose sessions share what they learn.
        indexes: the configured indexes; those of the realm lie beside a URL that none of them covers.
        before_waiting: called before this call waits for another one: it must not keep a connection from that.

    """

    query: Query
    method: str = "GET"
    given: Found | None = None
    keep_given: bool = False
    bare: bool = False
    downgraded: bool = False
    gated: bool = True
    passing: bool = False
    indexes: Indexes = NO_INDEXES
    before_waiting: Callable[[], None] = lambda: None

    @property
    def policy(self) -> str:
        """The index's ``authenticate``; ``"auto"`` where no index covers the URL."""
        return self.query.policy

    @property
    def has_body(self) -> bool:
        """Whether sources are asked before the first sending, because the request has a body."""
        return self.query.has_body

    @property
    def where(self) -> Where:
        """The index that covers the URL, else its realm."""
        return self.query.where

    @property
    def label(self) -> str:
        """What messages call the index, or the realm where no index covers the URL."""
        return str(self.query.realm) if self.query.index is None else self.query.index.label

    @property
    def safe(self) -> bool:
        """Whether repeating the request changes nothing (RFC 9110, section 9.2.1)."""
        return self.method in SAFE_METHODS
