"""What `~` stands for."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
from platformdirs import windows

from requests_indexauth.util.paths import expand_user, file_above, roaming_folder
from support.platforms import pretend_windows

if TYPE_CHECKING:
    from pathlib import Path

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="HOME decides on Unix")


@on_unix
def test_home_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    """As everywhere on Unix."""
    monkeypatch.setenv("HOME", "/some/where")
    assert expand_user("~/x") == "/some/where/x"


@on_unix
def test_an_empty_home_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """uv takes the user's own folder then; a secret must not land in `/`."""
    import pwd

    monkeypatch.setenv("HOME", "")
    assert expand_user("~/x") == f"{pwd.getpwuid(os.getuid()).pw_dir}/x"


@on_unix
def test_an_unknown_user(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a container there may be no such user: then there is no home, and nothing to expand."""
    monkeypatch.setenv("HOME", "")
    monkeypatch.setattr(os, "getuid", lambda: 4_000_000)
    assert expand_user("~/x") == "~/x"


def test_on_windows_an_expanded_path_has_backslashes_alone(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """As messages there show it."""
    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(os.path, "expanduser", lambda path: path.replace("~", r"C:\users\me"))
    assert expand_user("~/.uv/auth") == r"C:\users\me\.uv\auth"


def test_windows_variable_for_settings_counts_where_it_is_a_whole_path(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    """Else the system is asked."""
    asked = pretend_windows(monkeypatch, home)
    for value, expected in ((str(home / "x"), home / "x"), ("x", asked), ("", asked)):
        monkeypatch.setenv("APPDATA", value)
        assert roaming_folder() == str(expected)


@pytest.mark.parametrize("error", [KeyError("HKEY"), ValueError("NULL"), OSError("registry")])
def test_where_windows_does_not_tell_the_home_folder_has_the_settings(
    monkeypatch: pytest.MonkeyPatch, home: Path, error: Exception
) -> None:
    """And where there is no home folder, nothing has."""

    def fails(_name: str) -> str:
        raise error

    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(windows, "get_win_folder", fails)
    assert roaming_folder() == str(home / "AppData" / "Roaming")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)
    assert roaming_folder() is None


def test_a_file_above_a_path_is_found_wherever_it_is(home: Path) -> None:
    """Folders above, and nothing at all, are in nobody's way."""
    (home / "file").write_text("")
    (home / "folder").mkdir()
    for path in ("file/x", "file/x/y/z"):
        assert file_above(str(home / path)) == str(home / "file")
    for path in ("file", "folder/x", "x", "x/y/z"):
        assert file_above(str(home / path)) is None
    assert file_above("x") is None
    assert file_above("there/is/none") is None


def test_a_path_without_anything_above_has_no_file_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a drive of Windows that is not there."""
    monkeypatch.setattr(os.path, "exists", lambda _path: False)
    assert file_above(os.path.abspath("x")) is None  # noqa: PTH100
