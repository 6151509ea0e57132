"""What a session remembers: which credential was accepted where, and which was refused. No I/O, thread-safe."""

from __future__ import annotations

import threading
from collections import OrderedDict
from itertools import count
from typing import TYPE_CHECKING

from ..models.found import Found
from .evidence import Evidence
from .memory import Memory
from .realm_memory import RealmMemory
from .short_cut import ShortCut
from .single_flight import Gates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..models.call import Call
    from ..models.index import Index
    from ..models.url import Realm
    from .record import Lapsed

REALMS = 256
"""How many realms a session knows; it forgets the one that learned nothing for longest."""


class Memo:
    """The memory of one session. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._clock = count(1)
        self._evidence = Evidence()
        self._realms: OrderedDict[Realm, RealmMemory] = OrderedDict()
        self._indexes: dict[Index, Memory] = {}
        self.short_cut = ShortCut(self._use)
        self.renew_locks()

    def renew_locks(self) -> None:
        """Replace all locks and gates by free ones: in a forked child no other thread is left to release them."""
        self.gates = Gates()
        self._lock = threading.RLock()

    # What may be sent

    def candidates(self, call: Call, username: str | None) -> list[Found | None]:
        """Return what the URL's index or realm remembers, the best first; ``None`` stands for a bare request.

        One of them may have expired: then it stands for what its source has by now.
        """
        with self._lock:
            return self._memory(call).candidates(call.query.path, username)

    def of_realm(self, call: Call, username: str | None) -> list[Found]:
        """Return what was accepted in the URL's realm and has not expired, the best first."""
        with self._lock:
            found = self._realm(call.query.realm).candidates(call.query.path, username)
        return [one for one in found if one is not None and not one.expired]

    def is_refused(self, call: Call, found: Found) -> bool:
        """Return whether a credential must not be sent to the URL, even if a source has it."""
        with self._lock:
            return self._memory(call).refuses(call.query.path, found)

    def fits(self, call: Call, found: Found) -> bool:
        """Return whether a credential belongs to the URL, so that 403 and 404 are plain answers to it."""
        with self._lock:
            return self._memory(call).fits(call.query.path, found)

    def was_accepted_at(self, call: Call, found: Found) -> bool:
        """Return whether this very path has accepted a credential."""
        with self._lock:
            return self._realm(call.query.realm).is_accepted_at(call.query.path, found)

    def is_seen(self, call: Call, found: Found) -> bool:
        """Return whether a server has received a credential in the URL's index or realm, and has not answered 401."""
        with self._lock:
            return self._memory(call).is_seen(found.header)

    def lapsed(self, call: Call) -> Lapsed | None:
        """Return what a refusal last put out of date in the URL's index or realm; ``None`` when nothing was."""
        with self._lock:
            return self._memory(call).lapsed

    def refused_by(self, index: Index) -> list[str]:
        """Return each ``Authorization`` that an index has refused."""
        with self._lock:
            return self._index(index).refused()

    # What is learned

    def accept(self, call: Call, found: Found) -> bool:
        """Remember a credential that the URL's server accepted.

        Returns:
            Whether this acceptance overrides an earlier refusal. Only the credential given in this very call can do
            that; any other answer may be older than the refusal.

        """
        with self._lock:
            realm = self._realm(call.query.realm, learn=True)
            memory = self._memory(call)
            overrides = memory.refuses(call.query.path, found)
            if overrides:
                if found is not call.given:
                    return False
                memory.forgive(found.header)
            memory.accept(call.query.path, found)
            if memory is not realm:
                realm.accept(call.query.path, found, direct=False)
            self.short_cut.last_used = memory
            return overrides

    def refuse(self, call: Call, found: Found) -> bool:
        """Note a 401.

        Returns:
            Whether it puts a remembered credential out of date; otherwise the credential only does not fit the URL.

        """
        with self._lock:
            memory = self._memory(call, learn=True)
            lapsed = memory.refuse(call.query.path, found)
            if lapsed and call.query.index is not None:
                self._realm(call.query.realm).retract(call.query.index.root_path, found.header)
            return lapsed

    def excuse(self, call: Call, refused: Sequence[Found], accepted: Found | None) -> None:
        """Note that something else (``None``: a bare request) was accepted in a call that refused credentials."""
        with self._lock:
            memory = self._memory(call)
            for found in refused:
                memory.excuse(call.query.path, found, accepted)
            if accepted is None and refused:
                memory.accept_bare(call.query.path)

    def refuse_bare(self, call: Call) -> None:
        """Note a 401 to a request without a credential."""
        with self._lock:
            self._memory(call).refuse_bare(call.query.path)

    def refuse_sent(self, call: Call, header: str | None) -> None:
        """Note a 401 to an ``Authorization`` that was remembered when it was sent, and may not be any more."""
        if header is not None:
            self.refuse(call, Found.given(header, call.query.realm))

    def mark_seen(self, call: Call, found: Found) -> None:
        """Note that sending a credential did no harm (403): other threads need not wait for a verdict on it."""
        with self._lock:
            self._memory(call, learn=True).mark_seen(found)

    # Indexes

    def mark_known(self, index: Index) -> None:
        """Note that an index has answered: requests need not wait for one that goes ahead."""
        with self._lock:
            self._index(index).known = True

    def is_known(self, index: Index) -> bool:
        """Return whether an index has answered in this session."""
        with self._lock:
            return self._index(index).known

    def last_used_first(self, indexes: Sequence[Index]) -> list[Index]:
        """Return indexes in the order in which they were used, the last one first."""
        with self._lock:
            return sorted(indexes, key=lambda index: self._index(index).used, reverse=True)

    def prepare_short_cut(self, call: Call) -> None:
        """Let the short cut answer for the pages and files beside a URL, which the same index covers."""
        query = call.query
        if not query.path.startswith("//") and not call.indexes.has_root_in(query.realm, query.folder):
            with self._lock:
                self.short_cut.learn(query, self._memory(call))

    def prepare_bare(self, call: Call) -> None:
        """Let the short cut send bare what lies beside a URL that is sent bare, where the realm has nothing else."""
        query = call.query
        if query.index is None and not query.path.startswith("//") and not call.indexes.in_realm(query.realm):
            with self._lock:
                if query.realm not in self._realms:
                    self.short_cut.learn_bare(query)

    def _use(self, memory: Memory, found: Found) -> None:
        """Note that the short cut has used what an index or realm remembers: files beside it come next."""
        with self._lock:
            memory.used = next(self._clock)
            self._realm(found.realm).touch(found)

    def _memory(self, call: Call, *, learn: bool = False) -> Memory:
        index = call.query.index
        return self._realm(call.query.realm, learn=learn) if index is None else self._index(index)

    def _index(self, index: Index) -> Memory:
        known = self._indexes.get(index)
        if known is None:
            known = self._indexes[index] = Memory(self._clock)
        return known

    def _realm(self, realm: Realm, *, learn: bool = False) -> RealmMemory:
        """Return what is known of a realm; it is kept only where there is something to learn."""
        known = self._realms.get(realm)
        if known is None:
            known = RealmMemory(self._clock, realm, self._evidence)
        if learn:
            if realm not in self._realms:
                self.short_cut.forget_bare()
            self._realms[realm] = known
            self._realms.move_to_end(realm)
            if len(self._realms) > REALMS:
                self._realms.popitem(last=False)
                self.short_cut.clear()  # it may know the forgotten one
        return known
