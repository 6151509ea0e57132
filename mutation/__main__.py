"""Run the tests of the core's modules against every mutant of them: `tox -e mutation [-- MODULE[:LINE[-LINE]] ...]`.

One process after the other is forked from this one, which has imported what the tests need, but nothing of the
package; it tests a copy in a temporary folder. Ends with 1 where more than a tenth of the mutants survives. It needs a
system with fork and SIGALRM.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest

from . import mutants

# These are not changed by a mutant, and take longer to import than most mutants to be found.
for _name in ("http.server", "hypothesis.internal.conjecture.providers", "requests", "trustme"):
    __import__(_name)

ROOT = Path(__file__).parents[1]
ENOUGH = 90.0
"""Percent of the mutants that have to be noticed."""
MEMORY = 4 << 30
"""Bytes of address space, for mutants that never stop to collect."""
OPTIONS = [
    *("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:cov"),
    *("-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"),  # by the loop above
]
FLOW = (
    *("core/test_flow.py", "core/test_flow_users.py", "core/test_flow_realm.py", "core/test_flow_memory.py"),
    *("core/test_flow_rotation.py", "core/test_rotation_race.py", "core/test_flow_threads.py"),
    *("core/test_flow_properties.py", "core/test_short_cut.py", "core/test_expiry.py"),
)
MEMO = ("core/test_memo.py", "core/test_memory.py", "core/test_realm_memory.py")
STORE = (
    *("store/test_file_store.py", "store/test_toml_file.py", "store/test_write.py", "store/test_base.py"),
    "sources/test_store.py",
)
TESTS = {
    "core/flow": (*FLOW, "core/test_notes.py", "session/test_log.py"),
    "core/memo": (*MEMO, *FLOW),
    "core/memory": (*MEMO, *FLOW),
    "core/realm_memory": (*MEMO, *FLOW),
    "core/record": ("core/test_record.py", *MEMO, *FLOW),
    "core/resolver": ("core/test_resolver.py", "explain/test_explanation.py", *FLOW),
    "core/single_flight": ("core/test_single_flight.py", "core/test_flow_threads.py"),
    "models/url": ("models/test_url.py", "models/test_index.py", "models/test_indexes.py", "test_fuzz_parsers.py"),
    "models/index": ("models/test_index.py", "models/test_indexes.py", "test_pickle.py", "test_public.py"),
    "models/indexes": ("models/test_indexes.py",),
    "store/file_store": STORE,
    "store/lookup": ("store/test_lookup.py", *STORE),
    "store/entry": ("store/test_entry.py", *STORE),
    "store/toml_file": (*STORE, "test_fuzz_parsers.py"),
    "store/write": (*STORE, "store/test_lock.py", "store/test_store_kill.py"),
}
"""The tests that have to notice, those that notice most first."""


def main(arguments: list[str]) -> int:
    """Test the mutants of all modules, or of those named; return the exit code."""
    os.environ.pop("TOX_ENV_NAME", None)  # what is tested is not the installed package
    os.environ.update(CI="1", PYTHONHASHSEED="0")  # the same examples each time
    totals: Counter[str] = Counter()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        copied = _copy(Path(folder))
        for argument in arguments or TESTS:
            name, _, lines = argument.partition(":")
            first, _, last = lines.partition("-")
            wanted = range(int(first), int(last or first) + 1) if first else range(sys.maxsize)
            outcomes = _test(copied, name, wanted)
            totals += outcomes
            rows.append(_row(name, outcomes))
    head = ["| module | mutants | killed | timed out | survived | noticed |", "|---|---:|---:|---:|---:|---:|"]
    _say("\n".join([*head, *rows, _row("all", totals)]))
    return 0 if _noticed(totals) >= ENOUGH else 1


def _copy(folder: Path) -> Path:
    """Copy the package and its tests, and go there."""
    for name in ("requests_indexauth", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    os.chdir(folder)
    sys.path[:] = [str(folder), *(entry for entry in sys.path if entry not in ("", str(ROOT)))]
    os.environ["PYTHONPATH"] = str(folder)
    return folder


def _test(folder: Path, name: str, lines: range) -> Counter[str]:
    """Test the mutants of some lines of a module, and print those that survive."""
    path = folder / "requests_indexauth" / f"{name}.py"
    source = path.read_text("utf-8")
    tests = [str(folder / "tests" / test) for test in TESTS[name]]
    started = time.monotonic()
    if _run(tests, 600, shown=True) != "survived":
        sys.exit(f"{name}: the tests fail without any mutant")
    limit = 10 + 2 * round(time.monotonic() - started)
    for cached in path.parent.glob(f"__pycache__/{path.stem}.*"):
        cached.unlink()
    sys.dont_write_bytecode = True  # a mutant may have the size and the time of the one before
    outcomes: Counter[str] = Counter()
    for mutant in mutants.mutants(source):
        difference = _difference(source, mutant)
        if difference[0] in lines:
            path.write_text(mutant, "utf-8")
            outcome = _run(tests, limit)
            outcomes[outcome] += 1
            if outcome == "survived":
                _say(f"{name}.py, line {difference[0]}:\n{difference[1]}\n")
    path.write_text(source, "utf-8")
    sys.dont_write_bytecode = False
    _say(_row(name, outcomes))
    return outcomes


def _run(tests: list[str], limit: int, *, shown: bool = False) -> str:
    """Run tests in a process of their own and return what became of the mutant."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            code = _run_here(tests, limit, shown=shown)
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(ProcessLookupError):  # what its tests have started
        os.killpg(child, signal.SIGKILL)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGALRM:
        return "timed out"
    return "killed" if status else "survived"


def _run_here(tests: list[str], limit: int, *, shown: bool) -> int:
    os.setsid()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(limit)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    if not shown:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
    return pytest.main([*OPTIONS, *tests])


def _difference(source: str, mutant: str) -> tuple[int, str]:
    """Return the line that a mutant changes first, and all of the change."""
    before, after = source.splitlines(), mutant.splitlines()
    lines = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
    return int(lines[0].split()[1].lstrip("-").partition(",")[0]), "\n".join(lines[1:])


def _row(name: str, outcomes: Counter[str]) -> str:
    counts = [sum(outcomes.values()), *(outcomes[outcome] for outcome in ("killed", "timed out", "survived"))]
    return f"| {name} | {' | '.join(map(str, counts))} | {_noticed(outcomes):.1f} % |"


def _noticed(outcomes: Counter[str]) -> float:
    number = sum(outcomes.values())
    return 100 * (number - outcomes["survived"]) / number if number else 100.0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
