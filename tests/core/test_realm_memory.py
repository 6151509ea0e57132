"""What is remembered of a realm, whose paths are told apart. (What follows from it: `test_flow_realm.py`.)"""

from __future__ import annotations

import pytest

from requests_indexauth.core.evidence import CREDENTIALS, NODES
from requests_indexauth.core.record import FOLDERS, Lapsed
from requests_indexauth.models.found import Found
from support.flows import Rig, credential
from support.memories import TEAM, accept, found, listed, refuse, refused_at, tried


def test_the_longest_shared_path_goes_first(rig: Rig) -> None:
    """In whole segments; between equals the last accepted."""
    for path, pair in (("/a/b/x", "one:1"), ("/a/c/x", "two:2"), ("/ab/x", "three:3")):
        accept(rig, path, found(pair))
    assert tried(rig, "/a/b/y") == ["one:1", "two:2", "three:3"]
    assert tried(rig, "/a/c/y/z") == ["two:2", "one:1", "three:3"]
    assert tried(rig, "/ab/y") == ["three:3", "two:2", "one:1"]
    assert tried(rig, "/elsewhere") == ["three:3", "two:2", "one:1"]
    assert tried(rig, "/a/b/x/", "two") == ["two:2"]


def test_two_users_beside_each_other(rig: Rig) -> None:
    """What a path refused is not sent there, and what it accepted is sent there again."""
    one, two = found("one:1"), found("two:2")
    accept(rig, "/prefix_1", one)
    assert not refuse(rig, "/prefix_2", one)
    accept(rig, "/prefix_2", two)
    assert tried(rig, "/prefix_1", "one") == ["one:1"]
    assert tried(rig, "/prefix_1/foo") == ["one:1", "two:2"]
    assert tried(rig, "/prefix_2/foo") == ["two:2", "one:1"]
    assert tried(rig, "/prefix_2") == ["two:2"]


def test_one_user_with_two_passwords(rig: Rig) -> None:
    """A new password takes the old one's place everywhere; one that is accepted again stands beside it."""
    old, new = found("me:old"), found("me:new")
    accept(rig, "/a/x", old)
    accept(rig, "/b/x", new)
    assert tried(rig, "/a/x") == ["me:new", "me:old"]
    accept(rig, "/a/x", old)
    assert tried(rig, "/a/x")[0] == tried(rig, "/a/y")[0] == "me:old"
    assert tried(rig, "/b/y")[0] == "me:new"


def test_two_tokens_of_entries_for_two_paths_are_no_old_and_new_password(rig: Rig) -> None:
    """The user name is ``__token__`` in both."""
    for folder in "ab":
        accept(rig, f"/{folder}/x", found(f"__token__:{folder}", f"/{folder}"))
    assert tried(rig, "/a/x")[0] == "__token__:a"
    assert tried(rig, "/c")[0] == "__token__:b"


def test_an_entry_for_a_path_goes_first_below_it(rig: Rig) -> None:
    """Where several share as much of the path."""
    accept(rig, "/area/x", found("outer:1", "/area"))
    accept(rig, "/area/inner/x", found("inner:2", "/area/inner"))
    assert tried(rig, "/area/y") == ["outer:1", "inner:2"]
    assert tried(rig, "/area/inner/y") == ["inner:2", "outer:1"]


def test_a_wrong_password_is_refused_everywhere(rig: Rig) -> None:
    """All that is known of it is a refusal; another realm is another place."""
    wrong = found("me:wrong")
    accept(rig, "/x/y", found("you:pw"))
    assert not refuse(rig, "/f/1", wrong)
    assert refused_at(rig, wrong, "/f/1", "/f/2", "/x/y", "/") == [True] * 4
    assert not rig.memo.is_refused(rig.call("https://other.example/f/1"), wrong)


def test_a_password_that_is_refused_where_it_was_accepted_is_out_of_date(rig: Rig) -> None:
    """In the same folder, too; with nothing left that accepts it, it is sent nowhere."""
    pair = found("me:pw")
    accept(rig, "/x/1", pair)
    assert refuse(rig, "/x/2", pair)
    assert refused_at(rig, pair, "/x/1", "/y") == [True, True]
    assert rig.memo.lapsed(rig.call("/z")) is not None
    assert listed(rig) == []


def test_three_refused_calls_in_a_row_put_a_credential_out_of_date(rig: Rig) -> None:
    """Then only a source may give it, and only near where it was accepted; accepted again, it is as before."""
    pair = found("me:pw")
    accept(rig, "/home/x", pair)
    assert [refuse(rig, f"/{folder}/x", pair) for folder in "abc"] == [False, False, True]
    assert tried(rig, "/home/x") == []
    assert refused_at(rig, pair, "/home/x", "/home/y/z", "/d/x", "/a/x") == [False, False, True, True]
    accept(rig, "/home/x", pair)
    assert tried(rig, "/d/x") == ["me:pw"]


@pytest.mark.parametrize(("prefix", "is_wrong"), [("/f", False), (None, True)])
def test_another_users_success_excuses_a_refusal(rig: Rig, prefix: str | None, is_wrong: bool) -> None:  # noqa: FBT001
    """Then it is refused for that URL alone; what nothing has accepted yet, only if the other user's is for a path."""
    misfit, wrong = found("me:pw"), found("host:wide")
    accept(rig, "/f/1", misfit)
    for one in (misfit, wrong):
        refuse(rig, "/f/2", one)
    rig.memo.excuse(rig.call("/f/2"), [misfit, wrong], found("you:pw", prefix))
    assert refused_at(rig, misfit, "/f/1", "/f/2", "/f/3", "/g") == [False, True, False, False]
    assert refused_at(rig, wrong, "/f/1", "/f/2", "/f/3", "/g") == [is_wrong, True, is_wrong, is_wrong]
    assert listed(rig) == ["me:pw"]


def test_a_new_password_excuses_no_old_one(rig: Rig) -> None:
    """The name is the same: it is no other user's."""
    old = found("me:old")
    accept(rig, "/x/1", old)
    refuse(rig, "/x/2", old)
    rig.memo.excuse(rig.call("/x/2"), [old], found("me:new"))
    assert refused_at(rig, old, "/x/1", "/x/3") == [True, True]


def test_a_folder_that_two_users_share_asks_no_source_afresh_time_and_again(rig: Rig) -> None:
    """That one is refused there is no sign of a new password."""
    mine, yours = found("me:pw"), found("you:pw")
    accept(rig, "/files/1", mine)
    lapsed = []
    for number in range(4):
        lapsed.append(refuse(rig, f"/files/{number}y", mine))
        rig.memo.excuse(rig.call(f"/files/{number}y"), [mine], yours)
    assert lapsed == [True, False, False, False]


def test_a_public_corner(rig: Rig) -> None:
    """Where a bare request gets in after a refusal, the next ones start bare; the root is no corner."""
    pair = found("me:pw")
    accept(rig, "/home/x", pair)
    for path in ("/pub/x", "/top"):
        refuse(rig, path, pair)
        rig.memo.excuse(rig.call(path), [pair], None)
    assert tried(rig, "/pub/y") == ["bare", "me:pw"]
    assert tried(rig, "/pub/y", "me") == ["me:pw"]
    assert tried(rig, "/top") == ["bare"]
    assert tried(rig, "/away") == ["me:pw"]
    rig.memo.refuse_bare(rig.call("/pub/y"))
    assert tried(rig, "/pub/y") == ["me:pw"]


def test_what_lapsed_says_since_when(rig: Rig) -> None:
    """A password that is accepted again and refused again has lapsed anew: the sources are read again for it."""
    pair, seen = found("me:pw"), []
    call = rig.call("/x/1")
    for _ in range(2):
        rig.memo.accept(call._replace(given=pair), pair)
        assert rig.memo.refuse(call, pair)
        seen.append(rig.memo.lapsed(call))
    assert isinstance(seen[0], Lapsed)
    assert seen[0] != seen[1]


def test_a_given_password_that_is_good_again_goes_before_the_one_that_took_its_place(rig: Rig) -> None:
    """At the other one's paths, too: the user has gone back to it."""
    old, new = found("me:old"), found("me:new")
    accept(rig, "/x/1", old)
    refuse(rig, "/x/1", old)
    accept(rig, "/y/1", new)
    assert rig.memo.accept(rig.call("/x/1")._replace(given=old), old) is True
    assert tried(rig, "/y/1") == ["me:old", "me:new"]


def test_what_one_realm_refuses_another_may_take(rig: Rig) -> None:
    """Paths of the same name are no evidence, though the password is the same."""
    other = rig.call("https://other.example/z/1")
    same = Found(credential("me:pw"), "netrc", other.query.realm)
    accept(rig, "/y/1", found("me:pw"))
    refuse(rig, "/x/1", found("me:pw"))
    rig.memo.accept(other, same)
    assert not rig.memo.is_refused(rig.call("https://other.example/x/1"), same)
    assert refused_at(rig, found("me:pw"), "/x/1") == [True]


def test_a_credential_stays_seen_until_nothing_accepts_it(rig: Rig) -> None:
    """Nobody waits for a verdict on what another path has accepted."""
    call, pair = rig.call("/x/1"), found("me:pw")
    rig.memo.accept(call, pair)
    assert rig.memo.is_seen(call, pair)
    refuse(rig, "/y/1", pair)
    assert rig.memo.is_seen(call, pair)
    refuse(rig, "/x/1", pair)
    assert not rig.memo.is_seen(call, pair)


def test_a_shared_folder_stays_shared_when_it_accepts_again(rig: Rig) -> None:
    """Its other users' files go on to refuse the credential, and no source is asked afresh for that."""
    mine, yours = found("me:pw"), found("you:pw")
    accept(rig, "/files/1", mine)
    for number in range(3):
        lapsed = refuse(rig, f"/files/{number}y", mine)
        rig.memo.excuse(rig.call(f"/files/{number}y"), [mine], yours)
        accept(rig, f"/files/{number}", mine)
    assert lapsed is False


def forget_evidence(rig: Rig) -> None:
    """Fill the evidence of paths with made-up ones of another credential."""
    for number in range(NODES):
        refuse(rig, f"/made/up/{number}", found("nobody:"))


def test_an_entry_that_its_path_refused_stays_refused_when_the_path_is_forgotten(rig: Rig) -> None:
    """Whatever paths a server makes up, a wrong password is sent once for each path that an entry has it for."""
    entries = [found("me:pw", prefix) for prefix in ("/a", "/b")]
    for one in entries:
        refuse(rig, f"{one.prefix}/x", one)
    forget_evidence(rig)
    assert [rig.memo.is_refused(rig.call(f"{one.prefix}/y"), one) for one in entries] == [True, True]
    assert not rig.memo.is_refused(rig.call("/c/y"), found("me:pw", "/c"))


def test_the_folders_and_paths_of_one_credential_are_bounded(rig: Rig) -> None:
    """Of the folders that accepted it the oldest are forgotten, of the paths that entries have it for the newest."""
    pair = found("me:pw")
    for number in (*range(FOLDERS), 0, FOLDERS):
        accept(rig, f"/{number}/x", pair)
    record = rig.memo._realms[TEAM.realm]._records[pair.header]
    assert list(record.accepted_in) == [*(f"/{number}" for number in range(2, FOLDERS)), "/0", f"/{FOLDERS}"]
    for number in range(FOLDERS + 1):
        refuse(rig, f"/{number}/x", found("me:pw", f"/{number}"))
    assert record.refused_scopes == {f"/{number}" for number in range(FOLDERS)}


def test_an_excuse_begins_the_count_of_refusals_anew(rig: Rig) -> None:
    """Three in a row are three since then."""
    pair = found("me:pw")
    accept(rig, "/a/1", pair)
    for path in ("/b/1", "/c/1"):
        refuse(rig, path, pair)
    rig.memo.excuse(rig.call("/c/1"), [pair], found("you:pw"))
    for path in ("/d/1", "/e/1"):
        refuse(rig, path, pair)
    assert tried(rig, "/f/1") == ["me:pw"]
    refuse(rig, "/g/1", pair)
    assert tried(rig, "/f/1") == []


def test_a_refusal_elsewhere_at_the_same_time_is_not_excused(rig: Rig) -> None:
    """What another thread's call was refused in its folder says nothing of what was accepted in it."""
    pair = found("me:pw")
    accept(rig, "/a/1", pair)
    for path in ("/x/1", "/y/1"):
        refuse(rig, path, pair)
    rig.memo.excuse(rig.call("/x/1"), [pair], None)
    assert refuse(rig, "/y/2", pair) is False


def test_paths_at_the_root_are_places_of_their_own(rig: Rig) -> None:
    """What one of them refuses is not out of date at another one, however alike their names are."""
    for path in ("/boX", "/c/"):
        accept(rig, path, found("me:pw"))
    assert refuse(rig, "/bo", found("me:pw")) is False
    assert refuse(rig, "/c", found("me:pw")) is True


def test_user_names_that_a_server_makes_up_push_no_refusal_out(rig: Rig) -> None:
    """At one path as many can be refused as there are names."""
    pair = found("me:pw")
    accept(rig, "/a/1", pair)
    refuse(rig, "/x/1", pair)
    for number in range(CREDENTIALS):
        refuse(rig, "/x/1", found(f"user{number}:"))
    assert refused_at(rig, pair, "/x/1") == [True]


def test_a_bare_request_that_is_refused_takes_no_room(rig: Rig) -> None:
    """Until there is a public corner: most first requests of a session are refused."""
    rig.memo.refuse_bare(rig.call("/x/1"))
    assert not rig.memo._evidence._nodes


def test_an_entry_is_untried_at_its_own_path_alone(rig: Rig) -> None:
    """Where the same password was refused without ever being accepted, it is not tried beside that path."""
    refuse(rig, "/x/1", found("me:pw"))
    assert refused_at(rig, found("me:pw", "/team"), "/files/x", "/team/y") == [True, False]


def test_a_new_password_goes_first_where_the_old_one_was_accepted(rig: Rig) -> None:
    """Though another user's was accepted last, elsewhere."""
    for path, pair in (("/a/b/1", "me:old"), ("/z/1", "me:new"), ("/c/1", "you:pw")):
        accept(rig, path, found(pair))
    assert tried(rig, "/a/b/2")[:2] == ["me:new", "you:pw"]
