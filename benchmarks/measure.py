"""Measuring: every row's contenders in turn, round after round, so that a busy moment hits them all alike."""

from __future__ import annotations

import gc
import statistics
from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

Contender = Callable[[], float]
"""Does the work once and returns its cost."""


class Cost(NamedTuple):
    """What one contender's rounds cost.

    Attributes:
        median: in the contender's own unit.
        spread: half the distance between the quartiles, as a share of the median.

    """

    median: float
    spread: float


class Row(NamedTuple):
    """One line of the table.

    Attributes:
        work: what is measured.
        contender: whose cost it is.
        baseline: beside what.
        ratio: the contender's median over the baseline's.
        spread: the wider of the two spreads.
        bound: what the ratio must not exceed; ``None`` for a peer shown for comparison.

    """

    work: str
    contender: str
    baseline: str
    ratio: float
    spread: float
    bound: float | None

    @property
    def held(self) -> bool:
        """Whether the ratio is within its bound."""
        return self.bound is None or self.ratio <= self.bound


def interleaved(contenders: Mapping[str, Contender], rounds: int) -> dict[str, Cost]:
    """Return the cost of each contender over a number of rounds in which each has its turn."""
    samples: dict[str, list[float]] = {name: [] for name in contenders}
    for contender in contenders.values():
        contender()  # warm
    gc.collect()
    for _ in range(rounds):
        for name, contender in contenders.items():
            samples[name].append(contender())
    return {name: _cost(values) for name, values in samples.items()}


def _cost(values: list[float]) -> Cost:
    first, median, third = statistics.quantiles(values, n=4)
    return Cost(median, (third - first) / 2 / median)


def compare(work: str, costs: Mapping[str, Cost], baseline: str, bounds: Mapping[str, float]) -> list[Row]:
    """Return a row for every contender but the baseline."""
    base = costs[baseline]
    return [
        Row(work, name, baseline, cost.median / base.median, max(cost.spread, base.spread), bounds.get(name))
        for name, cost in costs.items()
        if name != baseline
    ]
