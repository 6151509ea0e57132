"""The messages between a child and its parent, as JSON, and the variables a child is started with."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..models.credentials import Credentials
from ..models.found import Found
from ..models.query import Query
from ..models.url import Realm

ADDRESS = "REQUESTS_INDEXAUTH_PIP_PARENT"
"""The variable that tells the runner where to ask; on Windows a blank and the key to prove follow."""


RUNNABLE = "REQUESTS_INDEXAUTH_PIP_RUNNABLE"
"""The variable that tells the runner which pip to run without prompting (``--python``)."""


class KnownIndex(NamedTuple):
    """What a parent tells a new child about one index; on the wire, a list of the attributes.

    Attributes:
        url: the index's, without userinfo.
        name: the index's; ``None`` when it has none.
        authenticate: its policy.
        accepted: the credential that it accepted last, as `packed` has it; ``None`` for none.
        refused: the ``Authorization`` headers that it refused.

    """

    url: str
    name: str | None
    authenticate: str
    accepted: list[str | float | None] | None
    refused: list[str]


def question(query: Query) -> list[Any]:
    """Return a question to the sources as JSON takes it."""
    return [query.url, query.username, query.challenged, query.cross_realm]


def packed(found: Found | None) -> list[str | float | None] | None:
    """Return a credential as JSON takes it; ``None`` for none."""
    if found is None or found.credentials is None:
        return None
    credentials = found.credentials
    secret = credentials.token if credentials.scheme == "bearer" else credentials.password
    return [credentials.scheme, credentials.username, secret, found.source, found.prefix, found.expires]


def unpacked(packed: Any, realm: Realm) -> Found | None:
    """Return the credential that `packed` was made of, for the realm that the question was about."""
    return None if packed is None else parse_found(packed, realm)


def parse_found(packed: Any, realm: Realm) -> Found:
    """Return the credential that `packed` was made of, for the realm that the message is about."""
    scheme, username, secret, source, prefix, expires = packed
    credentials = Credentials.bearer(secret) if scheme == "bearer" else Credentials.basic(username, secret)
    return Found(credentials, source, realm, prefix, expires)
