"""What the caller of a request gave with it."""

from __future__ import annotations

from typing import NamedTuple

from ..models.found import Found
from ..models.url import Realm


class Given(NamedTuple):
    """What the caller gave with a request.

    Attributes:
        realm: the realm it was given for; it goes to no other.
        found: the complete credential; ``None`` when there is none.
        username: the user name, when that is all there is.
        keep: whether it stood in the URL, and is remembered once accepted (unless a redirect gave that URL).

    """

    realm: Realm
    found: Found | None = None
    username: str | None = None
    keep: bool = False

    @property
    def by_hook(self) -> bool:
        """Whether it is an ``auth=`` that answers refusals by itself: there is no header to send."""
        return self.found is not None and not self.found.header
