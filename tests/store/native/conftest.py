"""What the tests of the native store share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth.store.native.macos import Keychain
from requests_indexauth.store.native.native_store import NativeStore
from requests_indexauth.store.native.windows import CredentialManager
from support.vaults import Library, put_in, scripted

if TYPE_CHECKING:
    from requests_indexauth.store.native.vault import Vault

__all__ = ["put_in", "scripted"]


@pytest.fixture
def library() -> Library:
    """Return an empty backend."""
    return Library()


@pytest.fixture
def windows(library: Library, put_in: Callable[[Vault], None]) -> NativeStore:
    """Return a store in the credential manager of Windows, as far as it can be had elsewhere."""
    put_in(CredentialManager(library, library.enumerate))
    return NativeStore(warn=pytest.fail)


@pytest.fixture
def mac(library: Library, put_in: Callable[[Vault], None]) -> NativeStore:
    """Return a store in the keychain of macOS, as far as it can be had elsewhere."""
    put_in(Keychain(library))
    return NativeStore(warn=pytest.fail)
