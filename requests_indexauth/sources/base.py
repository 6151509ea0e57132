"""What a source of credentials is: one question, one answer."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Callable, Literal, NamedTuple

from ..errors import SourceError
from ..models.credentials import Credentials
from ..models.found import Found
from ..models.query import Query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..models.url import Realm

Warn = Callable[[str], None]
"""Takes a warning, a line that starts with the source's name and holds no secret, and shows it once."""


INSECURE = "plain http to a host that is not loopback"
"""Why a source is skipped whose secrets must not cross the network in the clear."""
SWITCHED_OFF = "switched off (store=False)"
"""Why neither store is asked."""


class Answer(NamedTuple):
    """What a source found.

    Attributes:
        credentials: a complete credential; or a lone user name, which becomes the given one for later sources.
        prefix: the path the source has it for (normalised, no trailing slash); ``None`` when for the whole host.
        expires: when to ask again, in seconds since the epoch; ``None``: when it is refused.

    """

    credentials: Credentials
    prefix: str | None = None
    expires: float | None = None


class Missed(NamedTuple):
    """Why a source has nothing.

    Attributes:
        why: the reason, for people; empty for none.
        near: what it has that is nearly an answer: a credential of another ``"user"``, one that a later entry for the
            same host hides (``"hidden"``), or one for another ``"place"``; ``None`` if nothing is near.

    """

    why: str = ""
    near: Literal["user", "hidden", "place"] | None = None


class Source:
    """One place credentials come from.

    `find` returns ``None`` when nothing is there, and raises `SourceError` when what is there is broken. A part that
    is broken (one entry of many) goes to ``self.warn``, and the rest still counts.
    """

    name: str
    """What messages and `explain` call the source."""
    slow = False
    """Whether an answer, "nothing" included, is kept for a scope and user name instead of being asked per URL."""
    preemptive = False
    """Whether an answer is the index's own credential, which is sent without waiting for a refusal."""
    interactive = False
    """Whether a person answers: such a source is asked last, after what the session remembers of the realm."""

    def __init__(self, warn: Warn) -> None:
        self.warn = warn

    def skipped(self, query: Query) -> str | None:
        """Return why this source is not asked this question, or ``None`` when it is."""

    def find(self, query: Query) -> Answer | None:
        """Return the answer to the question, or ``None``."""
        raise NotImplementedError

    def preempts(self, realm: Realm) -> bool:  # noqa: ARG002 - for those who have something
        """Return whether a preemptive source may have a credential for a URL of a realm that no index covers."""
        return False

    def missed(self, query: Query) -> Missed:  # noqa: ARG002 - for those who know better
        """Return why `find` has just returned nothing, and what was nearest to an answer."""
        return Missed()

    def noted(self, query: Query) -> str:  # noqa: ARG002 - for those who have something to add
        """Return a note for people on the answer that `find` has just returned; empty when there is none."""
        return ""

    def has_changed(self) -> bool:
        """Return whether what was read may be out of date; cheap: it looks at a file's state at most."""
        return False

    def refresh(self) -> None:
        """Forget what was read, because a credential that worked is now refused."""


class Step(NamedTuple):
    """What one source did for one question.

    Attributes:
        source: its name.
        outcome: ``"found"``, ``"user name"`` (it had only that), ``"nothing"``, ``"skipped"``, ``"failed"`` or
            ``"not reached"``.
        why: the reason, for people; empty where the outcome is enough.
        seconds: how long it took; ``None`` when it was not asked.
        found: what it found; ``None`` where it found nothing that counts.
        near: as in `Missed`.

    """

    source: str
    outcome: str
    why: str = ""
    seconds: float | None = None
    found: Found | None = None
    near: Literal["user", "hidden", "place"] | None = None


@contextmanager
def blaming(where: str) -> Iterator[None]:
    """Turn the `ValueError` of a credential that no header can carry into a `SourceError` that names its place.

    Args:
        where: the source's name, and what a person has to correct there.

    Raises:
        SourceError: in place of the `ValueError` of `Credentials`, whose message quotes no value.

    """
    try:
        yield
    except ValueError as error:
        message = f"{where}: {error}"
        raise SourceError(message) from None


def unwanted_yet(query: Query) -> str | None:
    """Return why a slow source is not asked yet; ``None`` when it is asked."""
    if query.always or query.ask_slow_sources or query.username is not None:
        return None
    return "asked only after a 401, for a given user name, or where the policy is always"
