"""What is a terminal, and what may be printed to one. (Questions on a real one are in `tests/cli/test_prompts.py`.)"""

from __future__ import annotations

import io
import string
import subprocess
import sys

import pytest

from requests_indexauth.util.terminal import can_prompt, has_terminal, in_command, is_terminal, printable


class Terminal(io.StringIO):
    """Says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [("jürgen 中", "jürgen 中"), ("\x1b[31mred", "?[31mred"), ("a\r\nb\tc", "a??b?c"), ("\u202eback", "?back")],
    ids=["letters", "escape", "lines", "direction"],
)
def test_a_text_is_one_line_that_cannot_steer_a_terminal(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("char", [*string.printable, "\udcff", "ü"])
def test_a_url_in_a_command_means_nothing_to_a_shell(char: str) -> None:
    """It is one word, as it was shown, with any character that a server may have put there; a mask stays one."""
    shown = in_command(f"https://h/{char}(id){char}/simple/?****")
    assert shown.endswith("/simple/?****")
    words = subprocess.run(["/bin/sh", "-c", f"printf '<%s>' {shown}"], capture_output=True, check=True)
    assert words.stdout.decode() == f"<{shown}>"


def test_a_stream_that_is_missing_or_closed_is_no_terminal() -> None:
    """A program without a console has none."""
    closed = io.StringIO()
    closed.close()
    assert [is_terminal(stream) for stream in (None, closed, io.StringIO(), Terminal())] == [False, False, False, True]


@pytest.mark.parametrize(
    ("stdin", "stderr", "has", "can"),
    [
        (Terminal(), Terminal(), True, True),
        (Terminal(), io.StringIO(), False, False),
        (io.StringIO(), io.StringIO(), False, False),
        (None, Terminal(), False, False),
    ],
    ids=["both", "stdin alone", "neither", "no stdin, and none to open"],
)
def test_a_person_is_asked_where_the_question_is_seen_and_an_answer_can_come(
    monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None, stderr: io.StringIO, *, has: bool, can: bool
) -> None:
    """A pipe for standard input leaves the terminal itself, if this process has one."""

    def fail() -> None:
        raise OSError

    monkeypatch.setattr("requests_indexauth.util.terminal.open_terminal", fail)
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr(sys, "stderr", stderr)
    assert (has_terminal(), can_prompt()) == (has, can)
    monkeypatch.setattr("requests_indexauth.util.terminal.open_terminal", io.StringIO)
    assert can_prompt() is is_terminal(stderr)
