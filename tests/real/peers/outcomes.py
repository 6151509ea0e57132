"""A plugin of pytest that writes down each test's outcome, and puts us into what is tested where it is told to.

`compare.py` loads it into the tests of other projects.
"""

from __future__ import annotations

import json
from functools import wraps
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

_outcomes: dict[str, str] = {}


def pytest_addoption(parser: Any) -> None:
    """Take what `compare.py` says."""
    parser.addoption("--outcomes", type=Path, help="the file for the outcomes: a JSON object of tests")
    parser.addoption("--with-us", choices=["mount", "pip"], help="mount every session as it is made, or be pip")


def pytest_configure(config: Any) -> None:
    """Mount what is made from now on; the tests are imported later."""
    if config.getoption("--with-us") == "mount":
        _mount_each()


def pytest_collection_finish(session: Any) -> None:
    """Be the pip that pip's own tests run."""
    if session.config.getoption("--with-us") == "pip":
        _replace_pip()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
    """Have this package, and nothing else of this environment, in the environments that pip's tests make."""
    made = yield
    if fixturedef.argname == "virtualenv_template" and request.config.getoption("--with-us") == "pip":
        package = find_spec("requests_indexauth")
        assert package is not None
        assert package.origin is not None
        (made.site / "requests_indexauth").symlink_to(Path(package.origin).parent)
    return made


def pytest_runtest_logreport(report: Any) -> None:
    """Note the outcome of a test; of its phases, the first that was not passed counts."""
    outcome = "xfailed" if hasattr(report, "wasxfail") and report.skipped else report.outcome
    if _outcomes.get(report.nodeid, "passed") in {"passed", "rerun"}:
        _outcomes[report.nodeid] = outcome


def pytest_collectreport(report: Any) -> None:
    """Note a file that could not be read."""
    if report.failed:
        _outcomes[report.nodeid] = "not collected"


def pytest_sessionfinish(session: Any) -> None:
    """Write down all outcomes."""
    path = session.config.getoption("--outcomes")
    if path is not None:
        path.write_text(json.dumps(_outcomes), encoding="utf-8")


def _mount_each() -> None:
    from requests import Session

    from requests_indexauth import mount

    own = Session.__init__

    @wraps(own)
    def init(session: Any) -> None:
        own(session)
        mount(session)

    setattr(Session, "__init__", init)  # noqa: B010 - a type checker takes a class's methods for fixed


def _replace_pip() -> None:
    kind = import_module("tests.lib").PipTestEnvironment
    own = kind.run

    @wraps(own)
    def run(script: Any, *words: Any, **options: Any) -> Any:
        ours = (*words[:1], "-m", "requests_indexauth.pip", *words[3:]) if words[1:3] == ("-m", "pip") else words
        return own(script, *ours, **options)

    kind.run = run
