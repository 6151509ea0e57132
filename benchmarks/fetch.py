"""One job in a process of its own: ``python -m benchmarks.fetch CONTENDER`` takes it on stdin and reports on stdout.

Where the credentials are the tools find out as they always do: in netrc, the store, the keyring, the variables of this
process, or in the indexes' own URLs.
"""

from __future__ import annotations

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Callable

import requests

from . import keyring_counted
from .peers import pip_session, poetry_authenticator, unearth_auth

Get = Callable[[str], int]
"""Fetches a URL and returns the status."""


def _ours(_indexes: list[str]) -> Get:
    import requests_indexauth  # noqa: PLC0415 - not in the others' processes

    session = requests.Session()
    provider = os.environ[keyring_counted.PROVIDER]
    requests_indexauth.mount(session, keyring_provider=provider)  # type: ignore[arg-type]
    return lambda url: session.get(url).status_code


def _plain(_indexes: list[str]) -> Get:
    session = requests.Session()
    return lambda url: session.get(url).status_code


def _unearth(indexes: list[str]) -> Get:
    session = requests.Session()
    session.auth = unearth_auth(indexes)
    return lambda url: session.get(url).status_code


def _poetry(indexes: list[str]) -> Get:
    authenticator = poetry_authenticator(indexes)
    return lambda url: int(authenticator.get(url, raise_for_status=False).status_code)


def _pip(indexes: list[str]) -> Get:
    session = pip_session(indexes, keyring="import")
    return lambda url: int(session.get(url).status_code)


CONTENDERS: dict[str, Callable[[list[str]], Get]] = {
    "ours": _ours,
    "requests": _plain,
    "pip": _pip,
    "unearth": _unearth,
    "poetry": _poetry,
}


def main(contender: str) -> None:
    """Fetch the job's URLs, and print how many came."""
    job = json.load(sys.stdin)
    get = CONTENDERS[contender](job["indexes"])
    with ThreadPoolExecutor(job["threads"]) as pool:
        statuses = list(pool.map(get, job["urls"]))
    json.dump(statuses.count(200), sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
