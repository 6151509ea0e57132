"""Run by a Python with or without a global lock: how long requests take in 1, 2, 4 and 8 threads of one session."""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import requests
import urllib3

import requests_indexauth

from .measure import interleaved
from .null import FULL_INDEX, PAGE, unplug

if TYPE_CHECKING:
    from .measure import Contender

ROUNDS = 15
REQUESTS = 400
THREADS = (1, 2, 4, 8)
PLAIN, OURS = 'auth=("u", "p")', "ours"


def _session() -> requests.Session:
    session: requests.Session = unplug(requests.Session(), requests, urllib3)
    return session


def _seconds(session: requests.Session, threads: int) -> float:
    """Return how long the threads take, by the clock, for all requests together."""

    def work(_number: int) -> None:
        for _ in range(REQUESTS // threads):
            session.get(PAGE)

    with ThreadPoolExecutor(threads) as pool:
        started = time.perf_counter()
        list(pool.map(work, range(threads)))
        return time.perf_counter() - started


def main() -> None:
    """Print the seconds of every round, for each number of threads and each contender, as JSON."""
    plain, ours = _session(), _session()
    plain.auth = ("u", "p")
    requests_indexauth.mount(ours, [requests_indexauth.Index(FULL_INDEX)], discover=False)
    found = {}
    for threads in THREADS:
        contenders: dict[str, Contender] = {
            PLAIN: partial(_seconds, plain, threads),
            OURS: partial(_seconds, ours, threads),
        }
        found[threads] = interleaved(contenders, ROUNDS)
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
