"""Fixtures for tests that need real programs: each is found or its test skipped, with the reason.

With `INDEXAUTH_REQUIRE_REAL=1` a skipped test fails instead: where everything is installed, nothing may go untested.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Callable

import pytest

from support.commands import run
from support.source import copy_source

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

__all__ = ["run"]

# As it was before the tests scrub it: installing needs the machine's own PIP_* variables.
MACHINE = dict(os.environ)
REQUIRED = MACHINE.get("INDEXAUTH_REQUIRE_REAL", "0") not in {"", "0"}
PYTHONS = [f"python3.{minor}" for minor in range(9, 16)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where nothing may be skipped."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Do the same for a module that skips itself as a whole."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if REQUIRED and report.skipped and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"INDEXAUTH_REQUIRE_REAL is set, but: {reason}"


@pytest.fixture(scope="session")
def program() -> Callable[[str], str]:
    """Return a function that finds a program by name, or skips the test."""

    def find(name: str) -> str:
        found = shutil.which(name, path=MACHINE["PATH"])
        if found is None:
            pytest.skip(f"{name} is not installed")
        return found

    return find


@pytest.fixture(scope="session")
def pythons() -> dict[str, str]:
    """Return the interpreters on the path that run, by name: `{"python3.9": "/…/python3.9"}`."""
    found = {name: shutil.which(name, path=MACHINE["PATH"]) for name in PYTHONS}
    # A version manager may put a name on the path that leads to no interpreter.
    return {name: path for name, path in found.items() if path and _runs(path)}


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", "pass"], check=False, capture_output=True, env=MACHINE).returncode == 0


@pytest.fixture(scope="session")
def virtual_environment(pythons: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Return a function that makes a virtual environment, once for the same arguments, and returns its folder.

    `virtual_environment("python3.9", "pip==21.3.1")` holds this package and the requirements; `ours=False` leaves the
    package out. A Python this machine has not got skips the test; `None` is the one that runs the tests.
    """
    made: dict[tuple[object, ...], Path] = {}

    @functools.cache
    def package() -> str:
        """Return what to install to have this package: tox's wheel, else a copy of the source folder."""
        return MACHINE.get("TOX_PACKAGE") or str(copy_source(tmp_path_factory.mktemp("source")))

    def make(python: str | None = None, *requirements: str, ours: bool = True) -> Path:
        if python and python not in pythons:
            pytest.skip(f"{python} is not installed")
        key = (python, *requirements, ours)
        if key not in made:
            wanted = [*requirements, *([package()] if ours else [])]
            made[key] = _create(pythons[python] if python else sys.executable, wanted, tmp_path_factory.mktemp("venv"))
        return made[key]

    return make


def _create(python: str, wanted: list[str], folder: Path) -> Path:
    subprocess.run([python, "-m", "venv", folder], check=True, env=MACHINE)
    if wanted:
        interpreter = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
        subprocess.run([interpreter, "-m", "pip", "install", "--quiet", *wanted], check=True, env=MACHINE)
    return folder
