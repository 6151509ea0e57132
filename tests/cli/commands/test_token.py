"""`indexauth token`: which secret is printed, and what is said when there is none or too many."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.commands import command, environment

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"


@pytest.fixture
def filled() -> CredentialStore:
    """Return the store, with users of several kinds."""
    made = CredentialStore()
    made.set(URL, Credentials.basic("me", "team"))
    made.set("https://pkgs.example.com/", Credentials.basic("me", "host"))
    made.set("https://two.example/", Credentials.basic("b", "of-b"))
    made.set("https://two.example/", Credentials.basic("a", "of-a"))
    made.set("https://token.example/", Credentials.basic("a", "of-a"))
    made.set("https://token.example/", Credentials.basic("__token__", "the-token"))
    made.set("https://bearer.example/", Credentials.bearer("the-bearer"))
    made.set("https://upload.pypi.org/legacy/", Credentials.basic("__token__", "pypi-token"))
    return made


@pytest.mark.parametrize(
    ("arguments", "secret"),
    [
        ((URL,), "team"),
        ((f"{URL}/simple/thing/",), "team"),
        (("https://pkgs.example.com/teams",), "host"),
        (("pkgs.example.com/team", "-u", "me"), "team"),
        (("https://me@pkgs.example.com/team",), "team"),
        (("https://me:other@pkgs.example.com/team",), "team"),
        (("https://two.example", "-u", "a"), "of-a"),
        (("https://two.example", "--username=b"), "of-b"),
        (("token.example",), "the-token"),
        (("token.example", "-u", "a"), "of-a"),
        (("bearer.example",), "the-bearer"),
        (("pypi",), "pypi-token"),
    ],
    ids=["root", "below", "boundary", "bare host", "user in URL", "password in URL", "first of two", "second of two",
         "__token__ first", "user beside __token__", "bearer", "pypi"],
)  # fmt: skip
def test_the_most_specific_secret_is_printed(
    run: Run, filled: CredentialStore, arguments: tuple[str, ...], secret: str
) -> None:
    """Longest path prefix on a segment boundary; `__token__`, else the only user there is."""
    assert filled.services()
    ran = run("token", *arguments)
    assert (ran.code, ran.out, ran.err) == (0, f"{secret}\n", "")


def test_two_users_to_choose_from_are_named(run: Run, filled: CredentialStore) -> None:
    """Exit 1, and the message lists the users, sorted."""
    assert filled.services()
    ran = run("token", "https://two.example/")
    assert (ran.code, ran.out) == (1, "")
    assert "a, b; choose one with --username" in ran.err
    assert "of-" not in ran.err


@pytest.mark.parametrize(
    "arguments",
    [("https://nothing.example",), (URL, "-u", "stranger"), ("bearer.example", "-u", "me"), ("http://localhost",)],
    ids=["service", "user", "bearer has no user", "realm"],
)
def test_nothing_found_is_exit_1(run: Run, filled: CredentialStore, arguments: tuple[str, ...]) -> None:
    """One line that says where to look."""
    assert filled.services()
    ran = run("token", *arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: nothing is stored for ")
    assert ran.err.count("\n") == 1


def test_a_user_name_without_a_password_is_no_secret(run: Run, store: Path) -> None:
    """uv leaves such entries; the user name may be a token itself and is not shown."""
    store.parent.mkdir(parents=True)
    store.write_text(f'[[credential]]\nservice = "{URL}"\nusername = "lonely"\n')
    ran = run("token", URL)
    assert (ran.code, ran.out) == (1, "")
    assert "a user name, but no password" in ran.err
    assert "lonely" not in ran.err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((f"{URL}/simple/",), {"service": URL, "username": "me", "token": "team"}),
        (("bearer.example",), {"service": "https://bearer.example/", "username": None, "token": "the-bearer"}),
    ],
    ids=["basic", "bearer"],
)
def test_json_has_service_user_and_secret(
    run: Run, filled: CredentialStore, arguments: tuple[str, ...], expected: dict[str, str | None]
) -> None:
    """The form for scripts."""
    assert filled.services()
    ran = run("token", *arguments, "--format", "json")
    assert (ran.code, json.loads(ran.out)) == (0, expected)


def test_the_name_of_a_configured_index_is_understood(run: Run, filled: CredentialStore, workdir: Path) -> None:
    """`indexauth token corp`."""
    assert filled.services()
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{URL}/simple/"\n')
    assert run("token", "corp").out == "team\n"


def test_resolve_asks_every_source(run: Run, filled: CredentialStore, home: Path) -> None:
    """netrc comes before the store, as for a request."""
    assert filled.services()
    (home / ".netrc").write_text("machine pkgs.example.com login from-netrc password netrc-secret\n")
    assert run("token", URL).out == "team\n"
    assert run("token", URL, "--resolve").out == "netrc-secret\n"
    assert run("token", URL, "--resolve", "-u", "me").out == "team\n"


def test_resolve_knows_index_variables(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A named index's variables are its credential; the name serves as SERVICE."""
    monkeypatch.setenv("UV_INDEX", f"corp={URL}/simple/")
    monkeypatch.setenv("UV_INDEX_CORP_USERNAME", "env-user")
    monkeypatch.setenv("UV_INDEX_CORP_PASSWORD", "env-secret")
    ran = run("token", "corp", "--resolve", "--format", "json")
    assert json.loads(ran.out) == {"service": URL, "username": "env-user", "token": "env-secret"}


def test_resolve_finds_nothing_where_nothing_is(run: Run) -> None:
    """Exit 1, and the way to find out why."""
    ran = run("token", URL, "--resolve")
    assert (ran.code, ran.out) == (1, "")
    assert f"see `indexauth explain {URL}`" in ran.err


def test_printing_a_token_imports_nothing_heavy(filled: CredentialStore) -> None:
    """The bound of 3 x `python -c pass` leaves room for a TOML parser, and for little else."""
    assert filled.services()
    program = (
        "import sys; before = set(sys.modules); from requests_indexauth.cli import main; "
        f"sys.argv = ['indexauth', 'token', {URL!r}]; code = main(); "
        "print(code, *sorted({name.partition('.')[0] for name in set(sys.modules) - before}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )
    code, *modules = done.stderr.split()
    assert (code, done.stdout) == ("0", "team\n")
    heavy = "requests urllib3 keyring logging dataclasses pathlib urllib ipaddress platformdirs filelock"
    heavy += " tomllib tomli tomli_w subprocess threading json shutil getpass inspect contextvars"
    assert set(heavy.split()).isdisjoint(modules)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no /dev/full")
def test_a_full_disk_is_one_line(filled: CredentialStore) -> None:
    """`indexauth token URL > /dev/full` fails, and says so."""
    assert filled.services()
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(
            command("token", URL), env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (2, "error: No space left on device\n")


def test_a_password_for_plain_http_that_netrc_has_is_json_too(run: Run, home: Path) -> None:
    """The store takes no such service; a request would be sent with it."""
    (home / ".netrc").write_text("machine pkgs.example.com login me password hidden\n")
    ran = run("token", "http://pkgs.example.com/team/simple/?sig=x", "--resolve", "--format", "json")
    assert (ran.code, json.loads(ran.out)) == (
        0,
        {"service": "http://pkgs.example.com/team/simple/", "username": "me", "token": "hidden"},
    ), ran
