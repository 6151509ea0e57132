"""What a realm remembers, whose paths are told apart by evidence: where each credential was accepted and refused.

A credential is tried where the path shares most leading segments with one that accepted it; between equals the one
accepted last goes first. It is not sent to a path that refused it, nor anywhere when nothing accepts it any more. When
it is out of date, it is sent only near a path that accepted it, and only if a source still has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.url import covers
from .memory import RECORDS, Memory
from .record import Record

if TYPE_CHECKING:
    from itertools import count

    from ..models.found import Found
    from ..models.url import Realm
    from .evidence import Evidence

_BARE = ""  # stands for the header of a request without a credential


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
                if header in self._records
                and (header != _BARE or folder)  # a bare answer counts in its folder, not for the whole host
            }
            for header, record in sorted(
                near.items(), key=lambda item: (not self._is_within(item[1], path), item[1].age)
            ):
                if self._is_usable(record, path, username):
                    chosen.setdefault(header, record)
        for found in super().candidates(path, username):  # those whose paths were forgotten
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
        """Note a 401; return whether it puts a remembered credential out of date (else it only does not fit here)."""
        self._has_refused = True
        if not found.is_name_alone:
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
        if record.latest and record.refused_in == self._folder(path):
            record.add_folder(record.refused_in, shared=accepted is not None)

    def accept_bare(self, path: str) -> None:
        """Note that a path answers a request without a credential, and not one with a credential."""
        self._evidence.accept(self._realm, path, _BARE)
        record = self._records.setdefault(_BARE, Record(None))
        record.latest = next(self._clock)

    def refuse_bare(self, path: str) -> None:
        """Note that a path wants a credential."""
        if _BARE in self._records:
            self._evidence.refuse(self._realm, path, _BARE)

    def retract(self, root: str, header: str) -> None:
        """Note that an index refused what it had accepted: what it said below its root does not count any more."""
        record = self._records.get(header)
        if record is None:
            return
        for folder in [folder for folder in list(record.accepted_in) if covers(root, folder)]:
            record.accepted_in.pop(folder, None)
        if not record.accepted_in and not record.failures:
            del self._records[header]
        self._update()

    def _folder(self, path: str) -> str:
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
        """Return the newest password that replaced a credential, or the credential itself."""
        for _ in range(RECORDS):
            record = self._records.get(header)
            if record is None or record.replaced_by is None:
                break
            header = record.replaced_by
        return header

    def _update(self) -> None:
        """Set `first`: only when the realm has a single credential and has refused none.

        A refusal counts for as long as the session lives: its evidence may outlive the record of its credential.
        """
        records = list(self._records.values())
        good = len(records) == 1 and records[0].seen and records[0].latest > 0 and not self._has_refused
        self.first = records[0].found if good else None
