"""The system's stores of passwords, as `NativeStore` sees them: a few calls, each with an end.

uv and the ``keyring`` library name things differently on each system; that is known here and nowhere else. The library
itself is used only where it asks nobody: the backend of the system, never the chain of all backends, in which our own
may be.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from .credentials import MASK, Secret
from .errors import StoreError
from .patience import in_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

    from keyring.backend import KeyringBackend

    T = TypeVar("T")

WINDOWS_LIMIT = 2560
"""Bytes, two for a character: what the Windows credential manager takes (``CRED_MAX_CREDENTIAL_BLOB_SIZE``)."""

_MANY = 100


class Item(NamedTuple):
    """One entry of a store: the name it is under, its user, its secret."""

    service: str
    username: str
    secret: Secret

    def __repr__(self) -> str:
        return f"Item({self.service!r}, {MASK})"


class MuteError(StoreError):
    """The store did not answer in time; it need not be asked again."""


class Vault:
    """The system's store, for the time of one question. Every method may raise `StoreError`."""

    def find(self, service: str, username: str | None) -> list[Item]:
        """Return what there is under a name, one entry for a user."""
        raise NotImplementedError

    def put(self, service: str, username: str, secret: Secret) -> None:
        """Store a secret, so that it is the only one of this user under this name."""
        raise NotImplementedError

    def remove(self, service: str, username: str | None) -> int:
        """Remove what there is under a name, of one user or of all, and return of how many users."""
        raise NotImplementedError

    def everything(self, prefix: str) -> list[Item]:
        """Return every entry whose name starts so."""
        raise NotImplementedError

    def check_unlocked(self) -> None:
        """Raise `StoreError` where the store is locked, and so can say neither yes nor no."""


def ask(work: Callable[[Vault], T], seconds: float) -> T:
    """Return what some work with the system's store returns.

    Args:
        work: is handed the store, in another thread.
        seconds: how long it may take; afterwards the thread is left behind.

    Raises:
        MuteError: it took longer.
        StoreError: the store is locked or missing, or failed.

    """

    def run() -> T:
        with _open() as vault:
            return work(vault)

    try:
        return in_time(run, lambda: seconds, _told, "native store")
    except TimeoutError:
        message = f"no answer from the system's store within {seconds:g} seconds"
        raise MuteError(message) from None


def _told(error: BaseException) -> StoreError:
    """Return what to say of an exception; the message of one that is not ours may hold a secret."""
    if isinstance(error, StoreError):
        return error
    return StoreError(f"the system's store failed with {type(error).__name__}")


@contextmanager
def _open() -> Iterator[Vault]:
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring  # noqa: PLC0415

        yield CredentialManager(WinVaultKeyring(), _enumerate_windows)
    elif sys.platform == "darwin":
        from keyring.backends.macOS import Keyring  # noqa: PLC0415

        yield Keychain(Keyring())
    else:
        from .nativesecrets import open_secret_service  # noqa: PLC0415 - no other system has it

        with open_secret_service() as vault:
            yield vault


class Keychain(Vault):
    """The macOS keychain, where uv and the ``keyring`` library name entries alike.

    Args:
        backend: the library's backend for the system.

    """

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def find(self, service: str, username: str | None) -> list[Item]:
        """Return what there is under a name, one entry for a user."""
        found = self._backend.get_credential(service, username)
        if found is None or username not in (None, found.username):
            return []
        return [Item(service, found.username, Secret(found.password))]

    def put(self, service: str, username: str, secret: Secret) -> None:
        """Store a secret, so that it is the only one of this user under this name."""
        self._backend.set_password(service, username, secret)

    def remove(self, service: str, username: str | None) -> int:
        """Remove what there is under a name, and return of how many users."""
        for count in range(_MANY):  # the keychain gives one at a time
            found = self.find(service, username)
            if not found:
                return count
            self._backend.delete_password(service, found[0].username)
        return _MANY

    def everything(self, prefix: str) -> list[Item]:  # noqa: ARG002 - there is nothing to choose from
        """Say that this cannot be told."""
        message = "the macOS keychain does not tell what is in it: name the service and its user"
        raise StoreError(message)


class CredentialManager(Vault):
    """The Windows credential manager, where uv puts the user's name before the service's.

    The library, asked for that longer name, reads and writes the very entry that uv does.

    Args:
        backend: the library's backend for the system.
        enumerate_all: returns all entries of the system, as the system's own dictionaries.

    """

    def __init__(self, backend: KeyringBackend, enumerate_all: Callable[[], list[dict[str, Any]]]) -> None:
        self._backend = backend
        self._enumerate = enumerate_all

    def find(self, service: str, username: str | None) -> list[Item]:
        """Return what there is under a name, one entry for a user."""
        users = self._users(service) if username is None else [username]
        passwords = [(user, self._backend.get_password(f"{user}.{service}", user)) for user in users]
        return [Item(service, user, Secret(password)) for user, password in passwords if password is not None]

    def put(self, service: str, username: str, secret: Secret) -> None:
        """Store a secret, in place of the one the user has under this name, unless it is too long."""
        size = len(secret.encode("utf-16-le"))
        if size > WINDOWS_LIMIT:
            message = (
                f"the secret is too long for the Windows credential manager, which takes {WINDOWS_LIMIT} bytes: "
                f"it needs {size} (the store in a file takes it: --keyring-provider disabled)"
            )
            raise StoreError(message)
        self._backend.set_password(f"{username}.{service}", username, secret)

    def remove(self, service: str, username: str | None) -> int:
        """Remove what there is under a name, and return of how many users."""
        found = self.find(service, username)
        for item in found:
            self._backend.delete_password(f"{item.username}.{service}", item.username)
        return len(found)

    def everything(self, prefix: str) -> list[Item]:
        """Return every entry whose name starts so."""
        services = {name for user, name in self._names() if name.startswith(prefix)}
        return [item for service in sorted(services) for item in self.find(service, None)]

    def _users(self, service: str) -> list[str]:
        return sorted(user for user, name in self._names() if name == service)

    def _names(self) -> Iterator[tuple[str, str]]:
        """Yield user and service of each entry named in uv's way."""
        for entry in self._enumerate():
            user, target = entry.get("UserName") or "", entry.get("TargetName") or ""
            if user and target.startswith(f"{user}."):
                yield user, target[len(user) + 1 :]


def _enumerate_windows() -> list[dict[str, Any]]:  # pragma: no cover - Windows alone has it
    from win32ctypes.pywin32 import win32cred  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    entries: list[dict[str, Any]] = win32cred.CredEnumerate(None, 0) or []
    return entries
