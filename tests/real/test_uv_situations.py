"""The real uv and a session of ours in the same random situations: who gets what, as whom?

Each situation is a folder with a uv.toml, a netrc file and a store, some variables, and a server. uv looks for two
packages on every index; our session then asks for the same URLs in the same order. Success and the last credential
sent must be the same for every URL, but for the differences listed in `INTENDED`.
"""

from __future__ import annotations

import collections
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Literal

import pytest
import requests

import requests_indexauth
from requests_indexauth import CredentialsNotAllowedError, MissingCredentialsError
from support.index import IndexServer
from support.situations import ABORTED, PACKAGES, IndexSetup, Login, Outcome, Situation, Stage, situation
from support.uv import Uv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.messages import Authorization

SEEDS = range(120)
WHOLE: dict[int | None, int | str] = {206: 200}  # uv reads parts of a file


@dataclass
class Compared:
    """One URL: how it ended for uv and for us, and what our session had learned by then.

    Attributes:
        one: the situation.
        name: the index the URL belongs to.
        uv: how it ended for uv.
        ours: how it ended for us.
        tried: the credentials we sent in this call.
        first: the first credential we ever sent to this index.
        refused: what this index had answered 401 to us, this call included.
        accepted: what any index had accepted from us before this call.

    """

    one: Situation
    name: str
    uv: Outcome
    ours: Outcome
    tried: list[Authorization]
    first: Authorization
    refused: set[Authorization]
    accepted: set[Authorization]

    @property
    def index(self) -> IndexSetup:
        """Return what is configured of the URL's index."""
        return self.one.indexes[self.name]

    @property
    def differs(self) -> bool:
        """Whether uv and we had different luck, or are known to the server as different users."""
        return self.uv != self.ours

    def __str__(self) -> str:
        """Return both outcomes as one line of a failing test."""
        return f"{self.name}: uv {tuple(self.uv)}, ours {tuple(self.ours)}, tried {self.tried}"


@dataclass
class Played:
    """A situation after uv and we have been through it."""

    one: Situation
    compared: dict[str, Compared] = field(default_factory=dict)
    said: str = ""

    def __str__(self) -> str:
        """Return all there is to see of a failed situation."""
        lines = [f"{'*' if two.differs else ' '} {path} {two}" for path, two in self.compared.items()]
        return "\n".join([str(self.one), *lines, self.said])


def header(login: Login) -> Authorization:
    """Return what a server sees of a login."""
    return ("basic", login[0] or "", login[1] or "")


def user(sent: Authorization) -> str | None:
    """Return the user name that was sent."""
    return sent[1] if sent else None


def is_of(sent: Authorization, index: IndexSetup) -> bool:
    """Whether what was sent is an index's own: out of its variables or URL, or found for the user name there."""
    own = [login for login in (index.userinfo, index.variables) if login]
    return sent in map(header, own) or user(sent) in lone_names(index)


def lone_names(index: IndexSetup) -> set[str | None]:
    """Return the user names that an index's URL and variables have without a password."""
    return {login[0] for login in (index.userinfo, index.variables) if login and login[1] is None}


def joined(index: IndexSetup) -> Authorization | Literal["nothing"]:
    """Return the URL's user name with the password of the variables, where each has only that."""
    if index.userinfo is None or index.variables is None or index.variables[0] is not None:
        return "nothing"
    return header((index.userinfo[0], index.variables[1]))


# The differences: each a sentence that says what we do instead, and the cases it is about.


def never_is_an_error(two: Compared) -> bool:
    """A credential for a `never` index is a mistake we tell of; uv drops it, or sends it all the same."""
    configured = two.index.userinfo or two.index.variables
    return two.index.policy == "never" and configured is not None and two.ours.status == ABORTED


def variables_before_url(two: Compared) -> bool:
    """Variables come before the URL's userinfo, always; uv goes by the URL for pages and by the variables for files."""
    userinfo, variables = two.index.userinfo, two.index.variables
    if userinfo is None or variables is None or variables[0] is None:
        return False
    by_variables = user(two.first) == variables[0] or two.ours.status == ABORTED
    return by_variables and (two.uv.status == ABORTED or user(two.uv.sent) == userinfo[0])


def password_joins_user_name(two: Compared) -> bool:
    """A password in a variable and a user name in the URL are one credential; uv sends either without the other."""
    if two.uv.status == ABORTED:  # for want of what we have
        return two.ours.sent in map(joined, two.one.indexes.values())
    return two.first is not None and two.first == joined(two.index) and is_of(two.uv.sent, two.index)


def innermost_index_counts(two: Compared) -> bool:
    """Of nested indexes the most specific one has the say over its URLs; with uv it is the outermost."""
    if two.one.layout != "nested" or two.name != "b":
        return False
    outer = two.one.indexes["a"]
    return is_of(two.uv.sent, outer) or (two.uv.status == ABORTED and bool(lone_names(outer)))


def own_credential_stays_at_home(two: Compared) -> bool:
    """An index's variables and userinfo are for that index until a server took them; uv tries them in all the realm."""
    others = [index for name, index in two.one.indexes.items() if name != two.name]
    foreign = any(is_of(two.uv.sent, index) for index in others)
    return foreign and two.uv.sent not in {*two.tried, *two.accepted}


def sources_before_the_neighbour(two: Compared) -> bool:
    """What another index of the realm took is tried after the sources, uv tries it before and then none."""
    return two.uv.sent in two.accepted and not two.uv.ok and two.ours.sent not in (None, two.uv.sent)


def next_source_after_a_refusal(two: Compared) -> bool:
    """A credential answered with 401 is not the end: we ask the sources after it, uv stops there."""
    others = {two.ours.sent, *two.tried} - {None, two.uv.sent}
    return two.uv.status == 401 and two.uv.sent in two.refused and bool(others)


def refused_once(two: Compared) -> bool:
    """A wrong password reaches an index once; uv sends it with every URL."""
    earlier = two.refused - set(two.tried)
    return two.uv.status == 401 and two.uv.sent in earlier and two.ours.sent is None


INTENDED = [
    never_is_an_error,
    variables_before_url,
    password_joins_user_name,
    innermost_index_counts,
    own_credential_stays_at_home,
    sources_before_the_neighbour,
    next_source_after_a_refusal,
    refused_once,
]


def explanation(two: Compared) -> str | None:
    """Return which intended difference a difference is."""
    return next((difference.__name__ for difference in INTENDED if difference(two)), None)


class Theatre:
    """Plays each situation once, and remembers how it went."""

    def __init__(self, uv: Uv, stage: Stage, factory: pytest.TempPathFactory) -> None:
        self.uv = uv
        self.stage = stage
        self.factory = factory
        self.played: dict[int, Played] = {}

    def play(self, seed: int) -> Played:
        """Let uv and then us do the work of a situation."""
        if seed not in self.played:
            played = self.played[seed] = Played(situation(seed))
            with pytest.MonkeyPatch.context() as patch:
                self.stage.arrange(played.one, self.factory.mktemp("situation"), patch)
                outcomes = self._uv(played)
                self._ours(played, outcomes)
        return self.played[seed]

    def _uv(self, played: Played) -> dict[str, Outcome]:
        """Return how each URL that uv asked for ended; it may end itself before it sends anything."""
        server = self.stage.server
        server.clear()
        # One at a time: the order in which uv asks must not be chance, since it carries what it learns from URL to URL.
        done = self.uv.resolve(
            *PACKAGES, options=("--index-strategy", "unsafe-best-match"), environ={"UV_CONCURRENT_DOWNLOADS": "1"}
        )
        played.said = done.stderr
        outcomes = {r.path: Outcome(WHOLE.get(r.status, r.status), r.authorization) for r in server.requests}
        missing = re.search(r"(?:Missing|Incomplete) credentials for:? `?http://[^/]+(/[^\s`]+)", done.stderr)
        assert missing or outcomes, done.stderr
        return {**outcomes, missing[1]: Outcome(ABORTED, None)} if missing else outcomes

    def _ours(self, played: Played, outcomes: dict[str, Outcome]) -> None:
        """Ask for the same URLs in the same order."""
        server = self.stage.server
        refused: dict[str, set[Authorization]] = collections.defaultdict(set)
        first: dict[str, Authorization] = {}
        accepted: set[Authorization] = set()
        with requests.Session() as session:
            requests_indexauth.mount(session)
            for path, uv in outcomes.items():
                server.clear()
                ours = self._get(session, path)
                name = played.one.owner(path)
                sent = [r for r in server.requests if r.authorization]
                if sent:
                    first.setdefault(name, sent[0].authorization)
                refused[name] |= {r.authorization for r in sent if r.status == 401}
                tried = [r.authorization for r in sent]
                two = Compared(played.one, name, uv, ours, tried, first.get(name), set(refused[name]), set(accepted))
                played.compared[path] = two
                accepted |= {r.authorization for r in sent if r.status == 200}

    def _get(self, session: requests.Session, path: str) -> Outcome:
        try:
            status = session.get(self.stage.server.at(path)).status_code
        except (MissingCredentialsError, CredentialsNotAllowedError):
            assert not self.stage.server.requests
            return Outcome(ABORTED, None)
        return Outcome(status, self.stage.server.authorizations[-1])


@pytest.fixture(scope="module")
def theatre(program: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """Return where situations are played; one server serves them all."""
    with IndexServer() as server:
        yield Theatre(Uv(program("uv")), Stage(server), tmp_path_factory)


@pytest.mark.parametrize("seed", SEEDS)
def test_same_success_as_the_same_user(theatre: Theatre, seed: int) -> None:
    """Every URL ends for us as for uv, with the same credential, or as the list of differences says."""
    played = theatre.play(seed)
    unexplained = [path for path, two in played.compared.items() if two.differs and explanation(two) is None]
    assert not unexplained, str(played)


def test_every_intended_difference_is_seen(theatre: Theatre) -> None:
    """The list of differences holds nothing that no situation shows."""
    compared = [two for seed in SEEDS for two in theatre.play(seed).compared.values()]
    seen = {explanation(two) for two in compared if two.differs}
    assert seen == {difference.__name__ for difference in INTENDED}


def test_the_differences_are_in_our_favour(theatre: Theatre) -> None:
    """We miss what uv gets only where a policy forbids it or an index's own settings are wrong, and less often."""
    compared = [two for seed in SEEDS for two in theatre.play(seed).compared.values()]
    missed = collections.Counter(explanation(two) for two in compared if two.uv.ok and not two.ours.ok)
    gained = sum(two.ours.ok and not two.uv.ok for two in compared)
    assert set(missed) <= {one.__name__ for one in (never_is_an_error, variables_before_url, password_joins_user_name)}
    assert gained > sum(missed.values())
