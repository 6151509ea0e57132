"""CPU time of a request with a remembered credential, through an adapter that sends nothing."""

from __future__ import annotations

from functools import partial
from typing import Any

import requests
import requests.adapters
import urllib3

import requests_indexauth

from .measure import Contender, Row, compare, interleaved
from .null import FULL_INDEX, microseconds, unplug
from .peers import poetry_authenticator, unearth_auth

WORK = "request with a remembered credential"
ROUNDS = 60
BOUND = 1.06
PLAIN, ONE, FIFTY = 'requests, auth=("u", "p")', "ours, 1 index", "ours, 50 indexes"
AS_AUTH = "IndexAuth alone, 1 index"


def _session() -> requests.Session:
    session: requests.Session = unplug(requests.Session(), requests, urllib3)
    return session


def _ours(indexes: int) -> requests.Session:
    session = _session()
    configured = [requests_indexauth.Index(FULL_INDEX)]
    configured += [requests_indexauth.Index(f"https://u:p@pkgs.example/team{i}/simple/") for i in range(1, indexes)]
    requests_indexauth.mount(session, configured, discover=False)
    return session


def _with_auth(auth: Any) -> requests.Session:
    session = _session()
    session.auth = auth
    return session


def _poetry() -> Any:
    authenticator = poetry_authenticator([FULL_INDEX])
    authenticator.create_session = _session
    return authenticator


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    sessions = {
        PLAIN: _with_auth(("u", "p")),
        ONE: _ours(1),
        FIFTY: _ours(50),
        AS_AUTH: _with_auth(requests_indexauth.IndexAuth([requests_indexauth.Index(FULL_INDEX)], discover=False)),
        "unearth": _with_auth(unearth_auth([FULL_INDEX])),
        "poetry": _poetry(),
    }
    contenders: dict[str, Contender] = {name: partial(microseconds, session) for name, session in sessions.items()}
    costs = interleaved(contenders, ROUNDS)
    beside_unearth = {name: costs[name] for name in (ONE, FIFTY, "unearth")}
    return [
        *compare(WORK, costs, PLAIN, {ONE: BOUND, FIFTY: BOUND, AS_AUTH: BOUND}, "µs"),
        *compare(WORK, beside_unearth, "unearth", {ONE: 1, FIFTY: 1}, "µs"),
    ]
