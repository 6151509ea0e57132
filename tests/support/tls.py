"""Certificates for the loopback servers, from an authority that lives as long as the test run."""

from __future__ import annotations

import functools
import ssl
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

# The names the tests use; a certificate for others is one call of `context` away.
NAMES = (
    "localhost", "127.0.0.1", "::1",
    "good.example", "evil.example", "files.example", "other.example",
    "example.com", "*.example.com", "*.good.example", "*.evil.example",
)  # fmt: skip


class Authority:
    """A certificate authority nobody but the test trusts."""

    def __init__(self, folder: Path) -> None:
        """Write the bundle that clients get as `verify=`, `--cert` or `SSL_CERT_FILE`."""
        # Not every Python can have it: it needs cryptography, which has few wheels for PyPy.
        trustme = pytest.importorskip("trustme")
        self._ca = trustme.CA()
        self.bundle = str(folder / "ca.pem")
        self._ca.cert_pem.write_to_path(self.bundle)

    @functools.lru_cache  # noqa: B019 - one authority a run; a key costs milliseconds
    def context(self, *names: str) -> ssl.SSLContext:
        """Return a server's context for these names, or for the usual ones."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.configure(context, *(names or NAMES))
        return context

    def configure(self, context: ssl.SSLContext, *names: str, not_after: dt.datetime | None = None) -> None:
        """Give a server's context a certificate for these names, which may have expired."""
        self._ca.issue_cert(*names, not_after=not_after).configure_cert(context)

    def write_client(self, path: Path) -> None:
        """Write a client's certificate and its key, in one file."""
        mine = self._ca.issue_cert("me@example.com")
        mine.private_key_and_cert_chain_pem.write_to_path(str(path))
