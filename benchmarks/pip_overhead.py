"""CPU time of a request in pip's own copy of ``requests``: our authentication beside pip's, and beside a plain pair."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from .measure import Row, compare, unmeasured
from .pips import Missing
from .process import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .pips import Pip

OURS = "pip-indexauth"
BOUNDS = {"pip": 1.0, 'auth=("u", "p")': 1.06}
"""Beside what, and what the ratio must not exceed."""


def rows(pips: Iterable[Pip | Missing]) -> list[Row]:
    """Return a row for each pip."""
    found = []
    for pip in pips:
        work = f"request inside {pip.name}"
        if isinstance(pip, Missing):
            found += [unmeasured(work, OURS, baseline, bound, pip.why) for baseline, bound in BOUNDS.items()]
            continue
        command = [str(pip.python), "-m", "benchmarks.in_pip"]
        run = subprocess.run(command, check=True, capture_output=True, env=pip.environment, cwd=SOURCE)
        costs = json.loads(run.stdout)
        for baseline, bound in BOUNDS.items():
            found += compare(work, {name: costs[name] for name in (OURS, baseline)}, baseline, {OURS: bound}, "µs")
    return found
