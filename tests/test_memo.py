"""What is remembered: the short cut, and what is bounded. (What a request does with it is in test_flow.)"""

from __future__ import annotations

import pytest

from requests_indexauth.found import Found
from requests_indexauth.index import Index
from requests_indexauth.memo import Memo
from requests_indexauth.memory import PLACES, REALM_LIST
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
