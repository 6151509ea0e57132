"""`indexauth explain --live`: the request is made as a session would make it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.explained import explained
from support.messages import refused

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run
    from support.index import ServeIndex
    from support.server import Serve


def test_live_without_need_of_a_credential_is_good(run: Run, serve: Serve) -> None:
    """A public page answers well although there is nothing to send."""
    server = serve()
    answer = explained(run, server.url, "--live", code=0)
    assert [one["status"] for one in answer["attempts"]] == [200]
    assert (answer["would_send"], answer["advice"]) == (None, None)


def test_live_with_a_user_name_and_nothing_else_sends_the_name_once(run: Run, serve: Serve) -> None:
    """As a session would: `NAME:` with an empty password."""
    server = serve(lambda _: refused())
    answer = explained(run, server.url, "-u", "me@corp", "--live", code=1)
    assert server.authorizations == [("basic", "me@corp", "")]
    assert [one["credential"] for one in answer["attempts"]] == ["the request"]
    assert answer["would_send"] == {"scheme": "basic", "username": "****"}


def test_live_with_a_password_in_the_url(run: Run, serve_index: ServeIndex) -> None:
    """It is sent at once."""
    index = serve_index(["thing"], {"me": "secret"})
    answer = explained(run, index.at("/simple/", user="me", password="secret"), "--live", code=0)
    assert [(one["status"], one["credential"]) for one in answer["attempts"]] == [(200, "the request")]
    assert answer["would_send"] == {"scheme": "basic", "username": "me"}


@pytest.mark.parametrize(
    ("policy", "variables", "said"),
    [
        ("always", {}, "no credentials for"),
        ("never", {"UV_INDEX_CORP_USERNAME": "me", "UV_INDEX_CORP_PASSWORD": "hidden"}, "but the index 'corp'"),
    ],
)
def test_live_where_the_policy_forbids_the_request(
    run: Run, serve: Serve, workdir: Path, monkeypatch: pytest.MonkeyPatch, policy: str, variables: dict[str, str],
    said: str,
) -> None:  # fmt: skip
    """Nothing is sent, and the explanation says whose fault it is."""
    server = serve()
    (workdir / "uv.toml").write_text(
        f'[[index]]\nname = "corp"\nurl = "{server.at("/simple/")}"\nauthenticate = "{policy}"\n'
    )
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = run("explain", "corp", "--live")
    assert ran.code == 1
    assert said in " ".join(ran.out.split())
    assert "hidden" not in ran.out
    assert server.requests == []


def test_live_warns_of_a_broken_source_once(run: Run, serve: Serve, home: Path) -> None:
    """The explanation and the request share what was read."""
    (home / ".netrc").write_text("nonsense\n")
    server = serve(lambda _: refused())
    ran = run("explain", server.url, "--live")
    assert ran.code == 1
    assert ran.err.count("warning: netrc: ") == 1
