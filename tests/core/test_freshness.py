"""When sources are read again. (What a call makes of it: `test_resolver.py`, `test_flow_rotation.py`.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.core.freshness import KNOWN, Freshness
from requests_indexauth.core.record import Lapsed
from requests_indexauth.models.index import Index
from support.flows import HOST, TEAM, Listed

if TYPE_CHECKING:
    from requests_indexauth.models.query import Where

OTHER = Index(f"{HOST}/other/simple/", "other")
LAPSED = Lapsed("Basic old", 1)


def ignore(_where: object) -> None:
    """Forget nothing."""


def test_all_sources_are_read_again_once_for_one_refusal() -> None:
    """And what was kept is forgotten for that place alone; another refusal, or another place, counts anew."""
    freshness, sources = Freshness(), [Listed("netrc"), Listed("keyring", slow=True)]
    forgotten: list[Where] = []
    for where, lapsed in ((TEAM, LAPSED), (TEAM, LAPSED), (TEAM, Lapsed("Basic old", 2)), (OTHER, LAPSED)):
        freshness.refresh(where, lapsed, sources, forgotten.append)
    assert [source.refreshed for source in sources] == [3, 3]
    assert forgotten == [TEAM, TEAM, OTHER]


def test_a_file_is_read_again_once_for_each_answer_that_was_refused() -> None:
    """In each place."""
    freshness, file = Freshness(), Listed("netrc")
    for where, header in ((TEAM, "Basic a"), (TEAM, "Basic a"), (TEAM, "Basic b"), (OTHER, "Basic a")):
        freshness.reread(file, where, header)
    assert file.refreshed == 3


def test_a_file_that_was_read_again_with_all_others_is_not_read_once_more() -> None:
    """For the same refused answer."""
    freshness, file = Freshness(), Listed("netrc")
    freshness.refresh(TEAM, LAPSED, [file], ignore)
    freshness.reread(file, TEAM, LAPSED.header)
    assert file.refreshed == 1


def test_a_rereading_that_was_interrupted_is_done_again() -> None:
    """What was not read is not known to be fresh."""

    class Interrupted(Listed):
        def refresh(self) -> None:
            super().refresh()
            if self.refreshed == 1:
                raise KeyboardInterrupt

    freshness, file = Freshness(), Interrupted("netrc")
    with pytest.raises(KeyboardInterrupt):
        freshness.refresh(TEAM, LAPSED, [file], ignore)
    freshness.refresh(TEAM, LAPSED, [file], ignore)
    assert file.refreshed == 2


def test_the_oldest_rereading_is_forgotten_first() -> None:
    """The memory is bounded."""
    freshness, file = Freshness(), Listed("netrc")
    for number in range(KNOWN + 1):
        freshness.reread(file, TEAM, f"Basic {number}")
    freshness.reread(file, TEAM, f"Basic {KNOWN}")
    assert file.refreshed == KNOWN + 1
    freshness.reread(file, TEAM, "Basic 0")
    assert file.refreshed == KNOWN + 2
