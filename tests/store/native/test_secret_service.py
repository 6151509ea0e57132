"""The Secret Service, without the system's; the real one is in `tests/real`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store.native.native_store import NativeStore
from requests_indexauth.store.native.secret_service import SecretService

if TYPE_CHECKING:
    from requests_indexauth.store.native.vault import Vault

HOST = "https://h.example"


class StoredItem:
    """An item of a made-up Secret Service."""

    def __init__(self, kept: list[StoredItem], attributes: dict[str, str], secret: bytes) -> None:
        self.kept, self.attributes, self.secret, self.locked = kept, attributes, secret, False
        kept.append(self)

    def get_attributes(self) -> dict[str, str]:
        return self.attributes

    def is_locked(self) -> bool:
        return self.locked

    def get_secret(self) -> bytes:
        assert not self.locked, "that would ask the user"
        return self.secret

    def set_secret(self, secret: bytes) -> None:
        self.secret = secret

    def delete(self) -> None:
        self.kept.remove(self)


class Secrets:
    """A made-up Secret Service and its one collection, with the names that `secretstorage` has for them."""

    class ItemNotFoundException(Exception):  # noqa: N818 - the library's name
        pass

    def __init__(self) -> None:
        self.kept: list[StoredItem] = []
        self.locked = False
        self.exists = True

    def add(self, service: str, username: str, secret: str, **attributes: str) -> StoredItem:
        return StoredItem(self.kept, {"service": service, "username": username, **attributes}, secret.encode())

    def Collection(self, _bus: object) -> Secrets:  # noqa: N802 - as above
        if not self.exists:
            raise self.ItemNotFoundException
        return self

    def get_all_collections(self, _bus: object) -> list[Secrets]:
        return [self]

    def is_locked(self) -> bool:
        return self.locked

    def get_all_items(self) -> list[StoredItem]:
        return self.kept

    def create_item(self, _label: str, attributes: dict[str, str], secret: bytes, *, replace: bool) -> None:
        assert replace
        StoredItem(self.kept, attributes, secret)

    def search_items(self, _bus: object, wanted: dict[str, str]) -> list[StoredItem]:
        return [item for item in self.kept if wanted.items() <= item.attributes.items()]


@pytest.fixture
def secrets(put_in: Callable[[Vault], None]) -> Secrets:
    """Return a made-up Secret Service in the place of the system's; the real one is in `tests/real`."""
    made = Secrets()
    put_in(SecretService(made, None))
    return made


def test_secret_service(secrets: Secrets) -> None:
    """A login is found, replaced whichever program wrote it, listed and removed."""
    store = NativeStore(warn=pytest.fail)
    secrets.add("uv:h.example", "me", "of keyring")
    secrets.add("uv:h.example", "me", "of uv", target="default")
    secrets.add("h.example", "me", "a browser's")
    assert store.get(f"{HOST}/a") == Credentials.basic("me", "of uv")
    store.set(HOST, Credentials.basic("me", "new"))
    store.set(f"{HOST}/team", Credentials.basic("you", "team"))
    uvs = [(item.attributes["service"], item.attributes["username"], item.secret) for item in secrets.kept]
    assert sorted(uvs) == [
        ("h.example", "me", b"a browser's"),
        ("uv:h.example", "me", b"new"),
        ("uv:https://h.example/team", "you", b"team"),
    ]
    assert store.services() == [(f"{HOST}/", "me"), (f"{HOST}/team", "you")]
    assert store.remove(HOST, "you") == 0
    assert store.remove(HOST) == 1
    assert store.clear() == 1
    assert len(secrets.kept) == 1


def test_secret_service_locked(secrets: Secrets) -> None:
    """Of what is locked nothing is asked; a locked item is neither read nor written beside."""
    store = NativeStore(warn=pytest.fail)
    secrets.add("uv:h.example", "me", "pw").locked = True
    assert store.get(HOST) is None
    with pytest.raises(StoreError, match=r"^the keyring is locked: unlock it and try again$"):
        store.set(HOST, Credentials.basic("me", "new"))
    secrets.locked = True
    with pytest.raises(StoreError, match=r"^the keyring is locked: unlock it and try again$"):
        store.find(HOST)
    assert len(secrets.kept) == 1


def test_secret_service_without_a_collection(secrets: Secrets) -> None:
    """Where there is no collection none is made, for that would ask the user."""
    secrets.exists = False
    with pytest.raises(StoreError, match=r"^the Secret Service has no default collection: make one$"):
        NativeStore().set(HOST, Credentials.basic("me", "pw"))


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_no_secret_service() -> None:
    """Without a D-Bus session that is what is said."""
    pytest.importorskip("secretstorage", exc_type=ImportError)
    with pytest.raises(StoreError, match="there is no Secret Service here"):
        NativeStore(seconds=60.0).find(HOST)


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_no_package_to_speak_with_the_secret_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SecretStorage that is what is said."""
    monkeypatch.setitem(sys.modules, "secretstorage", None)
    with pytest.raises(StoreError, match=r"^the Python package SecretStorage is not installed$"):
        NativeStore(seconds=60.0).find(HOST)
