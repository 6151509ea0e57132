"""The flow without a server: sources made of lists, and a table of what a pretended server lets in."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Callable, Union

from requests_indexauth.core.flow import Flow, auth_flow
from requests_indexauth.core.memo import Memo
from requests_indexauth.core.resolver import Resolver
from requests_indexauth.models.call import Call, ServerAnswer
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.found import GIVEN, Found
from requests_indexauth.models.index import Index
from requests_indexauth.models.indexes import Indexes
from requests_indexauth.models.query import Query
from requests_indexauth.models.url import covers, parse_url
from requests_indexauth.sources import base

if TYPE_CHECKING:
    from collections.abc import Iterable

HOST = "https://pkgs.example.com"
BARE = "bare"

PAGE = "/team/simple/thing/"
OTHER_PAGE = "/team/simple/other/"
FILE = "/files/thing-1.0.whl"
USER_PAGE = "https://me@pkgs.example.com/team/simple/thing/"
GIVEN_PAGE = "https://me:given@pkgs.example.com/team/simple/thing/"

TEAM = Index(f"{HOST}/team/simple/", "team")
ALWAYS = Index(f"{HOST}/team/simple/", "team", "always")
NEVER = Index(f"{HOST}/team/simple/", "team", "never")
A, B = Index(f"{HOST}/a/simple/", "a"), Index(f"{HOST}/b/simple/", "b")
LOGINS = {"a": "ua:pa", "b": "ub:pb", "c": "uc:pc"}
"""What each user logs in with."""

Status = Union[int, ServerAnswer]
Server = Callable[[str, str], Status]
"""Answers a path and what was sent ("bare", or "user:password")."""


def credential(pair: str) -> Credentials:
    """Return what ``"user:password"``, ``"user"`` (no password) or ``"Bearer token"`` stands for."""
    if pair.startswith("Bearer "):
        return Credentials.bearer(pair.removeprefix("Bearer "))
    username, colon, password = pair.partition(":")
    return Credentials.basic(username, password if colon else None)


def shown(found: Found | None) -> str:
    """Return what was sent as ``credential`` takes it."""
    if found is None:
        return BARE
    scheme, _, value = found.header.partition(" ")
    return binascii.a2b_base64(value).decode() if scheme == "Basic" else str(found.header)


class Listed(base.Source):
    """A source that holds a list, each entry ``"user:password"`` or ``"/path user:password"``.

    An entry whose path is longer comes first, as in the credential store. ``asked`` has each question, ``refreshed``
    how often it was told to read again; ``then`` is what it holds after that.
    """

    def __init__(
        self,
        name: str,
        *entries: str,
        slow: bool = False,
        preemptive: bool = False,
        challenged_only: bool = False,
        interactive: bool = False,
        then: Iterable[str] | None = None,
    ) -> None:
        super().__init__(lambda _message: None)
        self.name = name
        self.slow = slow
        self.preemptive = preemptive
        self.interactive = interactive
        self.entries = list(entries)
        self.asked: list[Query] = []
        self.refreshed = 0
        self._challenged_only = challenged_only
        self._then = None if then is None else list(then)

    def skipped(self, query: Query) -> str | None:
        return "no 401 yet" if self._challenged_only and not query.challenged else None

    def find(self, query: Query) -> base.Answer | None:
        self.asked.append(query)
        best: base.Answer | None = None
        for entry in self.entries:
            path, _, pair = entry.rpartition(" ") if entry.startswith("/") else ("", "", entry)
            held = credential(pair)
            fits = covers(path, query.path) and query.username in (None, held.username)
            fits = fits and (held.complete or query.username is None)
            if fits and (best is None or len(path) > len(best.prefix or "")):
                best = base.Answer(held, path or None)
        return best

    def refresh(self) -> None:
        self.refreshed += 1
        if self._then is not None:
            self.entries = self._then


def netrc(*entries: str, then: list[str] | None = None) -> Listed:
    return Listed("netrc", *entries, then=then)


def store(*entries: str, then: list[str] | None = None) -> Listed:
    return Listed("credential store", *entries, then=then)


class Broken(base.Source):
    """A source that fails."""

    name = "broken"

    def __init__(self, error: Exception, *, preemptive: bool = False) -> None:
        super().__init__(lambda _message: None)
        self.preemptive = preemptive
        self._error = error

    def find(self, query: Query) -> base.Answer | None:  # noqa: ARG002 - whatever the question
        raise self._error


class Variables(base.Source):
    """The indexes' own credentials, by their names: ``{"a": "me:pw"}``."""

    name = "environment"
    preemptive = True

    def __init__(self, **pairs: str) -> None:
        super().__init__(lambda _message: None)
        self._pairs = pairs

    def find(self, query: Query) -> base.Answer | None:
        pair = None if query.index is None else self._pairs.get(query.index.name or "")
        if pair is None or (query.username is not None and credential(pair).username != query.username):
            return None
        held = credential(pair)
        return base.Answer(held) if held.complete or query.username is None else None


class Rig:
    """One session's memory and chain, and the calls that are made with them."""

    def __init__(self, *sources: base.Source, indexes: Iterable[Index] = ()) -> None:
        self.memo = Memo()
        self.warnings: list[str] = []
        self.resolver = Resolver(sources, self.warnings.append)
        self.indexes = Indexes(indexes)

    def call(
        self,
        path: str = "/simple/thing/",
        *,
        method: str = "GET",
        header: str | None = None,
        has_body: bool = False,
        bare: bool = False,
        cross_realm: bool = False,
    ) -> Call:
        """Return a call of a path of `HOST` (or of a whole URL), whose userinfo is what the caller gave.

        ``header``: a credential the caller set as a header instead.
        """
        url = parse_url(path if "://" in path else f"{HOST}{path}")
        given, username = None, url.username
        if url.password is not None:
            given, username = Found(Credentials.basic(url.username, url.password), GIVEN, url.realm), None
        elif header is not None:
            given = Found.given(credential(header).header, url.realm)
        query = Query(url.clean, url.realm, url.path, self.indexes.covering(url), username, cross_realm=cross_realm)
        return Call(
            query._replace(has_body=has_body), method, given, keep_given=header is None, bare=bare, indexes=self.indexes
        )

    def flow(self, call: Call) -> Flow:
        """Return the generator for a call."""
        return auth_flow(call, self.memo, self.resolver)

    def run(self, call: Call, *answers: Status) -> list[str]:
        """Return what was sent to a server that gives these answers, which must be as many as there are sendings."""
        left = list(answers)
        sent, _ = self.ask(call, lambda _path, _what: left.pop(0))
        assert not left, f"sent only {sent}"
        return sent

    def get(self, path: str, server: Server) -> list[str]:
        """Return what was sent for a GET, which the server must answer 200 in the end."""
        sent, status = self.ask(self.call(path), server)
        assert status == 200, f"{path}: {sent} gave {status}"
        return sent

    def ask(self, call: Call, server: Server) -> tuple[list[str], int]:
        """Return what was sent for a call, and the last status."""
        flow, sent = self.flow(call), []
        found = next(flow)
        while True:
            sent.append(shown(found))
            answer = server(call.query.path, sent[-1])
            answer = ServerAnswer(answer) if isinstance(answer, int) else answer
            try:
                found = flow.send(answer)
            except StopIteration:
                return sent, answer.status

    def next_sent(self, call: Call) -> str:
        """Return what a call would send first; nothing is sent."""
        flow = self.flow(call)
        try:
            return shown(next(flow))
        finally:
            flow.close()


def lets_in(table: dict[str, str], *, shut: int = 401) -> Server:
    """Return a server that lets each path in with the credentials named for it ("u:p v:q"; longest path counts)."""

    def answer(path: str, sent: str) -> int:
        root = max((root for root in table if covers(root, path)), key=len, default=None)
        if root is None:
            return 404
        return 200 if sent in table[root].split() else shut

    return answer


def owner(path: str) -> str:
    """Return whose a path is: the last letter of its first folder, or of its name."""
    return path.removesuffix(".whl")[-1] if path.startswith("/files") else path[1]


def private(path: str, sent: str) -> int:
    """Answer as a server where each path is its owner's alone."""
    return 200 if sent == LOGINS[owner(path)] else 401
