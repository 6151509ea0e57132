"""CPU time as something grows that a user or a stranger decides: it stays the same, or grows no faster than that."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

from requests_indexauth import CredentialStore, Index, mount

from .measure import Contender, Row, interleaved, middle, shown_time
from .stranger import HOST, send, stranger_session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROUNDS = 11
FLAT, LINEAR = 1.5, 1.25
"""How many times the smallest size's cost the largest size's may be; and how many times that of the one before it, as a
multiple of how much larger it is."""
REPEAT = 0.02
"""Seconds that one measurement takes at least."""
ENTRY = """[[credential]]
service = "https://host{0}.example/team{1}"
username = "me"
scheme = "basic"
password = "p"
"""


class Job(NamedTuple):
    """What is measured.

    Attributes:
        title: what is done.
        axis: what grows.
        sizes: how much of it.
        make: returns what does it once, for a size; the folder is empty.
        linear: whether the cost grows with the size, or not at all.

    """

    title: str
    axis: str
    sizes: Sequence[int]
    make: Callable[[int, Path], Callable[[], object]]
    linear: bool


class Curve(NamedTuple):
    """What came of it.

    Attributes:
        job: what was measured.
        costs: what each size costs, in microseconds.
        ratio: of the two sizes that are compared.
        spread: of that ratio.

    """

    job: Job
    costs: Sequence[float]
    ratio: float
    spread: float

    @property
    def row(self) -> Row:
        """The row of the table of bounds."""
        sizes, before = self.job.sizes, -2 if self.job.linear else 0
        bound = LINEAR * sizes[-1] / sizes[before] if self.job.linear else FLAT
        named = f"{self.job.title}: {sizes[-1]:,} {self.job.axis}"
        return Row(named, "ours", shown_time(self.costs[-1]), f"{sizes[before]:,}", self.ratio, self.spread, bound)


def _long_url(size: int, _folder: Path) -> Callable[[], object]:
    session, url = stranger_session(), f"{HOST}/{'a/b.' * (size * 256)}"
    return lambda: session.get(url)


def _long_location(size: int, _folder: Path) -> Callable[[], object]:
    session = stranger_session(f"{HOST}/{'a/b.' * (size * 256)}")
    return lambda: session.get(f"{HOST}/from")


def _visited(url: Callable[[int], str], size: int, _folder: Path) -> Callable[[], object]:
    """Return a request for a page where the last of many visits was."""
    session = stranger_session()
    for number in range(size):
        send(session, url(number))
    return lambda: session.get(url(size - 1))


def _indexes(size: int) -> list[Index]:
    return [Index(f"https://u:p@pkgs.example/team{number}/simple/") for number in range(size)]


def _warm_index(size: int, _folder: Path) -> Callable[[], object]:
    session, url = stranger_session(), f"{HOST}/team{size - 1}/simple/thing/"
    mount(session, _indexes(size), discover=False)
    return lambda: session.get(url)


def _first_index(size: int, _folder: Path) -> Callable[[], object]:
    indexes, url = _indexes(size), f"{HOST}/team{size - 1}/simple/thing/"

    def first() -> None:
        session = stranger_session()
        mount(session, indexes, discover=False)
        session.get(url)

    return first


def _first_of_netrc(size: int, folder: Path) -> Callable[[], object]:
    path = folder / "netrc"
    lines = "".join(f"machine h{number}.example login u password p\n" for number in range(size - 1))
    path.write_text(f"{lines}machine pkgs.example login u password p\n")
    path.chmod(0o600)

    def first() -> None:
        session = stranger_session()
        session.trust_env = True
        mount(session, discover=False, store=False)
        with _variable("NETRC", str(path)):
            session.get(f"{HOST}/simple/thing/").raise_for_status()

    return first


def _store(size: int, folder: Path) -> Path:
    path = folder / "credentials.toml"
    path.write_text("\n".join(ENTRY.format(number % 100, number) for number in range(size)))
    return path


def _loaded_store(size: int, folder: Path) -> Callable[[], object]:
    store = CredentialStore(_store(size, folder))
    return lambda: store.get("https://host7.example/team7/simple/thing/")


def _first_of_store(size: int, folder: Path) -> Callable[[], object]:
    path = _store(size, folder)
    return lambda: CredentialStore(path).get("https://host7.example/team7/simple/thing/")


JOBS = (
    Job("a request", "KB of URL", (12, 50, 200), _long_url, linear=True),
    Job("a request", "KB of Location", (4, 15, 60), _long_location, linear=True),
    Job(
        "a request",
        "folders visited",
        (10, 1_000, 100_000),
        partial(_visited, lambda number: f"{HOST}/a{number}/simple/thing/"),
        linear=False,
    ),
    Job(
        "a request",
        "hosts visited",
        (10, 1_000, 10_000),
        partial(_visited, lambda number: f"https://h{number}.example/simple/thing/"),
        linear=False,
    ),
    Job("a request", "indexes", (1, 100, 10_000), _warm_index, linear=False),
    Job("first request of a session", "indexes", (10, 1_000, 10_000), _first_index, linear=True),
    Job("first request of a session", "lines of netrc", (10, 1_000, 10_000), _first_of_netrc, linear=True),
    Job("first look-up in a store", "entries", (10, 1_000, 10_000), _first_of_store, linear=True),
    Job("look-up in a loaded store", "entries", (10, 1_000, 10_000), _loaded_store, linear=False),
)


def curves() -> list[Curve]:
    """Return all measurements."""
    return [_measure(job) for job in JOBS]


def _measure(job: Job) -> Curve:
    with tempfile.TemporaryDirectory() as folder:
        contenders: dict[str, Contender] = {}
        for size in job.sizes:
            own = Path(folder, str(size))
            own.mkdir()
            contenders[str(size)] = _timed(job.make(size, own))
        found = [*interleaved(contenders, ROUNDS).values()]
    ratio, spread = middle([last / other for last, other in zip(found[-1], found[-2 if job.linear else 0])])
    return Curve(job, [*map(statistics.median, found)], ratio, spread)


def _timed(work: Callable[[], object]) -> Contender:
    """Return what does the work again and again, and returns the microseconds of one time."""
    started = time.process_time()
    work()
    work()
    times = max(1, round(REPEAT / ((time.process_time() - started) / 2 + 1e-6)))

    def microseconds() -> float:
        started = time.process_time()
        for _ in range(times):
            work()
        return (time.process_time() - started) / times * 1e6

    return microseconds


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
