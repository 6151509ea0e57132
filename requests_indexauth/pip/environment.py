"""Find the environment whose pip is run: the one this package is installed in, or one that ``--python`` names."""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec
from pathlib import Path

from .messages import RUNNABLE
from .patch import NAME, complain

_CHANGING = ("install", "uninstall")
_READING = ("list", "freeze", "show", "check", "inspect")
_OTHER = ("download", "wheel", "index", "search", "config", "cache", "hash", "debug", "lock", "help", "completion")
_ELSEWHERE = ("-t", "--target", "--prefix", "--root", "--dry-run", "-h", "--help", "-V", "--version")
_IN_SUBPROCESS = "_PIP_RUNNING_IN_SUBPROCESS"


def named_environment(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Return the environment or interpreter that ``--python`` or ``PIP_PYTHON`` names, and the other arguments."""
    named = None if _IN_SUBPROCESS in os.environ else os.environ.get("PIP_PYTHON") or None
    others, words = [], iter(arguments)
    for word in words:
        option, equals, value = word.partition("=")
        given = (value if equals else next(words, None)) if option == "--python" else None
        if given is None:  # another word; or the value is missing, and pip says so
            others.append(word)
        else:  # the last one counts, as in pip
            named = given
    return named, others


def is_ours(environment: str) -> bool:
    """Whether it is the folder or the interpreter of the environment this runs in."""
    return _same(environment, sys.prefix) or os.path.abspath(environment) == os.path.abspath(sys.executable)  # noqa: PTH100 - a link to another Python is another one


def may_change(arguments: list[str]) -> bool:
    """Return whether a command may go on without a named environment; if not, say so.

    With an active virtual environment that is not ours, a person may expect either to be changed. With
    ``python -m`` the user has named one, and gets a warning.
    """
    active = os.environ.get("VIRTUAL_ENV")
    command = next((word for word in arguments if word in _CHANGING + _READING + _OTHER), None)
    if not active or command is None or command in _OTHER or not Path(active).is_dir() or _same(active, sys.prefix):
        return True
    if any(word.partition("=")[0] in _ELSEWHERE or word.startswith("-t") for word in arguments):
        return True
    names = f"{NAME} --python {active} {command} ..."
    if command in _READING:
        complain(f"this is about {sys.prefix}, and not the active {active}; for that: {names}")
        return True
    change = f"this changes {sys.prefix}, and not the active virtual environment {active}"
    if Path(sys.argv[0]).name == "__main__.py":
        complain(f"{change}; for that: {names}")
        return True
    complain(f"{change}: name the one you mean: {names}, or --python {sys.prefix}; nothing is changed")
    return False


def drive(environment: str, arguments: list[str]) -> int:
    """Become the pip of another environment, or ours with its Python where it has none; return only if that fails.

    That pip alone gets a Ctrl-C then, and has the time to undo what it has begun.
    """
    python = interpreter(environment)
    if python is None:
        complain(f"there is no Python at {environment}: name a virtual environment's folder, or an interpreter")
        return 1
    variables = {**os.environ, RUNNABLE: _runnable(), _IN_SUBPROCESS: "1"}
    runner = str(Path(__file__).with_name("runner.py"))
    from ..programs.program import become  # noqa: PLC0415 - our own pip needs none of it

    try:
        become(python, [runner, *arguments], variables)
    except OSError as error:
        complain(f"{python} cannot be run: {error.strerror}")
        return 1


def interpreter(environment: str) -> str | None:
    """Return the interpreter of a folder, or the one that was named; ``None`` without one (pip's rule)."""
    if not environment:  # a variable that is unset; to `Path` it is the working folder
        return None
    path = Path(environment)
    if not path.is_dir():
        return environment if path.exists() else None
    found = (path / name for name in ("bin/python", "Scripts/python.exe"))
    return next((str(python) for python in found if python.exists()), None)


def _runnable() -> str:
    """Return what a Python is given to run our own pip; empty where we have none."""
    spec = find_spec("pip")
    if spec is None or spec.origin is None:
        return ""
    folder = Path(spec.origin).parent
    runner = folder / "__pip-runner__.py"  # from 22.3 on; it works where the folder would not, too
    return str(runner if runner.exists() else folder)


def _same(one: str, other: str) -> bool:
    try:
        return Path(one).samefile(other)
    except OSError:
        return False
