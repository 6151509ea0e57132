"""The credential manager of Windows, without the system's."""

from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store.native.windows import enumerate_windows

if TYPE_CHECKING:
    from requests_indexauth.store.native.native_store import NativeStore
    from support.vaults import Library


HOST = "https://h.example"


def test_windows_names(windows: NativeStore, library: Library) -> None:
    """On Windows an entry has the name that uv gives it, with the user in front."""
    windows.set(f"{HOST}:8443", Credentials.basic("me", "pw"))
    assert library.kept == {("me.uv:h.example:8443", "me"): "pw"}


def test_windows_list(windows: NativeStore, library: Library) -> None:
    """Windows can say what is in its store: what uv and we share is listed, and everything of others left alone."""
    library.set_password("other", "me", "pw")
    library.set_password("you.uv:elsewhere", "me", "pw")
    windows.set(HOST, Credentials.basic("me", "pw"))
    windows.set(f"{HOST}/team", Credentials.basic("you", "pw"))
    assert windows.services() == [(f"{HOST}/", "me"), (f"{HOST}/team", "you")]
    assert windows.clear() == 2
    assert library.kept == {("other", "me"): "pw", ("you.uv:elsewhere", "me"): "pw"}


class Win32Error(Exception):
    """Stands for the errors of `win32ctypes`, which are no `OSError`."""

    def __init__(self, winerror: int) -> None:
        super().__init__(winerror)
        self.winerror = winerror


@pytest.mark.parametrize(("answer", "count"), [([{"TargetName": "a"}], 1), (None, 0), (Win32Error(1168), 0)])
def test_an_empty_credential_manager_has_no_entries(
    monkeypatch: pytest.MonkeyPatch, answer: list[dict[str, str]] | Exception | None, count: int
) -> None:
    """Windows calls that an error, 1168."""
    pretend_entries(monkeypatch, answer)
    assert len(enumerate_windows()) == count


def test_any_other_error_of_the_credential_manager_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As 1312, where nobody is logged on."""
    pretend_entries(monkeypatch, Win32Error(1312))
    with pytest.raises(Win32Error):
        enumerate_windows()


def pretend_entries(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    """Have the credential manager of Windows answer so, or raise that."""

    def enumerate_all(_filter: None, _flags: int) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    parts = {
        "pywintypes": SimpleNamespace(error=Win32Error),
        "win32cred": SimpleNamespace(CredEnumerate=enumerate_all),
    }
    monkeypatch.setitem(sys.modules, "win32ctypes", ModuleType("win32ctypes"))
    monkeypatch.setitem(sys.modules, "win32ctypes.pywin32", SimpleNamespace(**parts))


@pytest.mark.parametrize(("character", "most"), [("x", 1280), ("\u00fc", 1280), ("\U0001f511", 640)])
def test_windows_limit(windows: NativeStore, library: Library, character: str, most: int) -> None:
    """What is too long for Windows is an error that says so, and changes nothing."""
    windows.set(HOST, Credentials.basic("me", character * most))
    before = dict(library.kept)
    with pytest.raises(
        StoreError, match=r"too long for the Windows credential manager, which takes 2560 bytes"
    ) as caught:
        windows.set(HOST, Credentials.basic("me", character * (most + 1)))
    assert character * 2 not in str(caught.value)
    assert library.kept == before
