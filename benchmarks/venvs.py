"""Virtual environments in which other programs are measured: what they have beside them is part of what they cost."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def make_venv(python: str, folder: Path, *installations: list[str]) -> Path:
    """Make a virtual environment.

    Args:
        python: of which Python.
        folder: where; must not exist.
        installations: the arguments of each ``pip install``, one after the other.

    Returns:
        The folder its programs are in.

    """
    subprocess.run([python, "-m", "venv", folder], check=True)
    programs = folder / "bin"
    for wanted in installations:
        run_pip(programs / "python", "install", *wanted)
    return programs


def run_pip(python: Path | str, *words: str) -> None:
    """Run an environment's own pip, which says on stderr what goes wrong."""
    command = [python, "-m", "pip", *words, "--quiet"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def find_python(names: Iterable[str]) -> str | None:
    """Return the path of the first of several Pythons that is on the path or pyenv's; ``None`` where none is.

    pyenv's shims work for active versions only.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions")
    folders = [*os.environ["PATH"].split(os.pathsep), *map(str, pyenv.glob("*/bin"))]
    for name in names:
        for python in filter(None, (shutil.which(name, path=folder) for folder in folders)):
            if not subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode:
                return python
    return None
