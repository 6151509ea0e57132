"""Telling whether processes still live that a test has no other hold of."""

from __future__ import annotations

import os
import select
from typing import TYPE_CHECKING

from support.commands import TIME_LIMIT

if TYPE_CHECKING:
    from pathlib import Path


class Alive:
    """A named pipe whose other end tells whether the processes that opened it still live."""

    def __init__(self, path: Path) -> None:
        """Make the pipe and open this end."""
        os.mkfifo(path)
        self.descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        self.script = f"mark = open({str(path)!r}, 'w'); mark.write('x'); mark.flush()"

    def await_start(self) -> None:
        """Wait until a process has opened it."""
        assert select.select([self.descriptor], [], [], TIME_LIMIT)[0], "no process has opened the pipe"
        assert os.read(self.descriptor, 1) == b"x"

    def await_end(self) -> None:
        """Wait until no process has it open, if any ever had."""
        try:
            while os.read(self.descriptor, 10):
                pass
        except BlockingIOError:
            assert select.select([self.descriptor], [], [], 30)[0], "a process still has the pipe open"
            assert os.read(self.descriptor, 10) == b""
