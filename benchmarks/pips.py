"""The pips to measure: the oldest that is supported, and the newest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PIPS = (("pip==21.3.1", ("python3.9", "python3.10")), ("pip", ("python3.13", "python3.12", "python3.11", "python3.10")))
"""Which pips, and the first of which Pythons that is there."""
SOURCE = Path(__file__).parent.parent


class Pip(NamedTuple):
    """A virtual environment that has a pip and this package.

    Attributes:
        name: of the pip.
        python: the environment's interpreter.
        home: a folder that is a home to nobody else.

    """

    name: str
    python: Path
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables for a pip that nothing else configures."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "PIP_CONFIG_FILE": os.devnull}


@contextmanager
def pips() -> Iterator[list[Pip]]:
    """Make an environment for each pip for which there is a Python, and remove them."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for pip, pythons in PIPS:
            python = next(filter(None, map(_interpreter, pythons)), None)
            if python is None:
                sys.stderr.write(f"{pip} is left out: no {' or '.join(pythons)} here\n")
            else:
                found.append(_pip(pip, python, Path(folder)))
        yield found


def _interpreter(name: str) -> str | None:
    """Return the path of a Python, among those on the path and pyenv's; pyenv's shims work for active versions only."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    for folder in (*os.environ["PATH"].split(os.pathsep), *map(str, pyenv.glob("*/bin"))):
        python = shutil.which(name, path=folder)
        if python and not subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
            return python
    return None


def _pip(pip: str, python: str, folder: Path) -> Pip:
    home = folder / pip
    subprocess.run([python, "-m", "venv", home / "venv"], check=True)
    installed = home / "venv" / "bin" / "python"
    for wanted in ([str(SOURCE)], ["--upgrade", pip]):  # the pip that comes with Python installs the package
        subprocess.run([installed, "-m", "pip", "install", "--quiet", *wanted], check=True, capture_output=True)
    version = subprocess.run([installed, "-m", "pip", "--version"], check=True, capture_output=True, text=True)
    return Pip("pip " + version.stdout.split()[1], installed, home)
