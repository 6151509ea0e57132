"""What the tests of the store share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.store.file_store import CredentialStore

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the place of the file in a folder that is not there yet."""
    return tmp_path / "credentials" / "credentials.toml"


@pytest.fixture
def store(path: Path) -> CredentialStore:
    """Return a store that must not warn."""
    return CredentialStore(path, warn=pytest.fail)
