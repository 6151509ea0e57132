"""What is told at DEBUG: each look-up and what it taught; never a secret."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
import requests

from requests_indexauth import Credentials, CredentialStore, mount
from support.logs import NAME, told
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import IndexServer, ServeIndex
    from support.server import Serve


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index with one user."""
    return serve_index(["thing", "other"], {"me": "secret"})


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
    write_netrc(home, ("127.0.0.1", "me", "secret"))
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
    write_netrc(home, ("127.0.0.1", "me", "hunter22"))
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
    write_netrc(home, ("127.0.0.1", "me", "secret"))
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
    server = serve(listening=False)
    mount(session)
    with pytest.raises(requests.ConnectionError):
        session.get(server.at("/"))
    assert [said.rpartition(": ")[2] for said in told(caplog, logging.DEBUG)] == ["sending no credential"]
