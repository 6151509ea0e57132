"""CPU time of a request with a remembered credential, through an adapter that sends nothing."""

from __future__ import annotations

import io
import time
from functools import partial

import requests
from requests.adapters import BaseAdapter
from urllib3.response import HTTPResponse

import requests_indexauth

from .measure import Contender, Row, compare, interleaved

HOST = "https://pkgs.example"
PAGE = f"{HOST}/simple/thing/"
REQUESTS = 300
ROUNDS = 60
BOUND = 1.06


class NullAdapter(BaseAdapter):
    """Answers 200 at once: what is left is the cost of everything above the network."""

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:  # type: ignore[override]
        """Return an empty page."""
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "text/html"
        response.url = request.url or ""
        response.request = request
        response.raw = HTTPResponse(io.BytesIO(b""), preload_content=False)
        return response

    def close(self) -> None:
        """Nothing is open."""


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", NullAdapter())
    return session


def _ours(indexes: int) -> requests.Session:
    session = _session()
    configured = [requests_indexauth.Index("https://u:p@pkgs.example/simple/")]
    configured += [requests_indexauth.Index(f"https://u:p@pkgs.example/team{i}/simple/") for i in range(1, indexes)]
    requests_indexauth.mount(session, configured, discover=False)
    return session


def _plain() -> requests.Session:
    session = _session()
    session.auth = ("u", "p")
    return session


def _unearth() -> requests.Session | None:
    try:
        from unearth.auth import MultiDomainBasicAuth  # noqa: PLC0415 - a peer, where it is installed
    except ImportError:
        return None
    session = _session()
    session.auth = MultiDomainBasicAuth(prompting=False, index_urls=["https://u:p@pkgs.example/simple/"])
    return session


def _microseconds(session: requests.Session) -> float:
    started = time.process_time()
    for _ in range(REQUESTS):
        session.get(PAGE)
    return (time.process_time() - started) / REQUESTS * 1e6


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    sessions = {
        'requests, auth=("u", "p")': _plain(),
        "ours, 1 index": _ours(1),
        "ours, 50 indexes": _ours(50),
        "unearth": _unearth(),
    }
    contenders: dict[str, Contender] = {
        name: partial(_microseconds, session) for name, session in sessions.items() if session is not None
    }
    bounds = {"ours, 1 index": BOUND, "ours, 50 indexes": BOUND}
    costs = interleaved(contenders, ROUNDS)
    return compare("request with a remembered credential", costs, next(iter(sessions)), bounds)
