"""`indexauth demo`: what it shows, and that it leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from http import HTTPStatus
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.cli import main
from requests_indexauth.cli.demo import index as demo_index
from support.commands import TIME_LIMIT, command, environment, run_child, run_here, run_on_terminal
from support.platforms import STORE

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.cli.screen import Screen

needs_pip = pytest.mark.skipif(find_spec("pip") is None, reason="this environment was made without pip")
ROW = re.compile(r"^ +(netrc|environment|store) +(\d) of 5 +(\d+) +(\d+)$", re.MULTILINE)

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals, and a shell")

SIGNALS = [
    pytest.param(signal.SIGINT, 130, id="SIGINT"),
    pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
]


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder that temporary folders are made in, for this test alone."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.fixture
def _no_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the step that takes a second, where it is not what a test is about."""
    monkeypatch.setattr("requests_indexauth.cli.demo.steps.find_spec", lambda _name: None)


@needs_pip
def test_pip_installs_and_the_explanation_says_why(capsys: pytest.CaptureFixture[str], temporary: Path) -> None:
    """A real login, a real pip in a process of its own, and what `explain` says of it."""
    ran = run_here(capsys, "demo")
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"Stored credentials for demo@http://127\.0\.0\.1:\d+/\n", ran.out)
    assert "amber 1.0 is installed: 3 requests" in ran.out
    assert re.search(r"^   store +found ", ran.out, re.MULTILINE)
    assert "would send    Basic, user 'demo', from store" in ran.out
    assert list(temporary.iterdir()) == []


@pytest.mark.usefixtures("_no_pip")
def test_without_pip_that_step_is_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    """uv makes environments without pip; the rest is worth seeing all the same."""
    ran = run_here(capsys, "demo")
    assert ran.code == 0
    assert "pip is not installed beside this Python" in ran.out


@needs_pip
def test_a_pip_that_fails_is_said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With its exit code and what it had to say."""
    monkeypatch.setattr("requests_indexauth.cli.demo.steps._PIP", ("--no-such-option",))
    ran = run_here(capsys, "demo")
    assert ran.code == 1
    assert "pip failed (exit code 2)" in " ".join(ran.out.split())
    assert "not how it should have gone" in ran.out


def test_a_command_without_end_is_ended(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a limit, and reaching it is a failure."""
    monkeypatch.setattr("requests_indexauth.cli.demo.steps.TIMEOUT", 0)
    ran = run_here(capsys, "demo")
    assert ran.code == 1
    assert "no end after 0 seconds" in ran.out


@pytest.mark.usefixtures("_no_pip")
def test_it_runs_in_a_thread_too(capsys: pytest.CaptureFixture[str]) -> None:
    """No other thread than the first may handle signals, so there none are."""
    import threading

    codes: list[int] = []
    thread = threading.Thread(target=lambda: codes.append(run_here(capsys, "demo").code))
    thread.start()
    thread.join()
    assert codes == [0]


@pytest.mark.usefixtures("_no_pip")
def test_each_place_answers_for_every_package_and_costs_one_refusal_at_most(capsys: pytest.CaptureFixture[str]) -> None:
    """The figures are counted by the demo's own server: K + 1 for netrc and the store, K for variables, never 2K."""
    ran = run_here(capsys, "demo")
    assert (ran.code, ran.err) == (0, "")
    assert ROW.findall(ran.out) == [
        ("netrc", "5", "6", "10"),
        ("environment", "5", "5", "10"),
        ("store", "5", "6", "10"),
    ]


@pytest.mark.usefixtures("_no_pip")
def test_the_bare_request_is_refused_with_the_challenge(capsys: pytest.CaptureFixture[str]) -> None:
    """What a plain client gets is shown: status and challenge."""
    out = run_here(capsys, "demo").out
    assert "401 Unauthorized" in out
    assert 'WWW-Authenticate: Basic realm="demo"' in out


@pytest.mark.usefixtures("_no_pip")
def test_it_does_not_print_the_password(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even a password made up for a minute is shown."""
    monkeypatch.setattr("secrets.token_urlsafe", lambda _size: "the-password-of-the-demo")
    ran = run_here(capsys, "demo")
    assert ran.code == 0
    assert "the-password-of-the-demo" not in ran.out


@pytest.mark.usefixtures("_no_pip")
def test_nothing_is_left_behind(capsys: pytest.CaptureFixture[str], temporary: Path, home: Path) -> None:
    """No file stays, and the variables are what they were."""
    before = dict(os.environ)
    assert run_here(capsys, "demo").code == 0
    assert dict(os.environ) == before
    assert list(temporary.iterdir()) == []
    assert list(home.iterdir()) == []


def test_the_users_own_files_and_variables_are_not_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, home: Path, workdir: Path
) -> None:
    """Broken files of the user's would each be a warning, and a proxy would lead elsewhere: none is looked at."""
    (home / ".netrc").write_text("machine 127.0.0.1 login wrong password wrong bogus")
    (home / ".pypirc").write_text("no section")
    (workdir / "uv.toml").write_text("not = = toml")
    store = home / STORE
    store.parent.mkdir(parents=True)
    store.write_text("not = = toml")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("UV_INDEX", "demo=http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "nonsense")
    ran = run_here(capsys, "demo")
    assert (ran.code, ran.err) == (0, "")
    assert store.read_text() == "not = = toml"


@pytest.mark.usefixtures("_no_pip")
def test_an_index_that_answers_wrongly_is_a_failure_that_is_said(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A demo that did not work must not look as if it had."""
    monkeypatch.setattr(demo_index.DemoIndex, "answer", lambda *_: (HTTPStatus.NOT_FOUND, b""))
    ran = run_here(capsys, "demo")
    assert ran.code == 1
    assert "not how it should have gone" in ran.out


@pytest.mark.usefixtures("_no_pip")
def test_a_narrow_terminal_gets_no_table(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """On 40 columns no line is wider, save the commands that are to be copied."""
    monkeypatch.setenv("COLUMNS", "40")
    ran = run_here(capsys, "demo")
    assert ran.code == 0
    assert "   netrc: 5 of 5 pages\n     6 requests, not 10\n" in ran.out
    assert [line for line in ran.out.splitlines() if len(line) > 40 and "://" not in line] == []


@pytest.mark.usefixtures("_no_pip")
def test_output_that_is_no_terminal_has_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    """A file or a pipe gets text alone."""
    assert "\x1b" not in run_here(capsys, "demo").out


@pytest.mark.parametrize(
    ("extra", "colored"),
    [({"TERM": "xterm"}, True), ({"TERM": "xterm", "NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
    ids=["terminal", "NO_COLOR", "dumb"],
)
def test_a_terminal_gets_colour_unless_it_is_unwanted(extra: dict[str, str], colored: bool) -> None:  # noqa: FBT001
    """Colour is for terminals, and `NO_COLOR` is heeded."""
    ran = run_on_terminal("demo", answers=[], extra=extra)
    assert ran.code == 0
    assert ("\x1b[" in ran.out) is colored


def test_a_reader_that_leaves_early_ends_it_quietly(temporary: Path) -> None:
    """`indexauth demo | head -1` shows a line and no traceback, and cleans up."""
    with subprocess.Popen(
        command("demo"), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        code = process.wait(TIME_LIMIT)
    assert first.startswith("One password")
    assert errors == ""
    assert code in {0, 141}  # 0: all was written before the reader left
    assert list(temporary.iterdir()) == []


@on_unix
def test_it_works_without_any_stdout() -> None:
    """`indexauth demo >&-`: there is nothing to write to, and that is no error."""
    done = subprocess.run(
        ["/bin/sh", "-c", '"$@" >&-', "sh", *command("demo")],
        env=environment(),
        stderr=subprocess.PIPE,
        timeout=TIME_LIMIT,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


@on_unix
@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_ends_it_after_the_clean_up(temporary: Path, number: signal.Signals, code: int) -> None:
    """Ctrl-C and `kill` leave no folder and no traceback."""
    with subprocess.Popen(
        command("demo"), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        for line in process.stdout:
            if line.startswith("1  "):  # the folder is there now
                process.send_signal(number)
                break
        process.stdout.read()
        errors = process.stderr.read()
        assert process.wait(TIME_LIMIT) in {code, 0}  # 0: it was done before the signal came
    assert errors == ""
    assert list(temporary.iterdir()) == []


@on_unix
@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_a_signal_in_a_finaliser_ends_it_too(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    temporary: Path,
    number: signal.Signals,
    code: int,
) -> None:
    """No exception gets out of one: Python prints a traceback and goes on."""
    import gc

    class Connection:
        def __del__(self) -> None:
            signal.raise_signal(number)

    def ask_bare(screen: Screen, _index: object) -> bool:
        screen.line("asked")
        [Connection()].clear()
        gc.collect()  # PyPy does not collect it before
        return True

    monkeypatch.setattr("requests_indexauth.cli.commands.demo._ask_bare", ask_bare)
    before = signal.getsignal(number)
    assert _exit_code() == code
    printed = capsys.readouterr()
    assert printed.out.endswith("asked\n")
    assert printed.err == ""
    assert list(temporary.iterdir()) == []
    assert signal.getsignal(number) is before


@pytest.mark.parametrize(("number", "code"), SIGNALS)
def test_the_second_signal_ends_it_where_it_hangs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int
) -> None:
    """The first one waits for the next line."""
    reached = []

    def ask_bare(_screen: Screen, _index: object) -> bool:
        for count in range(3):
            reached.append(count)
            signal.raise_signal(number)
        return True

    monkeypatch.setattr("requests_indexauth.cli.commands.demo._ask_bare", ask_bare)
    assert _exit_code() == code
    assert reached == [0, 1]
    assert capsys.readouterr().err == ""


def _exit_code() -> object:
    try:
        return main(["demo"])
    except SystemExit as ending:
        return ending.code


@pytest.mark.parametrize("arguments", [("demo", "now"), ("demo", "--fast")], ids=["operand", "option"])
def test_it_takes_no_arguments(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    """A misunderstanding is exit 2 and one line, before anything starts."""
    ran = run_here(capsys, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: demo: ")
    assert ran.err.count("\n") == 1


def test_its_index_serves_files_that_pip_can_install() -> None:
    """Pages link to wheels with their digests, and only the password opens them."""
    import base64
    import hashlib

    import requests

    with demo_index.DemoIndex() as index, requests.Session() as session:
        session.trust_env = False
        session.auth = (demo_index.USER, index.password)
        page = session.get(index.page_url("amber")).text
        path, digest = re.findall(r'href="(.*?)#sha256=(\w+)"', page)[0]
        wheel = session.get(index.url.replace("/simple/", path))
        assert hashlib.sha256(wheel.content).hexdigest() == digest
        assert session.head(index.url).content == b""
        assert session.get(index.page_url("nothing")).status_code == 404
        wrong = "Basic " + base64.b64encode(b"demo:wrong").decode()
        assert index.answer("/simple/", wrong)[0] == 401


def test_help_is_on_stdout() -> None:
    """`demo --help` explains it and does nothing."""
    ran = run_child("demo", "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("usage: indexauth demo ")
