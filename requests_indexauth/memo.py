"""What a session knows: which credential was accepted where, and which was refused. No I/O, thread-safe."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Optional

from .found import Found
from .gate import Gates
from .url import covers

if TYPE_CHECKING:
    from .call import Call, Where
    from .index import Index
    from .sources.base import Query
    from .url import Realm

REALM_LIST = 8
"""How many credentials are remembered for one realm and user name: the last accepted first."""
PLACES = 512
"""How many folders are remembered in which a realm's credentials were accepted, oldest forgotten first."""

Remembered = dict[Optional[str], Found]
"""By user name; under ``None`` the last one accepted, whatever its name."""


class RealmMemory:
    """What is known of one realm: accepted credentials in all of it, and more for URLs that no index covers.

    Attributes:
        accepted: by user name, the last accepted first; under ``None`` whatever the name.
        head: the last accepted; ``None`` when there is none.
        paths: what entries that are for a path gave, by that path.
        refused: by ``Authorization``, the paths below which it was answered 401; ``""`` is the whole realm.
        places: in which folders an ``Authorization`` was accepted.
        settled: each ``Authorization`` a server has seen outside any index and not answered with 401.

    """

    def __init__(self) -> None:
        self.accepted: dict[str | None, list[Found]] = {}
        self.head: Found | None = None
        self.paths: dict[str, Remembered] = {}
        self.refused: dict[str, set[str]] = {}
        self.places: dict[tuple[str, str], None] = {}
        self.settled: set[str] = set()

    def first(self) -> Found | None:
        """Return the last accepted credential, unless paths of the realm have to be told apart."""
        head = self.head
        if head is None or self.refused or self.paths or head.header not in self.settled:
            return None
        return head

    def promote(self, found: Found) -> None:
        """Put a credential at the head of the list of its user name and of the list for any."""
        for name in {None, found.username}:
            others = [other for other in self.accepted.get(name, ()) if other.header != found.header]
            self.accepted[name] = [found, *others][:REALM_LIST]
        self.head = found

    def accept(self, query: Query, found: Found) -> None:
        """Remember a credential that was accepted at a URL that no index covers."""
        if found.prefix is not None:
            _put(self.paths.setdefault(found.prefix, {}), found)
        self.places[found.header, _folder(query.path)] = None
        while len(self.places) > PLACES:
            del self.places[next(iter(self.places))]

    def remembered(self, path: str, username: str | None) -> Found | None:
        """Return what the longest path prefix remembers for a user name."""
        known = [prefix for prefix, by_name in self.paths.items() if covers(prefix, path) and username in by_name]
        return self.paths[max(known, key=len)][username] if known else None

    def refuse(self, query: Query, found: Found) -> None:
        """Note a 401. One accepted elsewhere is a misfit in this folder; any other is no good in the whole realm.

        Two paths of one realm may have two users; but a password that is refused where it was accepted before, or
        was never accepted at all, is not tried on every path.
        """
        folder = _folder(query.path)
        places = [place for place in self.places if place[0] == found.header]
        refused = self.refused.setdefault(found.header, set())
        if places and (found.header, folder) not in self.places:
            refused.add(folder)
            return
        refused.add("")
        for place in places:
            del self.places[place]
        self.settled.discard(found.header)
        for by_name in self.paths.values():
            _drop(by_name, found)
        for name, accepted in self.accepted.items():
            self.accepted[name] = [other for other in accepted if other.header != found.header]
        self.head = next(iter(self.accepted.get(None, ())), None)

    def narrow(self, query: Query, misfit: Found, found: Found) -> None:
        """Take back that a credential is no good in the whole realm: it is not here, where another one fits."""
        refused = self.refused.get(misfit.header, set())
        if "" in refused:
            refused.discard("")
            fits = found.prefix is not None and covers(found.prefix, query.path)
            refused.add(found.prefix if fits and found.prefix else _folder(query.path))

    def refuses(self, query: Query, found: Found) -> bool:
        """Whether a credential was refused where a URL lies."""
        return any(covers(root, query.path) for root in self.refused.get(found.header, ()))


class IndexMemory:
    """What is known of one index.

    Attributes:
        realm: what is known of its realm.
        remembered: the accepted credentials by user name.
        refused: each ``Authorization`` it answered with 401.
        settled: each ``Authorization`` it has seen and not answered with 401.
        known: whether it has answered in this session.

    """

    def __init__(self, realm: RealmMemory) -> None:
        self.realm = realm
        self.remembered: Remembered = {}
        self.refused: set[str] = set()
        self.settled: set[str] = set()
        self.known = False

    def first(self) -> Found | None:
        """Return the last accepted credential, which becomes the first of the realm: its files may lie beside it."""
        found = self.remembered.get(None)
        if found is not None and found is not self.realm.head:
            self.realm.promote(found)
        return found

    def refuse(self, found: Found) -> None:
        """Note a 401: the credential is forgotten, and not sent to this index again."""
        self.refused.add(found.header)
        self.settled.discard(found.header)
        _drop(self.remembered, found)


class Memo:
    """The memory of one session. Every method may be called from any thread."""

    def __init__(self) -> None:
        self.gates = Gates()
        self._lock = threading.RLock()
        self._realms: dict[Realm, RealmMemory] = {}
        self._indexes: dict[Index, IndexMemory] = {}

    def memory(self, where: Where) -> RealmMemory | IndexMemory:
        """Return what is known of an index or of a realm."""
        with self._lock:
            if isinstance(where, tuple):
                return self._realms.setdefault(where, RealmMemory())
            known = self._indexes.get(where)
            if known is None:
                realm = self._realms.setdefault(where.realm, RealmMemory())
                known = self._indexes[where] = IndexMemory(realm)
            return known

    def remembered(self, call: Call, username: str | None) -> Found | None:
        """Return what the URL's scope remembers: its index, or else the longest path an entry was for."""
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, IndexMemory):
                return memory.remembered.get(username)
            return memory.remembered(call.query.path, username)

    def of_realm(self, call: Call, username: str | None) -> list[Found]:
        """Return what was accepted in the URL's realm, the last accepted first."""
        with self._lock:
            return list(self._realm(call).accepted.get(username, ()))

    def accept(self, call: Call, found: Found) -> None:
        """Remember a credential a server accepted: for the scope and the realm, under no name and its own."""
        with self._lock:
            memory = self.memory(call.where)
            self._realm(call).promote(found)
            memory.settled.add(found.header)
            if isinstance(memory, IndexMemory):
                _put(memory.remembered, found)
            else:
                memory.accept(call.query, found)

    def refuse(self, call: Call, found: Found) -> None:
        """Note a 401: where it holds, the credential is forgotten and not sent again."""
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, IndexMemory):
                memory.refuse(found)
            else:
                memory.refuse(call.query, found)

    def narrow(self, call: Call, misfits: list[Found], found: Found) -> None:
        """Another credential was accepted: the ones refused on the way to it do not fit *there*, but may elsewhere.

        So a host-wide netrc entry stays good beside a store entry for a path of the same host.
        """
        with self._lock:
            memory = self.memory(call.where)
            for misfit in misfits:
                if isinstance(memory, RealmMemory):
                    memory.narrow(call.query, misfit, found)

    def is_refused(self, call: Call, found: Found) -> bool:
        """Whether a credential was refused with 401 where this URL lies."""
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, IndexMemory):
                return found.header in memory.refused
            return memory.refuses(call.query, found)

    def settle(self, call: Call, found: Found) -> None:
        """Note that sending a credential did no harm (403): other threads need not wait for a verdict on it."""
        with self._lock:
            self.memory(call.where).settled.add(found.header)

    def is_settled(self, call: Call, found: Found) -> bool:
        """Whether a server has seen the credential here and not refused it with 401."""
        with self._lock:
            return found.header in self.memory(call.where).settled

    def know(self, index: Index) -> None:
        """Note that an index has answered: requests need not wait for one that goes ahead."""
        memory = self.memory(index)
        assert isinstance(memory, IndexMemory)  # noqa: S101 - for the type checker
        memory.known = True

    def is_known(self, index: Index) -> bool:
        """Whether an index has answered in this session."""
        memory = self.memory(index)
        return isinstance(memory, IndexMemory) and memory.known

    def _realm(self, call: Call) -> RealmMemory:
        return self._realms.setdefault(call.query.realm, RealmMemory())


def _put(remembered: Remembered, found: Found) -> None:
    remembered[None] = found
    remembered[found.username] = found


def _drop(remembered: Remembered, found: Found) -> None:
    for name in [name for name, other in remembered.items() if other.header == found.header]:
        del remembered[name]


def _folder(path: str) -> str:
    """Return the folder a page or file lies in: ``/simple`` for ``/simple/thing/``."""
    return path.rstrip("/").rpartition("/")[0]
