"""The manual pages and the page of commands are what the parsers say."""

from __future__ import annotations

import os

import pytest

from support.manual import ROOT, WRITE, manuals, markdown, pages

WRITING = "INDEXAUTH_WRITE_MANUAL" in os.environ  # read now: a test has no such variables
"""Whether the files are written, and not compared."""
FILES = {**{f"man/{name}": text for name, text in pages().items()}, "docs/commands.md": markdown()}


@pytest.mark.parametrize("name", FILES)
def test_a_page_of_the_manual_is_current(name: str) -> None:
    path = ROOT / name
    if WRITING:
        path.write_text(FILES[name], encoding="utf-8")
    assert path.read_text(encoding="utf-8") == FILES[name], f"{name} is out of date: run {WRITE}"


def test_there_is_no_page_of_a_command_that_is_gone() -> None:
    assert {f"man/{path.name}" for path in ROOT.glob("man/*")} == {name for name in FILES if name.startswith("man/")}


def test_every_option_of_every_command_has_help() -> None:
    assert [(one.name, written) for one in manuals() for written, text in one.arguments if not text] == []
