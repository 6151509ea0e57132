"""What is known of one credential in one place, and when it counts as out of date."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..models.found import Found

FOLDERS = 64
"""How many folders are known that accepted one credential."""
FAILURES = 3
"""How many refused calls in a row put a credential out of date."""


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
        accepted_in: the folders that accepted it and have not refused it since, the oldest first; each with whether it
            also has paths of other users, which refuse the credential.
        refused_in: the folder that refused it last.
        failures: how many calls in a row were refused with it and with everything else that was tried.
        misfit: whether it may be for other paths: another one, for a path of its own, fitted where it was refused.
        refused_scopes: the paths of store entries that it was sent for and that refused it.
        seen: whether a server has received it here and has not answered 401.
        replaced_by: the ``Authorization`` with the same user's new password; ``None`` when there is none.

    """

    __slots__ = (
        "accepted_in",
        "failures",
        "found",
        "latest",
        "misfit",
        "refused_in",
        "refused_scopes",
        "replaced_by",
        "seen",
    )

    def __init__(self, found: Found | None) -> None:
        self.found = found
        self.latest = 0
        self.accepted_in: dict[str, bool] = {}
        self.refused_in: str | None = None
        self.failures = 0
        self.misfit = False
        self.refused_scopes: frozenset[str] = frozenset()
        self.seen = False
        self.replaced_by: str | None = None

    @property
    def age(self) -> tuple[bool, int]:
        """What remembered credentials are sorted by: one that has been replaced comes last."""
        return self.replaced_by is not None, -self.latest

    @property
    def out_of_date(self) -> bool:
        """Whether too many calls in a row were refused with it."""
        return self.failures >= FAILURES

    @property
    def dead(self) -> bool:
        """Whether refusals are all that is known of it."""
        return not self.accepted_in and self.failures > 0 and (self.out_of_date or not self.misfit)

    def is_for(self, username: str | None) -> bool:
        """Whether it may be sent for a user name (``None``: any)."""
        return self.found is not None and username in (None, self.found.username)

    def add_folder(self, folder: str, *, shared: bool = False) -> None:
        """Note a folder that accepted it."""
        self.accepted_in[folder] = self.accepted_in.pop(folder, False) or shared
        while len(self.accepted_in) > FOLDERS:
            del self.accepted_in[next(iter(self.accepted_in))]
