"""A credential that says when it ends: it is asked for anew before that, and not when it has been refused."""

from __future__ import annotations

import pytest

from requests_indexauth.core import short_cut
from requests_indexauth.models import found
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.sources import base
from support.flows import BARE, HOST, TEAM, Listed, Rig

LIFE = 100.0


class Clock:
    """What tells the time, and is set by hand."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Tokens(base.Source):
    """Makes a token, which ends after `LIFE`: a new one each time, or ``text``; ``broken``: none.

    ``asked`` has each question.
    """

    name = "tokens"
    slow = True

    def __init__(self, clock: Clock, *, basic: bool = False) -> None:
        super().__init__(pytest.fail)
        self.clock = clock
        self.basic = basic
        self.broken = False
        self.text = ""
        self.asked: list[Query] = []

    def skipped(self, query: Query) -> str | None:
        return None if query.challenged or query.always or query.username is not None else "no 401 yet"

    def find(self, query: Query) -> base.Answer | None:
        self.asked.append(query)
        if self.broken:
            return None
        text = self.text or f"t{len(self.asked)}"
        made = Credentials.basic("me", text) if self.basic else Credentials.bearer(text)
        return base.Answer(made, expires=self.clock.now + LIFE)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Return the clock that expiry goes by."""
    made = Clock()
    for module in (found, short_cut):
        monkeypatch.setattr(module, "time", made)
    return made


@pytest.mark.parametrize("indexes", [[TEAM], []], ids=["an index", "no index"])
@pytest.mark.parametrize("prefix", ["Bearer ", "me:"])
def test_a_credential_is_renewed_before_it_ends(clock: Clock, indexes: list[Index], prefix: str) -> None:
    """One question for each life, and after the first one no refusal."""
    tokens = Tokens(clock, basic=prefix == "me:")
    rig = Rig(tokens, indexes=indexes)
    one, two = f"{prefix}t1", f"{prefix}t2"
    assert rig.run(rig.call("/team/simple/a/"), 401, 200) == [BARE, one]
    clock.now += LIFE - 1
    assert rig.run(rig.call("/team/simple/b/"), 200) == [one]
    clock.now += 2
    assert rig.run(rig.call("/team/simple/c/"), 200) == [two]
    assert rig.run(rig.call("/team/simple/d/"), 200) == [two]
    assert len(tokens.asked) == 2


@pytest.mark.parametrize("indexes", [[TEAM], []], ids=["an index", "no index"])
def test_the_short_cut_answers_until_the_end_and_from_the_renewal_on(clock: Clock, indexes: list[Index]) -> None:
    """What has ended it leaves to the flow."""
    rig = Rig(Tokens(clock), indexes=indexes)

    def quick() -> str | None:
        answer = rig.memo.short_cut.find(f"{HOST}/team/simple/z/")
        return None if answer is None else str(answer.header)

    for token in ("Bearer t1", "Bearer t2", "Bearer t3"):
        for path in ("/team/simple/a/", "/team/simple/b/"):
            rig.get(path, lambda _path, sent: 401 if sent == BARE else 200)
        assert quick() == token
        clock.now += LIFE
        assert quick() is None


def test_a_file_beside_the_index_goes_out_with_the_renewed_credential(clock: Clock) -> None:
    """The realm's memory of the old one has ended, too."""
    rig = Rig(Tokens(clock), indexes=[TEAM])
    rig.run(rig.call("/team/simple/a/"), 401, 200)
    clock.now += LIFE + 1
    assert rig.run(rig.call("/files/a.whl"), 200) == ["Bearer t2"]


def test_where_there_is_no_new_one_the_request_goes_out_bare(clock: Clock) -> None:
    """And what has ended is not sent; the source is asked once for a new one."""
    tokens = Tokens(clock)
    rig = Rig(tokens, indexes=[TEAM])
    rig.run(rig.call("/team/simple/a/"), 401, 200)
    clock.now += LIFE + 1
    tokens.broken = True
    assert rig.run(rig.call("/team/simple/b/"), 401) == [BARE]
    assert rig.run(rig.call("/team/simple/c/"), 401) == [BARE]
    assert len(tokens.asked) == 2


def test_another_source_before_it_renews_as_well(clock: Clock) -> None:
    """The whole chain is asked: a file may have what is right by now."""
    file = Listed("file", then=["me:new"])
    rig = Rig(file, Tokens(clock), indexes=[TEAM])
    rig.run(rig.call("/team/simple/a/"), 401, 200)
    clock.now += LIFE + 1
    assert rig.run(rig.call("/team/simple/b/"), 200) == ["me:new"]
    assert file.refreshed == 1


def test_an_answer_that_was_kept_and_never_sent_is_renewed(clock: Clock) -> None:
    """It ends, too: `resolve` asks, sends nothing, and is asked again."""
    tokens = Tokens(clock)
    rig = Rig(tokens, indexes=[TEAM])
    query = rig.call("/team/simple/a/").query._replace(challenged=True)

    def header() -> str:
        answer = rig.resolver.ask(query, lambda _found: False)
        assert answer is not None
        return str(answer.header)

    assert [header(), header()] == ["Bearer t1", "Bearer t1"]
    clock.now += LIFE
    assert header() == "Bearer t2"


def test_a_token_that_is_made_to_last_longer_is_asked_for_at_each_of_its_ends(clock: Clock) -> None:
    """The same text each time: what matters is when it ends."""
    tokens = Tokens(clock)
    rig = Rig(tokens, indexes=[TEAM])
    tokens.text = "same"
    rig.run(rig.call("/team/simple/a/"), 401, 200)
    for life in (2, 3, 4):
        clock.now += LIFE
        assert rig.run(rig.call("/team/simple/b/"), 200) == ["Bearer same"]
        assert rig.run(rig.call("/team/simple/c/"), 200) == ["Bearer same"]
        assert len(tokens.asked) == life


def test_a_credential_that_is_refused_before_its_end_is_asked_for_anew(clock: Clock) -> None:
    """As every other one: it may have been revoked."""
    rig = Rig(Tokens(clock), indexes=[TEAM])
    rig.run(rig.call("/team/simple/a/"), 401, 200)
    assert rig.run(rig.call("/team/simple/b/"), 401, 200) == ["Bearer t1", "Bearer t2"]


def test_always_renews_without_a_bare_request(clock: Clock) -> None:
    """What has ended counts as not found."""
    rig = Rig(Tokens(clock), indexes=[Index(f"{HOST}/team/simple/", "team", "always")])
    assert rig.run(rig.call("/team/simple/a/"), 200) == ["Bearer t1"]
    clock.now += LIFE
    assert rig.run(rig.call("/team/simple/b/"), 200) == ["Bearer t2"]


def test_two_users_of_a_realm_are_told_apart_after_a_renewal(clock: Clock) -> None:
    """Where another credential is remembered, too, the one that has ended keeps its paths for the one after it."""
    tokens = Tokens(clock, basic=True)
    rig = Rig(Listed("file", "/other you:pw"), tokens)
    rig.run(rig.call("/other/x"), 401, 200)
    rig.run(rig.call("/team/x"), 401, 200)
    clock.now += LIFE + 1
    assert rig.run(rig.call("/other/y"), 200) == ["you:pw"]
    assert rig.run(rig.call("/team/y"), 200) == ["me:t2"]


def test_each_end_has_every_source_read_again(clock: Clock) -> None:
    """Not the first one alone: each is as good as a refusal."""
    file = Listed("file")
    rig = Rig(file, Tokens(clock), indexes=[TEAM])
    rig.run(rig.call("/team/simple/a/"), 401, 200)
    for ends in (1, 2):
        clock.now += LIFE
        rig.run(rig.call("/team/simple/b/"), 200)
        assert file.refreshed == ends


def test_what_was_accepted_before_takes_the_place_of_what_has_ended(clock: Clock) -> None:
    """Where no source has a new one."""
    tokens = Tokens(clock, basic=True)
    rig = Rig(tokens, indexes=[TEAM])
    for user in ("you:pw", "me"):
        rig.run(rig.call(f"https://{user}@pkgs.example.com/team/simple/a/"), 200)
    assert rig.next_sent(rig.call("/team/simple/b/")) == "me:t1"
    clock.now += LIFE
    tokens.broken = True
    assert rig.run(rig.call("/team/simple/b/"), 200) == ["you:pw"]
