"""The bounds of docs/performance.md measured, and how costs grow: ``tox -e bench``."""

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]  # `support`: the tests' own servers
