"""The log of one call at DEBUG: how each credential was chosen, and what each answer taught. It has no secret."""

from __future__ import annotations

import logging
from contextlib import closing
from typing import TYPE_CHECKING

from ..models.url import mask_query

if TYPE_CHECKING:
    from collections.abc import Generator
    from typing import Optional

    from ..models.call import Call, ServerAnswer
    from ..models.found import Found
    from ..sources.base import Step

    Flow = Generator[Optional[Found], ServerAnswer, None]

logger = logging.getLogger("requests_indexauth")

_ORIGINS = {
    "memo": "remembered",
    "realm": "accepted in the realm before",
    "chain": "a source has it",
}


class Notes:
    """Collects what happens in one call, and logs it: one record before each request, one after its answer.

    Made only while the logger is at DEBUG.

    Args:
        call: the call.

    """

    def __init__(self, call: Call) -> None:
        query, index = call.query, call.query.index
        where = "no index" if index is None else f"the index {index.label}"
        self._url = f"{call.method} {mask_query(query.url)}"
        self._head = f"{self._url} ({where}, policy {call.policy})"
        self._place = str(query.realm) if index is None else f"{where} and for {query.realm}"
        self._given = call.given is not None
        self._asked: list[str] = []
        self._learned: list[str] = []
        self._origin = ""

    def asked(self, step: Step) -> None:
        """Note what a source did, once; skip a source that was not reached."""
        said = f"{step.source}: {step.outcome}{f' ({step.why})' if step.why else ''}"
        if step.outcome != "not reached" and said not in self._asked:
            self._asked.append(said)

    def asked_afresh(self) -> None:
        """Note that the sources are read again, because a credential that had been accepted is refused."""
        self._asked.append("all afresh, since what was remembered is refused")

    def chose(self, origin: str) -> None:
        """Note where what is sent next comes from: a candidate's ``origin``."""
        self._origin = _ORIGINS.get(origin, "")

    def remembered(self, found: Found, *, overrides: bool = False) -> None:
        """Note that an answer proves a credential."""
        again = ", on the caller's word good again" if overrides else ""
        self._learned.append(f"remembered that from {found.source} for {self._place}{again}")

    def refused(self, found: Found, *, lapsed: bool) -> None:
        """Note that an answer refuses a credential: one that was remembered is forgotten."""
        what = "forgot" if lapsed else "will not send here again"
        self._learned.append(f"{what} that from {found.source}")

    def sending(self, found: Found | None) -> None:
        """Log what is sent, and why."""
        what = "no credential" if found is None else f"that from {found.source}"
        origin = f", {self._origin}" if self._origin and not self._given else ""
        asked = f"; asked: {'; '.join(self._asked)}" if self._asked else ""
        logger.debug("%s: sending %s%s%s", self._head, what, origin, asked)
        self._asked.clear()

    def answered(self, answer: ServerAnswer) -> None:
        """Log what was answered, and what was learned from it."""
        stale = "" if answer.fresh else ", out of a cache"
        learned = f"; {'; '.join(self._learned)}" if self._learned else ""
        logger.debug("%s: answered %d%s%s", self._url, answer.status, stale, learned)
        self._learned.clear()

    def ended(self) -> None:
        """Log which sources were asked in vain after the last answer."""
        if self._asked:
            logger.debug("%s: nothing more to send; asked: %s", self._url, "; ".join(self._asked))


def logged(flow: Flow, notes: Notes) -> Flow:
    """Return a flow that logs what it sends and what is answered."""
    with closing(flow):
        try:
            found: Found | None = next(flow)
            while True:
                notes.sending(found)
                answer = yield found
                found = _after(flow, answer, notes)
        except StopIteration:
            notes.ended()
            return


def _after(flow: Flow, answer: ServerAnswer, notes: Notes) -> Found | None:
    """Return what follows an answer, which is logged in any case."""
    try:
        return flow.send(answer)
    finally:
        notes.answered(answer)
