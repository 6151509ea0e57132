"""Tests on Windows, as far as wine is Windows: a Python of python.org and `uv.exe`, as `setup` brings them together."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FOLDER = "INDEXAUTH_WINDOWS"
"""The variable that names the folder."""
MACHINE = dict(os.environ)  # as it is before the tests scrub it
TIMEOUT = 600

# Portable tests where Windows differs: of folders, files, locks, processes and encodings.
GROUPS = {
    "uv": ["tests/real/windows"],
    "store": [
        *("tests/store", "tests/util", "tests/sources/netrc"),
        *("tests/sources/test_native.py", "tests/sources/test_pypirc.py"),
    ],
    "configuration": ["tests/config", "tests/models/test_helper.py", "tests/sources/test_store.py"],
    "session": ["tests/session/test_mount.py", "tests/session/test_auth.py", "tests/exchange/test_request.py"],
    "commands": [
        "tests/cli/live/test_check.py",
        *(f"tests/cli/commands/test_{name}.py" for name in ("login", "logout", "list", "dir", "token")),
        *(f"tests/cli/test_{name}.py" for name in ("authenticator", "output", "prompts", "stores")),
    ],
}
# It brings 500 files to the disk, which takes a minute.
LEFT_OUT = "tests/store/test_file_store.py::test_what_is_stored_is_found"


@pytest.fixture(scope="module")
def wine() -> str:
    """Return the program that runs one of Windows."""
    if FOLDER not in MACHINE:
        pytest.skip(f"{FOLDER} names no folder that tests/real/windows/setup has made")
    return str(Path(MACHINE[FOLDER], "wine"))


@pytest.mark.parametrize("tests", GROUPS.values(), ids=GROUPS)
def test_on_windows(wine: str, tests: list[str]) -> None:
    """The same tests pass there as here."""
    # Without `-P` Python would import the package out of the source folder.
    command = [wine, "python", "-P", "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", "--maxfail=20"]
    variables = {**MACHINE, "PYTHONPYCACHEPREFIX": "C:\\cache", "INDEXAUTH_REQUIRE_REAL": "1"}
    done = subprocess.run(
        [*command, f"--deselect={LEFT_OUT}", *tests],
        cwd=ROOT,
        env=variables,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT,
    )
    assert done.returncode == 0, done.stdout
