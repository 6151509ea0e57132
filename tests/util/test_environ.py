"""Variables that are set for a while."""

from __future__ import annotations

import os
import threading

import pytest

from requests_indexauth.util import environ
from requests_indexauth.util.environ import temporary_environ
from requests_indexauth.util.keyring_guard import VARIABLE, is_inside_keyring
from support.forking import in_forked_child

NAME, OTHER = "REQUESTS_INDEXAUTH_TEST", "REQUESTS_INDEXAUTH_TEST_OTHER"


def test_a_variable_is_there_until_the_last_block_ends() -> None:
    """Blocks of several threads overlap as they like."""
    first, second = temporary_environ({NAME: "1"}), temporary_environ({NAME: "1", OTHER: "2"})
    with first:
        second.__enter__()
        assert (os.environ[NAME], os.environ[OTHER]) == ("1", "2")
    assert os.environ[NAME] == "1"
    second.__exit__(None, None, None)
    assert os.environ[NAME] == os.environ[OTHER] == ""


def test_a_thread_that_goes_through_the_variables_meanwhile_is_not_disturbed() -> None:
    """As `urllib.request.getproxies_environment` does with each request."""
    with temporary_environ({NAME: "1"}):
        variables = iter(os.environ.items())
        next(variables)
    assert (NAME, "") in list(variables)


def test_an_empty_variable_counts_as_unset() -> None:
    """That is how an earlier block left it."""
    for _ in range(2):
        with temporary_environ({NAME: "1"}):
            assert os.environ[NAME] == "1"


def test_what_is_set_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own value counts, during the block and after it."""
    monkeypatch.setenv(NAME, "mine")
    with temporary_environ({NAME: "1"}):
        assert os.environ[NAME] == "mine"
    assert os.environ[NAME] == "mine"


def test_a_block_that_took_the_variable_away_does_no_harm() -> None:
    """Somebody else may have unset it meanwhile."""
    with temporary_environ({NAME: "1"}):
        del os.environ[NAME]
    assert NAME not in os.environ


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_takes_back_what_another_thread_had_set() -> None:
    """Nobody else would: for ever it would take itself for a part of that thread's keyring look-up."""
    inside, over = threading.Event(), threading.Event()

    def look_up() -> None:
        with temporary_environ({VARIABLE: str(os.getpid()), NAME: "1"}):
            inside.set()
            over.wait(60)

    thread = threading.Thread(target=look_up)
    thread.start()
    assert inside.wait(60)

    def in_child() -> tuple[bool, bool, str, bool]:
        forgotten = not is_inside_keyring() and NAME not in os.environ
        with temporary_environ({NAME: "2"}):
            value = os.environ[NAME]
        return forgotten, VARIABLE in os.environ, value, bool(os.environ[NAME])

    try:
        assert in_forked_child(in_child) == (True, False, "2", False)
        assert os.environ[NAME] == "1"
    finally:
        over.set()
        thread.join()
    assert os.environ[NAME] == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_takes_back_nothing_of_the_users_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was set before any block stays."""
    monkeypatch.setenv(NAME, "mine")
    with temporary_environ({NAME: "1"}):
        assert in_forked_child(lambda: os.environ.get(NAME)) == "mine"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_the_block_in_which_a_child_was_forked_ends_there_too() -> None:
    """It takes away nothing that the child has set meanwhile."""

    def in_child() -> str | None:
        os.environ[NAME] = "the child's"
        block.__exit__(None, None, None)
        return os.environ.get(NAME)

    block = temporary_environ({NAME: "1"})
    with block:
        assert in_forked_child(in_child) == "the child's"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_variables_are_being_set_can_set_some() -> None:
    """The lock that another thread held then is none of the child's."""

    def in_child() -> bool:
        with temporary_environ({NAME: "1"}):
            return os.environ[NAME] == "1"

    with environ._shared.lock:
        assert in_forked_child(in_child)
