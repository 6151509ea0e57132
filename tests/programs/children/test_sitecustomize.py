"""The children of a program that `indexauth run` runs: they are reached, and see nothing of it."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.programs import program
from support.commands import command, environment
from support.runs import both, ended

if TYPE_CHECKING:
    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="signals, links, execv, the shell")
CHILD = "import sys; print([path for path in sys.path if 'children' in path], 'sitecustomize' in sys.modules)"
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
