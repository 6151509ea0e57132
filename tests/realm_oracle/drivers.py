"""The four ways a request takes: the mounted adapter, `IndexAuth` alone, pip's own process, a child of pip's."""

from __future__ import annotations

import sys
import threading
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import requests

import requests_indexauth
from realm_oracle import ours
from realm_oracle.realms import dice
from realm_oracle.transport import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from realm_oracle.judge import Judge
    from realm_oracle.worlds import World


class Driver(NamedTuple):
    """A way to send.

    Attributes:
        name: what tests call it.
        open: yields a function that returns a session by its number.
        sessions: how many there are.
        ways: the ways to give a credential with a call.
        alone: whether `requests` itself decides on redirects.
        pip: whether it is pip.

    """

    name: str
    open: Callable[[World, Judge], Any]
    sessions: int
    ways: tuple[str, ...]
    alone: bool = False
    pip: bool = False


def _connect(session: Any, copy: Any, world: World, judge: Judge) -> None:
    """Put the judge's network under a session, unless real servers are there; tell the judge of redirects."""
    rebuild_auth, session.max_redirects = session.rebuild_auth, 6

    def rebuild_auth_told(request: Any, response: Any) -> None:
        judge.follow(request)
        rebuild_auth(request, response)

    session.rebuild_auth = rebuild_auth_told
    if not world.on_sockets:
        adapter = wire(copy, judge)
        session.mount("https://", adapter)
        session.mount("http://", adapter)


def _options(world: World, judge: Judge) -> dict[str, Any]:
    """Return what a world gives `IndexAuth`."""

    def prompt(url: str, username: str | None) -> Any:
        judge.see_text("a prompt", url)
        found = world.answer(url, username)
        return None if found is None else requests_indexauth.Credentials.basic(*found)

    indexes = [
        requests_indexauth.Index(one.url, one.name, one.policy)  # type: ignore[arg-type]
        for one in world.places
        if one.given
    ]
    return {
        "indexes": indexes,
        "keyring_provider": "import" if world.keyring else None,
        "prompt": prompt if world.prompt else None,
    }


@contextmanager
def _adapter(world: World, judge: Judge) -> Iterator[Callable[[int], Any]]:
    """Mount, in one of the ways there are."""
    way, options = dice(world.seed, "way").choice(["mount", "mount", "adapter", "by hand"]), _options(world, judge)
    with requests.Session() as session:
        _connect(session, requests, world, judge)
        if way == "mount":
            requests_indexauth.mount(session, **options)
        else:
            auth = requests_indexauth.IndexAuth(**options)
            adapter = requests_indexauth.IndexAuthAdapter(auth, transport=session.get_adapter("https://"))
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            session.auth = auth if way == "by hand" else None
        yield lambda _number: session


@contextmanager
def _alone(world: World, judge: Judge) -> Iterator[Callable[[int], Any]]:
    """Give sessions an `IndexAuth`, one for both, and no adapter."""
    auth = requests_indexauth.IndexAuth(**_options(world, judge))
    with requests.Session() as one, requests.Session() as other:
        for session in (one, other):
            _connect(session, requests, world, judge)
            session.auth = auth
        yield lambda number: (one, other)[number]


class _Terminal:
    """Standard input of somebody who sits there."""

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        raise OSError


@contextmanager
def _parent(world: World, judge: Judge) -> Iterator[Any]:
    """Make a pip with a person at its terminal, who reads which host is asked for."""
    here = threading.local()

    def ask(question: str) -> str:
        judge.see_text("a question", question)
        found = world.answer(question.removeprefix("User for ").rstrip(": "), None)
        user, here.password = found or ("", "")
        return user

    before, sys.stdin = sys.stdin, _Terminal()
    try:
        auth = ours.parent(ask, lambda _question: here.password)
        auth.prompting = world.prompt
        auth.keyring_provider = "import" if world.keyring else "disabled"
        yield auth
    finally:
        sys.stdin = before


def _pips_session(world: World, judge: Judge, auth: Any) -> Any:
    """Make a session of pip's; it has the indexes that another driver is given in code."""
    session = ours.session(auth, [place.url for place in world.places if place.given])
    _connect(session, ours.REQUESTS, world, judge)
    return session


@contextmanager
def _pip(world: World, judge: Judge) -> Iterator[Callable[[int], Any]]:
    """Be pip, with two sessions as where it looks for a newer pip."""
    with _parent(world, judge) as auth:
        sessions = [_pips_session(world, judge, auth) for _ in range(2)]
        yield lambda number: sessions[number]
        for session in sessions:
            session.close()


@contextmanager
def _child(world: World, judge: Judge) -> Iterator[Callable[[int], Any]]:
    """Be a pip and its children; one is started when it is first used."""
    with _parent(world, judge) as auth, ExitStack() as stack:
        made: dict[int, Any] = {}
        lock = threading.Lock()

        def session(number: int) -> Any:
            with lock:
                if number not in made:
                    own = auth if number == 0 else stack.enter_context(ours.child(auth))
                    made[number] = _pips_session(world, judge, own)
                    stack.callback(made[number].close)
                return made[number]

        yield session


CALLERS = ("header", "token", "tuple", "function", "digest")
DRIVERS = {
    driver.name: driver
    for driver in (
        Driver("adapter", _adapter, 1, CALLERS),
        Driver("alone", _alone, 2, ("header", "token"), alone=True),
        Driver("pip", _pip, 2, ("header",), pip=True),
        Driver("child", _child, 4, ("header",), pip=True),
    )
}
