"""Measure everything and print the table; exit 1 where a bound does not hold."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from . import commands, imports, lookup, overhead, pip_install

if TYPE_CHECKING:
    from .measure import Row

BENCHMARKS = (overhead, imports, commands, lookup, pip_install)
WIDTHS = (42, 18, 26, 8, 8, 8, 9)


def _line(*cells: str) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS)).rstrip() + "\n"


def _shown(row: Row) -> str:
    bound = "" if row.bound is None else f"{row.bound:g}"
    verdict = "" if row.held else "EXCEEDED"
    return _line(row.work, row.contender, row.baseline, f"{row.ratio:.3f}", f"{row.spread:.1%}", bound, verdict)


def main() -> int:
    """Return the exit code."""
    sys.stdout.write(_line("work", "contender", "beside", "ratio", "spread", "bound"))
    rows = []
    for benchmark in BENCHMARKS:
        measured = benchmark.rows()
        sys.stdout.writelines(map(_shown, measured))
        rows += measured
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
