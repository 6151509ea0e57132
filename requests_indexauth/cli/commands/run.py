"""``indexauth run``: a Python program of this environment, with every session of ``requests`` mounted."""

from __future__ import annotations

import sys

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
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
    from argparse import REMAINDER  # noqa: PLC0415 - `quick` needs none of it

    parser.usage = (
        "indexauth run [-h] PROGRAM ARGS...\n       indexauth run [-h] -m MODULE ARGS...\n"
        "       indexauth run [-h] -c CODE ARGS..."
    )
    parser.add_argument("-m", dest="module", nargs=REMAINDER, help="run a module, as `python -m` does")
    parser.add_argument("-c", dest="code", nargs=REMAINDER, help="run code, as `python -c` does")
    parser.add_argument(
        "program",
        metavar="PROGRAM ARGS",
        nargs=REMAINDER,
        help="a program that is installed beside this one, the path of a script, or `-` for a script on stdin; what "
        "follows is the program's",
    )


def quick(words: list[str]) -> Callable[[], int] | None:
    """Return what runs the program, where the words say which without a parser; it would cost more than all the rest.

    Raises:
        CommandError: there is no such program, or it is not Python.

    """
    if words and words[0][:2] in ("-m", "-c") and words[0][2:]:  # `-mMODULE`, which Python takes as well
        words = [words[0][:2], words[0][2:], *words[1:]]
    if len(words) > 1 and words[0] == "-m":
        return _module(words[1:])
    if (len(words) > 1 and words[0] == "-c") or words[:1] == ["-"]:
        from ...programs.program import own_options, run_interpreter  # noqa: PLC0415 - help needs none of it

        return _taking_over(lambda: run_interpreter(sys.executable, [*own_options(), *words]))
    return _program(words) if words and not words[0].startswith("-") else None


def run(options: Options) -> Callable[[], int]:
    """Return what runs the program: it takes over, and its errors are not this command's.

    Raises:
        UsageError: neither a program nor a module is named.
        CommandError: there is no such program, or it is not Python.

    """
    if options.module:
        return _module(list(map(str, options.module)))
    words = options.program[1:] if options.program[:1] == ["--"] else options.program
    if options.module is not None or options.code is not None or not words:
        options.refuse(f"which {'module' if options.module is not None else 'program'}?")
    return _program(list(map(str, words)))


def _module(words: list[str]) -> Callable[[], int]:
    from ...programs import program  # noqa: PLC0415 - help needs none of it

    name, *arguments = words
    return _taking_over(lambda: program.run_module(name, arguments))


def _program(words: list[str]) -> Callable[[], int]:
    from ...programs import program  # noqa: PLC0415 - help needs none of it

    name, *arguments = words
    path = _found(name)
    start = program.run_interpreter if program.is_interpreter(path) else program.run_file
    return _taking_over(lambda: start(path, arguments))


def _taking_over(start: Callable[[], None]) -> Callable[[], int]:
    def take_over() -> int:
        start()
        return 0

    return take_over


def _found(name: str) -> str:
    """Return the path of a program."""
    from ...programs.program import find_program, is_interpreter, is_python  # noqa: PLC0415 - help needs none of it

    path = find_program(name)
    if path is not None and (path == name or is_interpreter(path) or is_python(path)):
        return path
    from ..errors import CommandError  # noqa: PLC0415 - most programs are there

    not_python = f"{path} is not a Python program: nothing of it is reached from here"
    raise CommandError(_missing(name) if path is None else not_python)


def _missing(name: str) -> str:
    """Say that there is no such program, and what to type for a file that lies in the working folder."""
    import os  # noqa: PLC0415 - it is there already; the name is not

    if os.path.dirname(name) or name.endswith(".py"):  # noqa: PTH120 - most programs are there
        return f"there is no file {name}"
    message = f"there is no program {name} in this environment ({sys.prefix}): install it beside requests-indexauth"
    return f"{message}, or type ./{name} for what lies here" if name and os.path.exists(name) else message  # noqa: PTH110
