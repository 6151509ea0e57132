"""What was found for one URL, as data; without secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.credentials import Credentials
from ..models.found import GIVEN
from ..models.url import mask_query
from ..sources.prompt import PromptSource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from typing_extensions import Self

    from ..models.found import Found
    from ..models.index import Index
    from ..models.query import Query
    from ..sources.base import Step
    from .attempt import Attempt

IS_AN_ERROR = "there is a credential: a request is an error"
"""The end of a skipped source's reason, if its credential makes a request to a ``never`` index an error."""


class Findings:
    """What each source did for one URL, and what was really sent.

    Attributes:
        url: the URL, without userinfo; its query, which may hold a secret, is masked.
        index: the index that covers it; ``None`` when none does.
        steps: what each source did, in the order of precedence: ``source``, ``outcome``, ``why`` and ``seconds``.
        attempts: the requests that were made; empty when none was.
        forbidden: why the index's policy let no (further) request be made; ``None`` when it did not come to that.
        beside: where no index covers the URL, those of its realm: after a 401 their credentials are tried here, too.
        for_pip: whether it is pip that makes the requests, which has settings of its own.
        query: the question that was put to the sources.
        found: the complete credential that would be sent, with its source; ``None`` when there is none.

    """

    def __init__(  # noqa: PLR0913 - each is one of the facts above
        self,
        query: Query,
        steps: Sequence[Step],
        lone_name: str | None = None,
        *,
        attempts: Sequence[Attempt] = (),
        forbidden: str | None = None,
        beside: Sequence[Index] = (),
        for_pip: bool = False,
    ) -> None:
        self.url = mask_query(query.url)
        self.index = query.index
        self.steps = tuple(step._replace(found=None) for step in steps)
        self.attempts = tuple(attempts)
        self.forbidden = forbidden
        self.beside = tuple(beside)
        self.for_pip = for_pip
        self.query = query
        self._steps = tuple(steps)
        self.found: Found | None = next((step.found for step in steps if step.outcome == "found"), None)
        self._lone_name = lone_name

    def after(self, attempts: Sequence[Attempt], forbidden: str | None = None) -> Self:
        """Return the same findings with the requests that were made since."""
        return type(self)(
            self.query,
            self._steps,
            self._lone_name,
            attempts=attempts,
            forbidden=forbidden,
            beside=self.beside,
            for_pip=self.for_pip,
        )

    @property
    def policy(self) -> str:
        """The index's ``authenticate``; ``"auto"`` where no index covers the URL."""
        return self.query.policy

    @property
    def credentials(self) -> Credentials | None:
        """The complete credential that would be sent; ``None`` when there is none."""
        return None if self.found is None else self.found.credentials

    @property
    def sends(self) -> Credentials | None:
        """What is sent: the credential, or where there is only a user name that with an empty password, once."""
        if self.found is not None or self._lone_name is None or self.policy != "auto":
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
        return None if self.found is None else self.found.source

    @property
    def scope(self) -> str:
        """What an accepted credential is remembered for: the index, the path its entry is for, or the realm."""
        if self.index is not None:
            return f"the index {self.index.label}"
        prefix = None if self.found is None else self.found.prefix
        return f"{self.query.realm}{prefix or ''}"

    @property
    def answered(self) -> bool:
        """Whether a request was made, and the last one got the page: it was not refused, nor asked to sign in."""
        return self.last is not None and self.last.good and self.forbidden is None

    @property
    def last(self) -> Attempt | None:
        """The last request that was made."""
        return self.attempts[-1] if self.attempts else None

    @property
    def redirected(self) -> bool:
        """Whether a redirect led to where the last request went."""
        return any(attempt.location is not None for attempt in self.attempts[:-1])

    @property
    def elsewhere(self) -> bool:
        """Whether the last request went to another realm than the one that was asked for."""
        return self.last is not None and self.last.realm != self.query.realm

    @property
    def sent(self) -> tuple[str, ...]:
        """The sources whose credentials went to the realm that was asked for."""
        names = (one.credential for one in self.attempts if one.realm == self.query.realm and one.credential)
        return tuple(dict.fromkeys(names))

    @property
    def unsent(self) -> str | None:
        """The source whose credential was found, but not sent with any request; ``None`` when there is none."""
        return self.source if self.found is not None and self.attempts and not self.sent else None

    @property
    def borrowed(self) -> tuple[str, ...]:
        """The sources whose credentials were sent although none has one for this URL: those of an index beside it."""
        own = (GIVEN, PromptSource.name)
        return () if self.found is not None else tuple(source for source in self.sent if source not in own)

    def why(self, source: str, outcome: str = "nothing") -> str:
        """Return the reason a source gave for an outcome; empty when it had another outcome, or no reason."""
        return next((step.why for step in self.steps if (step.source, step.outcome) == (source, outcome)), "")
