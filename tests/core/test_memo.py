"""What is remembered of an index, and of a realm, whose paths are told apart. (What follows from it: test_flow.)"""

from __future__ import annotations

import pytest

from requests_indexauth.core.evidence import NODES, prefixes
from requests_indexauth.core.memo import REALMS, Memo
from requests_indexauth.core.memory import RECORDS
from requests_indexauth.core.record import HOMES, Lapsed
from requests_indexauth.core.short_cut import is_plain
from requests_indexauth.models.found import GIVEN, Found
from requests_indexauth.models.index import Index
from support.flows import HOST, Rig, credential, shown

PAGE = f"{HOST}/team/simple/thing/"
TEAM = Index(f"{HOST}/team/simple/", "team")
OTHER = Index(f"{HOST}/other/simple/", "other")


def found(pair: str, prefix: str | None = None, source: str = "netrc") -> Found:
    return Found(credential(pair), source, TEAM.realm, prefix)


@pytest.fixture
def rig() -> Rig:
    return Rig(indexes=[TEAM, OTHER])


def accept(rig: Rig, path: str, one: Found) -> None:
    rig.memo.accept(rig.call(path), one)


def refuse(rig: Rig, path: str, one: Found) -> bool:
    return rig.memo.refuse(rig.call(path), one)


def tried(rig: Rig, path: str, username: str | None = None) -> list[str]:
    """Return what is remembered for a URL, the best first."""
    return [shown(one) for one in rig.memo.candidates(rig.call(path), username)]


def listed(rig: Rig, path: str = "/x", username: str | None = None) -> list[str]:
    """Return what is tried in the realm."""
    return [shown(one) for one in rig.memo.of_realm(rig.call(path), username)]


def refused_at(rig: Rig, one: Found, *paths: str) -> list[bool]:
    return [rig.memo.is_refused(rig.call(path), one) for path in paths]


def quick(rig: Rig, path: str) -> str:
    """Return what the short cut sends."""
    call = rig.call(path)
    rig.memo.prepare_short_cut(call)
    return shown(rig.memo.short_cut.find(call.query.url))


# An index


def test_nothing_is_known_at_first(rig: Rig) -> None:
    """The short cut has nothing, of an index and of a realm."""
    assert quick(rig, PAGE) == quick(rig, "/x/y") == "bare"
    assert tried(rig, PAGE) == tried(rig, "/x/y") == listed(rig) == []
    assert not rig.memo.is_known(TEAM)


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


def test_the_short_cut_of_an_index_brings_its_credential_to_the_front(rig: Rig) -> None:
    """The files beside it come next."""
    accept(rig, PAGE, found("me:pw"))
    accept(rig, "/other/simple/p/", found("you:pw"))
    assert listed(rig, "/files/x") == ["you:pw", "me:pw"]
    assert quick(rig, PAGE) == "me:pw"
    assert listed(rig, "/files/x") == ["me:pw", "you:pw"]
    assert listed(rig, "/files/x", "you") == ["you:pw"]
    assert rig.memo.last_used_first([OTHER, TEAM]) == [TEAM, OTHER]


def test_a_refusal_of_an_index_is_for_that_index(rig: Rig) -> None:
    """The whole of it, and nothing beside it. A misfit of the realm is excused nowhere in an index."""
    pair = found("me:pw")
    refuse(rig, PAGE, pair)
    rig.memo.excuse(rig.call(PAGE), [pair], found("you:pw"))
    assert refused_at(rig, pair, PAGE, "/team/z") == [True, True]
    assert refused_at(rig, pair, "/other/z", "/z") == [False, False]
    assert rig.memo.refused_by(TEAM) == [pair.header]


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


# A realm, path by path


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


def test_user_names_that_a_server_makes_up_push_no_password_out(rig: Rig) -> None:
    """A redirect can name any number of them; each is tried once, with an empty password."""
    wrong, right = found("me:wrong"), found("me:right")
    refuse(rig, "/x", wrong)
    accept(rig, "/y/z", right)
    for number in range(10 * RECORDS):
        refuse(rig, "/x", found(f"user{number}:", source=GIVEN))
    assert refused_at(rig, wrong, "/x", "/y/z") == [True, True]
    assert tried(rig, "/y/z") == ["me:right"]


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


def test_an_older_password_comes_after_all_others(rig: Rig) -> None:
    """Whatever was refused, and never accepted, before it."""
    refuse(rig, PAGE, found("we:pw"))
    for pair in ("you:pw", "me:old", "me:new"):
        accept(rig, PAGE, found(pair))
    assert tried(rig, PAGE) == ["me:new", "you:pw", "me:old"]


def test_a_credential_stays_seen_until_nothing_accepts_it(rig: Rig) -> None:
    """Nobody waits for a verdict on what another path has accepted."""
    call, pair = rig.call("/x/1"), found("me:pw")
    rig.memo.accept(call, pair)
    assert rig.memo.is_seen(call, pair)
    refuse(rig, "/y/1", pair)
    assert rig.memo.is_seen(call, pair)
    refuse(rig, "/x/1", pair)
    assert not rig.memo.is_seen(call, pair)


def test_only_what_an_index_refused_counts_as_refused_by_it(rig: Rig) -> None:
    """What it has accepted since, and what it has only accepted, does not."""
    good, again, wrong = found("me:pw"), found("you:pw"), found("we:pw")
    accept(rig, PAGE, good)
    for one in (again, wrong):
        refuse(rig, PAGE, one)
    rig.memo.accept(rig.call(PAGE)._replace(given=again), again)
    assert rig.memo.refused_by(TEAM) == [wrong.header]


def test_a_shared_folder_stays_shared_when_it_accepts_again(rig: Rig) -> None:
    """Its other users' files go on to refuse the credential, and no source is asked afresh for that."""
    mine, yours = found("me:pw"), found("you:pw")
    accept(rig, "/files/1", mine)
    for number in range(3):
        lapsed = refuse(rig, f"/files/{number}y", mine)
        rig.memo.excuse(rig.call(f"/files/{number}y"), [mine], yours)
        accept(rig, f"/files/{number}", mine)
    assert lapsed is False


# What is forgotten


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
    for number in (*range(HOMES), 0, HOMES):
        accept(rig, f"/{number}/x", pair)
    record = rig.memo._realms[TEAM.realm]._records[pair.header]
    assert list(record.homes) == [*(f"/{number}" for number in range(2, HOMES)), "/0", f"/{HOMES}"]
    for number in range(HOMES + 1):
        refuse(rig, f"/{number}/x", found("me:pw", f"/{number}"))
    assert record.refused_scopes == {f"/{number}" for number in range(HOMES)}


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


# The short cut


def test_the_short_cut_of_a_realm(rig: Rig) -> None:
    """The one credential there is, but not one that only an index has accepted so far."""
    accept(rig, PAGE, found("me:pw"))
    assert quick(rig, "/x/y") == "bare"
    accept(rig, "/x/y", found("me:pw"))
    assert quick(rig, "/x/y") == "me:pw"


@pytest.mark.parametrize("what", ["a refusal", "another user", "a public corner"])
def test_no_short_cut_where_paths_must_be_told_apart(rig: Rig, what: str) -> None:
    """Then the flow looks at the path."""
    pair = found("me:pw")
    accept(rig, "/x/y", pair)
    if what == "another user":
        accept(rig, "/z/z", found("you:pw"))
    else:
        refuse(rig, "/z/z", found("you:pw") if what == "a refusal" else pair)
        rig.memo.excuse(rig.call("/z/z"), [pair], None if what == "a public corner" else found("she:pw"))
    assert quick(rig, "/x/y") == "bare"


@pytest.mark.parametrize(
    "url",
    [
        "https://pkgs.example.com/",
        "https://pkgs.example.com",
        "https://pkgs.example.com/x/y?z",
        "https://pkgs.example.com/x/./y",
        "https://pkgs.example.com/x/%7ey",
        f"https://pkgs.example.com/{'x' * 600}/y",
        "",
        None,
    ],
)
def test_what_the_short_cut_leaves_to_the_flow(rig: Rig, url: str | None) -> None:
    """Roots, queries, whatever is not in normal form, and long folders."""
    accept(rig, "/x/y", found("me:pw"))
    if url:
        rig.memo.prepare_short_cut(rig.call(url))
    assert rig.memo.short_cut.find(url) is None


def test_the_short_cut_knows_no_folder_with_the_root_of_an_index(rig: Rig) -> None:
    """What is in it may belong to several."""
    accept(rig, "/x", found("me:pw"))
    assert quick(rig, "/x") == "bare"


@pytest.mark.parametrize(
    ("leaf", "plain"),
    [("thing", True), ("thing/", True), ("thing-1.0.whl", True), ("", False), ("/", False), (".hidden", False)]
    + [(f"a{char}b", False) for char in "?#%/ é"],
)
def test_a_plain_last_segment(leaf: str, plain: bool) -> None:  # noqa: FBT001
    """What the short cut may take as it stands: anything odd goes the long way."""
    assert bool(is_plain(leaf, 0)) is plain


# Bounds


def test_paths_above_a_path() -> None:
    """Whole segments, however many; a long path is one place with the folders that begin it."""
    assert list(prefixes("/a/b/c")) == ["/a/b/c", "/a/b", "/a", ""]
    exact, *folders = prefixes("/a" * 20)
    assert exact == "/a" * 20
    assert folders[0] == "/a" * 15
    exact, *folders = prefixes(f"/a/{'b' * 300}/c")
    assert len(exact) == 32
    assert folders == ["/a", ""]
    assert next(iter(prefixes(f"/a/{'b' * 300}/d"))) != exact


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
