"""``indexauth token`` beside an empty Python, one that reads the store, and ``keyring get``: whole processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .measure import Row, compare, count, interleaved
from .process import milliseconds
from .venvs import make_venv

ROUNDS = 24
SERVICE, USER, PASSWORD = "https://pkgs.example/team", "me", "a password"
BOUND_PASS, BOUND_FLOOR, BOUND_KEYRING = 3.0, 1.1, 0.25
WORK, OURS, EMPTY = "a token on the command line", "indexauth token", "python -c pass"
FLOOR = "Python that parses the store"
STORE = ".local/share/uv/credentials/credentials.toml"
PARSED = """\
try:
    import tomllib
except ImportError:
    import tomli as tomllib
import os
with open(os.path.expanduser("~/{store}"), "rb") as file:
    print(tomllib.load(file)["credential"][0]["password"])
"""
HEAVY = ("requests", "urllib3", "keyring")
LOADED = """\
import sys
from requests_indexauth.cli import main
main(sys.argv[2:])
print(len({module.partition(".")[0] for module in sys.modules} & {*sys.argv[1].split()}))
"""
BACKEND = "import keyring; print(type(keyring.get_keyring()).__name__)"


class Command(NamedTuple):
    """A command that knows the password, in a home of its own and with no other variables.

    Attributes:
        words: the command.
        home: the folder it has as its home.
        printed: what it must print.

    """

    words: list[str]
    home: Path
    printed: str = f"{PASSWORD}\n"

    def run(self, *words: str, stdin: str = "") -> str:
        """Run it, or another one in its place, and return what it prints."""
        command = list(words) or self.words
        done = subprocess.run(command, check=True, capture_output=True, text=True, env=self._environment, input=stdin)
        return done.stdout

    def milliseconds(self) -> float:
        """Return the CPU time it takes."""
        return milliseconds(self.words, self._environment)

    def check(self) -> None:
        """See that what it prints is what was asked for.

        Raises:
            RuntimeError: it is something else.

        """
        if self.run() != self.printed:
            message = f"{self.words[0]} prints something else than the password"
            raise RuntimeError(message)

    @property
    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home)}


def _token(home: Path) -> Command:
    """Return our command, the password in the store."""
    script = Path(sys.executable).parent / "indexauth"
    start = [str(script)] if script.exists() else [sys.executable, "-m", "requests_indexauth"]
    command = Command([*start, "token", f"{SERVICE}/simple/thing/"], home)
    command.run(*start, "login", SERVICE, "-u", USER, "--password", "-", stdin=PASSWORD)
    return command


def _keyring(folder: Path) -> tuple[str, Command]:
    """Return keyring's command where we are not installed, the password where it keeps it; and what that is called."""
    programs = make_venv(sys.executable, folder / "venv", ["keyring", "keyrings.alt"])
    start = str(programs / "keyring")
    command = Command([start, "get", SERVICE, USER], folder)
    command.run(start, "set", SERVICE, USER, stdin=PASSWORD)
    backend = command.run(str(programs / "python"), "-c", BACKEND).strip()
    return f"keyring get ({backend})", command


def rows() -> list[Row]:
    """Return the rows of this benchmark: the same command beside two others."""
    with tempfile.TemporaryDirectory() as ours, tempfile.TemporaryDirectory() as other:
        token = _token(Path(ours))
        asked, keyring = _keyring(Path(other))
        empty = Command([sys.executable, "-c", "pass"], Path(ours), "")
        parsed = Command([sys.executable, "-c", PARSED.format(store=STORE)], Path(ours))
        commands = {OURS: token, EMPTY: empty, FLOOR: parsed, asked: keyring}
        for command in commands.values():
            command.check()
        contenders = {name: partial(Command.milliseconds, command) for name, command in commands.items()}
        costs = interleaved(contenders, ROUNDS)
        counting = [sys.executable, "-c", LOADED, " ".join(HEAVY), *token.words[token.words.index("token") :]]
        heavy = int(token.run(*counting).split()[-1])
    found = [count(f"{WORK}: {', '.join(HEAVY)}", OURS, heavy, "loaded", 0)]
    for baseline, bound in ((EMPTY, BOUND_PASS), (FLOOR, BOUND_FLOOR), (asked, BOUND_KEYRING)):
        found += compare(WORK, {name: costs[name] for name in (OURS, baseline)}, baseline, {OURS: bound})
    return found
