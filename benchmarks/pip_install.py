"""``pip-indexauth install`` from a private index on loopback, beside plain pip with the password in the URL."""

from __future__ import annotations

import tempfile
from functools import partial
from typing import TYPE_CHECKING

from requests_indexauth.cli.demo.index import PACKAGES, USER, DemoIndex

from .measure import Row, compare, interleaved, unmeasured
from .pips import Missing
from .process import milliseconds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .pips import Pip

ROUNDS = 7
BOUND = 1.05
OURS = "pip-indexauth"
ALONE = "plain pip, alone in its environment"
WITHOUT, BESIDE = "plain pip beside all we require but keyring", "plain pip beside all we require"


def _milliseconds(pip: Pip, python: Path, module: str, url: str) -> float:
    """Return the CPU time of an installation into a new folder."""
    words = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--index-url", url]
    with tempfile.TemporaryDirectory() as target:
        return milliseconds([python, "-m", module, *words, "--target", target, *PACKAGES], pip.environment)


def _work(pip: str) -> str:
    return f"install {len(PACKAGES)} wheels, {pip}"


def _measure(pip: Pip) -> list[Row]:
    with DemoIndex() as index:
        netrc = pip.home / ".netrc"
        netrc.touch(0o600)
        netrc.write_text(f"machine {index.host} login {USER} password {index.password}\n")
        full = index.url.replace("://", f"://{USER}:{index.password}@")
        contenders = {
            OURS: partial(_milliseconds, pip, pip.python, "requests_indexauth.pip", index.url),
            WITHOUT: partial(_milliseconds, pip, pip.without_keyring, "pip", full),
            ALONE: partial(_milliseconds, pip, pip.alone, "pip", full),
            BESIDE: partial(_milliseconds, pip, pip.python, "pip", full),
        }
        costs = interleaved(contenders, ROUNDS)
    # The environments of the others are larger than a new one: what that costs pip is not what ours costs.
    beside = {name: costs[name] for name in (OURS, WITHOUT)}
    return [
        *compare(_work(pip.name), costs, ALONE, {OURS: BOUND}),
        *compare(_work(pip.name), beside, WITHOUT, {OURS: BOUND}),
    ]


def rows(pips: Iterable[Pip | Missing]) -> list[Row]:
    """Return the rows for each pip."""
    found = []
    for pip in pips:
        if isinstance(pip, Missing):
            found += [unmeasured(_work(pip.name), OURS, plain, BOUND, pip.why) for plain in (ALONE, WITHOUT)]
        else:
            found += _measure(pip)
    return found
