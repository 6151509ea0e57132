"""A look-up in a store of 10,000 entries beside one of 10, both loaded."""

from __future__ import annotations

import tempfile
import time
from functools import partial
from pathlib import Path

from requests_indexauth import CredentialStore

from .measure import Row, compare, interleaved

LOOKUPS = 2000
ROUNDS = 25
BOUND = 3.0
ENTRY = """[[credential]]
service = "https://host{0}.example/team{1}"
username = "me"
scheme = "basic"
password = "p"
"""


def _store(folder: str, entries: int) -> CredentialStore:
    path = Path(folder) / f"{entries}.toml"
    path.write_text("\n".join(ENTRY.format(i % 100, i) for i in range(entries)))
    return CredentialStore(path)


def _microseconds(store: CredentialStore) -> float:
    started = time.process_time()
    for _ in range(LOOKUPS):
        store.get("https://host7.example/team7/simple/thing/")
    return (time.process_time() - started) / LOOKUPS * 1e6


def rows() -> list[Row]:
    """Return the row of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        stores = {f"{size:,} entries": _store(folder, size) for size in (10, 10_000)}
        costs = interleaved({name: partial(_microseconds, store) for name, store in stores.items()}, ROUNDS)
    return compare("look-up in a loaded store", costs, "10 entries", {"10,000 entries": BOUND}, "µs")
