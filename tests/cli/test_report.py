"""From an error to one line and an exit code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from requests_indexauth.cli.report import report

if TYPE_CHECKING:
    import pytest

    from support.commands import Run

SECRET = "hunter22"


def test_an_unexpected_error_is_one_line_without_its_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message may quote a secret; what and where are enough for a report."""

    def fails(_arguments: list[str]) -> int:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("requests_indexauth.cli.commands.dir.run", fails)
    ran = run("dir")
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"error: this is a bug in indexauth, please report it: RuntimeError at .*:\d+\n", ran.err)


def test_an_error_without_a_place_can_be_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    """One that was made and not raised."""
    assert report(RuntimeError(SECRET)) == 2
    assert capsys.readouterr().err == "error: this is a bug in indexauth, please report it: RuntimeError\n"


def test_an_error_of_the_system_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Not the whole of Python's message."""
    assert report(PermissionError(13, "Permission denied", "/there")) == 2
    assert capsys.readouterr().err == "error: Permission denied: /there\n"
