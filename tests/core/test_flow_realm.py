"""A credential of the realm where it may not fit, and paths that want none."""

from __future__ import annotations

import pytest

from requests_indexauth.models.index import Index
from support.flows import (
    BARE,
    FILE,
    HOST,
    LOGINS,
    NEVER,
    PAGE,
    TEAM,
    A,
    B,
    Rig,
    Variables,
    lets_in,
    netrc,
    private,
    store,
)

REALM = {
    "401, the chain has a different one: that is sent": ((401, 200), ("my:pw", "you:pw"), ("/files you:pw",)),
    "403, the chain has a different one: that is sent": ((403, 200), ("my:pw", "you:pw"), ("/files you:pw",)),
    "404 to a GET, the chain has a different one: that is sent": ((404, 200), ("my:pw", "you:pw"), ("/files you:pw",)),
    "401, the chain has the same: one bare attempt": ((401, 200), ("my:pw", BARE), ("my:pw",)),
    "401, the chain has none: one bare attempt": ((401, 401), ("my:pw", BARE), ()),
    "403, the chain has none: one bare attempt": ((403, 404), ("my:pw", BARE), ()),
    "404, the chain has none: it is the answer": ((404,), ("my:pw",), ()),
    "500 is the answer": ((500,), ("my:pw",), ("/files you:pw",)),
    "401 to the chain's one too: a bare attempt is not owed": ((401, 401), ("my:pw", "you:pw"), ("/files you:pw",)),
}


def test_the_entry_of_an_index_that_never_gets_credentials_goes_nowhere_beside_it() -> None:
    """Those of the other indexes in the realm do, in whatever order they are configured."""
    others = [Index(f"{HOST}/{name}/simple/", name) for name in ("empty", "other")]
    for indexes in ([NEVER, *others], [*others, NEVER]):
        rig = Rig(store("/team me:never", "/other you:pw"), indexes=indexes)
        assert rig.run(rig.call(FILE), 401, 401) == [BARE, "you:pw"]


def test_an_upload_to_a_public_corner_asks_the_sources_first() -> None:
    """That everybody may read there says nothing of who may write."""
    file = store("/a me:pw")
    rig = Rig(file)
    rig.get("/a/x", lets_in({"/a": "me:pw"}))
    rig.get("/open/x", lets_in({"/open": BARE}))
    upload = rig.call("/open/y", method="PUT", has_body=True)
    assert rig.next_sent(rig.call("/open/y")) == rig.next_sent(upload) == BARE
    file.entries.append("/open up:load")
    assert rig.next_sent(rig.call("/open/y")) == BARE
    assert rig.run(upload, 200) == ["up:load"]


@pytest.mark.parametrize("rule", REALM)
def test_a_realm_credential_that_does_not_fit(rule: str) -> None:
    """Where no index covers the URL, what the realm remembers is sent first, then what the chain has for the path."""
    answers, sent, entries = REALM[rule]
    rig = Rig(store(*entries))
    rig.run(rig.call("https://my:pw@pkgs.example.com/mine/"), 200)
    assert rig.run(rig.call(FILE), *answers) == list(sent)


def test_404_to_a_post_with_a_realm_credential_is_the_answer() -> None:
    """Only a GET, HEAD or OPTIONS is repeated on a 404; on a 403 anything is."""
    rig = Rig(store("/files you:pw"))
    rig.run(rig.call("https://my:pw@pkgs.example.com/mine/"), 200)
    assert rig.run(rig.call(FILE, method="POST", has_body=True), 404) == ["my:pw"]
    assert rig.run(rig.call(FILE, method="POST", has_body=True), 403, 200) == ["my:pw", "you:pw"]


def test_an_index_asks_the_chain_before_it_tries_the_realms_credential() -> None:
    """A covered URL starts bare, then asks the chain, and only then tries what the realm remembers."""
    rig = Rig(netrc("me:pw"), indexes=[TEAM])
    rig.run(rig.call("https://you:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:pw", "you:pw"]
    assert rig.run(rig.call(PAGE), 200) == ["you:pw"]


def test_a_covered_url_goes_bare_once() -> None:
    """Where the realm's credential does not fit either, no second bare attempt follows."""
    rig = Rig(indexes=[TEAM])
    rig.run(rig.call("https://you:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "you:pw"]


def test_an_indexes_own_credential_is_for_its_urls_until_a_server_accepted_it() -> None:
    """Beside the index it is sent unasked after the index has accepted it; before, a 401 brings it in."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    assert rig.run(rig.call(FILE), 403) == [BARE]
    assert rig.run(rig.call(PAGE), 403) == ["env:pw"]
    assert rig.run(rig.call(FILE), 401, 401) == [BARE, "env:pw"]
    assert rig.run(rig.call(PAGE), 200) == ["env:pw"]
    assert rig.run(rig.call("/files/other.whl"), 200) == ["env:pw"]


def test_the_realms_credentials_are_tried_last_accepted_first() -> None:
    """The list of a realm is tried in order, as far as three sends go."""
    rig = Rig()
    for user in "abcd":
        rig.run(rig.call(f"https://{user}:pw@pkgs.example.com/{user}/x"), 200)
    assert rig.run(rig.call(FILE), 401, 401, 401) == ["d:pw", "c:pw", "b:pw"]
    assert rig.run(rig.call(FILE), 200) == ["a:pw"]


def test_what_is_accepted_nowhere_three_times_is_tried_no_more() -> None:
    """An index's password may be out of date when nothing beside the index takes it, nor anything else."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 200)
    for number in range(3):
        assert rig.run(rig.call(f"/files/{number}/x.whl"), 401, 401) == ["env:pw", BARE]
    assert rig.run(rig.call("/files/3/x.whl"), 401) == [BARE]
    assert rig.run(rig.call(PAGE), 200) == ["env:pw"]
    assert rig.run(rig.call("/files/3/x.whl"), 200) == ["env:pw"]


def test_only_what_fits_nowhere_three_times_in_a_row_is_out_of_date() -> None:
    """An answer at home, or to another user's credential, begins the count anew."""
    rig = Rig(Variables(**LOGINS), indexes=[A])
    rig.get("/a/simple/p/", private)
    for number in (1, 2, 3, 4):
        assert rig.run(rig.call(f"/files/{number}c.whl"), 401, 401) == ["ua:pa", BARE]
        if number == 2:
            rig.get("/a/simple/p/", private)
    rig = Rig(Variables(**LOGINS), indexes=[A, B])
    rig.get("/a/simple/p/", private)
    rig.get("/b/simple/p/", private)
    for number in (5, 6, 7, 8):
        assert {"ua:pa", "ub:pb"} < set(rig.run(rig.call(f"/files/{number}c.whl"), 401, 401, 401))
        if number == 6:
            assert rig.get("/files/6a.whl", private) == ["ub:pb", "ua:pa"]


def test_what_fits_nowhere_leaves_an_entry_its_path() -> None:
    """That a file beside somebody else's is refused says nothing of the path the entry is for."""
    rig = Rig(store("/a ua:pa"))
    rig.get("/a/simple/p/", private)
    rig.get("/files/1a.whl", private)
    assert rig.run(rig.call("/files/2c.whl"), 401, 401) == ["ua:pa", BARE]
    assert rig.get("/a/simple/q/", private) == ["ua:pa"]
    assert rig.get("/files/3a.whl", private) == ["ua:pa"]


def test_what_is_refused_three_times_under_its_own_path_is_tried_nowhere_else() -> None:
    """An entry for a path may be out of date as well: it is sent again where a source has it and it was accepted."""
    rig = Rig(store("/a ua:pa"))
    rig.run(rig.call("/a/w/1"), 401, 200)
    for folder in "xyz":
        assert rig.run(rig.call(f"/a/{folder}/1"), 401) == ["ua:pa"]
    assert rig.run(rig.call(FILE), 401) == [BARE]
    assert rig.run(rig.call("/a/w/2"), 401, 200) == [BARE, "ua:pa"]
    assert rig.run(rig.call(FILE), 200) == ["ua:pa"]


def test_all_that_is_refused_three_times_is_tried_no_more() -> None:
    """Two credentials and a bare attempt are all there is to try, though they are all the sends there are."""
    rig = Rig()
    for user in "ab":
        rig.run(rig.call(f"https://u{user}:pw@pkgs.example.com/{user}/x"), 200)
    for number in range(3):
        assert rig.run(rig.call(f"/files/{number}/x.whl"), 401, 401, 401) == ["ub:pw", "ua:pw", BARE]
    assert rig.run(rig.call("/files/3/x.whl"), 401) == [BARE]


def test_a_public_corner_is_asked_bare_after_one_misfit() -> None:
    """Where a request without a credential gets in and one with it does not, the next ones beside it go bare."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 200)
    assert rig.run(rig.call("/files/0/x.whl"), 401, 200) == ["env:pw", BARE]
    for number in range(1, 6):
        assert rig.run(rig.call(f"/files/{number}/x.whl"), 200) == [BARE]
    assert rig.run(rig.call("/elsewhere/x.whl"), 200) == ["env:pw"]


@pytest.mark.parametrize("status", [200, 403])
def test_a_corner_that_is_public_no_more_is_asked_with_a_credential(status: int) -> None:
    """A 401 to the bare request brings in what the realm remembers; there it is sent at once from then on."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 200)
    rig.run(rig.call("/files/x.whl"), 401, 200)
    assert rig.run(rig.call("/files/y.whl"), 401, status) == [BARE, "env:pw"]
    assert rig.run(rig.call("/files/y.whl"), 200) == ["env:pw"]


@pytest.mark.parametrize("status", [401, 403])
def test_what_fits_elsewhere_is_followed_by_one_bare_attempt(status: int) -> None:
    """Another path may want no credential; the path where it was accepted does, and its answer is the caller's."""
    rig = Rig(netrc("me:pw"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call("/elsewhere/thing/"), status, 200) == ["me:pw", BARE]
    assert rig.run(rig.call(PAGE), 403) == ["me:pw"]


def test_no_body_goes_out_bare_after_a_refusal() -> None:
    """An upload is not sent twice for nothing."""
    rig = Rig(netrc("me:pw"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call("/elsewhere/upload/", method="POST", has_body=True), 403) == ["me:pw"]
