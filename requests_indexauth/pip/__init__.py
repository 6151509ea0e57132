"""``pip-indexauth``: pip in this very process, with our authentication in place of its own.

What is known of pip's inside is in `patch`; what takes the place of its authentication in `auth` and `engine`.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from .patch import NAME, complain, fits, prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .auth import PipAuth


_USAGE = f"""\
usage: {NAME} <pip's own arguments>
       {NAME} -m MODULE <its arguments>    for a program built on pip, as piptools is
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run pip, or with ``-m MODULE`` a program that uses pip in its own process, and find credentials for it.

    Args:
        arguments: what follows the program's name; ``None``: ``sys.argv``'s.

    Returns:
        The exit code; pip itself ends with ``SystemExit``, as ``python -m pip`` does.

    """
    module, rest = "pip", list(sys.argv[1:] if arguments is None else arguments)
    if rest[:1] == ["-m"]:
        if len(rest) == 1:
            sys.stderr.write(_USAGE)
            return 2
        module, rest = rest[1], rest[2:]
        if not _is_there(module):
            complain(f"no module named {module}: install it beside pip")
            return 1
        _follow_to_pip()
    if sys.path and sys.path[0] in ("", os.getcwd()):  # noqa: PTH109 - pip's own first step: nothing from the working folder
        del sys.path[0]
    if find_spec("pip") is None:
        complain("pip is not installed here: install it (python -m ensurepip)")
        return 1
    if fits():
        prepare(_make_auth)
    sys.argv = [module, *rest]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
    return 0


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):  # what it is in is not there; not a name
        return False


def _follow_to_pip() -> None:
    """Have each ``python -m pip`` that the program starts be ours, too: pip-compile has one build a project."""
    import subprocess  # noqa: PLC0415 - pip itself imports it when it needs it

    start = subprocess.Popen.__init__

    def __init__(process: Any, args: Any, *more: Any, **options: Any) -> None:  # noqa: N807 - it becomes one
        if isinstance(args, (list, tuple)) and [*args[:3]] == [sys.executable, "-m", "pip"]:
            args = [sys.executable, "-m", "requests_indexauth.pip", *args[3:]]
        start(process, args, *more, **options)

    subprocess.Popen.__init__ = __init__  # type: ignore[assignment, method-assign]


def _make_auth() -> PipAuth:
    # What pip has loaded by now stays. Unless told so, Python would search all of it for garbage once more while our
    # modules are loaded: half as long again as loading them takes.
    gc.freeze()
    from .auth import PipAuth  # noqa: PLC0415 - not before pip needs it

    return PipAuth()
