"""What a session tells: one line where a 401 stays one, and at DEBUG each look-up; never a secret."""

from __future__ import annotations

import copy
import logging
import sys
from typing import TYPE_CHECKING, Any

import pytest
import requests

from requests_indexauth import Credentials, CredentialStore, Index, IndexAuth, MissingCredentialsError, mount
from support.messages import Reply, redirect, refused

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import IndexServer, ServeIndex
    from support.messages import Request
    from support.server import Serve

NAME = "requests_indexauth"


def netrc(home: Path, password: str = "secret") -> None:
    """Have an entry for the servers."""
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {password}\n")
    (home / ".netrc").chmod(0o600)


def told(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    """Return what was said at a level, and forget it; nothing secret is in anything."""
    said = [record.getMessage() for record in caplog.records if record.name == NAME and record.levelno == level]
    assert "secret" not in caplog.text
    assert "hunter" not in caplog.text
    caplog.clear()
    return said


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index with one user."""
    return serve_index(["thing", "other"], {"me": "secret"})


# INFO


def test_a_401_that_stays_one_is_told_once(
    session: requests.Session, index: IndexServer, caplog: pytest.LogCaptureFixture
) -> None:
    """With the sources that were asked and the command that says why; not again for the same place."""
    caplog.set_level(logging.INFO, NAME)
    mount(session)
    url = index.page_url()
    assert session.get(f"{url}?token=hunter22").status_code == 401
    assert told(caplog, logging.INFO) == [
        (
            f"401 for {url}?****: none of the sources asked has a credential (netrc, store, .pypirc); "
            f"to see why: indexauth explain {url}"
        )
    ]
    assert session.get(index.page_url("other")).status_code == 401
    assert told(caplog, logging.INFO) == []


def test_sources_that_a_call_has_no_sending_left_for_are_told(
    session: requests.Session, index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They were not asked, so nothing is said of what they have; the next call gets in."""
    caplog.set_level(logging.INFO, NAME)
    netrc(home, "hunter22")
    CredentialStore().set(index.url, Credentials.basic("you", "hunter23"))
    corp = f"[corp]\nrepository = {index.index_url()}\nusername = me\npassword = secret\n"
    (home / ".pypirc").write_text(f"[distutils]\nindex-servers = corp\n{corp}")
    mount(session)
    assert session.get(index.page_url()).status_code == 401
    assert told(caplog, logging.INFO) == [
        (
            f"401 for {index.page_url()}: the server refuses the credentials from netrc and store, and a call is sent "
            "three times at most: the next one asks the others (.pypirc); to see why: "
            f"indexauth explain {index.page_url()}"
        )
    ]
    assert session.get(index.page_url("other")).status_code == 200


def test_a_credential_that_is_refused_is_told(
    session: requests.Session, index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """By its source; the command has the keyring provider that was given in code."""
    caplog.set_level(logging.INFO, NAME)
    netrc(home, "hunter22")
    mount(session, keyring_provider="subprocess")
    assert session.get(index.page_url()).status_code == 401
    assert told(caplog, logging.INFO) == [
        (
            f"401 for {index.page_url()}: the server refuses the credential from netrc, and none of the others asked "
            f"has another one (store, .pypirc); to see why: indexauth explain {index.page_url()} "
            "--keyring-provider subprocess"
        )
    ]


def test_where_code_says_more_than_a_command_can_the_session_explains(
    session: requests.Session, index: IndexServer, caplog: pytest.LogCaptureFixture
) -> None:
    """The command would know nothing of an index given in code."""
    caplog.set_level(logging.INFO, NAME)
    mount(session, [Index(index.index_url())])
    assert session.get(index.page_url()).status_code == 401
    (said,) = told(caplog, logging.INFO)
    assert said.endswith(f"to see why: print(session.auth.explain('{index.page_url()}'))")


@pytest.mark.parametrize("of_index", [False, True], ids=["in the request's URL", "in the index's URL"])
def test_a_user_name_alone_is_not_called_a_wrong_credential(
    session: requests.Session,
    index: IndexServer,
    caplog: pytest.LogCaptureFixture,
    of_index: bool,  # noqa: FBT001
) -> None:
    """It is its password that is missing."""
    caplog.set_level(logging.INFO, NAME)
    mount(session, [Index(index.index_url().replace("://", "://me@"))] if of_index else [])
    url = index.page_url()
    assert session.get(url if of_index else url.replace("://", "://me@")).status_code == 401
    (said,) = told(caplog, logging.INFO)
    assert ": only a user name is given, and none of the sources asked has its password (" in said


def test_after_a_redirect_both_places_are_told(
    session: requests.Session, serve: Serve, index: IndexServer, caplog: pytest.LogCaptureFixture
) -> None:
    """What is explained is the URL that was asked for."""
    caplog.set_level(logging.INFO, NAME)
    front = serve(lambda _: redirect(index.page_url()))
    mount(session)
    assert session.get(front.at("/thing/")).status_code == 401
    (said,) = told(caplog, logging.INFO)
    assert said.startswith(f"401 for {index.page_url()} (a redirect led there from {front.at('/thing/')}): ")
    assert said.endswith(f"indexauth explain {front.at('/thing/')}")


@pytest.mark.parametrize("given", ["auth", "url", "digest", "presigned", "never"])
def test_what_is_the_callers_own_is_not_told_of(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture, given: str
) -> None:
    """Nor what gets no credential by intent."""
    caplog.set_level(logging.INFO, NAME)
    server = serve(lambda _: refused(401))
    mount(session, [Index(server.at("/"), authenticate="never")] if given == "never" else [])
    auths: dict[str, Any] = {"auth": ("you", "hunter22"), "digest": requests.auth.HTTPDigestAuth("you", "hunter22")}
    url = server.at("/x?X-Amz-Signature=hunter22") if given == "presigned" else server.at("/x")
    if given == "url":
        url = server.at("/x", user="you", password="hunter22")
    assert session.get(url, auth=auths.get(given)).status_code == 401
    assert told(caplog, logging.INFO) == []


@pytest.mark.parametrize("level", [logging.WARNING, logging.INFO])
def test_an_answer_is_not_told_of(
    session: requests.Session, index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture, level: int
) -> None:
    """A 401 that was answered is no news."""
    caplog.set_level(level, NAME)
    netrc(home)
    mount(session)
    assert session.get(index.page_url()).ok
    assert told(caplog, logging.INFO) == []


# The error


def test_the_error_names_the_command(session: requests.Session, index: IndexServer, workdir: Path) -> None:
    """In its message; and the note of Python 3.11 has the remedy. The message is the same in a copy."""
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{index.index_url()}"\nauthenticate = "always"')
    mount(session)
    with pytest.raises(MissingCredentialsError) as raised:
        session.get(index.page_url())
    for error in (raised.value, copy.copy(raised.value)):
        assert str(error).endswith(f"; to see why: indexauth explain {index.page_url()}")
    notes = getattr(raised.value, "__notes__", [])
    remedy = f"To mend it: keep a credential with `indexauth login {index.index_url()}`"
    assert notes == ([remedy] if sys.version_info >= (3, 11) else [])


# DEBUG


def test_the_look_up_is_told_once_for_each_sending(
    session: requests.Session, index: IndexServer, workdir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """URL, index, policy, each source and outcome; what was remembered. The short cut looks up nothing."""
    caplog.set_level(logging.DEBUG, NAME)
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "{index.index_url()}"\n')
    CredentialStore().set(index.index_url(), Credentials.basic("me", "secret"))
    mount(session)
    assert session.get(f"{index.page_url()}?token=hunter22").ok
    url = f"GET {index.page_url()}?****"
    head = f"{url} (the index corp, policy auto)"
    skipped = "native store: skipped (UV_PREVIEW_FEATURES has no native-auth)"
    assert skipped not in caplog.text  # not reached
    assert told(caplog, logging.DEBUG) == [
        f"{head}: sending no credential",
        f"{url}: answered 401",
        (
            f"{head}: sending that from store, a source has it; asked: environment: nothing; index URL: nothing; "
            "known hosts: skipped (not a known host); netrc: nothing; store: found"
        ),
        f"{url}: answered 200; remembered that from store for the index corp and for {index.url}",
    ]
    assert session.get(index.page_url("other")).ok
    first, second = told(caplog, logging.DEBUG)
    assert first.endswith(": sending that from store, remembered")
    assert second.endswith(f": answered 200; remembered that from store for the index corp and for {index.url}")
    assert session.get(index.page_url("thing")).ok
    assert told(caplog, logging.DEBUG) == []


def test_what_is_refused_and_forgotten_is_told(
    session: requests.Session, index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After a rotation: forgotten, the sources asked afresh, and in vain."""
    caplog.set_level(logging.DEBUG, NAME)
    netrc(home)
    mount(session)
    assert session.get(index.page_url()).ok
    told(caplog, logging.DEBUG)
    index.root.users["me"] = "new one"
    assert session.get(index.page_url()).status_code == 401
    sent, answered, ended = told(caplog, logging.DEBUG)
    assert sent.endswith("sending that from netrc, accepted in the realm before")
    assert answered.endswith(": answered 401; forgot that from netrc")
    assert ": nothing more to send; asked: all afresh, since what was remembered is refused; " in ended
    assert "netrc: nothing (refused by the server before); store: nothing;" in ended


def test_a_wrong_credential_is_told_by_its_source(
    session: requests.Session, index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It was never accepted, so it is not forgotten."""
    caplog.set_level(logging.DEBUG, NAME)
    netrc(home, "hunter22")
    mount(session)
    assert session.get(index.page_url()).status_code == 401
    assert any(said.endswith(": answered 401; will not send here again that from netrc") for said in told(caplog, 10))


def test_what_is_given_is_told_without_its_secret(
    session: requests.Session, index: IndexServer, caplog: pytest.LogCaptureFixture
) -> None:
    """On the caller's word; one in the URL is remembered."""
    caplog.set_level(logging.DEBUG, NAME)
    mount(session)
    assert session.get(index.page_url().replace("://", "://me:secret@")).ok
    assert told(caplog, logging.DEBUG) == [
        f"GET {index.page_url()} (no index, policy auto): sending that from the request",
        f"GET {index.page_url()}: answered 200; remembered that from the request for {index.url}",
    ]


def test_what_is_good_again_on_the_callers_word_is_told(
    session: requests.Session, index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A refused password, given anew after the server took it back."""
    netrc(home)
    mount(session)
    index.root.users["me"] = "another"
    session.get(index.page_url())
    index.root.users["me"] = "secret"
    caplog.set_level(logging.DEBUG, NAME)
    assert session.get(index.page_url().replace("://", "://me:secret@")).ok
    assert told(caplog, logging.DEBUG)[-1].endswith(", on the caller's word good again")


def test_an_answer_that_never_comes_leaves_what_was_sent(
    session: requests.Session, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    """The record is there before the request."""
    caplog.set_level(logging.DEBUG, NAME)

    def gone(_: Request) -> Reply:
        return Reply(200, close=True)

    server = serve(gone)
    server.close()
    mount(session)
    with pytest.raises(requests.ConnectionError):
        session.get(server.at("/"))
    assert [said.rpartition(": ")[2] for said in told(caplog, logging.DEBUG)] == ["sending no credential"]


def test_an_auth_alone_tells_the_same(index: IndexServer, home: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without an adapter."""
    caplog.set_level(logging.DEBUG, NAME)
    netrc(home)
    assert requests.get(index.page_url(), auth=IndexAuth()).ok
    ends = [said.rpartition("): ")[2] or said for said in told(caplog, logging.DEBUG)]
    assert [end.partition(";")[0].partition(",")[0].rpartition(": ")[2] for end in ends] == [
        "sending no credential",
        "answered 401",
        "sending that from netrc",
        "answered 200",
    ]


def test_nothing_is_noted_while_the_logger_is_off(
    session: requests.Session, index: IndexServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is made for it, and the short cut answers."""
    monkeypatch.setattr("requests_indexauth.core.notes.Notes", lambda _: pytest.fail("noted"))
    netrc(home)
    auth = mount(session)
    assert all(session.get(index.page_url()).ok for _ in range(3))
    assert auth.authenticator.quick(index.page_url()) is not None


@pytest.mark.parametrize("key", ["\\u001b[2J", "\\r", "\\nx", "\\u202e"])
def test_a_projects_file_cannot_steer_a_terminal_or_forge_a_line_of_the_log(
    session: requests.Session, workdir: Path, caplog: pytest.LogCaptureFixture, key: str
) -> None:
    """What is wrong with a key is told with the key."""
    (workdir / "uv.toml").write_text(f'"index-url{key}" = "https://pkgs.example.com/"\n')
    mount(session).resolve("https://pkgs.example.com/")
    (told_of,) = told(caplog, logging.WARNING)
    assert "index-url?" in told_of
    assert told_of.isprintable()
