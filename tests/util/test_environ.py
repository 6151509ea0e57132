"""Variables that are set for a while."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from requests_indexauth.util.environ import switched_on

if TYPE_CHECKING:
    import pytest

NAME, OTHER = "REQUESTS_INDEXAUTH_TEST", "REQUESTS_INDEXAUTH_TEST_OTHER"


def test_a_variable_is_there_until_the_last_block_ends() -> None:
    """Blocks of several threads overlap as they like."""
    first, second = switched_on({NAME: "1"}), switched_on({NAME: "1", OTHER: "2"})
    with first:
        second.__enter__()
        assert (os.environ[NAME], os.environ[OTHER]) == ("1", "2")
    assert os.environ[NAME] == "1"
    second.__exit__(None, None, None)
    assert os.environ[NAME] == os.environ[OTHER] == ""


def test_a_thread_that_goes_through_the_variables_meanwhile_is_not_disturbed() -> None:
    """As `urllib.request.getproxies_environment` does with each request."""
    with switched_on({NAME: "1"}):
        variables = iter(os.environ.items())
        next(variables)
    assert (NAME, "") in list(variables)


def test_an_empty_variable_counts_as_unset() -> None:
    """That is how an earlier block left it."""
    for _ in range(2):
        with switched_on({NAME: "1"}):
            assert os.environ[NAME] == "1"


def test_what_is_set_already_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's own value counts, during the block and after it."""
    monkeypatch.setenv(NAME, "mine")
    with switched_on({NAME: "1"}):
        assert os.environ[NAME] == "mine"
    assert os.environ[NAME] == "mine"


def test_a_block_that_took_the_variable_away_does_no_harm() -> None:
    """Somebody else may have unset it meanwhile."""
    with switched_on({NAME: "1"}):
        del os.environ[NAME]
    assert NAME not in os.environ
