"""The list of causes in ``docs/why-401.md``, which is written from the situations that have them."""

from __future__ import annotations

from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from support.why import Situation

PATH = Path(__file__).parents[2] / "docs" / "why-401.md"
BEGIN = "<!-- The causes: written by the tests, see CONTRIBUTING.md -->\n"
END = "<!-- The end of the causes -->\n"
WIDTH = 96


def shown_part(screen: str) -> list[str]:
    """Return what of a screen is about the request and the advice, a line for each."""
    lines = screen.splitlines()
    first = next((n for n, line in enumerate(lines) if line.startswith(("request ", "advice "))), len(lines))
    return [line for line in lines[first:] if line]


def advice(screen: str) -> str:
    """Return the advice on a screen whose lines are not wrapped; empty where it has none."""
    return next((line[14:] for line in screen.splitlines() if line.startswith("advice ")), "")


def block(situation: Situation, screen: str) -> str:
    """Return what the page says of a situation."""
    lines: list[str] = []
    for line in _shortened(shown_part(screen)):
        lines += wrap(line, WIDTH, subsequent_indent=" " * 14, break_long_words=False, break_on_hyphens=False)
    console = [f"$ indexauth explain {' '.join(situation.asks)}{' --live' if situation.live else ''}", *lines]
    return "\n".join([f"#### {situation.name[0].upper()}{situation.name[1:]}", "", "```console", *console, "```", ""])


def _shortened(lines: list[str]) -> Iterable[str]:
    """Yield lines; of many requests the first two and the last are enough."""
    requests = [n for n, line in enumerate(lines) if line.startswith("request ")]
    left_out = range(requests[2], requests[-1]) if len(requests) > 6 else range(0)
    for n, line in enumerate(lines):
        if n not in left_out:
            yield line
        elif n == left_out.start:
            yield "…"


def causes(text: str) -> str:
    """Return the part of the page that is written."""
    return text.partition(BEGIN)[2].partition(END)[0]


def page(text: str, blocks: Mapping[str, Mapping[str, str]]) -> str:
    """Return the page with other causes: for each chapter the blocks by the situations' names."""
    before, _, rest = text.partition(BEGIN)
    parts = [f"### {chapter}\n\n" + "\n".join(of.values()) for chapter, of in blocks.items()]
    return f"{before}{BEGIN}\n" + "\n".join(parts) + f"\n{END}{rest.partition(END)[2]}"
