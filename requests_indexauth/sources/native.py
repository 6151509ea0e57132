"""The native store as a source."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..errors import SourceError, StoreError
from ..models.query import Query
from ..util.after_fork import after_fork_in_child
from .base import INSECURE, SWITCHED_OFF, Answer, Source, Warn

if TYPE_CHECKING:
    from ..store.entry import Entry
    from ..store.native.native_store import NativeStore

KEPT = 4096
"""How many answers are kept, by name and user."""


class NativeSource(Source):
    """The system's store of passwords, for what uv and we have put there: longest path prefix, user name equal.

    It is slow to ask, and its entries may be for a path. So each answer, "nothing" included, is kept by the name
    that was asked for, not by scope: each path of a host has its own answer, and no name is asked for twice.

    Args:
        warn: takes a warning.
        enabled: whether stores are read at all.
        store: the store; ``None`` for the system's.

    """

    name = "native store"

    def __init__(self, warn: Warn, *, enabled: bool = True, store: NativeStore | None = None) -> None:
        super().__init__(warn)
        self._enabled = enabled
        self._opened = store
        self._renew_lock()
        after_fork_in_child(self._renew_lock)
        self._known: dict[tuple[str, str | None], list[Entry]] = {}
        self._failure: str | None = None
        self._mute = False

    def _renew_lock(self) -> None:
        self._lock = threading.RLock()  # a signal's handler may ask, too

    @property
    def _store(self) -> NativeStore:
        if self._opened is None:
            from ..store.native.native_store import NativeStore  # noqa: PLC0415 - most have the feature switched off

            self._opened = NativeStore(warn=self.warn)
        return self._opened

    def skipped(self, query: Query) -> str | None:
        """Return why the store is not asked: switched off, mute, or a password would cross the network in the clear."""
        if not self._enabled:
            return SWITCHED_OFF
        from ..store.native.native_store import FEATURE, is_enabled  # noqa: PLC0415 - an earlier source may answer

        if not is_enabled():
            return f"UV_PREVIEW_FEATURES has no {FEATURE}"
        if query.realm.insecure:
            return INSECURE
        return "it gave no answer before" if self._mute else None

    def find(self, query: Query) -> Answer | None:
        """Return the most specific credential; ``None`` without one, or, with a warning, if two users have one.

        Raises:
            SourceError: the store is locked, missing or mute.

        """
        from ..store.native.native_store import services_for  # noqa: PLC0415 - an earlier source may answer

        found = self._look_up(services_for(query.realm, query.path, query.url), query.username)
        if len(found) > 1:
            self._store.warn_ambiguous(found)
            return None
        return Answer(found[0].credentials, found[0].root or None) if found else None

    def refresh(self) -> None:
        """Ask the store again when next needed."""
        self._known.clear()
        self._failure = None

    def _look_up(self, services: list[str], username: str | None) -> list[Entry]:
        with self._lock:
            if len(self._known) > KEPT:
                self._known.clear()
            if self._failure is None:
                unknown = []
                for service in services:
                    known = self._known.get((service, username))
                    if known:
                        break
                    if known is None:
                        unknown.append(service)
                self._ask(unknown, username)
            if self._failure is not None:
                raise SourceError(self._failure)
            answers = (self._known.get((service, username)) for service in services)
            return next((entries for entries in answers if entries), [])

    def _ask(self, services: list[str], username: str | None) -> None:
        if not services:
            return
        try:
            found = self._store.probe(services, username)
        except StoreError as error:
            from ..store.native.vault import MuteError  # noqa: PLC0415 - nothing is mute unless it was asked

            self._failure = f"{self.name}: {error}"
            self._mute = isinstance(error, MuteError)
        else:
            self._known.update({(service, username): entries for service, entries in found.items()})
