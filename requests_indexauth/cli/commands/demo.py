"""``indexauth demo``: the whole thing on this machine, with nothing set up."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

import requests

from ... import mount
from ..demo.index import PACKAGES, USER, DemoIndex
from ..demo.places import PLACES, Place, borrowed_home
from ..demo.signals import noted_signals
from ..demo.steps import explain, install, log_in
from ..screen import Screen
from ..status_codes import DONE, NOT_FOUND

if TYPE_CHECKING:
    from ..parser import Options, Parser

DESCRIPTION = """\
See it work: a private package index on this machine refuses a plain request, and answers the same request when the
password is in netrc, in the environment, or in the store that `indexauth login` and `uv auth login` fill. Then pip
installs from it, and `indexauth explain` says why that works.

Nothing needs to be set up and nothing leaves this machine. Your own files and variables are neither read nor changed,
and nothing is left behind.
"""

EPILOG = ""

TIMEOUT = 10
NARROW = 66

_NEXT = (
    ("indexauth login https://pkgs.example.com/team/simple/ -u me", "keep a password, for uv too"),
    ("indexauth explain https://pkgs.example.com/team/simple/", "see what would be sent, and why"),
    ("requests_indexauth.mount(session)", "the same in your own program"),
)


class Outcome(NamedTuple):
    """What it took to get every package's page, with the credential in one place."""

    place: Place
    pages: int
    requests: int

    @property
    def good(self) -> bool:
        """Whether all of it went as it should."""
        return self.pages == len(PACKAGES) and self.requests == len(PACKAGES) + self.place.teaches


def add_arguments(_parser: Parser) -> None:
    """Add nothing: there are no options of its own."""


def run(_options: Options) -> int:
    """Show all of it, and clean up."""
    screen = Screen()
    screen.text("One password for a private package index, found wherever you keep it", style="bold")
    with noted_signals() as leave, DemoIndex() as index, borrowed_home(index) as home:
        screen.before_line = leave
        _step(screen, 1, "A private package index starts on this machine")
        screen.text(index.url, "   ")
        screen.text(f"{len(PACKAGES)} packages; user {USER}, with a password made up for this minute", "   ")
        refused = _ask_bare(screen, index)
        outcomes = _ask_with_each(screen, index)
        _step(screen, 4, "The same for pip: one login, and no password in any URL")
        used = log_in(screen, index, home) and install(screen, index, home)
        _step(screen, 5, "Why did that work?")
        understood = explain(screen, index)
    _step(screen, 6, "All is cleaned up")
    screen.text("The index has stopped, its folder is gone. Your own files and variables were not touched.", "   ")
    good = refused and all(outcome.good for outcome in outcomes) and used and understood
    if not good:
        screen.line()
        screen.text("This is not how it should have gone: please report it, with the lines above.", style="red")
    _say_what_next(screen)
    return DONE if good else NOT_FOUND


def _step(screen: Screen, number: int, title: str) -> None:
    screen.line()
    screen.text(title, "   ", first=f"{number}  ", style="bold")


def _ask_bare(screen: Screen, index: DemoIndex) -> bool:
    """Show that a plain request is refused; return whether it was."""
    _step(screen, 2, "A plain request is refused")
    url = index.page_url(PACKAGES[0])
    with requests.Session() as session:
        response = session.get(url, timeout=TIMEOUT)
    refused = response.status_code == HTTPStatus.UNAUTHORIZED
    screen.text(f"GET /simple/{PACKAGES[0]}/", "   ")
    answer = f"{response.status_code} {response.reason}"
    screen.line(f"   {screen.style('yellow' if refused else 'red', answer)}")
    screen.text(f"WWW-Authenticate: {response.headers.get('WWW-Authenticate')}", "   ", style="dim")
    return refused


def _ask_with_each(screen: Screen, index: DemoIndex) -> list[Outcome]:
    """Show that the same request is answered with the password in each place."""
    _step(screen, 3, "The same, after one line: requests_indexauth.mount(session)")
    wide = screen.width >= NARROW
    if wide:
        screen.line(screen.style("dim", _row("password in", "pages", "requests", "asking without it first, each time")))
    outcomes = []
    for place in PLACES:
        outcome = _ask_with(index, place)
        outcomes.append(outcome)
        pages, always = f"{outcome.pages} of {len(PACKAGES)}", str(2 * len(PACKAGES))
        style = "green" if outcome.good else "red"
        if wide:
            screen.line(screen.style(style, _row(place.name, pages, str(outcome.requests), always)))
        else:
            screen.line(screen.style(style, f"   {place.name}: {pages} pages"))
            screen.text(f"{outcome.requests} requests, not {always}", "     ")
    screen.text(
        "One refusal, and the password is remembered for the rest: K packages cost K + 1 requests, and only K where "
        "a variable names the index.",
        "   ",
    )
    return outcomes


def _row(where: str, pages: str, count: str, always: str) -> str:
    return f"   {where:<13} {pages:<7} {count:>8}   {always:>9}".rstrip()


def _ask_with(index: DemoIndex, place: Place) -> Outcome:
    """Get the page of every package, with the password in one place and nowhere else."""
    with place.filled(index), requests.Session() as session:
        mount(session)
        before = len(index.statuses)
        answers = [session.get(index.page_url(name), timeout=TIMEOUT) for name in PACKAGES]
    pages = sum(answer.status_code == HTTPStatus.OK for answer in answers)
    return Outcome(place, pages, len(index.statuses) - before)


def _say_what_next(screen: Screen) -> None:
    screen.line()
    screen.text("What next", style="bold")
    for command, what in _NEXT:
        screen.line(f"   {screen.style('cyan', command)}")  # not wrapped: it is to be copied
        screen.text(what, "     ", style="dim")
