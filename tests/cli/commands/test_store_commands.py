"""`indexauth logout`, `list` and `dir`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.commands import run_child

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"
OTHER = "https://other.example/"


def fill(*entries: tuple[str, str | None]) -> CredentialStore:
    """Store a secret for each service and user; no user means a Bearer token."""
    store = CredentialStore()
    for service, user in entries:
        store.set(service, Credentials.bearer("hidden") if user is None else Credentials.basic(user, "hidden"))
    return store


# logout


@pytest.mark.parametrize(
    ("stored", "arguments", "left"),
    [
        ([(URL, "me")], (URL,), []),
        ([(URL, "me")], (f"{URL}/simple/",), []),
        ([(URL, "me")], (f"https://me@{URL[8:]}",), []),
        ([(URL, "a"), (URL, "b")], (URL, "-u", "b"), [(URL, "a")]),
        ([(URL, "a"), (URL, "__token__")], (URL,), [(URL, "a")]),
        ([(URL, None)], (URL,), []),
        ([(URL, "me"), (OTHER, "me")], ("other.example",), [(URL, "me")]),
        ([(URL, "me"), ("https://pkgs.example.com/", "me")], ("pkgs.example.com",), [(URL, "me")]),
        ([("https://upload.pypi.org/legacy/", "__token__")], ("pypi",), []),
    ],
    ids=["only user", "page URL", "user in URL", "given user", "__token__ first", "bearer", "other host stays",
         "path below stays", "pypi"],
)  # fmt: skip
def test_logout_removes_one_credential(
    run: Run, stored: list[tuple[str, str | None]], arguments: tuple[str, ...], left: list[tuple[str, str]]
) -> None:
    """Of the service itself, and of the user `token` would take; it says that the server knows nothing of it."""
    fill(*stored)
    ran = run("logout", *arguments)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("Removed credentials for ")
    assert "here only" in ran.err
    assert CredentialStore().services() == left


@pytest.mark.parametrize(
    ("service", "where"),
    [
        ("pypi", "at https://pypi.org/manage/account/"),
        ("testpypi", "at https://test.pypi.org/manage/account/"),
        (URL, "there"),
    ],
)
def test_logout_says_where_a_token_is_revoked(run: Run, service: str, where: str) -> None:
    """The page for PyPI's; elsewhere the server has to be asked."""
    fill((service, "__token__"))
    assert run("logout", service).err.endswith(f", until you revoke it {where}\n")


def test_logout_names_the_users_to_choose_from(run: Run) -> None:
    """Two users and none given: exit 1, nothing is removed."""
    fill((URL, "b"), (URL, "a"), (URL, None))
    ran = run("logout", URL)
    assert ran.code == 1
    assert "a, a token without a user, b; choose one" in ran.err
    assert len(CredentialStore().services()) == 3


@pytest.mark.parametrize(
    "arguments",
    [(OTHER,), (URL, "-u", "stranger"), (f"{URL}/below",), ("https://pkgs.example.com/",)],
    ids=["service", "user", "below", "above"],
)
def test_logout_of_what_is_not_there_is_exit_1(run: Run, arguments: tuple[str, ...]) -> None:
    """Only the service itself counts, not what covers it."""
    fill((URL, "me"))
    ran = run("logout", *arguments)
    assert ran.code == 1
    assert ran.err.startswith("error: nothing is stored for ")
    assert CredentialStore().services() == [(URL, "me")]


UNSENDABLE = f"""
[[credential]]
service = "{URL}"
username = "me"
password = "hunter2\\u0007"
"""
"""As `uv auth login` writes it."""


@pytest.mark.parametrize("option", [(), ("-u", "me")], ids=["the only user", "the user"])
def test_logout_removes_what_uv_has_stored_and_no_request_could_carry(
    run: Run, store: Path, option: tuple[str, ...]
) -> None:
    """Such as a password with a control character."""
    store.parent.mkdir(parents=True)
    store.write_text(UNSENDABLE)
    ran = run("logout", URL, *option)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith(f"Removed credentials for me@{URL}")
    assert "hunter2" not in store.read_text()


def test_logout_counts_the_user_of_what_no_request_could_carry(run: Run, store: Path) -> None:
    """It removes neither user's credential unasked."""
    fill((URL, "other"))
    store.write_text(store.read_text() + UNSENDABLE)
    ran = run("logout", URL)
    assert ran.code == 1
    assert f"several users have credentials for {URL}: me, other; choose one with --username" in ran.err


def test_logout_all_removes_everything(run: Run) -> None:
    """And says how much it was; the second time there is nothing, which is no error."""
    fill((URL, "me"), (OTHER, "me"))
    ran = run("logout", "--all")
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.startswith("Removed 2 credentials, here only")
    assert CredentialStore().services() == []
    assert run("logout", "--all").err == "Nothing is stored\n"


def test_logout_all_where_there_is_no_store_makes_none(run: Run, store: Path) -> None:
    """To find nothing, no folder is made."""
    assert run("logout", "--all").code == 0
    assert not store.parent.exists()


# list


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


# Damage


@pytest.mark.parametrize(
    "arguments",
    [("list",), ("token", URL), ("logout", URL), ("logout", "--all"), ("login", URL, "-t", "tok")],
    ids=["list", "token", "logout", "logout --all", "login"],
)
def test_a_damaged_store_is_exit_2_and_stays_as_it_is(run: Run, store: Path, arguments: tuple[str, ...]) -> None:
    """The message has the file and the line, and nothing of what stands there."""
    text = f'[[credential]]\nservice = "{URL}"\nusername = "me"\npassword = "hidden\n'
    store.parent.mkdir(parents=True)
    store.write_text(text)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == f"error: {store}: not valid TOML at line 4: correct the file, or move it away and log in again\n"
    assert store.read_text() == text


# dir


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, "{home}/.local/share/uv/credentials"),
        ({"XDG_DATA_HOME": "/data"}, "/data/uv/credentials"),
        ({"XDG_DATA_HOME": "data"}, "{home}/.local/share/uv/credentials"),
        ({"UV_CREDENTIALS_DIR": "/here"}, "/here"),
        ({"UV_CREDENTIALS_DIR": "~/here", "XDG_DATA_HOME": "/data"}, "~/here"),
    ],
    ids=["default", "XDG", "relative XDG", "variable", "variable first, as it stands"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own place")
def test_dir_prints_the_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch, home: Path, variables: dict[str, str], folder: str
) -> None:
    """The same as `uv auth dir`, whether it is there or not."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = run("dir")
    assert (ran.code, ran.out, ran.err) == (0, folder.format(home=home) + "\n", "")


# The native store


@pytest.mark.skipif(sys.platform == "win32", reason="Windows always has one")
@pytest.mark.parametrize(
    ("arguments", "extra"),
    [(("list", "--keyring-provider", "native"), {}), (("list",), {"UV_PREVIEW_FEATURES": "other, native-auth"}),
     (("list",), {"UV_PREVIEW": "1"})],
    ids=["option", "feature", "all features"],
)  # fmt: skip
def test_a_native_store_that_is_not_there_is_exit_2(
    run: Run, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], extra: dict[str, str]
) -> None:
    """The file does not stand in for it silently."""
    fill((URL, "me"))
    for name, value in extra.items():
        monkeypatch.setenv(name, value)
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")


def test_the_file_can_be_asked_for_by_name(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--keyring-provider disabled` is the file, whatever the feature says."""
    fill((URL, "me"))
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")
    assert run("list", "--keyring-provider", "disabled").out == f"{URL}  me\n"


def test_names_cannot_steer_the_terminal(run: Run, store: Path) -> None:
    """Nor make two lines of one: a service out of the file, a user name out of a URL."""
    store.parent.mkdir(parents=True)
    store.write_text('[[credential]]\nservice = "https://h/\\u001b[31m"\nusername = "a"\npassword = "x"\n')
    assert run("list").out == "https://h/?[31m  a\n"
    ran = run("token", "https://a%0ab%1b[31m@h.example/")
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "\x1b" not in ran.err
