"""Vaults that a test puts in the place of the system's store of credentials."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable

import pytest
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential
from keyring.errors import PasswordDeleteError

from requests_indexauth.store.native import system
from requests_indexauth.store.native.vault import Item, Vault

if TYPE_CHECKING:
    from collections.abc import Iterator


class Library(KeyringBackend):
    """A backend of the `keyring` library that keeps its entries in memory, like the system's ones."""

    priority = -1  # no test gets it that has not asked for it

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        users = [user for name, user in self.kept if name == service and username in (None, user)]
        return SimpleCredential(users[0], self.kept[service, users[0]]) if users else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def enumerate(self) -> list[dict[str, Any]]:
        """Return the entries as Windows does, where the service is the name of the whole entry."""
        return [{"TargetName": name, "UserName": user} for name, user in self.kept]


class Scripted(Vault):
    """A vault that has what a test puts in, and writes down what it is asked."""

    def __init__(self) -> None:
        self.has: dict[str, list[Item]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.failure: BaseException | None = None

    def find(self, service: str, username: str | None) -> list[Item]:
        self.asked.append((service, username))
        if self.failure is not None:
            raise self.failure
        return [item for item in self.has.get(service, []) if username in (None, item.username)]


@pytest.fixture
def put_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Vault], None]:
    """Return a function that puts a vault in the place of the system's, and turn the feature on."""
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")

    def put(vault: Vault) -> None:
        @contextmanager
        def opened() -> Iterator[Vault]:
            yield vault

        monkeypatch.setattr(system, "_open", opened)

    return put


@pytest.fixture
def scripted(put_in: Callable[[Vault], None]) -> Scripted:
    """Return the vault in the place of the system's."""
    vault = Scripted()
    put_in(vault)
    return vault
