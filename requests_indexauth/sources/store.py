"""The credential store as a source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from ..errors import SourceError, StoreError
from ..models.query import Query
from .base import INSECURE, SWITCHED_OFF, Answer, Missed, Warn
from .cached import FileSource

if TYPE_CHECKING:
    from ..store.file_store import CredentialStore
    from ..store.lookup import StoreIndex


class StoreSource(FileSource["StoreIndex"]):
    """The file that ``uv auth login`` and ``indexauth login`` write: longest path prefix, user name equal where given.

    Read when first asked and kept in memory until `refresh`. An entry without password names a user for the sources
    after it.

    Args:
        warn: takes a warning.
        enabled: whether the source is on.
        store: the store; ``None`` for the one uv uses.
        folder: returns the folder that the configuration has for that one; ``None`` for uv's own place.

    """

    name = "store"

    def __init__(
        self,
        warn: Warn,
        *,
        enabled: bool = True,
        store: CredentialStore | None = None,
        folder: Callable[[], str | None] = lambda: None,
    ) -> None:
        super().__init__(warn, self._read, self._path)
        self._enabled = enabled
        self._folder = folder
        self._opened = store

    @property
    def _store(self) -> CredentialStore:
        if self._opened is None:
            from ..store.file_store import CredentialStore  # noqa: PLC0415 - most often an earlier source has an answer

            self._opened = CredentialStore(warn=self.warn, configured=self._folder)
        return self._opened

    def skipped(self, query: Query) -> str | None:
        """Return why the store is not asked: switched off, or a password would go over the network in the clear."""
        if not self._enabled:
            return SWITCHED_OFF
        return INSECURE if query.realm.insecure else None

    def find(self, query: Query) -> Answer | None:
        """Return the most specific credential; ``None`` without one, or, with a warning, if two users have one.

        Raises:
            SourceError: the file is damaged or cannot be read.

        """
        found = self._index().match(query.realm, query.path, query.username)
        if len(found) > 1:
            self._store.warn_ambiguous(found)
            return None
        if not found or (query.username is not None and not found[0].credentials.complete):
            return None
        return Answer(found[0].credentials, found[0].root or None)

    def missed(self, query: Query) -> Missed:
        """Say whose credentials it has for the URL, or for what else of the same host."""
        index = self._index()
        found = [] if query.username is None else index.match(query.realm, query.path)
        found = found or index.match(query.realm, query.path, query.username)
        if found:
            users = " and ".join(sorted(entry.label for entry in found))
            return Missed(f"{found[0].service} is for the user{'s' if len(found) > 1 else ''} {users}", "user")
        near = sorted({entry.service for entry in index.entries if entry.realm.host == query.realm.host})
        return Missed(f"nothing for this URL, but for {' and '.join(near[:3])}", "place") if near else Missed()

    def _path(self) -> str | None:
        try:
            return self._store.path
        except StoreError:  # there is no home folder
            return None

    def _index(self) -> StoreIndex:
        try:
            return self._cached.get(self._store.path)
        except StoreError as error:  # of the path: where there is no home folder
            message = f"{self.name}: {error}"
        raise SourceError(message)

    def _read(self) -> StoreIndex:
        try:
            return self._store.load()
        except StoreError as error:
            message = f"{self.name}: {error}"
        raise SourceError(message)
