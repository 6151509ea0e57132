"""What ``import requests_indexauth`` adds to ``import requests``, each in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

from .measure import Row, interleaved

ROUNDS = 15
BOUND_MS = 10.0
TIMED = "import time, requests; start = time.perf_counter(); {}; print((time.perf_counter() - start) * 1000)"


def _milliseconds(statement: str) -> float:
    run = subprocess.run([sys.executable, "-c", TIMED.format(statement)], check=True, capture_output=True, text=True)
    return float(run.stdout)


def rows() -> list[Row]:
    """Return the row of this benchmark: milliseconds rather than a ratio, as its bound is."""
    name = "import requests_indexauth"
    cost = interleaved({name: partial(_milliseconds, name)}, ROUNDS)[name]
    return [Row("import, milliseconds on top of requests", "ours", "nothing", cost.median, cost.spread, BOUND_MS)]
