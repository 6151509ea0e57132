"""CPU time of a request in pip's own copy of ``requests``: our authentication beside pip's."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

from .measure import Row, compare
from .pips import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .pips import Pip


def rows(pips: Iterable[Pip]) -> list[Row]:
    """Return a row for each pip."""
    found = []
    for pip in pips:
        command = [str(pip.python), "-m", "benchmarks.in_pip"]
        run = subprocess.run(command, check=True, capture_output=True, env=pip.environment, cwd=SOURCE)
        found += compare(f"request inside {pip.name}", json.loads(run.stdout), "pip", {"pip-indexauth": 1}, "µs")
    return found
