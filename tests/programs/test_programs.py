"""`indexauth run` with a program beside plain `python` with the same program: what it sees, and how it ends."""

from __future__ import annotations

import json
import os
import py_compile
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.programs import program
from support.commands import TIME_LIMIT, command, environment, run_child

if TYPE_CHECKING:
    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals, links, execv, the shell")
LOOK = """
import sys
print(sys.argv, sys.path, __name__, __file__, __package__, __spec__ and __spec__.name, type(__loader__).__name__)
print(sys.modules["__main__"].__dict__ is globals(), sorted(globals()))
"""
CHILD = "import sys; print([path for path in sys.path if 'children' in path], 'sitecustomize' in sys.modules)"

Ended = tuple[int, str, str]


def ended(words: list[str], **variables: str) -> Ended:
    """Run a command, and return how it ended and what it printed."""
    done = subprocess.run(
        words, env=environment(variables), capture_output=True, encoding="utf-8", timeout=TIME_LIMIT, check=False
    )
    return done.returncode, done.stdout, done.stderr


def both(*words: str) -> Ended:
    """Run a program plain and by `indexauth run`, see that there is no difference, and return how it ended."""
    plain = ended([sys.executable, *words])
    assert ended(command("run", *words)) == plain
    return plain


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


def test_what_is_no_program_is_one_line() -> None:
    """Exit code 1; wrong use is 2."""
    code, out, err = ended(command("run", "no-such-program"))
    assert (code, out) == (1, "")
    assert err.startswith("error: there is no program no-such-program in this environment (")
    for words in (["./missing.py"], ["missing.py"]):
        assert ended(command("run", *words)) == (1, "", f"error: there is no file {words[0]}\n")
    for words in ([], ["-m"], ["-c"]):
        code, out, err = ended(command("run", *words))
        assert (code, out) == (2, "")
        assert err.startswith("error: run: which ")


def test_a_file_whose_name_is_no_programs_wants_a_dot(workdir: Path) -> None:
    """Without one a shell would look elsewhere, too."""
    (workdir / "look").write_text(LOOK)
    code, _, err = ended(command("run", "look"))
    assert code == 1
    assert err.endswith(", or type ./look for what lies here\n")


def test_a_program_that_is_not_python_is_refused(workdir: Path) -> None:
    """It is run without us, then."""
    (workdir / "tool").write_bytes(b"\x7fELF")
    where = f"import sys; sys.executable = {str(workdir / 'python')!r}; from requests_indexauth.cli import main"
    code, _, err = ended([sys.executable, "-c", f"{where}; sys.exit(main(['run', 'tool']))"])
    assert (code, err) == (
        1,
        f"error: {workdir / 'tool'} is not a Python program: nothing of it is reached from here\n",
    )


# What it asks for


def test_code_and_a_script_on_stdin_are_the_interpreters(workdir: Path, serve_index: ServeIndex) -> None:
    """As with `python -c` and `python -`."""
    index = serve_index(["thing"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    text = f"import requests, sys; print(requests.get({index.at('/simple/thing/')!r}).status_code, sys.argv)"
    assert ended(command("run", "-c", text, "-m", "--help"))[:2] == (0, "200 ['-c', '-m', '--help']\n")
    ran = run_child("run", "-", "-c", stdin=text)
    assert (ran.code, ran.out) == (0, "200 ['-', '-c']\n")
    assert list(workdir.iterdir()) == []


@pytest.mark.parametrize("option", ["-B", "-Wignore::UserWarning", "-I", "-E"])
def test_code_has_the_options_of_the_interpreter(workdir: Path, serve_index: ServeIndex, option: str) -> None:
    """Those that would keep it from our reach are left out."""
    index = serve_index(["thing"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    text = (
        f"import requests, sys; print(requests.get({index.at('/simple/thing/')!r}).status_code, "
        "sys.dont_write_bytecode, sys.warnoptions, sys.flags.no_user_site)"
    )
    path = str(Path(program.__file__).parents[2])
    start = (
        f"import sys; sys.path.append({path!r}); from requests_indexauth.cli import main; main(['run', *sys.argv[1:]])"
    )
    plain = ended([sys.executable, option, "-c", text], PYTHONDONTWRITEBYTECODE="")[1]
    code, out, _ = ended([sys.executable, option, "-c", start, "-c", text], PYTHONDONTWRITEBYTECODE="")
    assert (code, out) == (0, plain.replace("401", "200"))
    assert list(workdir.iterdir()) == []


@pytest.mark.parametrize("by", ["name", "path"])
def test_an_interpreter_is_reached_too(workdir: Path, serve_index: ServeIndex, by: str) -> None:
    """As a child is; what it is given to run ends as ever."""
    index = serve_index(["thing"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    python = Path(sys.executable).name if by == "name" else sys.executable
    text = (
        f"import requests, sys; print(requests.get({index.at('/simple/thing/')!r}).status_code, sys.argv); sys.exit(7)"
    )
    assert ended(command("run", python, "-c", text, "--help"))[:2] == (7, "200 ['-c', '--help']\n")
    assert list(workdir.iterdir()) == []


@pytest.mark.parametrize("imports", ["", "import requests\n"], ids=["later", "before"])
def test_its_requests_are_answered(workdir: Path, serve_index: ServeIndex, imports: str) -> None:
    """From the store, which `requests` knows nothing of; one refusal for all of them."""
    index = serve_index(["one", "two"], USERS)
    (workdir / "fetch.py").write_text(
        "import sys, requests\nprint([requests.get(url).status_code for url in sys.argv[1:]])\n"
    )
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    urls = [index.page_url("one"), index.page_url("two")]
    assert ended([sys.executable, "fetch.py", *urls])[1] == "[401, 401]\n"
    index.clear()
    start = f"{imports}import sys; from requests_indexauth.cli import main; sys.exit(main(sys.argv[1:]))"
    assert ended([sys.executable, "-c", start, "run", "fetch.py", *urls])[1] == "[200, 200]\n"
    assert index.authorizations == [None, GOOD, GOOD]


def test_what_makes_no_request_loads_neither_requests_nor_ours(workdir: Path) -> None:
    """It costs next to nothing."""
    (workdir / "script.py").write_text(
        "import sys\n"
        "unwanted = {'requests', 'urllib3', 'keyring', 'pip', 'requests_indexauth.core'}\n"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    assert ended(command("run", "script.py"))[1] == "[]\n"


# Its children

START = {
    "subprocess": "import subprocess\nsubprocess.run([sys.executable, 'fetch.py', sys.argv[1]], check=True)",
    "exec": "import os\nos.execv(sys.executable, [sys.executable, 'fetch.py', sys.argv[1]])",
    "shell": "import os\nassert os.system(f'{sys.executable} fetch.py {sys.argv[1]}') == 0",
    "grandchild": (
        "import subprocess\n"
        "code = 'import subprocess, sys; subprocess.run([sys.executable] + sys.argv[1:], check=True)'\n"
        "subprocess.run([sys.executable, '-c', code, 'fetch.py', sys.argv[1]], check=True)"
    ),
    "spawn": (
        "import multiprocessing, requests\n"
        "if __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(1) as pool:\n"
        "        assert pool.apply(requests.get, sys.argv[1:]).ok\n"
    ),
}


@pytest.mark.parametrize("how", START)
@POSIX
def test_children_are_reached(workdir: Path, serve_index: ServeIndex, how: str) -> None:
    """And the children of children."""
    index = serve_index(["one"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    (workdir / "fetch.py").write_text("import sys, requests\nassert requests.get(sys.argv[1]).ok\n")
    (workdir / "start.py").write_text(f"import sys\n{START[how]}\n")
    code, _, err = ended(command("run", "start.py", index.page_url("one")))
    assert (code, err) == (0, "")
    assert index.authorizations == [None, GOOD]


def start_child(workdir: Path, own: Path | None = None) -> None:
    """Write a program that starts a child; `own` is a folder that it puts on the child's path."""
    more = "" if own is None else f"os.environ['PYTHONPATH'] += os.pathsep + {str(own)!r}\n"
    (workdir / "start.py").write_text(
        f"import os, subprocess, sys\n{more}subprocess.run([sys.executable, '-c', {CHILD!r}])"
    )


@POSIX
def test_an_empty_entry_of_the_path_is_the_working_folder_for_a_child(workdir: Path) -> None:
    """As `PYTHONPATH=$PYTHONPATH:/x` has it where the variable was not set."""
    (workdir / "beside.py").write_text("print('beside')")
    (workdir / "tool").mkdir()
    (workdir / "tool" / "tool.py").write_text("import beside")
    (workdir / "start.py").write_text("import subprocess, sys\nsubprocess.run([sys.executable, 'tool/tool.py'])")
    package = environment()["PYTHONPATH"]
    assert ended(command("run", "start.py"), PYTHONPATH=f":{package}") == (0, "beside\n", "")


@pytest.mark.parametrize("text", ["", "Session = None", "class Session: pass"])
def test_a_package_of_the_programs_own_called_requests_is_left_alone(workdir: Path, text: str) -> None:
    """It is imported as ever."""
    (workdir / "requests").mkdir()
    (workdir / "requests" / "__init__.py").write_text("")
    (workdir / "requests" / "sessions.py").write_text(text)
    (workdir / "script.py").write_text("import requests.sessions\nprint(requests.sessions.__name__)")
    assert both("./script.py") == (0, "requests.sessions\n", "")


def test_a_child_sees_nothing_of_it(workdir: Path) -> None:
    """Neither on its path nor among its modules."""
    start_child(workdir)
    assert both("start.py") == (0, "[] False\n", "")


def test_a_child_has_the_sitecustomize_of_its_environment(workdir: Path) -> None:
    """It is imported as ever."""
    own = workdir / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("print('mine', __file__)")
    start_child(workdir, own)
    assert ended(command("run", "start.py")) == (0, f"mine {own / 'sitecustomize.py'}\n[] True\n", "")


def test_a_sitecustomize_that_fails_is_told_of_as_ever(workdir: Path) -> None:
    """Python says so, and goes on."""
    own = workdir / "own"
    own.mkdir()
    (own / "sitecustomize.py").write_text("1 / 0")
    start_child(workdir, own)
    code, out, err = ended(command("run", "start.py"))
    assert (code, out) == (0, "[] False\n")
    assert "Error in sitecustomize" in err
    assert "ZeroDivisionError" in err


def test_a_child_of_another_environment_runs_as_without_us(workdir: Path) -> None:
    """All that it sees of ours is that folder: this package is not there."""
    names = "[getattr(finder, '__name__', type(finder)) for finder in sys.meta_path]"
    look = f"import sys; print(sys.path, {names}, 'sitecustomize' in sys.modules)"
    (workdir / "start.py").write_text(
        "import os, subprocess, sys\n"
        "folder = os.environ['PYTHONPATH'].split(os.pathsep)[0]\n"
        "assert os.listdir(folder)\n"
        "for path in ('', folder):\n"
        "    os.environ['PYTHONPATH'] = path\n"
        f"    subprocess.run([{_other_python()!r}, '-s', '-c', {look!r}])\n"
    )
    code, out, err = ended(command("run", "start.py"))
    assert (code, err) == (0, "")
    plain, ours = out.splitlines()
    assert ours == plain
    assert "requests_indexauth" not in ours


def _other_python() -> str:
    """Return the Python that the environment of these tests was made of, which has not got this package."""
    python = str(getattr(sys, "_base_executable", sys.executable))
    if sys.prefix == sys.base_prefix or python == sys.executable:
        pytest.skip("the tests do not run in a virtual environment")
    return python


def test_no_secret_is_in_the_environment(workdir: Path) -> None:
    """A folder on the path is all that there is more."""
    (workdir / "start.py").write_text("import os, json; print(json.dumps(dict(os.environ)))")
    before, after = (
        json.loads(ended(words)[1]) for words in ([sys.executable, "start.py"], command("run", "start.py"))
    )
    folder = str(Path(program.__file__).with_name("children"))
    assert after == {**before, "PYTHONPATH": os.pathsep.join([folder, before["PYTHONPATH"]])}


def test_a_run_in_a_run_is_one(workdir: Path, serve_index: ServeIndex) -> None:
    """Nothing is changed twice, and the folder is on the path once."""
    index = serve_index(["one"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    (workdir / "fetch.py").write_text(
        "import os, sys, requests\n"
        "print(requests.get(sys.argv[1]).status_code, os.environ['PYTHONPATH'].count('children'))\n"
    )
    start = f"import subprocess\nsubprocess.run({command('run', 'fetch.py', index.page_url('one'))!r}, check=True)\n"
    (workdir / "start.py").write_text(start)
    assert ended(command("run", "start.py")) == (0, "200 1\n", "")
    assert index.authorizations == [None, GOOD]
