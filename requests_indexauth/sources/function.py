"""Credentials out of a function of the program's own."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from .base import INSECURE, Answer, Source, Warn, unwanted_yet
from .prompt import call

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..models.choices import Ask
    from ..models.query import Query

_thread = threading.local()


class FunctionSource(Source):
    """A function that a program gives as one of ``sources``.

    Args:
        warn: takes a warning.
        function: takes a URL (without userinfo) and the given user name; returns credentials, or ``None``.
        name: what messages call it.

    """

    slow = True

    def __init__(self, warn: Warn, function: Ask, name: str) -> None:
        super().__init__(warn)
        self.name = name
        self._function = function

    def skipped(self, query: Query) -> str | None:
        """Say why the function is not asked: a secret would go in the clear, none is needed yet, or it asks itself."""
        if query.realm.insecure:
            return INSECURE
        if any(one is self._function for one in getattr(_thread, "asking", ())):
            return "it is being asked: this request is its own"
        return unwanted_yet(query)

    def find(self, query: Query) -> Answer | None:
        """Ask, and return what was answered.

        Raises:
            SourceError: the function failed, or answered with something else than credentials for the given user.

        """
        before = getattr(_thread, "asking", ())
        _thread.asking = (*before, self._function)
        try:
            return call(self._function, query, self.name)
        finally:
            _thread.asking = before


def function_sources(warn: Warn, functions: Iterable[Ask]) -> list[FunctionSource]:
    """Return a source for each function, each with a name of its own."""
    sources: list[FunctionSource] = []
    for function in functions:
        base = f"{getattr(function, '__name__', type(function).__name__)}()"
        alike = sum(one.name.partition(" ")[0] == base for one in sources)
        sources.append(FunctionSource(warn, function, f"{base} {alike + 1}" if alike else base))
    return sources
