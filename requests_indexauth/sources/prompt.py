"""Credentials asked of a person, through a callback of the program's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import SourceError
from ..models.credentials import Credentials
from ..models.query import Query
from .base import Answer, Source, Warn, unwanted_yet

if TYPE_CHECKING:
    from ..models.choices import Ask


class PromptSource(Source):
    """The ``prompt`` callback, asked when everything else had nothing.

    Args:
        warn: takes a warning.
        prompt: the callback; ``None`` when the program gave none.

    """

    name = "prompt"
    slow = True
    interactive = True

    def __init__(self, warn: Warn, prompt: Ask | None) -> None:
        super().__init__(warn)
        self._prompt = prompt

    def skipped(self, query: Query) -> str | None:
        """Say so when no person can be asked, or nothing has asked for credentials yet."""
        if self._prompt is None:
            return "no prompt was given"
        return unwanted_yet(query)

    def find(self, query: Query) -> Answer | None:
        """Ask, and return what was answered.

        Raises:
            SourceError: the callback failed, or answered with something else than credentials for the given user.

        """
        return None if self._prompt is None else call(self._prompt, query, self.name)


def call(function: Ask, query: Query, name: str) -> Answer | None:
    """Return what a function of the program's own answers.

    Args:
        function: takes the question's URL and user name.
        query: the question.
        name: what messages call the source.

    Raises:
        SourceError: the function failed, or answered with something else than credentials for the given user.

    """
    try:
        credentials: object = function(query.url, query.username)
    except Exception as error:  # noqa: BLE001 - a callback may raise anything, and its message may hold the answer
        message = f"{name}: the callback raised {type(error).__name__}"
        raise SourceError(message) from None
    if credentials is None:
        return None
    if not isinstance(credentials, Credentials):
        message = f"{name}: the callback returned {type(credentials).__name__} instead of Credentials or None"
        raise SourceError(message)
    if query.username is not None and credentials.username not in (None, query.username):
        message = f"{name}: the callback answered for another user name than the given one"
        raise SourceError(message)
    return Answer(credentials)
