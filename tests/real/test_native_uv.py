"""The native store beside the real uv, in a real Secret Service."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Callable

import pytest

import requests_indexauth
from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store.native.native_store import NativeStore
from support.configuration import index_table, write_files
from support.secretservice import ADDRESS, MUTE, DBusSession, Secrets, gnome_keyring
from support.uv import Uv

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import requests

    from support.commands import Run
    from support.index import IndexServer

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
HOST = "https://pkgs.example.com"


@pytest.fixture(scope="module")
def bus(program: Callable[[str], str]) -> Iterator[str]:
    """Return the address of a session with a gnome-keyring."""
    session = DBusSession(program("dbus-run-session"), gnome_keyring(program("gnome-keyring-daemon")))
    yield session.address
    session.close()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the service time enough on a busy machine, where a test has not said how much."""
    defaults = NativeStore.__init__.__kwdefaults__
    assert defaults
    monkeypatch.setitem(defaults, "seconds", 60.0)


@pytest.fixture
def secrets(bus: str, monkeypatch: pytest.MonkeyPatch) -> Secrets:
    """Return the Secret Service, emptied, and turn the feature on."""
    monkeypatch.setenv(ADDRESS, bus)
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")
    made = Secrets()
    made.clear()
    return made


@pytest.fixture
def uv(program: Callable[[str], str]) -> Uv:
    """Return the real uv."""
    return Uv(program("uv"))


@pytest.fixture
def store() -> NativeStore:
    """Return a store that must not warn."""
    return NativeStore(warn=pytest.fail)


def token(uv: Uv, service: str, username: str) -> str | None:
    """Return what `uv auth token` prints; `None` where it finds nothing."""
    done = uv.run("auth", "token", service, "--username", username)
    return done.stdout[:-1] if done.returncode == 0 else None


LOGINS = pytest.mark.parametrize(
    "service",
    [
        pytest.param(HOST, id="host"),
        pytest.param(f"{HOST}:8443", id="port"),
        pytest.param("http://localhost:8080", id="plain http"),
        pytest.param("http://127.0.0.1:8080", id="plain http to an address"),
        pytest.param(f"{HOST}/simple/", id="index of a whole host"),
    ],
)


@pytest.mark.usefixtures("secrets")
@LOGINS
def test_theirs(uv: Uv, store: NativeStore, service: str) -> None:
    """What uv has stored for a host we find, with and without its user's name, and for nothing beside it."""
    uv.login(service, "me", "p w\u00e4")
    expected = Credentials.basic("me", "p w\u00e4")
    for url in (service, f"{service.rstrip('/')}/thing/", f"{service.rstrip('/')}/deep/er/?a=b"):
        assert store.get(url) == expected
        assert store.get(url, "me") == expected
        assert store.get(url, "you") is None
    for other in (
        "https://pkgs.example.com:1/",
        "http://pkgs.example.com/",
        "https://localhost:8080/",
        "https://x.net/",
    ):
        assert store.get(other) is None


@pytest.mark.usefixtures("secrets")
@LOGINS
def test_ours(uv: Uv, store: NativeStore, service: str) -> None:
    """What we have stored for a host uv finds, and logs out from."""
    store.set(service, Credentials.basic("me", "p w\u00e4"))
    assert token(uv, service, "me") == "p w\u00e4"
    assert token(uv, service, "you") is None
    assert uv.run("auth", "logout", service, "--username", "me").returncode == 0
    assert store.get(service) is None


@pytest.mark.usefixtures("secrets")
def test_our_logout(uv: Uv, store: NativeStore) -> None:
    """What uv has stored we can remove: one user's, or everybody's."""
    for user in ("a", "b", "c"):
        uv.login(HOST, user, "pw")
    assert store.remove(HOST, "a") == 1
    assert token(uv, HOST, "a") is None
    assert token(uv, HOST, "b") == "pw"
    assert store.remove(HOST) == 2
    assert token(uv, HOST, "b") is None


@pytest.mark.usefixtures("secrets")
@pytest.mark.parametrize("path", ["/team", "/team/", "/te%7Eam/%C3%BC", "/team/simple/"])
def test_path(uv: Uv, store: NativeStore, path: str) -> None:
    """What we have stored below a path uv finds for that very path, and we for all that is below."""
    store.set(HOST, Credentials.basic("me", "host"))
    store.set(f"{HOST}{path}", Credentials.basic("me", "path"))
    root = f"{HOST}{path}".rstrip("/").removesuffix("/simple")
    assert token(uv, root, "me") == "path"
    assert token(uv, f"{root}/x", "me") == "host"  # uv knows no prefixes here
    assert [store.find(f"{root}{below}")[0].credentials.password for below in ("", "/", "/x", "x")] == [
        "path",
        "path",
        "path",
        "host",
    ]


def test_replaced_by_us(uv: Uv, store: NativeStore, secrets: Secrets) -> None:
    """Whichever program wrote the entry, our login leaves one entry, which uv and we read alike."""
    uv.login(HOST, "me", "theirs")
    uv.login(HOST, "you", "yours")
    secrets.add("uv:pkgs.example.com", "me", "of keyring", application="Python keyring library")
    secrets.add("uv:pkgs.example.com", "me", "of another")
    store.set(HOST, Credentials.basic("me", "ours"))
    assert secrets.secrets("uv:pkgs.example.com") == [("me", "ours"), ("you", "yours")]
    assert token(uv, HOST, "me") == "ours"
    assert store.get(HOST, "me") == Credentials.basic("me", "ours")


def test_replaced_by_uv(uv: Uv, store: NativeStore, secrets: Secrets) -> None:
    """uv's login leaves one entry too where ours was."""
    store.set(HOST, Credentials.basic("me", "ours"))
    uv.login(HOST, "me", "theirs")
    assert secrets.secrets("uv:pkgs.example.com") == [("me", "theirs")]
    assert store.get(HOST) == Credentials.basic("me", "theirs")


def test_two_items_of_one_user(uv: Uv, store: NativeStore, secrets: Secrets) -> None:
    """Where somebody else has made two entries of one user, we read the one that uv reads."""
    secrets.add("uv:pkgs.example.com", "me", "of keyring", application="Python keyring library")
    secrets.add("uv:pkgs.example.com", "me", "of uv", target="default")
    assert token(uv, HOST, "me") == "of uv"
    assert store.get(HOST) == Credentials.basic("me", "of uv")


@pytest.mark.usefixtures("secrets")
def test_list_and_clear(uv: Uv, store: NativeStore, secrets: Secrets) -> None:
    """Listed and cleared is what uv and we share, and nothing else that is in the system's store."""
    secrets.add("pkgs.example.com", "me", "a browser's")
    uv.login(f"{HOST}:8443", "me", "pw")
    uv.login("http://localhost:8080", "me", "pw")
    store.set(f"{HOST}/team", Credentials.basic("you", "pw"))
    assert store.services() == [
        ("http://localhost:8080/", "me"),
        ("https://pkgs.example.com/team", "you"),
        ("https://pkgs.example.com:8443/", "me"),
    ]
    assert "pw" not in repr(store.entries())
    assert store.clear() == 3
    assert store.services() == []
    assert secrets.secrets("pkgs.example.com") == [("me", "a browser's")]


@pytest.mark.usefixtures("secrets")
def test_two_users(uv: Uv) -> None:
    """Two users and none given are no answer, with one warning that names both."""
    warnings: list[str] = []
    store = NativeStore(warn=warnings.append)
    for user in ("me", "you"):
        uv.login(HOST, user, f"pw of {user}")
    assert [store.get(f"{HOST}/a"), store.get(f"{HOST}/b")] == [None, None]
    assert warnings == ["native store: https://pkgs.example.com/ has credentials of 'me' and 'you': give a user name"]
    assert store.get(f"{HOST}/a", "you") == Credentials.basic("you", "pw of you")


@pytest.mark.usefixtures("secrets")
def test_long_secret(uv: Uv, store: NativeStore) -> None:
    """The Secret Service takes secrets of any length."""
    store.set(HOST, Credentials.basic("me", "x" * 5000))
    assert token(uv, HOST, "me") == "x" * 5000


def pages(index: IndexServer, session: requests.Session, *names: str) -> list[int | None]:
    """Request pages, and return the statuses of all that went over the wire."""
    for name in names:
        session.get(index.page_url(name))
    return [request.status for request in index.requests]


@pytest.mark.usefixtures("secrets")
def test_session(uv: Uv, serve_index: Callable[..., IndexServer], session: requests.Session) -> None:
    """A session uses what uv has stored natively: K pages cost K + 1 requests."""
    index = serve_index(["a", "b", "c"], {"me": "pw"})
    uv.login(index.index_url(), "me", "pw")
    requests_indexauth.mount(session)
    assert pages(index, session, "a", "b", "c") == [401, 200, 200, 200]


@pytest.mark.usefixtures("secrets")
def test_two_paths_of_one_host(
    store: NativeStore, serve_index: Callable[..., IndexServer], session: requests.Session
) -> None:
    """Two paths of a host with different users have each their own, though no index is configured."""
    index = serve_index(["a"], {"one": "1"}, root="/one")
    index.add_root("/two", ["b"], {"two": "2"})
    for user, password in (("one", "1"), ("two", "2")):
        store.set(index.index_url(f"/{user}"), Credentials.basic(user, password))
    requests_indexauth.mount(session)
    urls = [index.page_url("a", "/one"), index.page_url("b", "/two")] * 2
    assert [session.get(url).status_code for url in urls] == [200, 200, 200, 200]


@pytest.mark.usefixtures("secrets")
def test_file_first(uv: Uv, serve_index: Callable[..., IndexServer], session: requests.Session) -> None:
    """The file comes before the system's store, as with uv; without the feature only the file is read."""
    index = serve_index(["a"], {"of-file": "1", "native": "2"})
    uv.run(
        "auth",
        "login",
        index.index_url(),
        "--username",
        "of-file",
        "--password",
        "1",
        environ={"UV_PREVIEW_FEATURES": "pylock"},
    )
    uv.login(index.index_url(), "native", "2")
    requests_indexauth.mount(session)
    session.get(index.page_url("a"))
    assert index.authorizations[-1] == ("basic", "of-file", "1")


@pytest.mark.usefixtures("secrets")
def test_switched_off(
    uv: Uv, serve_index: Callable[..., IndexServer], session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the feature the system's store is not asked."""
    index = serve_index(["a"], {"native": "2"})
    uv.login(index.index_url(), "native", "2")
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "pylock")
    requests_indexauth.mount(session)
    assert pages(index, session, "a") == [401]


@pytest.fixture
def start_bus(program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str | None], None]]:
    """Return a function that starts a session with another service, or none, for this test alone."""
    with ExitStack() as running:

        def start(service: str | None) -> None:
            bus = DBusSession(program("dbus-run-session"), service)
            running.callback(bus.close)
            monkeypatch.setenv(ADDRESS, bus.address)

        yield start


@pytest.fixture(params=["locked", "no service", "no D-Bus", "dead D-Bus"])
def reason(
    request: pytest.FixtureRequest,
    program: Callable[[str], str],
    start_bus: Callable[[str | None], None],
    monkeypatch: pytest.MonkeyPatch,
) -> str:
    """Return the reason there is nothing to be had, and make it so."""
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")
    if request.param == "locked":
        start_bus(gnome_keyring(program("gnome-keyring-daemon")))
        Secrets().clear()
        NativeStore().set("http://127.0.0.1", Credentials.basic("me", "pw"))
        Secrets().lock()
        return "the keyring is locked: unlock it and try again"
    if request.param == "no service":
        start_bus(None)
    elif request.param == "dead D-Bus":
        monkeypatch.setenv(ADDRESS, "unix:path=/nonexistent/bus")
    return "there is no Secret Service here (no D-Bus session, or nothing in it that keeps passwords)"


def test_locked_or_absent(
    reason: str, serve_index: Callable[..., IndexServer], session: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    """A locked or absent store is one warning in a session, and no wait."""
    index = serve_index(["a", "b"], {"me": "pw"})
    requests_indexauth.mount(session)
    assert pages(index, session, "a", "b") == [401, 401]
    assert [record.message for record in caplog.records if record.levelno >= logging.WARNING] == [
        f"native store: {reason}"
    ]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda store: store.set(HOST, Credentials.basic("me", "pw")), id="set"),
        pytest.param(lambda store: store.remove(HOST), id="remove"),
        pytest.param(lambda store: store.services(), id="services"),
        pytest.param(lambda store: store.clear(), id="clear"),
    ],
)
def test_locked_or_absent_for_writing(reason: str, change: Callable[[NativeStore], object]) -> None:
    """Who wants to write or list is told that the store is locked or absent."""
    with pytest.raises(StoreError) as caught:
        change(NativeStore(warn=pytest.fail))
    assert str(caught.value) == reason


def test_mute(start_bus: Callable[[str | None], None]) -> None:
    """A store that gives no answer is waited for no longer than its time."""
    start_bus(MUTE)
    with pytest.raises(StoreError, match=r"^no answer from the system's store within 0\.2 seconds$"):
        NativeStore(seconds=0.2).find(HOST)


@pytest.mark.usefixtures("secrets")
def test_uv_reads_an_index_with_ours(
    uv: Uv, store: NativeStore, serve_index: Callable[..., IndexServer], workdir: Path
) -> None:
    """uv itself installs with what we have stored for an index's root, which it looks for under the user's name."""
    index = serve_index(["thing"], {"me": "pw"}, root="/team/simple")
    store.set(index.index_url(), Credentials.basic("me", "pw"))
    write_files(workdir, {"uv.toml": index_table(index.index_url(user="me"), "default = true")})
    done = uv.resolve("thing")
    assert done.returncode == 0, done.stderr
    assert ("basic", "me", "pw") in index.authorizations


@pytest.mark.usefixtures("secrets")
def test_an_ordinary_entry(program: Callable[[str], str], secrets: Secrets) -> None:
    """What is stored is also seen by others who read the system's store: it is an ordinary entry."""
    NativeStore().set(HOST, Credentials.basic("me", "pw"))
    command = [program("secret-tool"), "lookup", "service", "uv:pkgs.example.com", "username", "me"]
    assert subprocess.run(command, check=True, capture_output=True, text=True).stdout == "pw"
    assert secrets.items() == [
        ({"application": "uv", "service": "uv:pkgs.example.com", "target": "default", "username": "me"}, "pw")
    ]


@pytest.mark.usefixtures("secrets")
def test_commands(uv: Uv, home: Path, run: Run) -> None:
    """With the feature on our command line keeps credentials where uv does, and not in the file."""
    done = run("login", f"{HOST}/team/simple/", "--username", "me", "--password", "-", stdin="secret\n")
    assert (done.code, done.err) == (0, f"Stored credentials for me@{HOST}/team\n")
    assert token(uv, f"{HOST}/team", "me") == "secret"
    uv.login(HOST, "you", "theirs")
    assert not list(home.rglob("credentials.toml"))
    assert run("token", f"{HOST}/team/simple/").out == "secret\n"
    assert run("token", f"{HOST}/other").out == "theirs\n"
    listed = json.loads(run("list", "--format", "json").out)
    assert [(entry["service"], entry["username"]) for entry in listed] == [(f"{HOST}/", "you"), (f"{HOST}/team", "me")]
    assert json.loads(run("list", "--keyring-provider", "disabled", "--format", "json").out) == []
    assert run("logout", f"{HOST}/team").code == 0
    assert run("logout", f"{HOST}/team").code == 1
    assert run("logout", "--all").code == 0
    assert token(uv, HOST, "you") is None


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["login", HOST, "--username", "me", "--password", "secret"], id="login"),
        pytest.param(["token", HOST], id="token"),
        pytest.param(["list"], id="list"),
        pytest.param(["logout", HOST], id="logout"),
        pytest.param(["logout", "--all"], id="logout --all"),
    ],
)
def test_commands_where_there_is_nothing_to_be_had(reason: str, arguments: list[str], run: Run) -> None:
    """A locked or absent store is one line and exit 2, for every command."""
    done = run(*arguments)
    assert (done.code, done.out) == (2, "")
    assert reason in done.err
    assert done.err.count("\n") == 1
