"""Gates: one goes ahead, the others wait until it opens, or for so long and no longer."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.core import single_flight
from requests_indexauth.core.single_flight import Gate, Gates, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator

LONG = 60.0


def test_no_call_is_ahead() -> None:
    """The first holds the gate; keys are apart."""
    gates = Gates()
    assert isinstance(gates.enter("a", LONG), Gate)
    with ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(gates.enter, "b", LONG).result(LONG), Gate)


def test_who_waits_looks_again() -> None:
    """A waiter gets no gate when the one ahead opens; the next to come holds a new one."""
    gates = Gates()
    gate = gates.enter("a", LONG)
    assert gate is not None
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(gates.enter, "a", LONG)
        gate.open()
        got = waiter.result(LONG)
        assert got is None or got is not gate  # it may have come after the opening
        assert isinstance(pool.submit(gates.enter, "a", LONG).result(LONG), Gate)


def test_who_waits_in_vain_goes_ahead() -> None:
    """Its gate takes the place of the one that did not open, which takes nothing away when it does."""
    gates = Gates()
    stuck = gates.enter("a", LONG)
    assert stuck is not None
    with ThreadPoolExecutor(1) as pool:
        second = pool.submit(gates.enter, "a", 0.001).result(LONG)
    assert second is not None
    stuck.open()
    assert gates._held == {"a": second.waiting}
    second.open()
    second.open()
    assert gates._held == {}


def test_a_thread_never_waits_for_itself() -> None:
    """It gets a gate of its own."""
    gates = Gates()
    first, second = gates.enter("a", LONG), gates.enter("a", LONG)
    assert first is not None
    assert second is not None
    assert first is not second


def test_while_sources_are_asked_the_limit_stands_still() -> None:
    """A waiter goes on waiting, however often its time is up, until the gate opens."""
    gates = Gates()
    gate = gates.enter("a", LONG)
    assert gate is not None
    looks = threading.Semaphore(0)
    opened = gate.waiting.opened

    class Opened:
        """An event whose time is always up, until it is set."""

        def wait(self, _seconds: float) -> bool:
            looks.release()
            return opened.is_set()

        def set(self) -> None:
            opened.set()

    gate.waiting.opened = Opened()  # type: ignore[assignment]
    with ThreadPoolExecutor(1) as pool, gate.waiting.asking():
        waiter = pool.submit(gate.waiting.wait, 5.0)
        for _ in range(3):
            assert looks.acquire(timeout=LONG)
        gate.open()
        assert waiter.result(LONG) is True


def test_asking_ends_with_the_question() -> None:
    """Also when that fails: then the limit counts again."""
    gate = Gates().enter("a", LONG)
    assert gate is not None
    with pytest.raises(KeyError), gate.waiting.asking():
        raise KeyError
    assert gate.waiting.wait(0.001) is False


@pytest.mark.parametrize("after", [5.0, 1.0])
def test_the_limit_begins_anew_when_the_sources_have_answered(after: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """A waiter whose time was up while they were asked gives the request that goes ahead its whole time again."""
    now = 100.0
    monkeypatch.setattr("requests_indexauth.core.single_flight.monotonic", lambda: now)
    gate = Gates().enter("a", LONG)
    assert gate is not None
    asking = gate.waiting.asking()
    waits = []

    class Opened:
        """An event whose time is always up; the question ends while it is waited for the first time."""

        def wait(self, seconds: float) -> bool:
            nonlocal now
            waits.append(seconds)
            if len(waits) == 1:
                now += after
                asking.__exit__(None, None, None)
                now += seconds - after
            else:
                now += seconds
            return False

        def set(self) -> None:
            """Nobody waits."""

    gate.waiting.opened = Opened()  # type: ignore[assignment]
    asking.__enter__()
    assert gate.waiting.wait(5.0) is False
    assert waits == [5.0, after]


def test_a_gate_that_its_holder_lost_opens() -> None:
    """An exception may come between taking the gate and noting it: nobody waits for it then."""
    gates = Gates()
    gate = gates.enter("a", LONG)
    assert gate is not None
    with ThreadPoolExecutor(1) as pool:
        waiter = pool.submit(gates.enter, "a", LONG)
        del gate
        gc.collect()
        waiter.result(LONG)
        assert isinstance(pool.submit(gates.enter, "a", LONG).result(LONG), Gate)


@pytest.mark.parametrize("key", ["a", "b"], ids=["the same gate", "another one"])
def test_a_flow_that_is_collected_while_a_gate_is_taken_holds_no_thread_up(
    key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Garbage is collected at any allocation, with the lock held; the flow's end opens its own gate."""
    gates = Gates()

    def flow() -> Iterator[None]:
        gate = gates.enter("a", LONG)
        assert gate is not None
        try:
            yield
        finally:
            gate.open()

    class Collecting(Waiting):
        def __init__(self) -> None:
            gc.collect()
            super().__init__()

    cycle: list[object] = [flow()]
    next(cycle[0])  # type: ignore[call-overload]
    cycle.append(cycle)
    del cycle
    monkeypatch.setattr(single_flight, "Waiting", Collecting)
    got: list[Gate | None] = []
    thread = threading.Thread(target=lambda: got.append(gates.enter(key, 0)), daemon=True)
    thread.start()
    thread.join(LONG)
    assert not thread.is_alive()
    assert [held.waiting for held in got if held is not None] == list(gates._held.values())


def test_a_gate_that_was_interrupted_as_it_was_made_says_nothing() -> None:
    """Ctrl-C at its first step: there is nothing to open."""
    Gate.__new__(Gate).__del__()
