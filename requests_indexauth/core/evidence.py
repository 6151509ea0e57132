"""Where in a realm each credential was accepted or refused, path by path, in bounded memory."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import blake2b
from typing import TYPE_CHECKING

from ..models.url import covers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..models.url import Realm

NODES = 2048
"""How many paths and folders a session knows; it forgets the one that was unused for longest."""
CREDENTIALS = 64
"""How many credentials are known of one of them; the one noted first is forgotten first."""
DEPTH = 16
"""How many leading segments of a path are compared."""
LONGEST = 256
"""How many characters of a path are kept; a longer one is kept as its digest."""

_HERE, _BELOW, _REFUSED = 1, 2, 4
_NOTHING: Mapping[str, int] = {}


class Evidence:
    """What servers answered at the paths of all realms of a session; the caller holds a lock around every method.

    A node is a path, or a folder above one. By ``Authorization`` it says what was accepted there or below, and what was
    refused at that very path. The empty header stands for a request without a credential.
    """

    def __init__(self) -> None:
        self._nodes: OrderedDict[tuple[Realm, str], dict[str, int]] = OrderedDict()

    def accept(self, realm: Realm, path: str, header: str) -> None:
        """Note that a credential was accepted at a path."""
        exact, *folders = prefixes(path)
        for folder in reversed(folders):
            self._mark(realm, folder, header, _BELOW)
        self._mark(realm, exact, header, _HERE, _REFUSED)

    def refuse(self, realm: Realm, path: str, header: str) -> None:
        """Note that a credential was refused at a path."""
        self._mark(realm, next(prefixes(path)), header, _REFUSED, _HERE)

    def refused(self, realm: Realm, path: str, header: str) -> bool:
        """Return whether a path refused a credential since it last accepted it."""
        return bool(self._at(realm, next(prefixes(path))).get(header, 0) & _REFUSED)

    def refused_below(self, realm: Realm, folder: str, header: str) -> bool:
        """Return whether a folder, or a path below it, refused a credential since it last accepted it there."""
        return any(
            marks.get(header, 0) & _REFUSED and where == realm and covers(folder, node)
            for (where, node), marks in list(self._nodes.items())
        )

    def accepted(self, realm: Realm, path: str, header: str) -> bool:
        """Return whether a path accepted a credential, and did not refuse it since."""
        return bool(self._at(realm, next(prefixes(path))).get(header, 0) & _HERE)

    def nearest(self, realm: Realm, path: str) -> Iterator[tuple[str, list[str]]]:
        """Yield the path, then each folder above it, with the credentials that were accepted there or below."""
        for node in prefixes(path):
            marks = self._at(realm, node)
            if marks:
                yield node, [header for header, mark in list(marks.items()) if mark & (_HERE | _BELOW)]

    def _at(self, realm: Realm, node: str) -> Mapping[str, int]:
        return self._nodes.get((realm, node), _NOTHING)

    def _mark(self, realm: Realm, node: str, header: str, add: int, remove: int = 0) -> None:
        marks = self._nodes.setdefault((realm, node), {})
        marks[header] = marks.pop(header, 0) & ~remove | add
        while len(marks) > CREDENTIALS:
            del marks[next(iter(marks))]
        self._nodes.move_to_end((realm, node))
        while len(self._nodes) > NODES:
            self._nodes.popitem(last=False)


def prefixes(path: str) -> Iterator[str]:
    """Yield a normalised path, then the folders above it by whole segments; the last one is the root, ``""``.

    >>> list(prefixes("/simple/thing/"))
    ['/simple/thing', '/simple', '']
    >>> list(prefixes("/"))
    ['/', '']
    """
    path = path.rstrip("/")
    yield (path or "/") if len(path) <= LONGEST else blake2b(path.encode(), digest_size=16).hexdigest()
    folder = "/".join(path[: LONGEST + 1].split("/", DEPTH + 1)[: DEPTH + 1])
    while folder:
        folder = folder[: folder.rfind("/")]
        yield folder
    if not path:
        yield ""
