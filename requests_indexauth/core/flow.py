"""Which credential to send next: every rule of a request's way, as one generator without I/O.

`auth_flow` yields what to send (a `Found`, or ``None`` for a bare request), is sent the `Answer` that came back, and
ends when there is nothing more to try: the last answer is then the caller's. Whoever drives it must close it on a
failure, so that waiting threads go on.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import nullcontext
from time import monotonic
from typing import NamedTuple, Optional

from ..errors import CredentialsNotAllowed, MissingCredentials
from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, Answer, Call
from ..models.credentials import Credentials
from ..models.found import GIVEN, Found
from ..models.url import without_query
from .memo import Memo
from .resolver import Resolver, Stale
from .single_flight import Gate

MAX_SENDS = 3
COLD_SECONDS = 5.0
"""How long others wait for the answer to the first request to an index of which nothing is known."""
SOON = 0.05
"""How long they wait at least for each that goes ahead, when several have failed."""
TRIAL_SECONDS = 30.0
"""How long others wait for the verdict on a credential that no server has accepted yet."""


Flow = Generator[Optional[Found], Answer, None]


def auth_flow(call: Call, memo: Memo, resolver: Resolver) -> Flow:
    """Decide what is sent for one call, answer by answer; at most `MAX_SENDS` times.

    Raises:
        MissingCredentials: policy ``always``, and nothing complete was found; nothing was sent.
        CredentialsNotAllowed: policy ``never``, and a credential was given; nothing was sent.

    """
    if call.policy == "never":
        _refuse_configured(call, resolver)
        yield None
    elif call.downgraded and call.policy == "always":
        raise MissingCredentials(without_query(call.query.url), call.label, ())
    elif call.bare:
        yield None
    elif call.given is not None:
        answer = yield call.given
        good = answer.fresh and answer.status not in (UNAUTHORIZED, FORBIDDEN)
        if good and call.keep_given and memo.accept(call, call.given):
            resolver.forgive(call.given)
    else:
        yield from _Search(call, memo, resolver).run()


def _refuse_configured(call: Call, resolver: Resolver) -> None:
    given = call.given is not None or call.query.username is not None
    if given or resolver.own(call.query) is not None:
        origin = GIVEN if given else "its variables or its URL"
        raise CredentialsNotAllowed(without_query(call.query.url), call.label, (origin,))


class Move(NamedTuple):
    """One sending: what, and on whose word.

    Attributes:
        found: the credential; ``None`` for a bare request.
        basis: ``"memo"`` (the scope remembers it), ``"realm"`` (only the realm does), ``"chain"`` (a source has it)
            or ``"bare"``.
        last: whether the answer is final, whatever it is.

    """

    found: Found | None = None
    basis: str = "bare"
    last: bool = False


class _Search:
    """The policies ``auto`` and ``always``, for a call without a complete given credential."""

    def __init__(self, call: Call, memo: Memo, resolver: Resolver) -> None:
        self.call = call
        self.memo = memo
        self.resolver = resolver
        self.query = call.query
        self.tried: set[str] = set()
        self.refused: list[Found] = []
        self.forgotten = False
        self.sent_bare = False
        self.answered = False
        self.cold: Gate | None = None
        self.trial: Gate | None = None

    def run(self) -> Flow:
        """Send, learn, choose again."""
        try:
            move = self._opening()
            left = MAX_SENDS
            while True:
                try:
                    answer = yield move.found
                    self._learn(move, answer)
                finally:
                    self._end_trial()
                left -= 1
                following = self._after(move, answer) if left else None
                if following is None:
                    break
                move = following
            all_tried = left or move.last
            if all_tried and answer.status in (UNAUTHORIZED, FORBIDDEN):
                self.memo.strike(self.call, self.refused)
        finally:
            self._end_cold()

    # The two decisions

    def _opening(self) -> Move:
        """Choose what is sent first."""
        own = self._own()
        move = self._remembered() or self._try(own, "chain")
        if move is None and self.query.index is None:
            move = self._of_realm()
        if move is None and (self.query.always or self.query.username is not None or self.call.early):
            move = self._ask() or self._of_realm() or self._ask_a_person() or self._nothing_found()
        return move or self._cold_start() or Move()

    def _after(self, move: Move, answer: Answer) -> Move | None:
        """Choose what is sent after an answer; ``None``: the answer is the caller's."""
        refused = answer.status == UNAUTHORIZED
        if move.last or not (refused or self._hides(move, answer)):
            return None
        if refused:
            self.query = self.query._replace(challenged=True)
        chosen = (self._ask_afresh(move) if refused else self._ask()) or self._of_realm() or self._ask_a_person()
        if chosen is None and move.basis == "realm" and answer.status != NOT_FOUND and self._may_go_bare(move):
            return Move(last=True)
        return chosen

    def _ask_afresh(self, move: Move) -> Move | None:
        """Ask the chain after a 401: afresh for what was remembered and is out of date now."""
        elsewhere = self.memo.forgotten(self.call)  # by another thread, which may not have asked afresh yet
        if move.found is not None and (move.basis == "memo" or (move.basis == "realm" and self.query.index is None)):
            chosen = self._ask((move.found.header, self.forgotten))
            if chosen is not None or self.forgotten or elsewhere is None:
                return chosen  # else it was a misfit, and what fits here may be out of date
        elif elsewhere is not None and move.basis == "chain" and move.found is not None:
            elsewhere = move.found.header, False  # what came in its place is out of date, too
        return self._ask(elsewhere)

    def _may_go_bare(self, move: Move) -> bool:
        """Whether a refused credential of the realm may just not be wanted: not where it was, nor with a body."""
        if self.sent_bare or self.query.always or self.call.early or move.found is None:
            return False
        return not self.memo.was_accepted_at(self.call, move.found)

    def _hides(self, move: Move, answer: Answer) -> bool:
        """Whether an answer other than 401 may mean that (another) credential is needed.

        Servers hide what a user may not see behind 403 or 404. To the scope's own credential these are plain answers.
        """
        if move.basis not in ("bare", "realm"):
            return False
        hidden = answer.status == NOT_FOUND and self.call.safe
        return hidden or (answer.status == FORBIDDEN and (self.call.safe or move.basis == "realm"))

    def _learn(self, move: Move, answer: Answer) -> None:
        """Remember what an answer says of the credential that was sent."""
        self.answered = self.answered or answer.fresh
        found = move.found
        if found is None:
            self.sent_bare = True
        else:
            self.tried.add(found.header)
            if answer.status == UNAUTHORIZED:
                self.forgotten = self.memo.refuse(self.call, found)
                self.refused.append(found)
            elif answer.status == FORBIDDEN:
                self.memo.settle(self.call, found)
            elif answer.fresh and not self._hides(move, answer) and not self._is_passing(found):
                self.memo.accept(self.call, found)
                self.memo.narrow(self.call, self.refused, found)
        if self.cold is None and answer.fresh and self.query.index is not None:
            self.memo.know(self.query.index)

    def _is_passing(self, found: Found) -> bool:
        """Whether it is a lone user name that a redirect's ``Location`` gave: that serves one hop, and no other."""
        return found.source == GIVEN and self.call.query.username is not None and not self.call.keep_given

    # What there is to send

    def _own(self) -> Found | None:
        """Return the index's own credential; a lone user name of it becomes the given one."""
        found = self.resolver.own(self.query)
        if found is None or found.complete:
            return found
        self.query = self.query._replace(username=found.username)
        return None

    def _remembered(self) -> Move | None:
        return self._try(self.memo.remembered(self.call, self.query.username), "memo")

    def _of_realm(self) -> Move | None:
        for found in self.memo.of_realm(self.call, self.query.username):
            move = None if found.header in self.tried else self._try(found, "realm")
            if move is not None:
                return move
        return None

    def _ask(self, stale: Stale | None = None, *, personal: bool = False) -> Move | None:
        """Ask the chain for a credential that was neither tried by this call nor refused here before."""
        while True:
            with nullcontext() if self.cold is None else self.cold.asking():
                found = self.resolver.ask(self.query, self._unwanted, stale, personal=personal)
            move = self._try(found, "chain")
            if found is None or move is not None:
                return move
            # it was refused while this thread waited for the verdict: the next source

    def _ask_a_person(self) -> Move | None:
        """Ask somebody, now that all that is known of the realm has been tried."""
        return self._ask(personal=True) if self.resolver.ends_with_a_person else None

    def _unwanted(self, found: Found) -> bool:
        return found.header in self.tried or self.memo.is_refused(self.call, found)

    def _nothing_found(self) -> Move | None:
        if self.query.always:
            raise MissingCredentials(without_query(self.query.url), self.call.label, self.resolver.asked(self.query))
        if self.query.username is None:
            return None
        try:
            name_alone = Credentials.basic(self.query.username, "")
        except ValueError:  # a user name that no header can carry
            return None
        return self._try(Found(name_alone, GIVEN), "chain")

    # Going ahead, and waiting for who does

    def _try(self, found: Found | None, basis: str) -> Move | None:
        """Return the move that sends a credential, unless it is refused here; wait for a verdict others are getting."""
        while found is not None and not self.memo.is_refused(self.call, found):
            if not self.call.gated or self.memo.is_settled(self.call, found):
                return Move(found, basis)
            self.trial = self.memo.gates.enter(("trial", self.call.where, found.header), TRIAL_SECONDS)
            if self.trial is not None:
                if self.memo.is_refused(self.call, found):  # while this thread took the gate
                    self._end_trial()
                    return None
                return Move(found, basis)
        return None

    def _cold_start(self) -> Move | None:
        """Go ahead with the first request to an index, or wait for it and use what it found."""
        index = self.query.index
        if index is None or not self.call.gated or self.memo.is_known(index):
            return None
        until = monotonic() + COLD_SECONDS
        while self.cold is None and not self.memo.is_known(index):  # who went ahead may have failed
            self.cold = self.memo.gates.enter(("cold", index), max(until - monotonic(), SOON))
        return self._remembered()  # it may have been found while this thread waited or took the gate

    def _end_trial(self) -> None:
        if self.trial is not None:
            self.trial.open()
            self.trial = None

    def _end_cold(self) -> None:
        if self.cold is not None:
            if self.answered and self.query.index is not None:
                self.memo.know(self.query.index)
            self.cold.open()
