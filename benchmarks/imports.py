"""What importing this package adds to ``import requests``, each time in a fresh process."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial

from .measure import Row, count, interleaved, middle, shown

ROUNDS = 30
BOUND_MS = 10.0
BOUNDS = {"import requests_indexauth": BOUND_MS, "from requests_indexauth import mount": None}
"""The second is what a program pays that uses it: the names are loaded when they are asked for."""
HEAVY = ("keyring", "tomli", "tomllib", "platformdirs", "subprocess", "filelock")
TIMED = """\
import json, sys, time, requests
before, started = set(sys.modules), time.perf_counter()
{statement}
print(json.dumps([(time.perf_counter() - started) * 1000, sorted(set(sys.modules) - before)]))
"""


def _import(statement: str) -> tuple[float, list[str]]:
    """Return the milliseconds a statement takes, and the modules that came with it."""
    command = [sys.executable, "-c", TIMED.format(statement=statement)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    milliseconds, modules = json.loads(run.stdout)
    return milliseconds, modules


def _milliseconds(statement: str) -> float:
    return _import(statement)[0]


def rows() -> list[Row]:
    """Return the rows of this benchmark: milliseconds rather than ratios, as their bound is."""
    costs = interleaved({statement: partial(_milliseconds, statement) for statement in BOUNDS}, ROUNDS)
    found = []
    for statement, samples in costs.items():
        cost, spread = middle(samples)
        heavy = len({module.partition(".")[0] for module in _import(statement)[1]} & set(HEAVY))
        found += [
            Row(f"`{statement}`, milliseconds", "ours", shown(cost, "ms"), "", cost, spread, BOUNDS[statement]),
            count(f"`{statement}`: heavy modules", "ours", heavy, "loaded", 0),
        ]
    return found
