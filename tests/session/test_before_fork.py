"""What is done before this process forks, so that the child waits for no thread that it does not have."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.session import before_fork
from requests_indexauth.session.before_fork import import_all
from support.commands import TIME_LIMIT, environment
from support.messages import text

if TYPE_CHECKING:
    from pathlib import Path

    from support.server import Serve

BLOCKED_IMPORT = """
import os, signal, sys, threading, warnings
import requests
from requests_indexauth import mount

session = requests.Session()
mount(session)
begun, forked = threading.Event(), threading.Event()


class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "requests_indexauth.core.flow" and threading.current_thread() is not threading.main_thread():
            begun.set()
            forked.wait(2)  # as long as the fork does not wait for this import


sys.meta_path.insert(0, Slow())
thread = threading.Thread(target=session.get, args=(sys.argv[1],))
thread.start()
assert begun.wait(60)
warnings.simplefilter("ignore", DeprecationWarning)
os.register_at_fork(after_in_parent=forked.set)
child = os.fork()
if child == 0:
    signal.alarm(60)
    session = requests.Session()  # in the other one the thread may hold a lock of urllib3's
    mount(session)
    os._exit(0 if session.get(sys.argv[1]).ok else 1)
status = os.waitpid(child, 0)[1]
thread.join()
print("status", status)
"""


@pytest.mark.skipif(find_spec("urllib3_future") is not None, reason="urllib3-future waits for its own threads there")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_that_is_forked_while_a_thread_imports_goes_on(serve: Serve) -> None:
    """The first request of a process imports what it needs; the child would wait for a thread that it does not have."""
    server = serve(lambda _request: text())
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED_IMPORT, server.url],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=TIME_LIMIT,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("status 0\n", "")


class Imitation:
    """What says that it is a module, and is none, as the libraries of cffi do."""

    __class__ = ModuleType  # type: ignore[assignment]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_what_only_says_that_it_is_a_module_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a fork all modules are looked through."""
    assert isinstance(Imitation(), ModuleType)
    monkeypatch.setitem(sys.modules, "imitation", Imitation())
    import_all()


FORKING_MODULE = """
import os, threading, warnings

def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)

warnings.simplefilter("ignore", DeprecationWarning)
thread = threading.Thread(target=fork)
thread.start()
thread.join()
print("went on")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_thread_may_fork_while_an_import_waits_for_it(tmp_path: Path) -> None:
    """The fork cannot wait for that import: the one would wait for the other."""
    (tmp_path / "forking_module.py").write_text(FORKING_MODULE)
    done = subprocess.run(
        [sys.executable, "-c", "from requests_indexauth import mount; mount; import forking_module"],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=TIME_LIMIT,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("went on\n", "")


@pytest.fixture
def importing(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return a module that some thread imports."""
    module = ModuleType("importing")
    module.__spec__ = SimpleNamespace(_initializing=True)  # type: ignore[assignment] # Python has it there
    monkeypatch.setitem(sys.modules, "importing", module)
    monkeypatch.setattr(before_fork, "_waited_in_vain", set())
    return module


def test_a_fork_waits_for_what_another_thread_imports(importing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the child that import would have no end."""
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)
        importing.__spec__._initializing = len(pauses) < 3  # type: ignore[union-attr]

    monkeypatch.setattr(before_fork, "sleep", sleep)
    import_all()
    assert len(pauses) == 3


def test_a_fork_waits_once_for_what_takes_too_long(importing: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program may run as long as one of its imports, and fork all the time."""
    monkeypatch.setattr(before_fork, "LONGEST_WAIT", 0)
    import_all()
    monkeypatch.setattr(before_fork, "LONGEST_WAIT", TIME_LIMIT)
    monkeypatch.setattr(before_fork, "sleep", pytest.fail)
    import_all()
    assert importing.__spec__._initializing  # type: ignore[union-attr]


def test_a_fork_does_not_wait_for_what_its_own_thread_imports(
    importing: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would wait for itself."""
    monkeypatch.setattr(before_fork, "sleep", pytest.fail)
    exec("import_all()", vars(importing), {"import_all": import_all})  # noqa: S102 - its code has to run here
    assert importing.__spec__._initializing  # type: ignore[union-attr]
