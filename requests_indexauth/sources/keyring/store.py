"""Keep credentials in a keyring, by the library or the command: what ``--keyring-provider`` chooses.

pip, uv and twine each look for an entry under another name, so one credential is several entries: for a whole host
under ``host[:port]``, which pip and uv ask for last; for a path under its URL, with and without ``/simple``, each with
and without a last slash. pip asks with the slash, uv as the index is configured, and twine as the repository is.

A keyring cannot list its entries. So one more entry, the register, lists the services and users. It holds no secret,
and is removed with the last credential.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH118

from __future__ import annotations

import json
import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from ...errors import SourceError, StoreError
from ...models.credentials import Credentials
from ...models.url import URL, Realm, parse_url, without_query
from ...store.base import AnyStore
from ...store.entry import Entry
from ...store.lock import locked
from ...store.service import service_url, to_url
from ...store.toml_file import folder
from ...store.write import make_private
from ...util.deadline import Deadline
from . import library, subprocess
from .common import KeyringTooOldError, KeyringUnusableError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType
    from typing import Callable

TIME_LIMIT = 60.0
"""Seconds for one command: a person may have to unlock the keyring first."""
LONGEST = 32_000
"""How many characters a secret has at most: what a pipe takes at once."""
REGISTER = ("requests-indexauth", "services")
"""The service and user of the entry that lists the others."""

_ROOT = "/"
_LOCK_TIMEOUT = 10.0
_MAX_DEPTH = 16


class _Kept(NamedTuple):
    """A service and the user whose credential is kept for it."""

    service: str
    username: str

    @property
    def name(self) -> str:
        """The first of the names it is kept under."""
        return _names(parse_url(self.service))[0]


class KeyringStore(AnyStore):
    """The credentials that ``indexauth`` keeps in a keyring.

    Args:
        provider: ``"keyring"``: the library, with the backend that is active; ``"subprocess"``: the command.
        warn: takes warnings, one line each, once; ``None`` for the logger ``requests_indexauth``.
        seconds: the time for everything this store is asked.

    """

    label = "keyring"

    def __init__(
        self, provider: str, *, warn: Callable[[str], None] | None = None, seconds: float = TIME_LIMIT
    ) -> None:
        super().__init__(warn)
        self._keyring: ModuleType = subprocess if provider == "subprocess" else library
        self._seconds = seconds

    def find(self, url: str, username: str | None = None) -> list[Entry]:
        """Return the most specific credentials for a URL: none, one, or one for each of several users.

        Takes what `get` takes. Without a user name most keyrings answer only for what was kept by this package.

        Raises:
            StoreError: the keyring is locked, missing or mute.

        """
        try:
            parsed = parse_url(to_url(url))
        except (ValueError, StoreError):
            return []  # nothing can be stored for it
        username = username or parsed.username
        with self._session() as deadline:
            register = self._register(deadline) if username is None else frozenset()
            for name in _asked_for(parsed):
                users: list[str | None] = [kept.username for kept in sorted(register) if kept.name == name]
                found = [entry for user in users or [username] for entry in self._entry(name, user, deadline)]
                if found:
                    return found
        return []

    def entries(self) -> list[Entry]:
        """Return every credential that this package has kept; printing one shows no secret.

        Raises:
            StoreError: the keyring is locked, missing or mute.

        """
        with self._session() as deadline:
            return [
                entry._replace(service=kept.service)
                for kept in sorted(self._register(deadline))
                for entry in self._entry(kept.name, kept.username, deadline)
            ]

    def set(self, service: str, credentials: Credentials) -> None:
        """Store a credential, in place of one that the same user has for the same service.

        Args:
            service: as for `CredentialStore.set`.
            credentials: Basic, with user name and password.

        Raises:
            StoreError: the keyring is locked, missing or mute, or keeps nothing; the secret is too long, the credential
                is not Basic or not complete, or the service is not a URL. The keyring then has what it had before.

        """
        username, password = credentials.username, credentials.password
        if not username or not password or len(password) > LONGEST:
            message = f"a keyring takes a user name with a password of at most {LONGEST} characters, and nothing else"
            raise StoreError(message)
        kept = _Kept(service_url(service), str(username))
        names = _names(parse_url(kept.service), parse_url(to_url(service)))
        with self._changing() as deadline:
            before: list[tuple[str, list[Entry]]] = []
            try:
                for name in names:
                    before.append((name, self._entry(name, kept.username, deadline)))
                    self._keyring.put(name, kept.username, password, deadline)
            except BaseException:
                self._take_back(before, kept.username)
                raise
            try:
                self._register_as(self._register(deadline) | {kept}, deadline)
            except SourceError:  # Windows takes short ones only
                self.warn_once(f"keyring: {kept.service} cannot be listed, and is forgotten only by its name and user")

    def remove(self, service: str, username: str | None = None) -> int:
        """Remove the credentials stored for a service itself, not for what is above or below it.

        Args:
            service: as for `set`.
            username: whose; ``None`` for every user's of whom this package knows, else of the one the keyring tells.

        Returns:
            The number of users whose credential was removed.

        Raises:
            StoreError: the keyring is locked, missing or mute, or the service is not a URL.

        """
        url = service_url(service)
        names = _names(parse_url(url), parse_url(to_url(service)))
        with self._changing() as deadline:
            register = self._register(deadline)
            users = [username] if username else [kept.username for kept in register if kept.service == url]
            if not users:
                found = [entry.user for name in names for entry in self._entry(name, None, deadline)]
                users = [user for user in found[:1] if user]
            removed = [str(user) for user in users if self._remove(names, str(user), deadline)]
            gone = register & {_Kept(url, user) for user in removed}
            if gone:  # it may not have been read: on a terminal a locked keyring looks like an empty one
                self._register_as(register - gone, deadline)
        return len(removed)

    def clear(self) -> int:
        """Remove every credential that this package has kept, and return how many there were.

        Raises:
            StoreError: the keyring is locked, missing or mute.

        """
        with self._changing() as deadline:
            count = 0
            for kept in sorted(self._register(deadline)):
                count += self._remove(_names(parse_url(kept.service)), kept.username, deadline)
            if count:
                self._register_as(frozenset(), deadline)
        return count

    @contextmanager
    def _session(self) -> Iterator[Deadline]:
        try:
            yield Deadline(self._seconds)
        except (KeyringUnusableError, KeyringTooOldError) as error:
            message = f"keyring: {error}"
        except SourceError as error:
            message = str(error)
        else:
            return
        raise StoreError(message)

    @contextmanager
    def _changing(self) -> Iterator[Deadline]:
        """Keep other processes from changing the list of services meanwhile."""
        place = folder()
        try:
            make_private(place)
            with locked(os.path.join(place, "keyring.lock"), _LOCK_TIMEOUT), self._session() as deadline:
                yield deadline
        except TimeoutError as error:
            message = str(error)
        except OSError as error:
            message = f"{error.filename or place}: {error.strerror}"
        else:
            return
        raise StoreError(message)

    def _take_back(self, before: list[tuple[str, list[Entry]]], username: str) -> None:
        """Restore what each name held before, as far as possible; only the first failure is reported."""
        deadline = Deadline(self._seconds)
        for name, entries in before:
            with suppress(Exception):
                if entries:
                    self._keyring.put(name, username, str(entries[0].credentials.password), deadline)
                else:
                    self._keyring.delete(name, username, deadline)

    def _remove(self, names: Iterable[str], username: str, deadline: Deadline) -> bool:
        deleted = [self._keyring.delete(name, username, deadline) for name in names]
        return any(deleted)

    def _entry(self, name: str, username: str | None, deadline: Deadline) -> list[Entry]:
        """Return a name's entry as a list; empty where there is none, or only one of another user."""
        try:
            found: Credentials | None = self._keyring.ask([name], username, deadline)
        except KeyringTooOldError:
            return []  # it cannot look up without a user name
        if found is None or username not in (None, found.username):
            return []
        url = parse_url(name if "://" in name else f"https://{name}")
        return [Entry(_shown(url), url.realm, url.path.rstrip("/"), len(url.path), found, 0)]

    def _register(self, deadline: Deadline) -> frozenset[_Kept]:
        found = self._keyring.ask([REGISTER[0]], REGISTER[1], deadline)
        if found is None or found.username != REGISTER[1]:
            return frozenset()
        try:
            lines = json.loads(found.password or "")
        except (ValueError, RecursionError):
            lines = None
        kept = [_parse_kept(line) for line in (lines if isinstance(lines, list) else [None])]
        if None in kept:
            self.warn_once(f"keyring: the entry {REGISTER[0]!r} is damaged: some of what is kept cannot be listed")
        return frozenset(one for one in kept if one is not None)

    def _register_as(self, register: frozenset[_Kept], deadline: Deadline) -> None:
        if register:
            self._keyring.put(*REGISTER, json.dumps(sorted(register)), deadline)
        else:
            self._keyring.delete(*REGISTER, deadline)


def _parse_kept(line: Any) -> _Kept | None:
    """Return what one element of the list says; ``None`` for one that is damaged: the others still count."""
    try:
        service, username = line
        return _Kept(service_url(service), username) if isinstance(username, str) else None
    except (ValueError, TypeError, AttributeError, StoreError):
        return None


def _names(*urls: URL) -> list[str]:
    """Return the names that a credential for a service is kept under, the one it is listed by first.

    Args:
        urls: the service as `service_url` has it, and as it was given.

    """
    realm = urls[0].realm
    root = f"{realm}{urls[0].path.rstrip(_ROOT)}"
    if root == str(realm):
        names = _host_names(realm)
        return [*names, *(name for name in (root, f"{root}/") if name not in names)]
    given = [without_query(url.clean).rstrip(_ROOT) for url in urls]
    bases = dict.fromkeys([root, *given, f"{root}/simple"])
    return [name for base in bases for name in (base, f"{base}/")]


def _asked_for(url: URL) -> list[str]:
    """Return the names that may have a credential for a URL, the most specific first."""
    page = without_query(url.clean).rstrip(_ROOT)
    segments = url.path.rstrip(_ROOT).split(_ROOT)[1 : _MAX_DEPTH + 1]
    above = [f"{url.realm}/{_ROOT.join(segments[:end])}" for end in range(len(segments), 0, -1)]
    own = [page, f"{page}/"] if segments else []
    return list(dict.fromkeys([*own, *above, *_host_names(url.realm)]))


def _host_names(realm: Realm) -> list[str]:
    return [realm.netloc] if realm.scheme == "https" else [str(realm), realm.netloc]


def _shown(url: URL) -> str:
    return url.clean if url.path != _ROOT else f"{url.realm}/"
