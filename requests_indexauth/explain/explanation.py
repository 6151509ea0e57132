"""What the chain did for one URL, for people and as JSON; without secrets."""

from __future__ import annotations

from typing import Any

from ..models.credentials import masked_username
from .findings import Findings


class Explanation(Findings):
    """How a credential for a URL was looked for: what `IndexAuth.explain` returns.

    ``print`` shows it as a report for people. No secret is shown in it.

    Attributes:
        url: the URL, without userinfo and with its query masked.
        index: the `Index` that covers it; ``None`` when none does.
        policy: the index's ``authenticate``; ``"auto"`` where no index covers the URL.
        credentials: the complete `Credentials` that would be sent; ``None`` when there are none.
        source: the name of the source that has them; ``None`` when none has.
        steps: what each source did, in their order. Each has ``source`` (its name), ``outcome`` (``"found"``,
            ``"user name"``, ``"nothing"``, ``"skipped"``, ``"failed"`` or ``"not reached"``), ``why`` (empty where the
            outcome says enough) and ``seconds`` (``None`` when it was not asked).

    """

    __module__ = "requests_indexauth"

    @property
    def advice(self) -> str | None:
        """One sentence on what to do; ``None`` where nothing needs to be done."""
        from .advice import advise  # noqa: PLC0415 - only when it is printed

        return advise(self)

    def as_dict(self) -> dict[str, Any]:
        """Return the explanation as plain data for JSON: no secret in it.

        The keys are ``url``, ``index`` (``name``, ``url``, ``origin``), ``policy``, ``sources`` (each ``source``,
        ``outcome``, ``why``, ``ms``: milliseconds), ``would_send`` (``scheme``, ``username``), ``attempts`` (each
        ``status``, ``credential``, ``www_authenticate``, ``url``; and ``problem`` where no answer came) and
        ``advice``; ``None`` where there is nothing.
        """
        index, credentials = self.index, self.sends
        return {
            "url": self.url,
            "index": None if index is None else {"name": index.name, "url": index.display_url, "origin": index.origin},
            "policy": self.policy,
            "sources": [
                {
                    "source": step.source,
                    "outcome": step.outcome,
                    "why": step.why,
                    "ms": None if step.seconds is None else round(step.seconds * 1000, 3),
                }
                for step in self.steps
            ],
            "would_send": None
            if credentials is None
            else {"scheme": credentials.scheme, "username": masked_username(credentials.username)},
            "attempts": [attempt.as_dict() for attempt in self.attempts],
            "advice": self.advice,
        }

    def __str__(self) -> str:
        from .text import lines  # noqa: PLC0415 - only when it is printed

        return "\n".join(text for _, text in lines(self, self.advice))

    def __repr__(self) -> str:
        return f"Explanation({self.url!r}, policy={self.policy!r}, credentials={self.credentials!r})"
