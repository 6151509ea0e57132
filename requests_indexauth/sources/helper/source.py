"""Credentials made by a command of the user's own, which speaks Bazel's credential-helper protocol."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

from ...config.places import may_name_helper
from ...errors import SourceError
from ..base import INSECURE, Answer, Missed, Source, Warn, unwanted_yet
from . import INSIDE

if TYPE_CHECKING:
    from ...config.settings import Settings
    from ...errors import ConfigError
    from ...models.helper import Helper, Helpers
    from ...models.query import Query

TIME_LIMIT = 30.0
"""Seconds for one question: a login on another device takes about as long."""
OFF = "no credential helper is named"
"""Why no helper is asked, most of the time."""


class HelperSource(Source):
    """The helper that is named for a host; each question starts a process.

    The resolver keeps the answers until they expire, and asks again after a refusal. A command that took too long is
    never asked again.

    Args:
        warn: takes a warning.
        settings: returns what variables and files configure.
        given: what the program names, instead of variables and files; ``None``: nothing.
        seconds: the time for one question.

    """

    name = "helper"
    slow = True

    def __init__(
        self, warn: Warn, settings: Callable[[], Settings], given: Helpers | None = None, seconds: float = TIME_LIMIT
    ) -> None:
        super().__init__(warn)
        self._settings = settings
        self._given = given
        self._seconds = seconds
        self._named: list[Helpers] | None = None
        self._mute: dict[tuple[str, ...], str] = {}

    def skipped(self, query: Query) -> str | None:
        """Return why no helper is asked: the host has none, the helper is unusable, or it is not its turn.

        A helper is asked when a user name is given, under the policy ``always``, before a body goes to a configured
        index, and after a 401. It is never asked for plain http to another machine, nor by a process of a helper.
        """
        helper = self._helper(query)
        if helper is None:
            return f"{OFF} for this host" if self._helpers() else OFF
        why = self._unusable(helper, query)
        return unwanted_yet(query) if why is None else why

    def _unusable(self, helper: Helper, query: Query) -> str | None:
        if os.environ.get(INSIDE):
            return "this is already inside a credential helper"
        if query.realm.insecure:
            return INSECURE
        if not _is_of_index(helper, query) and not _is_for_other_hosts(helper, query):
            return "a project's helper is only for the indexes that the project's own files define"
        return self._mute.get(helper.command)

    def find(self, query: Query) -> Answer | None:
        """Return the helper's answer: for the index, or where no index covers it for the URL.

        Raises:
            SourceError: the helper is not there, crashed, answered with rubbish or took too long; or a project's file
                names it for a host that has none of its indexes.

        """
        helper = self._helper(query)
        if helper is None:
            return None
        if not _is_of_index(helper, query):
            message = (
                f"{self.name}: {helper.origin}: none of the indexes that the project's own files define is on "
                f"{query.realm.host}: {helper.label} is not run for it"
            )
            raise SourceError(message)
        from .command import ask  # noqa: PLC0415 - what it imports costs, and few need it

        try:
            return ask(helper, query, self._seconds, self.warn)
        except TimeoutError:
            why = (
                f"{helper.label} gave no answer within {self._seconds:g} seconds: it is not asked again in this session"
            )
            self._mute[helper.command] = why
            message = f"{self.name}: {why}"
            raise SourceError(message) from None

    def missed(self, query: Query) -> Missed:
        """Name the helper that has nothing."""
        return Missed(self.noted(query))

    def noted(self, query: Query) -> str:
        """Name the helper, and where it was named."""
        helper = self._helper(query)
        return "" if helper is None else f"{helper.label} (named for {helper.pattern} in {helper.origin})"

    def refresh(self) -> None:
        """Look again which helpers are named when next asked."""
        self._named = None

    def _helper(self, query: Query) -> Helper | None:
        return next(filter(None, (helpers.find(query.realm.host) for helpers in self._helpers())), None)

    def _helpers(self) -> list[Helpers]:
        """Return what is named, the place that decides first; looked up when first needed."""
        named = self._named
        if named is None:
            named = self._named = self._look_up()
        return named

    def _look_up(self) -> list[Helpers]:
        if self._given is not None:
            return [self._given]
        settings = self._settings()
        if settings.own is None and not may_name_helper(read_own=settings.read_own):
            return []
        from ...config.helpers import configured_helpers  # noqa: PLC0415 - few have one

        return configured_helpers(settings, self._misconfigured)

    def _misconfigured(self, error: ConfigError) -> None:
        self.warn(f"{self.name}: {error}")


def _is_of_index(helper: Helper, query: Query) -> bool:
    """Whether a helper may be asked: a project's only for the indexes of the project's own files."""
    if helper.roots is None:
        return True
    return query.index is not None and (query.index.realm, query.index.root_path) in helper.roots


def _is_for_other_hosts(helper: Helper, query: Query) -> bool:
    """Whether a project names a helper for a host on which it has no index, which deserves a warning."""
    hosts = {realm.host for realm, _ in helper.roots or ()}
    return helper.pattern != "*" and query.realm.host not in hosts
