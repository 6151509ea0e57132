"""``python -m requests_indexauth``: the same as ``indexauth``."""

from __future__ import annotations

import sys

from .util.imports import leave_working_folder

if __name__ == "__main__":
    if sys.argv[1:2] != ["run"]:  # the program that is run finds its modules as Python has it
        leave_working_folder()
    from .cli import main

    sys.exit(main())
