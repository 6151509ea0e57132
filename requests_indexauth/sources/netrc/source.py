"""The user's netrc file, by host name."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING, Callable, NamedTuple

from ...errors import SourceError
from ...models.credentials import MASK, Credentials
from ...models.query import Query
from ...util.files import read_file
from ..base import Answer, Missed, Warn, blaming
from ..cached import FileSource
from .parser import Entry, Netrc, NetrcSyntaxError, parse_netrc

if TYPE_CHECKING:
    from collections.abc import Iterable


_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_HOST = r"[\w.-]+(:\d{1,5})?|\[?[0-9a-fA-F:.]+\]?(:\d{1,5})?"


DEFAULT = "this is its `default` entry, which is for every host that has none of its own"
"""What `NetrcSource.noted` says of an answer that is not the host's own."""


class NetrcSource(FileSource["_File"]):
    """``$NETRC`` (``~`` expanded) if that file exists, else ``~/.netrc``; on Windows ``~/_netrc`` too.

    A host's entry counts for every port and scheme, as in ``requests`` and uv. A given user name must be the entry's
    login. The ``default`` entry is for hosts of configured indexes and for hosts that answered 401, and never for
    one a redirect led to: a stranger must not collect it.

    Args:
        warn: takes a warning.
        enabled: whether the source is on, asked each time; ``requests`` wants ``trust_env`` heeded when it changes.

    """

    name = "netrc"

    def __init__(self, warn: Warn, enabled: Callable[[], bool] = lambda: True) -> None:
        super().__init__(warn, _read, _path)
        self._enabled = enabled

    def skipped(self, query: Query) -> str | None:  # noqa: ARG002 - it is the session that decides
        """Return why netrc is not read: it is switched off."""
        return None if self._enabled() else "switched off (netrc=False, or the session has trust_env = False)"

    def find(self, query: Query) -> Answer | None:
        """Return the entry's login and password, or ``None``.

        Raises:
            SourceError: the file cannot be read or understood, or the entry cannot be put in a header.

        """
        file = self._file()
        entry = _entry(file.netrc, query)
        if entry is None or query.username not in (None, entry.login):
            return None
        with blaming(f"{self.name}: {file.path}, line {entry.line}"):
            return Answer(Credentials.basic(entry.login or None, entry.password))

    def missed(self, query: Query) -> Missed:
        """Say that there is no file, whose the host's entry is, or which hosts have one."""
        file = self._file()
        if file.path is None:
            return Missed("there is no such file")
        entry = _entry(file.netrc, query)
        if hidden := self._hidden(query):
            return Missed(hidden, "hidden")
        if entry is not None:
            whose = repr(str(entry.login)) if entry.password else MASK
            return Missed(f"{file.path}, line {entry.line} is for the user {whose}", "user")
        if not file.netrc.machines:
            return Missed(f"{file.path} has no entry")
        names = _nearest(query.realm.host, file.netrc.machines)
        but = f", but for {', '.join(names)}" if names else ""
        # What stands there instead of a host may be a URL with its password: it is not quoted.
        hint = "" if names else ": `machine` takes a host, without scheme, path and user"
        return Missed(f"{file.path} has no entry for {query.realm.host}{but}{hint}", "place")

    def noted(self, query: Query) -> str:
        """Say that it is `default`; or that the host has several entries: a wrong one may be a forgotten one."""
        file = self._file()
        if _entry(file.netrc, query) is file.netrc.default:
            return DEFAULT
        entries = _repeated(file.netrc, query.realm.host)
        if not entries or _entry(file.netrc, query) is not entries[-1]:
            return ""
        return f"{_only_last_counts(file, query, entries)}: remove what is out of date"

    def _hidden(self, query: Query) -> str:
        """Say that the given user has a login, which another one for the same host hides; empty where none has."""
        file = self._file()
        entries = _repeated(file.netrc, query.realm.host)
        hidden = [entry.line for entry in entries[:-1] if entry.login == query.username]
        if not hidden:
            return ""
        counts = _only_last_counts(file, query, entries)
        return f"{counts}: move the entry of line {hidden[-1]} behind the others, or remove them"

    def _file(self) -> _File:
        return self._cached.get((os.environ.get("NETRC"), os.path.expanduser("~")))  # noqa: PTH111 - no import of pathlib


class _File(NamedTuple):
    path: str | None
    netrc: Netrc


def _entry(netrc: Netrc, query: Query) -> Entry | None:
    host = query.realm.host
    # curl and Python write IPv6 bare, uv in brackets
    entry = netrc.machines.get(host) or netrc.machines.get(f"[{host}]")
    if not entry and not query.cross_realm and (query.index is not None or query.challenged):
        entry = netrc.default
    return entry or None


def _repeated(netrc: Netrc, host: str) -> list[Entry]:
    """Return the entries of a host that has several, in the file's order."""
    return netrc.repeated.get(host) or netrc.repeated.get(f"[{host}]") or []


def _only_last_counts(file: _File, query: Query, entries: list[Entry]) -> str:
    lines = [str(entry.line) for entry in entries]
    return (
        f"{file.path} has logins for {query.realm.host} on lines {', '.join(lines[:-1])} and {lines[-1]}, of which "
        "only the last counts"
    )


def _nearest(host: str, names: Iterable[str]) -> list[str]:
    """Return up to three hosts, the one most like a host first: often only a port or a capital is too much."""
    from difflib import SequenceMatcher  # noqa: PLC0415 - only to explain

    hosts = [name for name in names if re.fullmatch(_HOST, name)]
    return sorted(hosts, key=lambda name: -SequenceMatcher(None, host, name.lower()).ratio())[:3]


def _path() -> str | None:
    """Return the file to read: the first of the places that exists."""
    home = f"~{os.sep}"  # a slash would do on Windows, but look odd in a message
    places = [os.environ.get("NETRC", ""), f"{home}.netrc"]
    if sys.platform == "win32":
        places.append(f"{home}_netrc")
    for place in places:
        path = os.path.expanduser(place)  # noqa: PTH111
        if place and os.path.exists(path):  # noqa: PTH110
            return path
    return None


def _read() -> _File:
    path = _path()
    if path is None:
        return _File(None, Netrc())
    try:
        return _File(path, parse_netrc(_text(read_file(path)[0])))
    except OSError as error:
        message = f"netrc: {path}: {error.strerror}: make it readable or remove it"
    except NetrcSyntaxError as error:
        message = f"netrc: {path}, {error}: correct the file"
    raise SourceError(message)


def _text(raw: bytes) -> str:
    """Decode a file: UTF-8, with or without a byte order mark, else Latin-1, which takes any byte.

    Raises:
        NetrcSyntaxError: it begins with the byte order mark of UTF-16, which no reader of netrc files takes.

    """
    if raw.startswith(_UTF_16):
        message = "the text is UTF-16, as PowerShell writes it, and has to be UTF-8"
        raise NetrcSyntaxError(1, message)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
