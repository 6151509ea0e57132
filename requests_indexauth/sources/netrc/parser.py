"""The text of a netrc file, read alike on every Python.

It reads what Python 3.11 reads (double quotes, backslash escapes, comments, macros); 3.9 and 3.10 refuse some of it. It
also reads what curl, ftp and uv read and Python 3.11 does not: a comment without a blank behind its ``#`` or after an
empty line, and a macro that ends with the file.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from ...models.credentials import MASK, Secret
from ...models.url import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterator

# A bare word includes the blank behind it, so that the lines after ``macdef NAME`` start in the right place.
_WORD = re.compile(
    r"""[ \t\n]* (?: "(?P<quoted>(?:[^"\\]|\\.)*) (?:"|\\?\Z) | (?P<bare>(?:[^ \t\n\\]|\\.)+) (?:[ \t\n]|\\?\Z) )""",
    re.DOTALL | re.VERBOSE,
)
_ESCAPE = r"(?s)\\(.)"
_FIELDS = {"login": "login", "user": "login", "password": "password", "account": None}  # no server asks for it


class NetrcSyntaxError(ValueError):
    """The text is no netrc file.

    Attributes:
        line: where, counted from 1.
        reason: what is wrong; it quotes nothing of the file, whose words may be passwords.

    """

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"line {line}: {reason}")
        self.line = line
        self.reason = reason


class Entry:
    """What a file says of one machine; a missing field is empty."""

    __slots__ = ("line", "login", "password")

    def __init__(self, line: int) -> None:
        self.line = line
        self.login = self.password = Secret("")  # a login without password may be a token

    def __bool__(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.login or self.password)

    def __repr__(self) -> str:
        return f"<netrc entry, line {self.line}: {MASK}>"


class Netrc:
    """The entries of a file.

    Attributes:
        machines: by host name, lower case. Of several for one host the last counts, whole (as in uv and Python).
        repeated: all entries of a host that has several, in the file's order.
        default: the entry for every other host; ``None`` when there is none.

    """

    __slots__ = ("default", "machines", "repeated")

    def __init__(self) -> None:
        self.machines: dict[str, Entry] = {}
        self.repeated: dict[str, list[Entry]] = {}
        self.default: Entry | None = None


def parse_netrc(text: str) -> Netrc:
    """Read the text of a netrc file.

    Raises:
        NetrcSyntaxError: a word where none belongs, or ``machine`` without a name.

    """
    words = _Words(text.replace("\r\n", "\n").replace("\r", "\n"))
    netrc = Netrc()
    entry: Entry | None = None
    for keyword in words.keywords():
        if keyword == "machine":
            entry = Entry(words.line)
            host = words.value()
            if not host:
                raise NetrcSyntaxError(words.line, "'machine' without a name")
            host = _host_form(host)
            if host in netrc.machines:
                netrc.repeated.setdefault(host, [netrc.machines[host]]).append(entry)
            netrc.machines[host] = entry
        elif keyword == "default":
            netrc.default = entry = Entry(words.line)
        elif keyword == "macdef":
            entry = None
            words.skip_macro()
        elif entry is not None and keyword in _FIELDS:
            field, value = _FIELDS[keyword], Secret(words.value())
            if field is not None:
                setattr(entry, field, value)
        else:
            where = "outside an entry" if entry is None else "in an entry"
            raise NetrcSyntaxError(words.line, f"unknown word {where}")
    return netrc


def _host_form(name: str) -> str:
    """Return a host's name as it is looked up: lower case, and IDNA in place of Unicode."""
    if not name.isascii():
        with suppress(ValueError):  # then no request can be to it
            return parse_url(f"https://{name}/").realm.host
    return name.lower()


class _Words:
    """The words of a file, one after the other."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._end = 0
        self._start = 0
        self._counted = 0, 1

    @property
    def line(self) -> int:
        """The line the last word stands on."""
        start, line = self._counted
        self._counted = self._start, line + self._text.count("\n", start, self._start)
        return self._counted[1]

    def keywords(self) -> Iterator[str]:
        """Yield each word that stands where a keyword belongs; a comment goes on to the end of its line."""
        while (word := self._next()) is not None:
            if word.startswith("#"):
                self._end = self._line_end(self._start)
            else:
                yield word

    def value(self) -> str:
        """Return the next word, of any kind; an empty one at the end of the file."""
        return self._next() or ""

    def skip_macro(self) -> None:
        """Pass over a macro: its name, and the lines up to an empty one."""
        self._next()
        while self._end < len(self._text):
            start, self._end = self._end, self._line_end(self._end)
            if self._text[start] == "\n":
                return

    def _next(self) -> str | None:
        match = _WORD.match(self._text, self._end)
        if match is None:
            return None
        self._end = match.end()
        kind = "bare" if match["quoted"] is None else "quoted"
        self._start = match.start(kind)
        return re.sub(_ESCAPE, r"\1", match[kind])

    def _line_end(self, start: int) -> int:
        return self._text.find("\n", start) + 1 or len(self._text)
