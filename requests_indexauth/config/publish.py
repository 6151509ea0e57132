"""Where an index takes uploads: the ``publish-url`` of its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..errors import ConfigError
from ..util.paths import working_folder
from .files import config_files
from .uv import publish_url_of

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
        on_error: called with a `ConfigError` without secrets for each bad value.

    """
    files = config_files(working_folder(), on_error)
    for file in (*files.settings, *files.members):
        for place, table in file.tables("index", on_error):
            if table.get("name") == name:
                try:
                    url = publish_url_of(file, place, table)
                except ConfigError as error:
                    on_error(error)
                    url = None
                return PublishUrl(file.where(f"index[{place}]"), url)
    return None
