"""Credential helpers that do what a test wants, and remember what they were asked."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

_RECORD = """\
#!{python} -IS
import json, os, sys, time
def say(text, code=0):
    sys.stdout.buffer.write(text if isinstance(text, bytes) else text.encode())
    sys.stdout.buffer.flush()
    os._exit(code)
def answer(*values, **more):
    say(json.dumps({{"headers": {{"Authorization": list(values)}}, **more}}))
asked = sys.stdin.read()
with open({log!r}, "ab", 0) as log:  # in one piece: others may write theirs meanwhile
    log.write((json.dumps([sys.argv[1:], asked, dict(os.environ), os.getcwd(), os.listdir()]) + "\\n").encode())
"""


class Question(NamedTuple):
    """One start of a helper."""

    argv: list[str]
    asked: str
    env: dict[str, str]
    folder: str
    files: list[str]

    @property
    def uri(self) -> Any:
        """What it was asked for."""
        return json.loads(self.asked)["uri"]


class FakeHelper:
    """A program in a folder: a Python script that records its start, then runs ``body``.

    `answer("Bearer t", expires="…")` is there for it to answer, `say(text, code)` to print something and end.
    """

    def __init__(self, folder: Path, body: str = "answer('Bearer token')", name: str = "acme-token") -> None:
        """Make a helper, by default one that has a token."""
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / name
        self.log = folder / f"{name}.log"
        self.does(body)

    def does(self, body: str) -> None:
        """Write the script anew."""
        head = _RECORD.format(python=Path(sys.executable).resolve(), log=str(self.log))
        self.path.write_text(head + textwrap.dedent(body), encoding="utf-8")
        self.path.chmod(0o755)

    @property
    def questions(self) -> list[Question]:
        """Every start, in order."""
        if not self.log.exists():
            return []
        return [Question(*json.loads(line)) for line in self.log.read_text(encoding="utf-8").splitlines()]

    @property
    def uris(self) -> list[str]:
        """What it was asked for each time."""
        return [question.uri for question in self.questions]
