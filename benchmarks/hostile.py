"""What a stranger can make a session cost: URLs of any length, and made-up paths, hosts and users without end."""

from __future__ import annotations

import gc
import io
import time
import tracemalloc
from functools import partial
from typing import Callable

import requests
from requests.adapters import HTTPAdapter

import requests_indexauth

from .measure import Row, compare, count, interleaved

ROUNDS = 15
REQUESTS = 5
LINEAR = 5
"""How many times as much four times the length may cost."""
MADE_UP = 50_000
WARM = 100
"""Requests before the first look at the memory: every module is imported then."""
KILOBYTES = 3_000
HOST = "https://pkgs.example"
SPELLINGS: dict[str, Callable[[int], str]] = {
    "made-up paths": lambda number: f"{HOST}/a{number}/b/{number}",
    "made-up paths, refused": lambda number: f"{HOST}/refuse/{number}",
    "made-up hosts": lambda number: f"https://h{number}.example/x/{number}",
    "made-up users": lambda number: f"https://u{number}@pkgs.example/x/{number}",
}


class _Server(HTTPAdapter):
    """Wants a credential, takes any outside ``/refuse``, and sends what asks for it on to another URL."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__()
        self._location = location

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:  # type: ignore[override]
        response = requests.Response()
        url = request.url or ""
        if self._location is not None and url.endswith("/from"):
            response.status_code = 302
            response.headers["Location"] = self._location
        else:
            taken = "Authorization" in request.headers and "/refuse" not in url
            response.status_code = 200 if taken else 401
        response.url, response.request, response.raw = url, request, io.BytesIO()
        response.connection = self
        return response

    def close(self) -> None:
        """Nothing is open."""


def _session(location: str | None = None) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Server(location))
    requests_indexauth.mount(
        session, discover=False, prompt=lambda _url, user: requests_indexauth.Credentials.basic(user or "u", "p")
    )
    return session


def _milliseconds(session: requests.Session, url: str) -> float:
    started = time.process_time()
    for _ in range(REQUESTS):
        session.get(url)
    return (time.process_time() - started) / REQUESTS * 1e3


def _lengths(work: str, sizes: tuple[int, int], contender: Callable[[str], Callable[[], float]]) -> list[Row]:
    short, long = (f"{size:,} KB" for size in sizes)
    urls = {f"{size:,} KB": f"{HOST}/{'a/b.' * (size * 256)}" for size in sizes}
    costs = interleaved({name: contender(url) for name, url in urls.items()}, ROUNDS)
    return compare(work, costs, short, {long: LINEAR})


def _kilobytes(spell: Callable[[int], str]) -> int:
    """Return by how much a session grows; what ``requests`` itself keeps is not ours."""
    session = _session()
    tracemalloc.start()
    before = 0
    for number in range(WARM + MADE_UP):
        if number == WARM:
            gc.collect()
            before, _ = tracemalloc.get_traced_memory()
        session.get(spell(number))
    gc.collect()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return (after - before) // 1000


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    found: list[Row] = []
    found += _lengths("a long URL", (50, 200), lambda url: partial(_milliseconds, _session(), url))
    found += _lengths("a long Location", (15, 60), lambda url: partial(_milliseconds, _session(url), f"{HOST}/from"))
    for name, spell in SPELLINGS.items():
        found.append(count(f"{MADE_UP:,} {name}", "ours", _kilobytes(spell), "KB", KILOBYTES))
    return found
