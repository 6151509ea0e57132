"""Credentials that a test begins with."""

from __future__ import annotations

from requests_indexauth import Credentials, CredentialStore


def fill(*entries: tuple[str, str | None]) -> CredentialStore:
    """Store a secret for each service and user; no user means a Bearer token."""
    store = CredentialStore()
    for service, user in entries:
        store.set(service, Credentials.bearer("hidden") if user is None else Credentials.basic(user, "hidden"))
    return store
