"""Programs that are run plain and by `indexauth run`, side by side."""

from __future__ import annotations

import subprocess
import sys

from support.commands import TIME_LIMIT, command, environment

Ended = tuple[int, str, str]


def ended(words: list[str], **variables: str) -> Ended:
    """Run a command, and return how it ended and what it printed."""
    done = subprocess.run(
        words, env=environment(variables), capture_output=True, encoding="utf-8", timeout=TIME_LIMIT, check=False
    )
    return done.returncode, done.stdout, done.stderr


def both(*words: str) -> Ended:
    """Run a program plain and by `indexauth run`, see that there is no difference, and return how it ended."""
    plain = ended([sys.executable, *words])
    assert ended(command("run", *words)) == plain
    return plain
