"""`indexauth` as a whole: help, wrong use, and that nothing ever ends in a traceback."""

from __future__ import annotations

import errno
import io
import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import requests_indexauth
from requests_indexauth import Credentials, CredentialStore, cli
from requests_indexauth.cli import COMMANDS, main
from requests_indexauth.cli.report import report
from support.commands import TIME_LIMIT, command, environment, run_child
from support.platforms import pretend_windows

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"
SECRET = "hunter22"

# Wrong use: each is exit 2 and one line on stderr, without the secret that somebody mistyped.
WRONG: dict[str, tuple[str, ...]] = {
    "no such command": ("frobnicate",),
    "mistyped command": ("logn", URL),
    "option before the command": ("--format", "json", "list"),
    "option for nothing": ("-x",),
    "help for no command": ("help", "frobnicate"),
    "empty command": ("",),
    "login: unknown option": ("login", URL, "--pasword", SECRET),
    "login: unknown option with value": ("login", URL, f"--pasword={SECRET}"),
    "login: unknown short option": ("login", URL, f"-p{SECRET}"),
    "login: short option with a secret behind it": ("login", URL, f"-{SECRET}"),
    "login: option behind a double dash": ("login", URL, "--", "--x"),
    "login: option without value": ("login", URL, "-u"),
    "login: long option without value": ("login", URL, "--password"),
    "login: switch with a value": ("login", URL, f"--check={SECRET}"),
    "login: two services": ("login", URL, "https://h.example"),
    "login: password and token": ("login", URL, "--password", SECRET, "--token", SECRET),
    "login: user and token": ("login", URL, "-u", "me", "-t", SECRET),
    "login: user in URL and option": ("login", "https://me@h.example/", "-u", "me", "--password", SECRET),
    "login: user in URL and token": ("login", "https://me@h.example/", "-t", SECRET),
    "login: password in URL and option": ("login", f"https://me:{SECRET}@h.example/", "--password", SECRET),
    "login: password in URL and token": ("login", f"https://:{SECRET}@h.example/", "-t", SECRET),
    "login: option twice": ("login", URL, "-u", "me", "--password", SECRET, "--password", "other"),
    "login: empty password": ("login", URL, "-u", "me", "--password", ""),
    "login: empty token": ("login", URL, "--token", ""),
    "login: empty token from stdin": ("login", URL, "--token", "-"),
    "login: empty password from stdin": ("login", URL, "-u", "me", "--password", "-"),
    "login: empty user": ("login", URL, "-u", "", "--password", SECRET),
    "login: colon in user": ("login", URL, "-u", "a:b", "--password", SECRET),
    "login: control character": ("login", URL, "-u", "me", "--password", f"{SECRET}\x07"),
    "login: surrogate": ("login", URL, "-u", "me", "--password", f"{SECRET}\udcff"),
    "login: no password": ("login", URL, "-u", "me"),
    "login: no user": ("login", URL, "--password", SECRET),
    "login: nothing": ("login",),
    "login: user is left to stdin": ("login", URL, "--password", "-"),
    "login: plain http": ("login", "http://h.example/", "-t", SECRET),
    "login: plain http address": ("login", "http://127.0.0.2/", "-t", SECRET),
    "login: another scheme": ("login", "ftp://h.example/", "-t", SECRET),
    "login: port out of range": ("login", "https://h.example:99999/", "-t", SECRET),
    "login: blank in host": ("login", "https://h h.example/", "-t", SECRET),
    "login: empty service": ("login", "", "-t", SECRET),
    "login: no host": ("login", "https://", "-t", SECRET),
    "login: brackets": ("login", "https://[x]/", "-t", SECRET),
    "login: two hosts": ("login", f"https://u:{SECRET}@a\\@b/", "-t", SECRET),
    "login: secret as a service": ("login", f"{SECRET} {SECRET}", "-t", "x"),
    "login: no such provider": ("login", URL, "-t", SECRET, "--keyring-provider", "subprocess"),
    "token: two services": ("token", URL, URL),
    "token: no such format": ("token", URL, "--format", "yaml"),
    "token: user in URL and option": ("token", "https://me@h.example/", "-u", "you"),
    "token: empty user": ("token", URL, "-u", ""),
    "token: plain http": ("token", "http://h.example/"),
    "token: not a URL": ("token", "https://[x]/"),
    "token: resolve and provider": ("token", URL, "--resolve", "--keyring-provider", "disabled"),
    "token: password option": ("token", URL, "--password", SECRET),
    "logout: all and a service": ("logout", "--all", URL),
    "logout: all and a user": ("logout", "--all", "-u", "me"),
    "logout: user in URL and option": ("logout", "https://me@h.example/", "-u", "me"),
    "logout: plain http": ("logout", "http://h.example/"),
    "logout: not a URL": ("logout", "https://h.example:x/"),
    "list: argument": ("list", URL),
    "list: no such format": ("list", "--format", ""),
    "list: no such provider": ("list", "--keyring-provider", ""),
    "dir: argument": ("dir", "x"),
    "dir: option": ("dir", "--format", "json"),
    "explain: no URL": ("explain",),
    "explain: two URLs": ("explain", URL, URL),
    "explain: not a URL": ("explain", "https://h h/"),
    "explain: another scheme": ("explain", "file:///etc/passwd"),
    "explain: user in URL and option": ("explain", "https://me@h.example/", "-u", "me"),
    "explain: no such format": ("explain", URL, "--format", "text "),
    "helper: no protocol": ("helper", "get"),
    "helper: no such protocol": ("helper", "--protocol", "git", "get"),
    "helper: no action": ("helper", "--protocol", "bazel"),
    "helper: no such action": ("helper", "--protocol", "bazel", "store"),
    "helper: two actions": ("helper", "--protocol", "bazel", "get", "get"),
    "helper: empty question": ("helper", "--protocol", "bazel", "get"),
    "demo: argument": ("demo", "x"),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_wrong_use_is_exit_2_and_one_line(run: Run, store: Path, arguments: tuple[str, ...]) -> None:
    """Nothing on stdout, no traceback, no secret, nothing stored."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", ran.err)
    assert SECRET not in ran.err
    assert "mistake in indexauth" not in ran.err
    assert not store.exists()


@pytest.mark.parametrize(
    "name",
    ["login: unknown option with value", "login: surrogate", "login: nothing", "token: not a URL", "explain: no URL"],
)
def test_wrong_use_of_a_real_process(name: str) -> None:
    """The same with nothing of this process in between."""
    ran = run_child(*WRONG[name])
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", ran.err)
    assert SECRET not in ran.err


def test_a_mistyped_command_gets_a_suggestion(run: Run) -> None:
    """One letter is quickly missed."""
    assert "did you mean `indexauth login`?" in run("logn").err


def test_without_a_command_help_is_on_stderr(run: Run) -> None:
    """It is wrong use, so stdout stays empty."""
    ran = run()
    assert (ran.code, ran.out) == (2, "")
    assert "indexauth COMMAND --help" in ran.err


# Help


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("help",)], ids=" ".join)
def test_help_names_every_command(run: Run, arguments: tuple[str, ...]) -> None:
    """On stdout, since it was asked for."""
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert [name for name in COMMANDS if not re.search(rf"^  {name}\b", ran.out, re.MULTILINE)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_its_options(run: Run, name: str) -> None:
    """Usage first, no line too long for a terminal; `help NAME` says the same."""
    ran = run(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: indexauth {name} ")
    assert "-h, --help" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 120
    assert run("help", name).out == ran.out
    assert run(name, "-h").out == ran.out


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(run: Run, option: str) -> None:
    """The package's."""
    assert run(option).out == f"indexauth {requests_indexauth.__version__}\n"


# Every way a process may end


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


def test_an_unexpected_error_is_one_line_without_its_message(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message may quote a secret; what and where are enough for a report."""

    def fails(_arguments: list[str]) -> int:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("requests_indexauth.cli.commands.dir.run", fails)
    ran = run("dir")
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"error: this is a mistake in indexauth, please report it: RuntimeError at .*:\d+\n", ran.err)


def test_an_error_without_a_place_can_be_told_too(capsys: pytest.CaptureFixture[str]) -> None:
    """One that was made and not raised."""
    assert report(RuntimeError(SECRET)) == 2
    assert capsys.readouterr().err == "error: this is a mistake in indexauth, please report it: RuntimeError\n"


def test_an_error_of_the_system_names_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    """Not the whole of Python's message."""
    assert report(PermissionError(13, "Permission denied", "/there")) == 2
    assert capsys.readouterr().err == "error: Permission denied: /there\n"


def test_without_stdout_and_stderr_the_exit_code_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pythonw` has neither."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["dir"]) == 0
    assert main(["list"]) == 0
    assert main(["login", URL, "-u", "me"]) == 2
    assert main(["login", URL, "-t", "-"]) == 2
    assert main(["nonsense"]) == 2


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


def test_a_stderr_without_a_reader_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is still right."""

    class Broken:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Broken())
    assert main(["nonsense"]) == 2


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
