"""`indexauth list`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from support.commands import run_child
from support.stored import fill

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"
OTHER = "https://other.example/"


def test_list_shows_services_and_users_and_no_secret(run: Run) -> None:
    """Sorted, in columns."""
    fill((URL, "me"), (OTHER, "you"), (OTHER, None))
    ran = run("list")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"{OTHER}         (bearer token)\n{OTHER}         you\n{URL}  me\n"


def test_list_as_json(run: Run) -> None:
    """A list of service, username and scheme."""
    fill((URL, "me"), (OTHER, None))
    ran = run("list", "--format", "json")
    assert json.loads(ran.out) == [
        {"service": OTHER, "username": None, "scheme": "bearer"},
        {"service": URL, "username": "me", "scheme": "basic"},
    ]


@pytest.mark.parametrize("form", ["text", "json"])
def test_list_masks_a_user_name_without_a_password(run: Run, store: Path, form: str) -> None:
    """It may be a token."""
    store.parent.mkdir(parents=True)
    store.write_text(f'[[credential]]\nservice = "{URL}"\nusername = "ghp_lonely"\n')
    ran = run("list", "--format", form)
    assert ran.code == 0
    assert "ghp_lonely" not in ran.out + ran.err
    assert "****" in ran.out


@pytest.mark.parametrize("command", [("list",), ("list", "--format", "json"), ("explain", "https://pkgs.example.com/")])
def test_a_services_query_is_not_shown(run: Run, store: Path, command: tuple[str, ...]) -> None:
    """uv keeps it, and a token often stands there; no look-up heeds it."""
    store.parent.mkdir(parents=True)
    store.write_text(f'[[credential]]\nservice = "{URL}?sig=hidden#hidden"\nusername = "me"\npassword = "p"\n')
    ran = run(*command)
    assert URL in ran.out
    assert "hidden" not in ran.out + ran.err


def test_list_of_nothing_prints_nothing(run: Run) -> None:
    """stdout stays empty, or is an empty list; people get a hint on stderr."""
    ran = run("list")
    assert (ran.code, ran.out) == (0, "")
    assert "indexauth login" in ran.err
    assert json.loads(run("list", "--format", "json").out) == []


def test_list_skips_a_bad_entry_with_a_warning(run: Run, store: Path) -> None:
    """uv refuses such a file as a whole, and the warning says so."""
    store.parent.mkdir(parents=True)
    store.write_text(
        f'[[credential]]\nusername = "x"\npassword = "hidden"\n\n'
        f'[[credential]]\nservice = "{URL}"\nusername = "me"\npassword = "hidden"\n'
    )
    ran = run("list")
    assert (ran.code, ran.out) == (0, f"{URL}  me\n")
    assert ran.err.startswith("warning: store: ")
    assert "uv refuses the whole file" in ran.err
    assert ran.err.count("\n") == 1


def test_list_writes_a_user_name_that_stdout_cannot_hold_as_an_escape() -> None:
    """One odd user name must not hide the others."""
    fill((URL, "jürgen"))
    ran = run_child("list", extra={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (ran.code, ran.out) == (0, f"{URL}  j\\xfcrgen\n")


def test_names_cannot_steer_the_terminal(run: Run, store: Path) -> None:
    """Nor make two lines of one: a service out of the file, a user name out of a URL."""
    store.parent.mkdir(parents=True)
    store.write_text('[[credential]]\nservice = "https://h/\\u001b[31m"\nusername = "a"\npassword = "x"\n')
    assert run("list").out == "https://h/?[31m  a\n"
    ran = run("token", "https://a%0ab%1b[31m@h.example/")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "\x1b" not in ran.err
