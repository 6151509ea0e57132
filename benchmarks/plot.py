"""The pictures: how far each bounded cost is from its bound, and how the costs grow."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from .growth import Growth
    from .measure import Row
    from .scaling import Curve
    from .world import Outcome

STYLES: dict[str, dict[str, Any]] = {
    "ours": {"color": "#0b6e4f", "marker": "o", "linewidth": 2.4, "zorder": 5},
    "requests": {"color": "#666666", "marker": "X"},
    "pip": {"color": "#3572b0", "marker": "s"},
    "unearth": {"color": "#c0392b", "marker": "^"},
    "poetry": {"color": "#8e44ad", "marker": "D", "markersize": 5},
    "uv": {"color": "#d68910", "marker": "v"},
}
HELD, EXCEEDED, PEER = STYLES["ours"]["color"], STYLES["unearth"]["color"], "#b9c2cb"
SETTINGS = {
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "requests-indexauth",  # the same figures make the same file
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "savefig.facecolor": "white",  # for a page with a dark theme, too
}


class Bar(NamedTuple):
    """One line of the picture of bounds.

    Attributes:
        row: what was measured.
        bound: the row's own, or the one it would have to hold in place of ours.
        work: what stands above it, the same for all bars of a group.

    """

    row: Row
    bound: float
    work: str

    @property
    def share(self) -> float:
        """How much of the bound is used; of a bound of 0, nothing or more than all of it."""
        if not self.row.measured:
            return 0
        return self.row.ratio / self.bound if self.bound else 2 * float(self.row.ratio > 0)

    @property
    def color(self) -> str:
        """Ours is green where the bound is held; peers have no bound."""
        return PEER if self.row.bound is None else HELD if self.row.held else EXCEEDED

    @property
    def text(self) -> str:
        """The figures."""
        if not self.row.measured:
            return self.row.cost
        spread = f" ± {self.row.ratio * self.row.spread:.2g}" if self.row.spread else ""
        found = f"{self.row.ratio:,.3g}{spread}" if self.row.baseline else f"{self.row.cost}{spread}"
        return found if self.row.bound is None else f"{found} of {self.bound:,.4g}"


def _bars(rows: Sequence[Row]) -> Iterator[Bar]:
    """Yield every row that has a bound, and the rows of peers beside it."""
    bounds: dict[tuple[str, str], float] = {}
    for row in rows:
        if row.bound is not None:
            bounds.setdefault((row.work, row.baseline), row.bound)
    for row in rows:
        bound = row.bound if row.bound is not None else bounds.get((row.work, row.baseline))
        if bound is not None:
            beside = f", beside {row.baseline}" if row.baseline else ""
            yield Bar(row, bound, row.work.replace("`", "") + beside)


def draw_bounds(rows: Sequence[Row], path: Path) -> None:
    """Write a picture with a bar for each cost that has a bound, and for its peers; a full bar is the bound itself."""
    groups = [(work, [*bars]) for work, bars in groupby(_bars(rows), key=lambda bar: bar.work)]
    lines = sum(1 + len(bars) for _, bars in groups)
    with mpl.rc_context(SETTINGS):
        figure, axes = plt.subplots(figsize=(9.5, 0.21 * lines + 0.9))
        widest, place = 1.0, 0.0
        names: dict[float, str] = {}
        for work, bars in groups:
            heading = axes.text(0, place, work, va="center", fontsize=8.5, fontweight="bold")
            heading.set_bbox({"facecolor": "white", "edgecolor": "none", "pad": 0.5})
            for bar in bars:
                place += 1
                names[place] = bar.row.contender
                widest = max(widest, _draw_bar(axes, bar, place))
            place += 1.25
        axes.axvline(1, color="black", linewidth=1)
        axes.set_yticks([*names], [*names.values()])
        axes.tick_params(axis="y", length=0)
        axes.set(xlim=(0, widest + 0.35), ylim=(place - 0.6, -0.8))
        axes.set(xlabel="share of the bound (1: the bound itself); grey: peers, which have none; lines: the spread")
        axes.set_ylabel("contender")
        _save(figure, path)


def _draw_bar(axes: Any, bar: Bar, place: float) -> float:
    """Draw a bar, and return how far it reaches."""
    spread = bar.share * bar.row.spread
    axes.barh(place, bar.share, color=bar.color, height=0.78)
    if spread:
        axes.errorbar(bar.share, place, xerr=spread, color="black", capsize=2.5, linewidth=1)
    end = bar.share + spread
    axes.text(max(end, 1) + 0.015, place, bar.text, va="center", fontsize=8)
    return end


def draw_growth(growths: Sequence[Growth], curves: Sequence[Curve], path: Path) -> None:
    """Write a picture with two panels for each job, requests a page and questions to the keyring, and the curves."""
    lines = len(growths) + math.ceil(len(curves) / 2)
    with mpl.rc_context(SETTINGS):
        figure, grid = plt.subplots(lines, 2, figsize=(9.5, 2.15 * lines), squeeze=False)
        for growth, (left, right) in zip(growths, grid):
            _lines(left, growth, lambda outcome, pages: outcome.requests / pages)
            left.set(ylabel="requests a page", ylim=(0.9, 2.15))
            _lines(right, growth, lambda outcome, _pages: outcome.keyring)
            right.set_yscale("symlog", linthresh=1)  # there are noughts
            right.set(ylabel="keyring questions", ylim=(-0.3, 3000), yticks=(0, 1, 10, 100, 1000))
            right.yaxis.set_major_formatter("{x:,.0f}")
            right.minorticks_off()
        panels = [*grid[len(growths) :].flat]
        for axes in panels[len(curves) :]:
            axes.set_axis_off()
        for curve, axes in zip(curves, panels):
            _curve(axes, curve)
        known = {label: line for axes in grid.flat for line, label in zip(*axes.get_legend_handles_labels())}
        figure.legend(known.values(), known.keys(), loc="upper center", ncol=len(known), frameon=False)
        figure.tight_layout(rect=(0, 0, 1, 0.98))
        _save(figure, path)


def _curve(axes: Any, curve: Curve) -> None:
    """Draw how many times the smallest size's cost each size has, beside the line of what grows with its size."""
    sizes, least = curve.job.sizes, curve.costs[0]
    axes.plot(sizes, [cost / least for cost in curve.costs], label="ours", **STYLES["ours"])
    axes.plot(sizes, [size / sizes[0] for size in sizes], label="linear", color=PEER, linestyle="--")
    axes.set_title(f"{curve.job.title}, CPU time", fontsize=9)
    top = max(*(cost / least for cost in curve.costs), 10)
    axes.set(xscale="log", yscale="log", xlabel=curve.job.axis, ylabel="times the smallest", ylim=(0.5, top * 2))
    axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.minorticks_off()


STEP = 1.17
"""How far to the right of the one before, as a factor, a contender's marks are: equal costs would hide each other."""


def _lines(axes: Any, growth: Growth, cost: Callable[[Outcome, int], float]) -> None:
    for name, outcomes in growth.outcomes.items():
        # What it costs to get some of the pages says nothing.
        values = [math.nan if one.missing else cost(one, pages) for one, pages in zip(outcomes, growth.pages)]
        aside = STEP ** ([*STYLES].index(name) - (len(STYLES) - 1) / 2)
        axes.plot([size * aside for size in growth.job.sizes], values, label=name, **{"linewidth": 1.1, **STYLES[name]})
    axes.set_title(growth.job.title, fontsize=9)
    axes.set(xscale="log", xlabel=growth.job.axis)
    axes.set_xticks(growth.job.sizes, [f"{size:,}" for size in growth.job.sizes])
    axes.minorticks_off()


def _save(figure: Any, path: Path) -> None:
    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    plt.close(figure)
