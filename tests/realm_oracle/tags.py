"""Secrets that say what they are for: `pw~https~a.example~443~f3` is a password for https://a.example:443, and found.

The last part is the kind and a number. What a call gave for itself alone, and what a `Location` gave for one hop, have
a call's number there, and the hop's: `c12` and `l12.1`.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from realm_oracle.realms import Realm

ANY = "any"
_TAG = re.compile(
    r"(?P<what>pw|us)~(?P<scheme>[a-z]+)~(?P<host>[^~\s]+)~(?P<port>\w+)~(?P<kind>[a-z])(?P<serial>[\d.]+)"
)
MARKS = re.compile(r"(?:pw|us)~")
"""What every secret and every user name has in it; neither is changed by percent-encoding."""
SECRET_MARKS = re.compile(r"pw~|\b(?:basic|bearer) [\w+/=.~-]{12}", re.IGNORECASE)
"""What every secret alone has in it, encoded as a header too."""


class Tag(NamedTuple):
    """What a secret or a user name says of itself.

    `kind` is `f` for what a source has for any user name, `d` for netrc's entry for every host, `o` for what belongs to
    an index, `u` for userinfo of a call's URL, `c` for a header or `auth=` of a call, `l` for userinfo of a `Location`.
    """

    scheme: str
    host: str
    port: str
    kind: str
    serial: str

    def is_for(self, realm: Realm) -> bool:
        """Return whether a realm bears this name."""
        own = (realm.scheme, _host(realm.host), str(realm.port))
        return all(mine in (ANY, theirs) for mine, theirs in zip(self[:3], own))

    def __str__(self) -> str:
        """Return it as written in a secret."""
        return f"{self.scheme}~{_host(self.host)}~{self.port}~{self.kind}{self.serial}"


class Login(NamedTuple):
    """A user name and a password, or a token."""

    user: str
    password: str

    @property
    def userinfo(self) -> str:
        """Return it as written in a URL."""
        return f"{quote(self.user, safe='')}:{quote(self.password, safe='')}"

    @property
    def basic(self) -> str:
        """Return it as written in a header."""
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()


class Mint:
    """Makes secrets, no two alike."""

    def __init__(self) -> None:
        """Start counting."""
        self._count = itertools.count(1)

    def tag(self, realm: Realm, kind: str, serial: str | None = None) -> Tag:
        """Return a new tag for a realm."""
        return Tag(realm.scheme, realm.host, str(realm.port), kind, serial or str(next(self._count)))

    def login(self, realm: Realm, kind: str, serial: str | None = None, flourish: str = "") -> Login:
        """Return a new login for a realm; `flourish` goes behind the password."""
        return login(self.tag(realm, kind, serial), flourish)


def login(tag: Tag, flourish: str = "") -> Login:
    """Return the login with a tag."""
    return Login(f"us~{tag}", f"pw~{tag}{flourish}")


def read(header: str) -> Iterator[tuple[str, Tag]]:
    """Yield what each secret in an `Authorization` header says: user name and password, or a token."""
    scheme, _, rest = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            rest = base64.b64decode(rest).decode("utf-8", "replace")
        except binascii.Error:
            return
    for match in _TAG.finditer(rest):
        what, *tag = match.groups()
        yield what, Tag(*tag)


def shown(header: str | None) -> str:
    """Return a header as a person reads it."""
    if header is None:
        return "bare"
    scheme, _, rest = header.partition(" ")
    return base64.b64decode(rest).decode("utf-8", "replace") if scheme.lower() == "basic" else header


def _host(host: str) -> str:
    return host.replace(":", "_")  # a user name has no colon
