"""The first request of a new session, the credential in netrc: ours, and ``requests`` doing it by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from support.messages import Reply, Request, refused
from support.server import RecordingServer

from .measure import Row, compare, interleaved
from .process import SOURCE

PROCESSES = 12
SESSIONS = 20
"""Sessions of one process, each with one request: the least of them counts, as the first one has imports to do."""
PLAIN = "requests, by itself"
BOUNDS: dict[int, float] = {0: 4, 20: 4, 200: 8}
"""How many indexes are configured, and what the ratio must not exceed."""
OURS = {f"ours, {indexes} indexes": indexes for indexes in BOUNDS}
TIMED = """\
import json, sys, time, requests

def milliseconds():
    with requests.Session() as session:
        if sys.argv[1] == "ours":
            from requests_indexauth import mount
            mount(session)
        elif sys.argv[1] == "unearth":
            from unearth.auth import MultiDomainBasicAuth
            session.auth = MultiDomainBasicAuth(prompting=False)
        started = time.process_time()
        response = session.get(sys.argv[2])
        taken = (time.process_time() - started) * 1000
        response.raise_for_status()
    return taken

print(json.dumps([milliseconds(), min(milliseconds() for _ in range(int(sys.argv[3])))]))
"""


def _answer(request: Request) -> Reply:
    return Reply(200, {}, b"page") if request.authorization == ("basic", "u", "p") else refused()


def _home(folder: Path, host: str, indexes: int) -> Path:
    """Make a home with an entry in netrc and so many indexes, none of them the one that is asked."""
    home = folder / str(indexes)
    (home / ".config/uv").mkdir(parents=True)
    netrc = home / ".netrc"
    netrc.touch(0o600)
    netrc.write_text(f"machine {host} login u password p\n")
    index = '[[index]]\nname = "i{0}"\nurl = "https://pkgs{0}.example/team{0}/simple/"\n'
    (home / ".config/uv/uv.toml").write_text("".join(map(index.format, range(indexes))))
    return home


def _milliseconds(kind: str, url: str, home: Path) -> tuple[float, float]:
    """Return what the first request of a process takes, and that of a later session."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "PYTHONPATH": str(SOURCE)}
    command = [sys.executable, "-c", TIMED, kind, url, str(SESSIONS)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=environment, cwd=home)
    first, later = json.loads(run.stdout)
    return first, later


def rows() -> list[Row]:
    """Return the rows of this benchmark."""
    with tempfile.TemporaryDirectory() as folder, RecordingServer(_answer) as server:
        url = server.at("/team/simple/thing/")
        homes = {indexes: _home(Path(folder), server.host, indexes) for indexes in BOUNDS}
        contenders = {PLAIN: partial(_milliseconds, "requests", url, homes[0])}
        contenders |= {name: partial(_milliseconds, "ours", url, homes[indexes]) for name, indexes in OURS.items()}
        contenders["unearth"] = partial(_milliseconds, "unearth", url, homes[0])
        costs = interleaved(contenders, PROCESSES)
    later = {name: [cost for _, cost in both] for name, both in costs.items()}
    first = {name: [cost for cost, _ in both] for name, both in costs.items()}
    bounds = {name: BOUNDS[indexes] for name, indexes in OURS.items()}
    return [
        *compare("first request of a new session, netrc", later, PLAIN, bounds),
        *compare("first request of a process, netrc", first, PLAIN, {}),
    ]
