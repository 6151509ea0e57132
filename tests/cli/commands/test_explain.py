"""`indexauth explain`: index, policy, sources, and what would be sent."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.explained import explained, outcome, why

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team/simple/"
SOURCES = ["the request", "environment", "index URL", "known hosts", "netrc", "store", "native store", ".pypirc",
           "helper", "keyring", "prompt"]  # fmt: skip


def test_json_has_every_field(run: Run, workdir: Path) -> None:
    """The index with its file and line, the policy, every source in order with its time, and what would be sent."""
    (workdir / "uv.toml").write_text(f'\n[[index]]\nname = "corp"\nurl = "{URL}"\nauthenticate = "always"\n')
    CredentialStore().set(URL, Credentials.basic("me", "hidden"))
    answer = explained(run, f"{URL}thing/", code=0)
    assert list(answer) == ["url", "index", "policy", "sources", "would_send", "attempts", "advice"]
    assert answer["url"] == f"{URL}thing/"
    assert answer["index"] == {"name": "corp", "url": URL, "origin": f"{workdir / 'uv.toml'}, line 2: index[0]"}
    assert answer["policy"] == "always"
    assert [one["source"] for one in answer["sources"]] == SOURCES
    assert [list(one) for one in answer["sources"]] == [["source", "outcome", "why", "ms"]] * len(SOURCES)
    assert answer["would_send"] == {"scheme": "basic", "username": "me"}
    assert (answer["attempts"], answer["advice"]) == ([], None)
    assert "hidden" not in json.dumps(answer)


@pytest.mark.parametrize("written", [f" {URL}\n", URL.replace("://", ":/"), URL.replace("://", ":///"), URL[8:]])
def test_a_url_is_taken_as_for_a_login(run: Run, written: str) -> None:
    """White space around it, one slash or three, and no scheme; its password counts, and is not shown."""
    assert explained(run, written, code=1)["url"] == URL
    answer = explained(run, written.replace("pkgs", "me:hidden@pkgs"), code=0)
    assert answer["would_send"] == {"scheme": "basic", "username": "me"}
    assert "hidden" not in json.dumps(answer)


def test_each_source_says_what_became_of_it(run: Run, home: Path) -> None:
    """Asked in vain, passed over with the reason, had it, not reached."""
    (home / ".netrc").write_text("machine other.example login me password hidden\n")
    CredentialStore().set(URL, Credentials.basic("me", "hidden"))
    answer = explained(run, URL, code=0)
    assert [one["outcome"] for one in answer["sources"]] == [
        "nothing", "skipped", "skipped", "skipped", "nothing", "found", "not reached", "not reached", "not reached",
        "not reached", "not reached",
    ]  # fmt: skip
    assert why(answer, "known hosts") == "not a known host"
    times = [one["ms"] for one in answer["sources"]]
    assert [ms is None for ms in times] == [False, True, True, True, False, False, True, True, True, True, True]


def test_nothing_to_send_is_exit_1(run: Run) -> None:
    """The explanation is on stdout all the same."""
    answer = explained(run, URL, code=1)
    assert answer["would_send"] is None
    assert answer["advice"].startswith(f"keep a credential with `indexauth login {URL}`")


def test_the_name_of_an_index_stands_for_its_url(run: Run, workdir: Path) -> None:
    """`indexauth explain corp`."""
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{URL}"\n')
    assert explained(run, "corp")["url"] == URL


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("https://me:hunter22@pkgs.example.com/", "hunter22"),
        ("https://h.example/file?X-Amz-Signature=hunter22", "hunter22"),
        ("https://h.example/file?token=hunter22", "hunter22"),
        ("https://h.example/file#hunter22", "hunter22"),
        ("https://hunter22@h.example/", "hunter22"),
    ],
    ids=["password", "signature", "query", "fragment", "lone user name"],
)
@pytest.mark.parametrize("form", ["text", "json"])
def test_what_may_be_a_secret_in_the_url_is_not_shown(run: Run, url: str, secret: str, form: str) -> None:
    """Explanations are pasted into bug reports."""
    ran = run("explain", url, "--format", form)
    assert ran.code in {0, 1}
    assert secret not in ran.out + ran.err


def test_a_bearer_token_is_not_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the scheme is."""
    monkeypatch.setenv("HF_TOKEN", "hf-hidden")
    ran = run("explain", "https://huggingface.co/x")
    assert ran.code == 0
    assert "would send    a Bearer token, from known hosts\n" in ran.out
    assert "hf-hidden" not in ran.out


@pytest.mark.parametrize("configured", [False, True], ids=["given", "configured"])
def test_a_user_name_alone_is_something_to_send(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    configured: bool,  # noqa: FBT001
) -> None:
    """It may be a token, so it is masked; that there is no credential is told all the same."""
    if configured:
        monkeypatch.setenv("UV_INDEX", "corp=https://hunter2@pkgs.example.com/team/simple/")
    arguments = [URL] if configured else [URL, "-u", "hunter2"]
    answer = explained(run, *arguments, code=1)
    assert answer["would_send"] == {"scheme": "basic", "username": "****"}
    assert "indexauth login" in answer["advice"]
    ran = run("explain", *arguments)
    assert ran.code == 1
    assert re.search(r"would send +the user name, with an empty password", ran.out)
    assert re.search(r"policy +auto: with a user name the sources are asked before", ran.out)
    assert "hunter2" not in ran.out


@pytest.mark.parametrize("userinfo", ["a%3ab:hunter2", "a%0ab:hunter2", "a%3ahunter2"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_userinfo_that_cannot_be_sent_is_left_out(run: Run, userinfo: str, form: str) -> None:
    """As by a session, which asks the sources then; `explain` says why, in one line."""
    CredentialStore().set(URL, Credentials.basic("me", "hidden"))
    ran = run("explain", URL.replace("//", f"//{userinfo}@"), "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert "userinfo is left out" in ran.out
    assert "hunter2" not in ran.out


def test_a_user_name_alone_is_what_the_request_has(run: Run) -> None:
    """It is not nothing."""
    answer = explained(run, URL, "-u", "me")
    assert (outcome(answer, "the request"), why(answer, "the request")) == ("user name", "only the user name ****")


@pytest.mark.parametrize("name", ["", "a:b"], ids=["none", "with a colon"])
def test_a_user_name_that_cannot_be_sent_is_nothing_to_send(run: Run, name: str) -> None:
    """No header can carry it."""
    answer = explained(run, f"https://{name.replace(':', '%3a')}@pkgs.example.com/")
    assert answer["would_send"] is None


def test_always_sends_no_user_name_alone(run: Run, workdir: Path) -> None:
    """A request is an error then."""
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{URL}"\nauthenticate = "always"\n')
    assert explained(run, URL, "-u", "me", code=1)["would_send"] is None


@pytest.mark.parametrize(
    ("variables", "url", "source"),
    [
        ({"UV_INDEX_CORP_USERNAME": "me", "UV_INDEX_CORP_PASSWORD": "hunter2"}, URL, "environment"),
        ({}, "https://me:hunter2@pkgs.example.com/team/simple/", "the request"),
        ({}, "https://me@pkgs.example.com/team/simple/", "the request"),
    ],
    ids=["environment", "given", "user name"],
)
def test_never_tells_what_makes_a_request_an_error(
    run: Run, workdir: Path, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, source: str
) -> None:
    """The source that has a credential says so; without one there is nothing wrong."""
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{URL}"\nauthenticate = "never"\n')
    assert not any("error" in one["why"] for one in explained(run, URL, code=1)["sources"])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    answer = explained(run, url, code=1)
    assert [one["source"] for one in answer["sources"] if "a request is an error" in one["why"]] == [source]


def test_the_query_of_an_index_is_not_shown(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token may stand there."""
    monkeypatch.setenv("UV_INDEX", "https://pkgs.example.com/team/simple/?token=hunter2")
    answer = explained(run, URL, code=1)
    assert answer["index"]["url"] == f"{URL}?****"
    for text in (json.dumps(answer), run("explain", URL).out):
        assert "hunter2" not in text
