"""The file that a Python is given to run in place of pip's own runner."""

from __future__ import annotations

import sys
from pathlib import Path

from requests_indexauth.pip.auth import PipAuth
from support.pips import Pip
from support.platforms import WINDOWS


def test_a_child_that_cannot_reach_its_parent_ends_with_one_line(tmp_path: Path) -> None:
    """It does not even know what it was to do."""
    runner = Path(sys.modules[PipAuth.__module__].__file__ or "").with_name("runner.py")
    gone = rf"\\.\pipe\gone {'0' * 64}" if WINDOWS else str(tmp_path / "gone")
    variables = {"REQUESTS_INDEXAUTH_PIP_PARENT": gone}
    ran = Pip(sys.executable, package=True).run([sys.executable, str(runner), "install", "x"], variables)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("pip-indexauth: the pip that started this one cannot be asked: ")
    assert "Traceback" not in ran.err
