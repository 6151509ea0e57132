"""`pip-indexauth` by its command line: `-m MODULE`, and an environment without pip."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.pip import main
from support.pip_sessions import write_netrc
from support.pips import Pip

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


def test_a_program_built_on_pip_is_run_with_m(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """As pip-tools is: whatever uses pip's session in the same process."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    (workdir / "tool.py").write_text(
        "import sys\n"
        "from pip._internal.network.session import PipSession\n"
        "print(sys.argv[1:], PipSession().get(sys.argv[1]).status_code)\n"
    )
    ran = pip("-m", "tool", index.page_url(), PYTHONPATH=os.pathsep.join([str(workdir), pip.variables["PYTHONPATH"]]))
    assert (ran.code, ran.out) == (0, f"['{index.page_url()}'] 200\n"), ran


def test_a_pip_that_such_a_program_starts_is_ours_too(
    pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path
) -> None:
    """pip-compile starts one to build a project; what else a program starts is none of our business."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    (workdir / "tool.py").write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'pip', *sys.argv[1:]], check=True)\n"
        "subprocess.run([sys.executable, '-c', 'pass'], check=True)\n"
        "subprocess.run(args='exit 0', shell=True, check=True)\n"
    )
    path = os.pathsep.join([str(workdir), pip.variables["PYTHONPATH"]])
    options = ["--no-cache-dir", "--dest", workdir / "files", "--index-url", index.index_url()]
    ran = pip("-m", "tool", "download", *options, "thing", PYTHONPATH=path)
    assert ran.code == 0, ran
    assert index.authorizations == [None, GOOD, GOOD]


@pytest.mark.parametrize("module", ["no_such_module", "no_such_package.module", "..x"])
def test_m_needs_a_module_that_is_there(capsys: pytest.CaptureFixture[str], module: str) -> None:
    """One line, as of `python -m`."""
    assert main(["-m", module]) == 1
    assert capsys.readouterr().err == f"pip-indexauth: no module named {module}: install it beside pip\n"


def test_m_needs_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use: exit code 2, and how it is used."""
    assert main(["-m"]) == 2
    assert "usage: pip-indexauth" in capsys.readouterr().err


def test_without_pip_there_is_one_line() -> None:
    """An environment without pip."""
    code = (
        "import sys, importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *args: None if name == 'pip' else find(name, *args)\n"
        "from requests_indexauth.pip import main\n"
        "sys.exit(main(['list']))"
    )
    ran = Pip(sys.executable, package=True).run([sys.executable, "-c", code], {})
    assert (ran.code, ran.err) == (1, "pip-indexauth: pip is not installed here: install it (python -m ensurepip)\n")
