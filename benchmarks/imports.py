"""What importing this package adds to ``import requests``, each time in a fresh process: CPU time."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from .measure import Row, compare, count, interleaved, middle, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

ROUNDS = 30
ALONE, MOUNT, UNEARTH = "import requests_indexauth", "import and first mount()", "unearth: import and first auth"
REQUESTS = "import requests"
STATEMENTS = {
    ALONE: ("import requests_indexauth", "pass"),
    MOUNT: ("from requests_indexauth import mount", "mount(session)"),
    UNEARTH: ("from unearth.auth import MultiDomainBasicAuth", "session.auth = MultiDomainBasicAuth()"),
}
"""What is timed: a statement, and one with a session that is there already."""
BOUND, BOUND_MS = 0.08, 2.0
HEAVY = ("keyring", "tomli", "tomllib", "platformdirs", "subprocess", "filelock")
TIMED = """\
import json, sys, time
times = [time.process_time()]
import requests
times.append(time.process_time())
before = set(sys.modules)
{0}
times.append(time.process_time())
session = requests.Session()
times.append(time.process_time())
{1}
times.append(time.process_time())
spent = [(later - sooner) * 1000 for sooner, later in zip(times, times[1:])]
print(json.dumps([spent[0], spent[1] + spent[3], sorted(set(sys.modules) - before)]))
"""


def _import(statements: Sequence[str]) -> tuple[float, float, list[str]]:
    """Return the milliseconds of `requests`, those that the statements add, and the modules that came with them."""
    command = [sys.executable, "-c", TIMED.format(*statements)]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    requests, added, modules = json.loads(run.stdout)
    return requests, added, modules


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    costs = interleaved({name: lambda it=it: _import(it) for name, it in STATEMENTS.items()}, ROUNDS)  # type: ignore[misc]
    found = []
    added, spread = middle([taken for _, taken, _ in costs[ALONE]])
    found.append(Row(f"`{ALONE}`, milliseconds", "ours", shown(added, "ms"), "", added, spread, BOUND_MS))
    for name in (MOUNT, UNEARTH):
        both = {name: [taken for _, taken, _ in costs[name]], REQUESTS: [taken for taken, _, _ in costs[name]]}
        found += compare("to begin with", both, REQUESTS, {MOUNT: BOUND})
    for name in (ALONE, MOUNT):
        heavy = {module.partition(".")[0] for module in costs[name][0][2]} & set(HEAVY)
        found.append(count(f"{name}: heavy modules", "ours", len(heavy), "loaded", 0))
    return found
