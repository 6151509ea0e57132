"""`indexauth` as a whole: no command, wrong ones, and every way a process may end."""

from __future__ import annotations

import errno
import io
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import requests_indexauth
from requests_indexauth import Credentials, CredentialStore, cli
from requests_indexauth.cli import COMMANDS, main
from support.commands import TIME_LIMIT, command, environment, run_child
from support.platforms import pretend_windows

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"


def test_a_mistyped_command_gets_a_suggestion(run: Run) -> None:
    """One letter is quickly missed."""
    assert "did you mean `indexauth login`?" in run("logn").err


def test_without_a_command_help_is_on_stderr(run: Run) -> None:
    """It is wrong use, so stdout stays empty."""
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert "indexauth COMMAND --help" in ran.err


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(run: Run, option: str) -> None:
    """The package's."""
    assert run(option).out == f"indexauth {requests_indexauth.__version__}\n"


def test_a_reader_that_is_gone_ends_a_command_quietly() -> None:
    """`indexauth list | true`: exit 141 or 0, and nothing on stderr."""
    store = CredentialStore()
    for number in range(3):
        store.set(f"https://{number}.example/{'x' * 3000}", Credentials.basic("me", "secret"))
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        done = subprocess.run(
            command("list"), env=environment(), stdout=pipe, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(sys.platform == "win32", reason="a process there is sent no signal but to end it")
def test_ctrl_c_ends_a_command_quietly() -> None:
    """While it waits for stdin, say: exit 130, and nothing on stderr."""
    with subprocess.Popen(
        command("helper", "--protocol", "bazel", "get"),
        env=environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        process.stdin.write(" " * 200_000)  # more than a pipe holds: it is written when the process reads
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=TIME_LIMIT)
    assert (process.returncode, out, errors) == (130, "", "")


def test_a_stdout_that_is_no_file_may_break_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that a program has put in place of stdout."""

    class Broken:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise AssertionError

    monkeypatch.setattr(sys, "stdout", Broken())
    assert main(["dir"]) == 141


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        pytest.param(OSError(errno.EINVAL, "Invalid argument"), 141, id="the reader is gone"),
        pytest.param(OSError(errno.EINVAL, "Invalid argument", "a?b"), 2, id="a bad file name"),
        pytest.param(OSError(errno.ENOSPC, "No space left on device"), 2, id="a full disk"),
    ],
)
def test_windows_has_another_word_for_a_reader_that_is_gone(
    home: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, expected: int
) -> None:
    """It calls the argument of the writing invalid; no file has anything to do with it."""

    class Broken:
        def write(self, _text: str) -> int:
            raise error

    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(sys, "stdout", Broken())
    assert main(["dir"]) == expected


def test_main_takes_its_own_arguments_where_none_are_given(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The console script calls it so; collecting garbage works afterwards."""
    import gc

    monkeypatch.setattr(sys, "argv", ["indexauth", "dir"])
    assert main() == 0
    assert capsys.readouterr().out.endswith(("/uv/credentials\n", "\\uv\\credentials\n"))
    assert gc.isenabled()
    if hasattr(gc, "unfreeze"):  # not in PyPy
        gc.unfreeze()


def in_a_code_page(monkeypatch: pytest.MonkeyPatch, stdin: str = "") -> io.BytesIO:
    """Give this process a stdin and a stdout as Windows makes them, and return what is written to stdout."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="cp1252"))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="cp1252", write_through=True))
    return written


def test_on_windows_a_process_reads_and_writes_utf_8(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """As uv does: in a code page the password would be another one, or could not be written."""
    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(sys, "argv", ["indexauth", "login", URL, "-u", "me", "--password", "-"])
    in_a_code_page(monkeypatch, "pässwörd中")
    assert main() == 0
    monkeypatch.setattr(sys, "argv", ["indexauth", "token", URL, "-u", "me"])
    written = in_a_code_page(monkeypatch)
    assert main() == 0
    assert written.getvalue() == "pässwörd中\n".encode()


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [(["run"], {}), (["dir"], {"PYTHONIOENCODING": "cp1252"})],
    ids=["another program's", "the user's choice"],
)
def test_on_windows_the_encoding_stays_where_it_is_not_ours_to_choose(
    monkeypatch: pytest.MonkeyPatch, home: Path, arguments: list[str], variables: dict[str, str]
) -> None:
    """What `run` starts has the streams of a process of its own."""
    pretend_windows(monkeypatch, home)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "argv", ["indexauth", *arguments])
    in_a_code_page(monkeypatch)
    main()
    assert sys.stdout.encoding == "cp1252"


def test_no_command_is_a_module_that_is_not_there() -> None:
    """The names of commands and modules agree."""
    from pathlib import Path

    folder = Path(str(cli.__file__)).with_name("commands")
    assert {path.stem for path in folder.glob("*.py")} == {*COMMANDS, "help", "__init__"}


def test_nothing_is_imported_from_the_working_folder(workdir: Path) -> None:
    """`python -m` puts it first on the path, and a project may have any module in it."""
    (workdir / "tomli_w.py").write_text("import sys\nsys.exit('the project was run')\n")
    ran = run_child("login", "https://pkgs.example.com/", "-u", "me", "--password", "hidden")
    assert (ran.code, ran.err) == (0, "Stored credentials for me@https://pkgs.example.com/\n")


def test_a_module_of_the_working_folder_is_run_where_that_is_asked_for(workdir: Path) -> None:
    """As by `python -m`."""
    (workdir / "tool.py").write_text("import beside\n")
    (workdir / "beside.py").write_text("print('beside')\n")
    assert run_child("run", "-m", "tool").out == "beside\n"
