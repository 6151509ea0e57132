"""Read pip's settings for connections and keyring from its variables and files, as ``pip install`` does."""

from __future__ import annotations

import os
from typing import NamedTuple

from ..errors import ConfigError
from ..models.choices import FALSE, TRUE
from ..models.credentials import Secret
from .definitions import OnError
from .pip import Values, pip_values

_KEYS = ("cert", "client-cert", "proxy", "trusted-host", "keyring-provider", "no-input", "use-deprecated")
_SECTIONS = ("", "install", "global")
"""The sections that ``pip install`` reads, the strongest first; a variable is in the one without a name."""
PIP_PROVIDERS = ("auto", "disabled", "import", "subprocess")
"""What pip's ``keyring-provider`` may be; the first is pip's default."""


class Setting(NamedTuple):
    """One setting: its value, which may hold a password, and the file and key, or the variable, it is from."""

    text: Secret
    origin: str


class PipSettings(NamedTuple):
    """The settings of pip for its connections and its keyring; ``None`` where not set.

    Attributes:
        cert: the file of certificates to trust.
        client_cert: the file with the client's certificate and key.
        proxy: the proxy for http and https.
        trusted_hosts: the hosts (``host`` or ``host:port``) whose certificates are not checked.
        keyring_provider: one of `PIP_PROVIDERS`.
        asks: whether pip may prompt: not with ``no-input``.
        old_certificates: whether pip leaves the system's certificates alone (``use-deprecated = legacy-certs``).

    """

    cert: Setting | None = None
    client_cert: Setting | None = None
    proxy: Setting | None = None
    trusted_hosts: tuple[Setting, ...] = ()
    keyring_provider: Setting | None = None
    asks: bool = True
    old_certificates: bool = False


def pip_settings(cwd: str, on_error: OnError) -> PipSettings:
    """Read pip's files and variables, now.

    Args:
        cwd: the working folder, from which relative files are named.
        on_error: called with the error of each bad value; when it returns, that value counts as not set.

    """
    values = pip_values(cwd, _KEYS, on_error)
    provider = _one(values, "keyring-provider")
    if provider is not None and provider.text not in PIP_PROVIDERS:
        on_error(ConfigError(f"{provider.origin}: must be one of {', '.join(PIP_PROVIDERS)}: correct it"))
        provider = None
    hosts, no_input, deprecated = (_one(values, key) for key in ("trusted-host", "no-input", "use-deprecated"))
    if no_input is not None and no_input.text.lower() not in TRUE | FALSE:
        on_error(ConfigError(f"{no_input.origin}: must be true or false: correct it"))
    return PipSettings(
        _file(_one(values, "cert"), cwd),
        _file(_one(values, "client-cert"), cwd),
        _one(values, "proxy"),
        () if hosts is None else tuple(Setting(Secret(host), hosts.origin) for host in hosts.text.split()),
        provider,
        no_input is None or no_input.text.lower() not in TRUE,
        deprecated is not None and "legacy-certs" in deprecated.text.split(),
    )


def _one(values: Values, key: str) -> Setting | None:
    """Return the strongest value of a key; an empty value counts as not set, as in pip."""
    found = (values[section, key] for section in _SECTIONS if (section, key) in values)
    return next((Setting(Secret(text.strip()), origin) for origin, text in found if text.strip()), None)


def _file(setting: Setting | None, cwd: str) -> Setting | None:
    """Return a setting with the whole path of the file it names."""
    if setting is None:
        return None
    path = os.path.join(cwd, os.path.expanduser(str(setting.text)))  # noqa: PTH111, PTH118 - as in `pip`
    return setting._replace(text=Secret(path))
