"""What holds of the flow whatever servers, sources and callers do, several calls under way at once."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from requests_indexauth.core.flow import Flow
from requests_indexauth.errors import PolicyError
from requests_indexauth.models.call import Call, ServerAnswer
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.found import GIVEN, Found
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.models.url import Realm, covers
from requests_indexauth.sources import base
from support.examples import examples
from support.flows import Rig, shown

REALMS = (
    *["https://one.example"] * 4,
    "http://one.example",
    "https://two.example",
    "https://one.example:8443",
)
PATHS = ("/a/simple/p/", "/a/f/x", "/b/simple/p/", "/b/simple/q/", "/c/x", "/c/y", "/d/z")
USERS = ("u", "v")
STATUSES = (200, 200, 401, 401, 401, 401, 403, 404, 500)
SENDS = 3

Pairs = tuple[tuple[str, str], ...]


def realm_tag(realm: Realm) -> str:
    """Return a word that only passwords of one realm end in."""
    return str(realm).replace(":", "-").replace("/", "-")


class Shelf(base.Source):
    """A source with answers for some paths: a user and a password, or a Bearer token, different in every realm."""

    def __init__(self, name: str, table: dict[str, Pairs], *, preemptive: bool, slow: bool, rotates: bool) -> None:
        super().__init__(lambda _message: None)
        self.name, self.preemptive, self.slow = name, preemptive, slow
        self.table, self.rotates = table, rotates
        self.version = 0

    def find(self, query: Query) -> base.Answer | None:
        if self.preemptive and query.index is None:
            return None
        for path, pairs in self.table.items():
            if query.path.startswith(path):
                for user, word in pairs:
                    answer = self._answer(query, user, f"{word}{self.version}{realm_tag(query.realm)}")
                    if answer is not None:
                        return base.Answer(answer, path.rstrip("/") or None)
        return None

    @staticmethod
    def _answer(query: Query, user: str, secret: str) -> Credentials | None:
        if user == "bearer":
            return Credentials.bearer(secret) if query.username is None else None
        if user.endswith("?"):
            return Credentials.basic(user[:-1], None) if query.username is None else None
        return Credentials.basic(user, secret) if query.username in (None, user) else None

    def refresh(self) -> None:
        self.version += self.rotates


class Step(NamedTuple):
    """In one of several slots a call is begun, or the one that is under way there gets its answer."""

    slot: int
    realm: str
    path: str
    method: str
    user: str | None
    password: str | None
    keep: bool
    has_body: bool
    bare: bool
    status: int
    fresh: bool
    give_up: bool


pairs = st.lists(
    st.tuples(st.sampled_from([*USERS, "bearer", "u?"]), st.sampled_from(["p", "q"])), min_size=1, max_size=3
)
shelves = st.lists(
    st.builds(
        Shelf,
        st.sampled_from(["netrc", "store", "keyring", "prompt"]),
        st.dictionaries(st.sampled_from(["/", "/", "/a/", "/c/"]), pairs.map(tuple), min_size=1, max_size=3),
        preemptive=st.sampled_from([False, False, True]),
        slow=st.booleans(),
        rotates=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)
policies = st.sampled_from(["auto", "auto", "always", "always", "never"])
indexes = st.lists(
    st.tuples(st.sampled_from(REALMS), st.sampled_from(["/a/simple", "/b/simple"]), policies), max_size=3
)
steps = st.lists(
    st.builds(
        Step,
        slot=st.sampled_from([0, 0, 0, 0, 1, 2]),
        realm=st.sampled_from(REALMS),
        path=st.sampled_from(PATHS),
        method=st.sampled_from(["GET", "GET", "HEAD", "POST"]),
        user=st.sampled_from([None, None, None, None, *USERS]),
        password=st.sampled_from([None, None, None, None, "p", "given"]),
        keep=st.booleans(),
        has_body=st.booleans(),
        bare=st.sampled_from([False, False, False, False, True]),
        status=st.one_of(st.sampled_from(STATUSES), st.sampled_from(STATUSES), st.integers(100, 599)),
        fresh=st.sampled_from([True, True, True, False]),
        give_up=st.sampled_from([False] * 9 + [True]),
    ),
    min_size=10,
    max_size=80,
)


class Watch:
    """Drives the calls and looks at everything that is sent.

    Attributes:
        refused: what was answered 401, with the index that it was for.
        accepted: what was accepted, with the realm that it was in.
        hopeless: what was found for a URL that no index covers, and answered 401, before anything accepted it, with the
            realm it was for: a wrong password. Unless another one then fitted: it may be another path's. With each, the
            paths that refused it, and those of the entries that had it.
        last: what the calls that are under way sent last.
        flows: these calls.

    """

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.refused: set[tuple[Index, str]] = set()
        self.accepted: set[tuple[Realm, str]] = set()
        self.hopeless: dict[tuple[Realm, str], set[str]] = {}
        self.last: dict[int, Found | None] = {}
        self.flows: dict[int, tuple[Flow, Call, list[str]]] = {}

    def step(self, step: Step) -> None:
        if step.slot not in self.flows:
            self.begin(step)
        elif step.give_up:
            self.flows.pop(step.slot)[0].close()
        else:
            self.answer(step)

    def begin(self, step: Step) -> None:
        call = self.rig.call(f"{step.realm}{step.path}", method=step.method, has_body=step.has_body, bare=step.bare)
        if step.password is not None:
            password = f"{step.password}0{realm_tag(call.query.realm)}"
            given_pair = Found(Credentials.basic(step.user, password), GIVEN, call.query.realm)
            call = call._replace(given=given_pair, keep_given=step.keep)
        elif step.user is not None:
            call = call._replace(query=call.query._replace(username=step.user))
        flow = self.rig.flow(call)
        try:
            found = next(flow)
        except PolicyError:
            assert call.policy != "auto"
            return
        self.flows[step.slot] = flow, call, []
        self.look(step.slot, found)

    def answer(self, step: Step) -> None:
        flow, call, sent = self.flows[step.slot]
        index = call.query.index
        if index is not None and call.given is None and step.status == 401 and sent[-1] != "bare":
            self.refused.add((index, sent[-1]))
        if index is not None and call.given is not None and step.fresh and step.status not in (401, 403):
            self.refused.discard((index, sent[-1]))  # the caller has proven it
        self.judge(call, sent, self.last[step.slot], step)
        try:
            found = flow.send(ServerAnswer(step.status, step.fresh))
        except StopIteration:
            del self.flows[step.slot]
        else:
            self.look(step.slot, found)

    def judge(self, call: Call, sent: list[str], last: Found | None, step: Step) -> None:
        """Note what an answer says of the last that was sent, in its whole realm."""
        realm, what = call.query.realm, sent[-1]
        if step.fresh and step.status not in (401, 403):
            self.accepted.add((realm, what))
            for earlier in sent:
                self.hopeless.pop((realm, earlier), None)
        elif step.status == 401 and last is not None and call.given is None and call.query.index is None:
            self.hopeless.setdefault((realm, what), set()).update({call.query.path, last.prefix or ""})

    def look(self, slot: int, found: Found | None) -> None:
        _, call, sent = self.flows[slot]
        what = shown(found)
        self.last[slot] = found
        assert what not in sent, "nothing is sent twice for one call"
        sent.append(what)
        assert len(sent) <= SENDS
        if call.policy == "never" or call.bare:
            assert found is None
        elif call.policy == "always":
            assert found is not None
        if call.given is not None:
            assert found is None or found is call.given
        elif found is not None:
            username_alone = found.source == GIVEN and found.credentials == Credentials.basic(found.username, "")
            assert username_alone or found.header in self.held(call), "only what the realm's sources or callers gave"
            assert call.query.index is None or (call.query.index, what) not in self.refused
            assert call.query.index is not None or not self.is_hopeless(call, found)
            assert call.query.username in (None, found.username)

    def is_hopeless(self, call: Call, found: Found) -> bool:
        """Whether it is known to be wrong; an entry for a path that has not refused it yet may have it all the same."""
        known = (call.query.realm, shown(found))
        refused = self.hopeless.get(known)
        if refused is None or known in self.accepted:
            return False
        return found.prefix is None or any(path and covers(found.prefix, path) for path in refused)

    def held(self, call: Call) -> set[str]:
        """Return every header that a source has had, or a caller given, for the call's realm."""
        tag = realm_tag(call.query.realm)
        last = max((shelf.version for shelf in self.rig.resolver.sources if isinstance(shelf, Shelf)), default=0)
        secrets = [f"{word}{version}{tag}" for word in ("p", "q", "given") for version in range(last + 1)]
        basic = {Credentials.basic(user, secret).header for user in (None, *USERS) for secret in secrets}
        return basic | {Credentials.bearer(secret).header for secret in secrets}


@settings(max_examples=examples(200))
@given(shelves=shelves, indexes=indexes, steps=steps)
def test_the_rules_hold_for_any_servers_sources_and_callers(
    shelves: list[Shelf], indexes: list[tuple[str, str, str]], steps: list[Step]
) -> None:
    """Every call ends within three sends, and no credential goes where it must not."""
    known = [
        Index(f"{realm}{path}", f"n{number}", policy)  # type: ignore[arg-type]
        for number, (realm, path, policy) in enumerate(indexes)
    ]
    watch = Watch(Rig(*shelves, indexes=known))
    for step in steps:
        watch.step(step)
    for flow, _, _ in watch.flows.values():
        flow.close()
    assert watch.rig.memo.gates._held == {}, "nobody is left waiting"
    assert watch.rig.warnings == []
