"""Methods that are called in a forked child."""

from __future__ import annotations

import gc
import os
import threading

import pytest

from requests_indexauth.util import after_fork
from requests_indexauth.util.after_fork import after_fork_in_child
from support.forking import in_forked_child

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")


class Holder:
    """Has a lock, and renews it in a child."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.renewed = 0
        after_fork_in_child(self.renew)

    def renew(self) -> None:
        self.lock = threading.Lock()
        self.renewed += 1


def test_a_lock_that_another_thread_holds_is_free_in_the_child() -> None:
    """The parent's stays held."""
    holder = Holder()
    with holder.lock:
        assert in_forked_child(lambda: holder.lock.acquire(timeout=20))
        assert holder.lock.locked()
    assert holder.renewed == 0


def test_each_fork_calls_a_method_once() -> None:
    """In the child of a child, too."""
    holder = Holder()
    assert in_forked_child(lambda: holder.renewed) == 1
    assert in_forked_child(lambda: in_forked_child(lambda: holder.renewed)) == 2


def test_an_object_is_not_kept_alive() -> None:
    """Nor is anything left of one that is gone."""
    before = set(after_fork._methods)
    holder = Holder()
    mine = set(after_fork._methods) - before
    assert mine
    del holder
    gc.collect()
    assert mine.isdisjoint(after_fork._methods)
