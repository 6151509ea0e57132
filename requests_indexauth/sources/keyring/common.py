"""What the two keyring providers share: the ``keyring`` command and the ``keyring`` library."""

from __future__ import annotations

from ...errors import SourceError
from ...models.credentials import Credentials
from ..base import blaming

NONINTERACTIVE = "ARTIFACTS_KEYRING_NONINTERACTIVE_MODE"
"""The variable that keeps ``artifacts-keyring`` from starting a device login that is not seen."""

NO_COMMAND = "no keyring command on PATH: install one (pipx install keyring), or set keyring-provider to disabled"


class KeyringUnusableError(Exception):
    """A provider cannot be used for the rest of the session; the message says why and holds no secret."""


class KeyringMissingError(KeyringUnusableError):
    """A provider is not installed, or has no backend; the message says what to do."""


class KeyringTimeoutError(KeyringUnusableError):
    """The look-up took longer than its time."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} seconds: it is not asked again in this session")


class NoBackendError(SourceError):
    """The command is installed but has no backend."""


class KeyringTooOldError(Exception):
    """The command cannot look up an entry without a user name; the message says what to do."""


def entry(service: str, username: str | None, password: str | None) -> Credentials | None:
    """Return a keyring's entry as a credential; ``None`` for one without a password, which is no entry.

    Raises:
        SourceError: it cannot be put in a header.

    """
    if not password:
        return None
    with blaming(f"keyring: the entry for {service}"):
        return Credentials.basic(username or None, password)
