"""What the tests of the core share."""

from __future__ import annotations

import pytest

from support.flows import Rig
from support.memories import OTHER, TEAM


@pytest.fixture
def rig() -> Rig:
    """Return a session's core with two indexes and no source."""
    return Rig(indexes=[TEAM, OTHER])
