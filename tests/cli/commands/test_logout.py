"""`indexauth logout`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import CredentialStore
from support.stored import fill

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"
OTHER = "https://other.example/"


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
