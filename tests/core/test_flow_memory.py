"""What later calls make of an answer: what was accepted is sent at once, what was refused is not sent again."""

from __future__ import annotations

import pytest

from requests_indexauth.models.index import Index
from support.flows import (
    BARE,
    FILE,
    GIVEN_PAGE,
    OTHER_PAGE,
    PAGE,
    TEAM,
    USER_PAGE,
    A,
    B,
    Listed,
    Rig,
    netrc,
    store,
)


def test_a_user_name_out_of_a_redirect_serves_one_hop() -> None:
    """Neither with an empty password nor with what a source has for it is it remembered for requests without one."""
    for sources, sent in (((), "me:"), ((netrc("me:pw"),), "me:pw")):
        rig = Rig(*sources)
        assert rig.run(rig.call(USER_PAGE)._replace(passing=True), 200) == [sent]
        assert rig.next_sent(rig.call(PAGE)) == BARE


def test_what_serves_one_request_alone_is_tried_once_for_all() -> None:
    """Requests that each name the same user wait for the first verdict, and not for each other ever after."""
    rig = Rig(netrc("me:pw"))
    call = rig.call(USER_PAGE)._replace(passing=True)
    trying = rig.flow(call)
    next(trying)
    assert rig.memo.gates._held
    trying.close()
    assert rig.run(call, 200) == ["me:pw"]
    known = rig.flow(call)
    next(known)
    assert rig.memo.gates._held == {}
    known.close()


def test_an_accepted_credential_is_sent_at_once() -> None:
    """K packages cost K + 1 requests, and their files none more."""
    rig = Rig(netrc("me:pw"), indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 200) == [BARE, "me:pw"]
    for path in (OTHER_PAGE, "/team/files/thing-1.0.whl", FILE):
        assert rig.run(rig.call(path), 200) == ["me:pw"]


def test_an_accepted_credential_is_remembered_under_its_user_name() -> None:
    """Later a given user name finds it: in the index, in the realm, and without asking the chain."""
    files = netrc("me:pw")
    rig = Rig(files, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    asked = len(files.asked)
    assert rig.run(rig.call(USER_PAGE), 200) == ["me:pw"]
    assert rig.run(rig.call(f"https://me@pkgs.example.com{FILE}"), 200) == ["me:pw"]
    assert len(files.asked) == asked
    for path in (PAGE, FILE):
        assert rig.run(rig.call(f"https://you@pkgs.example.com{path}"), 401) == ["you:"]


def test_what_an_entrys_path_remembers_is_for_its_user() -> None:
    """A given user name of another user finds nothing there."""
    rig = Rig(store("/team me:pw"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(USER_PAGE), 200) == ["me:pw"]
    assert rig.run(rig.call("https://you@pkgs.example.com/team/simple/other/"), 401) == ["you:"]


def test_a_credential_leaves_its_realm_for_none() -> None:
    """Another port, scheme or host is another realm, and starts bare."""
    rig = Rig()
    rig.run(rig.call(GIVEN_PAGE), 200)
    for elsewhere in ("https://pkgs.example.com:444/", "http://pkgs.example.com/", "https://example.com/"):
        assert rig.run(rig.call(elsewhere), 401) == [BARE]
    assert rig.run(rig.call("https://pkgs.example.com:443/"), 200) == ["me:given"]


def test_slow_sources_are_asked_once_per_scope_and_user_name() -> None:
    """A keyring is asked once for an index, a "nothing" remembered too; a file is asked for each URL."""
    files, keyring = netrc(), Listed("keyring", slow=True)
    rig = Rig(files, keyring, indexes=[TEAM])
    for path in (PAGE, OTHER_PAGE, PAGE):
        assert rig.run(rig.call(path), 401) == [BARE]
    assert (len(files.asked), len(keyring.asked)) == (3, 1)
    rig.run(rig.call(USER_PAGE), 200)
    assert [query.username for query in keyring.asked] == [None, "me"]
    rig.run(rig.call("/elsewhere/"), 200)
    assert len(keyring.asked) == 2


def test_a_misfit_of_the_realm_does_not_ask_a_keyring_again() -> None:
    """That another index's credential is refused here says nothing against what the keyring said here."""
    keyring = Listed("keyring", slow=True)
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call("https://you:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "you:pw"]
    assert len(keyring.asked) == 1


def test_403_to_a_remembered_credential_is_the_answer() -> None:
    """Not allowed is not out of date: nothing is forgotten."""
    rig = Rig(netrc("me:pw"), store("you:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(OTHER_PAGE), 403) == ["me:pw"]
    assert rig.run(rig.call(PAGE), 200) == ["me:pw"]


def test_404_to_a_remembered_credential_is_the_answer() -> None:
    """Where a scope's own credential gets a 404, there is nothing."""
    rig = Rig(netrc("me:pw"), store("you:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(OTHER_PAGE), 404) == ["me:pw"]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_refused_credential_is_not_sent_again(index: Index | None) -> None:
    """A wrong password reaches a scope once in a session, on whatever path, by whatever method."""
    rig = Rig(netrc("me:wrong"), store("me:wrong"), indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:wrong"]
    for path, method in ((PAGE, "GET"), (OTHER_PAGE, "GET"), (PAGE, "POST"), ("/team/files/x.whl", "HEAD")):
        assert rig.run(rig.call(path, method=method), 401) == [BARE]


def test_a_login_for_a_path_is_sent_there_though_another_path_refused_that_password() -> None:
    """Its scope is the path of its entry, and that has refused nothing."""
    rig = Rig(store("u:p", "/b u:p"))
    assert rig.run(rig.call("/files/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/x"), 401, 200) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/y"), 200) == ["u:p"]


def test_a_login_for_a_path_that_is_wrong_there_too_is_sent_there_once() -> None:
    """Whether the entry for the path was sent, or the one for the host."""
    rig = Rig(store("u:p", "/b u:p"))
    assert rig.run(rig.call("/files/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/y"), 401) == [BARE]
    rig = Rig(netrc("u:p"), store("/b u:p"))
    assert rig.run(rig.call("/b/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/y"), 401) == [BARE]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_an_empty_password_is_sent_once(index: Index | None) -> None:
    """Some servers lock an account out for it."""
    rig = Rig(indexes=[index] if index else [])
    assert rig.run(rig.call(USER_PAGE), 401) == ["me:"]
    assert rig.run(rig.call(USER_PAGE), 401) == [BARE]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_refused_credential_may_be_given(index: Index | None) -> None:
    """What the caller gives is always sent; accepted, it is remembered though it was refused before."""
    rig = Rig(netrc("me:given"), indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:given"]
    assert rig.run(rig.call(GIVEN_PAGE), 200) == ["me:given"]
    assert rig.run(rig.call(OTHER_PAGE), 200) == ["me:given"]


def test_a_refused_credential_is_sent_to_another_index() -> None:
    """Refused is refused by a scope: another index of the host may take it."""
    rig = Rig(netrc("ub:pb"), indexes=[A, B])
    assert rig.run(rig.call("/a/simple/p/"), 401, 401) == [BARE, "ub:pb"]
    assert rig.run(rig.call("/b/simple/p/"), 401, 200) == [BARE, "ub:pb"]
