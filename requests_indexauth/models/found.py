"""A credential with the realm it is for and the source it came from: what the flow sends and the memo remembers."""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from .credentials import Credentials, Secret

if TYPE_CHECKING:
    from .url import Realm

GIVEN = "the request"
"""The name of the first source: what the caller put into the URL or the ``Authorization`` header."""


class Found:
    """A credential that can be sent, to one realm only.

    Attributes:
        realm: the scheme, host and port it was found for; it is sent nowhere else.
        header: the ``Authorization`` value, which does not show itself.
        site: how URLs of the realm begin; some are written in other ways, with a default port or in capitals.
        credentials: the credential; ``None`` for a header the caller set, which is passed on unchanged.
        source: the name of the source it came from.
        prefix: the path the source has it for; ``None`` when for the whole host.
        expires: when its source is asked again, in seconds since the epoch; ``None``: when it is refused.

    """

    __slots__ = ("credentials", "expires", "header", "prefix", "realm", "site", "source")

    def __init__(
        self,
        credentials: Credentials,
        source: str,
        realm: Realm,
        prefix: str | None = None,
        expires: float | None = None,
    ) -> None:
        self.credentials: Credentials | None = credentials
        self.source = source
        self.prefix = prefix
        self.expires = expires
        self.realm = realm
        self.header = Secret(credentials.header)
        self.site = f"{realm}/"

    @classmethod
    def given(cls, header: str, realm: Realm) -> Found:
        """Return what stands for a header the caller set."""
        found = cls.__new__(cls)
        found.credentials, found.source, found.prefix, found.realm = None, GIVEN, None, realm
        found.header, found.site, found.expires = Secret(header), f"{realm}/", None
        return found

    @property
    def username(self) -> str | None:
        """The Basic user name; ``None`` when there is none."""
        return None if self.credentials is None else self.credentials.username

    @property
    def complete(self) -> bool:
        """Whether it can be sent as it is: a lone user name cannot."""
        return self.credentials is None or self.credentials.complete

    @property
    def is_name_alone(self) -> bool:
        """Whether it is a user name with an empty password, which is sent where nothing has a password for it."""
        return self.credentials is not None and self.credentials.scheme == "basic" and not self.credentials.password

    @property
    def expired(self) -> bool:
        """Whether its source is to be asked again before it is sent."""
        return self.expires is not None and self.expires <= time()

    def __repr__(self) -> str:
        return f"Found({self.credentials!r}, source={self.source!r}, prefix={self.prefix!r})"
