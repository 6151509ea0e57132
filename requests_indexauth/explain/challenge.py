"""What a server asks for: the schemes of a ``WWW-Authenticate`` header."""

from __future__ import annotations

import re

OURS = frozenset({"basic", "bearer"})
"""The schemes a credential of ours can be sent by."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"?')
_SCHEME = re.compile(r"\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)(?:\s*\Z|\s+(?![\s=]))")


def schemes_of(challenge: str | None) -> tuple[str, ...]:
    """Return the schemes of a challenge, in order, as the server spells them (RFC 9110, section 11.6.1).

    Several headers count as one, joined by commas.

    >>> schemes_of('Digest realm="a, Basic b", nonce="c", Negotiate')
    ('Digest', 'Negotiate')
    """
    parts = _QUOTED.sub('""', challenge or "").split(",")
    found = (match[1] for match in map(_SCHEME.match, parts) if match is not None)
    return tuple(dict.fromkeys(found))


def foreign_schemes(challenge: str | None) -> tuple[str, ...]:
    """Return the schemes of a challenge that names neither Basic nor Bearer; empty for every other challenge."""
    schemes = schemes_of(challenge)
    return () if any(scheme.lower() in OURS for scheme in schemes) else schemes


def is_bearer_only(challenge: str | None) -> bool:
    """Whether a challenge names Bearer, and no other scheme."""
    return {scheme.lower() for scheme in schemes_of(challenge)} == {"bearer"}
