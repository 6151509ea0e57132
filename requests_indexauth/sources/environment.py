"""Credentials out of environment variables: of a named index, of the publish URL, of PyPI and TestPyPI."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Callable, NamedTuple

from ..errors import SourceError
from ..models.credentials import MASK, TOKEN_USER, Credentials
from ..models.query import Query
from ..models.url import URL, parse_url
from ..store.service import DEFAULT_PUBLISH_URL, PYPI_DOMAIN, SERVICES
from .base import Answer, Source, Warn, blaming

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..models.index import Index
    from ..models.url import Realm

_PYPI_TOKENS = ("pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw")
"""What the tokens of PyPI and TestPyPI begin with: a macaroon says in its first bytes which site has made it."""


class _Group(NamedTuple):
    """What one group of variables says; ``variables`` is what a message may show of it."""

    variables: str
    username: str | None
    password: str | None

    def __repr__(self) -> str:
        return f"_Group({self.variables!r}, {MASK})"


class EnvironmentSource(Source):
    """The variables ``UV_INDEX_<NAME>_...`` of a named index and ``UV_PUBLISH_...`` of the publish URL.

    ``UV_INDEX_TOKEN_PYPI``, ``UV_INDEX_PYPI_...`` and those of TestPyPI need no configuration: they are for the upload
    URLs of these two, unless an index elsewhere has that name; then they are for that index.

    They are read each time, for a program may set them while it runs. An empty variable counts as unset, as in uv.

    Args:
        warn: takes a warning.
        indexes: returns the configured indexes.

    """

    name = "environment"
    preemptive = True

    def __init__(self, warn: Warn, indexes: Callable[[], Iterable[Index]] = lambda: ()) -> None:
        super().__init__(warn)
        self._indexes = indexes

    def skipped(self, query: Query) -> str | None:
        """Say so when the URL has no variables: neither of a named index, nor the publish URL, nor PyPI's."""
        if (query.index is not None and query.index.name) or is_publish_url(query) or self._service(query):
            return None
        return "no named index covers the URL"

    def preempts(self, realm: Realm) -> bool:
        """Say so of the realms of the publish URL and of PyPI's services."""
        url = _publish_url()
        return realm.host.endswith(PYPI_DOMAIN) or (url is not None and url.realm == realm)

    def find(self, query: Query) -> Answer | None:
        """Return what the variables say: a pair, ``__token__`` and a token, or a lone user name.

        A password without a user name takes the given one, else the one in the index's URL, else none (uv sends it
        with an empty user name). Variables of another user than the given one are no answer.

        A project's file chooses which URL is called ``pypi``, and where to publish. So a token that is PyPI's by its
        first bytes is sent to no other host, except this machine.

        Raises:
            SourceError: the value cannot be put in a header, a publish password has no user name, or a token of PyPI's
                is not for this host.

        """
        groups = _index_variables(query)
        if is_publish_url(query):
            groups += _publish_variables(query)
        service = self._service(query)
        if service is not None:
            groups += _variables_of(service, query.username)
        for group in groups:
            if query.username is not None and (group.username != query.username or group.password is None):
                continue
            if is_pypi_token_elsewhere(group.password, query.realm):
                message = f"{self.name}: {group.variables}: this is PyPI's token, which is not sent to {query.realm}"
                raise SourceError(message)
            with blaming(f"{self.name}: {group.variables}"):
                return Answer(Credentials.basic(group.username, group.password))
        return None

    def _service(self, query: Query) -> str | None:
        """Return the name of the service whose upload URL this is, if its variables are not another index's."""
        name = _service_at(query)
        if name is None or any(_is_elsewhere(index, name) for index in self._indexes()):
            return None
        return name


def variable_name(index_name: str) -> str:
    """Return ``<NAME>``: upper case, and an underscore for all but ASCII letters and digits (uv's rule).

    >>> variable_name("my-index.2")
    'MY_INDEX_2'
    """
    return "".join(char.upper() if char.isascii() and char.isalnum() else "_" for char in index_name)


def empty_variables(query: Query) -> list[str]:
    """Return the variables for a URL that are set but empty: they count as unset, which a person may not expect."""
    names = []
    if query.index is not None and query.index.name:
        name = variable_name(query.index.name)
        names += [f"UV_INDEX_{name}_USERNAME", f"UV_INDEX_{name}_PASSWORD", f"UV_INDEX_TOKEN_{name}"]
    if is_publish_url(query):
        names += ["UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD", "UV_PUBLISH_TOKEN"]
    return [name for name in names if os.environ.get(name) == ""]


def index_variables_set(query: Query) -> list[str]:
    """Return the variables with a secret for some named index, where no named index covers the URL."""
    if query.index is not None and query.index.name:
        return []
    wanted = re.compile("UV_INDEX_(?:TOKEN_.+|.+_PASSWORD)")
    return sorted(name for name, value in os.environ.items() if value and wanted.fullmatch(name))[:3]


def _index_variables(query: Query) -> list[_Group]:
    if query.index is None or not query.index.name:
        return []
    own = query.index.credentials
    configured = own.username if own is not None else None
    return _variables_of(query.index.name, query.username or configured)


def _variables_of(index_name: str, default_user: str | None) -> list[_Group]:
    name = variable_name(index_name)
    return _groups(f"UV_INDEX_{name}_", f"UV_INDEX_TOKEN_{name}", default_user)


def _service_at(query: Query) -> str | None:
    """Return the name of the service whose upload URL a request is to; its credentials are for nothing else there."""
    host = query.realm.host
    if not host.endswith(PYPI_DOMAIN):
        return None
    urls = {name: parse_url(url) for name, url in SERVICES.items()}
    return next((name for name, url in urls.items() if (url.realm, url.path) == (query.realm, query.path)), None)


def _is_elsewhere(index: Index, name: str) -> bool:
    same = index.name is not None and variable_name(index.name) == variable_name(name)
    return same and not _is_pypis(index.realm)


def _is_pypis(realm: Realm) -> bool:
    return realm.host == PYPI_DOMAIN or realm.host.endswith(f".{PYPI_DOMAIN}")


def is_pypi_token_elsewhere(password: str | None, realm: Realm) -> bool:
    """Whether a password is PyPI's token by its first bytes, and the realm is neither PyPI's nor this machine."""
    belongs_there = realm.loopback or (_is_pypis(realm) and realm.scheme == "https")
    return password is not None and password.startswith(_PYPI_TOKENS) and not belongs_there


def _publish_variables(query: Query) -> list[_Group]:
    # Here an empty user name is one, where no other is given: some servers want a token with none (uv).
    default_user = query.username or os.environ.get("UV_PUBLISH_USERNAME")
    groups = _groups("UV_PUBLISH_", "UV_PUBLISH_TOKEN", default_user)
    if len(groups) == 1 and groups[0].username is None:  # uv refuses it too
        message = "environment: UV_PUBLISH_PASSWORD has no user name: set UV_PUBLISH_USERNAME too, or UV_PUBLISH_TOKEN"
        raise SourceError(message)
    url = _publish_url()
    if url is not None and (url.username or url.password):
        groups.append(_Group("UV_PUBLISH_URL", url.username, url.password))
    return [group for group in groups if group.username is not None]


def _groups(prefix: str, token_variable: str, default_user: str | None) -> list[_Group]:
    """Return what is set, complete credentials first, so that a lone user name does not hide a token."""
    user_variable, password_variable = f"{prefix}USERNAME", f"{prefix}PASSWORD"
    username, password, token = (os.environ.get(name) for name in (user_variable, password_variable, token_variable))
    groups = []
    if password:
        variables = f"{user_variable} and {password_variable}" if username else password_variable
        groups.append(_Group(variables, username or default_user, password))
    if token:
        groups.append(_Group(token_variable, TOKEN_USER, token))
    if username and not password:
        groups.append(_Group(user_variable, username, None))
    return groups


def _publish_url() -> URL | None:
    try:
        return parse_url(os.environ.get("UV_PUBLISH_URL") or DEFAULT_PUBLISH_URL)
    except ValueError:
        return None  # no request can be to it


def is_publish_url(asked: Query | URL) -> bool:
    """Whether a request is to the publish URL itself: its variables are for nothing beside or below it."""
    url = _publish_url()
    return url is not None and url.realm == asked.realm and url.path == asked.path
