"""What is known of one credential. (What a session makes of it: `test_memory.py`, `test_realm_memory.py`.)"""

from __future__ import annotations

import pytest

from requests_indexauth.core.record import FAILURES, FOLDERS, Record
from support.memories import found


@pytest.mark.parametrize(
    ("failures", "folders", "misfit", "dead"),
    [
        pytest.param(0, (), False, False, id="nothing is known"),
        pytest.param(1, (), False, True, id="it was only refused"),
        pytest.param(1, (), True, False, id="it may be for other paths"),
        pytest.param(FAILURES, (), True, True, id="refused too often to be for other paths"),
        pytest.param(FAILURES, ("/a",), False, False, id="a folder has accepted it"),
    ],
)
def test_a_credential_is_dead_when_refusals_are_all_that_is_known_of_it(
    failures: int, folders: tuple[str, ...], *, misfit: bool, dead: bool
) -> None:
    record = Record(found("me:pw"))
    record.failures, record.misfit = failures, misfit
    for folder in folders:
        record.add_folder(folder)
    assert record.dead is dead
    assert record.out_of_date is (failures >= FAILURES)


def test_a_credential_is_for_its_user_and_for_any() -> None:
    record = Record(found("me:pw"))
    assert [record.is_for(user) for user in (None, "me", "you")] == [True, True, False]
    assert not Record(None).is_for(None)


def test_what_was_accepted_last_comes_first_and_what_was_replaced_last() -> None:
    old, new, replaced = (Record(found("me:pw")) for _ in range(3))
    old.latest, new.latest, replaced.latest, replaced.replaced_by = 1, 2, 3, "Basic new"
    assert sorted([replaced, old, new], key=lambda record: record.age) == [new, old, replaced]


def test_the_folder_that_accepted_it_first_is_forgotten_first() -> None:
    """A folder that accepts it again is the last one, and stays shared."""
    record = Record(found("me:pw"))
    record.add_folder("/0", shared=True)
    record.add_folder("/1")
    record.add_folder("/0")
    for number in range(2, FOLDERS + 1):
        record.add_folder(f"/{number}")
    assert len(record.accepted_in) == FOLDERS
    assert "/1" not in record.accepted_in
    assert record.accepted_in["/0"]
