"""The short cut: what is remembered for a URL, found by its folder alone, without asking the flow.

It answers only what the flow would: the flow itself names the folders whose content belongs to one index or realm.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

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
    """By the URL of a folder, scheme and authority included, the index or realm that everything in it belongs to.

    Args:
        use: told of each memory that answers after another one did.

    Attributes:
        last_used: the memory that answered or learned last.

    """

    def __init__(self, use: Callable[[Memory, Found], None]) -> None:
        self._use = use
        self._folders: dict[str, Memory] = {}
        self.last_used: Memory | None = None

    def find(self, url: str | None) -> Found | None:
        """Return the credential that is remembered for a URL; ``None`` where the flow has to decide."""
        if not url:
            return None
        leaf = url.rfind("/", 0, -1) + 1
        memory = self._folders.get(url[:leaf])
        if memory is None or memory.first is None or not is_plain(url, leaf):
            return None
        found = memory.first
        if memory is not self.last_used and found is not None:
            self.last_used = memory
            self._use(memory, found)
        return found

    def learn(self, query: Query, memory: Memory) -> None:
        """Take a URL's folder for one in which everything belongs to one index or realm."""
        url, path = query.url, query.path
        leaf = url.rfind("/", 0, -1) + 1
        authority_ends = len(url) - len(path)
        if authority_ends < leaf <= LONGEST and url.endswith(path) and is_plain(url, leaf):
            if len(self._folders) >= FOLDERS:
                self._folders.clear()
            self._folders[url[:leaf]] = memory

    def clear(self) -> None:
        """Forget every folder: indexes have changed."""
        self._folders.clear()
