"""Writing for people: a terminal's width, colour where it is wanted, text that wraps."""

from __future__ import annotations

import os
import sys
from shutil import get_terminal_size
from textwrap import wrap
from typing import Callable

from ..util.terminal import is_terminal

WIDEST = 100
"""Lines longer than this are hard to read, however wide the terminal is."""
NARROWEST = 32

_STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}


class Screen:
    """Where a command writes its lines: stdout. Without a stdout nothing is written.

    Attributes:
        width: how many columns a line may fill.
        before_line: called before each line; it may raise an exception, and then no more is written.
        color: whether to use colour: on a terminal that is not dumb, and where ``NO_COLOR`` does not say no.

    """

    def __init__(self) -> None:
        self.before_line: Callable[[], object] = lambda: None
        self._stream = sys.stdout
        terminal = is_terminal(self._stream)
        self.color = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        columns = get_terminal_size((80, 24)).columns if terminal or "COLUMNS" in os.environ else 80
        self.width = max(NARROWEST, min(columns, WIDEST))

    def style(self, name: str, text: str) -> str:
        """Return text in a style, where there are any."""
        return f"\x1b[{_STYLES[name]}m{text}\x1b[0m" if self.color and text else text

    def line(self, text: str = "") -> None:
        """Write a line as it is, at once; what the stream's encoding does not have is written as an escape."""
        self.before_line()
        if self._stream is None:
            return
        encoding = getattr(self._stream, "encoding", None) or "utf-8"
        self._stream.write(text.encode(encoding, "backslashreplace").decode(encoding) + "\n")
        self._stream.flush()

    def text(self, text: str, indent: str = "", *, first: str | None = None, style: str = "") -> None:
        """Write text, wrapped at spaces only, so that a URL or a command can still be copied.

        ``first`` stands before the first line, ``indent`` before the others.
        """
        first = indent if first is None else first
        lines = wrap(
            text,
            self.width - 1,
            initial_indent=first,
            subsequent_indent=indent,
            break_long_words=False,
            break_on_hyphens=False,
        )
        for line in lines or [first.rstrip()]:
            self.line(self.style(style, line) if style else line)
