"""The macOS keychain as a `Vault`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import StoreError
from ...models.credentials import Secret
from .vault import Item, Vault

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend


_MANY = 100


class Keychain(Vault):
    """The macOS keychain, where uv and the ``keyring`` library name entries alike.

    Args:
        backend: the library's backend for the system.

    """

    def __init__(self, backend: KeyringBackend) -> None:
        self._backend = backend

    def find(self, service: str, username: str | None) -> list[Item]:
        """Return the entries under a name, one for each user."""
        found = self._backend.get_credential(service, username)
        if found is None or username not in (None, found.username):
            return []
        return [Item(service, found.username, Secret(found.password))]

    def put(self, service: str, username: str, secret: Secret) -> None:
        """Store a secret, so that it is the only one of this user under this name."""
        self._backend.set_password(service, username, secret)

    def remove(self, service: str, username: str | None) -> int:
        """Remove the entries under a name, and return the number of users that had one."""
        for count in range(_MANY):  # the keychain gives one at a time
            found = self.find(service, username)
            if not found:
                return count
            self._backend.delete_password(service, found[0].username)
        return _MANY

    def everything(self, prefix: str) -> list[Item]:  # noqa: ARG002 - there is nothing to choose from
        """Refuse: the keychain cannot list its entries."""
        message = "the macOS keychain does not tell what is in it: name the service and its user"
        raise StoreError(message)
