"""Measure everything, print the tables, write page and pictures; exit 1 where a bound does not hold.

``python -m benchmarks FOLDER`` writes into a folder: ``docs`` for the page the project shows.
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import commands, growth, hostile, imports, lookup, overhead, pip_install, pip_overhead, plot, report, run, wire
from .pips import pips


def main(folder: str) -> int:
    """Return the exit code."""
    rows = [
        *overhead.rows(),
        *wire.rows(),
        *imports.rows(),
        *commands.rows(),
        *lookup.rows(),
        *hostile.rows(),
        *run.rows(),
    ]
    with pips() as made:
        rows += [*pip_overhead.rows(made), *pip_install.rows(made)]
    growths = growth.growths()
    sys.stdout.write(report.text([report.HEADINGS, *map(report.cells, rows)]))
    for one in growths:
        sys.stdout.write(report.text([*report.growth_cells(one)]))
    into = Path(folder)
    plot.draw_bounds(rows, into / "performance-bounds.svg")
    plot.draw_growth(growths, into / "performance-growth.svg")
    sys.stdout.write(f"{report.machine()}\nwritten: {report.write_page(rows, growths, into)}\n")
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
