"""Nothing of the machine a test runs on may decide its result, and nothing a test does may leave the machine."""

from __future__ import annotations

import ipaddress
import os
import re
import sys
from typing import TYPE_CHECKING, Any

from support.platforms import tell_folders

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

# Variables that carry credentials, name indexes, or lead to files that do. Those that say which CI service this is, for
# twine asks that for a credential. Those that say how wide a terminal is, and whether it has colours.
SCRUBBED = re.compile(
    r"""NETRC | (UV|PIP|XDG|TWINE|HF|KEYRING|PYTHON_KEYRING|ARTIFACTS_KEYRING|INDEXAUTH|DBUS)_.* | .*_PROXY
    | VIRTUAL_ENV
    | (GITHUB|ACTIONS|BUILDKITE)_.* | GITLAB_CI | CIRCLECI | BUILDKITE | .*_ID_TOKEN
    | (NO|FORCE)_COLOR | COLUMNS
    | (REQUESTS|CURL)_CA_BUNDLE | SSL_CERT_.* | SSLKEYLOGFILE | (AWS|GOOGLE|CLOUDSDK|VSS_NUGET)_.* | PYPI_.*""",
    re.VERBOSE | re.IGNORECASE,
)


def scrub(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Take away the variables above, and give the test a home folder of its own."""
    for name in filter(SCRUBBED.fullmatch, list(os.environ)):
        monkeypatch.delenv(name)
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(home))
    if sys.platform == "win32":
        monkeypatch.setenv("APPDATA", str(home / "AppData" / "Roaming"))
        monkeypatch.setenv("LOCALAPPDATA", str(home / "AppData" / "Local"))
        tell_folders(monkeypatch, home)


class OutsideTrafficError(RuntimeError):
    """A test tried to reach something that is not this machine."""


class OutsideGuard:
    """An audit hook: it sees every connection and look-up of this process, however they were made.

    Such hooks cannot be taken off again, so there is one for the whole run.
    """

    events = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")

    def __init__(self) -> None:
        """Watch from now on."""
        self.attempts: list[str] = []
        sys.addaudithook(self._see)

    def _see(self, event: str, args: tuple[Any, ...]) -> None:
        if event not in self.events:
            return
        if event in {"socket.getaddrinfo", "socket.gethostbyname"}:
            host = args[0]
        else:  # an address that is no tuple is a Unix socket's path
            host = args[1][0] if isinstance(args[1], tuple) else None
        host = host.decode() if isinstance(host, bytes) else host
        if not isinstance(host, str) or _is_loopback(host):
            return
        self.attempts.append(host)  # remembered too: the code under test may swallow the error
        message = f"{event} to {host!r}: tests stay on this machine"
        raise OutsideTrafficError(message)


def _is_loopback(host: str) -> bool:
    if host in {"", "localhost", "0.0.0.0", "::"}:  # noqa: S104 - compared, not bound
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
