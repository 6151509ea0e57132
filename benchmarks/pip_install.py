"""``pip-indexauth install`` from a private index on loopback, beside plain pip with the password in the URL."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from functools import partial
from pathlib import Path

from requests_indexauth.cli.demo_index import PACKAGES, USER, DemoIndex

from .measure import Row, compare, interleaved

ROUNDS = 15
BOUND = 1.05
PIPS = (("pip==21.3.1", ("python3.9", "python3.10")), ("pip", ("python3.13", "python3.12", "python3.11", "python3.10")))
"""Which pips, and the first of which Pythons that is there."""
SOURCE = Path(__file__).parent.parent


def _environment(folder: Path, pip: str, python: str) -> Path:
    """Return the Python of a new virtual environment that has a pip and this package."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    installed = folder / "bin" / "python"
    for wanted in ([str(SOURCE)], ["--upgrade", pip]):  # the pip that comes with Python installs the package
        subprocess.run([installed, "-m", "pip", "install", "--quiet", *wanted], check=True, capture_output=True)
    return installed


def _install(python: Path, module: str, url: str, environment: dict[str, str]) -> float:
    """Return the seconds that an installation into a new folder takes."""
    with tempfile.TemporaryDirectory() as target:
        words = ["install", "--quiet", "--disable-pip-version-check", "--no-cache-dir", "--index-url", url]
        started = time.perf_counter()
        subprocess.run(
            [python, "-m", module, *words, "--target", target, *PACKAGES],
            check=True,
            capture_output=True,
            env=environment,
        )
        return time.perf_counter() - started


def _measure(pip: str, python: str) -> list[Row]:
    with tempfile.TemporaryDirectory() as home, DemoIndex() as index:
        installed = _environment(Path(home) / "venv", pip, python)
        netrc = Path(home) / ".netrc"
        netrc.touch(0o600)
        netrc.write_text(f"machine {index.host} login {USER} password {index.password}\n")
        environment = {"PATH": os.environ["PATH"], "HOME": home, "PIP_CONFIG_FILE": os.devnull}
        full = index.url.replace("://", f"://{USER}:{index.password}@")
        contenders = {
            "pip-indexauth": partial(_install, installed, "requests_indexauth.pip", index.url, environment),
            "pip, password in the URL": partial(_install, installed, "pip", full, environment),
        }
        costs = interleaved(contenders, ROUNDS)
    return compare(
        f"install 5 wheels, {'newest pip' if pip == 'pip' else pip}",
        costs,
        "pip, password in the URL",
        {"pip-indexauth": BOUND},
    )


def rows() -> list[Row]:
    """Return a row for each pip for which there is a Python."""
    found = []
    for pip, pythons in PIPS:
        python = next(filter(None, map(shutil.which, pythons)), None)
        if python is not None:
            found += _measure(pip, python)
    return found
