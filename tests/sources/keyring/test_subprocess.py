"""The keyring's command: how it is found and started, what of its answers counts, and what a broken one costs."""

from __future__ import annotations

import os
import re
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.keyring.common import (
    NONINTERACTIVE,
    KeyringMissingError,
    KeyringTimeoutError,
    KeyringTooOldError,
)
from requests_indexauth.sources.keyring.subprocess import ask, find_command
from requests_indexauth.util import process
from requests_indexauth.util.deadline import Deadline
from support.keyrings import FakeCommand
from support.processes import Alive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://pkgs.example.com/team/simple/"
SERVICES = [URL, "pkgs.example.com"]

on_unix = pytest.mark.skipif(sys.platform == "win32", reason="signals, pipes by name, groups of processes")


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommand:
    """Return a `keyring` command, the only one on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return FakeCommand(tmp_path)


def look_up(username: str | None = "me", seconds: float = 30.0) -> Credentials | None:
    """Ask, with time enough."""
    return ask(SERVICES, username, Deadline(seconds))


def test_arguments(command: FakeCommand) -> None:
    """With a user name the command is started as `get SERVICE USERNAME`, without as `get SERVICE --mode creds`."""
    assert look_up("me") is None
    assert look_up(None) is None
    assert command.argvs == [
        ["get", URL, "me"],
        ["get", "pkgs.example.com", "me"],
        ["get", URL, "--mode", "creds"],
        ["get", "pkgs.example.com", "--mode", "creds"],
    ]


def test_first_answer(command: FakeCommand) -> None:
    """No service is asked after the one with an answer."""
    command.knows({(URL, "me"): "pw", ("pkgs.example.com", "me"): "other"})
    assert look_up() == Credentials.basic("me", "pw")
    assert look_up(None) == Credentials.basic("me", "pw")
    assert len(command.calls) == 2


def test_second_answer(command: FakeCommand) -> None:
    """An entry for the host is found when there is none for the URL."""
    command.knows({("pkgs.example.com", "oauth2accesstoken"): "pw"})
    assert look_up("oauth2accesstoken") == Credentials.basic("oauth2accesstoken", "pw")
    assert look_up(None) == Credentials.basic("oauth2accesstoken", "pw")


def test_user_name_like_an_option(command: FakeCommand) -> None:
    """A user name with a dash in front does not become an option: one of them loads code."""
    command.does("say('pw')")
    assert look_up("--keyring-backend=x.y") == Credentials.basic("--keyring-backend=x.y", "pw")
    assert command.argvs == [["get", URL, "--", "--keyring-backend=x.y"]]


def test_surroundings(command: FakeCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command gets no standard input, this process's environment, and UTF-8 for its output."""
    monkeypatch.setenv("SOMETHING", "else")
    look_up()
    assert {call.stdin for call in command.calls} == {""}
    assert {call.env["SOMETHING"] for call in command.calls} == {"else"}
    assert {call.env["PYTHONIOENCODING"] for call in command.calls} == {"utf-8"}


@pytest.mark.parametrize(
    ("stdin", "stderr", "given", "seen"),
    [
        pytest.param(1, 1, None, None, id="a terminal"),
        pytest.param(0, 1, None, "true", id="no terminal to read from"),
        pytest.param(1, 0, None, "true", id="no terminal to show anything on"),
        pytest.param(0, 0, "false", "false", id="the user's own setting"),
    ],
)
def test_noninteractive(
    command: FakeCommand,
    monkeypatch: pytest.MonkeyPatch,
    stdin: int,
    stderr: int,
    given: str | None,
    seen: str | None,
) -> None:
    """Without a terminal `artifacts-keyring` is told not to wait for a person."""
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(isatty=lambda: bool(stdin)))
    monkeypatch.setattr(sys, "stderr", SimpleNamespace(isatty=lambda: bool(stderr)))
    if given is not None:
        monkeypatch.setenv(NONINTERACTIVE, given)
    look_up()
    assert {call.env.get(NONINTERACTIVE) for call in command.calls} == {seen}
    assert os.environ.get(NONINTERACTIVE) == given


@pytest.mark.parametrize("terminal", [1, 0])
def test_standard_error(
    command: FakeCommand, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], terminal: int
) -> None:
    """Standard error reaches a terminal, and nothing else: it may hold secrets."""
    monkeypatch.setattr(process, "is_terminal", lambda _stream: bool(terminal))
    command.does("print('To sign in, open a browser', file=sys.stderr, flush=True); say('pw')")
    assert look_up() == Credentials.basic("me", "pw")
    shown = capfd.readouterr().err.replace(os.linesep, "\n")
    assert shown == ("To sign in, open a browser\n" if terminal else "")


def test_much_standard_error(command: FakeCommand) -> None:
    """However much a command says on standard error, it does not have to wait for us."""
    command.does("sys.stderr.write('x' * 1_000_000); sys.stderr.flush(); say('pw')")
    assert look_up() == Credentials.basic("me", "pw")


@pytest.mark.parametrize(
    ("output", "password"),
    [
        pytest.param(b"pw\n", "pw", id="newline"),
        pytest.param(b"pw\r\n", "pw", id="CRLF"),
        pytest.param(b"pw", "pw", id="no newline"),
        pytest.param(b" p w \n", " p w ", id="spaces"),
        pytest.param("p\u00e4ss\n".encode(), "p\u00e4ss", id="UTF-8"),
        pytest.param(b"", None, id="nothing"),
        pytest.param(b"\n", None, id="an empty line"),
    ],
)
def test_password(command: FakeCommand, output: bytes, password: str | None) -> None:
    """The output less one line end is the password; an empty one is none."""
    command.does(f"say({output!r})")
    assert look_up() == (None if password is None else Credentials.basic("me", password))


@pytest.mark.parametrize(
    ("output", "pair"),
    [
        pytest.param(b"me\npw\n", ("me", "pw"), id="newlines"),
        pytest.param(b"me\r\npw\r\n", ("me", "pw"), id="CRLF"),
        pytest.param(b"me\npw", ("me", "pw"), id="no last newline"),
        pytest.param(b"\npw\n", (None, "pw"), id="empty user name"),
        pytest.param(b"me\n\n", None, id="empty password"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_user_name_and_password(command: FakeCommand, output: bytes, pair: tuple[str | None, str] | None) -> None:
    """Without a user name the output is a user name and a password on two lines."""
    command.does(f"say({output!r})")
    assert look_up(None) == (None if pair is None else Credentials.basic(*pair))


@pytest.mark.parametrize(
    ("username", "output", "message"),
    [
        pytest.param("me", b"secret\xe4\n", "is not UTF-8", id="Latin-1"),
        pytest.param("me", b"\x7fELF\x02\x00secret", "cannot hold control characters", id="binary"),
        pytest.param("me", b"sec\0ret", "cannot hold control characters", id="NUL"),
        pytest.param("me", b"[Info] hello\nsecret\n", "cannot hold control characters", id="chatter"),
        pytest.param("me", b"secret\n\n", "cannot hold control characters", id="two line ends"),
        pytest.param(None, b"secret\n", "is not a user name and a password on two lines", id="one line"),
        pytest.param(None, b"[Info] hello\nme\nsecret\n", "is not a user name and a password", id="three lines"),
        pytest.param(None, b"secr:et\npw\n", "cannot hold a colon", id="colon in the user name"),
        pytest.param("me", b"secret" * 20_000, "printed more than 65536 bytes", id="far too long"),
    ],
)
def test_rubbish(command: FakeCommand, username: str | None, output: bytes, message: str) -> None:
    """An answer that makes no sense is a failure that does not quote it, and ends the look-up."""
    command.does(f"data = {output[:60]!r} * {max(1, len(output) // 60)}; say(data)")
    with pytest.raises(SourceError, match=f"^keyring: .*{message}") as caught:
        look_up(username)
    assert "sec" not in str(caught.value)
    assert len(command.calls) == 1


def test_endless_output(command: FakeCommand) -> None:
    """A command that never stops printing is stopped."""
    command.does("while True: sys.stdout.write('y\\n' * 1000)")
    with pytest.raises(SourceError, match=r"^keyring: the command printed more than 65536 bytes$"):
        look_up()


def test_nothing_there(command: FakeCommand) -> None:
    """Exit code 1 and silence mean that nothing is there, and the next service is asked."""
    command.does("say('', 1)")
    assert look_up() is None
    assert len(command.calls) == 2


@pytest.mark.parametrize("code", [2, 3, 127, 255])
def test_exit_code(command: FakeCommand, code: int) -> None:
    """Any other exit code is that of a command that is broken; what it printed may be a secret."""
    command.does(f"sys.stderr.write('secret'); sys.stderr.flush(); say('', {code})")
    with pytest.raises(SourceError, match=f"^keyring: the command failed with exit code {code}$"):
        look_up()


def test_exit_code_with_output(command: FakeCommand) -> None:
    """A failure with an answer is not believed."""
    command.does("say('secret', 1)")
    with pytest.raises(SourceError, match=r"^keyring: the command failed with exit code 1 although it had an answer$"):
        look_up()


def test_too_old(command: FakeCommand) -> None:
    """A command that does not know `--mode` ends like every program that is used wrongly."""
    command.does("sys.stderr.write('error: unrecognized arguments: --mode creds'); say('', 2)")
    with pytest.raises(KeyringTooOldError, match=r"25\.2\.1"):
        look_up(None)


@pytest.mark.parametrize(
    ("last_line", "name"),
    [
        ("keyring.errors.KeyringLocked: Failed to unlock secret", "KeyringLocked"),
        ("keyring.errors.NoKeyringError", "NoKeyringError"),
        ("secret", "an exception"),
    ],
)
def test_traceback(command: FakeCommand, last_line: str, name: str) -> None:
    """A command that raises is a failure, with the exception's name and no word of its message."""
    trace = f"Traceback (most recent call last):\n  File 'x', line 1, in y\n    raise secret\n{last_line}\n"
    command.does(f"sys.stderr.write({trace!r}); sys.stderr.flush(); say('', 1)")
    with pytest.raises(SourceError, match=f"^keyring: the command failed with {name}$"):
        look_up()
    assert len(command.calls) == 1


@on_unix
def test_signal(command: FakeCommand) -> None:
    """A command that crashes is a failure that names the signal."""
    command.does("os.kill(os.getpid(), 11)")
    with pytest.raises(SourceError, match=r"^keyring: the command was ended by signal 11$"):
        look_up()
    assert len(command.calls) == 1


@pytest.mark.parametrize(
    "script", ["no program", "#!/nonexistent/python\n"], ids=["no program", "its interpreter is gone"]
)
def test_cannot_be_started(command: FakeCommand, script: str) -> None:
    """A command that cannot be started is a failure that names it."""
    command.path.write_text(script)
    with pytest.raises(SourceError, match=rf"^keyring: {re.escape(str(command.path))} cannot be started \(\w+\)$"):
        look_up()


def test_nul_in_the_user_name(command: FakeCommand) -> None:
    """A user name no process can be given is a failure that does not quote it."""
    with pytest.raises(SourceError, match=r"cannot be started \(ValueError\)$"):
        look_up("sec\0ret")
    assert command.calls == []


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[Alive]:
    """Return a pipe for the command to open."""
    made = Alive(tmp_path / "alive")
    yield made
    os.close(made.descriptor)


@on_unix
def test_hangs_with_children(command: FakeCommand, alive: Alive) -> None:
    """At the end of the time the command is killed, and with it what it has started."""
    command.does(f"{alive.script}; os.fork(); time.sleep(60)")
    with pytest.raises(KeyringTimeoutError, match=r"no answer within 0\.5 seconds") as caught:
        look_up(seconds=0.5)
    assert caught.value.__suppress_context__  # `TimeoutExpired` quotes the arguments
    alive.await_end()


@on_unix
def test_child_holds_the_output(command: FakeCommand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that lives on with the command's output does not hold up the answer (an agent, say)."""
    monkeypatch.setattr(process, "GRACE", 0.5)
    pipe = tmp_path / "end"
    os.mkfifo(pipe)
    command.does(f"""
        if os.fork() == 0:
            open({str(pipe)!r}).close()
            os._exit(0)
        say("pw\\n")
    """)
    try:
        assert look_up() == Credentials.basic("me", "pw")
    finally:
        pipe.open("w").close()  # lets the child end


def test_closes_its_output_early(command: FakeCommand) -> None:
    """A command that closes its output is waited for: its exit code counts."""
    command.does("os.close(1); os.close(2); time.sleep(0.01); os._exit(1)")
    assert look_up() is None
    assert len(command.calls) == 2


@on_unix
def test_interrupted(command: FakeCommand, alive: Alive, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends the command, which does not get it itself, and passes through."""
    command.does(f"{alive.script}; time.sleep(60)")

    def interrupt(_reader: object, _seconds: float) -> None:
        alive.await_start()
        raise KeyboardInterrupt

    monkeypatch.setattr(process._Reader, "join", interrupt)
    with pytest.raises(KeyboardInterrupt):
        look_up()
    alive.await_end()


@on_unix
def test_gone_when_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process group that is gone by the time it is killed is no failure."""

    def gone(_group: int, _signal: int) -> None:
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", gone)
    process._kill(SimpleNamespace(pid=1))  # type: ignore[arg-type]


def test_no_time_left(command: FakeCommand) -> None:
    """When the time is over no further process is started."""
    with pytest.raises(KeyringTimeoutError):
        look_up(seconds=0.0)
    assert command.calls == []


def test_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a command on PATH the failure says what to do."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(KeyringMissingError, match="no keyring command on PATH: install one"):
        look_up()


@pytest.mark.parametrize("entry", ["", ".", "bin", "~/bin"])
def test_relative_path_entries(monkeypatch: pytest.MonkeyPatch, workdir: Path, entry: str) -> None:
    """What lies in the current folder is not started, not even where a relative entry of PATH leads there."""
    FakeCommand(workdir)
    for folder in (workdir / "bin", workdir / "~" / "bin"):
        folder.mkdir(parents=True)
        FakeCommand(folder)
    monkeypatch.setenv("PATH", entry)
    assert find_command() is None


def test_current_folder_by_its_full_name(monkeypatch: pytest.MonkeyPatch, workdir: Path) -> None:
    """Who puts the full name of a folder on PATH means it."""
    command = FakeCommand(workdir)
    monkeypatch.setenv("PATH", str(workdir))
    assert find_command() == str(command.path)


def test_first_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The first program of that name counts; what is none is passed over."""
    for name in ("a folder", "no program", "first", "second"):
        (tmp_path / name).mkdir()
    (tmp_path / "a folder" / "keyring").mkdir()
    (tmp_path / "no program" / "keyring").write_text("")
    first = FakeCommand(tmp_path / "first")
    FakeCommand(tmp_path / "second")
    names = ("missing", "a folder", "no program", "first", "second")
    monkeypatch.setenv("PATH", os.pathsep.join(str(tmp_path / name) for name in names))
    assert find_command() == str(first.path)


def test_no_path_at_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without PATH the system's default applies."""
    command = FakeCommand(tmp_path)
    monkeypatch.delenv("PATH")
    monkeypatch.setattr(os, "defpath", str(tmp_path))
    assert find_command() == str(command.path)


def test_no_secret_shown() -> None:
    """What stands in a traceback's local variables shows no secret."""
    assert "secret" not in repr(process.Reply(0, b"secret", b"secret"))


@on_unix
def test_signals_of_this_process(command: FakeCommand) -> None:
    """The command runs in a session of its own: killing its group reaches no other process."""
    command.does("say(str(os.getsid(0) == os.getpid()))")
    assert look_up() == Credentials.basic("me", "True")
