"""Real server programs: one process each, on a free port, with what they log in a file."""

from __future__ import annotations

import base64
import hashlib
import os
import socket
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import requests_indexauth
from support.configuration import write_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from typing_extensions import Self

HOST = "127.0.0.1"
PATIENCE = 1200  # looks, 0.05 seconds apart, for a program to listen


class Logged(NamedTuple):
    """One line of a server's own log."""

    method: str
    path: str
    user: str | None  # who the client said it was; where a log does not say it, `None`


class ServerProgram:
    """A program that listens on a port of this machine while a `with` lasts; its output goes to `log`."""

    def __init__(
        self, command: Sequence[str], folder: Path, port: int, environ: Mapping[str, str] | None = None
    ) -> None:
        self.command = command
        self.folder = folder
        self.port = port
        self.log = folder / "log"
        # Nothing of this process but the path: not the credentials of a test, not the settings of the machine.
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **(environ or {})}

    def __enter__(self) -> Self:
        """Start, and return once it listens."""
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command, cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        for _ in range(PATIENCE):
            if self._listens():
                return self
            assert self._runs(), self.log.read_text()
        self.__exit__()
        raise AssertionError(self.log.read_text())

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(30)

    def _listens(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex((HOST, self.port)) == 0

    def _runs(self) -> bool:
        try:
            self.process.wait(0.05)
        except subprocess.TimeoutExpired:
            return True
        return False


class LoggingServer:
    """A running server that keeps a log, and what has been logged since the last `clear`.

    Attributes:
        root: the URL of the server, without a slash at its end.
        sent: each request since `clear`; a server logs it before it answers, or says when it has.

    """

    scheme = "http"

    def __init__(self, running: ServerProgram) -> None:
        self.running = running
        self.root = f"{self.scheme}://{HOST}:{running.port}"
        self._before = 0

    def clear(self) -> None:
        """Forget what was logged so far."""
        self._before = len(self.logged())

    @property
    def sent(self) -> list[Logged]:
        return self.logged()[self._before :]

    def logged(self) -> list[Logged]:
        """Return all that was ever logged."""
        raise NotImplementedError


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as server:
        server.bind((HOST, 0))
        return int(server.getsockname()[1])


def htpasswd(users: Mapping[str, str]) -> str:
    """Return the text of a password file that needs no other library to read."""
    digests = {user: base64.b64encode(hashlib.sha1(word.encode()).digest()) for user, word in users.items()}  # noqa: S324
    return "".join(f"{user}:{{SHA}}{digest.decode()}\n" for user, digest in digests.items())


def log_in(source: str, home: Path, service: str, user: str, password: str) -> None:
    """Put a credential where a source finds it: "netrc" (for the whole host) or "store"."""
    if source == "netrc":
        write_files(home, {".netrc": f"machine {HOST} login {user} password {password}\n"})
    else:
        requests_indexauth.CredentialStore().set(service, requests_indexauth.Credentials.basic(user, password))
