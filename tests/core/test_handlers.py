"""A signal's handler may send through the session in the midst of a look into its memory."""

from __future__ import annotations

import sys
from typing import Any, Callable

import pytest

from requests_indexauth.core import evidence, memory, realm_memory
from support.flows import Rig
from support.memories import accept, found, listed, refuse

FILES = {module.__file__ for module in (evidence, memory, realm_memory)}
EXPIRED, ME, YOU = found("old:pw"), found("me:pw"), found("you:pw")
WORKS: dict[str, Callable[[Rig], object]] = {
    "look": lambda rig: listed(rig, "/a/x"),
    "accept": lambda rig: accept(rig, "/a/y", found("me:new")),
    "refuse": lambda rig: refuse(rig, "/a/y", YOU),
    "scope": lambda rig: rig.memo.is_refused(rig.call("/a/z"), found("gone:pw", "/a/z")),
}


def handled_at(step: int, work: Callable[[Rig], object]) -> bool:
    """Do some work, and accept credentials at a step of it, as a handler may; return whether it came so far."""
    rig = Rig()
    for one in (EXPIRED, ME, YOU):
        accept(rig, f"/a/{one.username}", one)
    refuse(rig, "/b", found("gone:pw"))
    steps = iter(range(step, -1, -1))
    came: list[int] = []

    def trace(frame: Any, _event: str, _argument: object) -> Any:
        if frame.f_code.co_filename not in FILES:
            return None
        frame.f_trace_opcodes = True
        if next(steps, None) == 0:
            came.append(step)
            for number in range(3):
                accept(rig, f"/a/x/{number}", found(f"user{number}:pw"))
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work(rig)
    finally:
        sys.settrace(before)
    return bool(came)


@pytest.mark.parametrize("work", WORKS)
def test_a_signals_handler_may_learn_at_any_step_of_a_look_into_memory(work: str) -> None:
    """It holds the lock already, which is its thread's: what is looked through may change meanwhile."""
    step = 0
    while handled_at(step, WORKS[work]):
        step += 5  # a round of any loop has more
    assert step > 100
