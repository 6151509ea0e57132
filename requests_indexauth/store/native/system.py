"""The store of the system this runs on, opened for one question and with a time limit."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from ...errors import StoreError
from ...util.timeout import call_with_timeout
from .macos import Keychain
from .vault import MuteError, Vault
from .windows import CredentialManager, enumerate_windows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

    T = TypeVar("T")


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
        return call_with_timeout(run, lambda: seconds, _converted, "native store")
    except TimeoutError:
        message = f"no answer from the system's store within {seconds:g} seconds"
        raise MuteError(message) from None


def _converted(error: BaseException) -> StoreError:
    """Return the error to raise for an exception; if it is not ours its message may hold a secret and is left out."""
    if isinstance(error, StoreError):
        return error
    return StoreError(f"the system's store failed with {type(error).__name__}")


@contextmanager
def _open() -> Iterator[Vault]:
    if sys.platform == "win32":
        from keyring.backends.Windows import WinVaultKeyring  # noqa: PLC0415

        yield CredentialManager(WinVaultKeyring(), enumerate_windows)
    elif sys.platform == "darwin":
        from keyring.backends.macOS import Keyring  # noqa: PLC0415

        yield Keychain(Keyring())
    else:
        from .secret_service import open_secret_service  # noqa: PLC0415 - no other system has it

        with open_secret_service() as vault:
            yield vault
