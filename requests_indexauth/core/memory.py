"""What is known of one realm and of one index: what was accepted there, and what was refused.

`Memo` holds its lock around every change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from ..models.found import Found
from ..models.url import covers, longest_root

if TYPE_CHECKING:
    import threading

    from ..models.query import Query

REALM_LIST = 8
"""How many credentials are remembered for one realm and user name: the last accepted first."""
PLACES = 512
"""How many folders, and pages, are remembered in which a realm's credentials were accepted, oldest forgotten first."""
STRIKES = 3
"""How many 401s in a row, where nothing else fitted either, take a credential off its realm's list."""

Remembered = dict[Optional[str], Found]
"""By user name; under ``None`` the last one accepted, whatever its name."""


class RealmMemory:
    """What is known of one realm: accepted credentials in all of it, and more for URLs that no index covers.

    Attributes:
        accepted: by user name, the last accepted first; under ``None`` whatever the name.
        head: the last accepted; ``None`` when there is none.
        paths: what entries that are for a path gave, by that path.
        refused: by ``Authorization``, the paths below which it was answered 401; ``""`` is the whole realm.
        outdated: each ``Authorization`` that was refused for the whole realm after it had been accepted in it.
        strikes: by ``Authorization``, how many calls in a row were answered 401 to it and to all else.
        places: in which folders an ``Authorization`` was accepted.
        pages: for which paths it was, as far as the short cut did not send it.
        settled: each ``Authorization`` a server has seen outside any index and not answered with 401.
        forgotten: the last that was accepted and then refused; ``None`` when none was.

    Args:
        lock: the memo's; held by whoever changes anything here.

    """

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        self.accepted: dict[str | None, list[Found]] = {}
        self.head: Found | None = None
        self.paths: dict[str, Remembered] = {}
        self.refused: dict[str, set[str]] = {}
        self.outdated: set[str] = set()
        self.strikes: dict[str, int] = {}
        self.places: dict[tuple[str, str], None] = {}
        self.pages: dict[tuple[str, str], None] = {}
        self.settled: set[str] = set()
        self.forgotten: tuple[str, bool] | None = None

    def first(self) -> Found | None:
        """Return the last accepted credential, unless paths of the realm have to be told apart."""
        head = self.head
        if head is None or self.refused or self.paths or head.header not in self.settled:
            return None
        return head

    def promote(self, found: Found) -> None:
        """Put a credential at the head of the list of its user name and of the list for any."""
        with self._lock:
            for name in {None, found.username}:
                others = [other for other in self.accepted.get(name, ()) if other.header != found.header]
                self.accepted[name] = [found, *others][:REALM_LIST]
            self.head = found
            self.strikes.pop(found.header, None)
            self.refused.get(found.header, set()).discard("")  # it is good after all, if not everywhere

    def accept(self, query: Query, found: Found) -> None:
        """Remember a credential that was accepted at a URL that no index covers."""
        if found.prefix is not None:
            _put(self.paths.setdefault(found.prefix, {}), found)
        for seen, place in ((self.places, _folder(query.path)), (self.pages, query.path)):
            seen[found.header, place] = None
            while len(seen) > PLACES:
                del seen[next(iter(seen))]

    def remembered(self, path: str, username: str | None) -> Found | None:
        """Return what the longest path prefix remembers for a user name."""
        known = [prefix for prefix, by_name in self.paths.items() if covers(prefix, path) and username in by_name]
        return self.paths[max(known, key=len)][username] if known else None

    def refuse(self, query: Query, found: Found, *, at_home: bool) -> bool:
        """Note a 401; return whether the credential is forgotten, or only does not fit here.

        Two paths of one realm may have two users; but a password that is refused where it was accepted before, or
        was never accepted at all, is not tried on every path.

        Args:
            query: where it was sent.
            found: what was sent.
            at_home: whether an index of the realm has accepted it.

        """
        refused = self.refused.setdefault(found.header, set())
        folder = _folder(query.path)
        places = [place for place in self.places if place[0] == found.header]
        refused.add(query.path)  # whatever is made of it for other paths, here it is not tried again
        if at_home or self._has_path(query, found):
            return False  # its own files may lie beside another's
        if places and (found.header, folder) not in self.places:
            refused.add(folder)
            return False
        refused.add("")
        for place in places:
            del self.places[place]
        self.settled.discard(found.header)
        for by_name in self.paths.values():
            _drop(by_name, found)
        if self.strike_off(found):
            self.outdated.add(found.header)
            self.forgotten = found.header, True
        return True

    def _has_path(self, query: Query, found: Found) -> bool:
        """Whether an entry for a path that is not the URL's gave the credential."""
        return any(
            not covers(prefix, query.path) and any(other.header == found.header for other in by_name.values())
            for prefix, by_name in self.paths.items()
        )

    def strike_off(self, found: Found) -> bool:
        """Take a credential off the lists; return whether it was on one."""
        listed = False
        for name, accepted in self.accepted.items():
            kept = [other for other in accepted if other.header != found.header]
            listed = listed or len(kept) < len(accepted)
            self.accepted[name] = kept
        self.head = next(iter(self.accepted.get(None, ())), None)
        return listed

    def strike(self, found: Found) -> None:
        """Note that neither a credential nor any other fitted: its password may be out of date.

        After `STRIKES` in a row it is not tried beyond where it is remembered, until it is accepted there again.
        """
        self.strikes[found.header] = self.strikes.get(found.header, 0) + 1
        if self.strikes[found.header] >= STRIKES:
            self.strike_off(found)

    def narrow(self, query: Query, misfit: Found, found: Found) -> None:
        """Take back that a credential is no good in the whole realm or folder: here another one fits."""
        self.strikes.pop(misfit.header, None)
        folder = _folder(query.path)
        refused = self.refused.get(misfit.header, set())
        if not refused & {"", folder}:
            return
        refused -= {"", folder}
        outdated = misfit.header in self.outdated
        proven = outdated or any(other.header == misfit.header for other in self.accepted.get(None, ()))
        if proven and misfit.username != found.username:  # no new password: another user
            refused.add(query.path)
            if outdated:
                self.outdated.discard(misfit.header)
                for name in {None, misfit.username}:
                    self.accepted.setdefault(name, []).append(misfit)
        else:
            fits = found.prefix is not None and covers(found.prefix, query.path)
            refused.add(found.prefix if fits and found.prefix else folder)

    def refuses(self, query: Query, found: Found) -> bool:
        """Whether a credential was refused where a URL lies."""
        roots = self.refused.get(found.header)
        return roots is not None and longest_root(roots, query.path) is not None

    def forgive(self, found: Found) -> None:
        """Forget that a credential was refused."""
        self.refused.pop(found.header, None)


class IndexMemory:
    """What is known of one index.

    Attributes:
        realm: what is known of its realm.
        remembered: the accepted credentials by user name.
        refused: each ``Authorization`` it answered with 401.
        settled: each ``Authorization`` it has seen and not answered with 401.
        forgotten: the last that was remembered and then refused; ``None`` when none was.
        known: whether it has answered in this session.

    """

    def __init__(self, realm: RealmMemory) -> None:
        self.realm = realm
        self.remembered: Remembered = {}
        self.refused: set[str] = set()
        self.settled: set[str] = set()
        self.forgotten: tuple[str, bool] | None = None
        self.known = False

    def first(self) -> Found | None:
        """Return the last accepted credential, which becomes the first of the realm: its files may lie beside it."""
        found = self.remembered.get(None)
        if found is not None and found is not self.realm.head:
            self.realm.promote(found)
        return found

    def accept(self, found: Found) -> None:
        """Remember a credential that was accepted."""
        _put(self.remembered, found)

    def remembers(self, found: Found) -> bool:
        """Whether a credential is among those remembered."""
        return any(other.header == found.header for other in self.remembered.values())

    def refuse(self, found: Found) -> None:
        """Note a 401: the credential is forgotten, and not sent to this index again."""
        if self.remembers(found):
            self.forgotten = found.header, True
        self.refused.add(found.header)
        self.settled.discard(found.header)
        _drop(self.remembered, found)

    def forgive(self, found: Found) -> None:
        """Forget that a credential was refused."""
        self.refused.discard(found.header)


def _put(remembered: Remembered, found: Found) -> None:
    remembered[None] = found
    remembered[found.username] = found


def _drop(remembered: Remembered, found: Found) -> None:
    for name in [name for name, other in remembered.items() if other.header == found.header]:
        del remembered[name]


def _folder(path: str) -> str:
    """Return the folder a page or file lies in: ``/simple`` for ``/simple/thing/``."""
    return path.rstrip("/").rpartition("/")[0]
