"""`indexauth run`: which program is meant, and what of its command line is the interpreter's."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.programs import program
from support.commands import command, run_child
from support.runs import ended

if TYPE_CHECKING:
    from support.index import ServeIndex

USERS = {"me": "secret"}
LOOK = """
import sys
print(sys.argv, sys.path, __name__, __file__, __package__, __spec__ and __spec__.name, type(__loader__).__name__)
print(sys.modules["__main__"].__dict__ is globals(), sorted(globals()))
"""


# Which program it is


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


@pytest.mark.parametrize("option", ["-mlook", "-cimport look"])
def test_a_module_or_code_may_be_stuck_to_its_option(workdir: Path, option: str) -> None:
    """Python takes it so; what follows is the program's, dashes or not."""
    (workdir / "look.py").write_text("import sys; print(sys.argv[1:])\n")
    assert ended(command("run", option, "--sort-keys", "x")) == (0, "['--sort-keys', 'x']\n", "")


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
