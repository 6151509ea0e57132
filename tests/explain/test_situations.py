"""Each situation of the table is played, gets the one sentence a person needs, and stands in the documentation."""

from __future__ import annotations

import contextlib
import os
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest

from support import why_page
from support.commands import run_here
from support.why import Situation, World
from support.why_table import CHAPTERS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.names import Names
    from support.tls import Authority

WRITING = "INDEXAUTH_WRITE_WHY" in os.environ  # read now: a test has no such variables
"""Whether the page is written, and not compared."""
TABLE = [
    pytest.param(chapter, situation, id=f"{chapter}: {situation.name}")
    for chapter, situations in CHAPTERS.items()
    for situation in situations
]

OF_URLLIB3_2 = ("the file of certificates has none", "it speaks plain http")
"""What urllib3 1 says in other words, or leaves a socket open after."""

Blocks = dict[str, dict[str, str]]


@pytest.fixture
def world(
    names: Names, authority: Authority, monkeypatch: pytest.MonkeyPatch, home: Path, workdir: Path
) -> Iterator[World]:
    """Return a machine without anything, whose screen is as wide as any line."""
    monkeypatch.setenv("COLUMNS", "9999")
    monkeypatch.setattr("requests_indexauth.cli.screen.WIDEST", 9999)
    with contextlib.ExitStack() as serving:
        yield World(serving, names, authority, monkeypatch, home, workdir)


@pytest.fixture(scope="module")
def written() -> Iterator[Blocks]:
    """Return where each situation puts its part of the page; when all have, the page is written, if that is wanted."""
    blocks: Blocks = {chapter: {} for chapter in CHAPTERS}
    yield blocks
    if WRITING and sum(map(len, blocks.values())) == len(TABLE):
        text = why_page.PATH.read_text(encoding="utf-8")
        why_page.PATH.write_text(why_page.page(text, blocks), encoding="utf-8")


@pytest.mark.parametrize(("chapter", "situation"), TABLE)
def test_a_situation_gets_its_sentence(
    chapter: str, situation: Situation, world: World, capsys: pytest.CaptureFixture[str], written: Blocks
) -> None:
    """In full, with the exit code; nothing secret is shown; and the page of causes has the same screen."""
    if situation.name in OF_URLLIB3_2 and version("urllib3") < "2":
        pytest.skip("urllib3 1 tells of it otherwise")
    ran = run_here(capsys, *situation.build(world))
    screen = world.shown(ran.out)
    assert (why_page.advice(screen), ran.code) == (situation.says, situation.code)
    assert "hunter22" not in ran.out + ran.err
    block = written[chapter][situation.name] = why_page.block(situation, screen)
    there = WRITING or block in why_page.PATH.read_text(encoding="utf-8")
    assert there, f"{why_page.PATH.name} is out of date: run INDEXAUTH_WRITE_WHY=1 pytest {__file__}"


@pytest.mark.skipif(WRITING, reason="the page is about to be written")
def test_the_page_has_no_other_causes_and_the_order_of_the_table() -> None:
    """What was renamed or taken out of the table is taken out of the page, too."""
    headings = [
        line.lstrip("# ").lower()
        for line in why_page.causes(why_page.PATH.read_text(encoding="utf-8")).splitlines()
        if line.startswith("#")
    ]
    expected = [one for chapter, rows in CHAPTERS.items() for one in (chapter, *(row.name for row in rows))]
    assert headings == [name.lower() for name in expected]


def test_there_are_enough_situations_of_each_kind() -> None:
    """A name twice would be a test less than it seems."""
    names = [situation.name for situations in CHAPTERS.values() for situation in situations]
    assert len(set(names)) == len(names) >= 60
