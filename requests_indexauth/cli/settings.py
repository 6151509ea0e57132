"""The configuration, as a command line takes it: what is bad ends the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from ..config.settings import Settings, discover

if TYPE_CHECKING:
    from ..errors import ConfigError


def settings() -> Settings:
    """Return what variables and files say.

    Raises:
        ConfigError: one of them has a bad value.

    """
    return discover(refuse)


def refuse(error: ConfigError) -> NoReturn:
    """End the command: what is handed every bad value here."""
    raise error
