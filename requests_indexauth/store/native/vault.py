"""`Vault`: the few operations that `NativeStore` needs of a system's password store.

uv and the ``keyring`` library name things differently on each system; only the modules of this folder know how. They
use the library's backend for the system, which does not prompt, never the chain of all backends, which may include our
own.
"""

from __future__ import annotations

from typing import NamedTuple

from ...errors import StoreError
from ...models.credentials import MASK, Secret


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
        """Return the entries under a name, one for each user."""
        raise NotImplementedError

    def put(self, service: str, username: str, secret: Secret) -> None:
        """Store a secret, so that it is the only one of this user under this name."""
        raise NotImplementedError

    def remove(self, service: str, username: str | None) -> int:
        """Remove the entries under a name, of one user or of all, and return the number of users."""
        raise NotImplementedError

    def everything(self, prefix: str) -> list[Item]:
        """Return every entry whose name starts so."""
        raise NotImplementedError

    def check_unlocked(self) -> None:
        """Raise `StoreError` where the store is locked, and so can say neither yes nor no."""
