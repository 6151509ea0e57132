"""Run a Python program in this process as the interpreter would: the same ``__main__``, path and traceback."""

# A program that is run may cost 5 % more than alone; an import of pathlib would be much of that:
# ruff: noqa: PTH113, PTH118, PTH119, PTH120, PTH123

from __future__ import annotations

import builtins
import os
import sys
from types import ModuleType

from ..util.paths import working_folder
from .children import reach_children
from .hooks import install

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import CodeType
    from typing import Callable, NoReturn

_SUFFIXES = (".py", ".pyw", ".pyc", ".pyz")
_HEAD = 512
_OLDER_NAMES: dict[str, object] = {"__annotations__": {}} if sys.version_info < (3, 14) else {}
_OLDER_FILE_NAMES: dict[str, object] = {"__cached__": None} if sys.version_info < (3, 15) else {}


def run_module(name: str, arguments: list[str]) -> None:
    """Run a module, as ``python -m`` does, with every session it makes mounted.

    Returns when the module's code has ended; what it raises, `SystemExit` too, is raised here. Then ``sys.excepthook``
    shows it without the frames of this package.
    """
    sys.argv = ["-m", *arguments]  # as long as it is looked for; then it is the module's file
    _put_first(working_folder())
    _as_main(lambda: _run_named(name, alter_argv=True))


def run_file(path: str, arguments: list[str]) -> None:
    """Run a script, or a folder or zip file with a ``__main__.py``, as ``python path`` does; else as `run_module`.

    Raises:
        OSError: the file cannot be read.

    """
    sys.argv = [path, *arguments]
    # As Python has it: on Windows a plain path, elsewhere one with its dots where they are.
    path = os.path.abspath(path) if os.name == "nt" else os.path.join(working_folder(), path)  # noqa: PTH100
    if _is_importable(path):
        _put_first(path)
        _as_main(lambda: _run_named("__main__", alter_argv=False))
        return
    with open(path, "rb") as file:
        source = file.read()
    _put_first(os.path.dirname(os.path.realpath(path)))
    _as_main(lambda: _run_source(path, source))


def run_interpreter(path: str, arguments: list[str]) -> None:
    """Become another Python interpreter, with every session of its program mounted; does not return.

    Raises:
        OSError: it cannot be started.

    """
    reach_children()
    become(path, arguments, os.environ)


def become(path: str, arguments: list[str], variables: Mapping[str, str]) -> NoReturn:
    """Replace this process by another program, which gets its signals, and whose exit code counts.

    Raises:
        OSError: it cannot be started.

    """
    if os.name != "nt":
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
        os.execvpe(path, [path, *arguments], variables)  # noqa: S606 - the user named it
    import subprocess  # noqa: PLC0415 - on Windows a process cannot become another one

    sys.exit(subprocess.call([path, *arguments], env=variables))


def own_options() -> list[str]:
    """Return the options that this interpreter was started with, except those that would keep us from a program.

    ``-I`` and ``-E`` would make it ignore the variable by which it is reached; the rest of what ``-I`` means is kept.
    """
    from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined] # noqa: PLC0415 - as `-m` needs none

    options: list[str] = _args_from_interpreter_flags()
    isolated = ["-s", "-P"] if sys.version_info >= (3, 11) else ["-s"]
    kept = [option for option in options if option not in ("-I", "-E")]
    return kept + isolated if "-I" in options else kept


def find_program(name: str) -> str | None:
    """Return the path of a script or of one of this environment's programs; ``None`` where it has none of that name.

    Args:
        name: a path, as a shell takes one; the name of a Python file in the working folder; or a program's.

    """
    if os.path.dirname(name) or name.endswith(_SUFFIXES):
        return name if os.path.exists(name) else None  # noqa: PTH110
    for folder in _script_folders():
        for file in (name, f"{name}.exe", f"{name}-script.py") if os.name == "nt" else (name,):
            path = os.path.join(folder, file)
            if os.path.isfile(path):
                return path
    return None


def is_python(path: str) -> bool:
    """Whether what lies among an environment's programs is Python: its first lines name one, or it is a zip file."""
    if path.endswith(_SUFFIXES) or _is_importable(path):
        return True
    with open(path, "rb") as file:
        head = file.read(_HEAD)
    # Where the path of the interpreter is too long for a first line, pip and uv have the second one start it.
    return head.startswith(b"#!") and any(b"python" in line or b"pypy" in line for line in head.split(b"\n")[:2])


def is_interpreter(path: str) -> bool:
    """Whether a program is a Python interpreter, by its name."""
    name = os.path.basename(path)
    if not name.lower().startswith(("python", "pypy")):
        return False
    from re import IGNORECASE, fullmatch  # noqa: PLC0415 - most programs need none of it

    return fullmatch(r"(python|pypy)w?[\d.]*t?(\.exe)?", name, IGNORECASE) is not None


def _script_folders() -> list[str]:
    """Return where this environment has its programs, the likely place first."""
    beside = os.path.dirname(sys.executable)
    return [beside, os.path.join(sys.prefix, "Scripts" if os.name == "nt" else "bin"), *_user_scripts()]


def _user_scripts() -> list[str]:
    import site  # noqa: PLC0415 - it is there already, save under `-S`

    if not site.ENABLE_USER_SITE:
        return []
    return [os.path.join(site.getuserbase(), "Scripts" if os.name == "nt" else "bin")]


def _is_importable(path: str) -> bool:
    """Whether a path can be imported from: a folder, a zip file (a Windows program with one behind it, too)."""
    for hook in sys.path_hooks:
        try:
            hook(path)
        except ImportError:
            continue
        return True
    return False


def _put_first(path: str) -> None:
    """Put a path where Python puts the path of a program, unless Python was told to put none there."""
    if sys.flags.isolated or getattr(sys.flags, "safe_path", False):
        return
    sys.path[:1] = [path]


def _as_main(run: Callable[[], object]) -> None:
    """Call what runs a program, with a new ``__main__`` and with every session mounted."""
    main = sys.modules["__main__"] = ModuleType("__main__")
    vars(main).update(__builtins__=builtins, **_OLDER_NAMES)
    install()
    reach_children()
    try:
        run()
    except SystemExit:
        raise
    except BaseException as error:
        _show_without_us(error)
        raise


def _show_without_us(error: BaseException) -> None:
    """Show an error that no caller catches with the frames of the program alone."""
    own_hook, traceback = sys.excepthook, error.__traceback__
    while traceback is not None and traceback.tb_frame.f_globals is globals():
        traceback = traceback.tb_next

    def show(kind: type[BaseException], value: BaseException, whole: object) -> object:
        if value is not error:
            return own_hook(kind, value, whole)  # type: ignore[arg-type] # whatever Python hands over
        return own_hook(kind, value.with_traceback(traceback), traceback)

    sys.excepthook = show


def _run_named(name: str, *, alter_argv: bool) -> None:
    from runpy import _run_module_as_main  # type: ignore[attr-defined] # noqa: PLC0415 - what `-m` calls

    _run_module_as_main(name, alter_argv)


def _run_source(path: str, source: bytes) -> None:
    from importlib.machinery import SourceFileLoader, SourcelessFileLoader  # noqa: PLC0415 - runpy has it

    names = vars(sys.modules["__main__"])
    kind = SourcelessFileLoader if path.endswith(".pyc") else SourceFileLoader
    loader = kind("__main__", path)
    code: CodeType | None
    if isinstance(loader, SourceFileLoader):
        code = compile(source, path, "exec", dont_inherit=True)
    else:
        code = loader.get_code("__main__")
    names.update(__file__=path, __loader__=loader, **_OLDER_FILE_NAMES)
    exec(code, names)  # type: ignore[arg-type] # noqa: S102 - this is what running a script means
