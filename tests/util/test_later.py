"""What is put off until no lock of ours is held."""

from __future__ import annotations

import pytest

from requests_indexauth.util.later import later, putting_off

WORD = "broken"


def test_it_is_done_at_the_end_of_the_outermost_block() -> None:
    """In order, and once."""
    done: list[int] = []
    with putting_off():
        later(lambda: done.append(1))
        with putting_off():
            later(lambda: done.append(2))
        assert done == []
    assert done == [1, 2]
    with putting_off():
        pass
    assert done == [1, 2]


def test_outside_a_block_it_is_done_at_once() -> None:
    done: list[int] = []
    later(lambda: done.append(1))
    assert done == [1]


def test_it_is_done_though_the_block_fails() -> None:
    done: list[int] = []

    def fail() -> None:
        with putting_off():
            later(lambda: done.append(1))
            raise RuntimeError(WORD)

    with pytest.raises(RuntimeError, match=WORD):
        fail()
    assert done == [1]
