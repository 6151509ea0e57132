"""Sessions with a credential helper or with functions of the program's own: what reaches the server, and how often."""

from __future__ import annotations

import logging
import os
import pickle
import sys
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import keyring.core
import pytest

from requests_indexauth import Credentials, Index, IndexAuth, mount
from support.helpers import FakeHelper
from support.index import IndexServer
from support.keyrings import FakeBackend
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import ServeIndex

PACKAGES = ["one", "two", "three"]
ME = ("basic", "me", "pw")
PAIR = "Basic bWU6cHc="
scripts = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a helper is a script")


def token(_url: str, _username: str | None) -> Credentials | None:
    """Return the right credential, as a function that a pickle can name."""
    return Credentials.basic("me", "pw")


def pages(session: requests.Session, index: IndexServer) -> list[int]:
    """Return the statuses of the packages' pages."""
    return [session.get(index.page_url(name)).status_code for name in PACKAGES]


def warned(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what was warned of."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


@scripts
@pytest.mark.parametrize("indexed", [True, False], ids=["an index", "no index"])
def test_a_helper_costs_one_refusal_and_one_process(
    session: requests.Session, serve_index: ServeIndex, tmp_path: Path, indexed: object
) -> None:
    """What it gave is remembered like everything else."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    helper = FakeHelper(tmp_path, f"answer({PAIR!r})")
    mount(session, [Index(index.index_url())] if indexed else [], credential_helper=str(helper.path))
    assert pages(session, index) == [200, 200, 200]
    assert index.authorizations == [None, ME, ME, ME]
    assert helper.uris == [index.index_url() if indexed else index.page_url("one")]


@scripts
def test_a_helper_is_asked_again_after_a_refusal(
    session: requests.Session, serve_index: ServeIndex, tmp_path: Path
) -> None:
    """A token without an end was revoked."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    helper = FakeHelper(tmp_path, f"answer({PAIR!r})")
    mount(session, [Index(index.index_url())], credential_helper=str(helper.path))
    pages(session, index)
    index.root.users = {"me": "new"}
    helper.does("answer('Basic bWU6bmV3')")
    assert pages(session, index) == [200, 200, 200]
    assert len(helper.questions) == 2


@scripts
def test_a_helper_is_asked_again_before_its_token_ends(
    session: requests.Session, serve_index: ServeIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every request after the first one is let in at once, in the life of two tokens."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    helper = FakeHelper(tmp_path, f"answer({PAIR!r}, expires='2030-01-01T00:00:00Z')")
    clock = [1893456000.0 - 3600]  # an hour before
    for module in ("models.found", "core.short_cut", "sources.helper.command"):
        monkeypatch.setattr(f"requests_indexauth.{module}.time", lambda: clock[0])
    mount(session, credential_helper=str(helper.path))
    assert pages(session, index) == [200, 200, 200]
    helper.does("answer('Basic bWU6bmV3', expires='2030-01-01T02:00:00Z')")
    index.root.users = {"me": "new"}
    clock[0] += 3595
    assert pages(session, index) == [200, 200, 200]
    new = ("basic", "me", "new")
    assert index.authorizations == [None, ME, ME, ME, new, new, new]
    assert len(helper.questions) == 2


@scripts
def test_always_asks_a_helper_before_anything_is_sent(
    session: requests.Session, serve_index: ServeIndex, tmp_path: Path
) -> None:
    """And so does a user name in the URL."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    helper = FakeHelper(tmp_path, f"answer({PAIR!r})")
    mount(session, [Index(index.index_url(), authenticate="always")], credential_helper=str(helper.path))
    assert pages(session, index) == [200, 200, 200]
    assert session.get(index.page_url("one").replace("//", "//me@")).status_code == 200
    assert index.authorizations == [ME] * 4


@scripts
@pytest.mark.parametrize(
    ("body", "warning"),
    [
        ("say('', 1)", "helper: {path} failed with exit code 1"),
        ("say('x' * 50_000_000)", "helper: {path} printed more than 65536 bytes"),
    ],
)
def test_a_broken_helper_is_one_warning_and_a_miss(
    session: requests.Session,
    serve_index: ServeIndex,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    body: str,
    warning: str,
) -> None:
    """The refusals are the answers, and it is not asked for each of them."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    helper = FakeHelper(tmp_path, body)
    mount(session, credential_helper=str(helper.path))
    assert pages(session, index) == [401, 401, 401]
    assert warned(caplog) == [warning.format(path=helper.path)]
    assert len(helper.questions) == 1


@scripts
@pytest.mark.parametrize("by", ["token", "helper", "keyring"])
def test_a_helper_that_asks_us_again_comes_to_an_end(
    session: requests.Session,
    serve_index: ServeIndex,
    tmp_path: Path,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    by: str,
) -> None:
    """What it starts has every source but the helper, which is started once."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    asks = {
        "token": "[sys.executable, '-m', 'requests_indexauth', 'token', uri, '-u', 'me', '--resolve']",
        "keyring": "[sys.executable, '-m', 'keyring', 'get', uri, 'me']",
        "helper": "[sys.executable, '-m', 'requests_indexauth', 'helper', '--protocol', 'bazel', 'get']",
    }
    body = f"""
        import subprocess, base64
        uri = json.loads(asked)["uri"]
        command = [{sys.executable!r} if word == sys.executable else word for word in {asks[by]}]
        done = subprocess.run(command, input=asked, capture_output=True, text=True)
        if {by!r} == "helper":
            say(done.stdout)
        answer("Basic " + base64.b64encode(("me:" + done.stdout.strip()).encode()).decode())
    """
    helper = FakeHelper(tmp_path, body)
    monkeypatch.setenv("INDEXAUTH_CREDENTIAL_HELPER", f"127.0.0.1={helper.path}")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "requests_indexauth.keyring_backend.ReadOnlyPlaintextKeyring")
    mount(session, netrc=False)
    assert pages(session, index) == [200, 200, 200]
    assert len(helper.questions) == 1


def test_functions_are_asked_before_files_and_after_what_is_configured(
    session: requests.Session, serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The order in which the sources stand in an explanation."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "other", "wrong"))
    auth = mount(session, [Index(index.index_url(), name="mine")], sources=[token])
    assert pages(session, index) == [200, 200, 200]
    assert index.authorizations == [None, ME, ME, ME]
    names = [step["source"] for step in auth.explain(index.index_url()).as_dict()["sources"]]
    assert names[2:6] == ["index URL", "known hosts", "token()", "netrc"]
    monkeypatch.setenv("UV_INDEX_MINE_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_MINE_PASSWORD", "other")
    found = auth.resolve(index.index_url())
    assert found is not None
    assert found.password == "other"


def test_a_function_is_asked_once_and_again_after_a_refusal(session: requests.Session, serve_index: ServeIndex) -> None:
    """Once for an index and a user name."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    asked: list[tuple[str, str | None]] = []

    def rotating(url: str, username: str | None) -> Credentials | None:
        asked.append((url, username))
        return Credentials.basic("me", next(iter(index.root.users.values())))

    mount(session, [Index(index.index_url())], sources=[rotating])
    assert pages(session, index) == [200, 200, 200]
    index.root.users = {"me": "new"}
    assert pages(session, index) == [200, 200, 200]
    assert asked == [(index.page_url("one"), None)] * 2


def test_a_function_that_raises_is_one_warning_and_a_miss(
    session: requests.Session, serve_index: ServeIndex, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The sources after it are asked."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))

    def broken(_url: str, _username: str | None) -> Credentials | None:
        message = "secret"
        raise OSError(message)

    mount(session, sources=[broken])
    assert pages(session, index) == [200, 200, 200]
    assert warned(caplog) == ["broken(): the callback raised OSError"]


def test_ctrl_c_in_a_function_leaves_nothing_remembered(session: requests.Session, serve_index: ServeIndex) -> None:
    """The next request asks again."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    answers: list[Any] = [KeyboardInterrupt(), Credentials.basic("me", "pw")]

    def interrupted(_url: str, _username: str | None) -> Credentials | None:
        answer = answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[no-any-return]

    mount(session, sources=[interrupted])
    with pytest.raises(KeyboardInterrupt):
        session.get(index.page_url("one"))
    assert pages(session, index) == [200, 200, 200]


def test_a_function_may_send_through_the_session_it_serves(session: requests.Session, serve_index: ServeIndex) -> None:
    """To a service that makes tokens, which refuses it once more, say: no loop."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    service = serve_index(PACKAGES, users={"you": "pw"})

    def fetching(_url: str, _username: str | None) -> Credentials | None:
        assert session.get(service.page_url("one")).status_code == 401
        return Credentials.basic("me", "pw")

    mount(session, sources=[fetching])
    assert pages(session, index) == [200, 200, 200]
    assert service.authorizations == [None]


@pytest.mark.parametrize("indexed", [True, False], ids=["an index", "no index"])
def test_a_keyrings_backend_may_send_through_the_session_it_serves(
    session: requests.Session, serve_index: ServeIndex, monkeypatch: pytest.MonkeyPatch, indexed: object
) -> None:
    """As a vendor's does to see whether a token is still good: in another thread, which waits for no other one."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    seen: list[int] = []

    def answer(service: str, _username: str | None) -> tuple[str, str]:
        seen.append(session.get(service).status_code)
        seen.append(session.get(service, auth=("me", "pw")).status_code)
        return "me", "pw"

    monkeypatch.setattr(keyring.core, "_keyring_backend", FakeBackend(answer))
    mount(session, [Index(index.index_url())] if indexed else [], keyring_provider="import")
    assert pages(session, index) == [200, 200, 200]
    assert seen == [401, 200]


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_keeps_helpers_and_functions(serve_index: ServeIndex, protocol: int) -> None:
    """They are options like the others."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    helper = {"h.example": f"{os.path.abspath(os.sep)}token --x"}  # noqa: PTH100 - a text is what is tested
    auth = IndexAuth(sources=[token], credential_helper=helper)
    again = pickle.loads(pickle.dumps(auth, protocol))  # noqa: S301 - made here
    found = again.resolve(index.page_url("one"))
    assert found == Credentials.basic("me", "pw")
    assert repr(again) == repr(auth)
    assert "credential_helper=<for h.example>" in repr(again)


@dataclass
class Vault:
    """A program's own place of secrets, which shows them."""

    secret: str

    def find(self, _url: str, _username: str | None) -> Credentials | None:
        return Credentials.bearer(self.secret)

    __call__ = find


def test_a_function_is_shown_by_its_name_alone() -> None:
    """What it is bound to may be what unlocks a vault."""
    vault = Vault("hunter2")
    shown = repr(IndexAuth(sources=[token, vault.find, vault, partial(vault.find)], prompt=vault.find))
    assert "sources=(token, Vault.find, Vault, partial), prompt=Vault.find" in shown


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sources": token}, TypeError, r"write \[function\]"),
        ({"sources": None}, TypeError, r"write \[function\]"),
        ({"sources": "token"}, TypeError, r"write \[function\]"),
        ({"sources": [token, "token"]}, TypeError, r"write \[function\]"),
        ({"credential_helper": 1}, TypeError, "a command is a text"),
        ({"credential_helper": "./token"}, ValueError, "a command begins with"),
        ({"credential_helper": {"h:1": "token"}}, ValueError, "a host pattern is"),
    ],
)
def test_a_wrong_option_is_refused_at_once(
    session: requests.Session, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    """And not with the first request."""
    with pytest.raises(error, match=message):
        mount(session, **options)
    assert session.auth is None


def test_a_session_without_discovery_takes_a_helper_from_the_variable_alone(
    session: requests.Session, workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does the keyring's provider."""
    (workdir / "pyproject.toml").write_text('[tool.requests-indexauth]\ncredential-helper = "acme-token"\n')
    auth = mount(session, [Index("https://h.example/simple/")], discover=False)

    def why() -> str:
        steps = auth.explain("https://h.example/simple/").as_dict()["sources"]
        return str(next(step["why"] for step in steps if step["source"] == "helper"))

    assert why() == "no credential helper is named"
    monkeypatch.setenv("INDEXAUTH_CREDENTIAL_HELPER", "h.example=acme-token")
    auth = mount(session, [Index("https://h.example/simple/")], discover=False)
    assert "there is no acme-token on PATH" in why()
