"""The servers of a world, and the verdict on what reaches them: secrets are read, and compared with where they are."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from realm_oracle.realms import Realm, bracketed, dice, made_up_path, spelled, twin_of
from realm_oracle.tags import MARKS, SECRET_MARKS, Mint, read, shown
from support.messages import Reply

if TYPE_CHECKING:
    from random import Random

    from realm_oracle.worlds import World

MAX_SENDS = 3
REDIRECTS = (301, 302, 303, 307, 308)
CHALLENGES = (
    'Basic realm="index"',
    'Basic realm="index"',
    "Bearer",
    'Digest realm="x", nonce="n", qop="auth", algorithm=MD5',
)
MOODS = (200, 200, 200, 401, 401, 401, 403, 404, 304, 500, 204)
CALL_HEADER = "X-Call"
_UNRESERVED = re.compile("%(2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])")


@dataclass
class Trail:
    """What became of one call so far.

    Attributes:
        body: whether it has a body: then a credential may be looked for before anybody asks.
        named: whether its URL has userinfo; so may it where it was given.
        origin: where it first went.
        named_hop: the hop whose `Location` has userinfo.
        hop: how many redirects it has followed.
        sends: how often it was sent since the last of them.
        secure: whether it ever went over https.
        headers: the credentials it was sent with, and where.

    """

    body: bool
    named: bool
    origin: Realm | None = None
    named_hop: int = 0
    hop: int = 0
    sends: int = 0
    secure: bool = False
    headers: list[tuple[Realm, str]] = field(default_factory=list)


@dataclass
class Judge:
    """Answers for every server of a world, and notes what must never happen.

    Args:
        world: the files, variables and servers.
        carried_by_requests: whether `requests` alone decides what the first sending of a hop carries, as for an
            `auth=` without an adapter: then only its own rules are to be expected of that sending.

    """

    world: World
    carried_by_requests: bool = False
    violations: list[str] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    sent: int = 0

    def __post_init__(self) -> None:
        """Start with no call."""
        self._lock = threading.RLock()
        self._trails: dict[int, Trail] = {}
        self._entitled: set[Realm] = set()  # realms that have asked, or had to be sent something
        self._called: set[Realm] = set()  # realms the caller has asked for
        self._mint = Mint()

    def violate(self, what: str) -> None:
        """Note what must never happen."""
        with self._lock:
            self.violations.append(what)
            self.log.append(f"    ^^^ {what}")

    def begin(self, number: int, line: str, *, body: bool = False, named: bool = False) -> None:
        """Note that a call begins: with a body, with userinfo in its URL."""
        with self._lock:
            self.log.append(line)
            self._trails[number] = Trail(body, named)

    @staticmethod
    def follow(request: Any) -> None:
        """Write on a request that a redirect led to it, once more."""
        number, hop = _numbers(request.headers)
        request.headers[CALL_HEADER] = f"{number}.{hop + 1}"

    def see_url(self, request: Any) -> None:
        """Look at the URL of a prepared request that is about to be sent."""
        if MARKS.search(request.url) and not (self.carried_by_requests and _numbers(request.headers)[1]):
            self.violate(f"userinfo in the URL that is sent: {request.url}")

    def see_answer(self, response: Any) -> None:
        """Look at what the caller gets back."""
        for one in (*response.history, response):
            if MARKS.search(one.url):
                self.violate(f"userinfo in response.url: {one.url}")
            if MARKS.search(one.request.url) and not self.carried_by_requests:
                self.violate(f"userinfo in response.request.url: {one.request.url}")

    def see_text(self, where: str, text: str, marks: re.Pattern[str] = SECRET_MARKS) -> None:
        """Look for a secret in a message."""
        if marks.search(text):
            self.violate(f"a secret in {where}: {text}")

    def receive(self, realm: Realm, method: str, target: str, headers: dict[str, str]) -> Reply:
        """Judge what reaches a server, and answer for it."""
        (number, hop), header = _numbers(headers), headers.pop("Authorization", None)
        with self._lock:
            self.sent += 1
            trail = self._trails[number]
            if hop == 0:
                trail.origin = realm
                self._called.add(realm)
            if trail.hop != hop:
                trail.hop, trail.sends = hop, 0
            trail.sends += 1
            wrong = self._wrong(number, trail, realm, target, header, headers)
            reply = self._reply(number, trail, realm, header)
            location = f" {dict(reply.header_items())['Location']!r}" if reply.status in REDIRECTS else ""
            status = "hung up" if reply.hang_up else f"{reply.status}{location}"
            self.log.append(
                f"    {number}.{trail.hop}.{trail.sends} {realm} {method} {target!r} [{shown(header)}] -> {status}"
            )
            for what in wrong:
                self.violate(what)
            if reply.status in (401, 403, 404) or (header is not None and self._may_look(trail, realm)):
                self._entitled.add(realm)
            trail.secure = trail.secure or realm.scheme == "https"
            if header is not None:
                trail.headers.append((realm, header))
            trail.sends -= reply.hang_up
            return reply

    # The verdict

    def _wrong(
        self, number: int, trail: Trail, realm: Realm, target: str, header: str | None, headers: dict[str, str]
    ) -> list[str]:
        """Return what is wrong with one sending."""
        wrong = [
            f"a secret in the header {name}: {value}" for name, value in headers.items() if MARKS.search(str(value))
        ]
        wrong += [
            f"a secret in the header {name}" for name, value in headers.items() if SECRET_MARKS.search(str(value))
        ]
        if MARKS.search(target):
            wrong.append(f"a secret in the target {target}")
        if trail.sends > MAX_SENDS:
            wrong.append(f"sent {trail.sends} times")
        if header is None:
            return wrong
        carried = self.carried_by_requests and trail.hop > 0 and trail.sends == 1
        if carried and any(before == header and _keeps(there, realm) for there, before in trail.headers):
            return wrong
        wrong += self._misread(number, trail, realm, header, carried=carried)
        if not carried:
            if realm.scheme == "http" and trail.secure:
                wrong.append(f"a credential on a hop from https to {realm}")
            if self._is_never(realm, target):
                wrong.append(f"a credential for an index with the policy never: {realm}{target}")
        return wrong

    def _misread(self, number: int, trail: Trail, realm: Realm, header: str, *, carried: bool) -> list[str]:
        """Return what is wrong with the secrets in a header, by their names."""
        secrets = list(read(header))
        wrong = []
        if not secrets and shown(header)[:-1] not in {bracketed(one.host) for one in self.world.realms}:
            wrong = [f"a credential without a name at {realm}: {shown(header)}"]
        for what, tag in secrets:
            if not tag.is_for(realm):
                wrong.append(f"{what}~{tag} is sent to {realm}")
            if tag.kind in "cl" and tag.serial.partition(".")[0] != str(number):
                wrong.append(f"{what}~{tag} of another call is sent in call {number}")
            if tag.kind == "l" and tag.serial.partition(".")[2] != str(trail.hop) and not self.carried_by_requests:
                wrong.append(f"{what}~{tag} of a Location outlives its hop")
            if what == "pw" and tag.kind == "d" and not carried and realm not in self._called:
                wrong.append(f"{what}~{tag} is sent to {realm}, where only a redirect has led")
            if what == "pw" and tag.kind in "df" and not carried and self._is_unasked(trail, realm):
                wrong.append(f"{what}~{tag} is sent to {realm}, which has not asked for any")
        return wrong

    def _is_unasked(self, trail: Trail, realm: Realm) -> bool:
        """Whether a realm has neither asked nor been configured, and the call gives no reason to look for anything."""
        configured = any(place.realm == realm for place in self.world.places)
        return not (configured or realm in self._entitled or self._may_look(trail, realm))

    @staticmethod
    def _may_look(trail: Trail, realm: Realm) -> bool:
        return trail.body or (trail.named and realm == trail.origin) or 0 < trail.named_hop == trail.hop

    def _is_never(self, realm: Realm, target: str) -> bool:
        """Whether all of the most specific indexes that cover a target have the policy `never`."""
        path, best = _segments(target.partition("?")[0]), []
        for place in self.world.places:
            root = _segments(place.path)
            if root and root[-1].lower() in ("simple", "+simple"):
                root.pop()
            if place.realm == realm and path[: len(root)] == root:
                best.append((len(root), place.policy))
        longest = max((length for length, _ in best), default=0)
        return bool(best) and all(policy == "never" for length, policy in best if length == longest)

    # The answers

    def _reply(self, number: int, trail: Trail, realm: Realm, header: str | None) -> Reply:
        """Answer as the realm's temper is; the same for the same sending of a call, whatever the others do."""
        random = dice(self.world.seed, number, trail.hop, trail.sends, header is None)
        temper = self.world.tempers.get(realm, "open")
        if random.random() < (0.6 if temper == "sends on" else 0.2) and trail.hop < 8:
            return self._redirect(random, number, trail, realm)
        status = 200
        if temper == "checks":
            mild = dice(self.world.seed, realm).choice([0.9, 0.9, 0.3])
            status = 200 if header is not None and dice(self.world.seed, header).random() < mild else 401
        elif temper == "moody":
            if random.random() < 0.03:
                return Reply(hang_up=True)
            status = random.choice(MOODS)
        return Reply(status, {"WWW-Authenticate": random.choice(CHALLENGES)} if status == 401 else {}, b"ok")

    def _redirect(self, random: Random, number: int, trail: Trail, realm: Realm) -> Reply:
        """Send the client on: to a path of this realm or another, with or without userinfo for where it leads."""
        path, form, userinfo = made_up_path(random), random.randrange(6), ""
        beside = [one for one in self.world.realms if one.host == realm.host] or [realm]
        twin = beside if self.world.on_sockets else [twin_of(realm)]
        goal = random.choice(random.choice([self.world.realms, self.world.realms, beside, twin]))
        if form == 0:
            if self.world.on_sockets:
                path = "/" + path.lstrip("/")  # what starts with two slashes has a host in it
            location = random.choice([path, "?again", "../up", "next/", ".", "simple/"])
        else:
            if form == 1:  # //host/: the scheme stays, and the default port is the scheme's
                goal = goal._replace(scheme=realm.scheme)
            userinfo = self._userinfo(random, number, trail, goal)
            location = spelled(random, goal, path, userinfo, scheme=form != 1)
        trail.named_hop = trail.hop + 1 if userinfo else 0
        location = location.encode().decode("latin-1")  # as a client reads the bytes of a header
        return Reply(random.choice(REDIRECTS), {"Location": location}, b"elsewhere")

    def _userinfo(self, random: Random, number: int, trail: Trail, goal: Realm) -> str:
        login = self._mint.login(goal, "l", f"{number}.{trail.hop + 1}")
        return random.choice([""] * 6 + [login.userinfo, login.user, login.userinfo])


def _numbers(headers: Any) -> tuple[int, int]:
    """Return which call a request is of, and how many redirects led to it."""
    number, _, hop = headers[CALL_HEADER].partition(".")
    return int(number), int(hop or 0)


def _keeps(old: Realm, new: Realm) -> bool:
    """Whether `requests` itself keeps `Authorization` on a redirect: on one host, from http to https too."""
    same = (old.scheme, old.port) == (new.scheme, new.port)
    upgraded = (old.scheme, old.port, new.scheme, new.port) == ("http", 80, "https", 443)
    return old.host == new.host and (same or upgraded)


def _segments(path: str) -> list[str]:
    """Return a path's segments as a server resolves them (RFC 3986, sections 5.2.4 and 6.2.2.2)."""
    kept: list[str] = []
    for segment in _UNRESERVED.sub(lambda match: bytes.fromhex(match[1]).decode(), path).split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    while kept and not kept[-1]:
        kept.pop()
    return kept
