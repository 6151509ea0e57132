"""Which of the two modules runs: under Windows, or wine, the tests with `uv.exe`; elsewhere those that start wine."""

from __future__ import annotations

import sys

collect_ignore = ["test_wine.py" if sys.platform == "win32" else "test_uv_exe.py", "sitecustomize.py"]
