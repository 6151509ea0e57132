"""Real server programs: one process each, on a free port, with what they log in a file."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import requests_indexauth
from support.commands import TIME_LIMIT
from support.configuration import write_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from typing_extensions import Self

HOST = "127.0.0.1"
PATIENCE = 20 * TIME_LIMIT  # looks, 0.05 seconds apart, for a program to listen
ATTEMPTS = 3  # at starting a program, each with another port
FIRST_PORT = 16384
WORKERS = 16  # of pytest-xdist, each with ports of its own; more than that share


class Logged(NamedTuple):
    """One line of a server's own log."""

    method: str
    path: str
    user: str | None  # who the client said it was; where a log does not say it, `None`


class ServerProgram:
    """A program that listens on a port of this machine while a `with` lasts; its output goes to `log`.

    Args:
        command: returns the command line for a port, and makes ready what else depends on it.
        folder: for the log; the program works there.
        environ: more variables for it.

    """

    def __init__(
        self, command: Callable[[int], Sequence[object]], folder: Path, environ: Mapping[str, str] | None = None
    ) -> None:
        self.command = command
        self.folder = folder
        self.port = 0
        self.log = folder / "log"
        # Nothing of this process but the path: not the credentials of a test, not the settings of the machine.
        self.environ = {"PATH": os.environ["PATH"], "HOME": str(folder), **(environ or {})}

    def __enter__(self) -> Self:
        """Start, and return once it listens; where it ends before, somebody may have been first at its port."""
        for _ in range(ATTEMPTS):
            self._start()
            if self._comes_up():
                return self
        raise AssertionError(self.log.read_text())

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(TIME_LIMIT)

    def _start(self) -> None:
        self.port = free_port()
        command = [str(part) for part in self.command(self.port)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def _comes_up(self) -> bool:
        """Wait until the program listens, and tell whether it does; if it neither does nor ends, end it."""
        for _ in range(PATIENCE):
            listens = self._listens()
            if self.process.poll() is not None:  # who listens there is another
                return False
            if listens:
                return True
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(0.05)
        self.__exit__()
        raise AssertionError(self.log.read_text())

    def _listens(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex((HOST, self.port)) == 0


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
    """Return a port that was free a moment ago, and that nobody is likely to take in the next.

    It is none of those the system gives to whoever asks for any, and none that another worker of these tests tries.
    """
    for port in _PORTS:
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
            try:
                server.bind((HOST, port))
            except OSError:
                continue
            return port
    raise AssertionError  # pragma: no cover - there is no end to them


def _ports() -> Iterator[int]:
    """Yield the ports of this worker, over and over; where several runs share them, each begins elsewhere."""
    try:
        text = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii")
        end = max(int(text.split()[0]), FIRST_PORT + 100 * WORKERS)
    except OSError:  # no Linux: there the usual ones begin at 49152
        end = 32768
    count = (end - FIRST_PORT) // WORKERS
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % WORKERS
    first, begin = FIRST_PORT + worker * count, os.getpid() * 16
    return (first + number % count for number in itertools.count(begin))


_PORTS = _ports()


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
