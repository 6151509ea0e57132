"""Many threads on one session: one refusal, one question, and a wrong password reaches a server once."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_indexauth import Credentials, Index, mount
from requests_indexauth.core import flow
from support.keyrings import FakeCommand
from support.messages import Reply, refused
from support.ways import by_auth, by_mount, write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from requests_indexauth.models.choices import Policy
    from support.index import IndexServer, ServeIndex
    from support.server import Serve
    from support.ways import Way

THREADS = 64
URLS = 16
LIMIT = 300
"""Seconds after which a thread counts as hung."""
ME = ("basic", "me", "pw")
NAMES = [f"package-{number}" for number in range(THREADS * URLS)]


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommand:
    """Return a `keyring` command, the only one on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return FakeCommand(tmp_path)


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first answer of an index and a verdict be waited for however long a busy machine takes for them."""
    monkeypatch.setattr(flow, "COLD_SECONDS", LIMIT)
    monkeypatch.setattr(flow, "TRIAL_SECONDS", LIMIT)


@pytest.fixture
def pooled() -> Iterator[requests.Session]:
    """Return a session with a connection for every thread."""
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=THREADS))
        yield session


def in_threads(count: int, work: Callable[[int], Any]) -> list[Any]:
    """Run `work(number)` in as many threads at once; return what each returned, raise what one raised."""
    results: list[Any] = [None] * count
    errors: list[BaseException] = []
    start = threading.Barrier(count)

    def run(number: int) -> None:
        try:
            start.wait(LIMIT)
            results[number] = work(number)
        except BaseException as error:  # noqa: BLE001 - raised again below
            errors.append(error)

    workers = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(LIMIT)
    assert not any(worker.is_alive() for worker in workers), "a thread hangs"
    if errors:
        raise errors[0]
    return results


def answers_slowly(keyring: FakeCommand, index: IndexServer, password: str = "pw") -> None:
    """Let the command take its time, so that every other thread arrives while it runs."""
    keyring.does(f"""
        time.sleep(0.5)
        if sys.argv[2] == {index.index_url()!r}:
            say("me\\n{password}\\n")
        say("", 1)
    """)


def test_a_cold_index_costs_one_refusal_and_one_question(
    keyring: FakeCommand, pooled: requests.Session, serve_index: ServeIndex
) -> None:
    """64 threads, 16 URLs each, nothing known, a slow keyring: one 401, one process, 1,025 requests."""
    index = serve_index(["thing"], users={"me": "pw"})
    answers_slowly(keyring, index)
    mount(pooled, [Index(index.index_url())], keyring_provider="subprocess")
    statuses = in_threads(
        THREADS,
        lambda number: [pooled.get(index.page_url(), params={"n": f"{number}-{i}"}).status_code for i in range(URLS)],
    )
    assert {status for each in statuses for status in each} == {200}
    assert index.count(status=401) == 1
    assert len(index.requests) == THREADS * URLS + 1
    assert keyring.argvs == [["get", index.index_url(), "--mode", "creds"]]


@pytest.mark.parametrize("refusal", [403, 404])
def test_a_cold_index_that_hides_is_asked_bare_once(
    refusal: int, keyring: FakeCommand, pooled: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """The same for a server that says 403 or 404 to a stranger."""
    index = serve_index(["thing"], users={"me": "pw"}, refusal=refusal)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(pooled, [Index(index.index_url())])
    statuses = in_threads(32, lambda _: pooled.get(index.page_url()).status_code)
    assert set(statuses) == {200}
    assert index.authorizations == [None] + [ME] * 32
    assert keyring.calls == []


def test_an_open_index_waits_for_one_answer_only(pooled: requests.Session, serve_index: ServeIndex) -> None:
    """A cold index that wants no credential: every request is sent once, bare."""
    index = serve_index(["thing"])
    mount(pooled, [Index(index.index_url())])
    assert set(in_threads(32, lambda _: pooled.get(index.page_url()).status_code)) == {200}
    assert index.authorizations == [None] * 32


def test_a_new_password_is_found_by_all_threads(
    keyring: FakeCommand, pooled: requests.Session, serve_index: ServeIndex
) -> None:
    """The server's password changes in the middle and the keyring has the new one: every later request succeeds."""
    index = serve_index(["thing"], users={"me": "pw"})
    answers_slowly(keyring, index)
    mount(pooled, [Index(index.index_url())], keyring_provider="subprocess")
    assert set(in_threads(16, lambda _: pooled.get(index.page_url()).status_code)) == {200}
    for round_, password in enumerate(["second", "third"]):
        answers_slowly(keyring, index, password)
        index.root.users["me"] = password
        index.clear()
        statuses = in_threads(32, lambda _: [pooled.get(index.page_url()).status_code for _ in range(4)])
        assert {status for each in statuses for status in each} == {200}
        assert len(keyring.calls) == round_ + 2
        assert index.count(status=200) == 32 * 4
        index.clear()
        assert set(in_threads(16, lambda _: pooled.get(index.page_url()).status_code)) == {200}
        assert index.authorizations == [("basic", "me", password)] * 16


@pytest.mark.parametrize("configured", [True, False], ids=["an index", "no index"])
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("policy", ["auto", "always"])
def test_a_wrong_password_reaches_the_server_once(
    policy: Policy, method: str, *, configured: bool, pooled: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """32 threads on different URLs with a wrong netrc password: it is sent once, so no account is locked."""
    index = serve_index(NAMES[:4], users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "wrong"))
    mount(pooled, [Index(index.index_url(), authenticate=policy)] if configured else [])
    body = b"x" if method == "POST" else None

    def work(number: int) -> int:
        try:
            return pooled.request(method, f"{index.index_url()}{NAMES[number]}/", data=body).status_code
        except requests.RequestException:  # `always`, and nothing that is not known to be wrong
            assert policy == "always"
            return 401

    assert set(in_threads(32, work)) == {401}
    assert index.count(authorization=("basic", "me", "wrong")) == 1


def test_two_indexes_of_one_host_are_told_apart_by_all_threads(
    pooled: requests.Session, serve_index: ServeIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Threads that go to two indexes in turn get each page with its own user, none refused but the first."""
    server = serve_index(["thing"], users={"a": "pa"}, root="/a/simple")
    server.add_root("/b/simple", ["thing"], {"b": "pb"})
    for name in "ab":
        monkeypatch.setenv(f"UV_INDEX_{name.upper()}_USERNAME", name)
        monkeypatch.setenv(f"UV_INDEX_{name.upper()}_PASSWORD", f"p{name}")
    mount(pooled, [Index(server.index_url(f"/{name}/simple"), name=name) for name in "ab"])

    def work(number: int) -> list[int]:
        order = "abab" if number % 2 else "bbaa"
        return [pooled.get(server.page_url("thing", f"/{name}/simple")).status_code for name in order]

    statuses = in_threads(32, work)
    assert {status for each in statuses for status in each} == {200}
    assert len(server.requests) == 32 * 4


def test_a_broken_answer_of_the_first_leaves_no_thread_behind(
    pooled: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """The request that goes ahead loses its connection: it fails alone, and the next one goes ahead."""
    index = serve_index(["thing"], users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(pooled, [Index(index.index_url())])
    real, lock = index.respond, threading.Lock()
    broken: list[Any] = []

    def respond(request: Any) -> Any:
        with lock:
            if not broken:
                broken.append(request)
                return Reply(hang_up=True)
        return real(request)

    index.respond = respond

    def work(_: int) -> int:
        try:
            return pooled.get(index.page_url()).status_code
        except requests.ConnectionError:
            return 0

    statuses = in_threads(16, work)
    assert sorted(statuses) == [0] + [200] * 15
    assert index.count(status=401) == 1


def shared_request(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> tuple[IndexServer, requests.PreparedRequest]:
    """Mount a session; return an index that netrc has the password of, and a prepared request for a page of it."""
    index = serve_index(["thing"], users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    return index, session.prepare_request(requests.Request("GET", index.page_url()))


def test_one_prepared_request_may_be_sent_by_many_threads(
    pooled: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Callers do send one request twice at once; nothing of it is shared that may break."""
    _, request = shared_request(pooled, serve_index, home)
    assert set(in_threads(16, lambda _: pooled.send(request).status_code)) == {200}


def test_a_request_that_another_thread_sends_is_judged_by_what_went_out(
    pooled: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Two that went out bare are refused; meanwhile another thread sends the same object with the right password."""
    index, request = shared_request(pooled, serve_index, home)
    real, arrived, may_refuse = index.respond, [threading.Event(), threading.Event()], threading.Event()

    def respond(asked: Any) -> Any:
        event = next((event for event in arrived if not event.is_set()), None)
        if event is not None:
            event.set()
            assert may_refuse.wait(LIMIT)
        return real(asked)

    index.respond = respond
    statuses: list[int] = []
    held = [threading.Thread(target=lambda: statuses.append(pooled.send(request).status_code)) for _ in arrived]
    for thread, event in zip(held, arrived):
        thread.start()
        assert event.wait(LIMIT)
    assert [pooled.send(request).status_code for _ in range(3)] == [200] * 3  # the third from memory
    may_refuse.set()
    for thread in held:
        thread.join(LIMIT)
    assert statuses == [200, 200]
    assert pooled.send(request).status_code == 200


@pytest.mark.parametrize("way", [by_mount, by_auth], ids=["mount", "auth"])
def test_a_thread_that_waits_for_a_verdict_keeps_no_connection(
    way: Way, serve_index: ServeIndex, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that gets the verdict needs a connection of a full pool: those that wait put their refusals aside."""
    index = serve_index(NAMES[:12], users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    index.before_reply = lambda _request: time.sleep(0.02)  # so that others wait for the connection
    monkeypatch.setattr(flow, "TRIAL_SECONDS", 2 * LIMIT)  # a thread that waits in vain hangs
    with requests.Session() as session:
        session.mount("http://", HTTPAdapter(pool_maxsize=1, pool_block=True))
        way(session)
        statuses = in_threads(12, lambda number: session.get(index.page_url(NAMES[number])).status_code)
    assert statuses == [200] * 12


def test_a_refusal_that_waits_for_a_verdict_stays_whole(
    pooled: requests.Session, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the caller's answer when the password turns out to be wrong, of whatever length."""
    sent, waits, long = threading.Event(), threading.Event(), b"no" * 150_000

    def respond(request: Any) -> Reply:
        if request.authorization is None:
            return Reply(401, {"WWW-Authenticate": "Basic"}, long if request.path == "/long/" else b"no")
        sent.set()
        assert waits.wait(LIMIT)
        return refused()

    def source(_url: str, _username: str | None) -> Credentials:
        return Credentials.basic("me", "wrong")

    def enter(key: Any, seconds: float, *, before_waiting: Callable[[], None] = lambda: None) -> Any:
        def announced() -> None:
            before_waiting()
            waits.set()

        return real(key, seconds, before_waiting=announced)

    server = serve(respond)
    gates = mount(pooled, discover=False, netrc=False, store=False, sources=[source]).authenticator.memo.gates
    real = gates.enter
    monkeypatch.setattr(gates, "enter", enter)
    ahead = threading.Thread(target=lambda: pooled.get(server.at("/short/")))
    ahead.start()
    assert sent.wait(LIMIT)
    assert pooled.get(server.at("/long/")).content == long
    ahead.join(LIMIT)
