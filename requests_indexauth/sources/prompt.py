"""Credentials asked of a person, through a callback of the program's own."""

from __future__ import annotations

from typing import Callable, Optional

from ..errors import SourceError
from ..models.credentials import Credentials
from ..models.query import Query
from .base import Answer, Source, Warn

Prompt = Callable[[str, Optional[str]], Optional[Credentials]]
"""Takes the URL (without userinfo) and the given user name, ``None`` for none; returns ``None`` to decline."""


class PromptSource(Source):
    """The ``prompt`` callback, asked when everything else had nothing.

    Args:
        warn: takes a warning.
        prompt: the callback; ``None`` when the program gave none.

    """

    name = "prompt"
    slow = True
    interactive = True

    def __init__(self, warn: Warn, prompt: Prompt | None) -> None:
        super().__init__(warn)
        self._prompt = prompt

    def skipped(self, query: Query) -> str | None:
        """Say so when no person can be asked, or nothing has asked for credentials yet."""
        if self._prompt is None:
            return "no prompt was given"
        if query.always or query.ask_slow_sources or query.username is not None:
            return None
        return "asked only after a 401, for a given user name, or where the policy is always"

    def find(self, query: Query) -> Answer | None:
        """Ask, and return what was answered.

        Raises:
            SourceError: the callback failed, or answered with something else than credentials for the given user.

        """
        if self._prompt is None:
            return None
        try:
            credentials: object = self._prompt(query.url, query.username)
        except Exception as error:  # noqa: BLE001 - a callback may raise anything, and its message may hold the answer
            message = f"{self.name}: the callback raised {type(error).__name__}"
            raise SourceError(message) from None
        if credentials is None:
            return None
        if not isinstance(credentials, Credentials):
            message = f"{self.name}: the callback returned {type(credentials).__name__} instead of Credentials or None"
            raise SourceError(message)
        if query.username is not None and credentials.username not in (None, query.username):
            message = f"{self.name}: the callback answered for another user name than the given one"
            raise SourceError(message)
        return Answer(credentials)
