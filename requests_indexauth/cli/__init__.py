"""The command ``indexauth``: the command *x* is the module ``commands/x.py``; errors become exit codes here alone.

To print a token may cost little more than to start Python: so a command's module is imported when it is asked for, and
what is heavy (``requests``, ``logging``) is imported by none that can do without.
"""

from __future__ import annotations

import gc
import sys

from .commands import COMMANDS, load
from .status_codes import BROKEN_PIPE, DONE, INTERRUPTED

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["COMMANDS", "main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code.

    Args:
        argv: the arguments after the program's name; ``None`` for this process's own.

    Returns:
        0 done, 1 not found or refused, 2 wrong use, configuration or a damaged store; 130 after Ctrl-C, 141 when
        the reader of the output has gone. Every error has been reported in one line on stderr.

    """
    if argv is not None:
        code = _outcome(list(argv))
    else:
        if sys.platform == "win32" and sys.argv[1:2] != ["run"]:  # there the streams are another program's
            _use_utf8()
        life = _short_life()
        with life:
            code = _outcome(sys.argv[1:])
            life.is_over = not callable(code)
    return code() if callable(code) else code


def _outcome(arguments: list[str]) -> int | Callable[[], int]:
    """Run a command, and return its exit code, or what takes over from it."""
    try:
        code = _run(arguments)
        if sys.stdout is not None:
            sys.stdout.flush()  # a full disk or a closed pipe is to be noticed here, and not after the last line
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - a user should not see a traceback
        from .report import report  # noqa: PLC0415 - most commands go well

        if isinstance(error, OSError):
            _drop_output()  # it may be stdout that failed, and it would fail again on the way out
            if _is_gone(error):
                return BROKEN_PIPE
        return report(error)
    return code


def _run(arguments: list[str]) -> int | Callable[[], int]:
    if not arguments or arguments[0] not in COMMANDS:
        from .commands import help as help_  # noqa: PLC0415 - most command lines name a command

        return help_.run(arguments)
    if arguments[0] == "run":
        from .commands.run import quick  # noqa: PLC0415 - the other commands need none of it

        start = quick(arguments[1:])
        if start is not None:
            return start
    command, parser = load(arguments[0])
    try:
        options = parser.parse(arguments[1:])
    except SystemExit:  # help was asked for, and has been printed
        return DONE
    code: int | Callable[[], int] = command.run(options)
    return code


class _short_life:  # noqa: N801 - a context manager, without the price of contextlib
    """Switch the garbage collector off: in a process that ends soon, it takes a tenth of the time of `token`.

    Attributes:
        is_over: whether the process ends now. A program that takes over may have files and finalizers in its garbage.

    """

    is_over = True

    def __enter__(self) -> None:
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self.is_over and hasattr(gc, "freeze"):  # not in PyPy
            gc.freeze()  # spares the search through all objects when the process ends
        gc.enable()


def _use_utf8() -> None:
    """Read and write UTF-8, as uv does: the code page of Windows does not have every character of a password.

    Where ``PYTHONIOENCODING`` is set, it decides. A console's streams use UTF-8 already.
    """
    import os  # noqa: PLC0415 - it is there already; the name is not

    if not os.environ.get("PYTHONIOENCODING"):
        for stream in (sys.stdin, sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):  # else it is `None`, or was replaced
                stream.reconfigure(encoding="utf-8", errors=stream.errors)


def _is_gone(error: OSError) -> bool:
    """Return whether the reader of stdout has gone. Windows calls that an invalid argument, of no file."""
    import errno  # noqa: PLC0415 - it is there already; the name is not

    on_windows = sys.platform == "win32" and error.errno == errno.EINVAL and error.filename is None
    return isinstance(error, BrokenPipeError) or on_windows


def _drop_output() -> None:
    """Redirect stdout to the null device, or the interpreter would report at exit what it could not write."""
    import os  # noqa: PLC0415 - it is there already; the name is not

    try:
        descriptor = sys.stdout.fileno()
    except (AttributeError, OSError, ValueError):
        return  # no real file: it was replaced, or is missing
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)
    os.close(nowhere)
