"""``pip-indexauth``: run pip in this process, with our authentication in place of its own.

`patch` has all that is known of pip's internals; `auth` and `authenticator` replace pip's authentication; `environment`
finds the environment whose pip is run.
"""

from __future__ import annotations

import os
import runpy
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ..util.imports import leave_working_folder
from ..util.paths import working_folder
from .environment import drive, is_ours, may_change, named_environment
from .patch import NAME, complain, fits, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence


_USAGE = f"""\
usage: {NAME} <pip's own arguments>
       {NAME} --python ENV <pip's own arguments>    for the pip of another environment
       {NAME} -m MODULE <its arguments>    for a program built on pip, as piptools is
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pip, or with ``-m MODULE`` a program that uses pip in its own process, and find credentials for it.

    Args:
        arguments: what follows the program's name; ``None``: ``sys.argv``'s.

    Returns:
        The exit code; pip itself ends with ``SystemExit``, as ``python -m pip`` does.

    """
    rest = list(sys.argv[1:] if arguments is None else arguments)
    if rest[:1] == ["-m"]:
        return _run_module(rest[1:])
    if working_folder() == os.devnull:  # pip's first step asks for it
        complain("the working folder was removed: go to another one")
        return 1
    environment, without = named_environment(rest)
    if environment is not None and not is_ours(environment):
        return drive(environment, without)
    if environment is None and not may_change(rest):
        return 2
    return _run_pip(without)


def _run_module(words: list[str]) -> int:
    """Do what ``indexauth run -m`` does."""
    if not words:
        sys.stderr.write(_USAGE)
        return 2
    module, *rest = words
    if not _is_there(module):
        complain(f"no module named {module}: install it beside pip")
        return 1
    from ..programs.program import run_module  # noqa: PLC0415 - pip itself needs none of it

    run_module(module, rest)
    return 0


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # what it is in is not there; not a name
        return False


def _run_pip(arguments: list[str]) -> int:
    """Run the pip of this environment."""
    leave_working_folder()
    if find_spec("pip") is None:
        active = os.environ.get("VIRTUAL_ENV")
        other = f", or name an environment that has it: {NAME} --python {active} ..." if active else ""
        complain(f"pip is not installed here: install it (python -m ensurepip){other}")
        return 1
    if fits():
        prepare()
    if sys.path[:1] in ([""], [working_folder()]):  # it is on PYTHONPATH
        sys.path.insert(0, "")  # pip's first step takes one such entry away
    sys.argv = ["pip", *arguments]
    runpy.run_module("pip", run_name="__main__", alter_sys=True)
    return 0
