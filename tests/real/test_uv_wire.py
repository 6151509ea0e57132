"""What a job costs on the wire: a session of ours and the real uv, on one server, with the same files and variables.

The job is to read the pages of K packages and to fetch their files, which lie in a folder of their own (where they lie
below the pages, it depends on uv's timing which of them it asks for twice). uv asks for every URL bare first where it
has to look a credential up; we do so once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

import pytest

import requests_indexauth
from support.configuration import index_table, write_files
from support.uv import Uv

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import IndexServer, ServeIndex

K = 10
PACKAGES = [f"thing-{number}" for number in range(K)]
USER, PASSWORD = "me", "secret"


@dataclass
class Case:
    """Where the credential is, and how many requests the pages cost us and uv.

    Files cost us one request each, once the pages have been read; they cost uv as much as the pages did.
    """

    ours: int
    uv: int
    netrc: bool = False
    store: bool = False
    environment: bool = False
    userinfo: bool = False
    policy: str = "auto"


CASES = [
    pytest.param(Case(K + 1, 2 * K, netrc=True), id="netrc"),
    pytest.param(Case(K + 1, 2 * K, store=True), id="store"),
    pytest.param(Case(K, K, environment=True), id="environment"),
    pytest.param(Case(K, K, userinfo=True), id="index URL"),
    pytest.param(Case(K, K, netrc=True, policy="always"), id="always, netrc"),
    pytest.param(Case(K, K, store=True, policy="always"), id="always, store"),
]


@pytest.fixture
def uv(program: Callable[[str], str]) -> Uv:
    """Return the real uv."""
    return Uv(program("uv"))


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index of K packages that wants a password for pages and files."""
    return serve_index(PACKAGES, {USER: PASSWORD}, root="/team/simple", files="/team/files")


def arrange(case: Case, index: IndexServer, uv: Uv, home: Path, workdir: Path, patch: pytest.MonkeyPatch) -> None:
    """Put the credential where the case has it; uv itself fills the store."""
    url = index.index_url(user=USER, password=PASSWORD) if case.userinfo else index.index_url()
    table = index_table(url, f'authenticate = "{case.policy}"', "default = true", name="team")
    write_files(workdir, {"uv.toml": table})
    if case.netrc:
        write_files(home, {".netrc": f"machine 127.0.0.1 login {USER} password {PASSWORD}\n"})
    if case.store:
        uv.login(index.index_url(), USER, PASSWORD)
    if case.environment:
        patch.setenv("UV_INDEX_TEAM_USERNAME", USER)
        patch.setenv("UV_INDEX_TEAM_PASSWORD", PASSWORD)


@pytest.mark.parametrize("case", CASES)
def test_requests_for_pages_and_files(
    case: Case,
    index: IndexServer,
    uv: Uv,
    session: requests.Session,
    home: Path,
    workdir: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pages cost us K + 1 requests where uv needs 2K, or K like uv; files cost us K, and uv what the pages did."""
    arrange(case, index, uv, home, workdir, monkeypatch)

    requests_indexauth.mount(session)
    pages = [session.get(index.page_url(name)) for name in PACKAGES]
    files = [session.get(index.file_url(name)) for name in PACKAGES]
    assert {response.status_code for response in pages + files} == {200}
    assert count(index) == (case.ours, K)

    index.clear()
    done = uv.install(*PACKAGES, target=workdir / "installed")
    assert done.returncode == 0, done.stderr
    assert count(index) == (case.uv, case.uv)


def count(index: IndexServer) -> tuple[int, int]:
    """Return how many requests there were for pages, and how many for files."""
    pages = sum(request.path.endswith("/") for request in index.requests)
    return pages, len(index.requests) - pages


@pytest.mark.parametrize("source", ["netrc", "store"])
def test_a_missing_page_is_asked_for_once_more_with_a_credential_as_uv_does(
    source: str, index: IndexServer, uv: Uv, session: requests.Session, home: Path, workdir: Path
) -> None:
    """Many servers say 404 of what a user may not see; uv takes it for a refusal, and so do we."""
    if source == "netrc":
        write_files(home, {".netrc": f"machine 127.0.0.1 login {USER} password {PASSWORD}\n"})
    else:
        uv.login(index.index_url(), USER, PASSWORD)
    write_files(workdir, {"uv.toml": index_table(index.index_url(), "default = true", name="team")})
    index.root.refusal = 404

    requests_indexauth.mount(session)
    assert session.get(index.page_url("absent")).status_code == 404
    ours = index.authorizations
    index.clear()
    uv.resolve("absent")
    assert index.authorizations == ours == [None, ("basic", USER, PASSWORD)]
