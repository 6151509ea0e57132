"""What a session remembers of its indexes and realms together, and what it forgets."""

from __future__ import annotations

import pytest

from requests_indexauth.core.evidence import NODES
from requests_indexauth.core.memo import REALMS, Memo
from requests_indexauth.core.memory import RECORDS
from requests_indexauth.models.found import GIVEN, Found
from support.flows import Rig, credential, shown
from support.memories import OTHER, PAGE, TEAM, accept, found, listed, quick, refuse, refused_at, tried


def test_nothing_is_known_at_first(rig: Rig) -> None:
    """The short cut has nothing, of an index and of a realm."""
    assert quick(rig, PAGE) == quick(rig, "/x/y") == "bare"
    assert tried(rig, PAGE) == tried(rig, "/x/y") == listed(rig) == []
    assert not rig.memo.is_known(TEAM)


def test_a_403_settles(rig: Rig) -> None:
    """Other threads need not wait for a verdict; a 401 unsettles."""
    for path in (PAGE, "/x/y"):
        call, pair = rig.call(path), found("me:pw")
        assert not rig.memo.is_seen(call, pair)
        rig.memo.mark_seen(call, pair)
        assert rig.memo.is_seen(call, pair)
        rig.memo.refuse(call, pair)
        assert not rig.memo.is_seen(call, pair)


def test_a_known_index() -> None:
    """It has answered."""
    memo = Memo()
    memo.mark_known(TEAM)
    assert memo.is_known(TEAM)
    assert not memo.is_known(OTHER)


def test_an_index_that_refuses_what_it_had_accepted_takes_its_word_back(rig: Rig) -> None:
    """Beside it the credential is not tried any more, unless something else there has accepted it."""
    pair, other = found("me:pw"), found("you:pw")
    for one in (pair, other):
        accept(rig, PAGE, one)
    accept(rig, "/files/x", other)
    for one in (pair, other):
        assert refuse(rig, PAGE, one)
    assert listed(rig, "/files/y") == ["you:pw"]


def test_what_an_index_accepts_is_tried_beside_it_again(rig: Rig) -> None:
    """It is no wrong password after all; but where it was refused it is not sent again."""
    pair = found("me:pw")
    refuse(rig, "/files/x", pair)
    accept(rig, PAGE, pair)
    assert refused_at(rig, pair, "/files/x", "/files/y", "/other") == [True, False, False]
    assert listed(rig) == ["me:pw"]


def test_a_given_credential_that_is_accepted_is_good_again(rig: Rig) -> None:
    """Only the one that this very call was given: a late answer may be older than the refusal."""
    pair, given = found("me:pw"), found("me:pw", source=GIVEN)
    for path in (PAGE, "/x/y"):
        call = rig.call(path)
        assert rig.memo.accept(call, pair) is False
        rig.memo.refuse(call, pair)
        for late in (pair, given):
            assert rig.memo.accept(call, late) is False
            assert refused_at(rig, pair, path) == [True]
        assert rig.memo.accept(call._replace(given=given), given) is True
        assert refused_at(rig, pair, path) == [False]


@pytest.mark.parametrize("path", [PAGE, "/x/y"], ids=["an index", "no index"])
def test_a_refusal_of_what_was_sent_counts_though_another_is_remembered_by_now(rig: Rig, path: str) -> None:
    """That one alone is refused; a bare request that was refused says nothing of any."""
    sent, now = found("me:pw"), found("you:pw")
    for one in (sent, now):
        accept(rig, path, one)
    call = rig.call(path)
    rig.memo.refuse_sent(call, None)
    assert refused_at(rig, sent, path) == refused_at(rig, now, path) == [False]
    rig.memo.refuse_sent(call, sent.header)
    assert [refused_at(rig, sent, path), refused_at(rig, now, path)] == [[True], [False]]
    assert listed(rig) == ["you:pw"]


def test_the_realm_that_learned_nothing_for_longest_is_forgotten_first(rig: Rig) -> None:
    """Its short cuts with it; looking a realm up teaches nothing."""
    pair, urls = found("me:pw"), [f"https://host{number}.example/x" for number in range(REALMS + 1)]
    for url in (*urls[:REALMS], urls[0], urls[REALMS]):
        assert tried(rig, "https://looked.up.example/x") == []
        call = rig.call(url)
        rig.memo.accept(call, Found(credential("u:p"), "netrc", call.query.realm))
        rig.memo.prepare_short_cut(call)
    assert [shown(one) for url in urls[:2] for one in rig.memo.candidates(rig.call(url), None)] == ["u:p"]
    assert rig.memo.short_cut.find(urls[1]) is None
    assert not refused_at(rig, pair, "/x")[0]


def test_a_sessions_memory_is_bounded(rig: Rig) -> None:
    """Whatever paths, users and hosts a server makes up, what is in use stays known."""
    mine = found("me:pw")
    accept(rig, "/home/x", mine)
    for number in range(NODES + 100):
        refuse(rig, f"/made/up/{number}", mine)
        accept(rig, "/home/x", mine)
    assert len(rig.memo._evidence._nodes) == NODES
    for number in range(RECORDS + 10):
        refuse(rig, "/home/x", found(f"user{number}:"))
        accept(rig, "/home/x", mine)
    for number in range(REALMS + 10):
        call = rig.call(f"https://host{number}.example/x")
        rig.memo.accept(call, Found(credential("u:p"), "netrc", call.query.realm))
        accept(rig, "/home/x", mine)
    assert len(rig.memo._realms) == REALMS
    assert tried(rig, "/home/x") == ["me:pw"]
    assert len(rig.memo._realms[TEAM.realm]._records) == RECORDS
