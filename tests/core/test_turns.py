"""One question at a time, and no turn that is never given back."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import Any

from requests_indexauth.core import turns as turns_module
from requests_indexauth.core.turns import Turns
from support.interrupts import is_interrupted


def test_a_key_has_one_lock_for_as_long_as_somebody_wants_it() -> None:
    """Then it is gone: there is no end to the keys."""
    turns: Turns[str] = Turns()
    turn = turns.take("a")
    assert turns.take("a") is turn
    assert turns.take("b") is not turn
    gone = weakref.ref(turn)
    del turn
    gc.collect()
    assert gone() is None


def interrupted_at(step: int, turns: Turns[str]) -> bool:
    """Take a turn, with Ctrl-C at a step of entering or leaving it; return whether there are as many."""
    steps = iter(range(step, -1, -1))

    def trace(frame: Any, _event: str, _argument: object) -> Any:
        if frame.f_code.co_filename != turns_module.__file__ or frame.f_code is Turns.take.__code__:
            return None
        if next(steps, None) == 0:
            raise KeyboardInterrupt
        return trace

    def work() -> None:
        with turns.take("a"):
            pass

    return is_interrupted(work, trace)


def test_an_interrupt_at_any_step_keeps_no_turn_from_those_that_wait_for_it() -> None:
    """They have the lock in their hands, and no other one would do."""
    turns: Turns[str] = Turns()
    waited_for = turns.take("a")
    free: list[bool] = []

    def wait() -> None:
        with_it = waited_for.acquire(blocking=False)
        free.append(with_it)
        if with_it:
            waited_for.release()

    for step in range(100):
        interrupted = interrupted_at(step, turns)
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join()
        assert free.pop()
        if not interrupted:
            break
