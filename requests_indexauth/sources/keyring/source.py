"""Credentials out of a keyring: the system's, or a vendor's that makes short-lived tokens."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Callable

from ...errors import SourceError
from ...models.choices import PROVIDERS
from ...models.credentials import Credentials
from ...models.query import Query
from ...models.url import without_query
from ...util.after_fork import after_fork_in_child
from ...util.keyring_guard import is_inside_keyring
from ..base import INSECURE, Answer, Source, Warn
from .common import KeyringMissingError, KeyringTooOldError, KeyringUnusableError, NoBackendError

if TYPE_CHECKING:
    from ...util.deadline import Deadline

TIME_LIMIT = 30.0
"""Seconds for one look-up, all services together: a device login takes about as long."""

OFF = "the keyring provider is disabled"
"""Why the keyring is not asked, most of the time."""


class KeyringSource(Source):
    """A keyring, asked through the ``keyring`` command or through the ``keyring`` library in this process.

    The resolver keeps the answers, and asks again after a refusal. A provider that took too long or is not installed is
    never asked again.

    Args:
        warn: takes a warning.
        provider: returns ``"disabled"``, ``"subprocess"`` (the command), ``"import"`` or ``"keyring"`` (the library)
            or ``"auto"`` (the library; where it is missing or has no backend, the command). Called once, when needed.
        seconds: the time for one look-up, all services together.

    """

    name = "keyring"
    slow = True

    def __init__(self, warn: Warn, provider: Callable[[], str], seconds: float = TIME_LIMIT) -> None:
        super().__init__(warn)
        self._configured = provider
        self._seconds = seconds
        self._renew_lock()
        after_fork_in_child(self._renew_lock)
        self._resolved: str | None = None
        self._unusable: str | None = None
        self._too_old: str | None = None

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # to find the provider may read files that warn

    def skipped(self, query: Query) -> str | None:
        """Return why the keyring is not asked: it is off or unusable, or it is not its turn.

        Asked when a user name is given, where the policy is ``always``, before a body goes to a configured index, and
        after a 401: of a configured index, or, by the library, of any URL. Never for plain http to another machine, nor
        from within a keyring look-up.
        """
        if self._unusable is not None:
            return self._unusable
        if self._provider == "disabled":
            return OFF
        if is_inside_keyring():
            return "this is already inside a keyring look-up"
        if query.realm.insecure:
            return INSECURE
        if query.username is None:
            return self._skipped_without_username(query, self._provider)
        return "no server can be sent a user name with a colon" if ":" in query.username else None

    def _skipped_without_username(self, query: Query, provider: str) -> str | None:
        if self._too_old is not None:
            return self._too_old
        if query.always or (query.ask_slow_sources and (query.index is not None or provider != "subprocess")):
            return None
        return "without a user name it is asked only after a 401, or where the policy is always"

    def find(self, query: Query) -> Answer | None:
        """Return the entry of the first service that has one for the given user name, or for any.

        Raises:
            SourceError: the keyring is locked, crashed, answered with rubbish, took too long or is not installed (the
                last two once in a session).

        """
        if self.skipped(query) is not None:
            return None
        from ...util.deadline import Deadline  # noqa: PLC0415 - few ask a keyring

        try:
            credentials = self._ask(query, Deadline(self._seconds))
        except KeyringUnusableError as error:
            reason = str(error)
            with self._lock:
                known, self._unusable = self._unusable, reason
        except KeyringTooOldError as error:
            reason = str(error)
            with self._lock:
                known, self._too_old = self._too_old, reason
        else:
            return None if credentials is None else Answer(credentials)
        if known is None:  # else another thread has told
            message = f"{self.name}: {reason}"
            raise SourceError(message)
        return None

    @property
    def _provider(self) -> str:
        with self._lock:
            if self._resolved is None:
                word = self._configured()
                self._resolved = PROVIDERS.get(word, "disabled")
                if word not in PROVIDERS:
                    self.warn(f"{self.name}: no such provider: {word!r} (there are {', '.join(PROVIDERS)})")
            return self._resolved

    def _ask(self, query: Query, deadline: Deadline) -> Credentials | None:
        from . import library, subprocess  # noqa: PLC0415 - what they import costs, and few need it

        services = services_of(query)
        if self._provider == "subprocess":
            return subprocess.ask(
                services, query.username, deadline
            )  # no other spelling, as in uv: each would be a process
        try:
            return library.ask([*services[:1], *other_spelling(query), *services[1:]], query.username, deadline)
        except KeyringMissingError as error:
            if self._provider == "import":
                raise
            reason = str(error)
        if query.username is None and self._skipped_without_username(query, "subprocess") is not None:
            return None
        try:
            return subprocess.ask(services, query.username, deadline)
        except (KeyringMissingError, NoBackendError):
            self._unusable = reason  # the user named no provider, so a missing one is no warning
            return None


def services_of(query: Query) -> list[str]:
    """Return the names an entry may be under, the most specific first (uv's order).

    The index's URL is as configured: vendors' backends go by its path and trailing slash. Without an index it is the
    request's. Either goes without its query, which may hold a secret and would be on a process's command line.
    """
    url = query.url if query.index is None else query.index.url
    services = [without_query(url), query.realm.netloc]
    if query.realm.scheme == "http":
        services.append(str(query.realm))
    return [service for service in dict.fromkeys(services) if not service.startswith("-")]  # that would be an option


def other_spelling(query: Query) -> list[str]:
    """Return the index's URL with its last slash added or removed; nothing without an index.

    pip asks a keyring with the slash, uv as the index is configured: an entry may be under either name.
    """
    if query.index is None:
        return []
    url = without_query(query.index.url)
    return [url[:-1] if url.endswith("/") else f"{url}/"]
