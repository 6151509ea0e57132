"""A command with limits; most of what it does is tested by the keyring's command."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from requests_indexauth.util.deadline import Deadline
from requests_indexauth.util.process import find_command, run

PYTHON = sys.executable
WRITTEN = b"x" * 300_000
"""More than a pipe holds."""


def say(code: str, stdin: bytes = b"", cwd: str | None = None) -> bytes:
    """Return what a program prints."""
    return run([PYTHON, "-c", code], Deadline(30), environment=os.environ, stdin=stdin, cwd=cwd).output


def test_a_command_that_reads_gets_all_that_is_written() -> None:
    """However much that is."""
    assert say("import sys; print(len(sys.stdin.read()), end='')", WRITTEN) == str(len(WRITTEN)).encode()


def test_a_command_that_does_not_read_holds_nobody_up() -> None:
    """Though its input is more than a pipe holds."""
    assert say("print('done', end='')", WRITTEN) == b"done"


def test_a_command_works_in_the_folder_it_is_given(tmp_path: Path) -> None:
    """And not in this process's."""
    said = say("import os; print(os.getcwd(), end='')", cwd=str(tmp_path)).decode()
    assert Path(said).samefile(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="the command is a script")
def test_a_command_in_the_folder_that_does_not_count_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By whatever name PATH has that folder; the next one on PATH is found."""
    for name in ("inside", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tool").write_text("#!/bin/sh\n")
        (tmp_path / name / "tool").chmod(0o755)
    (tmp_path / "link").symlink_to("inside")
    inside = str(tmp_path / "inside")
    monkeypatch.setenv("PATH", os.pathsep.join([inside, f"{inside}/", str(tmp_path / "link")]))
    assert find_command("tool", inside) is None
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "link"), str(tmp_path / "elsewhere")]))
    assert find_command("tool", inside) == str(tmp_path / "elsewhere" / "tool")
    assert find_command("tool") == str(tmp_path / "link" / "tool")
