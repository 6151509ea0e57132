"""The Windows credential manager as a `Vault`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import StoreError
from ...models.credentials import Secret
from .vault import Item, Vault

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, Callable

    from keyring.backend import KeyringBackend


WINDOWS_LIMIT = 2560
"""Bytes, two for a character: what the Windows credential manager takes (``CRED_MAX_CREDENTIAL_BLOB_SIZE``)."""


_NOT_FOUND = 1168
"""What Windows says of an empty credential manager (``ERROR_NOT_FOUND``)."""


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
        """Return the entries under a name, one for each user."""
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
        """Remove the entries under a name, and return the number of users that had one."""
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


def enumerate_windows() -> list[dict[str, Any]]:
    """Return all entries of the system, as its own dictionaries."""
    from win32ctypes.pywin32 import pywintypes, win32cred  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415

    try:
        entries: list[dict[str, Any]] = win32cred.CredEnumerate(None, 0) or []
    except pywintypes.error as error:
        if error.winerror != _NOT_FOUND:
            raise
        return []
    return entries
