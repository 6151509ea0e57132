"""What was found for one URL, as data; without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..models.credentials import Credentials
from ..models.url import without_query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..models.found import Found
    from ..models.query import Query
    from ..sources.base import Step


class Attempt(NamedTuple):
    """One request that was really made.

    Attributes:
        status: what it was answered.
        credential: the name of the source whose credential it carried; ``None`` for a bare request.
        www_authenticate: the server's challenge; ``None`` when there is none.
        url: where it went, without query.

    """

    status: int
    credential: str | None
    www_authenticate: str | None
    url: str

    @property
    def good(self) -> bool:
        """Whether it was not refused: any status below 400."""
        return self.status < 400  # noqa: PLR2004


class Findings:
    """What each source did for one URL, and what was really sent.

    Attributes:
        url: the URL, without userinfo; its query, which may hold a secret, is masked.
        index: the index that covers it; ``None`` when none does.
        steps: what each source did, in the order of precedence: ``source``, ``outcome``, ``why`` and ``seconds``.
        attempts: the requests that were made; empty when none was.
        problem: what kept the last of them from being answered; ``None`` when nothing did.
        unreachable: whether that was the network, and not the index's policy.

    """

    def __init__(self, query: Query, steps: Sequence[Step], lone_name: str | None = None) -> None:
        self.url = without_query(query.url)
        self.index = query.index
        self.steps = tuple(step._replace(found=None) for step in steps)
        self.attempts: tuple[Attempt, ...] = ()
        self.problem: str | None = None
        self.unreachable = False
        self._query = query
        self._found: Found | None = next((step.found for step in steps if step.outcome == "found"), None)
        self._lone_name = lone_name

    @property
    def policy(self) -> str:
        """The index's ``authenticate``; ``"auto"`` where no index covers the URL."""
        return self._query.policy

    @property
    def credentials(self) -> Credentials | None:
        """The complete credential that would be sent; ``None`` when there is none."""
        return None if self._found is None else self._found.credentials

    @property
    def sends(self) -> Credentials | None:
        """What is sent: the credential, or where there is only a user name that with an empty password, once."""
        if self._found is not None or self._lone_name is None or self.policy != "auto":
            return self.credentials
        try:
            return Credentials.basic(self._lone_name, "")
        except ValueError:  # what no header can carry
            return None

    @property
    def has_name(self) -> bool:
        """Whether a user name was given, or is configured without a password."""
        return self._lone_name is not None

    @property
    def source(self) -> str | None:
        """The name of the source that has it; ``None`` when none has."""
        return None if self._found is None else self._found.source

    @property
    def scope(self) -> str:
        """What an accepted credential is remembered for: the index, the path its entry is for, or the realm."""
        if self.index is not None:
            return f"the index {self.index.label}"
        prefix = None if self._found is None else self._found.prefix
        return f"{self._query.realm}{prefix or ''}"

    @property
    def answered(self) -> bool:
        """Whether a request was made, and the last one was not refused."""
        return bool(self.attempts) and self.problem is None and self.attempts[-1].good
