"""Several users in one realm: each path gets the right one's credential."""

from __future__ import annotations

import random

import pytest

from requests_indexauth.models.index import Index
from support.flows import (
    BARE,
    LOGINS,
    OTHER_PAGE,
    PAGE,
    A,
    B,
    Rig,
    Variables,
    lets_in,
    netrc,
    owner,
    private,
    store,
)


def hidden(path: str, sent: str) -> int:
    return 200 if sent == LOGINS[owner(path)] else 404


TWO_USERS = {
    "indexes with variables": lambda: Rig(Variables(**LOGINS), indexes=[A, B]),
    "indexes, in the store": lambda: Rig(store("/a ua:pa", "/b ub:pb"), indexes=[A, B]),
    "indexes, in the store behind a host-wide netrc": lambda: Rig(netrc("ua:pa"), store("/b ub:pb"), indexes=[A, B]),
    "no index, in the store": lambda: Rig(store("/a ua:pa", "/b ub:pb")),
    "no index, in the store behind a host-wide netrc": lambda: Rig(netrc("ua:pa"), store("/b ub:pb")),
    "no index, one under the other": lambda: Rig(store("ua:pa", "/b ub:pb")),
}


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("folders", ["a folder each", "one folder"])
@pytest.mark.parametrize("where", TWO_USERS)
def test_two_users_in_one_realm_in_any_order(where: str, folders: str, seed: int) -> None:
    """Pages and files of two users, interleaved at random, all work; a user's files come after a page of theirs."""
    chance = random.Random(seed)  # noqa: S311 - a shuffle
    rig, seen = TWO_USERS[where](), set()
    for _ in range(16):
        user = chance.choice("ab")
        if user not in seen or chance.random() < 0.4:
            rig.get(f"/{user}/simple/p{chance.randrange(9)}/", private)
            seen.add(user)
        else:
            folder = f"/files/{user}" if folders == "a folder each" else "/files"
            rig.get(f"{folder}/{chance.randrange(9)}{user}.whl", private)


@pytest.mark.parametrize("seed", range(10))
def test_two_indexes_that_hide_what_is_not_theirs(seed: int) -> None:
    """The same where a server answers 404 to the other user."""
    chance = random.Random(seed)  # noqa: S311
    rig = Rig(Variables(**LOGINS), indexes=[A, B])
    for user in "ab":
        rig.get(f"/{user}/simple/p/", hidden)
    for _ in range(16):
        user = chance.choice("ab")
        rig.get(chance.choice([f"/{user}/simple/p/", f"/files/{user}/x{user}.whl"]), hidden)


def test_a_user_costs_a_second_request_only_where_files_change_hands() -> None:
    """After the first file of a user the next ones are right at once."""
    rig = Rig(Variables(**LOGINS), indexes=[A, B])
    rig.get("/a/simple/p/", private)
    rig.get("/b/simple/p/", private)
    assert rig.get("/files/1a.whl", private) == ["ub:pb", "ua:pa"]
    assert rig.get("/files/2a.whl", private) == ["ua:pa"]
    assert rig.get("/files/3b.whl", private) == ["ua:pa", "ub:pb"]
    assert rig.get("/files/3b.whl", private) == ["ub:pb"]
    assert rig.get("/files/1a.whl", private) == ["ua:pa"]


def test_two_users_whose_credentials_were_in_urls() -> None:
    """Without an index or an entry, what was given in URLs is told apart too, files side by side included."""
    rig = Rig()
    rig.run(rig.call("https://ua:pa@pkgs.example.com/a/simple/p/"), 200)
    rig.run(rig.call("https://ub:pb@pkgs.example.com/b/simple/p/"), 200)
    for path in ("/files/1a.whl", "/files/2b.whl", "/files/3a.whl", "/a/simple/q/", "/b/simple/q/", "/files/4b.whl"):
        rig.get(path, private)


@pytest.mark.parametrize("indexes", [[A, B], []], ids=["indexes", "entries for paths"])
def test_a_user_name_shared_by_two_tokens(indexes: list[Index]) -> None:
    """Two tokens under one user name are two credentials."""
    tokens = {"a": "__token__:ta", "b": "__token__:tb"}
    rig = Rig(Variables(**tokens), store("/a __token__:ta", "/b __token__:tb"), indexes=indexes)
    for path in ("/a/simple/p/", "/b/simple/p/", "/files/1a.whl", "/files/2b.whl", "/files/3a.whl", "/b/simple/q/"):
        rig.get(path, lambda path, sent: 200 if sent == tokens[owner(path)] else 401)


def test_a_host_wide_entry_stays_good_beside_one_for_a_path() -> None:
    """What was refused under a path where another fits is sent elsewhere."""
    rig = Rig(netrc("host:wide"), store("/team me:pw"))
    server = lets_in({"/team": "me:pw", "/open": "host:wide"})
    assert rig.get(PAGE, server) == [BARE, "host:wide", "me:pw"]
    assert rig.get("/open/simple/thing/", server) == ["me:pw", "host:wide"]
    assert rig.get(OTHER_PAGE, server) == ["me:pw"]


def test_the_longest_path_that_remembers_wins() -> None:
    """Entries for a path and one below it are remembered apart."""
    rig = Rig(store("/team a:1", "/team/inner b:2"))
    server = lets_in({"/team": "a:1", "/team/inner": "b:2"})
    rig.get("/team/x", server)
    rig.get("/team/inner/x", server)
    assert rig.get("/team/y", server) == ["a:1"]
    assert rig.get("/team/inner/y", server) == ["b:2"]
