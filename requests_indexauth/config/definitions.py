"""What one definition of an index says, and how several definitions of one index become one answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Callable, NamedTuple

from ..errors import ConfigError
from ..models.credentials import Secret
from ..models.index import POLICIES, Index
from ..models.url import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterable

Problem = Callable[[ConfigError], None]
"""Takes one bad value; may raise it (a command line does) or write it down and return (a session does)."""

# Patterns are compiled when first matched, not when this is imported: they were a tenth of `mount` and what it loads.
_SCHEME = r"(?i)(?!file:)[a-z][a-z0-9+.-]+://|https?:"
_NAME = r"[A-Za-z0-9._-]*\Z"


class Entry(NamedTuple):
    """One definition of an index, as it was found.

    Attributes:
        origin: the variable, or the file, line and key, for messages.
        url: as it was written; `Secret`, for it may have userinfo.
        name: ``None`` when it has none.
        policy: what it says of ``authenticate``; ``None`` when it says nothing.

    """

    origin: str
    url: Secret
    name: str | None = None
    policy: str | None = None


def entry(origin: str, url: str, name: str | None = None, policy: str | None = None) -> Entry:
    """Make an `Entry`; an empty name is none (uv's rule)."""
    return Entry(origin, Secret(url.strip()), name or None, policy)


def settle(entries: Iterable[Entry], problem: Problem) -> tuple[Index, ...]:
    """Make indexes of entries, in their order.

    Of two with the same name the first counts and the other is dropped, as in uv: the variables ``UV_INDEX_<NAME>_...``
    must not be sent to two places. Of two with the same root both stay; but since only the first will be asked about
    that root, it takes over what it does not say itself. So ``UV_INDEX=https://host/simple`` does not undo the name
    and the policy that a file has for that very index. (uv keeps every credential too; which *policy* wins there is
    up to the order of a hash table.)
    """
    names: set[str] = set()
    found: list[tuple[Entry, Index]] = []
    for one in entries:
        if one.name is not None and one.name in names:
            continue
        try:
            index = _index(one)
        except ConfigError as error:
            problem(error)
            continue
        if index is None:
            continue
        if one.name is not None:
            names.add(one.name)
        found.append((one, index))
    return _joined(found)


def is_remote(url: str) -> bool:
    """Whether text is meant as the URL of a server; a path, relative or not, and a ``file:`` URL are not.

    >>> [is_remote(text) for text in ("https://h/simple", "http:/h", "./wheels", "file:///wheels", "C:/wheels")]
    [True, True, False, False, False]
    """
    return re.match(_SCHEME, url) is not None


def _index(one: Entry) -> Index | None:
    if one.name is not None and not re.match(_NAME, one.name):
        message = f"{one.origin}: an index name may only have ASCII letters, digits, '-', '_' and '.': rename it"
        raise ConfigError(message)
    if one.policy is not None and one.policy not in POLICIES:
        message = f"{one.origin}: authenticate must be one of {', '.join(map(repr, POLICIES))}: correct it"
        raise ConfigError(message)
    if not one.url:
        message = f"{one.origin}: the URL is empty: give one, or remove the entry"
        raise ConfigError(message)
    if not is_remote(one.url):
        return None
    try:
        return Index(str(one.url), one.name, one.policy or "auto", origin=one.origin)
    except ValueError:  # its message may quote more of a broken URL than is safe
        message = f"{one.origin}: {_what_is_wrong(one.url)}"
        raise ConfigError(message) from None


def _what_is_wrong(url: str) -> str:
    try:
        parse_url(url)
    except ValueError:
        return "not an http(s) URL with a clear host and port: correct it, percent-encoding what is special in userinfo"
    return "the userinfo of the URL cannot be sent as a header: correct it, or take it out of the URL"


def _joined(found: list[tuple[Entry, Index]]) -> tuple[Index, ...]:
    roots: dict[str, list[tuple[Entry, Index]]] = {}
    for pair in found:
        roots.setdefault(pair[1].root, []).append(pair)
    indexes = []
    for pair in found:
        same = roots[pair[1].root]
        indexes.append(_join(same) if same[0] is pair and len(same) > 1 else pair[1])
    return tuple(indexes)


def _join(same: list[tuple[Entry, Index]]) -> Index:
    """Return the first of several indexes with one root, with what it lacks taken from the others."""
    url = next((one.url for one, index in same if index.credentials is not None), same[0][0].url)
    name = next((one.name for one, _ in same if one.name is not None), None)
    policy = next((one.policy for one, _ in same if one.policy is not None), "auto")
    origins = dict.fromkeys(one.origin for one, _ in same)
    return Index(str(url), name, policy, origin=" and ".join(origins))
