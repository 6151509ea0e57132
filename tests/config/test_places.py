"""Where the files of uv are, for the user and for the system."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from requests_indexauth.config import files as config_files
from requests_indexauth.config import places
from support.configuration import write_files
from support.platforms import pretend_windows


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
@pytest.mark.parametrize(("value", "folder"), [("/x", "/x"), ("", "~/.config"), ("x", "~/.config")])
def test_user_file(monkeypatch: pytest.MonkeyPatch, home: Path, value: str, folder: str) -> None:
    """XDG_CONFIG_HOME counts when it is an absolute path, else ~/.config, on macOS too."""
    monkeypatch.setenv("XDG_CONFIG_HOME", value)
    assert places.user_config_file() == f"{folder.replace('~', str(home))}/uv/uv.toml"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert places.user_config_file() == f"{folder.replace('~', str(home))}/uv/uv.toml"


def test_user_file_on_windows(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> None:
    """On Windows it is APPDATA that counts, then what the system says; where nothing tells there is no such file."""
    system = pretend_windows(monkeypatch, home)
    monkeypatch.setenv("APPDATA", str(tmp_path))
    assert places.user_config_file() == str(tmp_path / "uv" / "uv.toml")
    monkeypatch.delenv("APPDATA")
    assert places.user_config_file() == str(system / "uv" / "uv.toml")
    monkeypatch.setattr(places, "roaming_folder", lambda: None)
    assert places.user_config_file() is None
    assert config_files.read_uv_toml(None, print) is None


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
def test_system_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first of XDG_CONFIG_DIRS that has a file counts, and no other; else the one below /etc."""
    write_files(tmp_path, {"b/uv/uv.toml": "", "c/uv/uv.toml": ""})
    monkeypatch.setenv("XDG_CONFIG_DIRS", ":".join(str(tmp_path / name) for name in "abc"))
    assert places.system_config_file() == str(tmp_path / "b" / "uv" / "uv.toml")
    seen: list[str] = []
    monkeypatch.setattr(os.path, "isfile", seen.append)
    monkeypatch.setenv("XDG_CONFIG_DIRS", "")
    assert places.system_config_file() is None
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/x:/y")
    assert places.system_config_file() is None
    assert [Path(path).parts[1:-2] for path in seen] == [("etc", "xdg"), ("etc",), ("x",), ("y",), ("etc",)]


def test_system_file_on_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows it lies in ProgramData on the system's drive."""
    seen: list[str] = []
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("SYSTEMDRIVE", "S:")
    monkeypatch.setattr(os.path, "isfile", seen.append)
    assert places.system_config_file() is None
    assert seen == [os.path.join("S:\\ProgramData", "uv", "uv.toml")]  # noqa: PTH118 - as the code does it
