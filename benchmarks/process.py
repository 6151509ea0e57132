"""The CPU time of a whole process, and processes that stay and do their work again and again."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from typing_extensions import Self

SOURCE = Path(__file__).parent.parent


def milliseconds(command: Sequence[str | Path], environment: Mapping[str, str]) -> float:
    """Return the CPU time of a process and its children, with that of the system's work for them.

    Raises:
        RuntimeError: its exit code is not 0.

    """
    silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], [*map(str, command)], environment, file_actions=silent)
    _, status, used = os.wait4(process, 0)
    if status:
        message = f"{command} ended with {status}"
        raise RuntimeError(message)
    return (used.ru_utime + used.ru_stime) * 1000


class Worker:
    """A program that reads how many times it is to do its work, and prints how many seconds of CPU time that took.

    So two programs take turns in small steps, each of them long started: what else the machine does is in both.

    Args:
        command: starts it.
        environment: its variables.
        times: how many times the work is done at a time.

    """

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str], times: int) -> None:
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._times = times

    def microseconds(self) -> float:
        """Have the work done, and return what it took each time.

        Raises:
            RuntimeError: the program has ended.

        """
        self._process.stdin.write(f"{self._times}\n")  # type: ignore[union-attr] # it is a pipe
        line = self._process.stdout.readline()  # type: ignore[union-attr]
        if not line:
            message = f"{self._process.args!r} ended with {self._process.wait()}"
            raise RuntimeError(message)
        return float(line) / self._times * 1e6

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # it ends with its input
