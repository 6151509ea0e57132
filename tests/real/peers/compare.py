"""Run another project's tests without us and with every session mounted, and print which outcomes change.

    python tests/real/peers/compare.py CHECKOUT [--by mount|run|pip] [PYTEST ARGUMENTS...]

Run it in an environment that has that project (`pip install -e CHECKOUT`), what its tests need, and this package. A
test whose outcome changes is run again, by itself, both ways: what changes no more did not change because of us. Exit
code 1 where an outcome does change.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
OF_MACHINE = ("UV_", "PIP_", "NETRC", "KEYRING", "TWINE_", "REQUESTS_CA_BUNDLE", "SSL_CERT", "CURL_CA_BUNDLE")
"""What variables' names begin with that would let this machine's credentials and settings into the tests."""
MISSING = "not run"


class Suite(NamedTuple):
    """One project's tests.

    Attributes:
        checkout: its folder.
        arguments: of pytest.
        by: how we come in: ``mount``: each session is mounted as it is made; ``run``: by ``indexauth run``; ``pip``:
            `pip-indexauth` takes pip's place in pip's own tests.
        home: an empty home folder.

    """

    checkout: Path
    arguments: list[str]
    by: str
    home: Path

    def outcomes(self, *, mounted: bool) -> dict[str, str]:
        """Run the tests and return the outcome of each; pytest's own output goes to standard error."""
        path = self.home / "outcomes.json"
        path.unlink(missing_ok=True)
        runner = ["-m", "requests_indexauth", "run"] if mounted and self.by == "run" else []
        options = ["-p", "outcomes", "--outcomes", str(path), "-q", "--tb=short", "-p", "no:cacheprovider"]
        how = ["--with-us", self.by] if mounted and self.by != "run" else []
        command = [sys.executable, *runner, "-m", "pytest", *options, *how, *self.arguments]
        kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_MACHINE)}
        folders = os.pathsep.join(filter(None, [str(HERE), os.environ.get("PYTHONPATH")]))
        home = str(self.home)
        variables = {**kept, "PYTHONPATH": folders, "HOME": home, "XDG_CONFIG_DIRS": home, "UV_NO_CONFIG": "1"}
        subprocess.run(command, cwd=self.checkout, env=variables, stdout=sys.stderr, check=False)
        read: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        return read

    def changes(self) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
        """Return all outcomes without us, and those that change with us: what they were and what they become."""
        plain = self.outcomes(mounted=False)
        changed = _differences(plain, self.outcomes(mounted=True))
        if changed:
            again = self._replace(arguments=[*self._options(), *changed])
            changed = _differences(again.outcomes(mounted=False), again.outcomes(mounted=True))
        return plain, changed

    def _options(self) -> list[str]:
        """Return the arguments that are no tests."""
        return [one for one in self.arguments if not (self.checkout / one.partition("::")[0]).exists()]


def _differences(plain: dict[str, str], ours: dict[str, str]) -> dict[str, tuple[str, str]]:
    pairs = {test: (plain.get(test, MISSING), ours.get(test, MISSING)) for test in [*plain, *ours]}
    return {test: pair for test, pair in pairs.items() if pair[0] != pair[1]}


def main() -> int:
    """Compare, and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("checkout", type=Path, metavar="CHECKOUT", help="the project's folder")
    parser.add_argument("--by", choices=["mount", "run", "pip"], default="mount", help="how we come in")
    given, arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as home:
        suite = Suite(given.checkout.resolve(), arguments, given.by, Path(home))
        plain, changed = suite.changes()
    counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(Counter(plain.values()).items()))
    said = [
        f"{given.checkout.resolve().name}: {len(plain)} tests without us: {counts}; changed with us: {len(changed)}"
    ]
    said += [f"  {test}: {before} -> {after}" for test, (before, after) in changed.items()]
    sys.stdout.write("\n".join([*said, ""]))
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
