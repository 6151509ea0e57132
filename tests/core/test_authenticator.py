"""What is told at INFO where a 401 stays one, and what a warning shows. Sessions are in `tests/session`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest
import requests

from requests_indexauth import Credentials, CredentialStore, Index, mount
from support.logs import NAME, told
from support.messages import redirect, refused
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import IndexServer, ServeIndex
    from support.server import Serve


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index with one user."""
    return serve_index(["thing", "other"], {"me": "secret"})


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
    write_netrc(home, ("127.0.0.1", "me", "hunter22"))
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
    write_netrc(home, ("127.0.0.1", "me", "hunter22"))
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
    write_netrc(home, ("127.0.0.1", "me", "secret"))
    mount(session)
    assert session.get(index.page_url()).ok
    assert told(caplog, logging.INFO) == []


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
