"""Redirects and odd URLs, on real TLS servers: which credential reaches which realm, hop by hop."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from cachecontrol import CacheControlAdapter
from requests.exceptions import TooManyRedirects

from requests_indexauth import Index, IndexAuth, IndexAuthAdapter, MissingCredentialsError, mount
from support.messages import Reply, redirect, refused, text
from support.server import RecordingServer
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import requests

    from support.messages import Authorization, Request
    from support.names import Names
    from support.server import Serve
    from support.tls import Authority

GOOD = "https://good.example"
GOOD_8443 = "https://good.example:8443"
GOOD_HTTP = "http://good.example"
EVIL = "https://evil.example"
EVIL_HTTP = "http://evil.example"
FILES = "https://files.example"
SUB = "https://good.example.evil.example"
DOT = "https://good.example."
PERCENT = "http://good.example%40evil.example"

NETRC_GOOD = ("good.example", "g", "good-pw")
NETRC_EVIL = ("evil.example", "e", "evil-pw")
NETRC_FILES = ("files.example", "f", "files-pw")
DEFAULT = ("default", "d", "default-pw")
G = ("basic", "g", "good-pw")
E = ("basic", "e", "evil-pw")
D = ("basic", "d", "default-pw")
U = ("basic", "u", "up")
TOKEN = ("bearer", "token")
CALLER = {"auth": ("u", "up")}
HEADER = {"headers": {"Authorization": "Bearer token"}}


@dataclass
class Case:
    """One journey: where it starts, where servers send it, and what each request has to carry."""

    start: str
    hops: Mapping[str, str | tuple[str, int]]
    expected: list[tuple[str, Authorization]]
    netrc: tuple[tuple[str, str, str], ...] = ()
    locked: Mapping[str, Authorization] = field(default_factory=dict)
    indexes: tuple[Index, ...] = ()
    before: tuple[str, ...] = ()
    method: str = "GET"
    options: Mapping[str, Any] = field(default_factory=dict)


def _to(location: str, *expected: tuple[str, Authorization], **fields: Any) -> Case:
    """Return a journey from GOOD/a; what GOOD/a itself has to carry is first in `expected`."""
    return Case(f"{GOOD}/a", {f"{GOOD}/a": location}, list(expected), **fields)


A = f"{GOOD}/a"
X = f"{EVIL}/x"

CASES = {
    # What was found for the first realm
    "a found credential stays in its realm": _to(X, (A, None), (A, G), (X, None), netrc=(NETRC_GOOD,), locked={A: G}),
    "a found credential serves a hop in its realm": _to(
        "/b", (A, None), (A, G), (f"{GOOD}/b", G), netrc=(NETRC_GOOD,), locked={A: G, f"{GOOD}/b": G}
    ),
    "a found credential is not for another port": _to(
        f"{GOOD_8443}/b", (A, U), (f"{GOOD_8443}/b", None), options=CALLER
    ),
    "there and back with a found one": Case(
        A, {A: X, X: f"{GOOD}/c"}, [(A, None), (A, G), (X, None), (f"{GOOD}/c", G)], (NETRC_GOOD,), {A: G}
    ),
    "an index's own credential stays in its realm": Case(
        f"{GOOD}/simple/a",
        {f"{GOOD}/simple/a": X},
        [(f"{GOOD}/simple/a", ("basic", "i", "ip")), (X, None)],
        indexes=(Index("https://i:ip@good.example/simple/"),),
        locked={f"{GOOD}/simple/a": ("basic", "i", "ip")},
    ),
    "and is not sent to a sub-domain of a stranger": _to(
        f"{SUB}/x", (A, None), (A, G), (f"{SUB}/x", None), netrc=(NETRC_GOOD,), locked={A: G}
    ),
    "nor to the host with a dot behind it": _to(f"{DOT}/x", (A, U), (f"{DOT}/x", None), options=CALLER),
    # What netrc has for the hop
    "netrc of the hop's host is not sent unasked": _to(X, (A, None), (X, None), netrc=(NETRC_EVIL,)),
    "netrc of the hop's host answers its 401": _to(X, (A, None), (X, None), (X, E), netrc=(NETRC_EVIL,), locked={X: E}),
    "netrc's entry counts for every port, when asked": _to(
        f"{GOOD_8443}/b",
        (A, None),
        (f"{GOOD_8443}/b", None),
        (f"{GOOD_8443}/b", G),
        netrc=(NETRC_GOOD,),
        locked={f"{GOOD_8443}/b": G},
    ),
    "netrc's default is not for a hop": _to(X, (A, None), (X, None), netrc=(DEFAULT,), locked={X: D}),
    "netrc's default follows to no other realm": _to(
        X, (A, None), (A, D), (X, None), netrc=(DEFAULT,), locked={A: D, X: D}
    ),
    "netrc's default serves a hop in its realm": _to(
        "/b", (A, None), (A, D), (f"{GOOD}/b", D), netrc=(DEFAULT,), locked={A: D, f"{GOOD}/b": D}
    ),
    "a stranger cannot fetch a host's password away": Case(
        X, {X: A}, [(X, None), (A, None), (A, G)], (NETRC_GOOD, NETRC_EVIL), {A: G}
    ),
    # What the caller gave
    "auth= stays in its realm": _to(X, (A, U), (X, None), options=CALLER),
    "auth= stays in its realm when the other asks": _to(X, (A, U), (X, None), options=CALLER, locked={X: U}),
    "auth= follows within the realm": _to("/b", (A, U), (f"{GOOD}/b", U), options=CALLER),
    "the default port is the same realm": _to(f"{GOOD}:443/b", (A, U), (f"{GOOD}/b", U), options=CALLER),
    "so is another case": _to("HTTPS://GOOD.example/b", (A, U), (f"{GOOD}/b", U), options=CALLER),
    "a relative location is in the realm": _to("b?c=d", (A, U), (f"{GOOD}/b", U), options=CALLER),
    "a location without scheme is not": _to("//evil.example/x", (A, U), (X, None), options=CALLER),
    "a header stays in its realm": _to(
        X, (A, TOKEN), (X, None), (X, E), options=HEADER, netrc=(NETRC_EVIL,), locked={X: E}
    ),
    "netrc does not replace a header in its realm": _to(
        "/b", (A, TOKEN), (f"{GOOD}/b", TOKEN), options=HEADER, netrc=(NETRC_GOOD,)
    ),
    "there and back with auth=": Case(A, {A: X, X: f"{GOOD}/c"}, [(A, U), (X, None), (f"{GOOD}/c", U)], options=CALLER),
    "userinfo in the URL follows within the realm": Case(
        "https://u:up@good.example/a", {A: "/b"}, [(A, U), (f"{GOOD}/b", U)], netrc=(NETRC_GOOD,)
    ),
    "userinfo in the URL stays in its realm": Case(
        "https://u:up@good.example/a", {A: X}, [(A, U), (X, None)], locked={X: U}
    ),
    # Upgrade and downgrade
    "an upgrade is another realm": Case(
        f"{GOOD_HTTP}/a", {f"{GOOD_HTTP}/a": A}, [(f"{GOOD_HTTP}/a", U), (A, None)], options=CALLER
    ),
    "an upgrade is another realm for a header in bytes": Case(
        f"{GOOD_HTTP}/a",
        {f"{GOOD_HTTP}/a": A},
        [(f"{GOOD_HTTP}/a", TOKEN), (A, None)],
        options={"headers": {"Authorization": b"Bearer token"}},
    ),
    "an upgrade is another realm for userinfo beyond ASCII": Case(
        "http://u:p%C3%A4@good.example/a", {f"{GOOD_HTTP}/a": A}, [(f"{GOOD_HTTP}/a", ("basic", "u", "pä")), (A, None)]
    ),
    "an upgrade finds what netrc has, when asked": Case(
        f"{GOOD_HTTP}/a", {f"{GOOD_HTTP}/a": A}, [(f"{GOOD_HTTP}/a", None), (A, None), (A, G)], (NETRC_GOOD,), {A: G}
    ),
    "a downgrade gets nothing of the caller's": _to(
        f"{GOOD_HTTP}/b", (A, U), (f"{GOOD_HTTP}/b", None), options=CALLER, locked={f"{GOOD_HTTP}/b": U}
    ),
    "a downgrade gets nothing out of netrc": _to(
        f"{GOOD_HTTP}/b", (A, None), (f"{GOOD_HTTP}/b", None), netrc=(NETRC_GOOD,), locked={f"{GOOD_HTTP}/b": G}
    ),
    "a downgrade gets nothing out of its Location": _to(
        "http://u:up@evil.example/b", (A, None), (f"{EVIL_HTTP}/b", None), locked={f"{EVIL_HTTP}/b": U}
    ),
    "a downgrade two hops later gets nothing either": Case(
        A,
        {A: f"{GOOD_HTTP}/b", f"{GOOD_HTTP}/b": f"{EVIL_HTTP}/c"},
        [(A, None), (f"{GOOD_HTTP}/b", None), (f"{EVIL_HTTP}/c", None)],
        (NETRC_EVIL,),
        {f"{EVIL_HTTP}/c": E},
    ),
    "down and up again": Case(
        A,
        {A: f"{GOOD_HTTP}/b", f"{GOOD_HTTP}/b": f"{GOOD}/c"},
        [(A, U), (f"{GOOD_HTTP}/b", None), (f"{GOOD}/c", U)],
        options=CALLER,
    ),
    # Userinfo in a Location
    "userinfo in a Location serves that hop": _to("https://u:up@evil.example/x", (A, None), (X, U), locked={X: U}),
    "and not the next one, elsewhere": Case(
        A,
        {A: "https://u:up@evil.example/x", X: f"{FILES}/y"},
        [(A, None), (X, U), (f"{FILES}/y", None)],
        locked={f"{FILES}/y": U},
    ),
    "userinfo in a Location comes before netrc": _to(
        "https://u:up@evil.example/x", (A, None), (X, U), netrc=(NETRC_EVIL,)
    ),
    "a user name in a Location asks for that user's password": _to(
        "https://e@evil.example/x", (A, None), (X, E), netrc=(NETRC_EVIL,)
    ),
    "a user name in a Location gets no other host's password": _to(
        "https://g@evil.example/x", (A, None), (X, ("basic", "g", "")), netrc=(NETRC_GOOD,)
    ),
    "a user name in a Location gets no default password": _to(
        "https://d@evil.example/x", (A, None), (X, ("basic", "d", "")), netrc=(DEFAULT,)
    ),
    # Hosts that are not what they seem
    "a host as user name": _to(
        "https://good.example:@evil.example/x", (A, None), (X, ("basic", "good.example", "")), netrc=(NETRC_GOOD,)
    ),
    "a host with a port as userinfo": _to(
        "https://good.example:443@evil.example/x",
        (A, None),
        (X, ("basic", "good.example", "443")),
        netrc=(NETRC_GOOD,),
    ),
    "a backslash before the at sign": _to(
        "https://good.example\\@evil.example/x", (A, None), (X, ("basic", "good.example\\", "")), netrc=(NETRC_GOOD,)
    ),
    "an at sign in the fragment": _to(
        "https://evil.example#@good.example/", (A, U), (f"{EVIL}/", None), options=CALLER
    ),
    "an at sign in the query": _to("https://evil.example?@good.example/", (A, U), (f"{EVIL}/", None), options=CALLER),
    "an encoded at sign in the host": Case(
        f"{GOOD_HTTP}/a",
        {f"{GOOD_HTTP}/a": f"{PERCENT}/x"},
        [(f"{GOOD_HTTP}/a", U), (f"{PERCENT}/x", None)],
        (NETRC_GOOD, DEFAULT),
        options=CALLER,
    ),
    "an encoded at sign and userinfo": Case(
        f"{GOOD_HTTP}/a",
        {f"{GOOD_HTTP}/a": "http://u:up@good.example%40evil.example/x"},
        [(f"{GOOD_HTTP}/a", None), (f"{PERCENT}/x", None)],
        (DEFAULT,),
    ),
    "a host as user name, in the first URL": Case(
        "https://good.example:@evil.example/x", {}, [(X, ("basic", "good.example", ""))], (NETRC_GOOD,)
    ),
    "a backslash in the first URL": Case(
        "https://good.example\\@evil.example/x", {}, [(f"{GOOD}/%5C@evil.example/x", None)], (NETRC_EVIL,)
    ),
    **{
        f"a backslash in the first URL, before {what}": Case(
            f"https://good.example\\@{host}/x", {}, [(f"{GOOD}/%5C@{sent}/x", None)], ((machine, "e", "evil-pw"),)
        )
        for what, host, sent, machine in (
            ("an IPv6 address", "[::1]:8000", "%5B::1%5D:8000", "::1"),
            ("a host beyond ASCII", "b\u00fccher.example", "b%C3%BCcher.example", "b\u00fccher.example"),
            ("a line end", "evil.example\n", "evil.example%0A", "evil.example"),
        )
    },
    # URLs that carry their own authorisation
    **{
        f"a URL signed for {kind} gets nothing": _to(
            f"{FILES}/f?{query}",
            (A, None),
            (A, G),
            (f"{FILES}/f", None),
            netrc=(NETRC_GOOD, NETRC_FILES),
            locked={A: G, f"{FILES}/f": ("basic", "f", "files-pw")},
        )
        for kind, query in {
            "S3": "X-Amz-Credential=c&X-Amz-Signature=abc",
            "Google": "X-Goog-Signature=abc",
            "CloudFront": "Expires=1&Signature=abc&Key-Pair-Id=K",
            "Azure": "se=2030-01-01&sp=r&sig=abc",
        }.items()
    },
    "a signed URL in the same realm gets nothing": _to(
        "/f?X-Amz-Signature=abc", (A, U), (f"{GOOD}/f", None), options=CALLER
    ),
    "a signed URL with userinfo gets nothing": _to(
        "https://u:up@files.example/f?X-Amz-Signature=abc", (A, None), (f"{FILES}/f", None)
    ),
    # Indexes with a policy, or a credential, as the target
    "an index that never gets one, with userinfo": _to(
        "https://u:up@evil.example/simple/x",
        (A, None),
        (f"{EVIL}/simple/x", None),
        indexes=(Index(f"{EVIL}/simple/", authenticate="never"),),
        locked={f"{EVIL}/simple/x": U},
    ),
    "an index that never gets one, in the caller's realm": _to(
        "/strict/simple/x",
        (A, U),
        (f"{GOOD}/strict/simple/x", None),
        options=CALLER,
        indexes=(Index(f"{GOOD}/strict/simple/", authenticate="never"),),
    ),
    "an index that always gets one": _to(
        f"{EVIL}/simple/x",
        (A, None),
        (f"{EVIL}/simple/x", E),
        netrc=(NETRC_EVIL,),
        indexes=(Index(f"{EVIL}/simple/", authenticate="always"),),
    ),
    "an index with a credential of its own": _to(
        f"{EVIL}/simple/x",
        (A, None),
        (f"{EVIL}/simple/x", ("basic", "i", "ip")),
        indexes=(Index("https://i:ip@evil.example/simple/"),),
    ),
    "what is remembered for the hop's realm": _to(
        f"{EVIL}/y", (X, U), (A, None), (f"{EVIL}/y", U), before=("https://u:up@evil.example/x",)
    ),
    # Requests with a body
    "a body goes along, a credential does not": Case(
        A, {A: (X, 307)}, [(A, U), (X, None)], method="POST", options={**CALLER, "data": b"body"}
    ),
    "a body asks the hop's sources first": Case(
        A, {A: (X, 307)}, [(A, U), (X, E)], (NETRC_EVIL,), method="POST", options={**CALLER, "data": b"body"}
    ),
}


class World:
    """The servers of every journey, by name and port, with one log for all of them."""

    def __init__(self, authority: Authority, stack: contextlib.ExitStack) -> None:
        tls = authority.context("good.example", "evil.example", "files.example", "good.example.evil.example")
        self.log: list[tuple[str, Authorization]] = []
        self.bodies: list[bytes] = []
        self.case = Case("", {}, [])
        self.servers = {
            base: stack.enter_context(
                RecordingServer(self._responder(base), tls=tls if base.startswith("https") else None)
            )
            for base in (GOOD, GOOD_8443, GOOD_HTTP, EVIL, EVIL_HTTP, FILES, SUB, DOT, PERCENT)
        }

    def begin(self, names: Names) -> None:
        """Forget the last journey, and let the names lead here."""
        self.log.clear()
        self.bodies.clear()
        for base, server in self.servers.items():
            scheme, _, netloc = base.partition("://")
            host, _, port = netloc.partition(":")
            names.point(host, server, port=int(port or (443 if scheme == "https" else 80)))

    def _responder(self, base: str) -> Callable[[Request], Reply]:
        def respond(request: Request) -> Reply:
            url = base + request.path
            self.log.append((url, request.authorization))
            self.bodies.append(request.body)
            if url in self.case.locked and request.authorization != self.case.locked[url]:
                return refused()
            hop = self.case.hops.get(url)
            if hop is None:
                return text()
            return redirect(hop) if isinstance(hop, str) else redirect(*hop)

        return respond


@pytest.fixture(scope="module")
def _world(authority: Authority) -> Iterator[World]:
    with contextlib.ExitStack() as stack:
        yield World(authority, stack)


@pytest.fixture
def world(_world: World, names: Names) -> World:
    """Return the servers, which are the same for all journeys: starting nine for each takes longer than a journey."""
    _world.begin(names)
    return _world


def _adapter_alone(session: requests.Session, indexes: tuple[Index, ...]) -> None:
    adapter = IndexAuthAdapter(IndexAuth(indexes))
    session.mount("https://", adapter)
    session.mount("http://", adapter)


def _over_a_cache(session: requests.Session, indexes: tuple[Index, ...]) -> None:
    session.mount("https://", CacheControlAdapter())
    session.mount("http://", CacheControlAdapter())
    mount(session, indexes)


def _follow(session: requests.Session, case: Case, url: str, **options: Any) -> requests.Response:
    return session.request(case.method, url, **case.options, **options)


def _follow_by_hand(session: requests.Session, case: Case, url: str, **options: Any) -> requests.Response:
    response = session.request(case.method, url, allow_redirects=False, **case.options, **options)
    while response.next is not None:
        response = session.send(response.next, allow_redirects=False, **options)
    return response


def _resolve_by_hand(session: requests.Session, case: Case, url: str, **options: Any) -> requests.Response:
    """Follow as some libraries do: from the request that was sent, and not from the one they prepared."""
    response = session.request(case.method, url, allow_redirects=False, **case.options, **options)
    for answer in session.resolve_redirects(response, response.request, **options):
        response = answer
    return response


WAYS = {
    "mounted": (mount, _follow),
    "adapter alone": (_adapter_alone, _follow),
    "over a cache": (_over_a_cache, _follow),
    "response.next": (mount, _follow_by_hand),
    "resolve_redirects": (mount, _resolve_by_hand),
}


# Without `session.auth` it is `requests` that puts netrc in the place of a header, before an adapter sees either.
JOURNEYS = [
    pytest.param(*WAYS[way], CASES[case], id=f"{way}: {case}")
    for way in WAYS
    for case in CASES
    if (way, case) != ("adapter alone", "netrc does not replace a header in its realm")
]


@pytest.mark.parametrize(("way", "follow", "case"), JOURNEYS)
def test_each_hop_carries_what_is_its_own(
    way: Callable[..., object],
    follow: Callable[..., requests.Response],
    case: Case,
    world: World,
    session: requests.Session,
    home: Path,
    ca_bundle: str,
) -> None:
    """However redirects are followed: each realm sees its own credential, and only when it may."""
    write_netrc(home, *case.netrc)
    world.case = case
    way(session, case.indexes)
    for url in case.before:
        session.get(url, verify=ca_bundle)
    last = follow(session, case, case.start, verify=ca_bundle)
    assert world.log == case.expected
    assert "up@" not in last.url
    assert all("up@" not in answer.url for answer in last.history)


def test_at_least_25_cases_are_tried() -> None:
    """The table is as long as was promised."""
    assert len(CASES) >= 25


def test_a_body_goes_to_the_next_hop_whole(
    world: World, session: requests.Session, ca_bundle: str, tmp_path: Path
) -> None:
    """A file that was sent once is rewound for the hop."""
    path = tmp_path / "upload"
    path.write_bytes(b"content")
    world.case = CASES["a body goes along, a credential does not"]
    mount(session)
    with path.open("rb") as file:
        session.post(A, auth=("u", "up"), data=file, verify=ca_bundle)
    assert world.bodies == [b"content", b"content"]


@pytest.mark.parametrize("userinfo", ["u:up", "u"], ids=["user and password", "user name"])
def test_userinfo_in_a_location_is_not_remembered(
    userinfo: str, world: World, session: requests.Session, ca_bundle: str
) -> None:
    """What a stranger wrote into a Location is for that hop, and for no request after it."""
    password = userinfo.partition(":")[2]
    given = ("basic", "u", password)
    world.case = Case(A, {A: f"https://{userinfo}@evil.example/x"}, [], locked={X: given, f"{EVIL}/y": given})
    mount(session)
    assert session.get(A, verify=ca_bundle).status_code == 200
    assert session.get(f"{EVIL}/y", verify=ca_bundle).status_code == 401
    assert world.log == [(A, None), (X, given), (f"{EVIL}/y", None)]


def test_a_hop_to_an_index_that_wants_credentials_always_is_an_error_without(
    world: World, session: requests.Session, ca_bundle: str
) -> None:
    """Nothing goes to it bare, as little on a hop as otherwise."""
    world.case = _to(f"{EVIL}/simple/x")
    mount(session, [Index(f"{EVIL}/simple/", name="strict", authenticate="always")])
    with pytest.raises(MissingCredentialsError, match="'strict'"):
        session.get(A, verify=ca_bundle)
    assert world.log == [(A, None)]


def test_refusals_on_the_way_are_not_in_the_history_of_redirects(
    world: World, session: requests.Session, home: Path, ca_bundle: str
) -> None:
    """Where a redirect follows, the history is `requests`' own: the redirects."""
    write_netrc(home, NETRC_GOOD)
    world.case = CASES["a found credential serves a hop in its realm"]
    mount(session)
    answer = session.get(A, verify=ca_bundle)
    assert [one.status_code for one in answer.history] == [302]


def test_cookies_of_refusals_before_a_redirect_are_kept(serve: Serve, session: requests.Session, home: Path) -> None:
    """A cookie that came with a 401 reaches the session and the next hop."""

    def respond(request: Request) -> Reply:
        if request.authorization is None:
            return Reply(401, {"Set-Cookie": "seen=1; Path=/", "WWW-Authenticate": "Basic"})
        return redirect("/b") if request.path == "/a" else text(request.headers["Cookie"] or "none")

    server = serve(respond)
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    assert session.get(server.at("/a")).text == "seen=1"
    assert session.cookies["seen"] == "1"


def test_a_loop_of_redirects_ends_as_it_does_without_us(session: requests.Session, serve: Serve) -> None:
    """`requests` counts the hops; we add none."""
    server = serve(lambda _: redirect("/again"))
    session.max_redirects = 5
    mount(session)
    with pytest.raises(TooManyRedirects):
        session.get(server.url)
    assert len(server.requests) == 6
