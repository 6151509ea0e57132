"""Changing a module as it is imported."""

from __future__ import annotations

import importlib
import sys
import zipfile
from importlib.machinery import PathFinder, SourceFileLoader
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.util.imports import PatchingFinder

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

NAME = "changed_by_a_test"


@pytest.fixture
def _module(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a module that is not imported yet, and sets `value` to 1."""
    (workdir / f"{NAME}.py").write_text("value = 1\n")
    monkeypatch.syspath_prepend(workdir)
    monkeypatch.setitem(sys.modules, NAME, None)  # it is taken away again afterwards
    monkeypatch.delitem(sys.modules, NAME)


def double(module: ModuleType) -> None:
    """Change the module."""
    module.value *= 2  # type: ignore[attr-defined] # it has one


def fail(_module: ModuleType) -> None:
    """Fail to change it."""
    raise RuntimeError


def install(monkeypatch: pytest.MonkeyPatch, finder: PatchingFinder) -> None:
    """Have a finder asked first, and then Python's own; pytest's would load a module in its own way."""
    monkeypatch.setattr(sys, "meta_path", [finder, PathFinder])


@pytest.mark.usefixtures("_module")
def test_a_module_is_changed_once_its_own_code_has_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """It knows its own loader alone, and is not changed again where it is read anew."""
    install(monkeypatch, PatchingFinder({NAME: double}))
    module = importlib.import_module(NAME)
    assert module.value == 2
    assert isinstance(module.__loader__, SourceFileLoader)
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert importlib.reload(module).value == 1


@pytest.mark.usefixtures("_module")
def test_a_failure_of_the_change_is_one_of_the_import(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets a module that is half changed; the next import goes without the change."""
    install(monkeypatch, PatchingFinder({NAME: fail}))
    with pytest.raises(RuntimeError):
        importlib.import_module(NAME)
    assert NAME not in sys.modules
    assert importlib.import_module(NAME).value == 1


@pytest.mark.usefixtures("_module")
def test_a_module_of_a_zip_file_is_changed_too(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its loader is another one."""
    with zipfile.ZipFile(workdir / "modules.zip", "w") as file:
        file.write(f"{NAME}.py")
    monkeypatch.syspath_prepend(workdir / "modules.zip")
    install(monkeypatch, PatchingFinder({NAME: double}))
    module = importlib.import_module(NAME)
    assert module.value == 2
    assert "modules.zip" in str(module.__file__)


@pytest.mark.usefixtures("_module")
def test_every_other_module_is_left_to_the_other_finders() -> None:
    finder = PatchingFinder({NAME: double})
    assert finder.find_spec("zipfile") is None
    assert finder.find_spec("no_such_module") is None


def test_a_module_that_is_not_there_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own error."""
    install(monkeypatch, PatchingFinder({"no_such_module": fail}))
    with pytest.raises(ModuleNotFoundError, match="no_such_module"):
        importlib.import_module("no_such_module")
