"""What a source of credentials is: one question, one answer."""

from __future__ import annotations

from typing import Callable, NamedTuple, Union

from ..credentials import MASK, Credentials
from ..index import Index
from ..url import Realm

Warn = Callable[[str], None]
"""Takes a warning, a line that starts with the source's name and holds no secret, and shows it once."""


Where = Union[Index, Realm]
"""What a credential is tried, kept and refused for: the index that covers the URL, else the realm."""

INSECURE = "plain http to a host that is not loopback"
"""Why a source is skipped whose secrets must not cross the network in the clear."""
SWITCHED_OFF = "switched off (store=False)"
"""Why neither store is asked."""


class Query(NamedTuple):
    """The question put to each source.

    Attributes:
        url: the URL to be requested, without userinfo.
        realm: its scheme, host and port.
        path: its normalised path.
        index: the most specific index that covers it; ``None`` when none does.
        username: the user name an answer must be for; ``None`` when any will do.
        challenged: whether the server has answered this request with 401.
        hopped: whether a redirect from another realm led here.
        early: whether the request has a body, which had better be sent once: sources are asked before.

    """

    url: str
    realm: Realm
    path: str
    index: Index | None = None  # type: ignore[assignment]  # tuple.index is not missed
    username: str | None = None
    challenged: bool = False
    hopped: bool = False
    early: bool = False

    @property
    def where(self) -> Where:
        """The index that covers the URL, else its realm."""
        return self.realm if self.index is None else self.index

    @property
    def policy(self) -> str:
        """The index's ``authenticate``; ``"auto"`` where no index covers the URL."""
        return "auto" if self.index is None else self.index.authenticate

    @property
    def always(self) -> bool:
        """Whether the policy is to look for credentials before any request."""
        return self.policy == "always"

    @property
    def pressing(self) -> bool:
        """Whether whoever is slow to ask is asked: after a 401, or before a body goes to a configured index."""
        return self.challenged or (self.early and self.index is not None)

    def __repr__(self) -> str:
        user = None if self.username is None else MASK
        return f"Query({self.url!r}, index={self.index!r}, username={user}, challenged={self.challenged})"


class Answer(NamedTuple):
    """What a source found.

    Attributes:
        credentials: a complete credential; or a lone user name, which becomes the given one for later sources.
        prefix: the path the source has it for (normalised, no trailing slash); ``None`` when for the whole host.

    """

    credentials: Credentials
    prefix: str | None = None


class Source:
    """One place credentials come from.

    `find` returns ``None`` when nothing is there, and raises `SourceError` when what is there is broken. A part that
    is broken (one entry of many) goes to ``self.warn``, and the rest still counts.
    """

    name: str
    """What messages and `explain` call the source."""
    slow = False
    """Whether an answer, "nothing" included, is kept for a scope and user name instead of being asked per URL."""
    own = False
    """Whether an answer is the index's own credential, which is sent without waiting for a refusal."""

    personal = False
    """Whether it is a person who answers: asked after everything else, what a session remembers of the realm too."""

    def __init__(self, warn: Warn) -> None:
        self.warn = warn

    def skipped(self, query: Query) -> str | None:
        """Return why this source is not asked this question, or ``None`` when it is."""

    def find(self, query: Query) -> Answer | None:
        """Return the answer to the question, or ``None``."""
        raise NotImplementedError

    def missed(self, query: Query) -> str:  # noqa: ARG002 - for those who know better
        """Return why `find` has just had nothing, for people: what is nearly an answer. Empty where that says all."""
        return ""

    def refresh(self) -> None:
        """Forget what was read, because a credential that worked is now refused."""
