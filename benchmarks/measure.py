"""Measuring: every row's contenders in turn, round after round, so that a busy moment hits them all alike."""

from __future__ import annotations

import gc
import math
import statistics
from typing import TYPE_CHECKING, Callable, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Cost = TypeVar("Cost")
"""What doing the work once costs: a figure, or several."""
Contender = Callable[[], float]
"""Does the work once and returns its cost."""


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        work: what is measured.
        contender: whose cost it is.
        cost: the cost itself, with its unit.
        baseline: beside what; empty where the bound is for the cost itself.
        ratio: the contender's cost over the baseline's, median of all rounds; without a baseline the cost itself; not a
            number where nothing was measured, and then no bound is held.
        spread: half the distance between that ratio's quartiles, as a share of it; 0 for what is counted.
        bound: what the ratio must not exceed; ``None`` for a peer shown for comparison.

    """

    work: str
    contender: str
    cost: str
    baseline: str
    ratio: float
    spread: float
    bound: float | None

    @property
    def held(self) -> bool:
        """Whether the ratio is within its bound."""
        return self.bound is None or self.ratio <= self.bound

    @property
    def measured(self) -> bool:
        """Whether there is a cost at all."""
        return not math.isnan(self.ratio)


def interleaved(contenders: Mapping[str, Callable[[], Cost]], rounds: int) -> dict[str, list[Cost]]:
    """Return what each contender cost in each of a number of rounds in which all have their turn.

    Each round begins with another one, so that none is always the first.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in contenders}
    names = [*contenders]
    for contender in contenders.values():
        contender()  # warm
    gc.collect()
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            costs[name].append(contenders[name]())
    return costs


def compare(
    work: str, costs: Mapping[str, Sequence[float]], baseline: str, bounds: Mapping[str, float], unit: str = "ms"
) -> list[Row]:
    """Return a row for every contender but the baseline."""
    return [
        _beside(work, name, costs[name], baseline, costs[baseline], bounds.get(name), unit)
        for name in costs
        if name != baseline
    ]


def _beside(  # noqa: PLR0913, PLR0917 - one row has as many parts
    work: str,
    name: str,
    costs: Sequence[float],
    baseline: str,
    base: Sequence[float],
    bound: float | None,
    unit: str,
) -> Row:
    # Round by round: what slows the machine down for a while is in both halves of a ratio.
    ratio, spread = middle([cost / other for cost, other in zip(costs, base)])
    return Row(work, name, shown(statistics.median(costs), unit), baseline, ratio, spread, bound)


def middle(values: Sequence[float]) -> tuple[float, float]:
    """Return the median of several measurements, and half the distance of their quartiles as a share of it."""
    first, median, third = statistics.quantiles(values, n=4)
    return median, (third - first) / 2 / median


def shown(cost: float, unit: str) -> str:
    """Return a cost as people read it: two or three digits, and the unit."""
    return f"{cost:.{0 if cost >= 100 else 1}f} {unit}"  # noqa: PLR2004 - from where on a decimal says nothing


def shown_time(microseconds: float) -> str:
    """Return a time as people read it, in microseconds or milliseconds."""
    least = 1000
    return shown(microseconds, "µs") if microseconds < least else shown(microseconds / least, "ms")


def unmeasured(work: str, contender: str, baseline: str, bound: float | None, why: str) -> Row:
    """Return the row of something that could not be measured here: a bound that it has is not held."""
    return Row(work, contender, f"not measured: {why}", baseline, math.nan, 0, bound)


def count(work: str, contender: str, found: int, unit: str, bound: float | None) -> Row:
    """Return the row of something that is counted rather than timed."""
    return Row(work, contender, f"{found:,} {unit}", "", found, 0, bound)
