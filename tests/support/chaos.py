"""What the soak's servers know: who may enter where, what each call has met with, and what must not happen.

What is random is drawn from the call's own generator, so that a seed and a call's number say what happens to it. A
`Call` is one call of a client, with all its redirects; the client sends its number in the header `X-Call`. Passwords
start with `SECRET`, so that one that leaks is found; user names are unique, and so tell where they belong.
"""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from random import Random

    from support.chaosserver import ChaosServer

SECRET = "hush-"
MAX_SENDS = 3
UNAUTHORIZED = 401


@dataclass(eq=False)
class Login:
    """One user, whose password changes: `keep` puts a new one where the client finds it."""

    name: str
    keep: Callable[[Login], None] | None = None  # `None`: the password never changes
    covers: str = ""  # the path prefix for which the client finds it; it may be tried on all that is below
    password: str = ""
    generation: int = 0
    changed: int = 0  # when the password last changed
    proven: int | None = None  # since when the client knows that the password is good; `None`: it does not
    spoiled: bool = False  # a server has refused a password although it was right
    burnt: bool = False  # a right password was refused, elsewhere on its host, before anybody had taken it
    accepted: set[tuple[str | None, str]] = field(default_factory=set)  # scopes, with passwords they have taken
    # Scopes, with passwords they have not taken: when the last call began that was told so.
    refused: dict[tuple[str | None, str], int] = field(default_factory=dict)
    taken: int = 0  # when the last call began in which its own index took it
    # Passwords the caller gave, and rightly: when the last such call ended; infinity while one is under way.
    given: dict[str, float] = field(default_factory=dict)
    # Scopes, with passwords: when each call that was refused began, and when it ended, so that the client knows.
    known: dict[tuple[str | None, str], list[tuple[int, int]]] = field(default_factory=dict)

    def is_forgiven(self, password: str, since: int) -> bool:
        """Whether the caller may have proven a password after it was refused in a call that began then."""
        return since <= self.given.get(password, 0)

    def is_known_bad(self, key: tuple[str | None, str], before: int) -> bool:
        """Whether the client was told by then that a password is refused in a scope, and by nobody that it is good."""
        return any(end < before and not self.is_forgiven(key[1], begun) for begun, end in self.known.get(key, ()))

    def change(self) -> None:
        """Make a new password and put it where the client finds it."""
        self.generation += 1
        self.password = f"{SECRET}{self.name}-{self.generation}"
        self.proven = None
        self.burnt = False
        if self.keep is not None:
            self.keep(self)


@dataclass(eq=False)
class Area:
    """A part of a server: all paths that start with `prefix`."""

    prefix: str
    logins: tuple[Login, ...] = ()  # whoever may enter; nobody: it is open
    covered: bool = True  # by an index
    policy: str = "auto"
    refusal: int = UNAUTHORIZED  # to a request without credential
    moody: bool = False  # right passwords are refused at random
    hopeless: bool = False  # nobody may enter
    guests: bool = False  # for who was sent here with a user name and password in the `Location`
    server: ChaosServer = field(init=False)

    @property
    def needs_memory(self) -> bool:
        """Whether no source has a login for it: the client must have learned one elsewhere in the realm."""
        return bool(self.logins) and not any(self.prefix.startswith(login.covers) for login in self.logins)

    def scope(self, path: str) -> str | None:
        """Return what a refusal is for: the index, else the path; `None` for a path that nobody will ask for again."""
        if self.covered or self.hopeless:
            return f"{self.server.url}{self.prefix}"
        return f"{self.server.url}{path}" if len(path) - len(self.prefix) < 3 else None


@dataclass(eq=False)
class Call:
    """One call of the client: what it gives, what is done to it, what came of it."""

    number: str
    started: int
    random: Random
    given: tuple[str, ...] | None = None  # what the caller gave for the first URL's realm
    username: str | None = None  # the same, where it is no more than that
    realm: str = ""  # of the first URL
    sends: dict[str, int] = field(default_factory=dict)
    tickets: dict[str, str] = field(default_factory=dict)
    guests: dict[str, tuple[str, ...]] = field(default_factory=dict)
    visited: list[Area] = field(default_factory=list)
    accepted: list[tuple[Login, str, bool]] = field(default_factory=list)
    refused: list[tuple[Login, str | None, str]] = field(default_factory=list)
    gave: set[tuple[Login, str]] = field(default_factory=set)
    excuses: set[str] = field(default_factory=set)
    secure: bool = False
    hops: int = 0
    log: list[str] = field(default_factory=list)

    def may_have_brought(self, login: Login) -> bool:
        """Whether a redirect may have brought a password as if the caller had given it.

        There `requests` looks into netrc by itself; if the file changes before we look, we cannot know what it took.
        """
        return self.hops > 0 and not login.covers and login.changed > self.started

    def place(self, path: str) -> str:
        """Return what sends are counted for: a redirect may lead back to where it came from."""
        return f"{self.hops} {path}"


class Chaos:
    """All servers together: their areas and logins, the calls under way, and what should not have happened."""

    def __init__(self) -> None:
        """Start empty."""
        self.lock = threading.RLock()
        self.logins: dict[str, Login] = {}
        self.areas: list[Area] = []
        self.calls: dict[str, Call] = {}
        self.violations: list[str] = []
        self.counts = dict.fromkeys(("sent", "refused", "spoiled", "wrong", "changes", "excused", "strict"), 0)
        self._ticks = itertools.count(1)

    def tick(self) -> int:
        """Return the time, in steps of which no two are the same."""
        return next(self._ticks)

    def login(self, login: Login) -> Login:
        """Add a user; the first password is set at once."""
        self.logins[login.name] = login
        login.change()
        return login

    def change_password(self, random: Random) -> None:
        """Give some user a new password, at the server and where the client finds it in one instant."""
        with self.lock:
            due = [one for one in self.logins.values() if one.keep and (one.proven or one.spoiled or one.burnt)]
            if due:
                login = random.choice(due)
                login.change()
                login.changed = self.tick()
                self.counts["changes"] += 1

    def open_calls(self) -> list[Call]:
        """Return the calls that are under way."""
        return list(self.calls.values())

    def begin(self, call: Call) -> None:
        """Expect requests of a call."""
        self.calls[call.number] = call

    def end(self, call: Call, failure: str | None) -> None:
        """Judge what a call came to: `failure` says what was not as it should, if anything."""
        del self.calls[call.number]
        with self.lock:
            now = self.tick()
            for login, password, covered in call.accepted:
                if login.password == password:
                    login.proven = login.proven or now
                    login.taken = max(login.taken, call.started) if covered else login.taken
            for login, scope, password in call.refused:
                if scope is not None and not call.may_have_brought(login):
                    login.known.setdefault((scope, password), []).append((call.started, now))
            for login, password in call.gave.difference(*(other.gave for other in self.open_calls())):
                login.given[password] = now
            used_up = MAX_SENDS in call.sends.values()
            excused = used_up or bool(call.excuses) or any(self._excuses(area, call) for area in call.visited)
            self.counts["excused" if excused else "strict"] += 1
            if failure is not None and failure.startswith(("401", "403")):
                for area in call.visited:
                    area.server.struck = now
        if failure is not None and not excused:
            self.violate(call, failure)

    @staticmethod
    def _is_in_doubt(login: Login, area: Area, call: Call) -> bool:
        """Whether a right password may not be sent: it is new, or as good as wrong for all the client knows.

        Where no index tells paths apart, what nobody has taken yet and one path has refused goes to none of the host.
        """
        return login.changed > call.started or (area.moody and login.spoiled) or (login.burnt and not area.covered)

    def _excuses(self, area: Area, call: Call) -> bool:
        """Whether it is no fault of the client's if a call to an area fails."""
        if area.hopeless:
            return True
        if any(self._is_in_doubt(login, area, call) for login in area.logins):
            return True
        if any(call.may_have_brought(login) for other in area.server.areas for login in other.logins):
            return True
        if not area.needs_memory:
            return False
        # After three calls in a row that were refused whatever was sent, as when one of two passwords has changed, both
        # are tried beside their indexes again only when those have taken them. Such calls may end late, or be ending.
        if any(other.refused and area.server in {one.server for one in other.visited} for other in self.open_calls()):
            return True
        beside = {login for other in area.server.areas if not other.covered for login in other.logins}
        since = max((login.proven or call.started for login in beside.difference(area.logins)), default=0)
        since = max(since, area.server.struck)
        return not any(login.proven and login.proven < call.started and since < login.taken for login in area.logins)

    def violate(self, call: Call | None, what: str) -> None:
        """Note what must never happen."""
        log = [] if call is None else call.log
        self.violations.append("\n    ".join([f"{call and call.number}: {what}", *log]))

    def target(self, random: Random, area: Area | None = None) -> tuple[Area, str]:
        """Return a place to go to and a URL there: in the same area, elsewhere in the realm, or anywhere."""
        areas = random.choice([[area], area.server.areas, self.areas]) if area is not None else self.areas
        chosen = random.choice([one for one in areas if not one.guests] or self.areas[:1])
        return chosen, f"{chosen.server.url}{chosen.prefix}{random.randrange(random.choice([50, 10**9]))}"
