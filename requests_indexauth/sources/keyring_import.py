"""The keyring's library, in this process: imported and asked in a thread that is left behind when it takes too long."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ..errors import SourceError
from ..patience import in_time
from ..reentry import inside_keyring
from ..terminals import has_terminal
from .keyring_common import (
    NONINTERACTIVE,
    Deadline,
    KeyringMissingError,
    KeyringTimeoutError,
    KeyringUnusableError,
    entry,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..credentials import Credentials

_NO_BACKEND = "the keyring library has no backend: install one for this system, or set keyring-provider to disabled"


def ask(services: Sequence[str], username: str | None, deadline: Deadline) -> Credentials | None:
    """Return the first entry among the services, in their order; ``None`` when there is none.

    Args:
        services: the names an entry may be under.
        username: whose entry; ``None`` for anybody's. A backend's answer for somebody else is none.
        deadline: the end of the time for all of them together.

    Raises:
        KeyringMissingError: the library cannot be imported, or has no backend.
        KeyringTimeoutError: the time is over.
        SourceError: the keyring is locked, or its backend raised something.

    """

    def look_up() -> Credentials | None:
        with inside_keyring():
            return _look_up(services, username, deadline)

    try:
        with _noninteractive():
            return in_time(look_up, deadline.left, _told, "keyring")
    except TimeoutError:
        raise KeyringTimeoutError(deadline.seconds) from None


def _look_up(services: Sequence[str], username: str | None, deadline: Deadline) -> Credentials | None:
    try:
        import keyring  # noqa: PLC0415 - heavy, and only wanted with this provider
        from keyring.backends import fail  # noqa: PLC0415
    except BaseException as error:  # noqa: BLE001 - as above: whatever a broken installation raises
        message = f"the keyring library cannot be imported ({type(error).__name__}): install it (pip install keyring)"
        raise KeyringMissingError(message) from None
    backend = keyring.get_keyring()
    if isinstance(backend, fail.Keyring) or type(backend).__module__.startswith(f"{_PACKAGE}."):
        raise KeyringMissingError(_NO_BACKEND)
    for service in services:
        if not deadline.left():
            raise KeyringTimeoutError(deadline.seconds)  # nobody is waiting any more
        found = keyring.get_credential(service, username)
        if found is None:
            continue
        credentials = _entry(service, found.username, found.password)
        if credentials is not None and username in (None, credentials.username):
            return credentials
    return None


_PACKAGE = __name__.partition(".")[0]


def _entry(service: str, username: object, password: object) -> Credentials | None:
    for value in (username, password):
        if not isinstance(value, (str, type(None))):
            message = f"keyring: the entry for {service} holds {type(value).__name__} instead of text"
            raise SourceError(message)
    return entry(service, username, password)  # type: ignore[arg-type]


def _told(error: BaseException) -> SourceError | KeyringUnusableError:
    """Return what to say of an exception: of one that is not ours what it is called, never its message."""
    if isinstance(error, (KeyringUnusableError, SourceError)):
        return error
    name = type(error).__name__
    if name == "NoKeyringError":
        return KeyringMissingError(_NO_BACKEND)
    if name == "KeyringLocked":
        return SourceError("keyring: the keyring is locked: unlock it and try again")
    return SourceError(f"keyring: the library failed with {name}")


class _Switch:
    """An environment variable that is set while anybody in this process needs it, and was not set before."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.Lock()
        self._users = 0

    @contextmanager
    def on(self) -> Iterator[None]:
        with self._lock:
            mine = self._users > 0 or self.name not in os.environ
            if mine:
                self._users += 1
                os.environ[self.name] = "true"
        try:
            yield
        finally:
            with self._lock:
                self._users -= mine
                if mine and not self._users:
                    os.environ.pop(self.name, None)


_switch = _Switch(NONINTERACTIVE)


@contextmanager
def _noninteractive() -> Iterator[None]:
    """Keep ``artifacts-keyring`` from waiting for a person, where there is no terminal to tell one.

    It takes this from the environment alone, which the whole process shares: C code in another thread that reads the
    environment at that very moment could trip, and child processes started meanwhile inherit it (which is harmless).
    So nothing is set unless that backend is installed, and for no longer than the call: a look-up that is left behind
    has read it long before.
    """
    if has_terminal() or not _is_installed("artifacts_keyring"):
        yield
        return
    with _switch.on():
        yield


def _is_installed(module: str) -> bool:
    from importlib.util import find_spec  # noqa: PLC0415 - as rarely needed as the rest

    return module in sys.modules or find_spec(module) is not None
