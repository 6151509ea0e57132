"""Which threads and processes are inside a keyring look-up of ours."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from requests_indexauth.util.environ import temporary_environ
from requests_indexauth.util.keyring_guard import VARIABLE, inside_keyring, is_inside_keyring
from support.forking import in_forked_child


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_that_a_look_up_forks_is_part_of_it() -> None:
    """A backend may work in such a child, in any thread of it; that must not ask a keyring in its turn."""

    def in_child() -> bool:
        with ThreadPoolExecutor(1) as pool:
            return is_inside_keyring() and (VARIABLE in os.environ) and pool.submit(is_inside_keyring).result(60)

    with temporary_environ({VARIABLE: str(os.getpid())}), inside_keyring():
        assert in_forked_child(in_child)


def test_another_thread_may_use_the_keyring_for_itself() -> None:
    """The mark is of the thread that asks, until it has its answer, and of a look-up within that look-up."""
    with inside_keyring():
        with inside_keyring(), ThreadPoolExecutor(1) as pool:
            assert is_inside_keyring()
            assert not pool.submit(is_inside_keyring).result(60)
        assert is_inside_keyring()
    assert not is_inside_keyring()


def test_a_process_that_is_started_meanwhile_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable has the number of the process that asks; in that process itself it says nothing."""
    for value, inside in (("", False), (str(os.getpid() + 1), True), (str(os.getpid()), False)):
        monkeypatch.setenv(VARIABLE, value)
        assert is_inside_keyring() is inside
