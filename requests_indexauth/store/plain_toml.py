"""A quick reader for the store's file as uv and we write it; what it does not know is left to a TOML parser.

To import a TOML parser takes a fifth of the time of `indexauth token`.
"""

from __future__ import annotations

_TABLE = "[[credential]]"
_BLANK = " \t"


def plain_document(text: str) -> dict[str, object] | None:
    """Return what a TOML parser would return for a file of ``[[credential]]`` tables with plain strings.

    Args:
        text: the file's.

    Returns:
        The document; ``None`` where there is anything else in the file, a comment or an escape in a string too: then a
        parser has to say what that means, or what is wrong with it.

    """
    tables: list[dict[str, str]] = []
    for written in text.replace("\r\n", "\n").split("\n"):
        line = written.strip(_BLANK)
        if line == _TABLE:
            tables.append({})
        elif line:
            key, _, value = line.partition("=")
            key, value = key.rstrip(_BLANK), value.lstrip(_BLANK)
            known = bool(tables) and key not in tables[-1] and key.isascii() and key.isidentifier()
            if not known or not _is_plain(value):
                return None
            tables[-1][key] = value[1:-1]
    return {"credential": tables} if tables else {}


def _is_plain(value: str) -> bool:
    """Return whether a value is a string in double quotes that means what is written there."""
    quoted = len(value) > 1 and value[0] == value[-1] == '"' and value.count('"') == 2  # noqa: PLR2004
    return quoted and "\\" not in value and value.isprintable()
