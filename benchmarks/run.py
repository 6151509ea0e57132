"""Programs under ``indexauth run`` beside the programs alone: whole processes, and requests of programs that stay."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from support.messages import Reply
from support.server import RecordingServer

from .measure import Row, compare, interleaved
from .null import FULL_INDEX
from .process import SOURCE, Worker, milliseconds

if TYPE_CHECKING:
    from collections.abc import Mapping

PROCESSES, ROUNDS = 15, 40
EACH = {"requests of one session": 75, "calls of requests.get": 75, "requests with a remembered credential": 200}
"""How many requests a program makes in one of the rounds."""
BOUND, REMEMBERED = 1.05, 1.06
PLAIN, OURS = "alone", "indexauth run"
ALONE = 'alone, auth=("u", "p")'
SHORT: dict[str, tuple[str, float | None]] = {
    "imports requests": ("import requests\n", BOUND),
    "one call of requests.get": ("import sys, requests\nrequests.get(sys.argv[1])\n", None),
}
"""What a program does, its text, and what the ratio must not exceed."""
_STAYS = """\
import sys, time, requests
{setup}
for line in sys.stdin:
    started = time.process_time()
    for number in range(int(line)):
        {get}
    print(time.process_time() - started, flush=True)
"""
LONG = {
    "requests of one session": _STAYS.format(
        setup="session = requests.Session()", get="session.get(f'{sys.argv[1]}/{number}')"
    ),
    "calls of requests.get": _STAYS.format(setup="", get="requests.get(f'{sys.argv[1]}/{number}')"),
}
UNPLUGGED = _STAYS.format(
    setup="""\
import urllib3
from benchmarks.null import PAGE, unplug
session = unplug(requests.Session(), requests, urllib3)
if sys.argv[1:]:
    session.auth = tuple(sys.argv[1:])
assert session.get(PAGE).request.headers["Authorization"]""",
    get="session.get(PAGE)",
)
"""Sends nothing; is authenticated by the arguments, where it has any."""


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    with tempfile.TemporaryDirectory() as home:
        environment = {"PATH": os.environ["PATH"], "HOME": home, "PYTHONPATH": str(SOURCE)}
        with RecordingServer(lambda _request: Reply(200, {}, b"page")) as server:
            found = [*_short(server, Path(home), environment), *_long(server, Path(home), environment)]
        return [*found, _remembered(Path(home), environment)]


def _starts(script: Path) -> dict[str, list[str]]:
    """Return what starts a program, by itself and under ours."""
    return {
        PLAIN: [sys.executable, str(script)],
        OURS: [sys.executable, "-m", "requests_indexauth", "run", str(script)],
    }


def _short(server: RecordingServer, home: Path, environment: Mapping[str, str]) -> list[Row]:
    """Compare programs that are at their end at once: to start them is what they cost."""
    found, script = [], home / "program.py"
    for work, (text, bound) in SHORT.items():
        script.write_text(text)
        starts = {name: [*words, server.url] for name, words in _starts(script).items()}
        costs = interleaved(
            {name: partial(milliseconds, command, environment) for name, command in starts.items()}, PROCESSES
        )
        found += compare(f"a program: {work}", costs, PLAIN, {} if bound is None else {OURS: bound})
    return found


def _long(server: RecordingServer, home: Path, environment: Mapping[str, str]) -> list[Row]:
    """Compare programs that make many requests."""
    found, script = [], home / "program.py"
    for work, text in LONG.items():
        script.write_text(text)
        starts = {name: [*words, server.url] for name, words in _starts(script).items()}
        total = f"{EACH[work] * ROUNDS:,}"
        found += _beside(f"a program: {total} {work}", starts, environment, EACH[work], (PLAIN, BOUND))
    return found


def _remembered(home: Path, environment: Mapping[str, str]) -> Row:
    """Compare requests that are sent nowhere, with a credential that is known."""
    script, work = home / "program.py", "requests with a remembered credential"
    script.write_text(UNPLUGGED)
    (home / "uv.toml").write_text(f'[[index]]\nurl = "{FULL_INDEX}"\n')
    own, ours = _starts(script).values()
    starts = {ALONE: [*own, "u", "p"], OURS: ours}
    settings = {**environment, "UV_CONFIG_FILE": str(home / "uv.toml")}
    return _beside(f"a program: {work}", starts, settings, EACH[work], (ALONE, REMEMBERED))[0]


def _beside(
    work: str, starts: Mapping[str, list[str]], environment: Mapping[str, str], times: int, plain: tuple[str, float]
) -> list[Row]:
    """Compare programs that stay, each for so many requests at a time."""
    baseline, bound = plain
    with ExitStack() as stack:
        workers = {name: stack.enter_context(Worker(command, environment, times)) for name, command in starts.items()}
        costs = interleaved({name: worker.microseconds for name, worker in workers.items()}, ROUNDS)
    return compare(work, costs, baseline, {OURS: bound}, "µs")
