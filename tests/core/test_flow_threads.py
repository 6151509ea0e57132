"""One goes ahead, the others wait: the flow from several threads, without a server."""

from __future__ import annotations

import random
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, repeat
from time import monotonic
from typing import TYPE_CHECKING, Callable, TypeVar

import pytest

from requests_indexauth.core import flow as flow_module
from requests_indexauth.core import single_flight
from requests_indexauth.core.flow import COLD_SECONDS
from requests_indexauth.core.single_flight import Gate, Waiting
from requests_indexauth.errors import MissingCredentials
from requests_indexauth.models.call import ServerAnswer
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.sources.base import Answer
from support.flows import ALWAYS, BARE, HOST, TEAM, Listed, Rig, Variables, lets_in, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

PAGES = [f"/team/simple/p{number}/" for number in range(6)]
LIMIT = 60
"""Seconds after which a test that hangs fails."""


class Crowd:
    """Threads, and how many of them wait at a gate."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.waiting = threading.Semaphore(0)
        self._pool = pool

    def start(self, work: Callable[[str], T]) -> list[Future[T]]:
        return [self._pool.submit(work, page) for page in PAGES]

    def all_wait(self) -> None:
        for _ in PAGES:
            assert self.waiting.acquire(timeout=LIMIT)


def results(futures: list[Future[T]]) -> list[T]:
    return [future.result(LIMIT) for future in futures]


@pytest.fixture
def crowd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Crowd]:
    # However long a busy machine takes until all wait, none of them shall go ahead before.
    monkeypatch.setattr(flow_module, "COLD_SECONDS", LIMIT)
    monkeypatch.setattr(flow_module, "TRIAL_SECONDS", LIMIT)
    with ThreadPoolExecutor(len(PAGES)) as pool:
        crowd = Crowd(pool)
        wait = Waiting.wait

        def counted(gate: Waiting, seconds: float) -> bool:
            crowd.waiting.release()
            return wait(gate, seconds)

        monkeypatch.setattr(Waiting, "wait", counted)
        yield crowd


def finish(rig: Rig, started: flow_module.Flow, *statuses: int) -> None:
    for status in statuses[:-1]:
        started.send(ServerAnswer(status))
    with pytest.raises(StopIteration):
        started.send(ServerAnswer(statuses[-1]))
    assert rig.memo.gates._held == {}


def test_a_cold_index_is_asked_by_one(crowd: Crowd) -> None:
    """The others wait for its answer and what it found: one 401, one question to the keyring."""
    keyring = Listed("keyring", "me:pw", slow=True, challenged_only=True)
    rig = Rig(keyring, indexes=[TEAM])
    ahead = rig.flow(rig.call(PAGES[0]))
    assert next(ahead) is None
    others = crowd.start(lambda page: rig.get(page, lets_in({"/team": "me:pw"})))
    crowd.all_wait()
    finish(rig, ahead, 401, 200)
    assert results(others) == [["me:pw"]] * len(PAGES)
    assert len(keyring.asked) == 1


def test_a_public_index_is_open_to_all_after_one_answer(crowd: Crowd) -> None:
    """Where nothing is found either, each then goes bare, and none waits for another."""
    rig = Rig(indexes=[TEAM])
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    all_under_way = threading.Barrier(len(PAGES))

    def server(_path: str, _sent: str) -> int:
        all_under_way.wait(LIMIT)
        return 200

    others = crowd.start(lambda page: rig.get(page, server))
    crowd.all_wait()
    finish(rig, ahead, 200)
    assert results(others) == [[BARE]] * len(PAGES)


def test_nobody_waits_for_a_request_that_may_never_be_sent() -> None:
    """It was prepared, and another adapter, or none, may send it."""
    rig = Rig(Listed("netrc", "me:pw"), indexes=[TEAM])
    prepared = rig.flow(rig.call(PAGES[0])._replace(gated=False))
    assert next(prepared) is None
    assert rig.memo.gates._held == {}
    assert shown(prepared.send(ServerAnswer(401))) == "me:pw"
    assert rig.memo.gates._held == {}


@pytest.mark.parametrize("how", ["closed", "only out of a cache"])
def test_when_the_first_to_a_cold_index_learns_nothing_the_next_one_goes(crowd: Crowd, how: str) -> None:
    """Still one at a time: a connection that failed and a cached page say nothing of the index."""
    rig = Rig(Listed("netrc", "me:pw"), indexes=[TEAM])
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)

    def server(_path: str, sent: str) -> int:
        if sent == BARE:  # no answer before all the others wait again
            for _ in PAGES[1:]:
                assert crowd.waiting.acquire(timeout=LIMIT)
        return 200 if sent == "me:pw" else 401

    others = crowd.start(lambda page: rig.get(page, server))
    crowd.all_wait()
    if how == "closed":
        ahead.close()
    else:
        with pytest.raises(StopIteration):
            ahead.send(ServerAnswer(200, fresh=False))
    assert sorted(results(others), key=len) == [["me:pw"]] * (len(PAGES) - 1) + [[BARE, "me:pw"]]


def test_no_thread_waits_for_ever_for_the_first_to_a_cold_index(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit each goes ahead itself."""
    monkeypatch.setattr(flow_module, "COLD_SECONDS", 0.01)
    rig = Rig(indexes=[TEAM])
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    others = crowd.start(lambda page: rig.get(page, lets_in({"/team": BARE})))
    assert results(others) == [[BARE]] * len(PAGES)
    ahead.close()


@pytest.mark.parametrize(("now", "first_answer"), [(0.0, 5.0), (1.0, 4.0), (9.0, 0.05)])
def test_how_long_the_others_wait(monkeypatch: pytest.MonkeyPatch, now: float, first_answer: float) -> None:
    """5 seconds in all for an index's first answer, but a moment for each that goes ahead; 30 for a verdict."""
    times = chain([0.0], repeat(now))
    monkeypatch.setattr(flow_module, "monotonic", lambda: next(times))
    rig = Rig(Listed("netrc", "me:pw"), indexes=[TEAM])
    enter, limits = rig.memo.gates.enter, {}

    def noted(key: tuple[object, ...], seconds: float, **more: Callable[[], None]) -> Gate | None:
        limits[key[0]] = seconds
        return enter(key, seconds, **more)

    monkeypatch.setattr(rig.memo.gates, "enter", noted)
    rig.run(rig.call(PAGES[0]), 401, 200)
    assert limits == {"cold": first_answer, "trial": 30.0}


def test_one_thread_does_not_wait_for_itself() -> None:
    """It may prepare several requests before it sends the first."""
    rig = Rig(Listed("netrc", "me:pw"), indexes=[TEAM])
    flows = [rig.flow(rig.call(page)) for page in PAGES]
    assert [next(flow) for flow in flows] == [None] * len(PAGES)
    tried = [flow.send(ServerAnswer(401)) for flow in flows]
    assert [shown(found) for found in tried] == ["me:pw"] * len(PAGES)
    for flow in flows:
        flow.close()
    assert rig.memo.gates._held == {}


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_wrong_password_reaches_the_server_once(crowd: Crowd, index: Index | None) -> None:
    """The others wait for the verdict on a credential that is not proven yet, and do not send it."""
    rig = Rig(Listed("netrc", "me:wrong"), indexes=[index] if index else [])
    rig.run(rig.call("/team/"), 302)  # known, so that nobody waits for the index's first answer
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    assert ahead.send(ServerAnswer(401)) is not None
    others = crowd.start(lambda page: rig.ask(rig.call(page), lambda _path, _sent: 401))
    crowd.all_wait()
    finish(rig, ahead, 401)
    assert results(others) == [([BARE], 401)] * len(PAGES)


def test_the_next_source_is_tried_by_one_too(crowd: Crowd) -> None:
    """Who waited for a verdict in vain goes on to the next source: there too one goes ahead."""
    rig = Rig(Listed("netrc", "me:wrong"), Listed("store", "me:pw"), indexes=[ALWAYS])
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    others = crowd.start(lambda page: rig.get(page, lets_in({"/team": "me:pw"})))
    crowd.all_wait()
    assert ahead.send(ServerAnswer(401)) is not None
    with pytest.raises(StopIteration):
        ahead.send(ServerAnswer(200))
    assert results(others) == [["me:pw"]] * len(PAGES)


@pytest.mark.parametrize("status", [200, 403, 404], ids=["accepted", "forbidden", "not found"])
def test_after_the_verdict_all_send_it(crowd: Crowd, status: int) -> None:
    """A 403 is a verdict as well: it did no harm."""
    rig = Rig(Listed("netrc", "me:pw"), indexes=[ALWAYS])
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    others = crowd.start(lambda page: rig.ask(rig.call(page), lambda _path, _sent: status))
    crowd.all_wait()
    finish(rig, ahead, status)
    assert results(others) == [(["me:pw"], status)] * len(PAGES)


@pytest.mark.parametrize("status", [200, 403], ids=["accepted", "forbidden"])
def test_with_a_verdict_no_thread_waits(crowd: Crowd, status: int) -> None:
    """All may have it under way at once."""
    rig = Rig(Listed("netrc", "me:pw"), indexes=[ALWAYS])
    rig.run(rig.call(PAGES[0]), status)
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    others = crowd.start(lambda page: rig.get(page, lets_in({"/team": "me:pw"})))
    assert results(others) == [["me:pw"]] * len(PAGES)
    assert not crowd.waiting.acquire(blocking=False)
    ahead.close()


@pytest.mark.parametrize("index", [TEAM, ALWAYS], ids=["the first answer", "a verdict"])
def test_no_thread_waits_for_another_index(crowd: Crowd, index: Index) -> None:
    """Each has a first answer of its own, and a verdict on what is sent there."""
    other = Index(f"{HOST}/other/simple/", "other", index.authenticate)
    rig = Rig(Listed("netrc", "me:pw"), indexes=[index, other])
    ahead = rig.flow(rig.call("/other/simple/p/"))
    next(ahead)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(rig.get, PAGES[0], lets_in({"/team": "me:pw"})).result(LIMIT)[-1] == "me:pw"
    assert not crowd.waiting.acquire(blocking=False)
    ahead.close()


def test_no_thread_waits_for_the_verdict_on_another_credential(crowd: Crowd) -> None:
    """Two users may be tried at once."""
    rig = Rig(Listed("netrc", "me:pw", "you:pw"), indexes=[ALWAYS])
    ahead = rig.flow(rig.call("https://you@pkgs.example.com/team/simple/p/"))
    next(ahead)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(rig.get, PAGES[0], lets_in({"/team": "me:pw"})).result(LIMIT) == ["me:pw"]
    assert not crowd.waiting.acquire(blocking=False)
    ahead.close()


def test_a_refusal_stands_for_other_paths_when_nothing_else_fits_this_one(crowd: Crowd) -> None:
    """Two users beside each other, no index: the others wait for the second user's verdict, then send the first's."""
    rig = Rig(Listed("netrc", "u:p"), Listed("store", "/files v:q"))
    ahead = rig.flow(rig.call("/files/x"))
    assert next(ahead) is None
    assert shown(ahead.send(ServerAnswer(401))) == "u:p"
    others = crowd.start(lambda page: rig.get(page, lets_in({"/team": "u:p"})))
    crowd.all_wait()
    assert shown(ahead.send(ServerAnswer(401))) == "v:q"
    assert len(rig.memo.gates._held) == 2, "the verdict on the first waits for that on the second"
    finish(rig, ahead, 200)
    assert results(others) == [[BARE, "u:p"]] * len(PAGES)


def test_a_wrong_password_is_sent_once_though_another_one_fits(crowd: Crowd) -> None:
    """Both are for the whole host: the refused one is no other path's, wherever it is asked for."""
    rig = Rig(Listed("netrc", "u:wrong"), Listed("store", "v:q"))
    ahead = rig.flow(rig.call("/files/x"))
    assert next(ahead) is None
    assert shown(ahead.send(ServerAnswer(401))) == "u:wrong"
    others = crowd.start(lambda page: rig.get(page, lets_in({"": "v:q"})))
    crowd.all_wait()
    assert shown(ahead.send(ServerAnswer(401))) == "v:q"
    finish(rig, ahead, 200)
    assert results(others) == [[BARE, "v:q"]] * len(PAGES)


def test_two_threads_never_wait_for_each_others_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each lets go of what was refused before it waits for what the other one has."""
    monkeypatch.setattr(flow_module, "TRIAL_SECONDS", 10 * LIMIT)
    rig = Rig(
        Listed("netrc", "/a u:p", "/b v:q", "/c u:p", "/d v:q"),
        Listed("store", "/a v:q", "/b u:p", "/c ok:c", "/d ok:d"),
    )
    both, tried = threading.Barrier(2), []

    def server(path: str, sent: str) -> int:
        if (path, sent) in {("/a/x", "u:p"), ("/b/x", "v:q")}:
            tried.append(sent)
            both.wait(LIMIT)  # each has a credential on trial that the other one wants next
        return 200 if (path, sent) in {("/c/x", "ok:c"), ("/d/x", "ok:d")} else 401

    for path in ("/c/x", "/d/x"):  # both are known to be of other paths, and are tried elsewhere for all that
        rig.get(path, server)
    with ThreadPoolExecutor(2) as pool:
        asked = results([pool.submit(rig.ask, rig.call(path), server) for path in ("/a/x", "/b/x")])
    assert sorted(tried) == ["u:p", "v:q"]
    assert [status for _, status in asked] == [401, 401]
    assert rig.memo.gates._held == {}


def test_when_the_first_to_try_a_credential_fails_the_next_one_tries(crowd: Crowd) -> None:
    """A broken connection is no verdict: the wrong password is still sent one at a time, and refused once."""
    rig = Rig(Listed("netrc", "me:wrong"), indexes=[ALWAYS])
    refused = []

    def server(_path: str, _sent: str) -> int:
        for _ in PAGES[1:]:  # no answer before all the others wait again
            assert crowd.waiting.acquire(timeout=LIMIT)
        return 401

    def ask(page: str) -> list[str]:
        try:
            sent, _ = rig.ask(rig.call(page), server)
        except MissingCredentials:
            return []
        refused.append(page)
        return sent

    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    others = crowd.start(ask)
    crowd.all_wait()
    ahead.close()
    assert sorted(results(others)) == [[]] * (len(PAGES) - 1) + [["me:wrong"]]
    assert len(refused) == 1


def test_no_thread_waits_for_ever_for_a_verdict(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the limit each sends it itself."""
    monkeypatch.setattr(flow_module, "TRIAL_SECONDS", 0.01)
    rig = Rig(Listed("netrc", "me:pw"), indexes=[ALWAYS])
    ahead = rig.flow(rig.call(PAGES[0]))
    next(ahead)
    others = crowd.start(lambda page: rig.get(page, lets_in({"/team": "me:pw"})))
    assert results(others) == [["me:pw"]] * len(PAGES)
    ahead.close()


def test_no_thread_waits_longer_for_a_verdict_because_many_before_it_get_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers nobody holds up those who wait for each other's verdict no longer than one of them."""
    rig = Rig(Listed("netrc", "me:pw"), indexes=[ALWAYS])
    now, limits, enter = [0.0], [], rig.memo.gates.enter

    def get_none(key: object, seconds: float, **more: Callable[[], None]) -> Gate | None:
        limits.append(seconds)
        now[0] += 20
        return enter(key, seconds, **more) if len(limits) == 3 else None

    monkeypatch.setattr(rig.memo.gates, "enter", get_none)
    monkeypatch.setattr(flow_module, "monotonic", lambda: now[0])
    assert rig.get(PAGES[0], lets_in({"/team": "me:pw"})) == ["me:pw"]
    assert limits == [30.0, 10.0, flow_module.SOON]


def test_one_thread_does_not_lose_a_credential_that_is_refused_while_it_takes_the_gate(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A verdict that comes between the look at the memo and the gate counts: the next source is asked."""
    rig = Rig(Listed("netrc", "me:wrong"), Listed("store", "me:pw"), indexes=[TEAM])
    rig.run(rig.call("/team/"), 302)
    enter = rig.memo.gates.enter
    call = rig.call(PAGES[0])

    def overtaken(key: object, seconds: float, **more: Callable[[], None]) -> Gate | None:
        gate = enter(key, seconds, **more)
        found = rig.resolver.ask(call.query, lambda _found: False)
        assert found is not None
        rig.memo.refuse(call, found)  # the first source's
        return gate

    monkeypatch.setattr(rig.memo.gates, "enter", overtaken)
    assert rig.run(call, 401, 200) == [BARE, "me:pw"]
    assert rig.memo.gates._held == {}


class Slow(Listed):
    """A keyring that answers when it is let."""

    def __init__(self) -> None:
        super().__init__("keyring", "me:pw", slow=True)
        self.begun = threading.Semaphore(0)
        self.answer = threading.Event()

    def find(self, query: Query) -> Answer | None:
        self.begun.release()
        assert self.answer.wait(LIMIT)
        return super().find(query)


class Looks(threading.Event):
    """An event that is waited for in vain until the keyring has answered; it counts how often it is waited for.

    By its clock each time takes longer than anybody waits for a server.
    """

    def __init__(self, answered: threading.Event) -> None:
        super().__init__()
        self.count = threading.Semaphore(0)
        self._answered = answered
        self._lock = threading.Lock()
        self._now = monotonic()

    def wait(self, timeout: float | None = None) -> bool:  # noqa: ARG002 - it takes an event's place
        with self._lock:
            if not self._answered.is_set():
                self._now += 2 * COLD_SECONDS
        self.count.release()
        return super().wait(LIMIT if self._answered.is_set() else 0)

    def monotonic(self) -> float:
        """Tell the time."""
        with self._lock:
            return self._now


def test_one_question_at_a_time(crowd: Crowd) -> None:
    """For one index the chain runs once, however many threads need it; another index does not wait for it."""
    keyring = Slow()
    other = Index(f"{HOST}/other/simple/", "other", "always")
    rig = Rig(keyring, indexes=[ALWAYS, other])
    threads = crowd.start(lambda page: rig.get(page, lets_in({"/team": "me:pw"})))
    assert keyring.begun.acquire(timeout=LIMIT)
    with ThreadPoolExecutor(1) as pool:
        elsewhere = pool.submit(rig.next_sent, rig.call("/other/simple/p/"))
        assert keyring.begun.acquire(timeout=LIMIT)  # so it does ask, while the first question is under way
        keyring.answer.set()
        assert elsewhere.result(LIMIT) == "me:pw"
    assert results(threads) == [["me:pw"]] * len(PAGES)
    assert len(keyring.asked) == 2


def test_one_question_for_a_user_name_wherever_it_came_from() -> None:
    """A name that the environment adds on the way asks the same question as a given one."""
    keyring = Slow()
    rig = Rig(Variables(team="me"), keyring, indexes=[TEAM])
    query = rig.call(PAGES[0]).query
    with ThreadPoolExecutor(2) as pool:
        on_the_way = pool.submit(rig.resolver.trace, query)
        assert keyring.begun.acquire(timeout=LIMIT)
        given = pool.submit(rig.resolver.ask, query._replace(username="me"), lambda _found: False)
        keyring.answer.set()
        answers = [on_the_way.result(LIMIT)[-1].found, given.result(LIMIT)]
    assert [answer and answer.username for answer in answers] == ["me", "me"]
    assert len(keyring.asked) == 1


def test_the_wait_stands_still_while_the_keyring_is_asked(crowd: Crowd, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sources have limits of their own: nobody goes ahead bare because a keyring takes its time."""
    keyring = Slow()
    rig = Rig(keyring, indexes=[TEAM])
    server = lets_in({"/team": "me:pw"})
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(rig.get, "/team/simple/first/", server)
        assert keyring.begun.acquire(timeout=LIMIT)
        (gate,) = rig.memo.gates._held.values()
        gate.opened = looks = Looks(keyring.answer)  # type: ignore[assignment]
        monkeypatch.setattr(single_flight, "monotonic", looks.monotonic)
        others = crowd.start(lambda page: rig.get(page, server))
        for _ in range(3 * len(PAGES)):
            assert looks.count.acquire(timeout=LIMIT)
        keyring.answer.set()
        assert leader.result(LIMIT) == [BARE, "me:pw"]
    assert results(others) == [["me:pw"]] * len(PAGES)


@pytest.mark.parametrize("after", [0, 1, 2], ids=["the bare request", "the first credential", "the second"])
@pytest.mark.parametrize("index", [TEAM, ALWAYS, None], ids=["auto", "always", "no index"])
def test_a_call_that_is_given_up_leaves_no_gate_shut(index: Index | None, after: int) -> None:
    """Closing the generator in the middle frees the threads that wait."""
    sources = [Listed(name, f"{name}:pw") for name in ("netrc", "store", "keyring", "prompt")]
    rig = Rig(*sources, indexes=[index] if index else [])
    flow = rig.flow(rig.call(PAGES[0]))
    next(flow)
    for _ in range(after):
        flow.send(ServerAnswer(401))
    flow.close()
    assert rig.memo.gates._held == {}


def test_many_threads_two_users_one_folder() -> None:
    """Pages and files of two users at once, files side by side: every one is right, and nobody is left waiting."""
    pairs = {"a": "ua:pa", "b": "ub:pb"}
    rig = Rig(Variables(**pairs), indexes=[Index(f"{HOST}/{name}/simple/", name) for name in pairs])

    def server(path: str, sent: str) -> int:
        return 200 if sent == pairs["a" if path.endswith("a/") else "b"] else 401

    def work(seed: int) -> None:
        chance = random.Random(seed)  # noqa: S311 - a shuffle
        for user in "ab":
            rig.get(f"/{user}/simple/{user}/", server)
        for number in range(60):
            user = chance.choice("ab")
            rig.get(chance.choice([f"/{user}/simple/{number}{user}/", f"/files/{seed}.{number}{user}/"]), server)

    with ThreadPoolExecutor(8) as pool:
        results([pool.submit(work, seed) for seed in range(8)])
    assert rig.memo.gates._held == {}
