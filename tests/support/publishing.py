"""Running `indexauth publish`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from requests_indexauth import Credentials, CredentialStore
from support.commands import run_child

if TYPE_CHECKING:
    from support.commands import Ran
    from support.server import RecordingServer

ME = ("basic", "me", "secret")
TOKEN = ("basic", "__token__", "pypi-x")


def publish(*words: str, **variables: str) -> Ran:
    """Run it, in a process of its own: twine is changed there."""
    return run_child("publish", *words, extra=variables)


def logged_in(server: RecordingServer, password: str = "secret") -> None:
    """Put a credential in the store."""
    CredentialStore().set(server.url, Credentials.basic("me", password))
