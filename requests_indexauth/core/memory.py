"""What is known of the credentials of one place: an index, or a realm, whose paths are told apart.

In a realm a credential is tried where the path shares most leading segments with one that accepted it; between equals
the one accepted last goes first. It is not sent to a path that refused it, nor anywhere when nothing accepts it any
more. After three refused calls in a row it is out of date: it is sent only near a path that accepted it, and only if a
source still has it.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, NamedTuple

from ..models.found import Found
from ..models.url import covers

if TYPE_CHECKING:
    from itertools import count

    from ..models.url import Realm
    from .evidence import Evidence

RECORDS = 64
"""How many credentials are known of one place; the one unused for longest is forgotten first."""
HOMES = 64
"""How many folders are known that accepted one credential."""
FAILURES = 3
"""How many refused calls in a row put a credential out of date."""
_BARE = ""  # stands for the header of a request without a credential


class Lapsed(NamedTuple):
    """A remembered credential that was refused; the sources are asked afresh once for each different value.

    Attributes:
        header: its ``Authorization``.
        accepted: when it was last accepted, where the refusal puts it out of date; ``None`` where it only does not fit
            the URL.

    """

    header: str
    accepted: int | None = None


class Record:
    """What is known of one credential in one place.

    Attributes:
        found: the credential; ``None`` for a request without one.
        latest: when it was last accepted or used; 0 when it never was.
        homes: the folders that accepted it and have not refused it since, the oldest first; with each, whether it is
            shared with other users' paths, which refuse it.
        lost_home: the folder that refused it last.
        failures: how many calls in a row were refused with it and with everything else that was tried.
        misfit: whether it may be for other paths: another one, for a path of its own, fitted where it was refused.
        refused_scopes: the paths of store entries that it was sent for and that refused it.
        seen: whether a server has received it here and has not answered 401.
        replaced_by: the ``Authorization`` with the same user's new password; ``None`` when there is none.

    """

    __slots__ = (
        "failures",
        "found",
        "homes",
        "latest",
        "lost_home",
        "misfit",
        "refused_scopes",
        "replaced_by",
        "seen",
    )

    def __init__(self, found: Found | None) -> None:
        self.found = found
        self.latest = 0
        self.homes: dict[str, bool] = {}
        self.lost_home: str | None = None
        self.failures = 0
        self.misfit = False
        self.refused_scopes: frozenset[str] = frozenset()
        self.seen = False
        self.replaced_by: str | None = None

    @property
    def out_of_date(self) -> bool:
        """Whether too many calls in a row were refused with it."""
        return self.failures >= FAILURES

    @property
    def dead(self) -> bool:
        """Whether refusals are all that is known of it."""
        return not self.homes and self.failures > 0 and (self.out_of_date or not self.misfit)

    def is_for(self, username: str | None) -> bool:
        """Whether it may be sent for a user name (``None``: any)."""
        return self.found is not None and username in (None, self.found.username)

    def add_home(self, folder: str, *, shared: bool = False) -> None:
        """Note a folder that accepted it."""
        self.homes[folder] = self.homes.pop(folder, False) or shared
        while len(self.homes) > HOMES:
            del self.homes[next(iter(self.homes))]


class Memory:
    """What is known of one index; all its paths are one place. The caller holds the memo's lock around every change.

    Args:
        clock: counts what happens in the session.

    Attributes:
        first: what is sent to every path of the place; ``None`` where nothing is, or where paths must be told apart.
        lapsed: the last credential that a refusal put out of date; ``None`` when none was.
        known: whether the index has answered in this session.
        used: when a credential was last accepted or used here; 0 when none was.

    """

    def __init__(self, clock: count[int]) -> None:
        self._clock = clock
        self._records: OrderedDict[str, Record] = OrderedDict()
        self.first: Found | None = None
        self.lapsed: Lapsed | None = None
        self.known = False
        self.used = 0

    def candidates(self, path: str, username: str | None) -> list[Found | None]:
        """Return what is remembered for a path and a user name, the best first; ``None`` stands for a bare request."""
        records = [record for record in self._records.values() if self._is_usable(record, path, username)]
        records.sort(key=_age)
        return [record.found for record in records]

    def refuses(self, path: str, found: Found) -> bool:  # noqa: ARG002 - an index is one place
        """Return whether a credential must not be sent to a path, even if a source has it."""
        record = self._records.get(found.header)
        return record is not None and record.dead

    def fits(self, path: str, found: Found) -> bool:  # noqa: ARG002
        """Return whether a credential belongs to a path, so that 403 and 404 are plain answers to it."""
        return True

    def is_seen(self, header: str) -> bool:
        """Return whether a server has received a credential here and has not answered 401."""
        record = self._records.get(header)
        return record is not None and record.seen

    def refused(self) -> list[str]:
        """Return each ``Authorization`` that must not be sent anywhere here."""
        return [header for header, record in self._records.items() if record.dead]

    def accept(self, path: str, found: Found, *, direct: bool = True) -> None:
        """Remember a credential that was accepted.

        Args:
            path: where it was accepted.
            found: the credential.
            direct: whether the answer is one to this place; an index's answers count for its realm, too.

        """
        record = self._record(found)
        if not record.latest:
            self._replace_older(found)
            self._forget_expired(found)
        record.found, record.replaced_by, record.failures = found, None, 0
        record.latest = self.used = next(self._clock)
        record.seen = record.seen or direct
        record.add_home(self._home(path))
        self._update()

    def refuse(self, path: str, found: Found) -> bool:
        """Note a 401; return whether that puts a remembered credential out of date, rather than it being a misfit."""
        record = self._record(found)
        if found.prefix is not None and len(record.refused_scopes) < HOMES:
            record.refused_scopes |= {found.prefix}
        record.lost_home = self._home(path)
        own_home = record.homes.pop(record.lost_home, True) is False
        record.failures += 1
        record.seen = record.seen and not record.dead
        lapsed = record.latest > 0 and (record.dead or record.out_of_date or own_home)
        if lapsed:
            self.lapsed = Lapsed(found.header, record.latest)
        self._update()
        return lapsed

    def excuse(self, path: str, refused: Found, accepted: Found | None) -> None:
        """Note that something else was accepted in a call that refused a credential; an index has no use for that."""

    def accept_bare(self, path: str) -> None:
        """Note that a path answers a request without a credential; that is of no use within an index."""

    def refuse_bare(self, path: str) -> None:
        """Note that a path wants a credential; that is of no use within an index."""

    def mark_seen(self, found: Found) -> None:
        """Note that sending a credential did no harm (403): other threads need not wait for a verdict on it."""
        self._record(found).seen = True

    def forgive(self, header: str) -> None:
        """Forget the record of a credential that the caller has shown to be good; paths that refused it still do."""
        self._records.pop(header, None)

    def touch(self, found: Found) -> None:
        """Note that a remembered credential was used again."""
        record = self._records.get(found.header)
        if record is not None and record.latest:
            record.latest = next(self._clock)

    def _home(self, path: str) -> str:  # noqa: ARG002
        return ""

    def _is_usable(self, record: Record, path: str, username: str | None) -> bool:
        """Return whether a remembered credential may be sent to a path on the memory's word alone."""
        if not record.latest or record.dead or record.out_of_date:
            return False
        return record.is_for(username) and record.found is not None and not self.refuses(path, record.found)

    def _update(self) -> None:
        """Set what `first` is."""
        newest = self.candidates("", None)
        self.first = newest[0] if newest else None

    def _record(self, found: Found) -> Record:
        """Return a credential's record, a new one where it has none."""
        record = self._records.setdefault(found.header, Record(found))
        self._records.move_to_end(found.header)
        while len(self._records) > RECORDS:
            del self._records[self._least_worth(found.header)]
        return record

    def _least_worth(self, new: str) -> str:
        """Return what is forgotten first: a user name alone, of which a server can make up any number."""
        others = [header for header in self._records if header != new]
        for header in others:
            found = self._records[header].found
            if found is not None and _is_name_alone(found):
                return header
        return others[0]

    def _forget_expired(self, new: Found) -> None:
        """Forget what a new credential has been made to take the place of, if that is all there is beside it."""
        others = {header: record.found for header, record in self._records.items() if header != new.header}
        if all(other is not None and other.expired and other.source == new.source for other in others.values()):
            for header in others:
                del self._records[header]

    def _replace_older(self, found: Found) -> None:
        """Have a new password take the place of the same user's older ones."""
        for header, record in self._records.items():
            other = record.found
            if other is None or header == found.header or not record.latest or found.username is None:
                continue
            if (other.username, other.prefix) == (found.username, found.prefix):
                record.replaced_by = found.header


class RealmMemory(Memory):
    """What is known of one realm: of the URLs that no index covers, and of what its indexes accepted.

    Args:
        clock: counts what happens in the session.
        realm: the realm.
        evidence: what was accepted and refused where, in all realms.

    """

    def __init__(self, clock: count[int], realm: Realm, evidence: Evidence) -> None:
        super().__init__(clock)
        self._realm = realm
        self._evidence = evidence
        self._has_refused = False

    def candidates(self, path: str, username: str | None) -> list[Found | None]:
        """Return what is remembered for a path and a user name, the best first; ``None`` stands for a bare request."""
        chosen: dict[str, Record] = {}
        for folder, headers in self._evidence.nearest(self._realm, path):
            near = {
                header: self._records[header]
                for header in map(self._current, headers)
                if header in self._records and (header != _BARE or folder)  # the root is no public corner
            }
            for header, record in sorted(
                near.items(), key=lambda item: (not self._is_within(item[1], path), _age(item[1]))
            ):
                if self._is_usable(record, path, username):
                    chosen.setdefault(header, record)
        for found in super().candidates(path, username):  # of paths that are not known any more
            if found is not None:
                chosen.setdefault(found.header, self._records[found.header])
        return [record.found for record in chosen.values()]

    def refuses(self, path: str, found: Found) -> bool:
        """Return whether a credential must not be sent to a path, even if a source has it."""
        record = self._records.get(found.header)
        if record is None:
            return False
        if self._evidence.refused(self._realm, path, found.header):
            return True
        if record.dead:
            return not self._is_untried_scope(record, path, found)
        return record.out_of_date and not self._is_near(path, found.header)

    def fits(self, path: str, found: Found) -> bool:
        """Return whether a credential belongs to a path, so that 403 and 404 are plain answers to it."""
        return found.prefix is not None and covers(found.prefix, path)

    def is_accepted_at(self, path: str, found: Found) -> bool:
        """Return whether this very path has accepted a credential."""
        return self._evidence.accepted(self._realm, path, found.header)

    def accept(self, path: str, found: Found, *, direct: bool = True) -> None:
        """Remember a credential that was accepted at a path; one that an index accepted counts here, too."""
        self._evidence.accept(self._realm, path, found.header)
        super().accept(path, found, direct=direct)

    def refuse(self, path: str, found: Found) -> bool:
        """Note a 401; return whether that puts a remembered credential out of date, rather than it being a misfit."""
        self._has_refused = True
        if not _is_name_alone(found):
            self._evidence.refuse(self._realm, path, found.header)
        return super().refuse(path, found)

    def excuse(self, path: str, refused: Found, accepted: Found | None) -> None:
        """Note that something else was accepted in a call that refused a credential: that says little of other paths.

        It says that the credential is out of date where the other one is a new password of the same user.
        """
        record = self._records.get(refused.header)
        if record is None or (accepted is not None and accepted.username == refused.username):
            return
        if record.latest:
            record.failures = 0
        elif accepted is None or accepted.prefix is None:
            return  # nothing has accepted it, and nothing says that it is for other paths: it is wrong
        record.misfit = True
        if record.latest and record.lost_home == self._home(path):
            record.add_home(record.lost_home, shared=accepted is not None)
        self._update()

    def accept_bare(self, path: str) -> None:
        """Note that a path answers a request without a credential, and not one with a credential."""
        self._evidence.accept(self._realm, path, _BARE)
        record = self._records.setdefault(_BARE, Record(None))
        record.latest = next(self._clock)
        self._update()

    def refuse_bare(self, path: str) -> None:
        """Note that a path wants a credential."""
        if _BARE in self._records:
            self._evidence.refuse(self._realm, path, _BARE)

    def retract(self, root: str, header: str) -> None:
        """Note that an index refused what it had accepted: what it said below its root does not count any more."""
        record = self._records.get(header)
        if record is None:
            return
        self._evidence.take_back(self._realm, root, header)
        for home in [home for home in record.homes if covers(root, home)]:
            del record.homes[home]
        if not record.homes and not record.failures:
            del self._records[header]
        self._update()

    def _home(self, path: str) -> str:
        """Return the folder of a path; of a path at the root, itself: such paths may be whole areas of their own."""
        path = path.rstrip("/")
        return path[: path.rfind("/")] or path

    def _is_usable(self, record: Record, path: str, username: str | None) -> bool:
        if record.found is None:
            return username is None and not self._evidence.refused(self._realm, path, _BARE)
        return super()._is_usable(record, path, username)

    def _is_within(self, record: Record, path: str) -> bool:
        return record.found is not None and self.fits(path, record.found)

    def _is_untried_scope(self, record: Record, path: str, found: Found) -> bool:
        """Return whether a source has a credential for a path of its own, where it was never refused."""
        if found.prefix is None or not self.fits(path, found) or found.prefix in record.refused_scopes:
            return False
        return not self._evidence.refused_below(self._realm, found.prefix, found.header)

    def _is_near(self, path: str, header: str) -> bool:
        """Return whether a credential was accepted in a folder above a path, other than the root."""
        return any(folder and header in headers for folder, headers in self._evidence.nearest(self._realm, path))

    def _current(self, header: str) -> str:
        """Return what has taken the place of a credential, or the credential itself."""
        for _ in range(RECORDS):
            record = self._records.get(header)
            if record is None or record.replaced_by is None:
                break
            header = record.replaced_by
        return header

    def _update(self) -> None:
        """Set what `first` is: only where one credential has met with nothing but success.

        A refusal counts for as long as the session lives: its evidence may outlive the record of its credential.
        """
        records = list(self._records.values())
        good = len(records) == 1 and records[0].seen and records[0].latest > 0 and not self._has_refused
        self.first = records[0].found if good else None


def _is_name_alone(found: Found) -> bool:
    """Return whether a credential is a user name with an empty password."""
    credentials = found.credentials
    return credentials is not None and credentials.scheme == "basic" and not credentials.password


def _age(record: Record) -> tuple[bool, int]:
    """Return what remembered credentials are sorted by: one that has been replaced comes last."""
    return record.replaced_by is not None, -record.latest
