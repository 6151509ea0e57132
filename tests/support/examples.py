"""How many random examples a test tries: with `INDEXAUTH_EXAMPLES=few` a fifth, where another Python tries them all."""

from __future__ import annotations

import os

# Read before the tests' own clean environment is made.
FEW = os.environ.get("INDEXAUTH_EXAMPLES") == "few"


def examples(whole: int) -> int:
    """Return how many of `whole` examples to try."""
    return whole // 5 if FEW else whole
