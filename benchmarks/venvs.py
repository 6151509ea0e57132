"""Virtual environments in which other programs are measured: what they have beside them is part of what they cost."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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
        run_pip(programs, "install", *wanted)
    return programs


def run_pip(programs: Path, *words: str) -> None:
    """Run an environment's own pip."""
    subprocess.run([programs / "python", "-m", "pip", *words, "--quiet"], check=True, capture_output=True)
