"""What strangers leave in a session's memory: made-up paths, hosts and users without end, and a million requests.

``python -m benchmarks.hostile WORK SECONDS`` does one of these in a process of its own, and prints how many requests it
made and by how many kilobytes the process has grown; it stops after so many seconds of CPU time.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, NamedTuple

from .measure import Row, count
from .process import SOURCE
from .stranger import HOST, send, stranger_session

WARM = 1_000
"""Requests before the first look at the memory: every module is imported then."""
KILOBYTES = 3_000
SECONDS = 45


class Work(NamedTuple):
    """What requests are made: the URL of each, and how many."""

    url: Callable[[int], str]
    requests: int


MADE_UP = 50_000
WORKS = {
    "packages of one index": Work(lambda number: f"{HOST}/simple/thing-{number}/", 1_000_000),  # the longest goes first
    "made-up paths": Work(lambda number: f"{HOST}/a{number}/b/{number}", MADE_UP),
    "made-up paths, refused": Work(lambda number: f"{HOST}/refuse/{number}", MADE_UP),
    "made-up hosts": Work(lambda number: f"https://h{number}.example/x/{number}", MADE_UP),
    "made-up users": Work(lambda number: f"https://u{number}@pkgs.example/x/{number}", MADE_UP),
}


def rows() -> list[Row]:
    """Return the rows of this benchmark. Memory is no matter of time: several processes are measured at once."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(_row, WORKS))


def _row(name: str) -> Row:
    command = [sys.executable, "-m", "benchmarks.hostile", name, str(SECONDS)]
    run = subprocess.run(command, check=True, capture_output=True, cwd=SOURCE)
    requests, kilobytes = json.loads(run.stdout)
    return count(f"memory after {requests:,} requests, {name}", "ours", kilobytes, "KB", KILOBYTES)


def _grow(work: Work, seconds: float) -> tuple[int, int]:
    """Return how many requests were made, and by how much the process has grown."""
    session, before, number = stranger_session(), 0, 0
    for number in range(WARM + work.requests):
        if number == WARM:
            before = _kilobytes()
        if not number % WARM and time.process_time() > seconds:
            break
        send(session, work.url(number))
    return number + 1 - WARM, _kilobytes() - before


def _kilobytes() -> int:
    """Return how much memory the process has in use."""
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 1000


if __name__ == "__main__":
    print(json.dumps(_grow(WORKS[sys.argv[1]], float(sys.argv[2]))))  # noqa: T201 - to the process that started it
