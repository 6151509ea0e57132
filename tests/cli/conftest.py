"""What the tests of the commands share."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from support.commands import Ran, Run, run_here
from support.platforms import STORE

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def store(home: Path) -> Path:
    """Return where the store's file is, or will be."""
    return home / STORE


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command line in this process, without a terminal; `stdin=` is what it may read."""

    def run_it(*arguments: str, stdin: str | bytes = "") -> Ran:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        return run_here(capsys, *arguments)

    return run_it
