"""Which environment a `pip-indexauth` is for: its own, or one that is named."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.pips import Pip

if TYPE_CHECKING:
    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")
BIN = "Scripts" if os.name == "nt" else "bin"
CONSOLE = "import sys; sys.argv[0] = 'pip-indexauth'; from requests_indexauth.pip import main; sys.exit(main())"


@pytest.fixture
def pip() -> Pip:
    """Return the pip of the Python that runs the tests."""
    pytest.importorskip("pip")
    return Pip(sys.executable)


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a virtual environment without pip, and without this package."""
    folder = tmp_path_factory.mktemp("other")
    venv.create(folder, symlinks=os.name != "nt")
    return folder


def console(pip: Pip, *words: object, **variables: str) -> tuple[int, str, str]:
    """Run it by the name of its program."""
    ran = pip.run([pip.python, "-c", CONSOLE, *map(str, words)], variables)
    return ran.code, ran.out, ran.err


@pytest.mark.parametrize("form", ["folder", "interpreter", "=", "variable"])
def test_our_own_pip_is_driven_for_an_environment_that_has_none(
    pip: Pip, other: Path, serve_index: ServeIndex, form: str
) -> None:
    """What is installed lands there, and the credentials are found as ever."""
    index = serve_index([f"thing-{form.strip('=')}x"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    named = other / BIN / "python" if form == "interpreter" else other
    words = [f"--python={named}"] if form == "=" else [] if form == "variable" else ["--python", str(named)]
    variables = {"PIP_PYTHON": str(named)} if form == "variable" else {}
    name = f"thing-{form.strip('=')}x"
    ran = pip(*words, "install", "--no-cache-dir", "--index-url", index.index_url(), name, **variables)
    assert ran.code == 0, ran
    assert list(other.rglob(f"{name.replace('-', '_')}-1.0.dist-info"))
    assert index.authorizations == [None, GOOD, GOOD]


def test_the_pip_of_the_environment_is_driven_where_it_has_one(pip: Pip, tmp_path: Path) -> None:
    """Not ours with its Python, as pip's own option has it."""
    venv.create(tmp_path / "other", symlinks=os.name != "nt")
    python = tmp_path / "other" / BIN / "python"
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip())
    (site / "pip" / "_internal").mkdir(parents=True)
    (site / "pip" / "__init__.py").write_text("")
    (site / "pip" / "_internal" / "__init__.py").write_text("")
    (site / "pip" / "__main__.py").write_text("import sys; print('its own', sys.argv[1:]); sys.exit(3)")
    ran = pip("--proxy", "x", "--python", tmp_path / "other", "install", "thing")
    assert (ran.code, ran.out) == (3, "its own ['--proxy', 'x', 'install', 'thing']\n"), ran


def test_our_own_environment_may_be_named(pip: Pip) -> None:
    """It is the one that is run in any case."""
    for name in (sys.prefix, sys.executable):
        ran = pip("--python", name, "--version")
        assert (ran.code, ran.out) == (pip("--version").code, pip("--version").out)


def test_an_invalid_environment_is_one_line(pip: Pip, tmp_path: Path) -> None:
    """A folder without a Python, and a path to nothing; and what cannot be run."""
    for name in (tmp_path, tmp_path / "nothing"):
        ran = pip("--python", name, "list")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith(f"pip-indexauth: there is no Python at {name}: ")
    (tmp_path / "file").write_text("")
    ran = pip("--python", tmp_path / "file", "list")
    assert (ran.code, ran.err) == (1, f"pip-indexauth: {tmp_path / 'file'} cannot be run: Permission denied\n")


@pytest.mark.skipif(os.name == "nt", reason="a script is no interpreter there")
def test_an_empty_name_is_not_the_working_folder(pip: Pip, workdir: Path) -> None:
    """`--python "$VENV"` with the variable unset, in a project that has a `bin/python` of its own."""
    (workdir / "bin").mkdir()
    python = workdir / "bin" / "python"
    python.write_text("#!/bin/sh\necho the project's\n")
    python.chmod(0o700)
    for words in (["--python", ""], ["--python="]):
        ran = pip(*words, "list")
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("pip-indexauth: there is no Python at : name a virtual environment's folder")


@pytest.mark.skipif(os.name == "nt", reason="a script is no interpreter there")
def test_a_bare_name_is_looked_for_on_path(pip: Pip, workdir: Path, tmp_path: Path) -> None:
    """`--python python3.12`, in a project that has a file of that name; a shell does not run it either."""
    for folder, said in ((workdir, "the project's"), (tmp_path, "that of PATH")):
        (folder / "snake").write_text(f"#!/bin/sh\necho {said!r}\n")
        (folder / "snake").chmod(0o700)
    ran = pip("--python", "snake", "list", PATH=os.pathsep.join([str(tmp_path), os.environ["PATH"]]))
    assert (ran.code, ran.out) == (0, "that of PATH\n"), ran


def test_neither_has_a_pip(pip: Pip, other: Path) -> None:
    """As where a tool's environment has none, and one that uv has made."""
    code = (
        "import sys; from requests_indexauth.pip import environment; environment.find_spec = lambda _: None\n"
        "sys.exit(environment.drive(sys.argv[1], ['list']))"
    )
    ran = pip.run([pip.python, "-c", code, str(other)], {})
    assert ran.code == 1
    assert ran.err.startswith(f"pip-indexauth: there is no pip in {other.resolve()}, nor beside ")


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_signal_that_ends_the_other_ends_this_one(pip: Pip, tmp_path: Path) -> None:
    """There is one process, and so one answer to Ctrl-C: that of the pip that is driven, which undoes what it began."""
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nkill -INT $$\n")
    python.chmod(0o700)
    ran = pip("--python", python, "list")
    assert (ran.code, ran.out, ran.err) == (-signal.SIGINT, "", "")


def test_the_last_python_that_is_named_counts(pip: Pip, other: Path, tmp_path: Path) -> None:
    """As in pip: an alias may name one, and its user another."""
    ran = pip("--python", tmp_path / "none", f"--python={other}", "debug")
    assert f"sys.executable: {other / BIN / 'python'}" in ran.out, ran


@pytest.mark.skipif(os.name == "nt", reason="a folder that is in use cannot be removed there")
@pytest.mark.parametrize("words", [["--version"], ["--python", ".", "list"]])
def test_a_working_folder_that_was_removed_is_said_in_one_line(pip: Pip, tmp_path: Path, words: list[str]) -> None:
    """pip's own first step ends with a traceback there."""
    gone = tmp_path / "gone"
    gone.mkdir()
    code = f"import os, sys; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r}); {CONSOLE}"
    ran = pip.run([pip.python, "-c", code, *words], {})
    assert (ran.code, ran.err) == (1, "pip-indexauth: the working folder was removed: go to another one\n")


# An active environment that is not ours


@pytest.mark.parametrize("command", ["install", "uninstall"])
def test_nothing_is_changed_in_an_active_environment_that_is_not_ours(
    pip: Pip, other: Path, command: str, serve_index: ServeIndex
) -> None:
    """Which of the two is meant? It says which it would be, and how to name either."""
    index = serve_index()
    words = [command, "-y", "thing"] if command == "uninstall" else [command, "--index-url", index.index_url(), "thing"]
    code, out, err = console(pip, *words, VIRTUAL_ENV=str(other))
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"this changes {sys.prefix}, and not the active virtual environment {other}" in err
    assert f"pip-indexauth --python {other} {command} ..." in err
    assert f"--python {sys.prefix}" in err
    assert index.requests == []


@pytest.mark.parametrize("more", [["--target", "site"], ["--prefix=site"], ["-tsite"], ["--help"]], ids=" ".join)
def test_what_goes_elsewhere_is_not_asked_about(
    pip: Pip, other: Path, serve_index: ServeIndex, more: list[str]
) -> None:
    """A folder that was named is none of the two."""
    index = serve_index()
    words = ["install", "--no-cache-dir", "--index-url", index.index_url(), *more, "thing"]
    code, _, err = console(pip, *words, VIRTUAL_ENV=str(other))
    assert code == 0, err
    assert "pip-indexauth: " not in err


def test_what_is_read_is_read_after_one_line(pip: Pip, other: Path) -> None:
    """`list` and its like change nothing; what they show is of one of the two."""
    code, out, err = console(pip, "list", VIRTUAL_ENV=str(other))
    assert (code, out) == (0, pip("list").out)
    assert err.startswith(f"pip-indexauth: this is about {sys.prefix}, and not the active {other}; for that: ")


def test_without_a_stderr_nothing_is_said(pip: Pip, other: Path) -> None:
    """And what is asked for is done all the same."""
    ran = pip.run([pip.python, "-c", f"import sys; sys.stderr = None; {CONSOLE}", "list"], {"VIRTUAL_ENV": str(other)})
    assert (ran.code, ran.out) == (0, pip("list").out)


def test_python_m_goes_on_with_a_warning(pip: Pip, other: Path) -> None:
    """It has named its Python, so it is not stopped."""
    ran = pip("uninstall", "-y", "no-such-distribution", VIRTUAL_ENV=str(other))
    assert ran.code == pip.plain("uninstall", "-y", "no-such-distribution").code
    assert f"this changes {sys.prefix}" in ran.err


@pytest.mark.parametrize("active", ["", "/nowhere", sys.prefix])
def test_otherwise_it_is_silent(pip: Pip, active: str) -> None:
    """Without an active environment, with one that is gone, and in its own."""
    assert console(pip, "list", VIRTUAL_ENV=active) == (0, pip("list").out, "")


def test_without_pip_the_active_environment_is_named(other: Path) -> None:
    """A tool's environment has none as a rule."""
    code = CONSOLE.replace("import sys;", "import sys, importlib.util as util; find = util.find_spec; "
        "util.find_spec = lambda name, *args: None if name == 'pip' else find(name, *args);")  # fmt: skip
    ran = Pip(sys.executable, package=True).run(
        [sys.executable, "-c", code, "download", "x"], {"VIRTUAL_ENV": str(other)}
    )
    assert ran.code == 1
    assert ran.err.endswith(
        f"(python -m ensurepip), or name an environment that has it: pip-indexauth --python {other} ...\n"
    )


# Its name, and its path


@pytest.mark.parametrize("words", [["--help"], ["install", "--help"], ["completion", "--bash"]], ids=" ".join)
def test_usage_lines_and_completion_name_it(pip: Pip, words: list[str]) -> None:
    """However it was started."""
    ran = pip(*words)
    assert ran.code == 0, ran
    assert " pip-indexauth" in ran.out
    assert f"{sys.executable} -m pip" not in ran.out
    assert console(pip, *words)[1] == ran.out


def test_usage_lines_name_it_for_another_environment_too(pip: Pip, other: Path) -> None:
    """It is the same program."""
    assert " pip-indexauth install [options]" in pip("--python", other, "install", "--help").out


def test_both_ways_to_start_it_see_the_same(pip: Pip, workdir: Path) -> None:
    """pip takes the working folder from its path once: where it is on `PYTHONPATH` as well, it stays there."""
    (workdir / "mine-1.dist-info").mkdir()
    (workdir / "mine-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\n")
    path = str(workdir)
    ran = pip("list", "--format=freeze", PYTHONPATH=path)
    assert "mine==1\n" in ran.out
    assert console(pip, "list", "--format=freeze", PYTHONPATH=path)[1] == ran.out
    assert "mine==1\n" not in pip("list", "--format=freeze").out
