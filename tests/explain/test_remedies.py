"""What an explanation tells a person to do: the usual slips, and where a credential belongs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.explained import explained

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team/simple/"


@pytest.mark.parametrize(
    ("netrc", "arguments", "said"),
    [
        ("machine files.example.com login me password hidden", (URL,), "no entry for pkgs.example.com, but for files"),
        ("machine pkgs.example.com:443 login me password hidden", (URL,), "but for pkgs.example.com:443"),
        ("machine pkgs.example.com login me password hidden", (URL, "-u", "you"), "line 1 is for the user 'me'"),
        ("machine pkgs.example.com login tok-hidden", (URL, "-u", "you"), "line 1 is for the user ****"),
        ("machine pkgs.example.com login me password hidden", ("http://u@pkgs.example.com/",), "plain http"),
        ("machine https://me:hidden@pkgs.example.com/x login me password x", (URL,), "`machine` takes a host"),
        ("machine pkgs.example.com nonsense hidden", (URL,), "mend what is broken: netrc: "),
        ("", (URL,), "keep a credential"),
    ],
    ids=["another host", "a port", "another user", "a lone login", "plain http", "a URL", "broken", "empty"],
)
def test_advice_about_netrc(run: Run, home: Path, netrc: str, arguments: tuple[str, ...], said: str) -> None:
    """The usual slips are named; nothing secret is."""
    (home / ".netrc").write_text(f"{netrc}\n")
    ran = run("explain", *arguments, "--format", "json")
    assert ran.code == 1
    assert said in json.loads(ran.out)["advice"]
    assert "hidden" not in ran.out + ran.err


def test_words_in_a_files_name_are_no_advice(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file whose folder is called as the sentences of a source are is still an empty one."""
    netrc = tmp_path / "it is for the user, of which only the last counts" / "netrc"
    netrc.parent.mkdir()
    netrc.touch()
    monkeypatch.setenv("NETRC", str(netrc))
    assert json.loads(run("explain", URL, "--format", "json").out)["advice"].startswith("keep a credential")


def test_the_command_in_an_advice_is_one_for_the_tool_alone(run: Run, workdir: Path) -> None:
    """A project's file chooses the URL, and people copy the command into a shell."""
    (workdir / "uv.toml").write_text('[[index]]\nname = "corp"\nurl = "https://h/;id&$(id)|`id`/simple/"\n')
    advice = json.loads(run("explain", "corp", "--format", "json").out)["advice"]
    assert "`indexauth login https://h/%3Bid%26%24%28id%29%7C%60id%60/simple/`" in advice


@pytest.mark.parametrize(
    ("entries", "arguments", "said"),
    [
        ([("https://pkgs.example.com/other", "me")], (URL,), "store: nothing for this URL, but for https://pkgs.ex"),
        ([("https://pkgs.example.com/team", "me")], (URL, "-u", "you"), "is for the user 'me'"),
        ([("https://pkgs.example.com/team", "a"), ("https://pkgs.example.com/team", "b")], (URL,), "users 'a' and 'b'"),
    ],
    ids=["another path", "another user", "two users"],
)
def test_advice_about_the_store(
    run: Run, entries: list[tuple[str, str]], arguments: tuple[str, ...], said: str
) -> None:
    """What is nearly an answer is named."""
    for service, user in entries:
        CredentialStore().set(service, Credentials.basic(user, "hidden"))
    ran = run("explain", *arguments, "--format", "json")
    assert ran.code == 1
    assert said in json.loads(ran.out)["advice"]
    assert "hidden" not in ran.out + ran.err


@pytest.mark.parametrize(
    ("url", "package"),
    [
        ("https://pkgs.dev.azure.com/org/_packaging/feed/pypi/simple/", "artifacts-keyring"),
        ("https://europe-python.pkg.dev/project/repo/simple/", "keyrings.google-artifactregistry-auth"),
        ("https://d-1.d.codeartifact.eu-west-1.amazonaws.com/pypi/r/simple/", "keyrings.codeartifact"),
    ],
    ids=["Azure", "Google", "AWS"],
)
def test_advice_names_the_keyring_backend_of_a_vendor(run: Run, url: str, package: str) -> None:
    """Their tokens live for hours: to log in would not help for long."""
    assert f"pip install keyring {package}, and set keyring-provider" in explained(run, url, code=1)["advice"]


def test_advice_with_a_keyring_that_is_on_does_not_speak_of_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """There was nothing in it."""
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")
    monkeypatch.setenv("PATH", "/nowhere")
    answer = json.loads(run("explain", "https://pkgs.dev.azure.com/o/", "--format", "json").out)
    assert answer["advice"] == "keep a credential with `indexauth login https://pkgs.dev.azure.com/`"


def test_advice_where_there_are_two_users(run: Run) -> None:
    """One of them is to be given, unless a third one was."""
    for name in ("me", "you"):
        CredentialStore().set(URL, Credentials.basic(name, "hidden"))
    assert "give one of these user names" in explained(run, URL)["advice"]
    assert "give that user name, or none" in explained(run, URL, "-u", "them", code=1)["advice"]
