"""Where an index takes uploads: the ``publish-url`` of its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..errors import ConfigError
from ..models.credentials import Secret
from ..models.url import parse_url
from ..util.paths import working_folder
from .files import config_files

if TYPE_CHECKING:
    from .definitions import OnError


class PublishUrl(NamedTuple):
    """What the definition of an index says about uploads.

    Attributes:
        where: the file and line of the definition, for messages.
        url: as written there; ``None`` without one.

    """

    where: str
    url: str | None


def publish_url(name: str, on_error: OnError) -> PublishUrl | None:
    """Return what the nearest definition of an index of that name says; ``None`` where no file has one.

    Args:
        name: the index's.
        on_error: is handed every bad value, as a `ConfigError` without secrets.

    """
    files = config_files(working_folder(), on_error)
    for file in (*files.settings, *files.members):
        for place, table in file.tables("index", on_error):
            if table.get("name") == name:
                where = file.where(f"index[{place}]")
                return PublishUrl(where, _checked(table.get("publish-url"), where, on_error))
    return None


def _checked(url: object, where: str, on_error: OnError) -> str | None:
    if url is None:
        return None
    try:
        parse_url(url)  # type: ignore[arg-type] # what is no string is an error, too
    except (ValueError, TypeError):
        on_error(ConfigError(f"{where}.publish-url: must be an http(s) URL: correct it"))
        return None
    return Secret(url)
