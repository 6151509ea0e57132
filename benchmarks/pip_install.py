"""``pip-indexauth install`` from a private index on loopback, beside plain pip with the password in the URL."""

from __future__ import annotations

import subprocess
import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING

from requests_indexauth.cli.demo_index import PACKAGES, USER, DemoIndex

from .measure import Row, compare, interleaved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .pips import Pip

ROUNDS = 40
BOUND = 1.05


def _install(pip: Pip, module: str, url: str) -> float:
    """Return the seconds that an installation into a new folder takes."""
    with tempfile.TemporaryDirectory() as target:
        words = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--index-url", url]
        started = time.perf_counter()
        subprocess.run(
            [pip.python, "-m", module, *words, "--target", target, *PACKAGES],
            check=True,
            capture_output=True,
            env=pip.environment,
        )
        return time.perf_counter() - started


def _measure(pip: Pip) -> list[Row]:
    with DemoIndex() as index:
        netrc = pip.home / ".netrc"
        netrc.touch(0o600)
        netrc.write_text(f"machine {index.host} login {USER} password {index.password}\n")
        full = index.url.replace("://", f"://{USER}:{index.password}@")
        contenders = {
            "pip-indexauth": partial(_install, pip, "requests_indexauth.pip", index.url),
            "pip, password in the URL": partial(_install, pip, "pip", full),
        }
        costs = interleaved(contenders, ROUNDS)
    work = f"install {len(PACKAGES)} wheels, {pip.name}"
    return compare(work, costs, "pip, password in the URL", {"pip-indexauth": BOUND}, "s")


def rows(pips: Iterable[Pip]) -> list[Row]:
    """Return a row for each pip."""
    return [row for pip in pips for row in _measure(pip)]
