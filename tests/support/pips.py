"""Running a real pip, plain or with our authentication, and looking at what it starts."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import requests_indexauth
from support.commands import TIME_LIMIT, Ran, on_terminal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Pip:
    """The pip of one Python; `pip("install", "thing")` runs it as `pip-indexauth`, `pip.plain(...)` as it is.

    It reads no configuration of the machine, and asks nobody.
    """

    def __init__(self, python: Path | str, *, package: bool = False) -> None:
        """Take the interpreter; `package` puts this package on its path, where it is not installed."""
        self.python = str(python)
        self.variables = {"PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        if package:
            self.variables["PYTHONPATH"] = str(Path(str(requests_indexauth.__file__)).parents[1])

    def __call__(self, *args: object, **variables: str) -> Ran:
        """Run `python -m requests_indexauth.pip` with arguments, and with more variables."""
        return self.run(self.command(*args), variables)

    def plain(self, *args: object, **variables: str) -> Ran:
        """Run `python -m pip`."""
        return self.run([self.python, "-m", "pip", *map(str, args)], variables)

    def command(self, *args: object) -> list[str]:
        """Return what a call runs."""
        return [self.python, "-m", "requests_indexauth.pip", *map(str, args)]

    def run(self, command: Sequence[str], variables: Mapping[str, str]) -> Ran:
        """Run a command in the environment of this pip."""
        done = subprocess.run(
            command,
            env=self.environment(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIME_LIMIT,
            check=False,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    def on_terminal(self, *args: object, answers: list[tuple[str, str]], **variables: str) -> Ran:
        """Run it on a pseudo-terminal: `answers` are what to wait for, and what is then typed."""
        return on_terminal(self.command(*args), self.environment(variables), answers)

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        """Return the whole environment of a run."""
        return {**os.environ, **self.variables, **variables}


def command_lines() -> list[str]:
    """Return the command line of every process there is, as everybody on the machine can read it (Linux)."""
    return [_command_line(process) for process in Path("/proc").glob("[0-9]*")]


def _command_line(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
    except OSError:  # it has ended
        return ""
