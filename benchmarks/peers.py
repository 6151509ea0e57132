"""The other tools' authentication, made as they make it themselves."""

from __future__ import annotations

from typing import Any


def unearth_auth(indexes: list[str]) -> Any:
    """Return unearth's ``MultiDomainBasicAuth``."""
    from unearth.auth import MultiDomainBasicAuth  # noqa: PLC0415 - each process loads the peers it measures

    return MultiDomainBasicAuth(prompting=False, index_urls=indexes)


def poetry_authenticator(indexes: list[str]) -> Any:
    """Return poetry's ``Authenticator`` with a repository for each index; a password in a URL goes to its own place."""
    from urllib.parse import urlsplit  # noqa: PLC0415 - as above

    from poetry.config.config import Config  # noqa: PLC0415
    from poetry.utils.authenticator import Authenticator  # noqa: PLC0415

    repositories, passwords = {}, {}
    for number, index in enumerate(indexes):
        parts, name = urlsplit(index), f"team{number}"
        repositories[name] = {"url": parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()}
        if parts.password:
            passwords[name] = {"username": parts.username, "password": parts.password}
    config = Config()
    config.merge({"repositories": repositories, "http-basic": passwords})
    return Authenticator(config, disable_cache=True)


def pip_session(indexes: list[str], keyring: str = "disabled") -> Any:
    """Return a session of the pip in this environment, its own authentication in it."""
    from pip._internal.network.auth import MultiDomainBasicAuth  # noqa: PLC0415
    from pip._internal.network.session import PipSession  # noqa: PLC0415

    session = PipSession()
    session.auth = MultiDomainBasicAuth(prompting=False, index_urls=indexes)
    session.auth.keyring_provider = keyring  # pip 21.3 looks for none
    return session
