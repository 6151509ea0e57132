"""The short cut: what is remembered for a URL, found by its folder alone, without asking the flow.

It answers only what the flow would: the flow itself names the folders whose content belongs to one index or realm, and
those in realms of which nothing is known, where a first request goes out bare.
"""

from __future__ import annotations

import re
from time import time
from typing import TYPE_CHECKING

from ..models.url import without_query

if TYPE_CHECKING:
    from typing import Callable

    from ..models.found import Found
    from ..models.query import Query
    from .memory import Memory

FOLDERS = 1024
"""How many folders are known."""
LONGEST = 512
"""How many characters the URL of a known folder may have."""

is_plain = re.compile(r"(?!\.)[A-Za-z0-9\-._~!$&'()*+,;=:@]+/?\Z").match
"""Whether a URL's last path segment, from a position on, is in normal form, with nothing after it."""


class ShortCut:
    """Maps the URL of a folder, with scheme and authority, to the index or realm that everything in it belongs to.

    Args:
        use: called with a memory and its credential, when another memory has answered before.

    Attributes:
        last_used: the memory that answered or learned last.

    """

    def __init__(self, use: Callable[[Memory, Found], None]) -> None:
        self._use = use
        self._folders: dict[str, Memory] = {}
        self._bare: set[str] = set()
        self.last_used: Memory | None = None

    def find(self, url: str | None) -> Found | None:
        """Return the credential that is remembered for a URL; ``None`` where the flow has to decide."""
        if not url:
            return None
        leaf = url.rfind("/", 0, -1) + 1
        memory = self._folders.get(url[:leaf])
        if memory is None:
            return None
        found = memory.first
        if found is None or not is_plain(url, leaf) or (found.expires is not None and found.expires <= time()):
            return None
        if memory is not self.last_used:
            self.last_used = memory
            self._use(memory, found)
        return found

    def is_bare(self, url: str | None) -> bool:
        """Return whether a request for a URL goes out bare first; where not, the flow has to decide."""
        if not url or not self._bare:
            return False
        end = url.find("?")
        end = len(url) if end < 0 else end
        leaf = url.rfind("/", 0, end - 1) + 1
        return url[:leaf] in self._bare and is_plain(url, leaf, end) is not None

    def learn(self, query: Query, memory: Memory) -> None:
        """Note that everything in a URL's folder belongs to one index or realm."""
        folder = _folder(query.url, query.path)
        if folder is not None:
            if len(self._folders) >= FOLDERS:
                self._folders.clear()
            self._folders[folder] = memory

    def learn_bare(self, query: Query) -> None:
        """Note that requests to a URL's folder go out bare first: nothing is known of its realm."""
        folder = _folder(without_query(query.url), query.path)
        if folder is not None:
            if len(self._bare) >= FOLDERS:
                self._bare.clear()
            self._bare.add(folder)

    def forget_bare(self) -> None:
        """Forget all folders that go out bare: something was learned of another realm, so the flow decides again."""
        self._bare.clear()

    def clear(self) -> None:
        """Forget every folder: indexes have changed."""
        self._folders.clear()
        self._bare.clear()


def _folder(url: str, path: str) -> str | None:
    """Return the URL of the folder that a URL lies in; ``None`` where it has none, or no normal form."""
    leaf = url.rfind("/", 0, -1) + 1
    authority_ends = len(url) - len(path)
    good = authority_ends < leaf <= LONGEST and url.endswith(path) and is_plain(url, leaf)
    return url[:leaf] if good else None
