"""One credential of the store: its TOML table, and what that means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from ..models.credentials import MASK, Credentials, Secret
from ..models.url import URL, Realm, parse_url, without_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Callable

_KEYS = ("service", "username", "scheme", "password", "token")
_NEEDED = {"basic": ("service", "username"), "bearer": ("service", "token")}
_OUT_OF_PLACE = {"basic": ("token",), "bearer": ("username", "password")}


class BadEntryError(ValueError):
    """A table is no credential; the message says where and why, and holds no value of it.

    Attributes:
        spoils: whether uv refuses the whole file for it.

    """

    def __init__(self, number: int, key: str | None, why: str, *, spoils: bool = True) -> None:
        super().__init__(f"in 'credential[{number}]{'' if key is None else '.' + key}': {why}")
        self.spoils = spoils


class Entry(NamedTuple):
    """A credential and what it is for.

    Attributes:
        service: the URL as the file has it, but without userinfo, query and fragment: there may be a token in them.
        realm: its scheme, host and port.
        root: its normalised path without trailing slashes; ``""`` for a whole host.
        weight: the length of the path, slashes included: uv takes ``/a/`` for more specific than ``/a``.
        credentials: what to send. A password may be missing: the user name alone counts then.
        number: which table of the file it is, counted from 0.

    """

    service: str
    realm: Realm
    root: str
    weight: int
    credentials: Credentials
    number: int

    @property
    def user(self) -> str | None:
        """The user name; ``None`` for an empty one and for a Bearer token."""
        return self.credentials.username

    @property
    def label(self) -> str:
        """What a message may call the user: a user name without a password is masked, it may be a token."""
        if self.credentials.scheme == "bearer":
            return "a token without a user"
        return repr(self.user or "") if self.credentials.complete else MASK


class Owner(NamedTuple):
    """What an entry is for, and whose: known also where no header could carry its secret.

    Attributes:
        realm: as of an `Entry`.
        root: as of an `Entry`.
        scheme: ``"basic"`` or ``"bearer"``.
        user: the user name; ``None`` for an empty one and for a Bearer token. A lone one is a `Secret`.
        number: as of an `Entry`.

    """

    realm: Realm
    root: str
    scheme: str
    user: str | None
    number: int


Placed = TypeVar("Placed", Entry, Owner)


def parse_entry(table: object, number: int) -> Entry:
    """Return what a table means. Like uv, default ``scheme`` to ``basic`` and ignore unknown keys.

    Raises:
        BadEntryError: a part is missing, out of place or of the wrong type, or no header could carry it.

    """
    scheme, parts = _checked(table, number)
    url = _parse_service(parts["service"], number)
    try:
        credentials = _credentials(scheme, parts)
    except ValueError as error:  # its message quotes nothing
        raise BadEntryError(number, None, str(error), spoils=False) from None
    return Entry(without_query(url.clean), url.realm, url.path.rstrip("/"), len(url.path), credentials, number)


def parse_owner(table: object, number: int) -> Owner:
    """Return what a table's credential is for, and whose; uv writes some that no header could carry.

    Raises:
        BadEntryError: a part is missing, out of place or of the wrong type.

    """
    scheme, parts = _checked(table, number)
    url = _parse_service(parts["service"], number)
    name = parts["username"] if scheme == "basic" else ""
    user = name if "password" in parts else Secret(name)  # a lone user name may be a token
    return Owner(url.realm, url.path.rstrip("/"), scheme, user or None, number)


def _checked(table: object, number: int) -> tuple[str, dict[str, str]]:
    """Return the scheme of a table, and the keys we know, which are there as the scheme wants them.

    Raises:
        BadEntryError: a part is missing, out of place or of the wrong type.

    """
    if not isinstance(table, dict):
        raise BadEntryError(number, None, "not a table")
    for key in _KEYS:
        if not isinstance(table.get(key, ""), str):
            raise BadEntryError(number, key, "not a string")
    scheme = table.get("scheme", "basic")
    if scheme not in _NEEDED:
        raise BadEntryError(number, "scheme", "neither 'basic' nor 'bearer'")
    for key in _NEEDED[scheme]:
        if key not in table:
            raise BadEntryError(number, key, "missing")
    for key in _OUT_OF_PLACE[scheme]:
        if key in table:
            raise BadEntryError(number, key, f"out of place with scheme = '{scheme}'")
    return scheme, table


def parse_entries(tables: list[object], bad: Callable[[BadEntryError], object]) -> Iterator[Entry]:
    """Yield what the tables mean; one that is no credential goes to `bad`, and the others still count."""
    for number, table in enumerate(tables):
        try:
            yield parse_entry(table, number)
        except BadEntryError as error:  # noqa: PERF203 - each may be bad by itself
            bad(error)


def entries_of(service: str, entries: Iterable[Placed]) -> list[Placed]:
    """Return those for a service itself, not for what is above or below it.

    Without any, return those for the path as given: a user may have written it into the file with its last ``/simple``.

    Raises:
        StoreError: it is no service.

    """
    from .service import service_url, to_url  # noqa: PLC0415 - look-ups need none of it

    entries = list(entries)
    for url in (parse_url(service_url(service)), parse_url(to_url(service))):
        found = [entry for entry in entries if (entry.realm, entry.root) == (url.realm, url.path.rstrip("/"))]
        if found:
            return found
    return []


def entry_table(service: str, credentials: Credentials) -> dict[str, object]:
    """Return the table for a credential, in uv's order of keys."""
    if credentials.scheme == "bearer":
        return {"service": service, "scheme": "bearer", "token": str(credentials.token)}
    username, password = str(credentials.username or ""), str(credentials.password)
    return {"service": service, "username": username, "scheme": "basic", "password": password}


def unknown_keys(table: object) -> dict[str, object]:
    """Return what a table has beside the keys we know; it outlives its credential's replacement."""
    return {key: value for key, value in table.items() if key not in _KEYS} if isinstance(table, dict) else {}


def _credentials(scheme: str, table: dict[str, str]) -> Credentials:
    if scheme == "bearer":
        return Credentials.bearer(table["token"])
    return Credentials.basic(table["username"] or None, table.get("password"))


def _parse_service(service: str, number: int) -> URL:
    try:
        return parse_url(service)
    except ValueError:  # its message quotes the text
        scheme = re.match("([A-Za-z][A-Za-z0-9+.-]*):", service)
        other = scheme is not None and scheme[1].lower() not in ("http", "https")
        raise BadEntryError(number, "service", "not an http(s) URL", spoils=not other) from None
