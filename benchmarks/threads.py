"""Requests a second in several threads, with a remembered credential, on a free-threaded Python and on this one."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from .in_threads import OURS, PLAIN, REQUESTS
from .measure import Row, middle, unmeasured
from .process import SOURCE
from .venvs import find_python, make_venv

FREE = ("python3.14t", "python3.13t")
BOUND = 1.06
WORK = "remembered credential"
VERSION = "import platform; print(platform.python_version())"


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    found = _measure(Path(sys.executable), "")
    free = find_python(FREE)
    if free is None:
        why = f"no {' or '.join(FREE)} here"
        return [*found, unmeasured(f"{WORK}, free-threaded Python", OURS, f"requests, {PLAIN}", None, why)]
    with tempfile.TemporaryDirectory() as folder:
        # What we import here needs nothing else; of some of the rest there is nothing to install for such a Python.
        programs = make_venv(free, Path(folder) / "venv", ["requests"])
        return [*found, *_measure(programs / "python", "free-threaded ")]


def _measure(python: Path, kind: str) -> list[Row]:
    """Return a row for each number of threads: the clock's ratio, as a request's share of it is what threads change."""
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE)}
    version = subprocess.run([python, "-c", VERSION], check=True, capture_output=True, text=True).stdout.strip()
    command = [str(python), "-m", "benchmarks.in_threads"]
    run = subprocess.run(command, check=True, capture_output=True, env=environment)
    found = []
    for threads, seconds in json.loads(run.stdout).items():
        ratio, spread = middle([ours / plain for ours, plain in zip(seconds[OURS], seconds[PLAIN])])
        work = f"{WORK}, {kind}Python {version}, {threads} thread{'s' if threads != '1' else ''}"
        each = math.floor(REQUESTS / statistics.median(seconds[OURS]))
        found.append(Row(work, OURS, f"{each:,} a second", f"requests, {PLAIN}", ratio, spread, BOUND))
    return found
