"""Which index covers a URL: the most specific one, found in a time linear in the URL's length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .index import POLICIES, Index
from .url import URL, Realm, ancestors, lengths_of

if TYPE_CHECKING:
    from collections.abc import Iterable


class Indexes:
    """The configured indexes; of two with the same root the first counts.

    A lone user name in its URL takes the password that another one has for that user, as in uv.
    """

    def __init__(self, indexes: Iterable[Index]) -> None:
        self._roots: dict[Realm, dict[str, Index]] = {}
        self.all = tuple(indexes)
        self.any_strict = any(index.authenticate != "auto" for index in self.all)
        self._parents = {(index.realm, index.root_path.rpartition("/")[0]) for index in self.all if index.root_path}
        for index in self.all:
            roots = self._roots.setdefault(index.realm, {})
            first = roots.get(index.root_path)
            roots[index.root_path] = index if first is None else first.completed_by(index)
        self._lengths = {realm: lengths_of(roots) for realm, roots in self._roots.items()}

    def covering(self, url: URL) -> Index | None:
        """Return the most specific index that covers a URL; ``None`` when none does.

        requests 2.32 and 2.33 send only one of several slashes at the beginning of a path; other releases send all.
        Where the two forms belong to different indexes, the one with the stricter policy counts: ``never``,
        then ``always``.
        """
        if url.realm not in self._roots:
            return None
        index = self._most_specific(url.realm, url.path)
        if url.path.startswith("//"):
            other = self._most_specific(url.realm, f"/{url.path.lstrip('/')}")
            if other is not None and _strictness(other) > _strictness(index):
                return other
        return index

    def _most_specific(self, realm: Realm, path: str) -> Index | None:
        roots = self._roots[realm]
        return next((roots[root] for root in ancestors(path, self._lengths[realm]) if root in roots), None)

    def in_realm(self, realm: Realm) -> tuple[Index, ...]:
        """Return the indexes of a realm, in the order in which they were configured."""
        return tuple(self._roots.get(realm, {}).values())

    def has_root_in(self, realm: Realm, folder: str) -> bool:
        """Whether an index's root lies directly in a folder, so that what is in it may belong to several indexes."""
        return (realm, folder) in self._parents


def _strictness(index: Index | None) -> int:
    return POLICIES.index("auto" if index is None else index.authenticate)


NO_INDEXES = Indexes(())
"""The indexes of a session that knows none."""
