"""Ask the ``keyring`` command: one process for each service, with limits on its time and its output."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ...errors import SourceError
from ...util import process
from ...util.keyring_guard import VARIABLE
from ...util.process import OUTPUT_LIMIT, FloodedError, NotStartedError, Reply
from ...util.terminal import has_terminal
from .common import (
    NO_COMMAND,
    NONINTERACTIVE,
    KeyringMissingError,
    KeyringTimeoutError,
    KeyringTooOldError,
    NoBackendError,
    entry,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...models.credentials import Credentials
    from ...util.deadline import Deadline

_USAGE = 2  # the exit code of argparse, which the command uses, for arguments it does not know
_TRACEBACK = "Traceback (most recent call last)"
_EXCEPTION = re.compile(r"(?m)^(?:\w+\.)*([A-Za-z]\w*(?:Error|Exception|Locked))\b")


def ask(services: Sequence[str], username: str | None, deadline: Deadline) -> Credentials | None:
    """Return the first entry among the services, in their order; ``None`` when there is none.

    Args:
        services: the names an entry may be under.
        username: whose entry; ``None`` for anybody's, which keyring 25.2.1 and newer can look up.
        deadline: the end of the time for all of them together.

    Raises:
        KeyringMissingError: there is no such command.
        KeyringTimeoutError: the time is over.
        KeyringTooOldError: the command cannot look up without a user name.
        NoBackendError: the command has no backend.
        SourceError: the command crashed or answered with rubbish.

    """
    command = _command()
    for service in services:
        reply = _run([command, *_arguments(service, username)], deadline)
        credentials = _read(reply, service, username)
        if credentials is not None:
            return credentials
    return None


def put(service: str, username: str, secret: str, deadline: Deadline) -> None:
    """Store a secret, in place of one that the user has under that service.

    Raises:
        KeyringMissingError: there is no such command.
        KeyringTimeoutError: the time is over.
        SourceError: the command failed, or has kept nothing.

    """
    reply = _run([_command(), "set", *_entry_arguments(service, username)], deadline, secret.encode())
    found = ask([service], username, deadline) if reply.code == 0 else None
    if found is None or found.password != secret:
        if reply.code != 0:
            _check_failure(reply, username)
        message = "keyring: the command has kept nothing: see `keyring --list-backends`"
        raise SourceError(message)


def delete(service: str, username: str, deadline: Deadline) -> bool:
    """Delete a user's secret, and return whether there was one. Raises what `put` does."""
    if ask([service], username, deadline) is None:
        return False
    reply = _run([_command(), "del", *_entry_arguments(service, username)], deadline)
    if reply.code != 0:
        _check_failure(reply, username)
        message = "keyring: the command has deleted nothing: see `keyring --list-backends`"
        raise SourceError(message)
    return True


def _command() -> str:
    command = find_command()
    if command is None:
        raise KeyringMissingError(NO_COMMAND)
    return command


def find_command() -> str | None:
    """Return the path of the ``keyring`` command; ``None`` when there is none on PATH."""
    return process.find_command("keyring")


def _arguments(service: str, username: str | None) -> list[str]:
    if username is None:
        return ["get", service, "--mode", "creds"]
    return ["get", *_entry_arguments(service, username)]


def _entry_arguments(service: str, username: str) -> list[str]:
    if username.startswith("-"):  # or it would be taken for an option, and some options load code
        return [service, "--", username]
    return [service, username]


def _environment() -> dict[str, str]:
    environment = {**os.environ, VARIABLE: str(os.getpid())}
    environment["PYTHONIOENCODING"] = "utf-8"  # a pipe would get the locale's
    if not has_terminal():
        environment.setdefault(NONINTERACTIVE, "true")
    return environment


def _run(arguments: list[str], deadline: Deadline, stdin: bytes = b"") -> Reply:
    """Run one process to its end."""
    try:
        return process.run(arguments, deadline, environment=_environment(), stdin=stdin)
    except TimeoutError:
        raise KeyringTimeoutError(deadline.seconds) from None
    except NotStartedError as error:
        message = f"keyring: {arguments[0]} cannot be started ({error})"
    except FloodedError:
        message = f"keyring: the command printed more than {OUTPUT_LIMIT} bytes"
    raise SourceError(message)


def _read(reply: Reply, service: str, username: str | None) -> Credentials | None:
    """Return the entry a reply holds; ``None`` when it says that there is none.

    Raises:
        KeyringTooOldError: the command did not understand ``--mode creds``.
        SourceError: the process crashed, or the reply makes no sense. Nothing it printed is quoted.

    """
    if reply.code != 0:
        _check_failure(reply, username)
        return None
    try:
        text = _chomp(reply.output.decode())
    except UnicodeDecodeError:
        message = f"keyring: the command's answer for {service} is not UTF-8"
        raise SourceError(message) from None
    if username is not None or not text:
        return entry(service, username, text)
    lines = text.split("\n")
    if len(lines) != 2:  # noqa: PLR2004 - user name and password
        message = f"keyring: the command's answer for {service} is not a user name and a password on two lines"
        raise SourceError(message)
    return entry(service, _chomp(lines[0] + "\n"), lines[1])


def _check_failure(reply: Reply, username: str | None) -> None:
    """Raise an error unless the failure means "no such entry": exit code 1, and nothing printed."""
    if reply.code < 0:
        message = f"keyring: the command was ended by signal {-reply.code}"
        raise SourceError(message)
    if reply.code == _USAGE and username is None:
        message = (
            "the keyring command cannot look up an entry without a user name: upgrade it to 25.2.1 or newer, or put "
            "the user name in the index's URL"
        )
        raise KeyringTooOldError(message)
    errors = reply.errors.decode(errors="replace")
    if _TRACEBACK in errors:  # a locked keyring, say; the exception's message may quote a secret, its name cannot
        names = _EXCEPTION.findall(errors)
        name = names[-1] if names else "an exception"
        message = f"keyring: the command failed with {name}"
        raise (NoBackendError if name == "NoKeyringError" else SourceError)(message)
    if reply.code != 1:
        message = f"keyring: the command failed with exit code {reply.code}"
        raise SourceError(message)
    if reply.output:
        message = f"keyring: the command failed with exit code {reply.code} although it had an answer"
        raise SourceError(message)


def _chomp(text: str) -> str:
    """Remove one line end; a password may end in white space."""
    return text[:-1].removesuffix("\r") if text.endswith("\n") else text
