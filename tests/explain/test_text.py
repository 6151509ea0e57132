"""An explanation as text, on a terminal of any width."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore, Index, IndexAuth
from support.commands import run_on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run
    from support.index import ServeIndex

URL = "https://pkgs.example.com/team/simple/"


def test_the_text_has_all_of_it(run: Run, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Index with origin, policy, a line for each source, what is sent and remembered."""
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{URL}"\n')
    monkeypatch.setenv("UV_INDEX_CORP_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_CORP_PASSWORD", "hidden")
    ran = run("explain", URL)
    assert (ran.code, ran.err) == (0, "")
    assert f"index         corp  {URL}\n" in ran.out
    assert "uv.toml, line 1: index[0] " in " ".join(ran.out.split())
    assert "policy        auto: what is configured for this very URL is sent at once\n" in ran.out
    assert "\nenvironment   found" in ran.out
    assert "would send    Basic, user 'me', from environment\n" in ran.out
    assert "remembered    for the index corp, as long as a session lasts\n" in ran.out
    assert "hidden" not in ran.out


@pytest.mark.parametrize("columns", [32, 45, 71, 72, 100, 300])
def test_no_line_is_wider_than_the_terminal(run: Run, monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Save what must stay whole to be copied: URLs, files, commands."""
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = run("explain", URL)
    whole = ("https://", "indexauth login")
    assert [line for line in ran.out.splitlines() if len(line) > columns and not any(x in line for x in whole)] == []
    assert f"`indexauth login {URL}`" in ran.out


def test_colour_is_for_terminals() -> None:
    """And not where `NO_COLOR` says no."""
    assert "\x1b[" in run_on_terminal("explain", URL, answers=[], extra={"TERM": "xterm"}).out
    assert "\x1b[" not in run_on_terminal("explain", URL, answers=[], extra={"TERM": "xterm", "NO_COLOR": "1"}).out


def test_the_api_explains_too() -> None:
    """`str` of an explanation is the text, with the index given in code."""
    explanation = IndexAuth([Index(URL, "corp", "never")]).explain(URL)
    assert "from the program itself" in str(explanation)
    assert "policy        never" in str(explanation)
    assert (
        explanation.advice == 'the index has authenticate = "never" (in the program): with "auto" it gets credentials'
    )
    assert "policy='never'" in repr(explanation)


def test_live_in_text(run: Run, serve_index: ServeIndex, home: Path) -> None:
    """Two requests, each with its status, and the next source's credential after a refusal."""
    index = serve_index(["thing"], {"me": "secret"})
    (home / ".netrc").write_text("machine 127.0.0.1 login me password wrong\n")
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    ran = run("explain", index.index_url(), "--live")
    assert ran.code == 0
    assert "request 1     401 without a credential\n" in ran.out
    assert 'WWW-Authenticate: Basic realm="index"\n' in ran.out
    assert "request 2     401 with that from netrc\n" in ran.out
    assert "request 3     200 with that from store\n" in ran.out


def test_a_url_that_a_project_has_chosen_cannot_steer_the_terminal(run: Run, workdir: Path) -> None:
    """Its file may have an escape sequence in the URL that a name stands for."""
    (workdir / "uv.toml").write_text(
        '[[index]]\nname = "corp"\nurl = "https://h.example/\\u001b]0;forged\\u0007/simple"\n'
    )
    ran = run("explain", "corp")
    assert ran.out.splitlines()[0] == "https://h.example/?]0;forged?/simple"
    assert all(line.isprintable() for line in ran.out.splitlines())
