"""How requests and keyring calls grow with the number of packages, threads and indexes: ours and the peers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

from .world import KEYRING, NETRC, STORE, Outcome, world

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager

    from .world import World

EACH = 16
"""Packages whose pages a thread fetches."""
PER_INDEX = 10
"""Packages of one of several indexes."""
SLOW = 0.05
"""Seconds the keyring takes where threads compete; what asks a company's login service takes twenty times as long."""
PEERS = ("ours", "requests", "pip", "unearth", "poetry", "uv")


class Job(NamedTuple):
    """What is measured.

    Attributes:
        title: what the job is, and where the credentials are.
        axis: what grows.
        sizes: how much of it.
        contenders: who does it.
        make: returns a world of a size.

    """

    title: str
    axis: str
    sizes: Sequence[int]
    contenders: Sequence[str]
    make: Callable[[int], AbstractContextManager[World]]


class Growth(NamedTuple):
    """What came of it.

    Attributes:
        job: what was measured.
        pages: how many pages that were, for each size.
        outcomes: what each contender's job cost, for each size.

    """

    job: Job
    pages: Sequence[int]
    outcomes: Mapping[str, Sequence[Outcome]]


PACKAGES, THREADS, INDEXES = (10, 100, 300), (1, 8, 64), (1, 10, 30)
JOBS = (
    Job(
        "one index, netrc",
        "packages",
        PACKAGES,
        PEERS,
        lambda size: world(1, size, NETRC),
    ),
    Job("one index, the store", "packages", PACKAGES, ("ours", "uv"), lambda size: world(1, size, STORE)),
    Job("one index, keyring", "packages", PACKAGES, PEERS, lambda size: world(1, size, KEYRING)),
    Job(
        f"{EACH} packages a thread, one cold index, keyring",
        "threads",
        THREADS,
        PEERS,
        lambda size: world(1, EACH * size, KEYRING, slow=SLOW),
    ),
    Job(
        f"{PER_INDEX} packages an index, each on its own host, keyring",
        "indexes",
        INDEXES,
        PEERS,
        lambda size: world(size, PER_INDEX, KEYRING, hosts=True),
    ),
    Job(
        f"{PER_INDEX} packages an index, all on one host with a user each, keyring",
        "indexes",
        INDEXES,
        PEERS,
        lambda size: world(size, PER_INDEX, KEYRING),
    ),
)


def growths() -> list[Growth]:
    """Return all measurements."""
    return [_measure(job) for job in JOBS]


def _measure(job: Job) -> Growth:
    outcomes: dict[str, list[Outcome]] = {name: [] for name in job.contenders}
    pages = []
    for size in job.sizes:
        with job.make(size) as indexes:
            pages.append(sum(index.pages for index in indexes.indexes))
            for name, found in outcomes.items():
                threads = size if job.axis == "threads" else 1
                found.append(indexes.resolve_with_uv() if name == "uv" else indexes.fetch(name, threads))
    return Growth(job, pages, outcomes)
