"""`indexauth helper`: Bazel's questions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"
GET = ("helper", "--protocol", "bazel", "get")


def ask(uri: str) -> str:
    """Return Bazel's question."""
    return json.dumps({"uri": uri, "unknown": [1]})


def test_a_stored_credential_is_answered_as_a_header(run: Run) -> None:
    """The form of uv's answer, to the byte."""
    CredentialStore().set(URL, Credentials.basic("u", "p"))
    ran = run(*GET, stdin=ask(f"{URL}/x.whl"))
    assert (ran.code, ran.out, ran.err) == (0, '{"headers": {"Authorization": ["Basic dTpw"]}}\n', "")


def test_a_bearer_token_is_answered(run: Run) -> None:
    """The other scheme."""
    CredentialStore().set(URL, Credentials.bearer("tok"))
    assert json.loads(run(*GET, stdin=ask(URL)).out) == {"headers": {"Authorization": ["Bearer tok"]}}


@pytest.mark.parametrize(
    "uri",
    ["https://nothing.example/", "grpcs://remote.example/", "ftp://pkgs.example.com/team"],
    ids=["nothing stored", "gRPC", "another scheme"],
)
def test_no_credential_is_an_answer_too(run: Run, uri: str) -> None:
    """Bazel goes on without."""
    CredentialStore().set(URL, Credentials.basic("u", "p"))
    ran = run(*GET, stdin=ask(uri))
    assert (ran.code, json.loads(ran.out)) == (0, {"headers": {}})


def test_a_user_name_in_the_uri_chooses(run: Run) -> None:
    """Two users, and Bazel's URI says which."""
    for user in ("a", "b"):
        CredentialStore().set(URL, Credentials.basic(user, user))
    assert json.loads(run(*GET, stdin=ask("https://b@pkgs.example.com/team")).out) == {
        "headers": {"Authorization": [Credentials.basic("b", "b").header]}
    }


def test_two_users_to_choose_from_are_exit_1(run: Run) -> None:
    """Nothing is on stdout, so that Bazel stops."""
    for user in ("a", "b"):
        CredentialStore().set(URL, Credentials.basic(user, "hidden"))
    ran = run(*GET, stdin=ask(URL))
    assert (ran.code, ran.out) == (1, "")
    assert "a, b; choose one" in ran.err


def test_netrc_is_asked_but_its_default_only_for_an_index(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bazel asks for every host it meets: a stranger must not collect the `default` entry."""
    (home / ".netrc").write_text("machine pkgs.example.com login m password p\ndefault login d password p\n")
    monkeypatch.setenv("UV_INDEX", "corp=https://corp.example/simple/")

    def user(uri: str) -> object:
        headers = json.loads(run(*GET, stdin=ask(uri)).out)["headers"]
        return headers.get("Authorization")

    assert user(URL) == [Credentials.basic("m", "p").header]
    assert user("https://stranger.example/") is None
    assert user("https://corp.example/simple/x/") == [Credentials.basic("d", "p").header]


def test_an_index_with_the_policy_never_gets_nothing(run: Run, home: Path, workdir: Path) -> None:
    """The policy holds for Bazel too."""
    (home / ".netrc").write_text("machine pkgs.example.com login m password p\n")
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{URL}/simple/"\nauthenticate = "never"\n')
    assert json.loads(run(*GET, stdin=ask(URL)).out) == {"headers": {}}


@pytest.mark.parametrize(
    "stdin",
    ["", "nonsense", "[]", "{}", '{"uri": 1}', '{"uri": "no-url"}', '{"uri": "https://h:99999/"}', '{"uri": null}',
     '"text"', "[" * 100000, '{"uri": "https://secret@@[x]/"}', b"\xff"],
    ids=["empty", "no JSON", "list", "no uri", "number", "relative", "port", "null", "string", "deep", "host", "bytes"],
)  # fmt: skip
def test_an_invalid_question_is_exit_2(run: Run, stdin: str | bytes) -> None:
    """One line that quotes nothing of it."""
    ran = run(*GET, stdin=stdin)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == 'error: helper: stdin is not {"uri": "https://..."}\n'


def test_two_users_are_no_question_where_the_policy_is_never(run: Run, workdir: Path) -> None:
    """Nothing is sent there, whoever is chosen."""
    for user in ("a", "b"):
        CredentialStore().set(URL, Credentials.basic(user, "hidden"))
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{URL}"\nauthenticate = "never"\n')
    ran = run(*GET, stdin=ask(URL))
    assert (ran.code, ran.out) == (0, '{"headers": {}}\n'), ran
