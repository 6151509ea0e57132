"""Which credential to send next: every rule of a request's way, as one generator without I/O.

`auth_flow` yields what to send (a `Found`, or ``None`` for a bare request), is sent the `ServerAnswer` that came back,
and ends when there is nothing more to try: the last answer is then the caller's. Its driver closes it on a failure, so
that waiting threads go on.

Before anything is sent:

- the policy is ``never``: a bare request; it is an error if a credential was given or configured;
- the URL is pre-signed, or a redirect led from https to plain http: a bare request;
- a complete credential was given: that one. In these three cases the answer is the caller's, whatever it is;
- the index remembers a credential, or the realm does for a path that no index covers: that one;
- the index has one of its own, in variables or in its URL: that one;
- the policy is ``always``, a user name was given, or the request has a body: the chain is asked, then the realm's
  memory, then a person. If all of them have nothing, it is an error under ``always``, the user name with an empty
  password where there is one, and else a bare request;
- in all other cases: a bare request. The first one to an index is waited for by the other threads.

After an answer:

- 401 refuses the credential: it is not sent here again. Where it had been accepted, the sources are read again;
- 403 says nothing of a credential; any other answer proves it, and it is remembered for the index and the realm;
- after a 401, and after a 403 or 404 that may hide something, another credential is tried: the chain's, then what the
  realm remembers, then what the chain has for the indexes of the realm, then a person's;
- a realm's credential that did not fit is followed by one bare request, where the path may want none;
- at most three requests are sent for one call, and no credential twice.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, NamedTuple, Optional

from ..errors import CredentialsNotAllowed, MissingCredentials
from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, Call, ServerAnswer
from ..models.credentials import Credentials
from ..models.found import GIVEN, Found
from ..models.query import Query
from ..models.url import mask_query
from .memo import Memo
from .record import Lapsed
from .resolver import Resolver
from .single_flight import Gate

if TYPE_CHECKING:
    from .notes import Notes

MAX_SENDS = 3
COLD_SECONDS = 5.0
"""How long others wait for the answer to the first request to an index of which nothing is known."""
SOON = 0.05
"""Minimum wait for each further request that goes ahead after one has failed."""
TRIAL_SECONDS = 30.0
"""How long others wait for the verdict on a credential that no server has accepted yet, in all."""

Flow = Generator[Optional[Found], ServerAnswer, None]


def auth_flow(call: Call, memo: Memo, resolver: Resolver, notes: Notes | None = None) -> Flow:
    """Decide what is sent for one call, answer by answer; at most `MAX_SENDS` times.

    ``notes`` collect what happens, for the log; ``None`` when it is off.

    Raises:
        MissingCredentials: policy ``always``, and nothing complete was found; nothing was sent.
        CredentialsNotAllowed: policy ``never``, and a credential was given; nothing was sent.

    """
    if call.policy == "never":
        _refuse_configured(call, resolver)
        yield None
    elif call.downgraded and call.policy == "always":
        raise MissingCredentials(mask_query(call.query.url), call.label, ())
    elif call.bare:
        yield None
    elif call.given is not None:
        answer = yield call.given
        good = answer.fresh and answer.status not in (UNAUTHORIZED, FORBIDDEN)
        if good and call.keep_given:
            overrides = memo.accept(call, call.given)
            if notes is not None:
                notes.remembered(call.given, overrides=overrides)
    else:
        yield from _Search(call, memo, resolver, notes).run()


def _refuse_configured(call: Call, resolver: Resolver) -> None:
    given = call.given is not None or call.query.username is not None
    if given or resolver.index_credential(call.query) is not None:
        origin = GIVEN if given else "its variables or its URL"
        raise CredentialsNotAllowed(mask_query(call.query.url), call.label, (origin,))


class Candidate(NamedTuple):
    """A credential to send next, and where it came from.

    Attributes:
        found: the credential; ``None`` for a bare request.
        origin: ``"memo"`` (remembered for the URL's index or path), ``"realm"`` (remembered for other URLs of the
            realm), ``"chain"`` (a source has it) or ``"bare"``.

    """

    found: Found | None = None
    origin: str = "bare"


class _Search:
    """The policies ``auto`` and ``always``, for a call without a complete given credential."""

    def __init__(self, call: Call, memo: Memo, resolver: Resolver, notes: Notes | None) -> None:
        self.call = call
        self.notes = notes
        self.memo = memo
        self.resolver = resolver
        self.query = call.query
        self.questions = resolver.questions  # so many were asked before this call
        self.sent: list[Candidate] = []
        self.refused: list[Found] = []
        self.answered = False
        self.accepted_here = False  # whether what was sent last had been accepted at this very path
        self.cold: Gate | None = None
        self.trials: list[Gate] = []

    def run(self) -> Flow:
        """Send, learn, choose again."""
        try:
            candidate: Candidate | None = self._opening()
            while candidate is not None:
                self.sent.append(candidate)
                if self.notes is not None:
                    self.notes.chose(candidate.origin)
                answer = yield candidate.found
                lapsed = self._learn(candidate, answer)
                if answer.status != UNAUTHORIZED:
                    self._end_trials()  # a refusal counts for other paths only when nothing else fits this one
                candidate = self._after(candidate, answer, lapsed) if len(self.sent) < MAX_SENDS else None
        finally:
            self._end_trials()
            self._end_cold()

    # The two decisions

    def _opening(self) -> Candidate:
        """Choose what is sent first."""
        own = self._index_credential()
        candidate = self._remembered() or self._try(own, "chain")
        if candidate is None and (self.query.always or self.query.username is not None or self.call.has_body):
            candidate = self._ask() or self._of_realm() or self._prompt() or self._nothing_found()
        candidate = candidate or self._cold_start()
        if candidate is None and self.query.username is None and not self.resolver.is_preempted(self.query):
            self.memo.prepare_bare(self.call)
        return candidate or Candidate()

    def _after(self, last: Candidate, answer: ServerAnswer, lapsed: bool) -> Candidate | None:  # noqa: FBT001
        """Choose what is sent after an answer; ``None``: the answer is the caller's."""
        refused = answer.status == UNAUTHORIZED
        if not (refused or self._hides(last, answer)):
            return None
        if refused:
            self.query = self.query._replace(challenged=True)
        chosen = self._ask_afresh(last, lapsed) if refused else self._ask()
        chosen = chosen or self._of_realm() or self._ask_for_indexes() or self._prompt()
        if chosen is None and last.origin == "realm" and answer.status != NOT_FOUND and self._may_go_bare():
            return Candidate()
        return chosen

    def _ask_afresh(self, refused: Candidate, lapsed: bool) -> Candidate | None:  # noqa: FBT001
        """Ask the chain after a 401, and read its sources again first for each credential that may be out of date."""
        for outdated in self._outdated(refused, lapsed):
            candidate = self._ask(outdated)
            if candidate is not None:
                return candidate
        return None

    def _outdated(self, refused: Candidate, lapsed: bool) -> tuple[Lapsed | None, ...]:  # noqa: FBT001
        """Return the credentials for which the sources are read again, in order; ``None``: ask without that."""
        before = self.memo.lapsed(self.call)  # perhaps by another thread, which has not read the sources again yet
        found = refused.found
        if found is None or (refused.origin == "realm" and self.query.index is not None):
            return (before,)
        this = Lapsed(found.header)
        if refused.origin == "chain":
            # It may be out of date if it is an answer from before this call, or has taken the place of one that was.
            older = before is not None or self.resolver.is_kept_since(self.questions, found.header)
            return (this if older else None,)
        if lapsed:
            return (before,)  # that is this one
        return (this,) if before is None else (this, before)

    def _may_go_bare(self) -> bool:
        """Whether a bare request may succeed: not where this credential was accepted before, nor with a body."""
        wants_one = self.query.always or self.call.has_body or self.accepted_here
        return not (wants_one or self._sent_bare)

    def _hides(self, last: Candidate, answer: ServerAnswer) -> bool:
        """Whether an answer other than 401 may mean that another credential is needed, or one at all.

        Servers hide what a user may not see behind 403 or 404. In answer to the scope's own credential they mean just
        that.
        """
        if last.origin not in ("bare", "realm"):
            return False
        hidden = answer.status == NOT_FOUND and self.call.safe
        return hidden or (answer.status == FORBIDDEN and (self.call.safe or last.origin == "realm"))

    def _learn(self, sent: Candidate, answer: ServerAnswer) -> bool:
        """Remember what an answer says of what was sent; return whether it puts a credential out of date."""
        self.answered = self.answered or answer.fresh
        if self.cold is None and answer.fresh and self.query.index is not None:
            self.memo.mark_known(self.query.index)
        found, lapsed = sent.found, False
        self.accepted_here = found is not None and self.memo.was_accepted_at(self.call, found)
        if answer.status == UNAUTHORIZED:
            if found is None:
                self.memo.refuse_bare(self.call)
            else:
                lapsed = self.memo.refuse(self.call, found)
                self.refused.append(found)
                if self.notes is not None:
                    self.notes.refused(found, lapsed=lapsed)
        elif answer.status == FORBIDDEN:
            if found is not None:
                self.memo.mark_seen(self.call, found)
        elif answer.fresh and not self._hides(sent, answer):
            if found is not None:
                self._accept(found)
            self.memo.excuse(self.call, self.refused, found)
        return lapsed

    def _accept(self, found: Found) -> None:
        """Remember an accepted credential; one for this call alone is only marked as seen, so that no thread waits."""
        if self.call.passing:
            self.memo.mark_seen(self.call, found)
            return
        self.memo.accept(self.call, found)
        if self.notes is not None:
            self.notes.remembered(found)

    # What can be sent

    def _index_credential(self) -> Found | None:
        """Return the index's own credential; a lone user name of it becomes the given one."""
        found = self.resolver.index_credential(self.query)
        if found is None or found.complete:
            return found
        self.query = self.query._replace(username=found.username)
        return None

    def _remembered(self) -> Candidate | None:
        """Return what the URL's index remembers, or what its realm does where no index covers the URL."""
        for found in self.memo.candidates(self.call, self.query.username):
            if found is None:  # this path answers bare requests; to write there may take a credential
                return (self._ask() if self.call.has_body else None) or Candidate()
            if found.expired:
                candidate = self._renewed(found)
            else:
                candidate = self._try(found, "memo" if self.memo.fits(self.call, found) else "realm")
            if candidate is not None:
                if self.query.username is None:
                    self.memo.prepare_short_cut(self.call)
                return candidate
        return None

    def _renewed(self, expired: Found) -> Candidate | None:
        """Ask the sources for a new credential in place of a remembered one that has expired."""
        self.query = self.query._replace(challenged=True)
        return self._ask(Lapsed(expired.header)) or self._ask_for_indexes()

    def _of_realm(self) -> Candidate | None:
        """Return what was accepted elsewhere in the realm."""
        for found in self.memo.of_realm(self.call, self.query.username):
            candidate = None if self._was_sent(found) else self._try(found, "realm")
            if candidate is not None:
                return candidate
        return None

    def _ask(
        self, lapsed: Lapsed | None = None, *, query: Query | None = None, interactive: bool = False
    ) -> Candidate | None:
        """Ask the chain for a credential that was neither sent by this call nor refused here before."""
        asked = query or self.query

        def unwanted(found: Found) -> bool:
            there = self.call._replace(query=asked)
            return self._was_sent(found) or self.memo.is_refused(self.call, found) or self.memo.is_refused(there, found)

        on_step = None if self.notes is None else self.notes.asked
        if self.notes is not None and lapsed is not None:
            self.notes.asked_afresh()
        while True:
            with ExitStack() as asking:
                for gate in (self.cold, *self.trials):
                    if gate is not None:
                        asking.enter_context(gate.waiting.asking())
                found = self.resolver.ask(asked, unwanted, lapsed, interactive=interactive, on_step=on_step)
            candidate = self._try(found, "chain")
            if found is None or candidate is not None:
                return candidate
            # The credential was refused while this thread waited for the verdict: ask for the next one.

    def _ask_for_indexes(self) -> Candidate | None:
        """Ask the chain for each index of the realm: files, constraints and direct URLs lie beside them (pip, uv)."""
        if self.query.index is not None or not self.query.challenged:
            return None
        for index in self.memo.last_used_first(self.call.indexes.in_realm(self.query.realm)):
            if index.authenticate == "never":
                continue
            candidate = self._ask(query=self.query.for_index(index))
            if candidate is not None:
                return candidate
        return None

    def _prompt(self) -> Candidate | None:
        """Ask a person, after everything known of the realm was tried."""
        if not self.resolver.can_prompt:
            return None
        self._end_trials()
        return self._ask(interactive=True)

    def _was_sent(self, found: Found) -> bool:
        return any(sent.found is not None and sent.found.header == found.header for sent in self.sent)

    @property
    def _sent_bare(self) -> bool:
        return any(sent.found is None for sent in self.sent)

    def _nothing_found(self) -> Candidate | None:
        if self.query.always:
            raise MissingCredentials(mask_query(self.query.url), self.call.label, self.resolver.asked(self.query))
        if self.query.username is None:
            return None
        try:
            name_alone = Credentials.basic(self.query.username, "")
        except ValueError:  # a user name that no header can carry
            return None
        return self._try(Found(name_alone, GIVEN, self.query.realm), "chain")

    # One goes ahead, the others wait

    def _try(self, found: Found | None, origin: str) -> Candidate | None:
        """Return the candidate, unless it is refused here; wait for a verdict that another thread is getting."""
        if found is None:
            return None
        until = monotonic() + TRIAL_SECONDS
        while not self.memo.is_refused(self.call, found):
            if not self.call.gated or self.memo.is_seen(self.call, found):
                return Candidate(found, origin)
            key = ("trial", self.call.where, found.header)
            left = max(until - monotonic(), SOON)  # those who went ahead may have failed, one after the other
            trial = self.memo.gates.enter(key, left, before_waiting=self._before_waiting)
            if trial is not None:
                if self.memo.is_refused(self.call, found):  # while this thread took the gate
                    trial.open()
                    return None
                self.trials.append(trial)
                return Candidate(found, origin)
        return None

    def _cold_start(self) -> Candidate | None:
        """Go ahead with the first request to an index, or wait for it and use the credential it found."""
        index = self.query.index
        if index is None or not self.call.gated or self.memo.is_known(index):
            return None
        until = monotonic() + COLD_SECONDS
        while self.cold is None and not self.memo.is_known(index):  # the request that went ahead may have failed
            left = max(until - monotonic(), SOON)
            self.cold = self.memo.gates.enter(("cold", index), left, before_waiting=self._before_waiting)
        return self._remembered()  # it may have been found while this thread waited or took the gate

    def _before_waiting(self) -> None:
        """Hold nothing that the thread ahead may need: another verdict, or the connection of a refused response."""
        self._end_trials()
        self.call.before_waiting()

    def _end_trials(self) -> None:
        """Wake the threads that wait for a verdict; called before this thread itself waits or asks a person."""
        while self.trials:
            self.trials.pop().open()

    def _end_cold(self) -> None:
        if self.cold is not None:
            if self.answered and self.query.index is not None:
                self.memo.mark_known(self.query.index)
            self.cold.open()
