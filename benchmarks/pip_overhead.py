"""CPU time of a request in pip's own copy of ``requests``: our authentication beside pip's."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from .measure import Row, compare, unmeasured
from .pips import SOURCE, Missing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .pips import Pip


BOUND = 1.0


def rows(pips: Iterable[Pip | Missing]) -> list[Row]:
    """Return a row for each pip."""
    found = []
    for pip in pips:
        work = f"request inside {pip.name}"
        if isinstance(pip, Missing):
            found.append(unmeasured(work, "pip-indexauth", "pip", BOUND, pip.why))
            continue
        command = [str(pip.python), "-m", "benchmarks.in_pip"]
        run = subprocess.run(command, check=True, capture_output=True, env=pip.environment, cwd=SOURCE)
        found += compare(work, json.loads(run.stdout), "pip", {"pip-indexauth": BOUND}, "µs")
    return found
