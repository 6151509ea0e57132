"""The keychain of macOS, without the system's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials

if TYPE_CHECKING:
    from requests_indexauth.store.native.native_store import NativeStore

HOST = "https://h.example"


def test_mac_list(mac: NativeStore) -> None:
    """macOS cannot say what is in its store, and the error says that."""
    with pytest.raises(
        StoreError, match="the macOS keychain does not tell what is in it: name the service and its user"
    ):
        mac.services()


def test_mac_two_users(mac: NativeStore) -> None:
    """Everybody's is removed where the system hands out one entry at a time."""
    for user in ("me", "you"):
        mac.set(HOST, Credentials.basic(user, "pw"))
    assert mac.remove(HOST) == 2
    assert mac.get(HOST) is None
