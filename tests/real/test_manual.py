"""The manual pages, as `man` and `groff` read them, and where an installation puts them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Callable

import pytest

from support.manual import ROOT, manuals

if TYPE_CHECKING:
    from pathlib import Path

PAGES = sorted(ROOT.glob("man/*.1"))
VARIABLES = {"LC_ALL": "C.UTF-8", "MANWIDTH": "80", "MANPAGER": "cat", "PATH": "/usr/local/bin:/usr/bin:/bin"}


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, capture_output=True, encoding="utf-8", check=True, env=VARIABLES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_groff_finds_no_mistake_in_a_page(page: Path, program: Callable[[str], str]) -> None:
    assert run(program("groff"), "-man", "-ww", "-Kutf8", "-Tutf8", "-z", page).stderr == ""


@pytest.mark.parametrize("name", [manual.name.replace(" ", "-") for manual in manuals()])
def test_an_installation_has_the_page_of_each_command(
    name: str, program: Callable[[str], str], virtual_environment: Callable[..., Path]
) -> None:
    """In the folder where `man` looks beside the program."""
    folder = virtual_environment() / "share" / "man"
    ran = run(program("man"), "-M", folder, name)
    assert f"{name.upper()}(1)" in ran.stdout
    assert ran.stderr == ""
