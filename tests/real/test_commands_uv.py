"""`indexauth` beside `uv auth`: the same command line has the same effect, result and exit."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Callable

import pytest

from support.commands import run_child
from support.platforms import STORE
from support.uv import Uv

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://pkgs.example.com/team"


@pytest.fixture
def uv(program: Callable[[str], str]) -> Uv:
    """Return the real uv."""
    return Uv(program("uv"))


@pytest.fixture
def store(home: Path) -> Path:
    """Return where both keep credentials."""
    return home / STORE


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        ((URL, "--username", "me", "--password", "secret"), ""),
        ((f"{URL}/simple/", "--username", "me", "--password", "-"), "  secret \nmore\n"),
        ((URL, "--token", "secret"), ""),
        ((URL, "--token", "-"), "secret"),
        (("https://me@pkgs.example.com/team", "--password", "secret"), ""),
        (("pkgs.example.com", "--username", "me", "--password", "secret"), ""),
        (("http://localhost:8080/x", "--username", "me", "--password", "secret"), ""),
        ((URL, "--username", "jürgen", "--password", "pä\"ss'w\\ord"), ""),
    ],
    ids=["both", "password from stdin", "token", "token from stdin", "user in URL", "host", "localhost", "odd"],
)
def test_a_login_has_the_same_effect_and_message(uv: Uv, store: Path, arguments: tuple[str, ...], stdin: str) -> None:
    """The file means the same, and each says the same of it."""
    theirs = uv.run("auth", "login", *arguments, stdin=stdin)
    written = uv.run("auth", "token", arguments[0].replace("me@", ""), *_user(arguments)).stdout
    store.unlink()
    ours = run_child("login", *arguments, stdin=stdin)
    assert (ours.code, ours.out, ours.err) == (theirs.returncode, theirs.stdout, theirs.stderr)
    assert run_child("token", arguments[0].replace("me@", ""), *_user(arguments)).out == written
    assert uv.run("auth", "token", arguments[0].replace("me@", ""), *_user(arguments)).stdout == written


def _user(arguments: tuple[str, ...]) -> tuple[str, ...]:
    if "--username" in arguments:
        return "--username", arguments[arguments.index("--username") + 1]
    return ("--username", "me") if "me@" in arguments[0] else ()


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("login", URL, "--username", "me"), ""),
        (("login", URL, "--password", "p"), ""),
        (("login", URL, "--username", "me", "--password", ""), ""),
        (("login", URL, "--username", "", "--password", "p"), ""),
        (("login", URL, "--token", "-"), ""),
        (("login", URL, "--username", "me", "--token", "t"), ""),
        (("login", URL, "--password", "p", "--token", "t"), ""),
        (("login", "https://me@h.example", "--username", "me", "--password", "p"), ""),
        (("login", "http://h.example", "--token", "t"), ""),
        (("login", "ftp://h.example", "--token", "t"), ""),
        (("login", "https://h.example:99999", "--token", "t"), ""),
        (("token", "https://me@h.example", "--username", "me"), ""),
        (("token", "http://h.example"), ""),
        (("logout", "http://h.example"), ""),
        (("frobnicate",), ""),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_wrong_use_of_theirs_is_wrong_use_of_ours(uv: Uv, arguments: tuple[str, ...], stdin: str) -> None:
    """Exit 2 of both, and nothing on stdout."""
    theirs = uv.run("auth", *arguments, stdin=stdin)
    ours = run_child(*arguments, stdin=stdin)
    assert (ours.code, ours.out) == (theirs.returncode, theirs.stdout) == (2, "")


def test_what_one_stores_the_other_prints_and_removes(uv: Uv, store: Path) -> None:
    """Both ways, with a look-up below the path."""
    uv.login(URL, "me", "theirs")
    assert run_child("token", f"{URL}/simple/thing/").out == "theirs\n"
    assert run_child("list", "--format", "json").out == json.dumps(
        [{"service": URL, "username": "me", "scheme": "basic"}], indent=2
    ) + "\n"  # fmt: skip
    assert run_child("logout", URL).code == 0
    assert uv.run("auth", "token", URL, "--username", "me").returncode == 2
    assert run_child("login", URL, "-u", "me", "--password", "ours").code == 0
    assert uv.run("auth", "token", f"{URL}/x", "--username", "me").stdout == "ours\n"
    assert uv.run("auth", "logout", URL, "--username", "me").returncode == 0
    assert run_child("logout", URL).err.startswith("error: nothing is stored for ")
    assert store.exists()


@pytest.mark.parametrize(
    "variables",
    [{}, {"XDG_DATA_HOME": "/data"}, {"XDG_DATA_HOME": "data"}, {"UV_CREDENTIALS_DIR": "here"},
     {"UV_CREDENTIALS_DIR": "", "XDG_DATA_HOME": ""}],
    ids=["none", "XDG", "relative XDG", "variable", "empty"],
)  # fmt: skip
def test_dir_is_the_same(uv: Uv, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """To the letter."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run_child("dir").out == uv.run("auth", "dir").stdout


@pytest.mark.parametrize(
    "uri",
    [f"{URL}/x.whl", "https://nothing.example/", "https://me@pkgs.example.com/team", "https://you@pkgs.example.com/"],
    ids=["below", "nothing", "user", "another user"],
)
def test_bazel_gets_the_same_answer(uv: Uv, uri: str) -> None:
    """As JSON, and with the same exit code."""
    uv.login(URL, "me", "secret")
    question = json.dumps({"uri": uri})
    theirs = uv.run("auth", "helper", "--protocol", "bazel", "get", stdin=question)
    ours = run_child("helper", "--protocol", "bazel", "get", stdin=question)
    assert (ours.code, json.loads(ours.out)) == (theirs.returncode, json.loads(theirs.stdout))


@pytest.mark.parametrize("question", ["", "{}", "nonsense", '{"uri": "relative"}'])
def test_an_invalid_question_is_exit_2_of_both(uv: Uv, question: str) -> None:
    """Nothing on stdout."""
    arguments = ("helper", "--protocol", "bazel", "get")
    theirs = uv.run("auth", *arguments, stdin=question)
    ours = run_child(*arguments, stdin=question)
    assert (ours.code, ours.out) == (theirs.returncode, theirs.stdout) == (2, "")
