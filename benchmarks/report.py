"""What was measured, as text for a terminal and as the tables of ``docs/performance.md``."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from .measure import shown_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .growth import Growth
    from .measure import Row
    from .scaling import Curve
    from .world import Outcome

PAGE = Path(__file__).parent.parent / "docs" / "performance.md"
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""Where the page explains what it can of a bound that is exceeded."""
HEADINGS = ("work", "contender", "cost", "beside", "ratio", "spread", "bound", "")
PEERS = ("requests", "urllib3", "keyring", "unearth", "poetry", "pip", "uv")


def cells(row: Row) -> tuple[str, ...]:
    """Return a row of the table of bounds."""
    return (
        row.work,
        row.contender,
        row.cost,
        row.baseline,
        f"{row.ratio:.3f}" if row.baseline and row.measured else "",
        f"{row.spread:.1%}" if row.spread else "",
        "" if row.bound is None else f"{row.bound:,.6g}",
        _verdict(row),
    )


def _verdict(row: Row) -> str:
    if row.bound is None:
        return ""
    if row.held:
        return "holds"
    return "EXCEEDED" if row.measured else "NOT MEASURED"


def growth_cells(growth: Growth) -> Iterator[tuple[str, ...]]:
    """Yield the rows of a table of growth, the headings first."""
    yield (growth.job.title, *(f"{growth.job.axis}: {size:,}" for size in growth.job.sizes))
    for name, outcomes in growth.outcomes.items():
        yield (name, *map(_outcome, outcomes))


def curve_cells(curve: Curve) -> tuple[str, ...]:
    """Return the row of a curve: each size with its cost."""
    costs = (f"{size:,}: {shown_time(cost)}" for size, cost in zip(curve.job.sizes, curve.costs))
    return (curve.job.title, curve.job.axis, *costs, "linear" if curve.job.linear else "flat")


def _outcome(outcome: Outcome) -> str:
    counts = f"{outcome.requests:,} / {outcome.refused:,} / {outcome.keyring:,}"
    return f"{counts}, {outcome.missing:,} pages missing" if outcome.missing else counts


def text(table: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal."""
    widths = [max(map(len, column)) for column in zip(*table)]
    lines = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in table)
    return "\n".join([*lines, "", ""])


def machine() -> str:
    """Return the line that says where, and beside which versions, this was measured."""
    peers = ", ".join(f"{name} {version(name)}" for name in PEERS)
    return f"{platform.system()}, {os.cpu_count()} cores, Python {platform.python_version()}; {peers}"


def write_page(rows: Sequence[Row], growths: Iterable[Growth], curves: Sequence[Curve], folder: Path) -> Path:
    """Write the page into a folder, the tables of this run in place of those it has; return its path."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    parts = [f"Measured on {machine()}.", _markdown([HEADINGS, *map(cells, rows)])]
    parts += ["![Each cost as a share of its bound](performance-bounds.svg)", "### Growth", CURVES]
    parts += [_markdown([CURVE_HEADINGS, *map(curve_cells, curves)]), GROWTH]
    parts += [_markdown([*growth_cells(growth)]) for growth in growths]
    parts += ["![How requests and keyring questions grow](performance-growth.svg)"]
    page = folder / PAGE.name
    page.write_text("\n\n".join([before + BEGIN, *parts, END + after]), encoding="utf-8")
    return page


CURVES = "CPU time of ours as something grows; the bounds on it are above."
CURVE_HEADINGS = ("work", "of what", "small", "larger", "largest", "it is to be")
GROWTH = (
    "Each cell: requests for pages on the wire / how many of them were refused with 401 / questions to the keyring,\n"
    "and the pages that did not come, where there were any."
)


def _markdown(table: Sequence[Sequence[str]]) -> str:
    heading, *lines = (f"| {' | '.join(line)} |" for line in table)
    return "\n".join([heading, "|" + "---|" * len(table[0]), *lines])
