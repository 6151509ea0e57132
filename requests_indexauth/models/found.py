"""A credential together with where it came from: what the flow sends and the memo remembers."""

from __future__ import annotations

from .credentials import Credentials, Secret

GIVEN = "the request"
"""The name of the first source: what the caller put into the URL or the ``Authorization`` header."""


class FoundHeader(Secret):
    """An ``Authorization`` value this package put on a request; the type tells it from one the caller set."""

    __slots__ = ()


class Found:
    """A credential that can be sent.

    Attributes:
        header: the ``Authorization`` value.
        credentials: the credential; ``None`` for a header the caller set, which is passed on as it is.
        source: the name of the source it came from.
        prefix: the path the source has it for; ``None`` when for the whole host.

    """

    __slots__ = ("credentials", "header", "prefix", "source")

    def __init__(self, credentials: Credentials, source: str, prefix: str | None = None) -> None:
        self.credentials: Credentials | None = credentials
        self.header: Secret = FoundHeader(credentials.header)
        self.source = source
        self.prefix = prefix

    @classmethod
    def given(cls, header: str) -> Found:
        """Return what stands for a header the caller set."""
        found = cls.__new__(cls)
        found.credentials, found.header, found.source, found.prefix = None, Secret(header), GIVEN, None
        return found

    @property
    def username(self) -> str | None:
        """The Basic user name; ``None`` when there is none."""
        return None if self.credentials is None else self.credentials.username

    @property
    def complete(self) -> bool:
        """Whether it can be sent as it is: a lone user name cannot."""
        return self.credentials is None or self.credentials.complete

    def __repr__(self) -> str:
        return f"Found({self.credentials!r}, source={self.source!r}, prefix={self.prefix!r})"
