"""What stands in a helper's answer: an ``Authorization`` value and a time."""

from __future__ import annotations

import base64
import re
from datetime import datetime, timedelta, timezone

from ...models.credentials import Credentials, Secret

_RFC_3339 = re.compile(
    r"""(?ix) (\d{4}) - (\d\d) - (\d\d) [t ] (\d\d) : (\d\d) : (\d\d) (?: (\.\d{1,9}) \d* )?
    (?: z | ([+-]) (\d\d) : (\d\d) )""",
    re.ASCII,
)


def is_usable(value: str) -> bool:
    """Whether the scheme of an ``Authorization`` value is Basic or Bearer."""
    return value.strip(" ").partition(" ")[0].lower() in ("basic", "bearer")


def credentials_of(value: str) -> Credentials:
    """Return the credential that a usable ``Authorization`` value is made of.

    Raises:
        ValueError: it is not formed as its scheme has it, or no header can carry it. The message does not quote it.

    """
    value = Secret(value)  # an error shows this frame
    scheme, _, rest = map(Secret, value.strip(" ").partition(" "))
    rest = Secret(rest.strip(" "))
    if scheme.lower() == "bearer":
        return Credentials.bearer(rest)
    username, colon, password = map(Secret, _pair(rest).partition(":"))
    if not colon:
        message = "Basic is followed by the base64 of USER:PASSWORD, in UTF-8"
        raise ValueError(message)
    return Credentials.basic(username, password)


def _pair(encoded: str) -> str:
    """Decode base64 of UTF-8; return an empty text for anything else."""
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except ValueError:  # it holds what was decoded, so it may not be the context of ours
        return ""


def moment(text: object) -> float | None:
    """Return a time of RFC 3339 as seconds since the epoch; ``None`` for any other text.

    >>> moment("1970-01-01T01:00:30.5+01:00")
    30.5
    """
    match = _RFC_3339.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    east = timedelta(hours=int(match[9] or 0), minutes=int(match[10] or 0))
    try:  # a leap second is the one before it
        zone = timezone(-east if match[8] == "-" else east)
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone).timestamp() + float(match[7] or 0)
    except (ValueError, OverflowError):
        return None
