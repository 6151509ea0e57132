"""What uv's two documents on authentication print, in their order, run as printed: see `support/documents.py`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import (
    Credentials,
    CredentialsNotAllowedError,
    CredentialStore,
    Index,
    IndexAuth,
    MissingCredentialsError,
    mount,
)
from support.documents import HOSTS, LINES, USERS, Hosts, commands, run_line
from support.messages import Reply
from support.tunnel import Tunnel
from support.wheels import build_sdist

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import requests

    from support.index import ServeIndex
    from support.server import Serve
    from support.tls import Authority

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the documents print a shell's lines")


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a machine that has the programs of the documents on PATH."""
    return commands(tmp_path)


@pytest.fixture
def hosts(serve_index: ServeIndex, authority: Authority) -> Iterator[Hosts]:
    """Return the documents' hosts, on this machine."""
    pytest.importorskip("twine")
    server = serve_index(["thing"], USERS, tls=authority.context(*HOSTS))
    with Tunnel(server.port) as tunnel:
        yield Hosts(server, {"HTTPS_PROXY": tunnel.url, "NO_PROXY": "", "REQUESTS_CA_BUNDLE": authority.bundle})


@pytest.mark.parametrize("name", [name for name, line in LINES.items() if not line.native])
def test_a_line_works_as_printed(
    name: str, variables: dict[str, str], tmp_path: Path, home: Path, workdir: Path, request: pytest.FixtureRequest
) -> None:
    """On a terminal, as a user types it."""
    line = LINES[name]
    hosts: Hosts | None = request.getfixturevalue("hosts") if line.served or line.uploads else None
    if hosts is not None:
        variables.update(hosts.variables)
        hosts.take_uploads()
        (workdir / "dist").mkdir()
        (workdir / "dist" / "test-package-1.0.0.tar.gz").write_bytes(build_sdist("test-package", "1.0.0").content)
    run_line(line, variables, tmp_path, home, workdir)
    if hosts is not None:
        assert hosts.uploads == list(line.uploads)


def test_the_sources_have_the_order_of_the_first_document(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """The URL, netrc, the store, the keyring: each hides those after it."""
    home.joinpath(".netrc").write_text("machine example.com login netrc password n\n")
    CredentialStore().set("https://example.com", Credentials.basic("store", "s"))
    monkeypatch.setenv("UV_INDEX", "https://user:pw@example.com/simple")
    url = "https://example.com/simple/"
    users = []
    for step in ("URL", "netrc", "store"):
        found = IndexAuth().resolve(url)
        users.append(found and found.username)
        if step == "URL":
            monkeypatch.setenv("UV_INDEX", "https://example.com/simple")
        elif step == "netrc":
            home.joinpath(".netrc").unlink()
    assert users == ["user", "netrc", "store"]


def test_the_policies_of_the_first_document(session: requests.Session, serve: Serve) -> None:
    """`auto` asks after a refusal, `always` wants credentials first, `never` none at all."""
    server = serve(lambda request: Reply(200 if request.authorization else 401))
    url = f"{server.url}/simple/"
    CredentialStore().set(server.url, Credentials.basic("me", "pw"))
    mount(session, [Index(url, "example", "auto")])
    assert session.get(url).status_code == 200
    mount(session, [Index(url, "example", "always")], store=False)
    with pytest.raises(MissingCredentialsError):
        session.get(url)
    mount(session, [Index(url, "example", "never")])
    assert session.get(url).status_code == 401
    with pytest.raises(CredentialsNotAllowedError):
        session.get(url.replace("//", "//me:pw@"))


def test_a_direct_url_of_the_first_document(session: requests.Session, serve: Serve) -> None:
    """`package @ https://username:password@host/package.whl` goes out with what stands in it."""
    server = serve(lambda request: Reply(200 if request.authorization else 401))
    mount(session)
    assert session.get(f"{server.url}/package.whl".replace("//", "//username:password@")).status_code == 200
    assert len(server.requests) == 1
