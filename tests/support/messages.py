"""What a test server received and what it answers."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Optional, Union

if TYPE_CHECKING:
    from email.message import Message

# A decoded `Authorization`: ("basic", user, password), ("bearer", token), or any other scheme as ("scheme", rest).
Authorization = Optional[tuple[str, ...]]
Headers = Union[Mapping[str, str], Sequence[tuple[str, str]]]


def decode_authorization(value: str | None) -> Authorization:
    """Take an `Authorization` value apart, so that a test can compare it with a plain tuple."""
    if value is None:
        return None
    scheme, _, rest = value.partition(" ")
    if scheme.lower() != "basic":
        return (scheme.lower(), rest)
    try:
        user, _, password = base64.b64decode(rest, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return ("malformed", value)
    return ("basic", user, password)


@dataclass
class Request:
    """One request as it came over the wire; `status` is set just before the answer leaves."""

    method: str
    target: str
    headers: Message
    body: bytes
    client_port: int
    status: int | None = None

    @property
    def path(self) -> str:
        """Return the target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """Return what follows the question mark."""
        return self.target.partition("?")[2]

    @property
    def authorization(self) -> Authorization:
        """Return the decoded `Authorization` header, `None` where there was none."""
        return decode_authorization(self.headers["Authorization"])

    @property
    def user(self) -> str | None:
        """Return the Basic user name, `None` where there was none."""
        found = self.authorization
        return found[1] if found and found[0] == "basic" else None

    def __str__(self) -> str:
        """Return one short line for a failing assertion."""
        return f"{self.method} {self.target} {self.authorization} -> {self.status}"


@dataclass(frozen=True)
class Reply:
    """An answer. A body that is no `bytes` is sent in chunks, each flushed as the iterable yields it."""

    status: int = 200
    headers: Headers = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    close: bool = False  # end the connection after this answer
    hang_up: bool = False  # send nothing at all and drop the connection

    def header_items(self) -> list[tuple[str, str]]:
        """Return the headers as pairs, whichever way they were given."""
        return list(self.headers.items() if isinstance(self.headers, Mapping) else self.headers)


def text(body: str = "ok", status: int = 200) -> Reply:
    """Answer with a plain text."""
    return Reply(status, {"Content-Type": "text/plain; charset=utf-8"}, body.encode())


def refused(status: int = 401, challenge: str = 'Basic realm="index"') -> Reply:
    """Refuse; only a 401 carries the challenge."""
    return Reply(status, {"WWW-Authenticate": challenge} if status == HTTP_UNAUTHORIZED else {}, b"refused")


def redirect(location: str, status: int = 302) -> Reply:
    """Send the client elsewhere."""
    return Reply(status, {"Location": location})


HTTP_UNAUTHORIZED = 401
