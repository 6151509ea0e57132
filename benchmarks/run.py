"""Programs under ``indexauth run`` beside the programs alone: CPU time of whole processes, system calls and all."""

from __future__ import annotations

import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from support.messages import Reply
from support.server import RecordingServer

from .measure import Row, interleaved, middle, shown

ROUNDS = 12
REQUESTS = 3000
BOUND = 1.05
PLAIN, OURS = "alone", "indexauth run"
_LOOP = (
    "import sys, requests\n{setup}for number in range(int(sys.argv[2])):\n    {get}(f'{{sys.argv[1]}}/{{number}}')\n"
)
_SESSION = _LOOP.format(setup="session = requests.Session()\n", get="session.get")
_GETS = _LOOP.format(setup="", get="requests.get")
PROGRAMS = {
    "imports requests": ("import requests\n", 0, BOUND),
    "requests of one session": (_SESSION, REQUESTS, BOUND),
    "calls of requests.get": (_GETS, REQUESTS, BOUND),
    "call of requests.get": (_GETS, 1, None),
}
"""What each program does, its text, how many requests it makes, and what the ratio must not exceed."""


def _milliseconds(command: list[str], home: str) -> float:
    """Return the CPU time of a process and of the system's work for it."""
    process = os.posix_spawn(command[0], command, {"PATH": os.environ["PATH"], "HOME": home})
    _, status, used = os.wait4(process, 0)
    if status:
        message = f"{command} ended with {status}"
        raise RuntimeError(message)
    return (used.ru_utime + used.ru_stime) * 1000


def rows() -> list[Row]:
    """Return the rows of this benchmark. The least of the rounds counts: what else the machine does adds to others."""
    found = []
    with tempfile.TemporaryDirectory() as home, RecordingServer(lambda _request: Reply(200, {}, b"page")) as server:
        script = Path(home) / "program.py"
        for work, (text, requests, bound) in PROGRAMS.items():
            script.write_text(text)
            program = [str(script), server.url, str(requests)]
            start = {PLAIN: [sys.executable], OURS: [sys.executable, "-m", "requests_indexauth", "run"]}
            commands = {name: partial(_milliseconds, [*words, *program], home) for name, words in start.items()}
            costs = interleaved(commands, ROUNDS)
            ours, plain = min(costs[OURS]), min(costs[PLAIN])
            _, spread = middle([one / other for one, other in zip(costs[OURS], costs[PLAIN])])
            name = f"a program: {f'{requests:,} ' if requests else ''}{work}"
            found.append(Row(name, OURS, shown(ours, "ms"), PLAIN, ours / plain, spread, bound))
    return found
