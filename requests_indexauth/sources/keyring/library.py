"""Ask the ``keyring`` library in this process, in a thread that is abandoned when it takes too long."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

from ...errors import SourceError
from ...util.deadline import Deadline
from ...util.environ import temporary_environ
from ...util.keyring_guard import VARIABLE, inside_keyring
from ...util.terminal import has_terminal
from ...util.timeout import call_with_timeout
from .common import NONINTERACTIVE, KeyringMissingError, KeyringTimeoutError, KeyringUnusableError, entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Callable

    from ...models.credentials import Credentials

T = TypeVar("T")

_NO_BACKEND = "the keyring library has no backend: install one for this system, or set keyring-provider to disabled"


def ask(services: Sequence[str], username: str | None, deadline: Deadline) -> Credentials | None:
    """Return the first entry among the services, in their order; ``None`` when there is none.

    Args:
        services: the names an entry may be under.
        username: whose entry; ``None`` for any user's. Vendors' backends answer with a user of their own, whichever is
            asked for: that is taken, as by pip, where no service has an entry for the user.
        deadline: the end of the time for all of them together.

    Raises:
        KeyringMissingError: the library cannot be imported, or has no backend.
        KeyringTimeoutError: the time is over.
        SourceError: the keyring is locked, or its backend raised something.

    """
    return _work(lambda keyring: _look_up(keyring, services, username, deadline), deadline)


def put(service: str, username: str, secret: str, deadline: Deadline) -> None:
    """Store a secret, in place of one that the user has under that service.

    Raises:
        KeyringMissingError: the library cannot be imported, or has no backend.
        KeyringTimeoutError: the time is over.
        SourceError: the backend raised something, or has kept nothing.

    """

    def work(keyring: ModuleType) -> bool:
        if _has_no_backend(keyring):
            raise KeyringMissingError(_NO_BACKEND)
        keyring.set_password(service, str(username), str(secret))
        return bool(keyring.get_password(service, str(username)) == str(secret))

    if not _work(work, deadline):  # the null backend takes anything, and so does a chain of those that take nothing
        message = "keyring: the backend has kept nothing: choose another (keyring --list-backends)"
        raise SourceError(message)


def delete(service: str, username: str, deadline: Deadline) -> bool:
    """Delete a user's secret, and return whether there was one. Raises what `put` does."""

    def work(keyring: ModuleType) -> bool:
        if keyring.get_password(service, str(username)) is None:
            return False
        keyring.delete_password(service, str(username))
        return True

    return _work(work, deadline)


def _work(work: Callable[[ModuleType], T], deadline: Deadline) -> T:
    def run() -> T:
        with inside_keyring():
            return work(_library())

    try:
        with temporary_environ(_variables()):
            return call_with_timeout(run, deadline.left, _converted, "keyring")
    except TimeoutError:
        raise KeyringTimeoutError(deadline.seconds) from None


def _library() -> ModuleType:
    try:
        import keyring  # noqa: PLC0415 - heavy, and only wanted with this provider
    except BaseException as error:  # noqa: BLE001 - whatever a broken installation raises
        message = f"the keyring library cannot be imported ({type(error).__name__}): install it (pip install keyring)"
        raise KeyringMissingError(message) from None
    return keyring


def _look_up(
    keyring: ModuleType, services: Sequence[str], username: str | None, deadline: Deadline
) -> Credentials | None:
    username = None if username is None else str(username)  # others need not know a `Secret`
    others: dict[str, Credentials] = {}
    for service in services:
        if service.rstrip("/") in others:
            continue  # the same URL: a vendor's backend would ask its service once more
        if not deadline.left():
            raise KeyringTimeoutError(deadline.seconds)  # the caller has stopped waiting
        found = keyring.get_credential(service, username)
        if found is None:
            continue
        credentials = _entry(service, found.username, found.password)
        if credentials is not None and username in (None, credentials.username):
            return credentials
        if credentials is not None:
            others[service.rstrip("/")] = credentials
    if others:
        return next(iter(others.values()))
    if _has_no_backend(keyring):
        raise KeyringMissingError(_NO_BACKEND)
    return None


def _has_no_backend(keyring: ModuleType) -> bool:
    """Whether there is nothing to ask: the library's stand-in for a backend, or this package's own, which is silent.

    A stand-in for the library needs no more than `get_credential`.
    """
    get_keyring = getattr(keyring, "get_keyring", None)
    module = "" if get_keyring is None else type(get_keyring()).__module__
    return module == "keyring.backends.fail" or module.startswith(f"{__name__.partition('.')[0]}.")


def _entry(service: str, username: object, password: object) -> Credentials | None:
    for value in (username, password):
        if not isinstance(value, (str, type(None))):
            message = f"keyring: the entry for {service} holds {type(value).__name__} instead of text"
            raise SourceError(message)
    return entry(service, username, password)  # type: ignore[arg-type]


def _converted(error: BaseException) -> SourceError | KeyringUnusableError:
    """Return the error to raise for an exception; if the exception is not ours it is named by its class alone."""
    if isinstance(error, (KeyringUnusableError, SourceError)):
        return error
    name = type(error).__name__
    if name == "NoKeyringError":
        return KeyringMissingError(_NO_BACKEND)
    if name == "KeyringLocked":
        return SourceError("keyring: the keyring is locked: unlock it and try again")
    return SourceError(f"keyring: the library failed with {name}")


def _variables() -> dict[str, str]:
    """Return the variables for a backend and the child processes it starts.

    ``artifacts-keyring`` learns only from the environment that there is no terminal to show a device login on.
    """
    variables = {VARIABLE: str(os.getpid())}
    if not has_terminal():
        variables[NONINTERACTIVE] = "true"
    return variables
