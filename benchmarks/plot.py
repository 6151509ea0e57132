"""The pictures: how far each bounded cost is from its bound, and how the costs grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .growth import Growth
    from .measure import Row
    from .world import Outcome

STYLES: dict[str, dict[str, Any]] = {
    "ours": {"color": "#0b6e4f", "marker": "o", "linewidth": 2.4, "zorder": 5},
    "requests": {"color": "#888888", "marker": "x", "linestyle": ":"},
    "pip": {"color": "#3572b0", "marker": "s", "linestyle": "--", "markersize": 8, "fillstyle": "none"},
    "unearth": {"color": "#c0392b", "marker": "^", "linestyle": ":"},
    "poetry": {"color": "#8e44ad", "marker": "d", "linestyle": "-."},
    "uv": {"color": "#d68910", "marker": "v", "linestyle": "--"},
}
SETTINGS = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "requests-indexauth",  # the same figures make the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw_bounds(rows: Sequence[Row], path: Path) -> None:
    """Write a picture with a bar for each cost that has a bound; a full bar would be the bound itself."""
    bounded = [row for row in rows if row.bound][::-1]
    with mpl.rc_context(SETTINGS):
        figure, axes = plt.subplots(figsize=(9.5, 0.3 * len(bounded) + 0.9))
        shares = [row.ratio / row.bound for row in bounded if row.bound]
        colors = [STYLES["ours"]["color"] if row.held else STYLES["unearth"]["color"] for row in bounded]
        axes.barh(range(len(bounded)), shares, color=colors, height=0.66)
        axes.set_yticks(range(len(bounded)), [_label(row) for row in bounded])
        for place, row in enumerate(bounded):
            text = f"{row.ratio:,.3g} of {row.bound:,.4g}" if row.baseline else f"{row.cost} of {row.bound:,.4g}"
            axes.text(0.01, place, text, va="center", color="white" if shares[place] > LEGIBLE else "black", fontsize=8)
        axes.axvline(1, color="black", linewidth=1)
        axes.set(xlim=(0, max(1.02, *shares)), ylim=(-0.6, len(bounded) - 0.4), xlabel="share of the bound")
        _save(figure, path)


LEGIBLE = 0.2
"""A bar shorter than this has its figures on white."""


def _label(row: Row) -> str:
    beside = f" / {row.baseline}" if row.baseline else ""
    return f"{row.work.replace('`', '')}: {row.contender}{beside}"


def draw_growth(growths: Sequence[Growth], path: Path) -> None:
    """Write a picture with requests a page above and keyring questions below, one column for each thing that grows."""
    netrc, _store, keyring, threads, hosts, one_host = growths
    columns = [(netrc, keyring), (threads, threads), (hosts, hosts), (one_host, one_host)]
    with mpl.rc_context(SETTINGS):
        figure, grid = plt.subplots(2, len(columns), figsize=(13, 6), sharey="row")
        for (above, below), (top, bottom) in zip(columns, grid.T):
            _lines(top, above, lambda outcome, pages: outcome.requests / pages)
            _lines(bottom, below, lambda outcome, _pages: outcome.keyring)
            bottom.set(yscale="log", xlabel=below.job.axis)
            bottom.yaxis.set_major_formatter("{x:,.0f}")
        grid[0][0].set(ylabel="requests a page", ylim=(0.9, 2.1))
        grid[1][0].set(ylabel="questions to the keyring")
        known = {label: line for axes in grid.flat for line, label in zip(*axes.get_legend_handles_labels())}
        figure.legend(known.values(), known.keys(), loc="upper center", ncol=len(known), frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 0.95))
        _save(figure, path)


def _lines(axes: Any, growth: Growth, cost: Callable[[Outcome, int], float]) -> None:
    for name, outcomes in growth.outcomes.items():
        values = [cost(outcome, pages) for outcome, pages in zip(outcomes, growth.pages)]
        axes.plot(growth.job.sizes, values, label=name, **STYLES[name])
    axes.set_title("\n".join(growth.job.title.split(", ", 1)), fontsize=9)
    axes.set_xscale("log")
    axes.set_xticks(growth.job.sizes, [f"{size:,}" for size in growth.job.sizes])
    axes.minorticks_off()


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
