"""`indexauth login`: what is stored, what is asked, what is refused."""

from __future__ import annotations

import os
import re
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.commands import command, environment, on_terminal, run_child, run_on_terminal
from support.messages import Reply, Request, redirect, refused

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Ran, Run
    from support.index import ServeIndex
    from support.server import Serve

URL = "https://pkgs.example.com/team"


def test_a_login_is_stored_as_uv_stores_it(run: Run, store: Path) -> None:
    """The file's text and the message are those of `uv auth login`."""
    ran = run("login", f"{URL}/simple/", "-u", "me", "--password", "secret")
    assert (ran.code, ran.out, ran.err) == (0, "", f"Stored credentials for me@{URL}\n")
    assert store.read_text() == (
        f'[[credential]]\nservice = "{URL}"\nusername = "me"\nscheme = "basic"\npassword = "secret"\n'
    )


@pytest.mark.parametrize(
    ("arguments", "stdin", "service", "username", "password"),
    [
        (("pkgs.example.com", "-u", "me", "--password", "p"), "", "https://pkgs.example.com/", "me", "p"),
        (("https://me@pkgs.example.com/x", "--password", "p"), "", "https://pkgs.example.com/x", "me", "p"),
        (("https://me:p%40@pkgs.example.com/x",), "", "https://pkgs.example.com/x", "me", "p@"),
        (("https://h.example", "-t", "tok"), "", "https://h.example/", "__token__", "tok"),
        (("https://h.example", "--token", "-"), " tok \nmore\n", "https://h.example/", "__token__", "tok"),
        (("https://h.example", "-u", "me", "--password", "-"), "päss\r\n", "https://h.example/", "me", "päss"),
        (("--token", "tok"), "", "https://upload.pypi.org/legacy/", "__token__", "tok"),
        (("pypi", "--token=tok"), "", "https://upload.pypi.org/legacy/", "__token__", "tok"),
        (("TestPyPI", "-ttok"), "", "https://test.pypi.org/legacy/", "__token__", "tok"),
        (("http://localhost:8080/simple", "-u", "me", "--password", "p"), "", "http://localhost:8080/", "me", "p"),
        (("-u", "me", "--password", "-dash", "--", "h.example"), "", "https://h.example/", "me", "-dash"),
    ],
    ids=["host", "user in URL", "both in URL", "token", "token from stdin", "password from stdin", "default service",
         "pypi", "testpypi", "localhost", "after a double dash"],
)  # fmt: skip
def test_what_each_way_to_say_it_stores(
    run: Run, arguments: tuple[str, ...], stdin: str, service: str, username: str, password: str
) -> None:
    """Services and users are understood in every form; stdin gives its first line, stripped as uv does."""
    ran = run("login", *arguments, stdin=stdin)
    assert (ran.code, ran.out) == (0, "")
    assert CredentialStore().services() == [(service, username)]
    assert CredentialStore().get(service, username) == Credentials.basic(username, password)


def test_the_name_of_a_configured_index_means_its_root(run: Run, workdir: Path) -> None:
    """`indexauth login corp` needs no URL."""
    (workdir / "uv.toml").write_text('[[index]]\nname = "corp"\nurl = "https://pkgs.example.com/team/simple/"\n')
    assert run("login", "corp", "-u", "me", "--password", "p").err == f"Stored credentials for me@{URL}\n"
    assert CredentialStore().services() == [(URL, "me")]


def test_a_second_login_replaces_the_first(run: Run) -> None:
    """The same user has one password."""
    for password in ("one", "two"):
        run("login", URL, "-u", "me", "--password", password)
    assert CredentialStore().services() == [(URL, "me")]
    assert CredentialStore().get(URL) == Credentials.basic("me", "two")


def test_a_token_is_not_called_by_its_user_name(run: Run) -> None:
    """`__token__` tells nobody anything."""
    assert run("login", URL, "-t", "tok").err == f"Stored credentials for {URL}\n"


# On a terminal


@pytest.mark.parametrize(
    ("arguments", "answers", "expected"),
    [
        ((URL,), [("username: ", "me\n"), ("password: ", "sec ret\n")], Credentials.basic("me", "sec ret")),
        ((URL, "-u", "me"), [("password: ", "secret\n")], Credentials.basic("me", "secret")),
        ((URL, "--password", "secret"), [("username: ", " me \n")], Credentials.basic("me", "secret")),
        ((URL, "-u", "me", "--password", "-"), [("password: ", "secret\n")], Credentials.basic("me", "secret")),
        ((URL, "--token", "-"), [("token: ", "secret\n")], Credentials.basic("__token__", "secret")),
    ],
    ids=["all", "password", "user name", "password as -", "token as -"],
)
def test_what_is_missing_is_asked_for(
    arguments: tuple[str, ...], answers: list[tuple[str, str]], expected: Credentials
) -> None:
    """The terminal shows the user name as it is typed, and nothing of the secret."""
    ran = run_on_terminal("login", *arguments, answers=answers)
    assert ran.code == 0
    assert "Stored credentials for" in ran.out
    typed = expected.password or ""
    assert typed not in ran.out.replace("--password", "")
    assert CredentialStore().get(URL) == expected


@pytest.mark.parametrize(("name", "expected"), [("\n", "__token__"), ("me\n", "me")], ids=["empty", "given"])
def test_for_pypi_an_empty_user_name_means_a_token(name: str, expected: str) -> None:
    """PyPI takes tokens only, so nobody has to know that they go by `__token__`."""
    ran = run_on_terminal("login", answers=[("username [__token__]: ", name), ("password: ", "pypi-secret\n")])
    assert ran.code == 0
    assert CredentialStore().services() == [("https://upload.pypi.org/legacy/", expected)]


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([("username: ", "\n")], "the user name is empty"),
        ([("username: ", "\x04")], "there was no answer"),
        ([("username: ", "me\n"), ("password: ", "\n")], "the password is empty"),
        ([("username: ", "me\n"), ("password: ", "\x04")], "there was no answer"),
        ([("username: ", "a:b\n"), ("password: ", "secret\n")], "cannot hold a colon"),
    ],
    ids=["no user name", "Ctrl-D for the user name", "no password", "Ctrl-D for the password", "colon"],
)
def test_an_invalid_answer_stores_nothing(answers: list[tuple[str, str]], said: str, store: Path) -> None:
    """Exit 2, one line, no file."""
    ran = run_on_terminal("login", URL, answers=answers)
    assert ran.code == 2
    assert said in ran.out
    assert "Traceback" not in ran.out
    assert not store.exists()


@pytest.mark.parametrize(
    "answers",
    [[("username: ", "\x03")], [("username: ", "me\n"), ("password: ", "half\x03")]],
    ids=["user name", "password"],
)
def test_ctrl_c_at_a_prompt_ends_it_quietly(answers: list[tuple[str, str]], store: Path) -> None:
    """Exit 130, no traceback, no file."""
    ran = run_on_terminal("login", URL, answers=answers)
    assert ran.code == 130
    assert "Traceback" not in ran.out
    assert not store.exists()


def test_a_damaged_store_is_told_of_before_anybody_types(store: Path) -> None:
    """Nobody types a password that cannot be kept; the file stays as it is."""
    store.parent.mkdir(parents=True)
    store.write_text('[[credential]]\nservice = "secret\n')
    ran = run_on_terminal("login", URL, answers=[])
    assert ran.code == 2
    assert "username" not in ran.out
    assert store.read_text() == '[[credential]]\nservice = "secret\n'


# --check


@pytest.mark.parametrize("status", [401, 403])
def test_check_stores_nothing_that_the_server_refuses(serve: Serve, run: Run, status: int, store: Path) -> None:
    """One request is made, with the credential, and its refusal is exit 1."""
    server = serve(lambda _: refused(status))
    ran = run("login", server.at("/team/simple/"), "-u", "me", "--password", "wrong-one", "--check")
    assert ran.code == 1
    assert f"refuses this credential ({status})" in ran.err
    assert "wrong-one" not in ran.err
    assert server.authorizations == [("basic", "me", "wrong-one")]
    assert not store.exists()


def test_check_stores_what_the_server_accepts(serve_index: ServeIndex, run: Run) -> None:
    """The URL is asked as it was given, `/simple/` and all; then without the credential, to see that it was needed."""
    index = serve_index(["thing"], {"me": "secret"}, root="/team/simple")
    ran = run("login", index.index_url(), "-u", "me", "--password", "secret", "--check")
    assert (ran.code, "note: " in ran.err) == (0, False)
    assert [(request.path, request.status) for request in index.requests] == [
        ("/team/simple/", 200),
        ("/team/simple/", 401),
    ]
    assert [request.user for request in index.requests] == ["me", None]
    assert CredentialStore().services() == [(index.at("/team"), "me")]


@pytest.mark.parametrize("option", [("-u", "me", "--password", "secret"), ("--token", "secret")], ids=["user", "token"])
def test_what_cannot_be_stored_is_not_tried_out(
    serve: Serve, run: Run, monkeypatch: pytest.MonkeyPatch, option: tuple[str, ...]
) -> None:
    """A service on plain http elsewhere is refused before anything goes over the network."""
    proxy = serve(lambda _: Reply(200))
    monkeypatch.setenv("http_proxy", proxy.url)
    ran = run("login", "http://pkgs.example.com/x", *option, "--check")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: http://pkgs.example.com cannot be a service")
    assert proxy.requests == []


def test_what_cannot_be_stored_is_told_of_before_anybody_types(store: Path) -> None:
    """No password is asked for in vain."""
    ran = run_on_terminal("login", "http://pkgs.example.com", answers=[])
    assert ran.code == 2
    assert "cannot be a service" in ran.out
    assert not store.exists()


def test_a_query_is_not_shown_when_a_login_is_tried_out(serve: Serve, run: Run) -> None:
    """A token may stand in it."""
    for status in (401, 404, 500):
        server = serve(lambda _, status=status: Reply(status))
        ran = run("login", f"{server.url}/?sig=hunter2", "-u", "me", "--password", "secret", "--check")
        assert server.url in ran.err
        assert "hunter2" not in ran.err


def test_an_index_called_simple_is_stored_for_itself(run: Run) -> None:
    """One last `simple` is dropped, as by uv, and `logout` of the same URL finds what was stored."""
    page = "https://devpi.example/root/simple/+simple/"
    ran = run("login", page, "-u", "me", "--password", "secret")
    assert ran.err == "Stored credentials for me@https://devpi.example/root/simple\n"
    assert CredentialStore().services() == [("https://devpi.example/root/simple", "me")]
    assert run("logout", "https://devpi.example/root/").code == 1
    assert run("logout", page).code == 0
    assert CredentialStore().services() == []


def test_a_user_name_is_asked_for_where_the_password_is_to_be_read() -> None:
    """On a terminal `--password -` asks for both."""
    answers = [("username: ", "me\n"), ("password: ", "secret\n")]
    ran = run_on_terminal("login", "pkgs.example.com", "--password", "-", answers=answers)
    assert ran.code == 0
    assert CredentialStore().get("https://pkgs.example.com") == Credentials.basic("me", "secret")


def on_terminal_with_a_pipe(text: str, *arguments: str, answers: list[tuple[str, str]]) -> Ran:
    """Run a command line on a terminal, with a pipe for its standard input."""
    words = ["sh", "-c", f'printf "{text}" | "$@"', "sh", *command(*arguments)]
    return on_terminal(words, environment(), answers)


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("service", [("pkgs.example.com",), ("https://pkgs.example.com/", "--password=-")])
def test_the_user_name_is_asked_for_on_the_terminal_where_stdin_is_a_pipe(service: tuple[str, ...]) -> None:
    """`echo my-password | indexauth login example.com --password -`, as uv's documents print it."""
    arguments = service if len(service) > 1 else (*service, "--password", "-")
    ran = on_terminal_with_a_pipe("sec ret\\n", "login", *arguments, answers=[("username: ", " me \n")])
    assert ran.code == 0, ran.out
    assert CredentialStore().get("https://pkgs.example.com") == Credentials.basic("me", "sec ret")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_both_are_asked_for_on_the_terminal_where_stdin_is_a_pipe() -> None:
    """Nothing says that stdin has the password, so it is not read."""
    answers = [("username: ", "me\n"), ("password: ", "typed\n")]
    ran = on_terminal_with_a_pipe("piped\\n", "login", "pkgs.example.com", answers=answers)
    assert ran.code == 0, ran.out
    assert "typed" not in ran.out
    assert CredentialStore().get("https://pkgs.example.com") == Credentials.basic("me", "typed")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_there_is_no_prompt_where_stderr_is_no_terminal() -> None:
    """A user who sees no prompt would wait for a program that waits for the user."""
    words = ["sh", "-c", '"$@" < /dev/null 2> err; code=$?; cat err; exit $code', "sh", *command("login", URL)]
    ran = on_terminal(words, environment(), [])
    assert ran.code == 2
    assert "no terminal to ask" in ran.out


def test_a_secret_stuck_to_its_option_is_not_shown(run: Run) -> None:
    """The message names the option that was meant."""
    ran = run("login", "pkgs.example.com", "-u", "me", "--passwordhunter2")
    assert (ran.code, ran.out) == (2, "")
    assert "no space and no `=` behind --password " in ran.err
    assert "hunter2" not in ran.err


@pytest.mark.parametrize("status", [400, 404, 405, 429])
def test_check_warns_where_the_answer_says_nothing(serve: Serve, run: Run, status: int) -> None:
    """A 404 or 429 neither proves nor condemns a credential."""
    server = serve(lambda _: Reply(status))
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert "warning: " in ran.err
    assert f"{status}, which says nothing" in ran.err


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (302, "the server answers 302 and does not say where to"),
        (400, "or that it is cut off or too long for the server"),
        (431, "or that it is cut off or too long for the server"),
    ],
)
def test_check_warns_of_an_odd_answer(serve: Serve, run: Run, status: int, said: str) -> None:
    """It is no success, nor open to all, and may come of the credential."""
    ran = run("login", serve(lambda _: Reply(status)).url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert said in ran.err
    assert "open to all" not in ran.err


def test_check_stores_nothing_where_the_server_has_a_problem(serve: Serve, run: Run, store: Path) -> None:
    """What could not be checked is not kept."""
    server = serve(lambda _: Reply(503))
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 1
    assert "(503); nothing is stored" in ran.err
    assert not store.exists()


def test_check_stores_nothing_without_an_answer(serve: Serve, run: Run, store: Path) -> None:
    """A server that is not there is one line and exit 1."""
    server = serve()
    url = server.url
    server.close()
    ran = run("login", url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 1
    assert "could not be asked (ConnectionError); nothing is stored" in ran.err
    assert not store.exists()


def test_check_survives_what_requests_lets_through(run: Run, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """A bundle of certificates that is not there is no `RequestException`, but a line all the same."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/not/there")
    ran = run("login", "https://127.0.0.1:9/", "-t", "tok", "--check")
    assert ran.code == 1
    assert "could not be asked (OSError); nothing is stored" in ran.err
    assert not store.exists()


def test_check_follows_a_redirect_to_the_page_that_judges(serve: Serve, run: Run, store: Path) -> None:
    """`/team` leads to `/team/`, and only that one looks at the credential."""
    server = serve(lambda request: redirect("/team/") if request.path == "/team" else refused())
    ran = run("login", server.at("/team"), "-u", "me", "--password", "wrong", "--check")
    assert ran.code == 1
    assert not store.exists()


def test_check_sends_the_credential_to_no_other_host(serve: Serve, run: Run, home: Path) -> None:
    """A redirect to another realm goes without, netrc included; the verdict is the last answer to the credential."""
    other = serve(lambda _: refused())
    server = serve(lambda _: redirect(other.at("/sign-in")))
    (home / ".netrc").write_text("default login stranger password stranger\n")
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert other.authorizations == [None]


SIGN_IN = Reply(200, {"Content-Type": "text/html"}, b"<form>Sign in: <input type=password></form>")


@pytest.mark.parametrize("way", ["same host", "another host", "203"])
def test_check_stores_nothing_where_a_page_to_sign_in_on_comes_back(
    serve: Serve, run: Run, way: str, store: Path
) -> None:
    """A request that is not logged in gets that page, so the credential was not taken."""
    other = serve(lambda _: SIGN_IN, host="localhost")

    def respond(request: Request) -> Reply:
        if request.path.startswith("/sign-in"):
            return SIGN_IN
        if request.authorization == ("basic", "me", "right"):
            return Reply(200, {"Content-Type": "text/html"}, b'<a href="thing/">thing</a>')
        if way == "203":
            return Reply(203, {"Content-Type": "text/html"}, b"<html>Sign in</html>")
        return redirect("/sign-in" if way == "same host" else other.at("/sign-in"))

    url = serve(respond).at("/team/simple/")
    ran = run("login", url, "-u", "me", "--password", "wrong", "--check")
    assert ran.code == 1
    assert "is a page to sign in on" in ran.err
    assert not store.exists()
    ran = run("login", url, "-u", "me", "--password", "right", "--check")
    assert (ran.code, ran.err) == (0, f"Stored credentials for me@{url[:-8]}\n")


def test_check_on_a_page_that_is_open_to_all_says_that_it_proves_nothing(serve: Serve, run: Run) -> None:
    """The credential is kept: nothing speaks against it."""
    server = serve()
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 0
    assert f"note: {server.url} is open to all, so its answer proves nothing about this credential\n" in ran.err


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refused(403), "does not let it in, or answers a wrong password so"),
        (refused(challenge="Negotiate"), "offers Negotiate and neither Basic nor Bearer"),
        (refused(challenge="Bearer"), "it offers Bearer tokens only, so a password may be of the wrong kind"),
        (Reply(511), "the network that this machine is in wants a sign-in first (511)"),
    ],
    ids=["403", "no Basic", "Bearer only", "511"],
)
def test_check_says_what_else_a_refusal_may_mean(serve: Serve, run: Run, reply: Reply, said: str) -> None:
    """In the words of `explain`."""
    ran = run("login", serve(lambda _: reply).url, "-u", "me", "--password", "secret", "--check")
    assert ran.code == 1
    assert said in ran.err


def test_check_says_why_no_server_answers(serve: Serve, run: Run) -> None:
    """As `explain --live` does."""
    server = serve()
    server.close()
    ran = run("login", server.url, "-u", "me", "--password", "secret", "--check")
    assert f"nothing listens at {server.netloc} (connection refused)" in ran.err


# Where nobody can be asked


def test_without_a_terminal_a_missing_part_is_an_error_and_no_wait() -> None:
    """A script that forgot the password gets exit 2 at once."""
    ran = run_child("login", URL, "-u", "me")
    assert (ran.code, ran.out) == (2, "")
    assert "no terminal to ask" in ran.err


@pytest.mark.skipif(sys.platform == "win32", reason="a child there always has a stdin")
def test_stdin_that_is_closed_is_an_error() -> None:
    """`indexauth login --token - <&-` has nothing to read."""
    ran = run_child("login", URL, "-t", "-", preexec_fn=lambda: os.close(0))
    assert ran.code == 2
    assert re.fullmatch(r"error: the token .*\n", ran.err)


def test_stdin_without_an_end_is_an_error_that_quotes_nothing(run: Run) -> None:
    """Its first line is read up to what can be a secret at all; a store of such lines would be read no more."""
    ran = run("login", URL, "-u", "me", "--password", "-", stdin="s3cret" * 200_000)
    assert (ran.code, ran.err) == (2, "error: the password on stdin is longer than 1048576 characters\n")
    assert CredentialStore().services() == []


def test_stdin_that_is_no_text_is_an_error_that_quotes_nothing(run: Run) -> None:
    """Bytes that are no UTF-8 are not stored as something else."""
    ran = run("login", URL, "-u", "me", "--password", "-", stdin=b"sec\xffret\n")
    assert (ran.code, ran.err) == (2, "error: the password cannot be read from stdin\n")


def test_without_a_service_it_is_for_pypi_and_says_so(run: Run) -> None:
    """All three commands mean the same by it."""
    ran = run("login", "--token", "pypi-secret")
    assert ran.err == "Stored credentials for https://upload.pypi.org/legacy/ (PyPI, for no SERVICE is given)\n"
    assert run("token").out == "pypi-secret\n"
    assert run("logout").err.startswith("Removed credentials for https://upload.pypi.org/legacy/, here only")
    assert CredentialStore().services() == []


@pytest.mark.parametrize("command_line", ["login {} -u me --password pw", "token {}", "logout {}"])
def test_a_word_that_names_no_index_is_refused(run: Run, workdir: Path, store: Path, command_line: str) -> None:
    """Nothing is stored; the message has the names there are, and not the word, which may be a token."""
    (workdir / "uv.toml").write_text(
        '[[index]]\nname = "corp"\nurl = "https://h/a/simple"\n[[index]]\nname = "team"\nurl = "https://h/b"\n'
    )
    ran = run(*command_line.format("crop").split())
    assert (ran.code, ran.out) == (2, "")
    said = "error: no index has that name (there are corp, team, pypi, testpypi): give one of these, or https://host/path\n"
    assert ran.err == said
    assert not store.exists()


def test_ipv6_loopback_is_a_service(run: Run) -> None:
    """As for uv."""
    assert run("login", "http://[::1]:8080/simple", "-u", "me", "--password", "pw").code == 0
    assert CredentialStore().services() == [("http://[::1]:8080/", "me")]
    assert run("token", "http://[::1]:8080/x").out == "pw\n"
    assert run("logout", "http://[0:0::1]:8080").code == 0
    assert CredentialStore().services() == []
