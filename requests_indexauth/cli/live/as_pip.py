"""``explain --for pip``: how pip would make the request, by pip's files and variables."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from ...config.pip_settings import PipSettings, Setting, pip_settings
from ...explain.network import shown_address
from ...explain.remedies import index_of
from ...explain.sign_in import is_index_page
from ...models.index import Index
from ...models.indexes import Indexes
from ...models.url import parse_url
from ...pip.options import provider_of
from ...util.paths import working_folder
from ..settings import refuse
from .options import RequestOptions

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from ...config.settings import Settings

_PATHS = ("cert", "client-cert")
SYSTEM_CERTIFICATES = (24, 2)
"""The first pip that trusts what the system trusts; older ones trust only the authorities they come with."""


class AsPip:
    """The settings of pip that count for a URL.

    Args:
        url: what is explained.
        settings: what is configured for all programs.
        keyring_provider: stands for pip's option ``--keyring-provider``; ``None``: what pip's settings say.

    Raises:
        ConfigError: one of pip's settings has a bad value.

    """

    def __init__(self, url: str, settings: Settings, keyring_provider: str | None) -> None:
        self._url = url
        self._pip = pip_settings(working_folder(), refuse)
        self._given = keyring_provider
        self.indexes = tuple(_command_line_index(url, settings))
        given = keyring_provider or _text(self._pip.keyring_provider) or "auto"
        configured = settings.keyring_provider if given == "auto" else None
        self._from_uv = configured is not None
        self.keyring_provider = provider_of(given, configured, prompting=self._pip.asks)

    def __str__(self) -> str:
        """The settings for people, each with the file or variable it is from."""
        shown = [f"{name} {_shown(name, one)} ({one.origin})" for name, one in _named(self._pip)]
        return "; ".join([*shown, f"keyring-provider {self.keyring_provider} ({self._provider_origin()})"])

    def _provider_origin(self) -> str:
        if self._from_uv:
            return "uv's configuration, since pip has its default"
        if self._given is not None:
            return "--keyring-provider"
        setting = self._pip.keyring_provider
        if setting is not None:
            return setting.origin
        return "pip's default" if self._pip.asks else "pip's default with no-input"

    def live_options(self) -> RequestOptions:
        """Return how pip would send the request."""
        pip = self._pip
        hosts = [str(one.text) for one in pip.trusted_hosts]
        return RequestOptions(
            _text(pip.cert),
            _text(pip.client_cert),
            _text(pip.proxy),
            tuple(prefix for host in hosts for prefix in _prefixes(host)),
            None if pip.old_certificates else _system_certificates(),
            {name: one.origin for name, one in _named(pip)},
            self._passed_over(hosts),
        )

    def _passed_over(self, hosts: list[str]) -> str | None:
        """Say why pip asks nothing at all: plain http to a host that is not trusted."""
        realm = parse_url(self._url).realm
        if not realm.insecure or {"*", realm.host, realm.netloc, f"{realm.host}:{realm.port}"} & set(hosts):
            return None
        return f"pip passes over {realm}: plain http, and the host is not in trusted-host"


def _command_line_index(url: str, settings: Settings) -> Iterator[Index]:
    """Yield the index that pip has from its command line, or by default, where no settings name one for the URL."""
    if is_index_page(url) and Indexes(settings.indexes).covering(parse_url(url)) is None:
        yield Index(index_of(url), origin="pip's --index-url: no setting names it")


def _named(pip: PipSettings) -> Iterator[tuple[str, Setting]]:
    """Yield the settings that say how pip connects, where they are set."""
    named = (("cert", pip.cert), ("client-cert", pip.client_cert), ("proxy", pip.proxy))
    yield from ((name, one) for name, one in named if one is not None)
    yield from (("trusted-host", one) for one in pip.trusted_hosts)


def _shown(name: str, setting: Setting) -> str:
    """Return what a person may see of a setting's value: a path as it is, an address without userinfo."""
    return str(setting.text) if name in _PATHS else shown_address(str(setting.text))


def _text(setting: Setting | None) -> str | None:
    return None if setting is None else str(setting.text)


def _prefixes(host: str) -> Iterator[str]:
    """Yield how the URLs of a trusted host begin; without a port it is trusted at all of them."""
    yield f"https://{host}/"
    if ":" not in host.rpartition("]")[2]:
        yield f"https://{host}:"


def _system_certificates() -> ssl.SSLContext | None:
    """Return pip's TLS settings, which trust what the system trusts; ``None`` where this pip does not."""
    if sys.version_info < (3, 10):
        return None
    try:
        version, truststore = import_module("pip").__version__, import_module("pip._vendor.truststore")
    except ImportError:
        return None
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < SYSTEM_CERTIFICATES:
        return None
    import ssl  # noqa: PLC0415 - only where pip is asked about

    context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return context
