"""What is out of date: a remembered credential is refused, and the sources are read again for a different one."""

from __future__ import annotations

import pytest

from requests_indexauth.models.call import ServerAnswer
from requests_indexauth.models.index import Index
from support.flows import (
    ALWAYS,
    BARE,
    FILE,
    GIVEN_PAGE,
    OTHER_PAGE,
    PAGE,
    TEAM,
    A,
    B,
    Listed,
    Rig,
    Variables,
    lets_in,
    netrc,
    private,
    store,
)

NEW = {
    "an index": (TEAM, PAGE),
    "an index with the policy always": (ALWAYS, PAGE),
    "no index": (None, PAGE),
    "no index, another folder": (None, FILE),
}


def test_what_was_never_accepted_has_nothing_read_again() -> None:
    """An index's own credential that is refused at once does not say that files are out of date."""
    file = netrc("me:pw")
    rig = Rig(Variables(team="env:wrong"), file, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 200) == ["env:wrong", "me:pw"]
    assert rig.run(rig.call("https://you@pkgs.example.com/team/simple/thing/"), 401) == ["you:"]
    assert file.refreshed == 0


def test_each_credential_that_does_not_fit_has_the_sources_read_again_once() -> None:
    """A file may have another one by now; but two users beside each other don't have it read for every page."""
    file = store("/a me:1", "/c you:2")
    rig = Rig(file)
    server = lets_in({"/a": "me:1", "/a/b": "she:3", "/c": "you:2", "/c/d": "she:3"})
    for folder in ("/a", "/c"):
        rig.get(f"{folder}/x", server)
    counts = [file.refreshed]
    for path in ("/a/b/y", "/c/d/y"):
        assert rig.ask(rig.call(path), server)[1] == 401
        counts.append(file.refreshed)
    assert counts == [1, 2, 2]


@pytest.mark.parametrize("where", NEW)
def test_rotation(where: str) -> None:
    """A remembered credential that gets a 401 is forgotten; the sources are asked afresh for a different one."""
    index, path = NEW[where]
    files, keyring = netrc("me:old", then=["me:new"]), Listed("keyring", slow=True)
    rig = Rig(files, keyring, indexes=[index] if index else [])
    rig.ask(rig.call(PAGE), lambda _path, sent: 200 if sent == "me:old" else 401)
    assert rig.run(rig.call(path), 401, 200) == ["me:old", "me:new"]
    assert files.refreshed == keyring.refreshed == 1
    assert rig.run(rig.call(path), 200) == ["me:new"]
    assert rig.run(rig.call(PAGE), 200) == ["me:new"]


def test_rotation_asks_a_keyring_again() -> None:
    """A short-lived token out of a keyring survives in a long session."""
    keyring = Listed("keyring", "me:old", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401, 200) == ["me:old", "me:new"]
    assert len(keyring.asked) == 2


@pytest.mark.parametrize("slow", [False, True], ids=["a file", "a keyring"])
def test_rotation_in_another_folder_of_an_entrys_path(slow: bool) -> None:  # noqa: FBT001
    """What the entry's path remembers is refused in a folder where it was not accepted before: too."""
    rig = Rig(Listed("store", "/team me:old", then=["/team me:new"], slow=slow))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call("/team/files/x.whl"), 401, 200) == ["me:old", "me:new"]


def test_rotation_of_what_was_good_again() -> None:
    """An old password that worked again, as a URL has shown, is refused again: the sources are asked afresh at once."""
    keyring = Listed("keyring", "me:given", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401, 200) == ["me:given", "me:new"]
    rig.run(rig.call(GIVEN_PAGE), 200)
    keyring._then = ["me:newest"]
    assert rig.run(rig.call(PAGE), 401, 200) == ["me:given", "me:newest"]


def test_what_is_good_in_one_index_has_nothing_read_again_for_another() -> None:
    """That was done once, when the other refused it."""
    files = netrc("ua:pa")
    rig = Rig(files, indexes=[A, B])
    rig.get("/a/simple/p/", private)
    assert rig.run(rig.call("/b/simple/p/"), 401, 401) == [BARE, "ua:pa"]
    read = files.refreshed
    rig.get("/a/simple/p/", private)
    assert rig.run(rig.call("/b/simple/p/"), 401) == [BARE]
    assert files.refreshed == read


def test_rotation_in_the_folder_after_a_misfit_elsewhere() -> None:
    """That the sources were asked afresh for a misfit does not stand in the way of a new password later."""
    files = netrc("me:old")
    rig = Rig(files)
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(FILE), 401, 200) == ["me:old", BARE]
    files._then = ["me:new"]
    assert rig.run(rig.call(OTHER_PAGE), 401, 200) == ["me:old", "me:new"]


def test_rotation_without_a_new_password() -> None:
    """Only a different credential is sent; the old one is not sent again in its scope."""
    rig = Rig(netrc("me:old"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401) == ["me:old"]
    assert rig.run(rig.call(OTHER_PAGE), 401) == [BARE]


def test_rotation_without_a_new_password_where_no_index_is() -> None:
    """Where it was accepted, nothing but a different credential follows the old one; and it is not sent again."""
    rig = Rig(netrc("me:old"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401) == ["me:old"]
    assert rig.run(rig.call(FILE), 401) == [BARE]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_wrong_password_is_no_rotation(index: Index | None) -> None:
    """What was never accepted and is refused: its file is read once more, and nobody slow is asked afresh."""
    files, others, keyring = netrc("me:wrong"), store("/else you:pw"), Listed("keyring", slow=True)
    rig = Rig(files, others, keyring, indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:wrong"]
    assert rig.run(rig.call(PAGE), 401) == [BARE]
    assert (files.refreshed, others.refreshed, keyring.refreshed) == (1, 0, 0)
    assert len(keyring.asked) == 1


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_file_that_was_out_of_date(index: Index | None) -> None:
    """What a file said when it was read is refused: what it says now is sent."""
    rig = Rig(netrc("me:old", then=["me:new"]), indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:old", "me:new"]


def test_a_keyrings_wrong_answer_is_not_asked_for_again() -> None:
    """A keyring may take long, or ask a person: once is enough for a password that was never good."""
    keyring = Listed("keyring", "me:wrong", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:wrong"]
    assert (len(keyring.asked), keyring.refreshed) == (1, 0)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_without_a_rotation_nothing_is_read_again(status: int) -> None:
    """A refusal of a bare request asks the sources, but not afresh."""
    files = netrc("me:pw")
    rig = Rig(files, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), status, 200) == [BARE, "me:pw"]
    assert files.refreshed == 0


@pytest.mark.parametrize("status", [403, 404])
def test_a_misfit_that_is_hidden_has_nothing_asked_afresh(status: int) -> None:
    """403 and 404 do not say that a credential is out of date."""
    keyring = Listed("keyring", slow=True)
    rig = Rig(netrc("me:pw"), keyring)
    rig.run(rig.call(PAGE), 401, 200)
    rig.ask(rig.call(FILE), lambda _path, _sent: status)
    assert keyring.refreshed == 0


def test_a_401_to_the_bare_attempt_asks_the_sources_that_wait_for_one() -> None:
    """The realm's credential was answered 403, which is no challenge (RFC 9110)."""
    rig = Rig(netrc("me:pw"), Listed("keyring", "you:pw", challenged_only=True))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(FILE), 403, 401, 200) == ["me:pw", BARE, "you:pw"]


def test_a_401_to_the_realms_credential_asks_the_sources_that_wait_for_one() -> None:
    """The index hid its page behind 404 before."""
    rig = Rig(Variables(a="u:p"), Listed("keyring", "/team me:pw", challenged_only=True), indexes=[A, TEAM])
    rig.run(rig.call("/a/simple/p/"), 200)
    assert rig.run(rig.call(PAGE), 404, 401, 200) == [BARE, "u:p", "me:pw"]


def test_an_interrupted_rereading_is_made_up_for() -> None:
    """Ctrl-C while the sources are asked afresh: the next 401 asks them afresh."""
    keyring = Listed("keyring", "me:old", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    flow = rig.flow(rig.call(PAGE))
    next(flow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "refresh", interrupted)
        with pytest.raises(KeyboardInterrupt):
            flow.send(ServerAnswer(401))
    assert rig.run(rig.call(PAGE), 401, 200) == [BARE, "me:new"]


def interrupted() -> None:
    raise KeyboardInterrupt


def test_rotation_reads_again_once() -> None:
    """Two requests that had the same old credential refused read the files again once."""
    files = netrc("me:old")
    rig = Rig(files, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    one, two = rig.flow(rig.call(PAGE)), rig.flow(rig.call(OTHER_PAGE))
    assert next(one) is next(two) is not None
    for flow in (one, two):
        with pytest.raises(StopIteration):
            flow.send(ServerAnswer(401))
    assert files.refreshed == 1


def test_a_late_answer_does_not_bring_back_what_was_refused() -> None:
    """An answer to the old credential that arrives after the server's refusal of it does not count."""
    rig = Rig(netrc("me:old"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    late = rig.flow(rig.call(PAGE))
    next(late)
    assert rig.run(rig.call(OTHER_PAGE), 401) == ["me:old"]
    with pytest.raises(StopIteration):
        late.send(ServerAnswer(200))
    assert rig.next_sent(rig.call(PAGE)) == BARE


def test_an_index_that_forgets_a_credential_takes_it_out_of_the_realm() -> None:
    """Beside the index the old password is not tried either, nor in another index."""
    rig = Rig(Variables(a="ua:old"), indexes=[A, B])
    rig.run(rig.call("/a/simple/p/"), 200)
    rig.run(rig.call("/a/simple/p/"), 401)
    assert rig.run(rig.call(FILE), 401) == [BARE]
    assert rig.run(rig.call("/b/simple/p/"), 401) == [BARE]


def test_an_index_that_forgets_a_credential_leaves_it_to_another() -> None:
    """Where another index of the realm still takes it, it stays on the realm's list."""
    rig = Rig(Variables(a="u:p", b="u:p"), indexes=[A, B])
    rig.run(rig.call("/a/simple/p/"), 200)
    rig.run(rig.call("/b/simple/p/"), 200)
    rig.run(rig.call("/a/simple/p/"), 401)
    assert rig.run(rig.call(FILE), 200) == ["u:p"]


def test_what_a_keyring_said_for_an_earlier_call_may_be_out_of_date() -> None:
    """It was asked for a file beside the index; the password has changed before the first page."""
    keyring = Listed("keyring", "me:old", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    assert rig.run(rig.call(FILE), 401, 401) == [BARE, "me:old"]
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:old", "me:new"]
