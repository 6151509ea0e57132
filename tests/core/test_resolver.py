"""The chain: in order, the first answer wins, and what is broken breaks nothing."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.core import resolver as resolver_module
from requests_indexauth.core.record import Lapsed
from requests_indexauth.core.resolver import Resolver
from requests_indexauth.errors import SourceError
from requests_indexauth.models.found import Found
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.sources.base import Answer, Missed, Source
from support.flows import HOST, Broken, Listed, Variables, credential, shown
from support.forking import in_forked_child
from support.queries import query

if TYPE_CHECKING:
    from requests_indexauth.models.url import Realm
    from requests_indexauth.sources.base import Step

PAGE = f"{HOST}/team/simple/thing/"
TEAM = Index(f"{HOST}/team/simple/", "team")


def wanted(_found: object) -> bool:
    return False


def outcomes(resolver: Resolver, question: Query) -> list[tuple[str, str]]:
    return [(step.source, step.outcome) for step in resolver.trace(question)]


def test_the_first_answer_wins() -> None:
    """The sources after it are not reached; those without time were not asked."""
    last = Listed("last", "b:2")
    resolver = Resolver([Listed("empty"), Listed("first", "a:1"), last], pytest.fail)
    steps = resolver.trace(query(PAGE))
    assert [(step.source, step.outcome) for step in steps] == [
        ("empty", "nothing"),
        ("first", "found"),
        ("last", "not reached"),
    ]
    assert [step.why for step in steps] == ["", "", ""]
    assert [step.seconds is None for step in steps] == [False, False, True]
    assert shown(resolver.ask(query(PAGE), wanted)) == "a:1"
    assert last.asked == []


def test_a_user_name_alone_is_for_the_sources_after_it() -> None:
    """It becomes the given one."""
    after = Listed("after", "you:no", "me:pw")
    resolver = Resolver([Listed("name", "me"), after], pytest.fail)
    assert outcomes(resolver, query(PAGE)) == [("name", "user name"), ("after", "found")]
    assert [asked.username for asked in after.asked] == ["me"]
    assert "me" not in resolver.trace(query(PAGE))[0].why.replace("name", "")


def test_what_is_unwanted_is_passed_over() -> None:
    """And said to have been refused."""
    resolver = Resolver([Listed("one", "a:1"), Listed("two", "b:2")], pytest.fail)
    assert shown(resolver.ask(query(PAGE), lambda found: found.username == "a")) == "b:2"
    steps = list(resolver.steps(query(PAGE), lambda found: found.username == "a"))
    assert steps[0].why == "refused by the server before"
    assert resolver.ask(query(PAGE), lambda _found: True) is None


class Explaining(Listed):
    def missed(self, query: Query) -> Missed:
        return Missed(f"no entry for {query.realm.host}", "place")

    def noted(self, query: Query) -> str:
        return f"the default entry, for {query.realm.host}"


def test_why_there_is_nothing_is_told_on_demand() -> None:
    """And what is to be known of an answer; nothing of a source that was not reached or has a user name alone."""
    sources = [Explaining("empty"), Explaining("name", "me"), Explaining("full", "me:pw"), Explaining("last")]
    resolver = Resolver(sources, pytest.fail)
    why, note = "no entry for pkgs.example.com", "the default entry, for pkgs.example.com"
    name = "only the user name ****"
    assert [step.why for step in resolver.trace(query(PAGE), tell_why=True)] == [why, name, note, ""]
    assert [step.why for step in resolver.trace(query(PAGE))] == ["", name, "", ""]


@pytest.mark.parametrize(
    ("source", "outcome"),
    [
        pytest.param(Listed("one"), "nothing", id="nothing"),
        pytest.param(Listed("one", "a:1"), "found", id="found"),
        pytest.param(Listed("one", "a"), "user name", id="a user name"),
        pytest.param(Listed("one", "b:2"), "nothing", id="unwanted"),
        pytest.param(Broken(SourceError("no")), "failed", id="broken"),
    ],
)
def test_how_long_a_source_took(source: Source, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever came of it."""
    times = iter([1000.0, 1002.0])
    monkeypatch.setattr(resolver_module, "perf_counter", lambda: next(times))
    resolver = Resolver([source], lambda _message: None)
    (step,) = resolver.steps(query(PAGE), lambda found: found.username == "b")
    assert (step.source, step.outcome, step.seconds) == (source.name, outcome, 2.0)


class Skipping(Source):
    name = "skipping"

    def skipped(self, query: Query) -> str | None:  # noqa: ARG002 - whatever the question
        return "because"

    def find(self, query: Query) -> Answer | None:  # noqa: ARG002
        pytest.fail("it is skipped")


def test_what_is_skipped_says_why() -> None:
    """It is not asked, and not among those a missing credential was looked for in."""
    resolver = Resolver([Skipping(pytest.fail), Listed("one", "a:1")], pytest.fail)
    step = resolver.trace(query(PAGE))[0]
    assert (step.outcome, step.why, step.seconds) == ("skipped", "because", None)
    assert resolver.asked(query(PAGE)) == ("one",)


class BrokenWhenSkipped(Skipping):
    def skipped(self, query: Query) -> str | None:
        raise ValueError(query.url)


@pytest.mark.parametrize(
    ("source", "warning"),
    [
        pytest.param(Broken(SourceError("netrc: line 3: no")), "netrc: line 3: no", id="its own error"),
        pytest.param(Broken(ValueError("s3cret")), "broken: failed with ValueError", id="any other"),
        pytest.param(Broken(KeyError("s3cret")), "broken: failed with KeyError", id="a defect"),
        pytest.param(BrokenWhenSkipped(pytest.fail), "skipping: failed with ValueError", id="before it is asked"),
    ],
)
def test_what_is_broken_is_one_warning_and_a_miss(source: Source, warning: str) -> None:
    """The next source is asked; a message that is not the source's own may quote a secret and is left out."""
    warnings: list[str] = []
    resolver = Resolver([source, Listed("next", "a:1")], warnings.append)
    assert shown(resolver.ask(query(PAGE), wanted)) == "a:1"
    assert warnings == [warning]
    step = resolver.trace(query(PAGE))[0]
    assert (step.outcome, step.why) == ("failed", warning)


def test_a_pickled_credential_is_a_failure() -> None:
    """It has nothing to send."""
    import pickle

    class Pickled(Source):
        name = "prompt"

        def find(self, query: Query) -> Answer | None:  # noqa: ARG002
            return Answer(pickle.loads(pickle.dumps(credential("Bearer tok"))))  # noqa: S301

    warnings: list[str] = []
    assert Resolver([Pickled(pytest.fail)], warnings.append).ask(query(PAGE), wanted) is None
    assert warnings == ["prompt: failed with ValueError"]


class Failing(Listed):
    def find(self, query: Query) -> Answer | None:
        super().find(query)
        raise SourceError("keyring: locked")


def test_a_slow_source_is_asked_once() -> None:
    """Per scope and user name; a "nothing" and a failure are kept too; other sources are asked each time."""
    warnings: list[str] = []
    slow, fast, failing = Listed("slow", slow=True), Listed("fast"), Failing("failing", slow=True)
    resolver = Resolver([slow, fast, failing], warnings.append)
    questions = [query(PAGE), query(f"{HOST}/elsewhere"), query(PAGE, username="me"), query(PAGE, index=TEAM)]
    for _ in range(2):
        for question in questions:
            assert resolver.ask(question, wanted) is None
    scopes = [(asked.index, asked.username) for asked in slow.asked]
    assert scopes == [(None, None), (None, "me"), (TEAM, None)]
    assert (len(fast.asked), len(failing.asked), len(warnings)) == (8, 3, 3)


def test_no_more_answers_are_kept_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest is forgotten first, and asked for again."""
    monkeypatch.setattr(resolver_module, "ANSWERS", 3)
    slow = Listed("slow", slow=True)
    resolver = Resolver([slow], pytest.fail)
    users = ["a", "b", "c", "d", "b", "a", "c"]
    for user in users:
        resolver.ask(query(PAGE, username=user), wanted)
    assert [asked.username for asked in slow.asked] == ["a", "b", "c", "d", "a"]
    assert resolver.questions == len(slow.asked)


@pytest.mark.parametrize(
    ("question", "changed", "refreshed"),
    [
        pytest.param(query(PAGE, challenged=True), True, 1, id="after a 401"),
        pytest.param(query(PAGE, index=Index(f"{HOST}/team/simple/", "team", "always")), True, 1, id="always"),
        pytest.param(query(PAGE, index=TEAM), True, 0, id="without either"),
        pytest.param(query(PAGE, challenged=True), False, 0, id="unchanged"),
    ],
)
def test_a_source_that_has_changed_is_read_again(question: Query, changed: bool, refreshed: int) -> None:  # noqa: FBT001
    """Where it matters most: a look at the file costs time."""

    class File(Listed):
        def has_changed(self) -> bool:
            return changed

    file = File("netrc", "a:1")
    Resolver([file], pytest.fail).ask(question, wanted)
    assert file.refreshed == refreshed


def test_a_slow_source_that_asks_itself_gets_nothing() -> None:
    """A callback may make a request with the same session: it is not called for that."""

    class Prompt(Listed):
        def find(self, query: Query) -> Answer | None:
            assert resolver.ask(query, wanted) is None
            return super().find(query)

    resolver = Resolver([Prompt("prompt", "me:pw", slow=True)], pytest.fail)
    assert shown(resolver.ask(query(PAGE), wanted)) == "me:pw"


def test_an_interrupted_question_is_no_answer() -> None:
    """It is put again."""

    class Interrupted(Listed):
        def find(self, query: Query) -> Answer | None:
            answer = super().find(query)
            if len(self.asked) == 1:
                raise KeyboardInterrupt
            return answer

    resolver = Resolver([Interrupted("slow", "a:1", slow=True)], pytest.fail)
    with pytest.raises(KeyboardInterrupt):
        resolver.ask(query(PAGE), wanted)
    assert shown(resolver.ask(query(PAGE), wanted)) == "a:1"


def test_all_is_asked_again_on_demand() -> None:
    """Slow sources, too."""
    slow, file = Listed("slow", slow=True), Listed("file")
    resolver = Resolver([slow, file], pytest.fail)
    assert resolver.ask(query(PAGE), wanted) is None
    slow.entries = ["me:new"]
    resolver.reread()
    assert (slow.refreshed, file.refreshed) == (1, 1)
    assert shown(resolver.ask(query(PAGE), wanted)) == "me:new"


def test_which_question_a_slow_source_answered() -> None:
    """An answer may be older than a call, or made for it."""
    resolver = Resolver([Listed("slow", "me:pw", slow=True)], pytest.fail)
    resolver.ask(query("https://other.example.com/", username="you"), wanted)
    found = resolver.ask(query(PAGE), wanted)
    assert found is not None
    assert [resolver.is_kept_since(number, found.header) for number in (1, 2, 3)] == [False, True, True]
    assert not resolver.is_kept_since(3, "Basic eDp5")


def test_asking_afresh() -> None:
    """Once for one refusal: every source reads again, and what was kept for the scope is asked again."""
    slow, other = Listed("slow", slow=True), query(PAGE, index=TEAM)
    resolver = Resolver([slow], pytest.fail)
    for question in (query(PAGE), query(PAGE, username="me"), other):
        resolver.ask(question, wanted)
    slow.entries = ["me:new"]
    stale = Lapsed("Basic old", 1)
    assert shown(resolver.ask(query(PAGE), wanted, stale)) == "me:new"
    assert shown(resolver.ask(query(PAGE, username="me"), wanted, stale)) == "me:new"
    assert resolver.ask(other, wanted) is None
    assert slow.refreshed == 1
    resolver.ask(query(PAGE), wanted, Lapsed("Basic old"))
    resolver.ask(other, wanted, stale)
    assert slow.refreshed == 3


@pytest.mark.parametrize("how", ["refused", "unwanted"])
def test_asking_afresh_again(how: str) -> None:
    """What a file says was refused, so that it is read again, once; accepted meanwhile, it is read again after that."""
    files = Listed("netrc", "me:pw")
    resolver = Resolver([files], pytest.fail)
    realm = query(PAGE).realm
    good = Found(credential("me:pw"), "netrc", realm)

    def ask() -> int:
        if how == "refused":
            resolver.ask(query(PAGE), wanted, Lapsed(good.header, 1))
        else:
            resolver.ask(query(PAGE), lambda _found: True)
        return files.refreshed

    assert [ask(), ask()] == [1, 1]
    resolver.ask(query(PAGE), wanted, Lapsed(good.header, 2))
    assert [ask(), ask()] == [2, 2]


OWN = {
    "a complete one": ((Variables(team="me:pw"),), "me:pw"),
    "the first of two": ((Variables(team="me:pw"), Listed("index URL", "b:2", preemptive=True)), "me:pw"),
    "none": ((Variables(other="me:pw"), Listed("netrc", "c:3")), None),
    "a user name that the next completes": (
        (Variables(team="me"), Listed("index URL", "me:pw", preemptive=True)),
        "me:pw",
    ),
    "a user name that another does not complete": ((Variables(team="me"), Listed("netrc", "me:pw")), "me"),
    "a user name that the next has another for": (
        (Variables(team="me"), Listed("index URL", "you:no", preemptive=True)),
        "me",
    ),
    "one after a source for all": ((Listed("netrc", "c:3"), Variables(team="me:pw")), "me:pw"),
    "one after a broken one": ((Broken(SourceError("no"), preemptive=True), Variables(team="me:pw")), "me:pw"),
}


@pytest.mark.parametrize("kind", OWN)
def test_the_indexes_own_credential(kind: str) -> None:
    """Only its variables and its URL are asked."""
    sources, pair = OWN[kind]
    warnings: list[str] = []
    found = Resolver(sources, warnings.append).index_credential(query(PAGE, index=TEAM))
    assert warnings == ["no"] * ("broken" in kind)
    assert (None if found is None else found.credentials) == (None if pair is None else credential(pair))


@pytest.mark.parametrize("preemptive", [True, False])
def test_a_source_that_preempts_the_realm(preemptive: bool) -> None:  # noqa: FBT001
    """Only those that an index's own credential comes from are asked, and for this realm."""

    class Publishing(Listed):
        def preempts(self, realm: Realm) -> bool:
            return realm.host == "pkgs.example.com"

    resolver = Resolver([Listed("netrc", "a:1"), Publishing("environment", preemptive=preemptive)], pytest.fail)
    assert resolver.is_preempted(query(PAGE)) is preemptive
    assert not resolver.is_preempted(query("https://other.example.com/"))


def test_each_step_is_told() -> None:
    """Up to the answer."""
    told: list[Step] = []
    resolver = Resolver([Listed("empty"), Listed("first", "a:1"), Listed("last", "b:2")], pytest.fail)
    resolver.ask(query(PAGE), wanted, on_step=told.append)
    assert [(step.source, step.outcome) for step in told] == [("empty", "nothing"), ("first", "found")]


def test_a_person_is_asked_unless_that_is_not_wanted() -> None:
    """The others are asked in any case."""
    prompt = Listed("prompt", "b:2", interactive=True)
    resolver = Resolver([Listed("empty"), prompt], pytest.fail)
    assert resolver.ask(query(PAGE), wanted, interactive=False) is None
    assert prompt.asked == []
    assert shown(resolver.ask(query(PAGE), wanted)) == "b:2"


class Held(Listed):
    """A slow source; it is held up in its first answer, or as it is told to read again, until it may go on."""

    def __init__(self, held: str) -> None:
        super().__init__("keyring", "a:1", slow=True)
        self.held = held
        self.reached, self.go_on = threading.Event(), threading.Event()

    def hold(self, place: str) -> None:
        if place == self.held:
            self.held = ""
            self.reached.set()
            self.go_on.wait(60)

    def find(self, query: Query) -> Answer | None:
        answer = super().find(query)
        self.hold("answer")
        return answer

    def refresh(self) -> None:
        super().refresh()
        self.hold("reading again")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no forks")
@pytest.mark.parametrize("held", ["answer", "reading again"])
def test_a_forked_child_waits_for_no_thread_that_asks(held: str) -> None:
    """That is not there to answer. What was answered before is not asked again."""
    keyring = Held("")
    resolver = Resolver([keyring], pytest.fail)
    team, other = query(PAGE, index=TEAM), query(f"{HOST}/other/")
    assert shown(resolver.ask(team, wanted)) == "a:1"
    keyring.held = held
    lapsed = Lapsed("Basic eDp5", 0) if held == "reading again" else None
    thread = threading.Thread(target=resolver.ask, args=(other, wanted, lapsed))
    thread.start()
    assert keyring.reached.wait(60)

    def ask() -> tuple[str, str, int]:
        resolver.renew_locks()
        before = len(keyring.asked)
        return (
            shown(resolver.ask(team, wanted)),
            shown(resolver.ask(other, wanted, lapsed)),
            len(keyring.asked) - before,
        )

    try:
        assert in_forked_child(ask) == ("a:1", "a:1", 1)
    finally:
        keyring.go_on.set()
        thread.join(60)
