"""`indexauth explain`: index, policy, sources, what would be sent, and what to do about it."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest

from requests_indexauth import Credentials, CredentialStore, Index, IndexAuth
from support.commands import run_on_terminal
from support.messages import Reply, redirect, refused

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run
    from support.index import ServeIndex
    from support.messages import Request
    from support.server import Serve

URL = "https://pkgs.example.com/team/simple/"
SOURCES = ["the request", "environment", "index URL", "known hosts", "netrc", "store", "native store", ".pypirc",
           "helper", "keyring", "prompt"]  # fmt: skip


def explained(run: Run, *arguments: str, code: int | None = None) -> dict[str, Any]:
    """Return the JSON of an explanation."""
    ran = run("explain", *arguments, "--format", "json")
    if code is not None:
        assert (ran.code, ran.err) == (code, "")
    answer: dict[str, Any] = json.loads(ran.out)
    return answer


def outcome(answer: dict[str, Any], source: str) -> str:
    """Return what became of a source."""
    return next(str(one["outcome"]) for one in answer["sources"] if one["source"] == source)


def why(answer: dict[str, Any], source: str) -> str:
    """Return the reason given for it."""
    return next(str(one["why"]) for one in answer["sources"] if one["source"] == source)


# What is said


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


# Advice, without a request


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


def test_advice_for_an_index_that_never_gets_credentials(run: Run, workdir: Path) -> None:
    """The file and the line to change are named."""
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{URL}"\nauthenticate = "never"\n')
    answer = explained(run, URL, code=1)
    assert 'authenticate = "never"' in answer["advice"]
    assert "uv.toml, line 1" in answer["advice"]


def test_advice_for_a_signed_url(run: Run) -> None:
    """It goes out as it is."""
    answer = explained(run, "https://h.example/f?X-Goog-Signature=abc", code=1)
    assert "carries its own signature" in answer["advice"]


def jwt(**claims: object) -> str:
    """Return something in the form of a JSON web token."""
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{body}.c2ln"


@pytest.mark.parametrize(
    ("token", "expired"),
    [
        (jwt(exp=1000000000), True),
        (jwt(exp=time.time() + 3600), False),
        (jwt(), False),
        (jwt(exp="soon"), False),
        (jwt(exp=1e300), False),
        (jwt(exp=None), False),
        ("a.b.c", False),
        ("no-token", False),
        ("é.é.é", False),
    ],
    ids=["past", "future", "no time", "no number", "far too far", "null", "no JSON", "opaque", "no ASCII"],
)
def test_advice_for_a_token_that_is_past_its_time(run: Run, token: str, expired: bool) -> None:  # noqa: FBT001
    """A JSON web token says itself when it ends: no request is needed to see it."""
    CredentialStore().set(URL, Credentials.basic("me", token))
    answer = explained(run, URL, code=0)
    assert (answer["advice"] == "the token from store expired at 2001-09-09 01:46 UTC: get a new one") is expired
    assert (answer["advice"] is None) is not expired


# --live


def test_live_shows_each_attempt(run: Run, serve_index: ServeIndex) -> None:
    """Bare, refused with the challenge, then the store's credential, accepted."""
    index = serve_index(["thing"], {"me": "secret"})
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    answer = explained(run, index.index_url(), "--live", code=0)
    assert answer["attempts"] == [
        {"status": 401, "credential": None, "www_authenticate": 'Basic realm="index"', "url": index.index_url()},
        {"status": 200, "credential": "store", "www_authenticate": None, "url": index.index_url()},
    ]
    assert answer["advice"] is None
    assert index.statuses == [401, 200]


@pytest.mark.parametrize("how", ["header", "password", "quoted", "location"])
def test_live_masks_what_the_server_quotes(run: Run, serve: Serve, how: str) -> None:
    """A challenge or a redirect may repeat what was sent; the output is what people paste into an issue."""
    password = "p w/secret"

    def respond(request: Request) -> Reply:
        header = dict(request.headers).get("Authorization", "")
        said = {"header": header, "password": password, "quoted": "p%20w%2Fsecret"}.get(how, "") if header else ""
        if how == "location" and header and request.path == "/":
            return Reply(302, {"Location": "/p%20w%2Fsecret/x"})
        return Reply(401, {"WWW-Authenticate": f'Basic realm="you sent {said}"'})

    server = serve(respond)
    CredentialStore().set(server.url, Credentials.basic("me", password))
    for form in ("text", "json"):
        ran = run("explain", server.url, "--live", "--format", form)
        shown = ran.out + ran.err
        assert "****" in shown
        assert not [word for word in ("w/secret", "w%2Fsecret", "bWU6cCB3L3NlY3JldA==") if word in shown], shown


@pytest.mark.parametrize("password", ["team", "127.0.0.1", "http", "p"])
def test_live_leaves_the_url_that_was_asked_for_as_it_is(run: Run, serve: Serve, password: str) -> None:
    """The password stands in it by chance, and nobody was redirected."""
    server = serve(lambda _request: Reply(401, {"WWW-Authenticate": "Basic"}))
    url = f"{server.url}/team/simple/"
    CredentialStore().set(url, Credentials.basic("me", password))
    answer = explained(run, url, "--live", code=1)
    assert [attempt["url"] for attempt in answer["attempts"]] == [url, url]
    assert answer["advice"].startswith("the server refuses the credential from store")


@pytest.mark.parametrize("scheme", ["http", "https", "ftp"])
def test_live_masks_the_userinfo_of_a_redirect(run: Run, serve: Serve, scheme: str) -> None:
    """Also of one that nobody can follow."""
    server = serve(lambda _request: Reply(302, {"Location": f"{scheme}://u:hunter2@127.0.0.1:1/x"}))
    ran = run("explain", server.url, "--live")
    assert f"{scheme}://" in ran.out
    assert "hunter2" not in ran.out + ran.err


@pytest.mark.parametrize("password", ["team", "127.0.0.1", "http"])
def test_live_knows_the_server_of_a_redirect_whose_address_has_the_password(
    run: Run, serve: Serve, password: str
) -> None:
    """What the server may have quoted is masked in the path alone."""

    def respond(request: Request) -> Reply:
        return Reply(302, {"Location": f"/{password}/x"}) if request.path == "/" else Reply(401)

    server = serve(respond)
    CredentialStore().set(server.url, Credentials.basic("me", password))
    answer = explained(run, f"{server.url}/", "--live", code=1)
    assert answer["attempts"][-1]["url"] == f"{server.url}/****/x"
    assert "None" not in answer["advice"]


def test_live_masks_a_user_name_that_may_be_a_token(run: Run, serve: Serve) -> None:
    """It was sent with an empty password."""
    server = serve(lambda _request: Reply(401, {"WWW-Authenticate": 'Basic realm="no token-x here"'}))
    ran = run("explain", server.url.replace("//", "//token-x@"), "--live")
    assert "token-x" not in ran.out + ran.err


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


def test_live_without_need_of_a_credential_is_good(run: Run, serve: Serve) -> None:
    """A public page answers well although there is nothing to send."""
    server = serve()
    answer = explained(run, server.url, "--live", code=0)
    assert [one["status"] for one in answer["attempts"]] == [200]
    assert (answer["would_send"], answer["advice"]) == (None, None)


@pytest.mark.parametrize(
    ("status", "filled", "said"),
    [
        (401, True, "refuses the credential from store, which is wrong, expired or revoked"),
        (403, True, "knows the user from store and does not let it in"),
        (404, True, "has no such page, or none that the user from store may see"),
        (401, False, "keep a credential with"),
        (404, False, "some servers answer 404 to users who may not see a page; keep a credential"),
        (407, False, "it is the proxy that asks"),
        (503, True, "has a problem of its own (503)"),
        (418, True, "answers 418, and that is not about credentials"),
    ],
    ids=["401", "403", "404", "bare 401", "bare 404", "proxy", "server", "other"],
)
def test_advice_after_a_refusal(run: Run, serve: Serve, status: int, filled: bool, said: str) -> None:  # noqa: FBT001
    """Exit 1, and what the status means for this case."""
    server = serve(lambda _: refused(status))
    if filled:
        CredentialStore().set(server.url, Credentials.basic("me", "secret"))
    answer = explained(run, server.url, "--live", code=1)
    assert said in answer["advice"]


def test_live_with_a_user_name_and_nothing_else_sends_the_name_once(run: Run, serve: Serve) -> None:
    """As a session would: `NAME:` with an empty password."""
    server = serve(lambda _: refused())
    answer = explained(run, server.url, "-u", "me@corp", "--live", code=1)
    assert server.authorizations == [("basic", "me@corp", "")]
    assert [one["credential"] for one in answer["attempts"]] == ["the request"]
    assert answer["would_send"] == {"scheme": "basic", "username": "****"}


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


def test_advice_where_there_are_two_users(run: Run) -> None:
    """One of them is to be given, unless a third one was."""
    for name in ("me", "you"):
        CredentialStore().set(URL, Credentials.basic(name, "hidden"))
    assert "give one of these user names" in explained(run, URL)["advice"]
    assert "give that user name, or none" in explained(run, URL, "-u", "them", code=1)["advice"]


def test_live_with_a_password_in_the_url(run: Run, serve_index: ServeIndex) -> None:
    """It is sent at once."""
    index = serve_index(["thing"], {"me": "secret"})
    answer = explained(run, index.at("/simple/", user="me", password="secret"), "--live", code=0)
    assert [(one["status"], one["credential"]) for one in answer["attempts"]] == [(200, "the request")]
    assert answer["would_send"] == {"scheme": "basic", "username": "me"}


def test_live_shows_where_a_redirect_leads(run: Run, serve: Serve) -> None:
    """Without its query, which may be a signature; the credential stays behind."""
    files = serve()
    server = serve(lambda request: redirect(files.at("/f?sig=hunter22&se=1")) if request.user else refused())
    CredentialStore().set(server.url, Credentials.basic("me", "secret"))
    ran = run("explain", server.url, "--live")
    assert ran.code == 0
    assert f"request 3     200 without a credential, at {files.at('/f?****')}\n" in ran.out
    assert "hunter22" not in ran.out


def test_live_without_an_answer(run: Run, serve: Serve) -> None:
    """One line, exit 1, and no message of the network library's."""
    server = serve()
    url = server.url
    server.close()
    ran = run("explain", url, "--live")
    assert (ran.code, ran.err) == (1, "")
    assert "request 1     no answer (ConnectionError)\n" in ran.out
    assert "advice        the server gave no answer" in ran.out


@pytest.mark.parametrize("url", [f"https://{'a' * 64}.localhost/", "https://127.0.0.1:9/"], ids=["label", "bundle"])
def test_live_survives_what_requests_lets_through(run: Run, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """A host that is none and a missing bundle of certificates are errors of other kinds, and a line all the same."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there")
    ran = run("explain", url, "--live")
    assert (ran.code, ran.err) == (1, "")
    assert "request 1     no answer (" in ran.out


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


def test_a_challenge_cannot_steer_the_terminal(run: Run, serve: Serve) -> None:
    """Control characters of a server's are not passed on."""
    server = serve(lambda _: Reply(401, {"WWW-Authenticate": 'Basic realm="\x1b[2Jevil"'}))
    ran = run("explain", server.url, "--live")
    assert ran.code == 1
    assert "\x1b" not in ran.out
    assert 'realm="?[2Jevil"' in ran.out


def test_live_warns_of_a_broken_source_once(run: Run, serve: Serve, home: Path) -> None:
    """The explanation and the request share what was read."""
    (home / ".netrc").write_text("nonsense\n")
    server = serve(lambda _: refused())
    ran = run("explain", server.url, "--live")
    assert ran.code == 1
    assert ran.err.count("warning: netrc: ") == 1
