"""`indexauth login`: what is stored, what is asked, what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.commands import run_on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"


def test_a_login_is_stored_as_uv_stores_it(run: Run, store: Path) -> None:
    """The file's text and the message are those of `uv auth login`."""
    ran = run("login", f"{URL}/simple/", "-u", "me", "--password", "secret")
    assert (ran.code, ran.out, ran.err) == (0, "", f"Stored credentials for me@{URL}\n")
    assert store.read_text() == (
        f'[[credential]]\nservice = "{URL}"\nusername = "me"\nscheme = "basic"\npassword = "secret"\n'
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "service", "username", "password"),
    [
        (("pkgs.example.com", "-u", "me", "--password", "p"), "", "https://pkgs.example.com/", "me", "p"),
        (("https://me@pkgs.example.com/x", "--password", "p"), "", "https://pkgs.example.com/x", "me", "p"),
        (("https://me:p%40@pkgs.example.com/x",), "", "https://pkgs.example.com/x", "me", "p@"),
        (("https://h.example", "-t", "tok"), "", "https://h.example/", "__token__", "tok"),
        (("https://h.example", "--token", "-"), " tok \nmore\n", "https://h.example/", "__token__", "tok"),
        (("https://h.example", "-u", "me", "--password", "-"), "päss\r\n", "https://h.example/", "me", "päss"),
        (("--token", "tok"), "", "https://upload.pypi.org/legacy/", "__token__", "tok"),
        (("pypi", "--token=tok"), "", "https://upload.pypi.org/legacy/", "__token__", "tok"),
        (("TestPyPI", "-ttok"), "", "https://test.pypi.org/legacy/", "__token__", "tok"),
        (("http://localhost:8080/simple", "-u", "me", "--password", "p"), "", "http://localhost:8080/", "me", "p"),
        (("-u", "me", "--password", "-dash", "--", "h.example"), "", "https://h.example/", "me", "-dash"),
    ],
    ids=["host", "user in URL", "both in URL", "token", "token from stdin", "password from stdin", "default service",
         "pypi", "testpypi", "localhost", "after a double dash"],
)  # fmt: skip
def test_what_each_way_to_say_it_stores(
    run: Run, arguments: tuple[str, ...], stdin: str, service: str, username: str, password: str
) -> None:
    """Services and users are understood in every form; stdin gives its first line, stripped as uv does."""
    ran = run("login", *arguments, stdin=stdin)
    assert (ran.code, ran.out) == (0, "")
    assert CredentialStore().services() == [(service, username)]
    assert CredentialStore().get(service, username) == Credentials.basic(username, password)


def test_the_name_of_a_configured_index_means_its_root(run: Run, workdir: Path) -> None:
    """`indexauth login corp` needs no URL."""
    (workdir / "uv.toml").write_text('[[index]]\nname = "corp"\nurl = "https://pkgs.example.com/team/simple/"\n')
    assert run("login", "corp", "-u", "me", "--password", "p").err == f"Stored credentials for me@{URL}\n"
    assert CredentialStore().services() == [(URL, "me")]


def test_a_second_login_replaces_the_first(run: Run) -> None:
    """The same user has one password."""
    for password in ("one", "two"):
        run("login", URL, "-u", "me", "--password", password)
    assert CredentialStore().services() == [(URL, "me")]
    assert CredentialStore().get(URL) == Credentials.basic("me", "two")


def test_a_token_is_not_called_by_its_user_name(run: Run) -> None:
    """`__token__` tells nobody anything."""
    assert run("login", URL, "-t", "tok").err == f"Stored credentials for {URL}\n"


@pytest.mark.parametrize(("name", "expected"), [("\n", "__token__"), ("me\n", "me")], ids=["empty", "given"])
def test_for_pypi_an_empty_user_name_means_a_token(name: str, expected: str) -> None:
    """PyPI takes tokens only, so nobody has to know that they go by `__token__`."""
    ran = run_on_terminal("login", answers=[("username [__token__]: ", name), ("password: ", "pypi-secret\n")])
    assert ran.code == 0
    assert CredentialStore().services() == [("https://upload.pypi.org/legacy/", expected)]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([("username: ", "\n")], "the user name is empty"),
        ([("username: ", "\x04")], "there was no answer"),
        ([("username: ", "me\n"), ("password: ", "\n")], "the password is empty"),
        ([("username: ", "me\n"), ("password: ", "\x04")], "there was no answer"),
        ([("username: ", "a:b\n"), ("password: ", "secret\n")], "cannot hold a colon"),
    ],
    ids=["no user name", "Ctrl-D for the user name", "no password", "Ctrl-D for the password", "colon"],
)
def test_an_invalid_answer_stores_nothing(answers: list[tuple[str, str]], said: str, store: Path) -> None:
    """Exit 2, one line, no file."""
    ran = run_on_terminal("login", URL, answers=answers)
    assert ran.code == 2
    assert said in ran.out
    assert "Traceback" not in ran.out
    assert not store.exists()


def test_a_damaged_store_is_told_of_before_anybody_types(store: Path) -> None:
    """Nobody types a password that cannot be kept; the file stays as it is."""
    store.parent.mkdir(parents=True)
    store.write_text('[[credential]]\nservice = "secret\n')
    ran = run_on_terminal("login", URL, answers=[])
    assert ran.code == 2
    assert "username" not in ran.out
    assert store.read_text() == '[[credential]]\nservice = "secret\n'


def test_what_cannot_be_stored_is_told_of_before_anybody_types(store: Path) -> None:
    """No password is asked for in vain."""
    ran = run_on_terminal("login", "http://pkgs.example.com", answers=[])
    assert ran.code == 2
    assert "cannot be a service" in ran.out
    assert not store.exists()


def test_an_index_called_simple_is_stored_for_itself(run: Run) -> None:
    """One last `simple` is dropped, as by uv, and `logout` of the same URL finds what was stored."""
    page = "https://devpi.example/root/simple/+simple/"
    ran = run("login", page, "-u", "me", "--password", "secret")
    assert ran.err == "Stored credentials for me@https://devpi.example/root/simple\n"
    assert CredentialStore().services() == [("https://devpi.example/root/simple", "me")]
    assert run("logout", "https://devpi.example/root/").code == 1
    assert run("logout", page).code == 0
    assert CredentialStore().services() == []


def test_without_a_service_it_is_for_pypi_and_says_so(run: Run) -> None:
    """All three commands mean the same by it."""
    ran = run("login", "--token", "pypi-secret")
    assert ran.err == "Stored credentials for https://upload.pypi.org/legacy/ (PyPI, for no SERVICE is given)\n"
    assert run("token").out == "pypi-secret\n"
    assert run("logout").err.startswith("Removed credentials for https://upload.pypi.org/legacy/, here only")
    assert CredentialStore().services() == []


@pytest.mark.parametrize("command_line", ["login {} -u me --password pw", "token {}", "logout {}"])
def test_a_word_that_names_no_index_is_refused(run: Run, workdir: Path, store: Path, command_line: str) -> None:
    """Nothing is stored; the message has the names there are, and not the word, which may be a token."""
    (workdir / "uv.toml").write_text(
        '[[index]]\nname = "corp"\nurl = "https://h/a/simple"\n[[index]]\nname = "team"\nurl = "https://h/b"\n'
    )
    ran = run(*command_line.format("crop").split())
    assert (ran.code, ran.out) == (2, "")
    said = "error: no index has that name (there are corp, team, pypi, testpypi): give one of these, or https://host/path\n"
    assert ran.err == said
    assert not store.exists()


def test_ipv6_loopback_is_a_service(run: Run) -> None:
    """As for uv."""
    assert run("login", "http://[::1]:8080/simple", "-u", "me", "--password", "pw").code == 0
    assert CredentialStore().services() == [("http://[::1]:8080/", "me")]
    assert run("token", "http://[::1]:8080/x").out == "pw\n"
    assert run("logout", "http://[0:0::1]:8080").code == 0
    assert CredentialStore().services() == []
