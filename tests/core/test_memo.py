"""What is remembered: the short cut, and what is bounded. (What a request does with it is in test_flow.)"""

from __future__ import annotations

import pytest

from requests_indexauth.core.memo import Memo
from requests_indexauth.core.memory import PLACES, REALM_LIST
from requests_indexauth.models.found import GIVEN, Found
from requests_indexauth.models.index import Index
from support.flows import HOST, Rig, credential, shown

PAGE = f"{HOST}/team/simple/thing/"
TEAM = Index(f"{HOST}/team/simple/", "team")
OTHER = Index(f"{HOST}/other/simple/", "other")


def found(pair: str, prefix: str | None = None) -> Found:
    return Found(credential(pair), "netrc", prefix)


@pytest.fixture
def rig() -> Rig:
    return Rig(indexes=[TEAM, OTHER])


def first(rig: Rig, path: str) -> str:
    """Return what the short cut sends."""
    return shown(rig.memo.memory(rig.call(path).where).first())


def test_nothing_is_known_at_first(rig: Rig) -> None:
    """The short cut has nothing, of an index and of a realm."""
    assert first(rig, PAGE) == first(rig, "/x/y") == "bare"
    assert not rig.memo.is_known(TEAM)


def test_the_same_place_is_the_same_memory(rig: Rig) -> None:
    """Whoever holds one sees what is learned later."""
    call = rig.call(PAGE)
    memory = rig.memo.memory(call.where)
    rig.memo.accept(call, found("me:pw"))
    assert rig.memo.memory(call.where) is memory
    assert shown(memory.first()) == "me:pw"


def test_the_short_cut_of_an_index(rig: Rig) -> None:
    """The last accepted, until it is refused; another index has its own."""
    rig.memo.accept(rig.call(PAGE), found("me:pw"))
    rig.memo.accept(rig.call(PAGE), found("you:pw"))
    assert first(rig, PAGE) == "you:pw"
    assert first(rig, "/other/simple/p/") == "bare"
    rig.memo.refuse(rig.call(PAGE), found("you:pw"))
    assert first(rig, PAGE) == "bare"
    assert shown(rig.memo.remembered(rig.call(PAGE), "me")) == "me:pw"


def test_the_short_cut_of_an_index_brings_its_credential_to_the_front(rig: Rig) -> None:
    """The files beside it come next."""
    rig.memo.accept(rig.call(PAGE), found("me:pw"))
    rig.memo.accept(rig.call("/other/simple/p/"), found("you:pw"))
    call = rig.call("/files/x")
    assert [shown(one) for one in rig.memo.of_realm(call, None)] == ["you:pw", "me:pw"]
    assert first(rig, PAGE) == "me:pw"
    assert [shown(one) for one in rig.memo.of_realm(call, None)] == ["me:pw", "you:pw"]
    assert [shown(one) for one in rig.memo.of_realm(call, "you")] == ["you:pw"]


def test_the_short_cut_of_a_realm(rig: Rig) -> None:
    """The last accepted there, but not one that only an index has accepted so far."""
    call = rig.call("/x/y")
    rig.memo.accept(rig.call(PAGE), found("me:pw"))
    assert first(rig, "/x/y") == "bare"
    rig.memo.accept(call, found("me:pw"))
    assert first(rig, "/x/y") == "me:pw"


@pytest.mark.parametrize("what", ["a refusal", "an entry for a path"])
def test_no_short_cut_where_paths_must_be_told_apart(rig: Rig, what: str) -> None:
    """Then the flow looks at the path."""
    call = rig.call("/x/y")
    rig.memo.accept(call, found("me:pw", "/x" if what == "an entry for a path" else None))
    if what == "a refusal":
        rig.memo.refuse(rig.call("/z/z"), found("you:pw"))
    assert first(rig, "/x/y") == "bare"


def test_a_realms_list_is_short(rig: Rig) -> None:
    """The last accepted are kept, each once."""
    call = rig.call("/x/y")
    for number in [*range(REALM_LIST + 3), REALM_LIST]:
        rig.memo.accept(call, found(f"u{number}:pw"))
    listed = [shown(one) for one in rig.memo.of_realm(call, None)]
    assert len(listed) == len(set(listed)) == REALM_LIST
    assert listed[:3] == [f"u{number}:pw" for number in (REALM_LIST, REALM_LIST + 2, REALM_LIST + 1)]


def test_folders_are_forgotten_oldest_first(rig: Rig) -> None:
    """A long session does not grow; a refusal in a folder that is forgotten is taken for a misfit there."""
    for number in range(PLACES + 1):
        rig.memo.accept(rig.call(f"/{number}/x"), found("me:pw"))
    places = rig.memo.memory(rig.call("/x").where).places  # type: ignore[union-attr]
    assert len(places) == PLACES
    assert not rig.memo.refuse(rig.call("/0/x"), found("me:pw"))
    assert rig.memo.refuse(rig.call(f"/{PLACES}/x"), found("me:pw"))


def test_a_refusal_is_for_where_it_was(rig: Rig) -> None:
    """A credential that was never accepted: the whole realm, but not its indexes. One of an index: that index."""
    pair = found("me:pw")
    rig.memo.refuse(rig.call("/x/y"), pair)
    assert rig.memo.is_refused(rig.call("/z"), pair)
    assert not rig.memo.is_refused(rig.call(PAGE), pair)
    assert not rig.memo.is_refused(rig.call("https://other.example/x/y"), pair)
    rig.memo.refuse(rig.call(PAGE), pair)
    assert rig.memo.is_refused(rig.call("/team/z"), pair)
    assert not rig.memo.is_refused(rig.call("/other/z"), pair)


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ("/f/x", True),
        ("/f/x/", True),
        ("/f/x/y", True),
        ("/f/xy", False),
        ("/f/", False),
        ("/f/z", False),
        ("/", False),
    ],
)
def test_a_misfit_of_an_index_is_for_one_url(rig: Rig, path: str, refused: bool) -> None:  # noqa: FBT001
    """What an index remembers may be right for the file beside it."""
    pair = found("me:pw")
    rig.memo.accept(rig.call(PAGE), pair)
    assert not rig.memo.refuse(rig.call("/f/x"), pair)
    assert rig.memo.is_refused(rig.call(path), pair) is refused


def test_a_403_settles(rig: Rig) -> None:
    """Other threads need not wait for a verdict; a 401 unsettles."""
    for call in (rig.call(PAGE), rig.call("/x/y")):
        pair = found("me:pw")
        assert not rig.memo.is_settled(call, pair)
        rig.memo.settle(call, pair)
        assert rig.memo.is_settled(call, pair)
        rig.memo.refuse(call, pair)
        assert not rig.memo.is_settled(call, pair)


def test_the_short_cut_changes_nothing_behind_the_others_backs(rig: Rig) -> None:
    """Two threads may bring two credentials to the front at once: that is done under the memo's lock."""
    held: list[bool] = []

    class Lock:
        def __enter__(self) -> None:
            held.append(True)

        def __exit__(self, *_error: object) -> None:
            held.append(False)

    rig.memo.accept(rig.call(PAGE), found("me:pw"))
    rig.memo.accept(rig.call("/other/simple/p/"), found("you:pw"))
    realm = rig.memo.memory(rig.call("/x").where)
    realm._lock = Lock()  # type: ignore[union-attr]
    assert first(rig, PAGE) == first(rig, PAGE) == "me:pw"
    assert held == [True, False]


def test_a_known_index() -> None:
    """It has answered."""
    memo = Memo()
    memo.know(TEAM)
    assert memo.is_known(TEAM)
    assert not memo.is_known(OTHER)


def test_narrowing_concerns_no_index(rig: Rig) -> None:
    """In an index a refusal stays one, whatever is accepted after it."""
    call = rig.call(PAGE)
    misfit = found("me:pw")
    rig.memo.refuse(call, misfit)
    rig.memo.narrow(call, [misfit], found("you:pw"))
    rig.memo.strike(call, [misfit])
    assert rig.memo.is_refused(call, misfit)


# What a refusal says where no index is


def listed(rig: Rig, username: str | None = None) -> list[str]:
    """Return what is tried in the realm."""
    return [shown(one) for one in rig.memo.of_realm(rig.call("/x"), username)]


def accept(rig: Rig, path: str, one: Found) -> None:
    rig.memo.accept(rig.call(path), one)


def refuse(rig: Rig, path: str, one: Found) -> bool:
    return rig.memo.refuse(rig.call(path), one)


def give_way(rig: Rig, path: str, misfit: Found, fitting: Found) -> None:
    """Refuse one and accept another, as a call does that was sent both."""
    refuse(rig, path, misfit)
    accept(rig, path, fitting)
    rig.memo.narrow(rig.call(path), [misfit], fitting)


def refused_at(rig: Rig, one: Found, *paths: str) -> list[bool]:
    return [rig.memo.is_refused(rig.call(path), one) for path in paths]


def test_what_was_accepted_and_refused_is_known_as_forgotten(rig: Rig) -> None:
    """In an index and beside it; a password that was never accepted is forgotten by nobody."""
    pair, wrong = found("me:pw"), found("me:wrong")
    for path in (PAGE, "/x/y"):
        assert refuse(rig, path, wrong)
        assert rig.memo.forgotten(rig.call(path)) is None
        accept(rig, path, pair)
        assert refuse(rig, path, pair)
        assert rig.memo.forgotten(rig.call(path)) == (pair.header, True)


def test_a_wrong_password_is_refused_everywhere_whatever_else_is_known(rig: Rig) -> None:
    """Where others were accepted, and which entries are for paths, says nothing for it."""
    accept(rig, "/x/y", found("you:pw"))
    accept(rig, "/z/y", found("you:other", "/z"))
    wrong = found("me:wrong")
    assert refuse(rig, "/f/1", wrong)
    assert refused_at(rig, wrong, "/f/2", "/x/y") == [True, True]


def test_an_old_password_of_an_entrys_path_is_forgotten(rig: Rig) -> None:
    """Refused at home, below the path it is for, it is good nowhere."""
    pair = found("me:pw", "/a")
    accept(rig, "/a/x", pair)
    assert refuse(rig, "/a/x", pair)
    assert rig.memo.remembered(rig.call("/a/y"), None) is None
    assert refused_at(rig, pair, "/elsewhere") == [True]


def test_where_an_old_password_was_accepted_does_not_count(rig: Rig) -> None:
    """It is refused everywhere a second time, too."""
    pair = found("me:pw")
    accept(rig, "/x/1", pair)
    assert refuse(rig, "/x/1", pair)
    assert refuse(rig, "/y/1", pair)


def test_what_an_index_accepts_is_tried_beside_it_again(rig: Rig) -> None:
    """It is no wrong password after all; but where it was refused it is not sent again."""
    pair = found("me:pw")
    refuse(rig, "/files/x", pair)
    accept(rig, PAGE, pair)
    assert refused_at(rig, pair, "/files/x", "/files/y", "/other") == [True, False, False]
    assert listed(rig) == ["me:pw"]


def test_what_was_refused_at_a_path_stays_so_when_another_is_accepted_beside_it(rig: Rig) -> None:
    """Two calls are refused the same at once; the one that finds what fits knows nothing of the other's path."""
    misfit, fit = found("me:pw"), found("you:pw")
    accept(rig, "/f/0", misfit)
    refuse(rig, "/f/1", misfit)
    refuse(rig, "/f/2", misfit)
    rig.memo.narrow(rig.call("/f/2"), [misfit], fit)
    assert refused_at(rig, misfit, "/f/1", "/f/2", "/f/3") == [True, True, False]


def test_a_given_credential_that_is_accepted_is_refused_nowhere(rig: Rig) -> None:
    """Nor in a folder where it did not fit before."""
    pair = Found(credential("me:pw"), GIVEN)
    accept(rig, "/x/1", pair)
    assert not refuse(rig, "/f/1", pair)
    assert refused_at(rig, pair, "/f/2", "/x/2") == [True, False]
    rig.memo.accept(rig.call("/f/1")._replace(given=pair), pair)
    assert refused_at(rig, pair, "/f/2") == [False]


@pytest.mark.parametrize(
    ("prefix", "refused"),
    [
        pytest.param(None, [True, True, False, False], id="the folder"),
        pytest.param("/a", [True, True, True, False], id="the path the other is for"),
        pytest.param("/else", [True, True, False, False], id="the folder, where the other is for another path"),
        pytest.param("", [True, True, False, False], id="the folder, where the other is for the whole host"),
    ],
)
def test_a_wrong_password_beside_a_right_one_is_refused_there(
    rig: Rig, prefix: str | None, refused: list[bool]
) -> None:
    """It may be somebody's elsewhere; that nobody accepted it yet is no reason to put it on the realm's list."""
    misfit = found("me:pw")
    give_way(rig, "/a/files/1", misfit, found("you:pw", prefix))
    assert refused_at(rig, misfit, "/a/files/1", "/a/files/X", "/a/other/1", "/else/1") == refused
    assert listed(rig) == ["you:pw"]


def test_another_users_credential_is_refused_for_one_url(rig: Rig) -> None:
    """It was accepted elsewhere, and a file of its own may lie beside this one."""
    misfit = found("me:pw")
    accept(rig, "/x/1", misfit)
    give_way(rig, "/f/X", misfit, found("you:pw"))
    assert refused_at(rig, misfit, "/f/X", "/f/1", "/x/1") == [True, False, False]
    assert listed(rig) == ["you:pw", "me:pw"]


def test_a_users_old_password_is_refused_in_the_folder_of_the_new_one(rig: Rig) -> None:
    """The name is the same: it is no other user's."""
    misfit = found("me:old")
    accept(rig, "/x/1", misfit)
    give_way(rig, "/f/X", misfit, found("me:new"))
    assert refused_at(rig, misfit, "/f/X", "/f/2", "/x/1") == [True, True, False]


def test_what_was_taken_for_out_of_date_comes_back_when_another_user_fits(rig: Rig) -> None:
    """To the end of the lists, once, and refused for that URL alone."""
    misfit, fitting = found("me:pw"), found("you:pw")
    accept(rig, "/f/1", misfit)
    give_way(rig, "/f/1", misfit, fitting)
    assert refused_at(rig, misfit, "/f/1", "/f/2") == [True, False]
    assert [listed(rig), listed(rig, "me"), listed(rig, "you")] == [["you:pw", "me:pw"], ["me:pw"], ["you:pw"]]
    accept(rig, "/h/1", misfit)
    give_way(rig, "/k/1", misfit, fitting)
    assert listed(rig) == ["you:pw", "me:pw"]


def test_narrowing_what_was_not_refused_changes_nothing(rig: Rig) -> None:
    """Another thread may have had it accepted meanwhile."""
    misfit = found("me:pw")
    rig.memo.narrow(rig.call("/f/1"), [misfit], found("you:pw"))
    assert refused_at(rig, misfit, "/f/1") == [False]


def test_narrowing_needs_no_list(rig: Rig) -> None:
    """Whatever is known of the realm."""
    misfit = found("me:pw")
    refuse(rig, "/f/1", misfit)
    rig.memo.narrow(rig.call("/f/1"), [misfit], found("you:pw"))
    assert refused_at(rig, misfit, "/f/2", "/g/2") == [True, False]


@pytest.mark.parametrize("path", [PAGE, "/x/y"], ids=["an index", "no index"])
def test_a_refusal_of_what_was_sent_counts_though_another_is_remembered_by_now(rig: Rig, path: str) -> None:
    """That one alone is refused; a bare request that was refused says nothing of any."""
    sent, now = found("me:pw"), found("you:pw")
    accept(rig, path, sent)
    accept(rig, path, now)
    call = rig.call(path)
    rig.memo.refuse_sent(call, None)
    assert refused_at(rig, sent, path) == refused_at(rig, now, path) == [False]
    rig.memo.refuse_sent(call, sent.header)
    assert [refused_at(rig, sent, path), refused_at(rig, now, path)] == [[True], [False]]
    assert listed(rig) == ["you:pw"]


def test_a_refusal_of_what_was_sent_counts_though_it_is_on_no_list_by_now(rig: Rig) -> None:
    """Refused elsewhere meanwhile, it has left the realm's; the index must learn of its own refusal all the same."""
    sent = found("me:pw")
    accept(rig, "/x/y", sent)
    refuse(rig, "/x/y", sent)
    assert listed(rig) == []
    rig.memo.refuse_sent(rig.call(PAGE), sent.header)
    assert refused_at(rig, sent, PAGE) == [True]


def test_only_the_caller_makes_good_what_was_refused(rig: Rig) -> None:
    """Not a late answer to what a source had, or the caller gave in another call; whether it was refused is told."""
    pair, given = found("me:pw"), Found(credential("me:pw"), GIVEN)
    call = rig.call(PAGE)
    assert rig.memo.accept(call, pair) is False
    refuse(rig, PAGE, pair)
    assert rig.memo.accept(call, pair) is False
    assert refused_at(rig, pair, PAGE) == [True]
    assert rig.memo.accept(call, given) is False
    assert refused_at(rig, pair, PAGE) == [True]
    assert rig.memo.accept(call._replace(given=given), given) is True
    assert refused_at(rig, pair, PAGE) == [False]
