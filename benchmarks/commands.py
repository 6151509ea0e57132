"""``indexauth token`` beside an empty Python and beside ``keyring get``: whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from .measure import Row, compare, count, interleaved

ROUNDS = 60
SERVICE = "https://pkgs.example/team"
BOUND_PASS, BOUND_KEYRING = 3.0, 0.25
WORK = "a token on the command line"
HEAVY = ("requests", "urllib3", "keyring")
LOADED = """\
import sys
from requests_indexauth.cli import main
main(sys.argv[2:])
print(len({module.partition(".")[0] for module in sys.modules} & {*sys.argv[1].split()}))
"""


def _milliseconds(command: list[str], environment: dict[str, str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, check=False, capture_output=True, env=environment)
    return (time.perf_counter() - started) * 1000


def rows() -> list[Row]:
    """Return the rows of this benchmark: the same command beside two others."""
    scripts = Path(sys.executable).parent
    token = [str(scripts / "indexauth"), "token", f"{SERVICE}/simple/thing/"]
    if not Path(token[0]).exists():
        token = [sys.executable, "-m", "requests_indexauth", *token[1:]]
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "HOME": home, "UV_CREDENTIALS_DIR": home}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # a user's Python compiles a module once
        login = [sys.executable, "-m", "requests_indexauth", "login", SERVICE, "-u", "me", "--password", "-"]
        subprocess.run(login, check=True, capture_output=True, input=b"a password", env=environment)
        commands = {
            "indexauth token": token,
            "python -c pass": [sys.executable, "-c", "pass"],
            "keyring get": [sys.executable, "-m", "keyring", "get", SERVICE, "me"],
        }
        contenders = {name: partial(_milliseconds, command, environment) for name, command in commands.items()}
        costs = interleaved(contenders, ROUNDS)
        counting = [sys.executable, "-c", LOADED, " ".join(HEAVY), *token[token.index("token") :]]
        printed = subprocess.run(counting, check=True, capture_output=True, env=environment).stdout
        heavy = int(printed.split()[-1])
    found = [count(f"{WORK}: {', '.join(HEAVY)}", "indexauth token", heavy, "loaded", 0)]
    for baseline, bound in (("python -c pass", BOUND_PASS), ("keyring get", BOUND_KEYRING)):
        beside = {name: costs[name] for name in ("indexauth token", baseline)}
        found += compare(WORK, beside, baseline, {"indexauth token": bound})
    return found
