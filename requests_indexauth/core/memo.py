"""What a session knows: which credential was accepted where, and which was refused. No I/O, thread-safe."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from ..models.found import Found
from .memory import IndexMemory, RealmMemory
from .single_flight import Gates

if TYPE_CHECKING:
    from ..models.call import Call
    from ..models.index import Index
    from ..models.query import Where
    from ..models.url import Realm


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
                return self._realm(where)
            known = self._indexes.get(where)
            if known is None:
                known = self._indexes[where] = IndexMemory(self._realm(where.realm))
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
            return list(self._realm(call.query.realm).accepted.get(username, ()))

    def accept(self, call: Call, found: Found) -> bool:
        """Remember a credential a server accepted: for the scope and the realm, under no name and its own.

        Returns whether it had been refused before, and is good again on the caller's word. Who gave it in another call
        says nothing of it now: that it was sent here may be older than the refusal.
        """
        with self._lock:
            memory = self.memory(call.where)
            forgiven = self.is_refused(call, found)
            if forgiven:
                if found is not call.given:
                    return False  # the refusal overtook this answer
                memory.forgive(found)
            self._realm(call.query.realm).promote(found)
            memory.settled.add(found.header)
            if isinstance(memory, IndexMemory):
                memory.accept(found)
            else:
                memory.accept(call.query, found)
            return forgiven

    def refuse(self, call: Call, found: Found) -> bool:
        """Note a 401: where it holds, the credential is forgotten and not sent again.

        Returns whether it is forgotten: a credential of the realm may just not fit this URL.
        """
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, RealmMemory):
                return memory.refuse(call.query, found, at_home=self._at_home(memory, found))
            was_remembered = memory.remembers(found)
            memory.refuse(found)
            if was_remembered and not self._at_home(memory.realm, found):
                memory.realm.strike_off(found)
            return True

    def refuse_sent(self, call: Call, header: str | None) -> None:
        """Note a 401 to an ``Authorization`` that was remembered when it was sent, and may not be any more."""
        if header is not None:
            self.refuse(call, Found.given(header))

    def forgotten(self, call: Call) -> tuple[str, bool] | None:
        """Return what was last remembered where the URL lies, and then refused; ``None`` when nothing was."""
        with self._lock:
            return self.memory(call.where).forgotten

    def strike(self, call: Call, misfits: list[Found]) -> None:
        """Note that a call was answered 401 to all there was to send."""
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, RealmMemory):
                for misfit in misfits:
                    memory.strike(misfit)

    def narrow(self, call: Call, misfits: list[Found], found: Found) -> None:
        """Another credential was accepted: the ones refused on the way to it do not fit *there*, but may elsewhere.

        So a host-wide netrc entry stays good beside a store entry for a path of the same host.
        """
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, RealmMemory):
                for misfit in misfits:
                    memory.narrow(call.query, misfit, found)

    def is_refused(self, call: Call, found: Found) -> bool:
        """Whether a credential was refused with 401 where this URL lies."""
        with self._lock:
            memory = self.memory(call.where)
            if isinstance(memory, IndexMemory):
                return found.header in memory.refused
            return memory.refuses(call.query, found)

    def was_accepted_at(self, call: Call, found: Found) -> bool:
        """Whether a credential has been accepted for this very path, outside any index."""
        with self._lock:
            return (found.header, call.query.path) in self._realm(call.query.realm).pages

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

    def _at_home(self, realm: RealmMemory, found: Found) -> bool:
        return any(index.realm is realm and index.remembers(found) for index in self._indexes.values())

    def _realm(self, realm: Realm) -> RealmMemory:
        known = self._realms.get(realm)
        if known is None:
            known = self._realms[realm] = RealmMemory(self._lock)
        return known
