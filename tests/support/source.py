"""A copy of the source folder to build from: a build leaves files beside its source, where another one finds them."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[2]
_NOT_SOURCE = shutil.ignore_patterns(
    "*.egg-info", "*.pyc", "__pycache__", ".[!cpg]*", ".coverage*", ".git", ".*_cache", "build", "dist"
)


def copy_source(folder: Path) -> Path:
    """Copy what a build needs into a folder, and return that."""
    shutil.copytree(ROOT, folder, ignore=_NOT_SOURCE, copy_function=shutil.copyfile, dirs_exist_ok=True)
    return folder
