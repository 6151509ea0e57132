"""The precedence: the sources of credentials after the request itself, first to last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable

from .sources.environment import EnvironmentSource
from .sources.index_url import IndexUrlSource
from .sources.keyring import KeyringSource
from .sources.known_hosts import KnownHostsSource
from .sources.native import NativeSource
from .sources.netrc import NetrcSource
from .sources.prompt import PromptSource
from .sources.pypirc import PypircSource
from .sources.store import StoreSource

if TYPE_CHECKING:
    from .sources.base import Source, Warn
    from .sources.prompt import Prompt


def make_chain(
    warn: Warn,
    *,
    netrc: Callable[[], bool],
    store: bool,
    keyring_provider: Callable[[], str],
    prompt: Prompt | None,
) -> list[Source]:
    """Return the sources in the order they are asked."""
    return [
        EnvironmentSource(warn),
        IndexUrlSource(warn),
        KnownHostsSource(warn),
        NetrcSource(warn, netrc),
        StoreSource(warn, enabled=store),
        NativeSource(warn, enabled=store),
        PypircSource(warn),
        KeyringSource(warn, keyring_provider),
        PromptSource(warn, prompt),
    ]
