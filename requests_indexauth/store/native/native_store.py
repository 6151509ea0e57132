"""The native store: credentials in the system's own store of passwords, shared with uv (its feature ``native-auth``).

uv drops the path of a login here, and looks for an index's root by its exact URL. We keep the path, and find an entry
by its longest prefix.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from ...errors import StoreError
from ...models.choices import TRUE
from ...models.credentials import Credentials, Secret
from ...models.url import Realm, normal_path, parse_url
from ..base import AnyStore, parse_asked
from ..entry import Entry
from ..service import service_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Callable

    from .vault import Item, Vault

    T = TypeVar("T")

FEATURE = "native-auth"
TIME_LIMIT = 5.0
"""Seconds for one question, everything that has to be started for it included."""

_PREFIX = "uv:"
_MAX_DEPTH = 32
_MAX_LENGTH = 1024


def is_enabled() -> bool:
    """Return whether the feature is on: named in ``UV_PREVIEW_FEATURES``, or all are by ``UV_PREVIEW``; as in uv."""
    features = os.environ.get("UV_PREVIEW_FEATURES", "").split(",")
    return FEATURE in map(str.strip, features) or os.environ.get("UV_PREVIEW", "").lower() in TRUE


class NativeStore(AnyStore):
    """The credentials that ``uv auth`` and ``indexauth`` keep in the system's store while the feature is on.

    That is the Secret Service (gnome-keyring, KWallet, KeePassXC), the macOS keychain or the Windows credential
    manager. Nothing is kept in memory: every question goes to the system, and ends with its time limit. The user is
    never asked to unlock anything.

    Args:
        warn: takes warnings, one line each, once; ``None`` for the logger ``requests_indexauth``.
        seconds: the time limit of one question.

    """

    label = "native store"

    def __init__(self, *, warn: Callable[[str], None] | None = None, seconds: float = TIME_LIMIT) -> None:
        super().__init__(warn)
        self._seconds = seconds

    def find(self, url: str, username: str | None = None) -> list[Entry]:
        """Return the most specific credentials for a URL: none, one, or one for each of several users.

        Takes what `get` takes.

        Raises:
            StoreError: the store is locked, missing or mute.

        """
        parsed = parse_asked(url)
        if parsed is None:
            return []
        services = services_for(parsed.realm, parsed.path, parsed.clean)
        found = self.probe(services, username or parsed.username)
        return next((entries for entries in found.values() if entries), [])

    def probe(self, services: Sequence[str], username: str | None = None) -> dict[str, list[Entry]]:
        """Return the entries for each service in turn, up to the first service that has any.

        Args:
            services: the store's own names, the most specific first.
            username: whose credentials; ``None`` for everybody's.

        Raises:
            StoreError: the store is locked, missing or mute.

        """

        def work(vault: Vault) -> dict[str, list[Entry]]:
            found: dict[str, list[Entry]] = {}
            for service in services:
                found[service] = self._entries(vault.find(service, username))
                if found[service]:
                    return found
            vault.check_unlocked()  # else there may be something after all
            return found

        return self._ask(work)

    def entries(self) -> list[Entry]:
        """Return every credential; printing one shows no secret.

        Raises:
            StoreError: the store is locked, missing or mute, or (macOS) cannot tell what is in it.

        """

        def work(vault: Vault) -> list[Entry]:
            vault.check_unlocked()
            return self._entries(vault.everything(_PREFIX))

        return sorted(self._ask(work), key=lambda entry: (entry.service, entry.user or ""))

    def set(self, service: str, credentials: Credentials) -> None:
        """Store a credential in place of all that the same user has for the same service, by any program.

        Args:
            service: as for `CredentialStore.set`.
            credentials: Basic, with user name and password.

        Raises:
            StoreError: the store is locked, missing or mute, the secret is too long for it, the credential is not
                Basic or not complete, or the service is invalid.

        """
        name = stored_name(service)
        username, password = credentials.username, credentials.password
        if not username or password is None:
            message = "the native store takes a user name with a password, and nothing else"
            raise StoreError(message)
        self._ask(lambda vault: vault.put(name, username, Secret(password)))

    def remove(self, service: str, username: str | None = None) -> int:
        """Remove the credentials stored for a service itself, not for what is above or below it.

        Args:
            service: as for `set`.
            username: whose; ``None`` for every user's.

        Returns:
            The number of users whose credential was removed.

        Raises:
            StoreError: the store is locked, missing or mute, or the service is invalid.

        """
        name = stored_name(service)
        return self._ask(lambda vault: vault.remove(name, username))

    def clear(self) -> int:
        """Remove every credential and return how many there were. Raises what `entries` raises."""

        def work(vault: Vault) -> int:
            vault.check_unlocked()
            services = {item.service for item in vault.everything(_PREFIX)}
            return sum(vault.remove(service, None) for service in sorted(services))

        return self._ask(work)

    def _ask(self, work: Callable[[Vault], T]) -> T:
        from .system import ask  # noqa: PLC0415 - few have the feature on

        return ask(work, self._seconds)

    def _entries(self, items: Iterable[Item]) -> list[Entry]:
        return [entry for entry in map(self._entry, items) if entry is not None]

    def _entry(self, item: Item) -> Entry | None:
        """Return what an item of the system's store means; one that no request could carry is passed over."""
        name = item.service[len(_PREFIX) :]
        try:
            url = parse_url(name if "://" in name else f"https://{name}")
            credentials = Credentials.basic(item.username or None, item.secret)
        except ValueError:  # its message may quote what is in the store
            self.warn_once("native store: an entry is no credential that a request could carry; it is skipped")
            return None
        service = url.clean if url.path != "/" else f"{url.realm}/"
        return Entry(service, url.realm, url.path.rstrip("/"), len(url.path), credentials, 0)


def services_for(realm: Realm, path: str, url: str) -> list[str]:
    """Return the names under which the store may have a credential for a URL, the most specific first.

    Args:
        realm: the URL's realm.
        path: its normalised path.
        url: the URL itself, for uv keeps percent-encoding as it was given.

    """
    as_given = "/" + url.partition("://")[2].partition("?")[0].partition("#")[0].partition("/")[2]
    same = normal_path(as_given) == path and as_given.count("/") == path.count("/")  # no dot segments, that is
    prefixes = {prefix for one in (path, as_given if same else path) for prefix in _prefixes(one)}
    ordered = sorted(prefixes, key=lambda prefix: (-prefix.count("/"), prefix))
    return [*(f"{_PREFIX}{realm}{prefix}" for prefix in ordered), _host_name(realm)]


def stored_name(service: str) -> str:
    """Return the name a credential for a service is stored under.

    Raises:
        StoreError: it is no service.

    """
    url = service_url(service)
    parsed = parse_url(url)
    return _host_name(parsed.realm) if parsed.path.strip("/") == "" else f"{_PREFIX}{url.rstrip('/')}"


def _host_name(realm: Realm) -> str:
    """Return the name of a whole host's entry (uv's): without scheme for https, with it for http."""
    return f"{_PREFIX}{realm.netloc if realm.scheme == 'https' else realm}"


def _prefixes(path: str) -> list[str]:
    """Return a path and those above it, less the root; of a very long one those that a user may have logged in to."""
    segments = path[: _MAX_LENGTH + 1].rstrip("/").split("/")[1:]
    if len(path) > _MAX_LENGTH:
        del segments[-1:]  # it may have been cut
    return ["/" + "/".join(segments[:end]) for end in range(1, min(len(segments), _MAX_DEPTH) + 1)]
