"""`pip-indexauth` without a choice of pips: its authenticator under a session, its children, and pips of
another make.

Real pips, many of them, are in `tests/real/test_pip_matrix.py`.
"""

from __future__ import annotations

import logging
import os
import stat
import sys
from contextlib import contextmanager
from multiprocessing.connection import Client
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.exchange.compat import RequestsCompat
from requests_indexauth.models.found import Found
from requests_indexauth.pip import main
from requests_indexauth.pip import prompt as pip_prompt
from requests_indexauth.pip.auth import PipAuth
from requests_indexauth.pip.child import ChildAuthenticator, ParentResolver
from requests_indexauth.pip.options import PipInternals
from requests_indexauth.pip.parent import serve_child
from requests_indexauth.pip.patch import _patch_children, _patch_python_option, _take_over
from requests_indexauth.pip.prompt import SAVE
from support.messages import Reply, redirect
from support.pips import Pip
from support.platforms import STORE_FOLDER, WINDOWS, pretend_windows
from support.queries import query
from support.wheels import backend_wheel, build_sdist

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.index import ServeIndex
    from support.messages import Request
    from support.server import Serve

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


class OurPipError(Exception):
    """Stands for pip's `InstallationError`."""


class Person:
    """Somebody at the terminal: answers from a list, and remembers the questions. No more answers: end of file."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def ask(self, question: str, _options: object = ()) -> str:
        """Answer one question, of any kind."""
        self.questions.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


def made(person: Person | None = None, auth: PipAuth | None = None) -> PipAuth:
    """Return the `auth` of pip's sessions, with a person at the terminal."""
    person = person or Person()
    auth = auth or PipAuth()
    compat = RequestsCompat(requests, lambda error, _: OurPipError(str(error)))
    auth.inside = PipInternals(compat, OurPipError, person.ask, person.ask, person.ask)
    return auth


class SessionAuth:
    """What pip makes of `session.auth`, and what is read of it."""

    def __init__(self, *index_urls: str) -> None:
        self.index_urls = list(index_urls) or None


def taken_over(session: requests.Session, auth: PipAuth, *index_urls: str) -> requests.Session:
    """Do to a session of `requests` what is done to one of pip."""
    session.auth = SessionAuth(*index_urls)  # type: ignore[assignment] # it stands for pip's
    _take_over(session, auth)
    return session


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pip_prompt, "is_terminal", lambda _stream: True)


def write_netrc(home: Path, password: str = "secret") -> None:
    """Put a password where the oldest tools look for it."""
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {password}\n")


# A session


def test_pages_and_files_cost_one_refusal(session: requests.Session, serve_index: ServeIndex, home: Path) -> None:
    """K packages, K + 1 requests, and a session of pip has no other authentication."""
    write_netrc(home)
    index = serve_index(["one", "two"], USERS)
    taken_over(session, made(), index.index_url())
    for name in ("one", "two"):
        assert session.get(index.page_url(name)).ok
        assert session.get(index.file_url(name)).ok
    assert index.authorizations == [None] + [GOOD] * 4


def test_adapters_that_are_mounted_later_are_used_too(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """A requirements file may name a trusted host: the adapter mounted for it stays what it is, and authenticates."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    taken_over(session, made(), index.index_url())
    adapter = HTTPAdapter()
    session.mount(index.url + "/", adapter)
    assert session.get(index.page_url()).ok
    assert session.get_adapter(index.page_url()) is adapter


def test_what_is_no_http_is_left_alone(session: requests.Session) -> None:
    """pip reads `file:` URLs through an adapter as well."""
    taken_over(session, made())
    adapter = HTTPAdapter()
    session.mount("file://", adapter)
    assert "send" not in vars(session.get_adapter("file:///wheels/"))


def test_two_sessions_share_what_was_found(serve_index: ServeIndex, home: Path) -> None:
    """pip makes a second session to look for a newer pip; one made without options has the indexes of the first."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    auth = made()
    with requests.Session() as first, requests.Session() as second:
        taken_over(first, auth, index.index_url()).get(index.page_url())
        taken_over(second, auth).get(index.page_url())
    assert auth.index_urls == [index.index_url()]
    assert index.authorizations == [None, GOOD, GOOD]


def test_a_redirect_takes_no_credential_along(
    session: requests.Session, serve_index: ServeIndex, serve: Serve, home: Path
) -> None:
    """After the first request the short way is taken; a redirect from there is still judged as one."""
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\nmachine localhost login x password y\n")
    other = serve(host="localhost")
    index = serve_index(["thing"], USERS)
    taken_over(session, made(), index.index_url())
    session.get(index.page_url())
    answer = index.respond

    def respond(request: Request) -> Any:
        reply = answer(request)
        return redirect(other.at("/file")) if reply.status == 200 else reply

    index.respond = respond
    assert session.get(index.page_url()).url == other.at("/file")
    assert other.authorizations == [None]


def test_a_url_whose_host_is_not_clear_is_an_error_of_pip(session: requests.Session) -> None:
    """It says which URL, and nothing of its userinfo."""
    auth = made()
    taken_over(session, auth)
    request = requests.Request("GET", "http://127.0.0.1/").prepare()
    request.url = "http://me:secret@good\\@evil/"
    with pytest.raises(OurPipError) as caught:
        auth.sender(HTTPAdapter().send)(request)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("policy", ["always", "never"])
def test_a_policy_is_kept(session: requests.Session, serve_index: ServeIndex, workdir: Path, policy: str) -> None:
    """What is missing, or too much, is pip's own error and sends nothing."""
    index = serve_index(["thing"], USERS)
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{index.index_url()}"\nauthenticate = "{policy}"\n')
    url = index.index_url() if policy == "always" else index.index_url(user="me", password="secret")
    taken_over(session, made(), url)
    with pytest.raises(OurPipError, match=policy):
        session.get(index.page_url())
    assert index.requests == []


# What is said of a refusal


@pytest.mark.parametrize(
    ("netrc", "policy", "words"),
    [
        ("wrong", "auto", "Credentials not correct for http://127.0.0.1:{port}/simple/"),
        (None, "auto", "no credentials found for http://127.0.0.1:{port}/simple/ (see: indexauth explain"),
        ("secret", "never", 'no credentials are sent there (authenticate = "never")'),
    ],
    ids=["wrong", "none", "never"],
)
def test_a_refusal_is_one_warning_for_an_index(
    session: requests.Session,
    serve_index: ServeIndex,
    home: Path,
    workdir: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    netrc: str | None,
    policy: str,
    words: str,
) -> None:
    """However many packages it refuses; the words say which of the reasons it is."""
    monkeypatch.setenv("PATH", str(workdir))  # an old `keyring` command would have a warning of its own
    if netrc is not None:
        write_netrc(home, netrc)
    index = serve_index(["one", "two"], USERS)
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{index.index_url()}"\nauthenticate = "{policy}"\n')
    taken_over(session, made(), index.index_url())
    statuses = [session.get(index.page_url(name)).status_code for name in ("one", "two")]
    assert statuses == [401, 401]
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert words.format(port=index.port) in warnings[0]


def test_what_no_index_covers_is_named_by_its_host(
    session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """A file pip was given the URL of."""
    index = serve_index(["thing"], USERS)
    taken_over(session, made())
    session.get(index.file_url())
    assert f"no credentials found for {index.url} " in caplog.text


@pytest.mark.parametrize("wrong", [True, False], ids=["wrong", "none"])
def test_a_refusal_may_be_a_403(
    session: requests.Session,
    serve: Serve,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    workdir: Path,
    *,
    wrong: bool,
) -> None:
    """Some servers answer a wrong password so, and some a missing one."""
    monkeypatch.setenv("PATH", str(workdir))
    server = serve(lambda _: Reply(403))
    taken_over(session, made(), server.at("/simple/", user="me", password="old") if wrong else server.at("/simple/"))
    for name in ("one", "two"):
        session.get(server.at(f"/simple/{name}/"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    words = "Credentials not correct for" if wrong else "no credentials found for"
    assert len(warnings) == 1
    assert f"403 Error, {words} {server.at('/simple/')}" in warnings[0]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda _: Reply(203, {"Content-Type": "text/html"}, b"Sign in"), "/simple/thing/ is a page to sign in on"),
        (
            lambda request: (
                Reply(200, {"Content-Type": "text/html"}, b"Sign in")
                if request.path == "/login"
                else Reply(302, {"Location": "/login#top"})
            ),
            "/login is a page to sign in on",
        ),
    ],
    ids=["203", "redirect"],
)
def test_a_sign_in_page_is_told_with_the_credential_that_was_not_sent(
    session: requests.Session,
    serve: Serve,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    answer: Callable[[Request], Reply],
    words: str,
) -> None:
    """pip itself would say that there are no versions."""
    write_netrc(home, "secret")
    server = serve(answer)
    taken_over(session, made(), server.at("/simple/"))
    for _ in range(2):
        session.get(server.at("/simple/thing/"))
    warnings = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert len(warnings) == 1
    assert warnings[0].startswith(f"no index page from {server.at('/simple/')}: ")
    assert words in warnings[0]
    assert "the credential from netrc was not sent: name" in warnings[0]
    assert 'uv.toml, with authenticate = "always"' in warnings[0]


def test_a_redirect_from_a_page_that_needs_no_login_is_not_told(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """A package may be called login."""
    server = serve(
        lambda request: (
            Reply(302, {"Location": "/simple/login/"})
            if request.path == "/simple/Login/"
            else Reply(200, {"Content-Type": "text/html"}, b"<a href='x'>x</a>")
        )
    )
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/Login/"))
    assert [record for record in caplog.records if record.levelno == logging.WARNING] == []


@pytest.mark.parametrize(
    ("challenge", "status", "words"),
    [
        ("Basic", 401, "Credentials not correct for {where}: the server refuses the credential from netrc, which is"),
        ("NTLM", 401, "401 Error for {where}: the server offers NTLM and neither Basic nor Bearer"),
        ("Basic", 403, "the server knows the user from netrc and does not let it in, or answers a wrong password so"),
    ],
    ids=["wrong", "NTLM", "403"],
)
def test_a_refusal_of_a_credential_names_its_source_and_what_to_do(
    session: requests.Session,
    serve: Serve,
    home: Path,
    caplog: pytest.LogCaptureFixture,
    challenge: str,
    status: int,
    words: str,
) -> None:
    """In the words of `explain`, so that the two agree."""
    write_netrc(home, "secret")
    server = serve(
        lambda request: Reply(status if request.authorization else 401, {"WWW-Authenticate": challenge}, b"no")
    )
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/"))
    assert words.format(where=server.at("/simple/")) in caplog.text
    assert "secret" not in caplog.text


def test_a_user_name_without_a_password_is_not_called_a_wrong_one(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """As `explain` says it."""
    server = serve(lambda _: Reply(401, {"WWW-Authenticate": "Basic"}, b"no"))
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/", user="me"))
    assert ": only a user name is known, and no password for it; " in caplog.text
    assert "wrong, expired or revoked" not in caplog.text


def test_a_redirect_to_another_host_that_refuses_is_told(
    session: requests.Session, serve: Serve, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """That no credentials were found would be wrong: there is one, and it stays where it belongs."""
    write_netrc(home, "secret")
    files = serve(lambda _: Reply(401, {"WWW-Authenticate": "Basic"}, b"no"), host="127.0.0.2")
    server = serve(
        lambda request: (
            Reply(302, {"Location": files.at("/f")})
            if request.authorization
            else Reply(401, {"WWW-Authenticate": "Basic"}, b"no")
        )
    )
    taken_over(session, made(), server.at("/simple/"))
    session.get(server.at("/simple/thing/"))
    assert f"401 Error for {server.at('/simple/')}: a redirect led to {files.at('/f')}, which" in caplog.text
    assert f"the credential from netrc is for {server.url} and stays there" in caplog.text


# pip's options


def test_userinfo_of_an_index_is_its_own_credential(
    session: requests.Session, serve_index: ServeIndex, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip copies it to each page's URL: variables go before it, and refused it is sent once."""
    index = serve_index(["one", "two"], USERS)
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "team"\nurl = "{index.index_url()}"\n')
    taken_over(session, made(), index.index_url(user="me", password="old"))
    page, other = (index.at(f"/simple/{name}/", user="me", password="old") for name in ("one", "two"))
    assert [session.get(url).status_code for url in (page, other)] == [401, 401]
    assert index.authorizations == [("basic", "me", "old"), None]
    index.clear()
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "secret")
    assert session.get(page).ok
    assert index.authorizations == [GOOD]


class Trusted(HTTPAdapter):
    """What pip mounts for a host that is trusted."""

    sent: tuple[str | None, ...] = ()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Remember the URL."""
        self.sent = (*self.sent, request.url)
        return super().send(request, *args, **options)


def test_the_adapter_is_that_of_the_host(session: requests.Session, serve_index: ServeIndex) -> None:
    """pip mounts one for each trusted host, and a URL with userinfo is for that host, too."""
    index = serve_index(["thing"], USERS)
    taken_over(session, made(), index.index_url())
    session.mount(f"http://{index.netloc}/", trusted := Trusted())
    assert session.get(index.at("/simple/thing/", user="me", password="secret")).ok
    assert trusted.sent == (index.page_url(),)


@pytest.mark.parametrize(
    ("given", "prompting", "configured", "provider"),
    [
        ("auto", True, None, "auto"),
        ("auto", False, None, "disabled"),
        ("auto", True, "subprocess", "subprocess"),
        ("auto", False, "subprocess", "subprocess"),
        ("import", True, "subprocess", "import"),
        ("disabled", True, "subprocess", "disabled"),
        (None, True, None, "auto"),
        (None, False, None, "auto"),
        (None, True, "disabled", "disabled"),
    ],
)
def test_which_keyring_provider_counts(
    workdir: Path, *, given: str | None, prompting: bool, configured: str | None, provider: str
) -> None:
    """pip's option, then uv's configuration, then pip's default; which pip before 23.1 has without the option."""
    if configured:
        (workdir / "uv.toml").write_text(f'keyring-provider = "{configured}"\n')
    auth = PipAuth()
    auth.keyring_provider, auth.prompting = given, prompting
    assert auth.authenticator.keyring_provider() == provider


@pytest.mark.parametrize(
    ("given", "configured", "expected"),
    [
        ("https://h/a/simple", None, ("https://h/a/simple/", None, "auto", None)),
        ("https://h/a/simple", "https://h/a", ("https://h/a/simple/", "ours", "always", None)),
        ("https://h/a/simple", "https://me:pw@h/a/simple", ("https://h/a/simple", "ours", "always", "me")),
        ("https://you:pw@h/a/simple/", "https://me:pw@h/a", ("https://h/a/simple/", "ours", "always", "you")),
        ("https://h/b/simple", "https://h/a/simple", ("https://h/b/simple/", None, "auto", None)),
    ],
    ids=["alone", "named", "with-credentials", "both", "another"],
)
def test_an_index_of_pips_keeps_the_name_and_policy_of_uvs_configuration(
    workdir: Path, given: str, configured: str | None, expected: tuple[str | None, ...]
) -> None:
    """pip knows neither; credentials that pip was given go before those of the configuration."""
    if configured:
        (workdir / "uv.toml").write_text(f'[[index]]\nname = "ours"\nurl = "{configured}"\nauthenticate = "always"\n')
    auth = PipAuth()
    auth.index_urls = ["./wheels", given]
    index = auth.authenticator.indexes.all[0]
    user = None if index.credentials is None else index.credentials.username
    assert (index.url, index.name, index.authenticate, user) == expected


# pip's question


@pytest.mark.parametrize("keep", ["y", "n"])
def test_a_person_is_asked_as_pip_asks(
    session: requests.Session, serve_index: ServeIndex, keep: str, caplog: pytest.LogCaptureFixture
) -> None:
    """User, password, and whether to keep them; kept for the index, once they were accepted."""
    caplog.set_level(logging.INFO)
    index = serve_index(["thing"], USERS, root="/team/simple")
    person = Person("me", "secret", keep)
    taken_over(session, made(person), index.index_url())
    assert session.get(index.page_url()).ok
    assert session.get(index.file_url()).ok
    assert person.questions == [f"User for {index.netloc}: ", "Password: ", SAVE]
    assert CredentialStore().services() == ([(f"{index.url}/team", "me")] if keep == "y" else [])
    assert ("Saved credentials to" in caplog.text) == (keep == "y")


@pytest.mark.parametrize(
    ("answers", "asked"),
    [([""], 1), ([], 1), (["me"], 2), (["me", "wrong"], 3), (["a:b", "wrong"], 2)],
    ids=["declined", "end-of-file", "no-password", "wrong", "no-header"],
)
def test_who_does_not_answer_well_is_refused_and_not_asked_again(
    session: requests.Session, serve_index: ServeIndex, answers: list[str], asked: int
) -> None:
    """The refusal is the answer; nothing is kept."""
    index = serve_index(["one", "two"], USERS)
    person = Person(*answers)
    taken_over(session, made(person), index.index_url())
    assert [session.get(index.page_url(name)).status_code for name in ("one", "two")] == [401, 401]
    assert len(person.questions) == asked
    assert CredentialStore().services() == []


def test_no_answer_to_the_offer_to_keep_them_is_a_no(session: requests.Session, serve_index: ServeIndex) -> None:
    """Ctrl-D, or a pipe with a user and a password: they are sent all the same."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    taken_over(session, made(person), index.index_url())
    assert session.get(index.page_url()).ok
    assert person.questions[-1] == SAVE
    assert CredentialStore().services() == []


def test_who_must_not_be_asked_is_not(session: requests.Session, serve_index: ServeIndex) -> None:
    """`--no-input`, which pip sets on the session's `auth` when that is made."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    auth = made(person)
    taken_over(session, auth, index.index_url())
    auth.prompting = False
    assert session.get(index.page_url()).status_code == 401
    assert person.questions == []


def test_who_has_no_terminal_sees_no_question(
    session: requests.Session, serve_index: ServeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would stand in what pip prints; an answer on stdin is read as ever."""
    monkeypatch.setattr(pip_prompt, "is_terminal", lambda _stream: False)
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret", "")
    taken_over(session, made(person), index.index_url())
    assert session.get(index.page_url()).ok
    assert person.questions == ["", "Password: ", SAVE]
    assert CredentialStore().services() == []


def test_a_password_alone_is_not_asked_for(session: requests.Session, serve_index: ServeIndex) -> None:
    """Nor does pip: a user name in the URL is often a token."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    taken_over(session, made(person), index.index_url(user="me"))
    assert session.get(index.page_url()).status_code == 401
    assert person.questions == []


def test_what_the_store_could_not_keep_is_not_offered(session: requests.Session, serve_index: ServeIndex) -> None:
    """Plain http to another machine: no question, and no failure after it."""
    index = serve_index(["thing"], USERS, host="localhost")
    person = Person("me", "secret")
    auth = made(person)
    taken_over(session, auth, index.index_url())
    assert auth.authenticator.prompt.find(query("http://127.0.0.2:1/x", challenged=True)) is not None
    assert person.questions[-1] == "Password: "


def test_a_store_that_cannot_be_written_is_one_warning(
    session: requests.Session, serve_index: ServeIndex, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer was good: pip goes on with it."""
    folder = home / STORE_FOLDER
    folder.mkdir(parents=True)
    (folder / "credentials.toml").write_text("what is this")
    index = serve_index(["thing"], USERS)
    taken_over(session, made(Person("me", "secret", "y")), index.index_url())
    assert session.get(index.page_url()).ok
    assert "the credentials are not kept: " in caplog.text
    assert "secret" not in caplog.text


# The pip that installs build dependencies


@contextmanager
def child_of(auth: PipAuth, *argv: str) -> Iterator[PipAuth]:
    """Be a child, in this very process."""
    with serve_child(auth.authenticator, ["python", "pip-runner", *argv]) as (_, variables):
        (address,) = variables.values()
        yield made(auth=PipAuth(lambda auth: ChildAuthenticator(auth, address)))


def authenticator_of(auth: PipAuth) -> ChildAuthenticator:
    """Return a child's authenticator as what it is."""
    assert isinstance(auth.authenticator, ChildAuthenticator)
    return auth.authenticator


def test_a_child_starts_with_what_its_parent_knows(
    session: requests.Session, serve_index: ServeIndex, home: Path, workdir: Path
) -> None:
    """Arguments, names, policies and accepted credentials; the child reads no file and is refused nothing."""
    write_netrc(home)
    index = serve_index(["one", "two"], USERS)
    (workdir / "uv.toml").write_text('[[index]]\nname = "closed"\nurl = "https://h/b"\nauthenticate = "always"\n')
    parent = made()
    taken_over(session, parent, index.index_url()).get(index.page_url("one"))
    (home / ".netrc").unlink()
    with child_of(parent, "install", "-i", index.index_url()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url("two")).ok
        assert authenticator_of(child).argv == ["pip-runner", "install", "-i", index.index_url()]
        assert [(one.name, one.authenticate) for one in child.authenticator.indexes.all][-1] == ("closed", "always")
        with pytest.raises(OurPipError, match=r"netrc, store"):
            theirs.get("https://h/b/thing/")
    assert index.authorizations == [None, GOOD, GOOD]


def test_a_child_asks_its_parent_for_what_it_needs(
    serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch, workdir: Path
) -> None:
    """A credential nobody has needed before: the index's own at once, any other after a refusal."""
    index = serve_index(["thing"], USERS)
    other = serve_index(["thing"], USERS, root="/team/simple")
    write_netrc(home)
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "team"\nurl = "{other.index_url()}"\n')
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "secret")
    with child_of(made()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
        assert theirs.get(other.page_url()).ok
    assert index.authorizations == [None, GOOD]
    assert other.authorizations == [GOOD]


def test_a_child_that_was_refused_gets_the_next_source(serve_index: ServeIndex, home: Path) -> None:
    """A host-wide netrc entry does not hide the store's, there as here."""
    index = serve_index(["thing"], USERS)
    write_netrc(home, "wrong")
    CredentialStore().set(index.index_url(), Credentials.basic("me", "secret"))
    with child_of(made()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
    assert index.authorizations == [None, ("basic", "me", "wrong"), GOOD]


def test_a_remembered_credential_that_is_refused_is_looked_for_afresh(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """The parent reads its files again when the child says that what it was given does not work any more."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    parent = made()
    taken_over(session, parent, index.index_url()).get(index.page_url())
    index.root.users["me"] = "changed"
    write_netrc(home, "changed")
    with child_of(parent) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
    assert index.authorizations == [None, GOOD, GOOD, ("basic", "me", "changed")]


def test_a_bearer_token_and_a_user_name_reach_the_child(
    serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch, workdir: Path
) -> None:
    """Whatever a source may answer with."""
    index = serve_index(["thing"], tokens={"t0ken"})
    store = home / STORE_FOLDER
    store.mkdir(parents=True)
    (store / "credentials.toml").write_text(
        f'[[credential]]\nservice = "{index.url}"\nscheme = "bearer"\ntoken = "t0ken"\n'
    )
    (workdir / "uv.toml").write_text('[[index]]\nname = "team"\nurl = "https://h/simple"\n')
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "me")
    with child_of(made()) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).ok
        authenticator = child.authenticator
        own = authenticator.resolver.index_credential(query("https://h/simple/x/", index=authenticator.indexes.all[-1]))
        assert isinstance(own, Found)
        assert (own.username, own.complete) == ("me", False)


def test_a_child_does_not_prompt(serve_index: ServeIndex) -> None:
    """As with plain pip: its output is hidden behind a spinner."""
    index = serve_index(["thing"], USERS)
    person = Person("me", "secret")
    with child_of(made(person)) as child, requests.Session() as theirs:
        taken_over(theirs, child, index.index_url())
        assert theirs.get(index.page_url()).status_code == 401
    assert person.questions == []


def test_what_a_child_learns_its_parent_and_the_next_child_know(serve_index: ServeIndex, home: Path) -> None:
    """The first is refused once, and those after it go on with what it found."""
    index = serve_index(["thing"], USERS)
    write_netrc(home)
    parent = made()
    parent.index_urls = [index.index_url()]
    for _ in range(3):
        with child_of(parent) as child, requests.Session() as theirs:
            taken_over(theirs, child, index.index_url())
            assert theirs.get(index.page_url()).ok
    assert index.authorizations == [None, GOOD, GOOD, GOOD]


def test_a_wrong_password_is_sent_by_one_child_only(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Not once for each package that is built, or an account would be locked; nor by the parent afterwards."""
    index = serve_index(["thing"], USERS)
    write_netrc(home, "wrong")
    parent = made()
    taken_over(session, parent, index.index_url())
    for _ in range(2):
        with child_of(parent) as child, requests.Session() as theirs:
            taken_over(theirs, child, index.index_url())
            assert theirs.get(index.page_url()).status_code == 401
    assert session.get(index.page_url()).status_code == 401
    assert index.authorizations.count(("basic", "me", "wrong")) == 1


def test_a_childs_child_asks_through_it(serve_index: ServeIndex, home: Path) -> None:
    """Build dependencies have build dependencies."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    with child_of(made()) as child, child_of(child) as grandchild, requests.Session() as theirs:
        taken_over(theirs, grandchild, index.index_url())
        assert theirs.get(index.page_url()).ok


@pytest.mark.skipif(sys.platform == "win32", reason="there it is a named pipe")
def test_the_command_line_has_no_userinfo_and_the_socket_is_ours_alone() -> None:
    """Neither a password nor a user name alone, in whatever argument; and nothing is left when the child has ended."""
    command = ["python", "pip-runner", "install", "-i", "https://me:pw@h/simple", "--proxy", "http://u:pw@p:1"]
    command += ["--find-links", "https://token@h/f", "thing @ git+https://me:pw@h/thing.git", "plain==1"]
    with serve_child(made().authenticator, command) as (masked, variables):
        (address,) = variables.values()
        assert "pw" not in " ".join(masked)
        assert "token" not in " ".join(masked)
        assert [masked[0], masked[2], masked[-1]] == ["python", "install", "plain==1"]
        assert masked[1].endswith("runner.py")
        assert stat.S_IMODE(Path(address).parent.stat().st_mode) == 0o700
    assert not Path(address).parent.exists()


def test_on_windows_the_pip_that_asks_knows_a_key(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Other users may read from a named pipe: with another key nothing is said, and silence stops nobody else."""
    authenticator = made().authenticator
    pretend_windows(monkeypatch, home)
    with serve_child(authenticator, ["python", "pip-runner", "install"]) as (_, variables):
        (address,) = variables.values()
        place, key = address.split(" ")
        assert len(bytes.fromhex(key)) == 32
        with Client(place) as silent:
            with pytest.raises(ConnectionRefusedError):
                ParentResolver(f"{place} {'0' * 64}", print)
            assert ParentResolver(address, print).start()["argv"] == ["pip-runner", "install"]
            assert silent.recv_bytes().startswith(b"#CHALLENGE#")


@pytest.mark.skipif(sys.platform == "win32", reason="the path is that of a socket")
def test_a_long_temporary_folder_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket's path may have about 100 bytes."""
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with child_of(made(), "install") as child:
        assert authenticator_of(child).argv == ["pip-runner", "install"]
    assert list(long.iterdir()) == []


def test_a_child_whose_parent_is_gone_goes_on_without(caplog: pytest.LogCaptureFixture) -> None:
    """It has no credentials, and says so once."""
    with child_of(made()) as child:
        resolver = authenticator_of(child).resolver
        assert isinstance(resolver, ParentResolver)
        resolver._connection.close()
        assert resolver.ask(query("https://h/x"), lambda _: False) is None
        assert resolver.asked(query("https://h/x")) == ()
    assert caplog.text.count("does not answer") == 1


def test_a_child_that_cannot_reach_its_parent_ends_with_one_line(tmp_path: Path) -> None:
    """It does not even know what it was to do."""
    runner = Path(sys.modules[PipAuth.__module__].__file__ or "").with_name("runner.py")
    gone = rf"\\.\pipe\gone {'0' * 64}" if WINDOWS else str(tmp_path / "gone")
    variables = {"REQUESTS_INDEXAUTH_PIP_PARENT": gone}
    ran = Pip(sys.executable, package=True).run([sys.executable, str(runner), "install", "x"], variables)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("pip-indexauth: the pip that started this one cannot be asked: ")
    assert "Traceback" not in ran.err


# The whole, with the pip that is here


@pytest.fixture
def pip() -> Pip:
    """Return the pip of the Python that runs the tests."""
    pytest.importorskip("pip")
    return Pip(sys.executable, package=True)


def test_this_pip_installs_what_has_to_be_built(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """The package and what builds it are private; one refusal for all of it, with a child of its own."""
    write_netrc(home)
    index = serve_index(["thing", build_sdist("made"), backend_wheel()], USERS)
    options = ["--no-cache-dir", "--target", workdir / "site", "--index-url", index.index_url()]
    ran = pip("install", *options, "made", "thing")
    assert ran.code == 0, ran
    assert (workdir / "site" / "made-1.0.dist-info").is_dir()
    assert index.count(status=401) == 1
    assert index.count(path="/simple/tiny-backend/") == 1


def test_requests_itself_is_not_imported(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """pip has a copy of its own, and the real one may be what is being installed."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    code = (
        "import sys, atexit\n"
        "unwanted = {'requests', 'urllib3', 'keyring'}\n"
        "atexit.register(lambda: sys.stderr.write(repr(sorted(unwanted & set(sys.modules)))))\n"
        "from requests_indexauth.pip import main\n"
        "main()"
    )
    options = ["--target", str(workdir / "site"), "--index-url", index.index_url()]
    ran = pip.run([sys.executable, "-c", code, "install", "--no-input", *options, "thing"], {})
    assert (ran.code, ran.err[-2:]) == (0, "[]"), ran


def test_a_command_without_network_loads_nothing_of_ours(pip: Pip) -> None:
    """Neither the authenticator nor pip's own session."""
    code = (
        "import sys, atexit\n"
        "wanted = {'requests_indexauth.core.authenticator', 'pip._internal.network.session'}\n"
        "atexit.register(lambda: sys.stderr.write(repr(sorted(wanted & set(sys.modules)))))\n"
        "from requests_indexauth.pip import main\n"
        "main(['--version'])"
    )
    ran = pip.run([sys.executable, "-c", code], {})
    assert (ran.code, ran.err) == (0, "[]"), ran


def test_a_program_built_on_pip_is_run_with_m(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """As pip-tools is: whatever uses pip's session in the same process."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    (workdir / "tool.py").write_text(
        "import sys\n"
        "from pip._internal.network.session import PipSession\n"
        "print(sys.argv[1:], PipSession().get(sys.argv[1]).status_code)\n"
    )
    ran = pip("-m", "tool", index.page_url(), PYTHONPATH=os.pathsep.join([str(workdir), pip.variables["PYTHONPATH"]]))
    assert (ran.code, ran.out) == (0, f"['{index.page_url()}'] 200\n"), ran


def test_cookies_and_redirects_are_those_of_pips_own_requests(
    pip: Pip, serve: Serve, home: Path, workdir: Path
) -> None:
    """A refusal's cookie comes back with the answer to it; what that copy takes from netrc goes nowhere unasked."""
    other = serve(host="localhost")

    def respond(request: Request) -> Reply:
        if request.user is None:
            return Reply(401, {"Set-Cookie": "seen=once"})
        return redirect(other.at("/elsewhere"))

    server = serve(respond)
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\nmachine localhost login x password y\n")
    (workdir / "tool.py").write_text(
        "import sys\n"
        "from pip._internal.network.session import PipSession\n"
        "print(PipSession().get(sys.argv[1]).status_code)\n"
    )
    path = os.pathsep.join([str(workdir), pip.variables["PYTHONPATH"]])
    ran = pip("-m", "tool", server.at("/page"), PYTHONPATH=path)
    assert (ran.code, ran.out) == (0, "200\n"), ran
    assert [request.headers["Cookie"] for request in server.requests] == [None, "seen=once"]
    assert other.authorizations == [None]


def test_another_python_is_run_by_us_too(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """`--python`: the other pip finds the credentials for itself, and may ask."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    options = ["--no-cache-dir", "--dest", workdir / "files", "--index-url", index.index_url()]
    ran = pip("--python", sys.executable, "download", *options, "thing")
    assert ran.code == 0, ran
    assert index.authorizations == [None, GOOD, GOOD]


def test_a_pip_without_that_option_is_left_alone() -> None:
    """pip before 22.3 has no `--python`."""
    module = ModuleType("pip._internal.cli.main_parser")
    _patch_python_option(module)
    assert not hasattr(module, "get_runnable_pip")


def test_a_pip_that_runs_another_python_otherwise_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    """It has the option, and nothing there is as it was."""
    module = ModuleType("pip._internal.cli.main_parser")
    module.identify_python_interpreter = None  # type: ignore[attr-defined]
    _patch_python_option(module)
    assert "no get_runnable_pip" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe needs no folder")
def test_where_there_can_be_no_socket_pip_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than show a password on a command line."""
    module = ModuleType("pip._internal.build_env")
    ran: list[Any] = []
    module.call_subprocess = ran.append  # type: ignore[attr-defined]
    auth = made()
    _patch_children(module, lambda: auth)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(OurPipError, match="no socket for the pip that installs build dependencies: No such file"):
        module.call_subprocess(["python", "pip-runner", "install"])
    assert ran == []


def test_a_pip_that_such_a_program_starts_is_ours_too(
    pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path
) -> None:
    """pip-compile starts one to build a project; what else a program starts is none of our business."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    (workdir / "tool.py").write_text(
        "import subprocess, sys\n"
        "subprocess.run([sys.executable, '-m', 'pip', *sys.argv[1:]], check=True)\n"
        "subprocess.run([sys.executable, '-c', 'pass'], check=True)\n"
        "subprocess.run(args='exit 0', shell=True, check=True)\n"
    )
    path = os.pathsep.join([str(workdir), pip.variables["PYTHONPATH"]])
    options = ["--no-cache-dir", "--dest", workdir / "files", "--index-url", index.index_url()]
    ran = pip("-m", "tool", "download", *options, "thing", PYTHONPATH=path)
    assert ran.code == 0, ran
    assert index.authorizations == [None, GOOD, GOOD]


@pytest.mark.parametrize("module", ["no_such_module", "no_such_package.module", "..x"])
def test_m_needs_a_module_that_is_there(capsys: pytest.CaptureFixture[str], module: str) -> None:
    """One line, as of `python -m`."""
    assert main(["-m", module]) == 1
    assert capsys.readouterr().err == f"pip-indexauth: no module named {module}: install it beside pip\n"


def test_m_needs_a_module(capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong use: exit code 2, and how it is used."""
    assert main(["-m"]) == 2
    assert "usage: pip-indexauth" in capsys.readouterr().err


# Pips that are made otherwise


FUTURE = {
    "pip/__init__.py": "",
    "pip/__main__.py": (
        "from pip._internal.network.session import PipSession\n"
        "from pip._internal import build_env\n"
        "PipSession(), PipSession()\n"
        "print('plain pip runs')\n"
    ),
    "pip/_internal/__init__.py": "",
    "pip/_internal/exceptions.py": "class InstallationError(Exception): pass\n",
    "pip/_internal/utils/__init__.py": "",
    "pip/_internal/utils/misc.py": "ask = ask_input = ask_password = input\n",
    "pip/_internal/network/__init__.py": "",
    "pip/_internal/network/session.py": "class PipSession: pass\n",
    "pip/_internal/build_env.py": "def call_subprocess(command, **_): pass\n",
    "pip/_vendor/__init__.py": "",
    "pip/_vendor/requests/__init__.py": "",
    "pip/_vendor/tomli/__init__.py": "",
}
MORE_OF_AUTH = (
    "class Auth:\n    index_urls, colour = None, 'blue'\n    def paint(self): return self.colour\n"
    "class PipSession:\n    def __init__(self): self.get_adapter = self.auth = Auth()\n"
)


def test_a_pip_that_wants_more_of_its_authentication_gets_it_from_its_own(tmp_path: Path) -> None:
    """What a future pip has added there is none of our business, and said once."""
    ask = (
        "from pip._internal.network.session import PipSession\n"
        "for _ in range(2): print(PipSession().auth.paint(), PipSession().auth.colour)\n"
        "print(hasattr(PipSession().auth, 'size'))\n"
    )
    ran = run_future(tmp_path, {**FUTURE, "pip/_internal/network/session.py": MORE_OF_AUTH, "pip/__main__.py": ask})
    assert (ran.code, ran.out) == (0, "blue blue\nblue blue\nFalse\n"), ran
    assert ran.err.count("pip-indexauth: this pip is not one it knows (it wants more") == 1, ran


OTHER_COMMAND = "from pip._internal.build_env import call_subprocess\ncall_subprocess(['python', 'pip', 'add'])\n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pip/_internal/network/session.py": None}, "(no pip._internal.network.session): plain pip runs"),
        ({"pip/_internal/network/__init__.py": None}, "): plain pip runs, without this authentication"),
        ({"pip/_internal/network/session.py": "PipSession = list"}, "(pip._internal.network.session: "),
        ({}, "(pip._internal.network.session: AttributeError)"),
        ({"pip/_internal/utils/misc.py": ""}, "(pip._internal.network.session: AttributeError)"),
    ],
    ids=["no-session", "no-network", "another-class", "another-auth", "another-question"],
)
def test_a_pip_with_another_inside_runs_plain_after_one_line(
    tmp_path: Path, changes: dict[str, str | None], words: str
) -> None:
    """Whatever a future pip has renamed: it is said once, and pip runs."""
    files = {**FUTURE, **changes}
    if files["pip/_internal/network/session.py"] is None or files["pip/_internal/network/__init__.py"] is None:
        files["pip/__main__.py"] = "print('plain pip runs')\n"
    if changes.get("pip/_internal/network/__init__.py", "") is None:
        files["pip/_internal/network/session.py"] = None
        files["pip/_internal/network.py"] = ""
    ran = run_future(tmp_path, files)
    assert (ran.code, ran.out) == (0, "plain pip runs\n"), ran
    assert ran.err.count("pip-indexauth: this pip is not one it knows") == 1, ran
    assert words in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pip/_internal/build_env.py": ""}, "(no call_subprocess in pip._internal.build_env): build dependencies"),
        (
            {"pip/__main__.py": OTHER_COMMAND + "print('plain pip runs')"},
            "(another command installs build dependencies)",
        ),
    ],
    ids=["no-function", "another-command"],
)
def test_build_dependencies_that_are_installed_otherwise_are_left_to_pip(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    """pip itself still has our authentication."""
    auth = "class Auth: index_urls = None\nclass PipSession:\n    get_adapter = auth = Auth()\n"
    ran = run_future(tmp_path, {**FUTURE, "pip/_internal/network/session.py": auth, **changes})
    assert (ran.code, ran.out) == (0, "plain pip runs\n"), ran
    assert ran.err.count("pip-indexauth: ") == 1, ran
    assert words in ran.err


def run_future(folder: Path, files: dict[str, str | None]) -> Any:
    """Run a pip made of a few files."""
    for name, text in files.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    pip = Pip(sys.executable, package=True)
    return pip("list", PYTHONPATH=os.pathsep.join([str(folder), pip.variables["PYTHONPATH"]]))


def test_without_pip_there_is_one_line() -> None:
    """An environment without pip."""
    code = (
        "import sys, importlib.util as util\n"
        "find = util.find_spec\n"
        "util.find_spec = lambda name, *args: None if name == 'pip' else find(name, *args)\n"
        "from requests_indexauth.pip import main\n"
        "sys.exit(main(['list']))"
    )
    ran = Pip(sys.executable, package=True).run([sys.executable, "-c", code], {})
    assert (ran.code, ran.err) == (1, "pip-indexauth: pip is not installed here: install it (python -m ensurepip)\n")
