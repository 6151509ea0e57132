"""What it costs: how many requests reach a server, and how often sources are asked, for K packages."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth import Credentials, Index, mount
from support.files import serve_file
from support.keyrings import FakeCommand
from support.messages import refused
from support.platforms import STORE_FOLDER
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import requests

    from support.index import IndexServer, ServeIndex
    from support.messages import Reply, Request
    from support.server import RecordingServer, Serve

K = 6
PACKAGES = [f"package-{number}" for number in range(K)]
ME = ("basic", "me", "pw")


def write_store(home: Path, *entries: tuple[str, str, str]) -> None:
    """Write the file that `uv auth login` fills; entries are (service, user, password)."""
    folder = home / STORE_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "credentials.toml").write_text(
        "".join(
            f'[[credential]]\nservice = "{service}"\nusername = "{user}"\nscheme = "basic"\npassword = "{password}"\n'
            for service, user, password in entries
        ),
        encoding="utf-8",
    )


def write_pypirc(home: Path, *entries: tuple[str, str, str]) -> None:
    """Write `~/.pypirc`; entries are (repository, user, password)."""
    names = [f"server{number}" for number, _ in enumerate(entries)]
    sections = [
        f"[{name}]\nrepository = {url}\nusername = {user}\npassword = {password}\n"
        for name, (url, user, password) in zip(names, entries)
    ]
    text = f"[distutils]\nindex-servers = {' '.join(names)}\n" + "".join(sections)
    (home / ".pypirc").write_text(text, encoding="utf-8")


class Machine:
    """Where credentials may lie, for one test."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        self.home = home
        self.monkeypatch = monkeypatch
        self.keyring = FakeCommand(tmp_path)
        monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def machine(home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    return Machine(home, monkeypatch, tmp_path)


Setup = Callable[[Machine, "IndexServer"], "dict[str, object]"]


def in_netrc(machine: Machine, _index: IndexServer) -> dict[str, object]:
    write_netrc(machine.home, ("127.0.0.1", "me", "pw"))
    return {}


def in_the_store(machine: Machine, index: IndexServer) -> dict[str, object]:
    write_store(machine.home, (index.at("/simple"), "me", "pw"))
    return {}


def in_pypirc(machine: Machine, index: IndexServer) -> dict[str, object]:
    write_pypirc(machine.home, (index.index_url(), "me", "pw"))
    return {}


def in_the_keyring(machine: Machine, index: IndexServer) -> dict[str, object]:
    machine.keyring.knows({(index.index_url(), "me"): "pw"})
    return {"keyring_provider": "subprocess"}


def by_a_prompt(_machine: Machine, _index: IndexServer) -> dict[str, object]:
    return {"prompt": lambda _url, _username: Credentials.basic("me", "pw")}


def in_the_environment(machine: Machine, _index: IndexServer) -> dict[str, object]:
    machine.monkeypatch.setenv("UV_INDEX_PRIVATE_USERNAME", "me")
    machine.monkeypatch.setenv("UV_INDEX_PRIVATE_PASSWORD", "pw")
    return {}


SOURCES: dict[str, Setup] = {
    "netrc": in_netrc,
    "store": in_the_store,
    ".pypirc": in_pypirc,
    "keyring": in_the_keyring,
    "prompt": by_a_prompt,
}


def get_all(session: requests.Session, index: IndexServer, names: Sequence[str] = PACKAGES) -> None:
    """Get every package's page and file, as an installer does."""
    for name in names:
        assert session.get(index.page_url(name)).status_code == 200
        assert session.get(index.file_url(name)).status_code == 200


# Without an index the keyring's command is not asked for whatever user there may be.
AFTER_A_REFUSAL = [
    pytest.param(SOURCES[source], configured, id=f"{source}, {'an index' if configured else 'no index'}")
    for source in SOURCES
    for configured in (True, False)
    if configured or source != "keyring"
]


@pytest.mark.parametrize("files", [None, "/files"], ids=["files in the index", "files beside it"])
@pytest.mark.parametrize(("setup", "configured"), AFTER_A_REFUSAL)
def test_what_is_found_after_a_refusal_costs_one_request_more(
    setup: Setup,
    *,
    configured: bool,
    files: str | None,
    machine: Machine,
    serve_index: ServeIndex,
    session: requests.Session,
) -> None:
    """K packages, pages and files: K + 1 requests for the first kind, and not one more for the other."""
    index = serve_index(PACKAGES, users={"me": "pw"}, files=files)
    options = setup(machine, index)
    mount(session, [Index(index.index_url())] if configured else [], **options)  # type: ignore[arg-type]
    get_all(session, index)
    assert index.authorizations == [None] + [ME] * (2 * K)


@pytest.mark.parametrize("files", [None, "/files"], ids=["files in the index", "files beside it"])
@pytest.mark.parametrize(
    ("setup", "options"),
    [
        pytest.param(in_the_environment, {"name": "private"}, id="environment"),
        pytest.param(lambda *_: {}, {"user": "me", "password": "pw"}, id="index URL"),
        pytest.param(in_netrc, {"authenticate": "always"}, id="always, netrc"),
        pytest.param(in_the_store, {"authenticate": "always"}, id="always, store"),
        pytest.param(in_the_keyring, {"authenticate": "always"}, id="always, keyring"),
    ],
)
def test_what_is_configured_for_the_index_costs_nothing(
    setup: Setup,
    options: dict[str, str],
    files: str | None,
    machine: Machine,
    serve_index: ServeIndex,
    session: requests.Session,
) -> None:
    """With variables, the index URL or `always`: K packages, K requests, none of them bare."""
    index = serve_index(PACKAGES, users={"me": "pw"}, files=files)
    named = {key: options[key] for key in ("name", "authenticate") if key in options}
    url = index.at("/simple/", user=options.get("user"), password=options.get("password"))
    mount(session, [Index(url, **named)], **setup(machine, index))  # type: ignore[arg-type]
    get_all(session, index)
    assert index.authorizations == [ME] * (2 * K)


@pytest.mark.parametrize("refusal", [401, 403, 404])
def test_a_server_that_hides_behind_another_refusal_costs_no_more(
    refusal: int, home: Path, serve_index: ServeIndex, session: requests.Session
) -> None:
    """403 and 404 to a bare request are asked about like a 401."""
    index = serve_index(PACKAGES, users={"me": "pw"}, refusal=refusal)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    get_all(session, index)
    assert index.authorizations == [None] + [ME] * (2 * K)


def test_an_open_index_is_asked_once_a_page(home: Path, serve_index: ServeIndex, session: requests.Session) -> None:
    """Who needs no credential gets none, whatever netrc has."""
    index = serve_index(PACKAGES)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session, [Index(index.index_url())])
    get_all(session, index)
    assert index.authorizations == [None] * (2 * K)


def test_a_keyring_without_an_entry_is_asked_once(
    machine: Machine, serve_index: ServeIndex, session: requests.Session
) -> None:
    """A "nothing" is remembered like an answer: three processes for all pages of an index over http."""
    index = serve_index(PACKAGES, users={"me": "pw"})
    mount(session, [Index(index.index_url())], keyring_provider="subprocess")
    for name in PACKAGES:
        assert session.get(index.page_url(name)).status_code == 401
    assert [argv[:2] for argv in machine.keyring.argvs] == [
        ["get", index.index_url()],
        ["get", index.netloc],
        ["get", index.url],
    ]


# Two indexes in one realm, each with its own user


TEAMS = {"/team-a": ("basic", "a", "pw-a"), "/team-b": ("basic", "b", "pw-b")}


def two_teams(serve: Serve, refusal: int = 401) -> RecordingServer:
    """Return a server with two closed indexes; their files are on one shared path."""

    def respond(request: Request) -> Reply:
        team = next((team for team in TEAMS if request.path.startswith((f"{team}/", f"/files{team}-"))), None)
        if team is None or request.authorization != TEAMS[team]:
            return refused(refusal)
        return serve_file(request, request.path.encode(), "tag")

    return serve(respond)


URLS = ["/team-a/simple/x/", "/team-b/simple/x/", "/files/team-a-x.whl", "/files/team-b-x.whl"]


@pytest.mark.parametrize("refusal", [401, 403, 404])
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=lambda order: "".join(map(str, order)))
def test_two_teams_of_one_host_each_get_their_own(
    order: tuple[int, ...], refusal: int, serve: Serve, session: requests.Session, home: Path
) -> None:
    """Two configured indexes, any order, twice over: every page is right; and every file once its index was asked."""
    server = two_teams(serve, refusal)
    write_store(home, (server.at("/team-a"), "a", "pw-a"), (server.at("/team-b"), "b", "pw-b"))
    mount(session, [Index(server.at(f"{team}/simple/")) for team in TEAMS])
    for number in order:
        if number < 2:
            assert session.get(server.at(URLS[number])).status_code == 200
    for number in [*order, *order]:
        answer = session.get(server.at(URLS[number]))
        assert (answer.status_code, answer.text) == (200, URLS[number])


@pytest.mark.parametrize("refusal", [401, 403])
@pytest.mark.parametrize("order", ["abab", "aabb", "baba", "abba", "bbaa"])
def test_two_paths_without_an_index_each_get_their_own(
    order: str, refusal: int, serve: Serve, session: requests.Session, home: Path
) -> None:
    """Entries of the store for two paths of a host: each answers for its own, nothing configured."""
    server = two_teams(serve, refusal)
    write_store(home, (server.at("/team-a"), "a", "pw-a"), (server.at("/team-b"), "b", "pw-b"))
    mount(session)
    for number, team in enumerate(order):
        assert session.get(server.at(f"/team-{team}/simple/{number}/")).status_code == 200
    mine = [request.authorization for request in server.requests if request.status == 200]
    assert mine == [TEAMS[f"/team-{team}"] for team in order]


def test_a_host_wide_netrc_entry_does_not_hide_a_path_of_the_store(
    serve: Serve, session: requests.Session, home: Path
) -> None:
    """netrc comes first and is refused; the store's entry for the path is sent after it, and then at once."""
    server = two_teams(serve)
    write_netrc(home, ("127.0.0.1", "somebody", "else"))
    write_store(home, (server.at("/team-a"), "a", "pw-a"))
    mount(session, [Index(server.at("/team-a/simple/"))])
    for name in ("x", "y"):
        assert session.get(server.at(f"/team-a/simple/{name}/")).status_code == 200
    assert server.authorizations == [None, ("basic", "somebody", "else"), TEAMS["/team-a"], TEAMS["/team-a"]]
