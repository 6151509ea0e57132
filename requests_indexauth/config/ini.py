"""Ini files (pip's configuration and ``.pypirc``), parsed by ``configparser``, whose messages quote the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from configparser import RawConfigParser


class IniSyntaxError(ValueError):
    """The text is no ini file; the message quotes nothing of it.

    Attributes:
        line: where, counted from 1; ``None`` when ``configparser`` does not say.

    """

    def __init__(self, line: int | None) -> None:
        super().__init__("not an ini file")
        self.line = line


def parse_ini(text: str) -> RawConfigParser:
    """Parse the text of an ini file, without interpolation.

    Raises:
        IniSyntaxError: it is no ini file, or has a section or a key twice.

    """
    import configparser  # noqa: PLC0415 - worth its time only when there is a file

    parser = configparser.RawConfigParser()
    try:
        parser.read_string(text)
    except configparser.Error as error:
        lines = [line for line, _ in getattr(error, "errors", [])]
        line = getattr(error, "lineno", None) or (lines[0] if lines else None)
    else:
        return parser
    raise IniSyntaxError(line)  # out here: the error of configparser would be its context
