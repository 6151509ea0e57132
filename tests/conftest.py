"""Fixtures for every test: a clean machine, and servers on loopback."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import requests

import requests_indexauth
from requests_indexauth.exchange import drain
from support.examples import examples
from support.index import IndexServer, ServeIndex
from support.isolation import OutsideGuard, scrub
from support.names import Names
from support.server import RecordingServer, Serve
from support.tls import Authority

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

GUARD = OutsideGuard()

# No deadline: a busy machine is no failure. No database: tests run in parallel and in empty folders.
hypothesis.settings.register_profile("default", max_examples=examples(100), deadline=None, database=None)
hypothesis.settings.register_profile("ci", parent=hypothesis.settings.get_profile("default"), derandomize=True)
hypothesis.settings.load_profile("ci" if "CI" in os.environ else "default")


def pytest_configure() -> None:
    """Let Ctrl-C reach what tests start; refuse to test the source folder where tox has installed the package."""
    # A shell's background job is started with it ignored, and so is all that it starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "TOX_ENV_NAME" in os.environ and Path(sys.prefix) not in _package().parents:
        message = f"tox tests the installed package, not {_package()}"
        raise pytest.UsageError(message)


def pytest_report_header() -> str:
    """Say what is tested."""
    return f"requests_indexauth: {_package()}"


def _package() -> Path:
    return Path(str(requests_indexauth.__file__)).parent


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return this test's own, empty home folder (`HOME` points to it)."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def workdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the empty folder this test runs in."""
    return tmp_path_factory.mktemp("work")


@pytest.fixture(autouse=True)
def _clean_machine(monkeypatch: pytest.MonkeyPatch, home: Path, workdir: Path) -> None:
    """Scrub the environment: a developer's own netrc or index must not decide a result."""
    scrub(monkeypatch, home)
    monkeypatch.chdir(workdir)


@pytest.fixture(autouse=True)
def _patient_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read a refusal however long a busy machine takes for it; after a second its connection would be closed."""
    monkeypatch.setattr(drain, "LONGEST_WAIT", 60.0)


@pytest.fixture
def outside() -> Iterator[list[str]]:
    """Return the hosts outside this machine that were asked for; a test that expects some clears the list."""
    GUARD.attempts.clear()
    yield GUARD.attempts
    GUARD.attempts.clear()


@pytest.fixture(autouse=True)
def _nothing_leaves(outside: list[str]) -> Iterator[None]:
    """Fail a test that reached out even when the code under test swallowed the error."""
    yield
    assert not outside, "tests stay on this machine"


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Return the certificate authority of the TLS servers."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def ca_bundle(authority: Authority) -> str:
    """Return the path to pass as `verify=`."""
    return authority.bundle


@pytest.fixture
def tls(authority: Authority) -> ssl.SSLContext:
    """Return a server's TLS context for the usual names, for `serve(..., tls=tls)`."""
    return authority.context()


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Return the name service of this test: `names.point("good.example", server)`."""
    return Names(monkeypatch)


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return `RecordingServer`, started at once and closed after the test."""
    with contextlib.ExitStack() as running:
        yield lambda *args, **options: running.enter_context(RecordingServer(*args, **options))


@pytest.fixture
def serve_index() -> Iterator[ServeIndex]:
    """Return `IndexServer`, started at once and closed after the test."""
    with contextlib.ExitStack() as running:
        yield lambda *args, **options: running.enter_context(IndexServer(*args, **options))


@pytest.fixture
def session() -> Iterator[requests.Session]:
    """Return a session, closed after the test: one left open is a `ResourceWarning`, and so an error, elsewhere."""
    with requests.Session() as made:
        yield made
