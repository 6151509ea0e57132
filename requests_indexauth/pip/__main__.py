"""``python -m requests_indexauth.pip``: the same as ``pip-indexauth``."""

from __future__ import annotations

import sys

from . import main

if __name__ == "__main__":
    sys.exit(main())
