"""One definition of an index, and the merging of all definitions into indexes."""

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
"""Takes the error of a bad value; raises it (in a command) or logs it and returns (in a session)."""

# Patterns are compiled when first matched, not when this is imported: they were a tenth of `mount` and what it loads.
_SCHEME = r"(?i)(?!file:)[a-z][a-z0-9+.-]+://|https?:"
_NAME = r"[A-Za-z0-9._-]*\Z"


class Definition(NamedTuple):
    """One definition of an index, as it was found.

    Attributes:
        origin: the variable, or the file, line and key, for messages.
        url: as it was written; `Secret`, for it may have userinfo.
        name: ``None`` when it has none.
        policy: its ``authenticate``; ``None`` when it has none.
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


_Defined = tuple[Definition, Index]
"""A definition, and the index that it alone makes."""


def definition(  # noqa: PLR0913 - the fields of a `Definition`
    origin: str,
    url: str,
    name: str | None = None,
    policy: str | None = None,
    *,
    table: bool = False,
    member: bool = False,
) -> Definition:
    """Make a `Definition`; an empty name counts as no name (uv's rule)."""
    return Definition(origin, Secret(url.strip()), name or None, policy, table, member)


def merge_definitions(definitions: Iterable[Definition], on_error: OnError) -> tuple[Index, ...]:
    """Make indexes of definitions, in their order.

    Of two with the same name the first counts and the other is dropped, as in uv: the variables ``UV_INDEX_<NAME>_...``
    must not be sent to two places. What a member of a workspace defines is not dropped: uv, too, sends the variables to
    the index that the member has under that name.

    Of two with the same root both stay; but since only the first will be asked about that root, it takes over what it
    does not say itself. So ``UV_INDEX=https://host/simple`` does not undo the name and the policy that a file has for
    that very index. (uv keeps every credential too; which *policy* wins there is up to the order of a hash table.)
    """
    indexes, errors = _merged(tuple(definitions))
    for message in errors:
        on_error(ConfigError(message))
    return indexes


@lru_cache(maxsize=4)  # each new session of a process merges the same
def _merged(definitions: tuple[Definition, ...]) -> tuple[tuple[Index, ...], tuple[str, ...]]:
    """Return the indexes, and a message for each bad definition."""
    errors: list[str] = []
    named: dict[str | None, Index] = {}  # the first index of each name
    found: list[_Defined] = []
    for one in definitions:
        first = None if one.member else named.get(one.name)
        if first is not None:
            found += _userinfo_only(one, first)
            continue
        try:
            index = _index(one)
        except ConfigError as error:
            errors.append(str(error))
            continue
        if index is not None:
            found.append((one, index))
            if one.name is not None:
                named.setdefault(one.name, index)
    return _joined(found), tuple(errors)


def _userinfo_only(one: Definition, first: Index) -> list[_Defined]:
    """Return what is kept of a definition whose name the ``first`` index has: userinfo for the same root, else nothing.

    The userinfo may be the password for the first one's lone user name. Mistakes in a dropped definition are not
    reported.
    """
    try:
        index = _index(one)
    except ConfigError:
        return []
    if index is None or index.root != first.root or index.credentials is None:
        return []
    return [(one._replace(name=None, policy=None), Index(str(one.url), origin=one.origin))]


def is_remote(url: str) -> bool:
    """Whether text is meant as the URL of a server; a path, relative or not, and a ``file:`` URL are not.

    >>> [is_remote(text) for text in ("https://h/simple", "http:/h", "./wheels", "file:///wheels", "C:/wheels")]
    [True, True, False, False, False]
    """
    return re.match(_SCHEME, url) is not None


def _index(one: Definition) -> Index | None:
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


def _joined(found: list[_Defined]) -> tuple[Index, ...]:
    """Return the indexes, in their order; the first with each root takes over what it lacks from the others."""
    by_root: dict[str, list[_Defined]] = {}
    for one, index in found:
        by_root.setdefault(index.root, []).append((one, index))
    indexes = []
    for _, index in found:
        same = by_root[index.root]
        indexes.append(_join(same) if same[0][1] is index and len(same) > 1 else index)
    return tuple(indexes)


def _join(same: list[_Defined]) -> Index:
    """Return the first of several indexes with one root, with what it lacks taken from the others."""
    definitions = [one for one, _ in same]
    name = next((one.name for one in definitions if one.name is not None), None)
    policy = next((one.policy for one in definitions if one.policy is not None), "auto")
    origins = dict.fromkeys(one.origin for one in definitions)
    return Index(str(_url_that_counts(same)), name, cast("Policy", policy), origin=" and ".join(origins))


def _url_that_counts(same: list[_Defined]) -> Secret:
    """Return the URL whose userinfo counts: the first with any, or the first with a password for its lone user name."""
    given = [(one.url, index.credentials) for one, index in same if index.credentials is not None]
    if not given:
        return same[0][0].url
    first_url, first = given[0]
    if first.complete:
        return first_url
    passwords = (url for url, other in given if other.complete and other.username == first.username)
    return next(passwords, first_url)
