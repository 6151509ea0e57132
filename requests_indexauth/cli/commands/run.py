"""``indexauth run``: a Python program of this environment, with every session of ``requests`` mounted."""

from __future__ import annotations

import gc
import sys
from argparse import REMAINDER
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..parser import Options, Parser

DESCRIPTION = """\
Run a Python program of this environment, and find credentials for every request it makes with `requests`.

The program needs no change. Its adapters, its `auth=` and its caches keep working; its output, exit code and errors are
its own. The Python programs that it starts are reached too.
"""

EPILOG = """\
  indexauth run twine upload --repository corp dist/*
  indexauth run -m devpi upload
  indexauth run ./old_script.py --verbose

Exit codes: the program's; 1 there is no such program; 2 wrong use.
"""


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    parser.usage = "indexauth run [-h] PROGRAM ARGS...\n       indexauth run [-h] -m MODULE ARGS..."
    parser.add_argument("-m", dest="module", nargs=REMAINDER, help="run a module, as `python -m` does")
    parser.add_argument(
        "program",
        metavar="PROGRAM ARGS",
        nargs=REMAINDER,
        help="a program that is installed beside this one, or the path of a script; what follows is the program's",
    )


def run(options: Options) -> Callable[[], int]:
    """Return what runs the program: it takes over, and its errors are not this command's.

    Raises:
        UsageError: neither a program nor a module is named.
        CommandError: there is no such program, or it is not Python.

    """
    from ...programs import program  # noqa: PLC0415 - help needs none of it

    if options.module:
        name, *arguments = map(str, options.module)
        return _taking_over(lambda: program.run_module(name, arguments))
    words = options.program[1:] if options.program[:1] == ["--"] else options.program
    if options.module is not None or not words:
        options.refuse("which program?" if options.module is None else "which module?")
    name, *arguments = map(str, words)
    path = _found(name)
    start = program.run_interpreter if program.is_interpreter(path) else program.run_file
    return _taking_over(lambda: start(path, arguments))


def _taking_over(start: Callable[[], None]) -> Callable[[], int]:
    def take_over() -> int:
        gc.enable()  # the command line has done without, for the short while it takes
        start()
        return 0

    return take_over


def _found(name: str) -> str:
    """Return the path of a program."""
    from ...programs.program import find_program, is_interpreter, is_python  # noqa: PLC0415 - as above

    path = find_program(name)
    if path is not None and (path == name or is_interpreter(path) or is_python(path)):
        return path
    from ..errors import CommandError  # noqa: PLC0415 - most programs are there

    if path is None:
        message = f"there is no program {name} in this environment ({sys.prefix}): install it beside requests-indexauth"
    else:
        message = f"{path} is not a Python program: nothing of it is reached from here"
    raise CommandError(message)
