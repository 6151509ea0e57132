"""What one definition of an index says, and how several definitions of one index become one answer."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Callable, NamedTuple, cast

from ..errors import ConfigError
from ..models.credentials import Secret, is_utf8
from ..models.index import POLICIES, Index
from ..models.url import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..models.choices import Policy

OnError = Callable[[ConfigError], None]
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
        table: whether the origin is a table, whose keys a message has to name.
        member: whether a member of the workspace defines it, for itself.

    """

    origin: str
    url: Secret
    name: str | None = None
    policy: str | None = None
    table: bool = False
    member: bool = False

    def where(self, key: str) -> str:
        """Return what a message about one key of the definition starts with."""
        return f"{self.origin}.{key}" if self.table else self.origin


def entry(  # noqa: PLR0913 - the fields of an `Entry`
    origin: str,
    url: str,
    name: str | None = None,
    policy: str | None = None,
    *,
    table: bool = False,
    member: bool = False,
) -> Entry:
    """Make an `Entry`; an empty name counts as no name (uv's rule)."""
    return Entry(origin, Secret(url.strip()), name or None, policy, table, member)


def merge_definitions(entries: Iterable[Entry], on_error: OnError) -> tuple[Index, ...]:
    """Make indexes of entries, in their order.

    Of two with the same name the first counts and the other is dropped, as in uv: the variables ``UV_INDEX_<NAME>_...``
    must not be sent to two places. What a member of a workspace defines is not dropped: uv, too, sends the variables to
    the index that the member has under that name.

    Of two with the same root both stay; but since only the first will be asked about that root, it takes over what it
    does not say itself. So ``UV_INDEX=https://host/simple`` does not undo the name and the policy that a file has for
    that very index. (uv keeps every credential too; which *policy* wins there is up to the order of a hash table.)
    """
    indexes, errors = _merged(tuple(entries))
    for message in errors:
        on_error(ConfigError(message))
    return indexes


@lru_cache(maxsize=4)  # each new session of a process merges the same
def _merged(entries: tuple[Entry, ...]) -> tuple[tuple[Index, ...], tuple[str, ...]]:
    """Return the indexes, and a message for each bad entry."""
    errors: list[str] = []
    roots: dict[str, str] = {}  # of the names, which is also what tells that one is taken
    found: list[tuple[Entry, Index]] = []
    for one in entries:
        taken = one.name in roots and not one.member
        try:
            index = None if taken and "@" not in one.url else _index(one)
        except ConfigError as error:
            if not taken:
                errors.append(str(error))
            continue
        if index is None:
            continue
        if taken:
            if index.root != roots[str(one.name)] or index.credentials is None:
                continue
            # The same index once more: only its userinfo counts, a password for the first one's lone user name, say.
            one = one._replace(name=None, policy=None)  # noqa: PLW2901 - from here on it is that
            index = Index(str(one.url), origin=one.origin)
        elif one.name is not None:
            roots.setdefault(one.name, index.root)
        found.append((one, index))
    return _joined(found), tuple(errors)


def is_remote(url: str) -> bool:
    """Whether text is meant as the URL of a server; a path, relative or not, and a ``file:`` URL are not.

    >>> [is_remote(text) for text in ("https://h/simple", "http:/h", "./wheels", "file:///wheels", "C:/wheels")]
    [True, True, False, False, False]
    """
    return re.match(_SCHEME, url) is not None


def _index(one: Entry) -> Index | None:
    if one.name is not None and not re.match(_NAME, one.name):
        message = f"{one.where('name')}: an index name may only have ASCII letters, digits, '-', '_' and '.': rename it"
        raise ConfigError(message)
    if one.policy is not None and one.policy not in POLICIES:
        message = f"{one.origin}: authenticate must be one of {', '.join(map(repr, POLICIES))}: correct it"
        raise ConfigError(message)
    if not one.url:
        message = f"{one.where('url')}: the URL is empty: give one, or remove the entry"
        raise ConfigError(message)
    if not is_remote(one.url):
        return None
    try:
        return Index(str(one.url), one.name, cast("Policy", one.policy or "auto"), origin=one.origin)
    except ValueError:  # its message may quote more of a broken URL than is safe
        message = f"{one.where('url')}: {_what_is_wrong(one.url)}"
        raise ConfigError(message) from None


def _what_is_wrong(url: str) -> str:
    try:
        parsed = parse_url(url)
    except ValueError:
        return "not an http(s) URL with a clear host and port: correct it, percent-encoding what is special in userinfo"
    if not (is_utf8(parsed.username) and is_utf8(parsed.password)):
        return "the percent-encoding of the userinfo is not UTF-8: encode it as UTF-8"
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
    name = next((one.name for one, _ in same if one.name is not None), None)
    policy = cast("Policy", next((one.policy for one, _ in same if one.policy is not None), "auto"))  # each was checked
    origins = dict.fromkeys(one.origin for one, _ in same)
    return Index(str(_credentials_of(same)), name, policy, origin=" and ".join(origins))


def _credentials_of(same: list[tuple[Entry, Index]]) -> Secret:
    """Return the URL whose userinfo counts: the first with any, or the first with a password for its lone user name."""
    given = [(one.url, index.credentials) for one, index in same if index.credentials is not None]
    if not given:
        return same[0][0].url
    first_url, first = given[0]
    if first.complete:
        return first_url
    passwords = (url for url, other in given if other.complete and other.username == first.username)
    return next(passwords, first_url)
