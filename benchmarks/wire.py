"""Requests on the wire, with their bounds in docs/performance.md, beside the real uv."""

from __future__ import annotations

from .measure import Row, count
from .world import ALWAYS, ENVIRONMENT, NETRC, STORE, URL, world

PAGES = 100
FIRST = 1
"""The one request that finds out that a credential is wanted."""
BOUNDS = {NETRC: PAGES + FIRST, STORE: PAGES + FIRST, ALWAYS: PAGES, ENVIRONMENT: PAGES, URL: PAGES}
THREADS, EACH = 64, 16
SLOW = 0.2
"""Seconds the keyring takes: long enough for all threads to come to it."""


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    found = []
    for where, bound in BOUNDS.items():
        with world(1, PAGES, where) as indexes:
            work = f"{PAGES} packages, {where}"
            for contender, cost in (("ours", indexes.fetch("ours")), ("uv", indexes.resolve_with_uv())):
                _all_came(work, contender, cost.missing)
                found.append(count(work, contender, cost.requests, "requests", bound if contender == "ours" else None))
    return found + _cold()


def _cold() -> list[Row]:
    """Return what many threads on one cold index cost, whichever way the keyring is asked."""
    found = []
    for provider in ("import", "subprocess"):
        work = f"{THREADS} threads, {EACH} URLs each, of a cold index, keyring by {provider}"
        with world(1, THREADS * EACH, "keyring", slow=SLOW, provider=provider) as indexes:
            cost = indexes.fetch("ours", THREADS)
        _all_came(work, "ours", cost.missing)
        found += [
            count(work, "ours", cost.requests, "requests", THREADS * EACH + FIRST),
            count(work, "ours", cost.refused, "refused", FIRST),
            count(work, "ours", cost.keyring, "asked of the keyring", 2),
        ]
    return found


def _all_came(work: str, contender: str, missing: int) -> None:
    if missing:
        message = f"{work}: {missing} pages did not come to {contender}"
        raise RuntimeError(message)
