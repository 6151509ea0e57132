"""What the tests of `pip-indexauth` share."""

from __future__ import annotations

import sys

import pytest

from requests_indexauth.pip import prompt as pip_prompt
from support.pips import Pip


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_prompt, "is_terminal", lambda _stream: True)


@pytest.fixture
def pip() -> Pip:
    """Return the pip of the Python that runs the tests."""
    pytest.importorskip("pip")
    return Pip(sys.executable, package=True)
