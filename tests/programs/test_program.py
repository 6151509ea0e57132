"""`indexauth run` with a program beside plain `python` with the same program: what it sees, and how it ends."""

from __future__ import annotations

import os
import py_compile
import sys
import zipfile
from pathlib import Path

import pytest

from requests_indexauth.programs import program
from support.runs import both, ended

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals, links, execv, the shell")
LOOK = """
import sys
print(sys.argv, sys.path, __name__, __file__, __package__, __spec__ and __spec__.name, type(__loader__).__name__)
print(sys.modules["__main__"].__dict__ is globals(), sorted(globals()))
"""


# What it sees


@pytest.mark.parametrize("arguments", [[], ["--help", "-m", "--", "x"]], ids=["none", "some"])
def test_a_script_sees_what_it_sees_alone(workdir: Path, arguments: list[str]) -> None:
    """Its arguments, its path, its names."""
    (workdir / "bin").mkdir()
    (workdir / "bin" / "look.py").write_text(LOOK)
    code, out, _ = both("./bin/look.py", *arguments)
    assert code == 0
    assert repr(["./bin/look.py", *arguments]) in out


def test_a_script_in_the_working_folder_needs_no_dot(workdir: Path) -> None:
    """As with `python look.py`."""
    (workdir / "look.py").write_text(LOOK)
    assert both("look.py")[0] == 0


@POSIX
def test_a_working_folder_that_was_removed_holds_nothing_up(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script with its whole path and a module run there as they do with `python`."""
    (workdir / "look.py").write_text("import sys; print(sys.argv, __file__)")
    gone = workdir / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert both(str(workdir / "look.py"), "x")[0] == 0
    assert both("-m", "this")[0] == 0


@POSIX
def test_a_link_to_a_script_leads_to_its_folder(workdir: Path) -> None:
    """As Python has it: what lies beside the script itself can be imported."""
    (workdir / "real").mkdir()
    (workdir / "real" / "look.py").write_text("import beside\n" + LOOK)
    (workdir / "real" / "beside.py").write_text("")
    (workdir / "look.py").symlink_to(workdir / "real" / "look.py")
    assert both("./look.py")[0] == 0


def test_a_module_sees_what_it_sees_alone(workdir: Path) -> None:
    """A package, too; the working folder is on its path."""
    (workdir / "tool").mkdir()
    (workdir / "tool" / "__init__.py").write_text("")
    (workdir / "tool" / "__main__.py").write_text(LOOK)
    assert both("-m", "tool", "-x", "--help")[0] == 0


@pytest.mark.parametrize("form", ["folder", "zip", "pyc"])
def test_what_python_can_run_is_run(workdir: Path, form: str) -> None:
    """A folder with a `__main__.py`, a zip file of one, a compiled script."""
    (workdir / "tool").mkdir()
    (workdir / "tool" / "__main__.py").write_text(LOOK)
    name = "./tool"
    if form == "zip":
        name = "./tool.pyz"
        with zipfile.ZipFile(name, "w") as file:
            file.write("tool/__main__.py", "__main__.py")
    elif form == "pyc":
        name = "./tool.pyc"
        py_compile.compile("tool/__main__.py", name)
    assert both(name, "x")[0] == 0


@pytest.mark.parametrize("flag", ["-I", "-P"])
def test_a_python_that_puts_no_folder_on_the_path_puts_none(workdir: Path, flag: str) -> None:
    """Isolated, or told to be safe."""
    if flag == "-P" and sys.version_info < (3, 11):
        pytest.skip("Python 3.11 has it")
    (workdir / "script.py").write_text("import sys; print(sys.path)")
    path = str(Path(program.__file__).parents[2])
    start = (
        f"import sys; sys.path.append({path!r}); from requests_indexauth.cli import main; main(['run', 'script.py'])"
    )
    code, out, _ = ended([sys.executable, flag, "-c", start])
    assert code == 0
    assert str(workdir) not in out


# How it ends


LATE = """
import atexit, threading
atexit.register(print, "last", __name__)
threading.Timer(0.01, lambda: print("late", __import__("__main__").atexit.__name__)).start()
"""
GARBAGE = """
class Last:
    def __del__(self):
        print("deleted", flush=True)
last = Last()
last.itself = last
"""
FAILING_HOOK = "import sys; sys.excepthook = lambda *all: print(all[0], all[2].tb_frame.f_code.co_name)\n1 / 0"
SEVERAL_ERRORS = """
import atexit, sys
atexit.register(lambda: sys.excepthook(KeyError, KeyError("b"), None))
1 / 0
"""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("raise SystemExit(7)", 7),
        ("import sys; sys.exit('done for')", 1),
        ("def f():\n    raise ValueError('x')\nf()", 1),
        ("try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise OSError('y') from error", 1),
        ("def f(:", 1),
        (FAILING_HOOK, 1),
        (SEVERAL_ERRORS, 1),
        (LATE, 0),
        (GARBAGE, 0),
        ("import os; os._exit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", -15),
        ("import os, signal, time; os.kill(os.getpid(), signal.SIGINT); time.sleep(9)", -2),
        ("import sys; sys.stdout.write('x' * 9); sys.stdout.close()", 0),
        ("import gc; print(gc.isenabled(), gc.get_threshold())", 0),
    ],
    ids=[
        "exit",
        "words",
        "error",
        "cause",
        "syntax",
        "hook",
        "errors",
        "late",
        "garbage",
        "_exit",
        "term",
        "int",
        "closed",
        "gc",
    ],
)
@POSIX
def test_it_ends_as_it_ends_alone(workdir: Path, text: str, code: int) -> None:
    """The exit code, the signal, the traceback."""
    (workdir / "script.py").write_text(text)
    assert both("script.py")[0] == code


def test_a_module_that_fails_is_shown_as_ever(workdir: Path) -> None:
    """With the frames of `runpy`, and without ours."""
    (workdir / "tool.py").write_text("1 / 0")
    assert "requests_indexauth" not in both("-m", "tool")[2]


def test_a_module_that_is_missing_is_missing_as_ever() -> None:
    """Python's own words."""
    assert both("-m", "no_such_module")[0] == 1


# Which program it is


def test_a_program_of_this_environment_is_found_by_its_name() -> None:
    """It lies beside the interpreter."""
    name = "coverage.exe" if os.name == "nt" else "coverage"
    path = program.find_program("coverage")
    assert path == str(Path(sys.executable).with_name(name))
    assert program.is_python(path)
    assert program.find_program("no-such-program") is None


def test_a_program_of_the_user_is_found(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`pip install --user` puts it there."""
    scripts = "Scripts" if os.name == "nt" else "bin"
    monkeypatch.setattr("site.ENABLE_USER_SITE", True)
    monkeypatch.setattr("site.getuserbase", lambda: str(home))
    (home / scripts).mkdir()
    (home / scripts / "tool").write_text("#!/usr/bin/python3\n")
    assert program.find_program("tool") == str(home / scripts / "tool")


@pytest.mark.parametrize(
    ("name", "interpreter"),
    [("python", True), ("python3.13t", True), ("pypy3", True), ("Pythonw.exe", True), ("python_tool", False)],
)
def test_an_interpreter_is_known_by_its_name(name: str, *, interpreter: bool) -> None:
    """A script may begin with the same letters."""
    assert program.is_interpreter(f"/bin/{name}") is interpreter


@pytest.mark.parametrize(
    ("head", "python"),
    [
        (b"#!/usr/bin/python3\n", True),
        (b"#!/bin/sh\n'''exec' /very/long/bin/python \"$0\" \"$@\"\n' '''\n", True),
        (b"#!/usr/bin/env pypy3\n", True),
        (b"#!/bin/sh\necho\n", False),
        (b"\x7fELF\x02\x01", False),
    ],
)
def test_a_program_is_known_by_its_first_lines(workdir: Path, head: bytes, *, python: bool) -> None:
    """What is no Python cannot be reached."""
    (workdir / "tool").write_bytes(head)
    assert program.is_python(str(workdir / "tool")) is python
