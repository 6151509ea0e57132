"""A server that misbehaves at random, and checks every request it gets."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zlib import crc32

from support.chaos import MAX_SENDS, SECRET, UNAUTHORIZED, Area, Call, Chaos, Login
from support.messages import Reply, Request, text
from support.server import RecordingServer

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

MAX_HOPS = 3
MAX_SLOWNESS = 0.004
LONG = 0.05, 0.2  # for a few: long enough for other threads to come and wait
BIG, SMALL = b"refused, at length. " * 10_000, b"refused"


class ChaosServer(RecordingServer):
    """One realm. Remembers nothing of a request but what its call does."""

    def __init__(
        self, chaos: Chaos, name: str, tls: ssl.SSLContext | None = None, *, default_port: bool = False
    ) -> None:
        """Bind at once; the test lets the host `name` lead here. With `default_port` URLs have none."""
        super().__init__(self._respond, tls=tls)
        self.chaos = chaos
        self.areas: list[Area] = []
        self.name = name
        self.default_port = default_port
        self.struck = 0  # when the last call ended that was refused here, whatever was sent

    @property
    def url(self) -> str:
        """Return the realm."""
        return f"{self.scheme}://{self.name}{'' if self.default_port else f':{self.port}'}"

    @property
    def open_connections(self) -> int:
        """Return how many connections are open now."""
        with self._sockets.lock:
            return len(self._sockets.open)

    def add(self, *areas: Area) -> None:
        """Add parts; the longest prefix counts."""
        for area in areas:
            area.server = self
        self.areas = sorted([*self.areas, *areas], key=lambda area: -len(area.prefix))
        self.chaos.areas += areas

    def answer(self, request: Request) -> Reply:
        """Answer without keeping the request."""
        try:
            return self._respond(request)
        except Exception as error:  # noqa: BLE001 - raised when the server is closed
            self.errors.append(error)
            return text(f"the test's own server failed: {error!r}", status=500)

    def _respond(self, request: Request) -> Reply:
        call = self.chaos.calls.get(request.headers["X-Call"] or "")
        if call is None:
            self.chaos.violate(None, f"a request of no call: {request}")
            return Reply(400)
        area = next(area for area in self.areas if request.path.startswith(area.prefix))
        if area not in call.visited:
            call.visited.append(area)
        mark = len(call.log)
        call.log.append(f"{request.method} {self.url}{request.path} {request.authorization}")
        reply = self._judged(call, area, request)
        call.log[mark] += " -> dropped" if reply.hang_up else f" -> {reply.status}"
        return reply

    def _judged(self, call: Call, area: Area, request: Request) -> Reply:
        self._check_request(call, request)
        roll = call.random.random()
        if roll < 0.02:  # before the password is looked at: the client cannot know what we think of it
            call.excuses.add("dropped")
            return Reply(hang_up=True)
        self._dawdle(call, request, roll)
        if call.username is not None and call.username not in [one.name for one in area.logins]:
            call.excuses.add("given")  # it goes along with a redirect, to where it may have been refused before
        given = request.authorization
        guest = call.guests.get(request.path)
        if given is not None and given == guest:
            right = area.guests
        elif given is not None and given == call.given and self.url == call.realm:
            right = self._is_right_given(call, area, request)
        else:
            right = self._is_right(call, area, request)
        call.secure = call.secure or self.scheme == "https"
        if not right:
            return self._refusal(call, request, area.refusal if given is None else UNAUTHORIZED)
        return self._welcome(call, area, request)

    def _dawdle(self, call: Call, request: Request, roll: float) -> None:
        """Take some time, and now and then much, above all for a password of which the client waits to hear."""
        login = self.chaos.logins.get(request.user or "")
        if roll > 0.997 or (login is not None and login.proven is None and roll > 0.8):
            threading.Event().wait(call.random.uniform(*LONG))
        elif roll < 0.10:
            threading.Event().wait(call.random.uniform(0, MAX_SLOWNESS))

    def _check_request(self, call: Call, request: Request) -> None:
        """Check what is true of every request: how many there are, the body, the cookies."""
        self.chaos.counts["sent"] += 1
        place = call.place(request.path)
        call.sends[place] = call.sends.get(place, 0) + 1
        if call.sends[place] > MAX_SENDS:
            self.chaos.violate(call, "sent too often")
        if request.method == "POST" and request.headers["X-Body"] != str(crc32(request.body)):
            self.chaos.violate(call, "the body is not what the caller gave")
        ticket = call.tickets.pop(place, None)
        if ticket is not None and ticket not in (request.headers["Cookie"] or ""):
            self.chaos.violate(call, "the cookie of the refusal is missing")
        if call.secure and self.scheme == "http" and request.authorization is not None:
            self.chaos.violate(call, "a credential after a redirect from https to http")
        if call.secure and self.scheme == "http":
            call.excuses.add("downgraded")

    def _is_right_given(self, call: Call, area: Area, request: Request) -> bool:
        """Judge what the caller gave; if it is good, the client may go back on what it was told before."""
        with self.chaos.lock:
            login = next(
                (one for one in area.logins if request.authorization == ("basic", one.name, one.password)), None
            )
            if login is None:
                call.excuses.add("given")
                return False
            login.given[login.password] = math.inf
            call.gave.add((login, login.password))
            login.accepted.add((area.scope(request.path), login.password))
            return True

    def _is_right(self, call: Call, area: Area, request: Request) -> bool:
        """Judge a credential that the client found, and whether it may have come here at all."""
        given = request.authorization
        if given is None:
            if area.policy == "always":
                self.chaos.violate(call, "a bare request to an index that always wants a credential")
            return not area.logins and not area.guests
        with self.chaos.lock:
            login = self.chaos.logins.get(given[1])
            if given[0] != "basic" or login is None or not self._is_home_of(login):
                self.chaos.violate(call, "a credential of another realm")
                return False
            if area.policy == "never":
                self.chaos.violate(call, "a credential for an index that is never to get one")
            self.chaos.counts["wrong"] += area.hopeless
            password, scope = given[2], area.scope(request.path)
            self._check_found(call, area, request, login, password)
            right = not area.logins or (login in area.logins and password == login.password and not area.hopeless)
            if right and area.moody and call.random.random() < 0.03:
                login.spoiled, right = True, False
                self.chaos.counts["spoiled"] += 1
            if right and area.logins:
                call.accepted.append((login, password, area.covered))
            if scope is not None and right:
                login.accepted.add((scope, password))
            elif scope is not None:
                login.refused[scope, password] = call.started
            if not right:
                self._note_refusal(call, area, login, scope, password)
            return right

    def _note_refusal(self, call: Call, area: Area, login: Login, scope: str | None, password: str) -> None:
        call.refused.append((login, scope, password))
        self.chaos.counts["refused"] += 1
        if password == login.password and login.proven is None and login not in area.logins:
            login.burnt = login.burnt or not area.covered

    def _is_home_of(self, login: Login) -> bool:
        return any(login in area.logins for area in self.areas)

    def _check_found(self, call: Call, area: Area, request: Request, login: Login, password: str) -> None:
        """Check that a credential was not refused here before, and was not tried here before the area's own."""
        scope = area.scope(request.path)
        if scope is None or call.may_have_brought(login):
            return
        key = scope, password
        if login.is_known_bad(key, call.started):
            self.chaos.violate(call, f"{login.name}: sent again although refused")
        begun = login.refused.get(key)
        refused = begun is not None and not login.is_forgiven(password, begun)
        if (area.covered or area.hopeless) and refused and key not in login.accepted:
            self.chaos.violate(call, f"{login.name}: never accepted, and refused more than once")
        elsewhere = login not in area.logins and not request.path.startswith(login.covers)
        first = call.sends[call.place(request.path)] == 1 and login.name != call.username
        if elsewhere and area.covered and first and not area.moody:
            self.chaos.violate(call, f"{login.name}: tried before the index's own")

    def _refusal(self, call: Call, request: Request, status: int) -> Reply:
        """Refuse, with a body of any size, whole or in part, and sometimes with a cookie."""
        if request.headers["X-Once"] and status == UNAUTHORIZED:
            call.excuses.add("the body cannot be sent again")
        headers = {"WWW-Authenticate": 'Basic realm="chaos"'} if status == UNAUTHORIZED else {}
        if call.random.random() < 0.2:
            ticket = f"ticket={call.number}.{len(call.log)}"
            headers["Set-Cookie"] = f"{ticket}; Path=/"
            call.tickets[call.place(request.path)] = ticket
        roll = call.random.random()
        if roll < 0.1:
            return Reply(status, headers, BIG)
        if roll < 0.2:
            return Reply(status, headers, [BIG[:50_000]] * call.random.randrange(4))
        if roll < 0.3:
            return Reply(status, headers, [SMALL, SMALL])
        if roll < 0.35:
            if call.refused:  # the connection may be gone before the client has read the status
                login, scope, password = call.refused.pop()
                login.refused.pop((scope, password), None)
            return Reply(status, headers, self._cut(call))
        return Reply(status, headers, SMALL, close=roll > 0.9)

    def _cut(self, call: Call) -> Iterator[bytes]:
        """Yield a part of a body, then end the connection."""
        yield SMALL
        if call.random.random() < 0.5:
            yield BIG
        raise ConnectionAbortedError

    def _welcome(self, call: Call, area: Area, request: Request) -> Reply:
        """Answer who may enter: mostly with what was asked for."""
        roll = call.random.random()
        if roll < 0.08 and call.hops < MAX_HOPS:
            return self._redirect(call, area, request)
        if roll < 0.10:
            call.excuses.add("status")
            status = call.random.choice([403, 404, 500, 503])
            if status == 403:
                call.accepted.clear()  # it proves nothing
            return Reply(status, {}, SMALL)
        body = request.path.encode()
        if roll < 0.11:
            call.excuses.add("cut")
            return Reply(200, {}, self._cut(call))
        return Reply(200, {}, [body[:1], body[1:]] if roll < 0.2 else body, close=roll > 0.98)

    def _redirect(self, call: Call, area: Area, request: Request) -> Reply:
        """Send the client elsewhere, sometimes with a user name and password to use there."""
        call.hops += 1
        chosen, location = self.chaos.target(call.random, area)
        parts = urlsplit(location)
        if call.random.random() < 0.15:
            user, password = f"guest-{call.number}", f"{SECRET}guest"
            path = f"/guests{parts.path}"
            location = f"{parts.scheme}://{user}:{password}@{parts.netloc}{path}"
            call.guests[path] = ("basic", user, password)
        elif chosen.server is self and call.random.random() < 0.5:
            location = parts.path
        if request.headers["X-Once"]:
            status = 303
        else:
            status = call.random.choice([302, 303, 307] if request.method == "POST" else [301, 302, 307, 308])
        return Reply(status, {"Location": location}, call.random.choice([b"", SMALL, BIG]))
