"""``pip-indexauth install`` from a private index on loopback, beside plain pip with the password in the URL."""

from __future__ import annotations

import resource
import subprocess
import tempfile
import time
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from requests_indexauth.cli.demo.index import PACKAGES, USER, DemoIndex

from .measure import Row, compare, interleaved, unmeasured
from .pips import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .pips import Pip

ROUNDS = 20
BOUND = 1.05
OURS, PLAIN = "pip-indexauth", "plain pip, password in the URL"
BESIDE, ALONE = "plain pip beside keyring", "plain pip in an environment to itself"


class Cost(NamedTuple):
    """What an installation took, in seconds: by the clock, and of CPU time, that of pip's own children too."""

    clock: float
    cpu: float


def _cpu() -> float:
    """Return the CPU time of all children so far that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _install(pip: Pip, python: Path, module: str, url: str) -> Cost:
    """Return what an installation into a new folder costs."""
    with tempfile.TemporaryDirectory() as target:
        words = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--index-url", url]
        started, before = time.perf_counter(), _cpu()
        subprocess.run(
            [python, "-m", module, *words, "--target", target, *PACKAGES],
            check=True,
            capture_output=True,
            env=pip.environment,
        )
        return Cost(time.perf_counter() - started, _cpu() - before)


def _works(pip: str) -> tuple[str, str]:
    """Return what is measured: by the clock, and in CPU time."""
    work = f"install {len(PACKAGES)} wheels, {pip}"
    return work, f"{work}, CPU time"


def _measure(pip: Pip) -> list[Row]:
    with DemoIndex() as index:
        netrc = pip.home / ".netrc"
        netrc.touch(0o600)
        netrc.write_text(f"machine {index.host} login {USER} password {index.password}\n")
        full = index.url.replace("://", f"://{USER}:{index.password}@")
        contenders = {
            OURS: partial(_install, pip, pip.python, "requests_indexauth.pip", index.url),
            PLAIN: partial(_install, pip, pip.without_keyring, "pip", full),
            ALONE: partial(_install, pip, pip.alone, "pip", full),
            BESIDE: partial(_install, pip, pip.python, "pip", full),
        }
        costs = interleaved(contenders, ROUNDS)
    rows = []
    for work, kind in zip(_works(pip.name), zip(*(zip(*found) for found in costs.values()))):
        found = dict(zip(costs, kind))
        rows += compare(work, found, PLAIN, {OURS: BOUND}, "s")
        rows += compare(work, {OURS: found[OURS], ALONE: found[ALONE]}, ALONE, {}, "s")
    return rows


def rows(pips: Iterable[Pip | Missing]) -> list[Row]:
    """Return the rows for each pip."""
    found = []
    for pip in pips:
        if isinstance(pip, Missing):
            found += [unmeasured(work, OURS, PLAIN, BOUND, pip.why) for work in _works(pip.name)]
        else:
            found += _measure(pip)
    return found
