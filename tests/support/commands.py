"""Running `indexauth`: in this process, in a process of its own, and on a pseudo-terminal."""

from __future__ import annotations

import io
import os
import select
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

import requests_indexauth
from requests_indexauth.cli import main

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_LIMIT = 600
"""Seconds after which a program that hangs is ended; a busy machine may take minutes for what is done in one second."""

# `pty.fork` would be simpler, but Python 3.12 and later warn of a fork beside threads, which pytest-xdist has. So the
# child makes stdin its controlling terminal, which `getpass` opens by name, and becomes the program.
ON_ITS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]  # the type of the fixture `run`


def run_here(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ran:
    """Run a command line in this process."""
    capsys.readouterr()
    code = main(arguments)
    printed = capsys.readouterr()
    return Ran(code, printed.out, printed.err)


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return what runs a command line in this process, without a terminal; `stdin=` is what it may read."""

    def run_it(*arguments: str, stdin: str | bytes = "") -> Ran:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        return run_here(capsys, *arguments)

    return run_it


def command(*arguments: str) -> list[str]:
    """Return the command line of a process of its own."""
    return [sys.executable, "-m", "requests_indexauth", *arguments]


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables for such a process: this one's, and where the package is."""
    package = str(Path(str(requests_indexauth.__file__)).parent.parent)
    return {**os.environ, "PYTHONPATH": package, **(extra or {})}


def run_child(*arguments: str, stdin: str = "", extra: Mapping[str, str] | None = None, **options: Any) -> Ran:
    """Run a command line in a process of its own, without a terminal."""
    done = subprocess.run(
        command(*arguments),
        input=stdin,
        env=environment(extra),
        capture_output=True,
        encoding="utf-8",
        timeout=TIME_LIMIT,
        check=False,
        start_new_session=True,  # no terminal of the developer's to ask on
        **options,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def run_on_terminal(*arguments: str, answers: list[tuple[str, str]], extra: Mapping[str, str] | None = None) -> Ran:
    """Run a command line on a pseudo-terminal of its own.

    Args:
        arguments: the command line.
        answers: what to wait for on the terminal, and what is then typed.
        extra: more variables.

    Returns:
        What the terminal showed as `Ran.out`; nothing tells stdout from stderr there.

    """
    return on_terminal(command(*arguments), environment(extra), answers)


def on_terminal(words: list[str], variables: Mapping[str, str], answers: list[tuple[str, str]]) -> Ran:
    """Run any program on a pseudo-terminal of its own, as `run_on_terminal` does; `variables` are all it has."""
    pty = pytest.importorskip("pty", reason="Windows has no pseudo-terminals")
    terminal, programs_end = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-ISc", ON_ITS_TERMINAL, *words],
        stdin=programs_end,
        stdout=programs_end,
        stderr=programs_end,
        env=variables,
        start_new_session=True,
    ) as process:
        os.close(programs_end)
        shown = b""
        try:
            for prompt, answer in answers:
                shown += _read_until(terminal, prompt.encode())
                os.write(terminal, answer.encode())
            shown += _read_until(terminal, None, again=CTRL_C if answers and answers[-1][1].endswith("\x03") else b"")
            code = process.wait(TIME_LIMIT)
        finally:
            process.kill()  # nothing happens if it has ended
            os.close(terminal)
    return Ran(code, shown.decode().replace("\r\n", "\n"), "")


CTRL_C = b"\x03"
AGAIN = 30  # seconds


def _read_until(terminal: int, wanted: bytes | None, *, again: bytes = b"") -> bytes:
    """Read what the program shows until it shows `wanted`, or ends; type `again` if it shows nothing for long."""
    shown = b""
    while wanted is None or wanted not in shown:
        if again and not select.select([terminal], [], [], AGAIN)[0]:
            os.write(terminal, again)  # Python may miss a signal between showing a prompt and reading: so people do
        if not select.select([terminal], [], [], TIME_LIMIT)[0]:
            message = f"the program shows nothing more, after {shown!r}"
            raise TimeoutError(message)
        try:
            chunk = os.read(terminal, 4096)
        except OSError:  # Linux says so when the program has ended
            break
        if not chunk:
            break
        shown += chunk
    return shown
