"""The system a test runs on, and another one, as far as it can be pretended.

The places are given below a test's own home folder, with slashes.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import platformdirs
from platformdirs import macos, windows

from requests_indexauth.config import pip as config_pip
from requests_indexauth.store import lock  # noqa: F401 - it is for the system that it is first imported on

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

WINDOWS = sys.platform == "win32"

DATA = "AppData/Roaming/uv" if WINDOWS else ".local/share/uv"
"""Where uv keeps its data."""
STORE_FOLDER = f"{DATA}/credentials"
STORE = f"{STORE_FOLDER}/credentials.toml"
UV_CONFIG = "AppData/Roaming/uv" if WINDOWS else ".config/uv"
"""Where the user's ``uv.toml`` is."""
PIP_CONFIG = "AppData/Roaming/pip" if WINDOWS else ".config/pip"
OLD_PIP_CONFIG = "pip" if WINDOWS else ".pip"
"""Where older pips have the user's configuration, and newer ones look, too."""
PIP_FILE = "pip.ini" if WINDOWS else "pip.conf"


def is_in_home(place: str) -> bool:
    """Whether one of these places, or a file by its name, is below the home folder: others are the project's."""
    return place.startswith((".", "AppData"))


def pretend_windows(monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """Pretend to be on Windows, whose own answers lead to folders below ``home``.

    ``APPDATA`` is unset: a test that wants it sets it.

    Returns:
        The folder that the system gives for the user's settings.

    """
    settings = tell_folders(monkeypatch, home)
    monkeypatch.setattr(platformdirs, "PlatformDirs", windows.Windows)
    monkeypatch.setattr(config_pip, "_FILE", "pip.ini")
    monkeypatch.delenv("APPDATA", raising=False)
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setattr(sys, "platform", "win32")
    return settings


def tell_folders(monkeypatch: pytest.MonkeyPatch, home: Path) -> Path:
    """Have Windows itself, which pip asks in place of `APPDATA`, tell folders below ``home``.

    Returns:
        The one for the user's settings.

    """
    folders = {"CSIDL_APPDATA": home / "AppData" / "Roaming", "CSIDL_COMMON_APPDATA": home / "ProgramData"}
    monkeypatch.setattr(windows, "get_win_folder", lambda name: str(folders[name]))
    return folders["CSIDL_APPDATA"]


def pretend_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend to be on macOS."""
    monkeypatch.setattr(platformdirs, "PlatformDirs", macos.MacOS)
    monkeypatch.setattr(config_pip, "_FILE", "pip.conf")
    monkeypatch.setattr(sys, "platform", "darwin")
