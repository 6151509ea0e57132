"""Put the settings of uv and pip together: their variables and files, in the order in which they read them."""

from __future__ import annotations

from typing import NamedTuple

from ..models.index import Index
from ..util.paths import working_folder
from .definitions import OnError, merge_definitions
from .files import config_files
from .misspelt import tell_of_misspelt_keys
from .pip import pip_definitions
from .store_folder import auth_cache_dir
from .toml import UvFile
from .uv import index_tables, keyring_provider, legacy_keys, pip_sections_first, variable_definitions


class Settings(NamedTuple):
    """What `discover` found.

    Attributes:
        indexes: in order of precedence; of two with one root the first has everything that is set for that root.
        keyring_provider: ``"disabled"``, ``"subprocess"``, ``"import"`` or ``"auto"``; ``None`` when nothing says.
        store_folder: the folder of the credential store by ``auth-cache-dir``, absolute; ``None`` for uv's own place.
        project: the files that define the project's indexes, where it has settings of this package's own; else empty.
        own: these settings of the project, its ``[tool.requests-indexauth]``; ``None`` when it has none.
        read_own: whether the user's file of such settings counts.

    """

    indexes: tuple[Index, ...]
    keyring_provider: str | None
    store_folder: str | None = None
    project: tuple[UvFile, ...] = ()
    own: UvFile | None = None
    read_own: bool = True


def discover(on_error: OnError) -> Settings:
    """Read variables and files, now: uv's first, then pip's.

    A project's files are looked for from the working folder; ``UV_WORKING_DIR`` and ``UV_PROJECT`` lead elsewhere from
    there, as in uv.

    Args:
        on_error: called with a `ConfigError` without secrets for each bad value; when it returns, that value is left
            out.

    Returns:
        The indexes that have an http(s) URL; a local one needs no authentication.

    """
    cwd = working_folder()
    files = config_files(cwd, on_error)
    sections = pip_sections_first(files.settings, on_error)
    tell_of_misspelt_keys(sections, on_error)
    definitions = [
        *variable_definitions(),
        *index_tables(files.settings, on_error),
        *index_tables(files.members, on_error, members=True),
        *legacy_keys(sections, on_error),
        *pip_definitions(cwd, on_error),
    ]
    return Settings(
        merge_definitions(definitions, on_error),
        keyring_provider(sections, on_error),
        auth_cache_dir(files.settings, on_error),
        () if files.own is None else (*filter(None, [files.project]), *files.members),
        files.own,
        files.read_own,
    )
