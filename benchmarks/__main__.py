"""Measure everything, print the tables, write page and pictures; exit 1 where a bound does not hold.

``python -m benchmarks FOLDER`` writes into a folder: ``docs`` for the page the project shows.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, TypeVar

from . import (
    commands,
    first_request,
    growth,
    hostile,
    imports,
    overhead,
    pip_install,
    pip_overhead,
    plot,
    report,
    run,
    scaling,
    threads,
    wire,
)
from .pips import pips

Measured = TypeVar("Measured")
ROWS = (
    overhead.rows,
    threads.rows,
    run.rows,
    imports.rows,
    first_request.rows,
    commands.rows,
    wire.rows,
)


def main(folder: str) -> int:
    """Return the exit code."""
    begun = time.monotonic()
    rows = [row for measure in ROWS for row in _watched(measure)]
    # Memory is no matter of time: it is measured while environments are made.
    with ThreadPoolExecutor(1) as pool:
        memory = pool.submit(_watched, hostile.rows)
        with pips() as made:
            rows += memory.result()
            rows += [*_watched(pip_overhead.rows, made), *_watched(pip_install.rows, made)]
    curves = _watched(scaling.curves)
    rows += [curve.row for curve in curves]
    growths = _watched(growth.growths)
    sys.stdout.write(report.text([report.HEADINGS, *map(report.cells, rows)]))
    for one in growths:
        sys.stdout.write(report.text([*report.growth_cells(one)]))
    into = Path(folder)
    plot.draw_bounds(rows, into / "performance-bounds.svg")
    plot.draw_growth(growths, curves, into / "performance-growth.svg")
    page = report.write_page(rows, growths, curves, into)
    sys.stdout.write(f"{report.machine()}\nwritten: {page}, after {time.monotonic() - begun:.0f} s\n")
    return 0 if all(row.held for row in rows) else 1


def _watched(measure: Callable[..., list[Measured]], *given: object) -> list[Measured]:
    """Measure, and say on stderr how long that took: all of it is to take no more than eight minutes."""
    begun = time.monotonic()
    found = measure(*given)
    sys.stderr.write(f"{measure.__module__}: {time.monotonic() - begun:.0f} s\n")
    return found


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
