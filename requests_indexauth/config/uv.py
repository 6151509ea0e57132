"""Read uv's keys from its variables and files: index definitions and the keyring provider.

uv's rules: lists add up, nearest file first; of single values the nearest wins; a key in any file's ``[pip]`` comes
before the same key outside. A ``pyproject.toml`` may use older words too, which uv no longer reads: ``index = "URL"``
and ``extra-index-urls``. uv refuses them in a ``uv.toml`` together with the whole file, so there they are mistakes.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..models.choices import PROVIDERS
from ..models.credentials import Secret
from ..models.url import parse_url
from .definitions import Definition, OnError, definition
from .toml import UvFile

if TYPE_CHECKING:
    from collections.abc import Iterator

_INDEX_KEYS: dict[str, type] = {"url": str, "name": str, "authenticate": str, "default": bool, "explicit": bool}


def variable_definitions() -> list[Definition]:
    """Return what the variables say, in order; an empty one is unset.

    What parts one value from the next is uv's choice: white space, but a comma in ``UV_FIND_LINKS``. Only
    ``UV_INDEX`` and ``UV_DEFAULT_INDEX`` know ``name=url``.
    """
    get = os.environ.get
    default = get("UV_DEFAULT_INDEX", "").strip()
    definitions = [_named_definition("UV_DEFAULT_INDEX", default)] if default else []
    definitions += [_named_definition("UV_INDEX", value) for value in get("UV_INDEX", "").split()]
    unnamed = {
        "UV_INDEX_URL": [get("UV_INDEX_URL", "")],
        "UV_EXTRA_INDEX_URL": get("UV_EXTRA_INDEX_URL", "").split(),
        "UV_FIND_LINKS": get("UV_FIND_LINKS", "").split(","),
    }
    definitions += [
        definition(variable, value) for variable, values in unnamed.items() for value in values if value.strip()
    ]
    return definitions


def index_tables(files: list[UvFile], on_error: OnError, *, members: bool = False) -> list[Definition]:
    """Return what the ``[[index]]`` tables say, nearest file first.

    Args:
        files: what to read.
        on_error: takes what is bad.
        members: whether the files are those of a workspace's members.

    """
    definitions: list[Definition] = []
    for file in files:
        if _is_older_index(file):
            continue
        for place, table in file.tables("index", on_error):
            try:
                definitions.append(_index_definition(file, place, table)._replace(member=members))
                publish_url_of(file, place, table)  # a bad one is reported with the other mistakes of the file
            except ConfigError as error:  # noqa: PERF203 - each may be bad by itself
                on_error(error)
    return definitions


def pip_sections_first(files: list[UvFile], on_error: OnError) -> list[UvFile]:
    """Return the tables where an older key may stand, in order: each file's ``[pip]``, then each file's top."""
    sections = (file.section("pip", on_error) for file in files)
    return [*(section for section in sections if section is not None), *files]


def legacy_keys(sections: list[UvFile], on_error: OnError) -> list[Definition]:
    """Return the definitions of the first ``index-url``, and of every ``extra-index-url`` and ``find-links``.

    The older words count beside theirs: ``index`` after ``index-url``, ``extra-index-urls`` after ``extra-index-url``.
    """
    definitions = []
    for section in sections:
        key = "index" if "index-url" not in section.table and _is_older_index(section) else "index-url"
        url = section.text(key, on_error)
        if url is not None:
            definitions.append(definition(section.where(key), url))
            break
    for keys in (("extra-index-url", "extra-index-urls"), ("find-links",)):
        for section in sections:
            for key in keys:
                if key != "extra-index-urls" or takes_older_words(section):
                    definitions += [definition(section.where(key), url) for url in section.texts(key, on_error)]
    return definitions


def takes_older_words(section: UvFile) -> bool:
    """Whether the older words count in a table: in the ``[tool.uv]`` of a ``pyproject.toml``."""
    return section.in_pyproject and not section.in_pip


def _is_older_index(section: UvFile) -> bool:
    return takes_older_words(section) and isinstance(section.table.get("index"), str)


def keyring_provider(sections: list[UvFile], on_error: OnError) -> str | None:
    """Return the provider that variable or files name; ``None`` when none does. An unknown word is passed over."""
    for origin, word in _named_providers(sections, on_error):
        if word in PROVIDERS:
            return PROVIDERS[word]
        if word is not None:
            on_error(ConfigError(f"{origin}: must be one of {', '.join(map(repr, PROVIDERS))}: correct it"))
    return None


def _named_providers(sections: list[UvFile], on_error: OnError) -> Iterator[tuple[str, str | None]]:
    yield "UV_KEYRING_PROVIDER", os.environ.get("UV_KEYRING_PROVIDER") or None
    for section in sections:
        yield section.where("keyring-provider"), section.text("keyring-provider", on_error)


def _named_definition(variable: str, value: str) -> Definition:
    """Take ``name=url`` apart: at the first equals sign, when no colon stands before it (uv's rule)."""
    name, equals, url = value.partition("=")
    if equals and ":" not in name:
        return definition(variable, url, name)
    return definition(variable, value)


def _index_definition(file: UvFile, place: int, table: dict[str, Any]) -> Definition:
    here = f"index[{place}]"
    for key, kind in _INDEX_KEYS.items():
        if not isinstance(table.get(key, kind()), kind):
            where = file.where(f"{here}.{key}", here)
            message = f"{where}: must be {'a string' if kind is str else 'true or false'}: correct it"
            raise ConfigError(message)
    if "url" not in table:
        message = f"{file.where(here)}: has no url: add one"
        raise ConfigError(message)
    return definition(file.where(here), table["url"], table.get("name"), table.get("authenticate"), table=True)


def publish_url_of(file: UvFile, place: int, table: dict[str, Any]) -> Secret | None:
    """Return the ``publish-url`` of an ``[[index]]`` table; ``None`` without one.

    Args:
        file: the file that has the table.
        place: which ``[[index]]`` of the file it is, counted from 0.
        table: what it says.

    Raises:
        ConfigError: it is not an http(s) URL. An upload finds its credentials by it.

    """
    if "publish-url" not in table:
        return None
    try:
        parse_url(table["publish-url"])
    except (ValueError, TypeError):
        where = file.where(f"index[{place}].publish-url", f"index[{place}]")
        message = f"{where}: must be an http(s) URL: correct it"
        raise ConfigError(message) from None
    return Secret(table["publish-url"])
