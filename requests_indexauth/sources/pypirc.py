"""The user's ``.pypirc``: the package indexes that distutils and twine upload to."""

from __future__ import annotations

import os
import re
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from ..config.ini import IniSyntaxError, parse_ini
from ..errors import SourceError
from ..models.credentials import TOKEN_USER, Credentials
from ..models.query import Query
from ..models.url import Realm, covers, parse_url, root_path
from ..store.service import SERVICES
from ..util.files import read_file
from .base import INSECURE, Answer, Warn
from .cached import FileSource

if TYPE_CHECKING:
    from configparser import RawConfigParser


_SHARED = "server-login"
# A document that has lost its indentation prints the names in `index-servers` like keys without a value.
_DISTUTILS = r"(?ms)^\[distutils\].*?(?=^\[|\Z)"
_NAME = r"(?m)^[\w.-]+[ \t]*$"


class PypircSource(FileSource["list[_Section]"]):
    """``~/.pypirc``: a section's user name and password, for its ``repository`` and everything below it.

    The sections are those that ``[distutils] index-servers`` lists, and ``pypi`` and ``testpypi``, which need no
    ``repository``. The user name and password of a ``[server-login]`` stand in for those that a section lacks, as for
    twine; PyPI's needs no section then. The most specific one counts. A section without password names a user for the
    sources after it.
    """

    name = ".pypirc"

    def __init__(self, warn: Warn) -> None:
        super().__init__(warn, self._read, _path)

    def skipped(self, query: Query) -> str | None:
        """Return why the file is not asked: a password would go over the network in the clear."""
        return INSECURE if query.realm.insecure else None

    def find(self, query: Query) -> Answer | None:
        """Return the credential of the most specific section, or ``None``.

        If two users have one for the same repository and no user name is given, there is no answer but a warning.

        Raises:
            SourceError: the file cannot be read or understood.

        """
        sections = [section for section in self._cached.get(_path()) if section.answers(query)]
        longest = max((len(section.root) for section in sections), default=0)
        users = {section.credentials.username: section for section in sections if len(section.root) == longest}
        if len(users) > 1:
            names = " and ".join(sorted(f"[{section.name}]" for section in users.values()))
            self.warn(f"{self.name}: {_path()}: {names} have different users for one repository: give a user name")
            return None
        for section in users.values():
            return Answer(section.credentials, section.root or None)
        return None

    def _read(self) -> list[_Section]:
        path = _path()
        parser = _parse(path)
        listed = parser.get("distutils", "index-servers", fallback=" ".join(SERVICES)).split()
        shared = {key: parser.get(_SHARED, key, fallback=None) for key in ("username", "password")}
        login = {key: value for key, value in shared.items() if value}
        sections = []
        for name in dict.fromkeys([*listed, *SERVICES]):
            own = dict(parser[name]) if parser.has_section(name) else None
            if own is None and name in SERVICES and (name == "pypi" or name in listed):
                own = {}
            if own is not None:
                try:
                    sections.append(_section(name, {**login, **own}))
                except ValueError as error:  # its message quotes no secret
                    self.warn(f"{self.name}: {path}: in [{name}]: {error}; the section is skipped")
        return [section for section in sections if section.credentials.username or section.credentials.complete]


class _Section(NamedTuple):
    name: str
    realm: Realm
    root: str
    credentials: Credentials

    def answers(self, query: Query) -> bool:
        """Whether this is a credential for the URL and, where one is given, for the user."""
        if self.realm != query.realm or not covers(self.root, query.path):
            return False
        return query.username is None or (self.credentials.complete and self.credentials.username == query.username)


def _section(name: str, values: dict[str, str]) -> _Section:
    repository = values.get("repository") or SERVICES.get(name)
    if repository is None:
        message = "no repository"
        raise ValueError(message)
    try:
        url = parse_url(repository)
    except ValueError:  # its message quotes the value, which is a password when lines are mixed up
        message = "the repository is not an http(s) URL"
        raise ValueError(message) from None
    password = values.get("password") or url.password
    # PyPI takes tokens only, so twine wants no user name for it
    token_user = TOKEN_USER if name in SERVICES and password else None
    username = values.get("username") or url.username or token_user
    return _Section(name, url.realm, root_path(url.path), Credentials.basic(username, password))


def _path() -> str:
    return os.path.expanduser(f"~{os.sep}.pypirc")  # noqa: PTH111 - no import of pathlib for this


def _parse(path: str) -> RawConfigParser:
    """Parse the file; a missing one is empty."""
    try:
        text = StringIO(read_file(path)[0].decode("utf-8-sig"), newline=None).read()
        return parse_ini(re.sub(_DISTUTILS, lambda section: re.sub(_NAME, r" \g<0>", section[0]), text))
    except FileNotFoundError:
        return parse_ini("")
    except OSError as error:
        message = f".pypirc: {path}: {error.strerror}: make it readable or remove it"
    except UnicodeDecodeError:
        message = f".pypirc: {path}: not UTF-8: correct the file"
    except IniSyntaxError as error:
        where = f", line {error.line}" if error.line else ""
        message = f".pypirc: {path}{where}: not in the form [section], name = value, each once: correct the file"
    raise SourceError(message)
