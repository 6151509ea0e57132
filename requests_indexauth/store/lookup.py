"""Look credentials up by realm and path, as fast among ten thousand as among ten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.url import ancestors, lengths_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..models.url import Realm
    from .entry import Entry


class StoreIndex:
    """Credentials by realm and path.

    Attributes:
        entries: all of them, in the file's order.

    """

    __slots__ = ("_realms", "entries")

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = list(entries)
        self._realms: dict[Realm, _Paths] = {}
        for entry in self.entries:
            self._realms.setdefault(entry.realm, _Paths()).add(entry)

    def match(self, realm: Realm, path: str, username: str | None = None) -> list[Entry]:
        """Return the most specific credentials for a URL.

        Longest path prefix on a segment boundary; user name equal where one is given, so that a Bearer token then never
        matches. Of several for one user the file's last counts (all as uv does).

        Args:
            realm: the URL's realm.
            path: its normalised path.
            username: whose; ``None`` when any will do.

        Returns:
            Empty when there is none; several when they are of different users and equally specific.

        """
        paths = self._realms.get(realm)
        return [] if paths is None else paths.match(path, username)


class _Paths:
    """The credentials of one realm, by root path."""

    __slots__ = ("_lengths", "_users")

    def __init__(self) -> None:
        self._users: dict[str, _Users] = {}
        self._lengths: list[int] | None = None

    def add(self, entry: Entry) -> None:
        self._users.setdefault(entry.root, _Users()).add(entry)
        self._lengths = None

    def match(self, path: str, username: str | None) -> list[Entry]:
        if self._lengths is None:
            self._lengths = lengths_of(self._users)
        for root in ancestors(path, self._lengths):
            users = self._users.get(root)
            found = [] if users is None else users.match(username)
            if found:
                return found
        return []


class _Users:
    """The credentials of one root path, by user."""

    __slots__ = ("_best", "_by_user", "_weight")

    def __init__(self) -> None:
        self._by_user: dict[str | None, Entry] = {}
        self._best: dict[tuple[str, str | None], Entry] = {}
        self._weight = 0

    def add(self, entry: Entry) -> None:
        before = self._by_user.get(entry.user)
        if before is None or before.weight <= entry.weight:
            self._by_user[entry.user] = entry
        if entry.weight > self._weight:
            self._weight = entry.weight
            self._best.clear()
        if entry.weight == self._weight:
            self._best[entry.credentials.scheme, entry.user] = entry

    def match(self, username: str | None) -> list[Entry]:
        if username is None:
            return list(self._best.values())
        entry = self._by_user.get(username)
        return [] if entry is None else [entry]
