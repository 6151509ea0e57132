"""`resolve` and `explain`: the chain without a request. (How it is printed is in cli/test_explain.)"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import requests_indexauth as indexauth
from requests_indexauth import Credentials, Index, IndexAuth
from requests_indexauth.models.url import mask_query, parse_url

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.models.choices import Policy

PAGE = "https://pkgs.example.com/team/simple/thing/"
TEAM = "https://pkgs.example.com/team/simple/"
CHAIN = [
    "the request",
    "environment",
    "index URL",
    "known hosts",
    "netrc",
    "store",
    "native store",
    ".pypirc",
    "helper",
    "keyring",
    "prompt",
]


@pytest.fixture
def netrc(home: Path) -> Path:
    """Return a netrc file with one entry."""
    file = home / ".netrc"
    file.write_text("machine pkgs.example.com login me password s3cret\n")
    file.chmod(0o600)
    return file


def explain(url: str = PAGE, username: str | None = None, **options: object) -> indexauth.Explanation:
    index = Index(TEAM, "team")
    return IndexAuth(**{"indexes": [index], "discover": False, **options}).explain(url, username)  # type: ignore[arg-type]


def outcomes(explanation: indexauth.Explanation) -> dict[str, str]:
    return {step.source: step.outcome for step in explanation.steps}


def test_every_source_is_there_in_its_order() -> None:
    """The order is that of the precedence."""
    assert [step.source for step in explain().steps] == CHAIN


@pytest.mark.usefixtures("netrc")
def test_what_is_found() -> None:
    """The first that has an answer, what it took, and who was not reached."""
    explanation = explain()
    assert explanation.credentials == Credentials.basic("me", "s3cret")
    assert (explanation.source, explanation.policy, explanation.scope) == ("netrc", "auto", "the index team")
    found = outcomes(explanation)
    assert (found["netrc"], found["store"], found["prompt"]) == ("found", "not reached", "not reached")
    seconds = {step.source: step.seconds for step in explanation.steps}
    assert seconds["netrc"] is not None
    assert seconds["store"] is None


@pytest.mark.usefixtures("netrc")
def test_resolve_is_explain_without_the_words() -> None:
    """The same chain, and nothing is sent."""
    auth = IndexAuth(discover=False)
    assert auth.resolve(PAGE) == auth.explain(PAGE).credentials == Credentials.basic("me", "s3cret")
    assert auth.resolve(PAGE, "you") is None
    assert auth.resolve("https://other.example/") is None
    assert auth.resolve("https://you@pkgs.example.com/") is None
    assert auth.resolve("https://you@pkgs.example.com/", "me") == Credentials.basic("me", "s3cret")


@pytest.mark.usefixtures("netrc")
def test_what_the_url_has() -> None:
    """A whole userinfo is the answer; no source is reached."""
    explanation = explain("https://you:given@pkgs.example.com/team/simple/thing/")
    assert explanation.credentials == Credentials.basic("you", "given")
    assert explanation.url == PAGE
    assert set(list(outcomes(explanation).values())[1:]) == {"not reached"}


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize(
    ("url", "policy", "why"),
    [
        pytest.param(f"{PAGE}?X-Amz-Signature=ab", "auto", "the URL is pre-signed", id="pre-signed"),
        pytest.param(PAGE, "never", 'the index has authenticate = "never"', id="never"),
    ],
)
def test_where_nothing_is_sent_no_source_is_asked(url: str, policy: Policy, why: str) -> None:
    """Each says why."""
    explanation = explain(url, indexes=[Index(TEAM, "team", policy)])
    assert explanation.credentials is None
    assert {(step.outcome, step.why) for step in explanation.steps} == {("skipped", why)}


@pytest.mark.usefixtures("netrc")
def test_no_secret_is_in_it() -> None:
    """Neither in the text, nor in JSON, nor in repr, nor in a step."""
    explanation = explain(f"{PAGE}?token=s3cret")
    shown = [str(explanation), repr(explanation), json.dumps(explanation.as_dict()), repr(explanation.steps)]
    assert all("s3cret" not in text for text in shown)
    assert all(step.found is None for step in explanation.steps)


@pytest.mark.usefixtures("netrc")
def test_json() -> None:
    """The keys are the contract's; a source that was not asked took no time."""
    data = explain(indexes=[Index(TEAM, "team", "always", origin="uv.toml")]).as_dict()
    assert list(data) == ["url", "index", "policy", "sources", "would_send", "attempts", "advice"]
    assert data["url"] == PAGE
    assert data["index"] == {"name": "team", "url": TEAM, "origin": "uv.toml"}
    assert (data["policy"], data["attempts"]) == ("always", [])
    assert data["would_send"] == {"scheme": "basic", "username": "me"}
    assert all(list(source) == ["source", "outcome", "why", "ms"] for source in data["sources"])
    took = {source["source"]: source["ms"] for source in data["sources"]}
    assert took["netrc"] >= 0
    assert took["store"] is None
    assert json.loads(json.dumps(data)) == data


def test_json_where_nothing_is_known() -> None:
    """No index, nothing to send."""
    data = IndexAuth(discover=False).explain("https://other.example/x").as_dict()
    assert (data["index"], data["policy"], data["would_send"]) == (None, "auto", None)


def test_a_user_name_with_an_empty_password_may_be_a_token(netrc: Path) -> None:
    """It is masked in JSON."""
    netrc.write_text('machine pkgs.example.com login tok3n password ""\n')
    explanation = explain()
    shown = [str(explanation), repr(explanation), json.dumps(explanation.as_dict())]
    assert all("tok3n" not in text for text in shown)


@pytest.mark.usefixtures("netrc")
def test_the_scope() -> None:
    """The index; else the realm."""
    assert explain(indexes=[Index(TEAM)]).scope == f"the index {TEAM}"
    assert explain(indexes=[]).scope == "https://pkgs.example.com"


@pytest.mark.parametrize("url", ["rubbish", "https://good\\@evil/", "ftp://h/"])
def test_what_is_no_url(url: str) -> None:
    """`resolve` and `explain` say so."""
    for ask in (IndexAuth(discover=False).resolve, IndexAuth(discover=False).explain):
        with pytest.raises(ValueError, match="not an http"):
            ask(url)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h/p", "https://h/p"),
        ("https://h/p?q=1#f", "https://h/p?****"),
        ("https://h/p#f?q", "https://h/p#****"),
    ],
)
def test_a_query_is_masked(url: str, shown: str) -> None:
    """A signature or a token often stands there."""
    assert mask_query(url) == shown
    assert parse_url(url)
