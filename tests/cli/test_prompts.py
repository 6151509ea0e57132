"""What is missing on a command line: asked for on a terminal, read from stdin, or an error where neither is there."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.cli.errors import UsageError
from requests_indexauth.cli.prompts import ask_hidden
from support.commands import command, environment, on_terminal, run_child, run_on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Ran, Run

URL = "https://pkgs.example.com/team"


@pytest.mark.parametrize(
    ("arguments", "answers", "expected"),
    [
        ((URL,), [("username: ", "me\n"), ("password: ", "sec ret\n")], Credentials.basic("me", "sec ret")),
        ((URL, "-u", "me"), [("password: ", "secret\n")], Credentials.basic("me", "secret")),
        ((URL, "--password", "secret"), [("username: ", " me \n")], Credentials.basic("me", "secret")),
        ((URL, "-u", "me", "--password", "-"), [("password: ", "secret\n")], Credentials.basic("me", "secret")),
        ((URL, "--token", "-"), [("token: ", "secret\n")], Credentials.basic("__token__", "secret")),
    ],
    ids=["all", "password", "user name", "password as -", "token as -"],
)
def test_what_is_missing_is_asked_for(
    arguments: tuple[str, ...], answers: list[tuple[str, str]], expected: Credentials
) -> None:
    """The terminal shows the user name as it is typed, and nothing of the secret."""
    ran = run_on_terminal("login", *arguments, answers=answers)
    assert ran.code == 0
    assert "Stored credentials for" in ran.out
    typed = expected.password or ""
    assert typed not in ran.out.replace("--password", "")
    assert CredentialStore().get(URL) == expected


@pytest.mark.parametrize(
    "answers",
    [[("username: ", "\x03")], [("username: ", "me\n"), ("password: ", "half\x03")]],
    ids=["user name", "password"],
)
def test_ctrl_c_at_a_prompt_ends_it_quietly(answers: list[tuple[str, str]], store: Path) -> None:
    """Exit 130, no traceback, no file."""
    ran = run_on_terminal("login", URL, answers=answers)
    assert ran.code == 130
    assert "Traceback" not in ran.out
    assert not store.exists()


def test_a_user_name_is_asked_for_where_the_password_is_to_be_read() -> None:
    """On a terminal `--password -` asks for both."""
    answers = [("username: ", "me\n"), ("password: ", "secret\n")]
    ran = run_on_terminal("login", "pkgs.example.com", "--password", "-", answers=answers)
    assert ran.code == 0
    assert CredentialStore().get("https://pkgs.example.com") == Credentials.basic("me", "secret")


def on_terminal_with_a_pipe(text: str, *arguments: str, answers: list[tuple[str, str]]) -> Ran:
    """Run a command line on a terminal, with a pipe for its standard input."""
    words = ["sh", "-c", f'printf "{text}" | "$@"', "sh", *command(*arguments)]
    return on_terminal(words, environment(), answers)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("service", [("pkgs.example.com",), ("https://pkgs.example.com/", "--password=-")])
def test_the_user_name_is_asked_for_on_the_terminal_where_stdin_is_a_pipe(service: tuple[str, ...]) -> None:
    """`echo my-password | indexauth login example.com --password -`, as uv's documents print it."""
    arguments = service if len(service) > 1 else (*service, "--password", "-")
    ran = on_terminal_with_a_pipe("sec ret\\n", "login", *arguments, answers=[("username: ", " me \n")])
    assert ran.code == 0, ran.out
    assert CredentialStore().get("https://pkgs.example.com") == Credentials.basic("me", "sec ret")


def test_the_url_that_a_name_stands_for_is_said_before_a_password_is_asked_for(workdir: Path) -> None:
    """A project's file may have another one than the user's for the same name."""
    (workdir / "uv.toml").write_text('[[index]]\nname = "corp"\nurl = "https://evil.example/simple/"\n')
    ran = run_on_terminal("login", "corp", "-u", "me", answers=[("password: ", "\x03")])
    assert ran.out.startswith("This is for https://evil.example/\n")
    ran = run_on_terminal("login", URL, "-u", "me", answers=[("password: ", "\x03")])
    assert "This is for" not in ran.out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_both_are_asked_for_on_the_terminal_where_stdin_is_a_pipe() -> None:
    """Nothing says that stdin has the password, so it is not read."""
    answers = [("username: ", "me\n"), ("password: ", "typed\n")]
    ran = on_terminal_with_a_pipe("piped\\n", "login", "pkgs.example.com", answers=answers)
    assert ran.code == 0, ran.out
    assert "typed" not in ran.out
    assert CredentialStore().get("https://pkgs.example.com") == Credentials.basic("me", "typed")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_there_is_no_prompt_where_stderr_is_no_terminal() -> None:
    """A user who sees no prompt would wait for a program that waits for the user."""
    words = ["sh", "-c", '"$@" < /dev/null 2> err; code=$?; cat err; exit $code', "sh", *command("login", URL)]
    ran = on_terminal(words, environment(), [])
    assert ran.code == 2
    assert "no terminal to ask" in ran.out


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_what_is_typed_for_a_dash_is_not_shown_where_stderr_is_no_terminal(workdir: Path) -> None:
    """`2> log`: the prompt comes on the terminal all the same, and goes nowhere else."""
    words = ["sh", "-c", '"$@" 2> err', "sh", *command("login", URL, "-u", "me", "--password", "-")]
    ran = on_terminal(words, environment(), [("password: ", "sec ret\n")])
    assert ran.code == 0, ran.out
    assert "sec ret" not in ran.out
    assert (workdir / "err").read_text().startswith("Stored credentials for")
    assert CredentialStore().get(URL) == Credentials.basic("me", "sec ret")


def test_an_answer_that_is_no_text_is_an_error_that_quotes_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The terminal has another encoding than is set."""

    def typed(*_: object) -> str:
        return b"s3cret\xff".decode()

    monkeypatch.setattr("getpass.getpass", typed)
    with pytest.raises(UsageError, match="what was typed is no text in the terminal's encoding"):
        ask_hidden("password: ")
    assert capsys.readouterr().err == "\n"


def test_without_a_terminal_a_missing_part_is_an_error_and_no_wait() -> None:
    """A script that forgot the password gets exit 2 at once."""
    ran = run_child("login", URL, "-u", "me")
    assert (ran.code, ran.out) == (2, "")
    assert "no terminal to ask" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="a child there always has a stdin")
def test_stdin_that_is_closed_is_an_error() -> None:
    """`indexauth login --token - <&-` has nothing to read."""
    ran = run_child("login", URL, "-t", "-", preexec_fn=lambda: os.close(0))
    assert ran.code == 2
    assert re.fullmatch(r"error: the token .*\n", ran.err)


def test_stdin_without_an_end_is_an_error_that_quotes_nothing(run: Run) -> None:
    """Its first line is read up to what can be a secret at all; a store of such lines would be read no more."""
    ran = run("login", URL, "-u", "me", "--password", "-", stdin="s3cret" * 200_000)
    assert (ran.code, ran.err) == (2, "error: the password on stdin is longer than 1048576 characters\n")
    assert CredentialStore().services() == []


def test_a_byte_order_mark_on_stdin_is_no_part_of_a_secret(run: Run) -> None:
    """Notepad writes one before a token, and so does PowerShell into a pipe."""
    ran = run("login", URL, "-u", "me", "--password", "-", stdin="\ufeffsecret\n".encode())
    assert ran.code == 0
    assert CredentialStore().get(URL) == Credentials.basic("me", "secret")


def test_stdin_that_is_no_text_is_an_error_that_quotes_nothing(run: Run) -> None:
    """Bytes that are no UTF-8 are not stored as something else."""
    ran = run("login", URL, "-u", "me", "--password", "-", stdin=b"sec\xffret\n")
    assert (ran.code, ran.err) == (2, "error: the password cannot be read from stdin\n")
