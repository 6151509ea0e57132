"""What an index remembers: which credentials it accepted and refused.

All its URLs are one place: what one of them accepts is sent to all, and what one refuses is sent to none any more.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from .record import FOLDERS, Lapsed, Record

if TYPE_CHECKING:
    from itertools import count

    from ..models.found import Found

RECORDS = 64
"""How many credentials are known of one place; the one unused for longest is forgotten first."""


class Memory:
    """What is known of one index; all its paths are one place. The caller holds the memo's lock around every change.

    A signal's handler may change it in the thread that holds that lock: so methods iterate over copies.

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
        records = [record for record in list(self._records.values()) if self._is_usable(record, path, username)]
        records.sort(key=lambda record: record.age)
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
        return [header for header, record in list(self._records.items()) if record.dead]

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
        record.add_folder(self._folder(path))
        self._update()

    def refuse(self, path: str, found: Found) -> bool:
        """Note a 401; return whether it puts a remembered credential out of date (else it only does not fit here)."""
        record = self._record(found)
        if found.prefix is not None and len(record.refused_scopes) < FOLDERS:
            record.refused_scopes |= {found.prefix}
        record.refused_in = self._folder(path)
        was_unshared = record.accepted_in.pop(record.refused_in, True) is False
        record.failures += 1
        record.seen = record.seen and not record.dead
        lapsed = record.latest > 0 and (record.dead or record.out_of_date or was_unshared)
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
        """Forget that a credential was refused: the caller has shown that it is good. Paths keep their own refusals."""
        self._records.pop(header, None)

    def touch(self, found: Found) -> None:
        """Note that a remembered credential was used again."""
        record = self._records.get(found.header)
        if record is not None and record.latest:
            record.latest = next(self._clock)

    def _folder(self, path: str) -> str:  # noqa: ARG002
        return ""

    def _is_usable(self, record: Record, path: str, username: str | None) -> bool:
        """Return whether a remembered credential may be sent to a path without asking the sources."""
        if not record.latest or record.dead or record.out_of_date:
            return False
        return record.is_for(username) and record.found is not None and not self.refuses(path, record.found)

    def _update(self) -> None:
        """Set `first`."""
        newest = self.candidates("", None)
        self.first = newest[0] if newest else None

    def _record(self, found: Found) -> Record:
        """Return a credential's record, a new one where it has none."""
        record = self._records.setdefault(found.header, Record(found))
        self._records.move_to_end(found.header)
        while len(self._records) > RECORDS:
            self._records.pop(self._least_worth(found.header), None)
        return record

    def _least_worth(self, new: str) -> str:
        """Return what to forget first: a user name alone, for a server can make up many; else the oldest."""
        others = [(header, record.found) for header, record in list(self._records.items()) if header != new]
        for header, found in others:
            if found is not None and found.is_name_alone:
                return header
        return others[0][0]

    def _forget_expired(self, new: Found) -> None:
        """Forget the expired credentials of the source that made a new one, if nothing else is remembered beside it."""
        records = list(self._records.items())
        others = {header: record.found for header, record in records if header != new.header}
        if all(other is not None and other.expired and other.source == new.source for other in others.values()):
            for header in others:
                self._records.pop(header, None)

    def _replace_older(self, found: Found) -> None:
        """Let a new password replace the same user's older ones."""
        for header, record in list(self._records.items()):
            other = record.found
            if other is None or header == found.header or not record.latest or found.username is None:
                continue
            if (other.username, other.prefix) == (found.username, found.prefix):
                record.replaced_by = found.header
