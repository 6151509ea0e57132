"""What is remembered of an index, whose URLs are one place."""

from __future__ import annotations

from requests_indexauth.core.memory import RECORDS
from requests_indexauth.models.found import GIVEN
from support.flows import Rig
from support.memories import PAGE, TEAM, accept, found, quick, refuse, refused_at, tried


def test_an_index_remembers_the_last_accepted_of_each_user(rig: Rig) -> None:
    """Until it refuses it; another index has its own."""
    for pair in ("me:pw", "you:pw"):
        accept(rig, PAGE, found(pair))
    assert quick(rig, PAGE) == "you:pw"
    assert tried(rig, PAGE) == ["you:pw", "me:pw"]
    assert tried(rig, PAGE, "me") == ["me:pw"]
    assert quick(rig, "/other/simple/p/") == "bare"
    assert refuse(rig, PAGE, found("you:pw"))
    assert quick(rig, PAGE) == "me:pw"


def test_a_refusal_of_an_index_is_for_that_index(rig: Rig) -> None:
    """The whole of it, and nothing beside it. A misfit of the realm is excused nowhere in an index."""
    pair = found("me:pw")
    refuse(rig, PAGE, pair)
    rig.memo.excuse(rig.call(PAGE), [pair], found("you:pw"))
    assert refused_at(rig, pair, PAGE, "/team/z") == [True, True]
    assert refused_at(rig, pair, "/other/z", "/z") == [False, False]
    assert rig.memo.refused_by(TEAM) == [pair.header]


def test_an_older_password_comes_after_all_others(rig: Rig) -> None:
    """Whatever was refused, and never accepted, before it."""
    refuse(rig, PAGE, found("we:pw"))
    for pair in ("you:pw", "me:old", "me:new"):
        accept(rig, PAGE, found(pair))
    assert tried(rig, PAGE) == ["me:new", "you:pw", "me:old"]


def test_only_what_an_index_refused_counts_as_refused_by_it(rig: Rig) -> None:
    """What it has accepted since, and what it has only accepted, does not."""
    good, again, wrong = found("me:pw"), found("you:pw"), found("we:pw")
    accept(rig, PAGE, good)
    for one in (again, wrong):
        refuse(rig, PAGE, one)
    rig.memo.accept(rig.call(PAGE)._replace(given=again), again)
    assert rig.memo.refused_by(TEAM) == [wrong.header]


def test_the_credential_unused_for_longest_is_forgotten_first(rig: Rig) -> None:
    """A user name alone goes before all passwords; what has just been learned stays."""
    users = [f"user{number}" for number in range(RECORDS)]
    for user in (*users, users[0]):
        accept(rig, PAGE, found(f"{user}:pw"))
    name_alone = found("name:", source=GIVEN)
    refuse(rig, PAGE, name_alone)
    assert refused_at(rig, name_alone, PAGE) == [True]
    assert tried(rig, PAGE) == [f"{user}:pw" for user in (users[0], *reversed(users[2:]))]
    accept(rig, PAGE, found("late:pw"))
    assert tried(rig, PAGE) == [f"{user}:pw" for user in ("late", users[0], *reversed(users[2:]))]


def test_user_names_that_a_server_makes_up_push_no_password_out(rig: Rig) -> None:
    """A redirect can name any number of them; each is tried once, with an empty password."""
    wrong, right = found("me:wrong"), found("me:right")
    refuse(rig, "/x", wrong)
    accept(rig, "/y/z", right)
    for number in range(10 * RECORDS):
        refuse(rig, "/x", found(f"user{number}:", source=GIVEN))
    assert refused_at(rig, wrong, "/x", "/y/z") == [True, True]
    assert tried(rig, "/y/z") == ["me:right"]
