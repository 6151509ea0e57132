"""The pips to measure: the oldest that is supported, and the newest."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .process import SOURCE
from .venvs import find_python, make_venv, run_pip

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Wanted(NamedTuple):
    """A pip that has to be measured.

    Attributes:
        name: what the table calls it.
        requirement: for pip.
        pythons: the first of these that is there is taken.

    """

    name: str
    requirement: str
    pythons: Sequence[str]


PIPS = (
    Wanted("pip 21.3.1", "pip==21.3.1", ("python3.9", "python3.10")),
    Wanted("the newest pip", "pip", ("python3.13", "python3.12", "python3.11", "python3.10")),
)


class Pip(NamedTuple):
    """One pip in three virtual environments.

    Attributes:
        name: of the pip.
        home: a folder that is a home to nobody else.
        python: the interpreter of the environment with this package and what it requires, keyring among it.
        alone: that of the environment with nothing but what a new one has.
        without_keyring: that of the environment with all that the first one has, except keyring.

    """

    name: str
    home: Path
    python: Path
    alone: Path
    without_keyring: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables for a pip that nothing else configures."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "PIP_CONFIG_FILE": os.devnull}


class Missing(NamedTuple):
    """A pip that cannot be measured here.

    Attributes:
        name: of the pip.
        why: it cannot.

    """

    name: str
    why: str


@contextmanager
def pips() -> Iterator[list[Pip | Missing]]:
    """Make the environments for each pip for which there is a Python, and remove them."""
    with tempfile.TemporaryDirectory() as made, ThreadPoolExecutor(len(PIPS)) as pool:
        folder = Path(made)
        run_pip(sys.executable, "wheel", "--no-deps", "--wheel-dir", str(folder), str(SOURCE))
        (wheel,) = map(str, folder.glob("*.whl"))
        yield list(pool.map(lambda wanted: _make(wanted, wheel, folder), PIPS))


def _make(wanted: Wanted, wheel: str, folder: Path) -> Pip | Missing:
    python = find_python(wanted.pythons)
    if python is None:
        return Missing(wanted.name, f"no {' or '.join(wanted.pythons)} here")
    home, itself = folder / wanted.requirement, ["--upgrade", wanted.requirement]
    # The pip that comes with Python installs the package.
    ours = make_venv(python, home / "ours", [wheel], itself)
    alone = make_venv(python, home / "alone", itself)
    without_keyring = make_venv(python, home / "without-keyring", [wheel], itself)
    run_pip(without_keyring / "python", "uninstall", "--yes", "keyring")
    command = [str(ours / "python"), "-m", "pip", "--version"]
    version = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[1]
    return Pip(f"pip {version}", home, *(programs / "python" for programs in (ours, alone, without_keyring)))
