"""The order in which sources are asked, after the request itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .environment import EnvironmentSource
from .helper.source import HelperSource
from .index_url import IndexUrlSource
from .keyring.source import KeyringSource
from .known_hosts import KnownHostsSource
from .native import NativeSource
from .netrc.source import NetrcSource
from .pypirc import PypircSource
from .store import StoreSource

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.settings import Settings
    from ..models.choices import Ask
    from ..models.helper import Helpers
    from ..models.index import Index
    from .base import Source, Warn
    from .prompt import PromptSource


def make_chain(  # noqa: PLR0913 - an argument for each option of the sources
    warn: Warn,
    *,
    netrc: Callable[[], bool],
    store: bool,
    indexes: Callable[[], Iterable[Index]],
    store_folder: Callable[[], str | None],
    settings: Callable[[], Settings],
    helper: Helpers | None,
    keyring_provider: Callable[[], str],
    functions: Iterable[Ask],
    prompt: PromptSource,
) -> list[Source]:
    """Return the sources in the order they are asked."""
    return [
        EnvironmentSource(warn, indexes),
        IndexUrlSource(warn),
        KnownHostsSource(warn),
        *_functions(warn, functions),
        NetrcSource(warn, netrc),
        StoreSource(warn, enabled=store, folder=store_folder),
        NativeSource(warn, enabled=store),
        PypircSource(warn),
        HelperSource(warn, settings, helper),
        KeyringSource(warn, keyring_provider),
        prompt,
    ]


def _functions(warn: Warn, functions: Iterable[Ask]) -> Iterable[Source]:
    if not functions:
        return ()
    from .function import function_sources  # noqa: PLC0415 - few programs have any

    return function_sources(warn, functions)
