"""The chain: ask the sources in order until one answers; one thread at a time per scope and user name."""

from __future__ import annotations

from contextlib import nullcontext
from time import perf_counter
from typing import TYPE_CHECKING, Callable, NamedTuple, Optional

from ..errors import SourceError
from ..models.credentials import MASK
from ..models.found import Found
from ..models.query import Query, Where
from ..sources.base import Source, Step, Warn
from ..util.keyring_guard import is_thread_inside
from ..util.later import putting_off
from .freshness import Freshness
from .turns import Turns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from .record import Lapsed

Unwanted = Callable[[Found], bool]
"""Returns whether a credential need not be sent (it was refused, or this request has tried it)."""


ANSWERS = 1024
"""How many answers of slow sources a session keeps; the oldest is forgotten first."""

Key = tuple[str, Where, Optional[str]]
"""A slow source, the index or realm it was asked for, and the user name."""


class SlowAnswer(NamedTuple):
    """What a slow source answered.

    Attributes:
        question: the number of the question among all that slow sources were asked.
        found: the answer; ``None`` when there was none.
        asking: whether the answer is still waited for.

    """

    question: int
    found: Found | None = None
    asking: bool = False


class Resolver:
    """Asks the sources; keeps the answers of the slow ones, once per scope and user name.

    Args:
        sources: the chain, in order.
        warn: takes the one warning a broken source gets.

    Attributes:
        sources: as given.
        questions: how many questions the slow sources were asked.

    """

    def __init__(self, sources: Sequence[Source], warn: Warn) -> None:
        self.sources = tuple(sources)
        self._warn = warn
        self._answers: dict[Key, SlowAnswer] = {}
        self.questions = 0
        self._turns: Turns[tuple[Where, str | None]] = Turns()
        self._freshness = Freshness()

    def renew_locks(self) -> None:
        """Replace all locks by free ones: in a forked child no other thread is left to release them, or to answer."""
        self._answers = {key: kept for key, kept in self._answers.items() if not kept.asking}
        self._turns.renew_locks()
        self._freshness.renew_locks()

    def index_credential(self, query: Query) -> Found | None:
        """Return the index's own credential or lone user name, from its variables and its URL; no slow source."""
        name: Found | None = None
        for source in self.sources:
            if not source.preemptive:
                continue
            found = self._step(source, query, lambda _found: False).found
            if found is not None and found.complete:
                return found
            if found is not None:
                name = name or found
                query = query._replace(username=found.username)
        return name

    def is_preempted(self, query: Query) -> bool:
        """Return whether a source has a credential that goes unasked to URLs of the realm that no index covers."""
        return any(source.preempts(query.realm) for source in self.sources if source.preemptive)

    @property
    def can_prompt(self) -> bool:
        """Whether a person may be prompted when no other source has an answer."""
        return any(source.interactive for source in self.sources)

    def ask(
        self,
        query: Query,
        unwanted: Unwanted,
        lapsed: Lapsed | None = None,
        *,
        interactive: bool = True,
        on_step: Callable[[Step], None] | None = None,
    ) -> Found | None:
        """Return the first credential a source has that is not unwanted.

        Args:
            query: the question.
            unwanted: what to pass over.
            lapsed: a remembered credential that was just refused: the sources are asked afresh, once for it.
            interactive: whether a person is asked, too, when nothing else has an answer.
            on_step: called with what each source did, or ``None``.

        """
        with putting_off(), self._turn(query):
            if lapsed is not None:
                self._freshness.refresh(query.where, lapsed, self.sources, self._forget_answers)
            for step in self.steps(query, unwanted, interactive=interactive):
                if on_step is not None:
                    on_step(step)
                if step.found is not None:
                    return step.found
        return None

    def trace(self, query: Query, *, tell_why: bool = False) -> list[Step]:
        """Return what every source does with a question, in order; with ``tell_why`` also why a source has nothing."""
        with putting_off(), self._turn(query):
            return list(self.steps(query, tell_why=tell_why))

    def _turn(self, query: Query) -> AbstractContextManager[object]:
        """Return the lock to hold while asking; none within a keyring look-up, which must not wait for itself."""
        return nullcontext() if is_thread_inside() else self._turns.take((query.where, query.username))

    def asked(self, query: Query) -> tuple[str, ...]:
        """Return the names of the sources that this question is put to, in order."""
        return tuple(source.name for source in self.sources if source.skipped(query) is None)

    def steps(
        self,
        query: Query,
        unwanted: Unwanted = lambda _found: False,
        *,
        tell_why: bool = False,
        interactive: bool = True,
    ) -> Iterator[Step]:
        """Ask one source after the other and yield what each did; the first answer ends the asking."""
        done = False
        for source in self.sources:
            if done or (source.interactive and not interactive):
                yield Step(source.name, "not reached")
                continue
            step = self._step(source, query, unwanted)
            if tell_why and step.outcome == "nothing":
                step = step._replace(**source.missed(query)._asdict())
            elif tell_why and step.outcome == "found":
                step = step._replace(why=source.noted(query))
            if step.outcome == "user name":
                step, query = self._carry_on(step, query)
            done = step.found is not None
            yield step

    @staticmethod
    def _carry_on(step: Step, query: Query) -> tuple[Step, Query]:
        """Make a lone user name the given one for the sources that follow."""
        assert step.found is not None  # noqa: S101 - for the type checker
        return step._replace(found=None), query._replace(username=step.found.username)

    def _step(self, source: Source, query: Query, unwanted: Unwanted) -> Step:
        started = perf_counter()
        try:
            why = source.skipped(query)
            if why is not None:
                return Step(source.name, "skipped", why)
            if (query.challenged or query.always) and source.has_changed():
                source.refresh()  # the user may have corrected what was refused
            found = self._find(source, query)
            if found is not None and not source.slow and found.complete and unwanted(found):
                self._freshness.reread(source, query.where, found.header)
                found = self._find(source, query)
        except Exception as error:  # noqa: BLE001 - a broken source never breaks a request
            return Step(source.name, "failed", self._failed(source, error), perf_counter() - started)
        seconds = perf_counter() - started
        if found is None:
            return Step(source.name, "nothing", "", seconds)
        if not found.complete:
            return Step(source.name, "user name", f"only the user name {MASK}", seconds, found)
        if unwanted(found):
            return Step(source.name, "nothing", "refused by the server before", seconds)
        return Step(source.name, "found", "", seconds, found)

    def _find(self, source: Source, query: Query) -> Found | None:
        return self._kept_answer(source, query) if source.slow else self._ask_source(source, query)

    def _ask_source(self, source: Source, query: Query) -> Found | None:
        answer = source.find(query)
        return None if answer is None else Found(answer.credentials, source.name, query.realm, *answer[1:])

    def _kept_answer(self, source: Source, query: Query) -> Found | None:
        """Return what a slow source has answered, or ask it."""
        key = (source.name, query.where, query.username)
        with self._turn(query):  # an earlier source may have had the user name
            known = self._answers.get(key)
            if known is None or (known.found is not None and known.found.expired):
                while len(self._answers) >= ANSWERS:
                    self._answers.pop(next(iter(self._answers)), None)
                self.questions += 1
                question = self.questions
                self._answers[key] = SlowAnswer(question, asking=True)  # a source that asks this session has nothing
                try:
                    self._answers[key] = SlowAnswer(question, self._ask_source(source, query))
                except Exception:  # one that fails has nothing, too
                    self._answers[key] = SlowAnswer(question)
                    raise
                except BaseException:  # an interrupted question is no answer
                    self._answers.pop(key, None)
                    raise
            kept = self._answers.get(key)
            return None if kept is None else kept.found

    def reread(self) -> None:
        """Forget all answers: every source is read and asked again when next needed."""
        for source in self.sources:
            source.refresh()
        self._answers = {key: kept for key, kept in list(self._answers.items()) if kept.asking}

    def is_kept_since(self, question: int, header: str) -> bool:
        """Return whether a slow source gave a credential for one of the first so many questions."""
        return any(
            kept.found is not None and kept.found.header == header and kept.question <= question
            for kept in list(self._answers.values())
        )

    def _forget_answers(self, where: Where) -> None:
        """Have the slow sources asked again for an index or a realm."""
        for key in [key for key in list(self._answers) if key[1] == where]:
            self._answers.pop(key, None)  # a turn of another user name may do the same

    def _failed(self, source: Source, error: Exception) -> str:
        """Warn of a broken source; a message that is not the source's own may quote a secret and is left out."""
        ours = isinstance(error, SourceError)
        message = str(error) if ours else f"{source.name}: failed with {type(error).__name__}"
        self._warn(message)
        return message
