"""Read the configuration for a command; a bad value ends the command."""

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
    """End the command with the error of a bad value."""
    raise error
