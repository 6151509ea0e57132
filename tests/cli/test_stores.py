"""Which store the commands use, and what becomes of one that is damaged or not there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import CredentialStore
from support.stored import fill

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"


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


@pytest.mark.parametrize("host", ["pkgs.example.com", "PKGS.example.com", "localhost"])
@pytest.mark.parametrize("command", [("login", "--password", "hidden"), ("token",), ("logout",), ("explain",)])
def test_a_project_cannot_have_a_host_mean_another_one(
    run: Run, workdir: Path, host: str, command: tuple[str, ...]
) -> None:
    """It may call its index by any name. Where the index is on that very host, the name is as good as any."""
    table = f'[[index]]\nname = "{host}"\nurl = "https://evil.example/simple/"\n'
    (workdir / "uv.toml").write_text(table)
    name, *options = command
    ran = run(name, host, "-u", "me", *options)
    assert (ran.code, ran.out) == (2, "")
    assert "that is a host, and the name of the index https://evil.example/simple/, too: give the URL" in ran.err
    assert CredentialStore().services() == []
    (workdir / "uv.toml").write_text(table.replace("evil.example", f"{host.lower()}/team"))
    assert run("login", host, "-u", "me", "--password", "hidden").code == 0
    assert CredentialStore().services() == [(f"https://{host.lower()}/team", "me")]


@pytest.mark.parametrize("command", [("login", "--password", "hidden"), ("token", "--resolve"), ("explain", "--live")])
def test_a_project_cannot_have_a_host_mean_plain_http(
    run: Run, workdir: Path, home: Path, command: tuple[str, ...]
) -> None:
    """A host alone is https; netrc's password would cross the network in the clear."""
    (home / ".netrc").write_text("machine pkgs.example.com login me password hidden\n")
    (workdir / "uv.toml").write_text('[[index]]\nname = "pkgs.example.com"\nurl = "http://pkgs.example.com/simple/"\n')
    name, *options = command
    ran = run(name, "pkgs.example.com", "-u", "me", *options)
    assert (ran.code, ran.out) == (2, "")
    assert "that is a host, and the name of the index http://pkgs.example.com/simple/, too: give the URL" in ran.err
