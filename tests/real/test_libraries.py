"""Libraries that people put on a session: each does with us what it does without, installed before us or after us."""

from __future__ import annotations

import base64
import contextlib
import email.message
import importlib.util
import json
import re
import struct
import subprocess
import sys
from http import HTTPStatus
from io import BytesIO
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

import pytest
import requests

from requests_indexauth import mount
from support.commands import TIME_LIMIT
from support.messages import Reply, redirect, refused, text
from support.messages import Request as Received
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from support.server import Serve

    Call = Callable[..., requests.Response]
    Installed = contextlib.AbstractContextManager[Call]

ME = ("basic", "me", "pw")
OFFLINE = "http://127.0.0.1:9"  # nobody listens: what a library should answer itself must not get there
CALLS = [
    ("GET", "/open"),
    ("GET", "/open"),
    ("GET", "/private"),
    ("GET", "/private"),
    ("GET", "/other/private"),
    ("HEAD", "/private"),
    ("POST", "/private"),
    ("PUT", "/private"),
    ("PATCH", "/other/private"),
    ("DELETE", "/private"),
    ("OPTIONS", "/private"),
    ("GET", "/missing"),
    ("HEAD", "/missing"),
    ("DELETE", "/missing"),
    ("GET", "/forbidden"),
    ("GET", "/closed"),
    ("GET", "/moved"),
    ("HEAD", "/moved"),
    ("GET", "/broken"),
]
STATUSES = {"missing": 404, "forbidden": 403, "broken": 500}
"""By the last part of a path; what is not here is answered 200."""


def respond(request: Received) -> Reply:
    """Answer a path with the status its name says, and that name: to HEAD nothing, for not all that replay it can."""
    name = request.path.rpartition("/")[2]
    if name == "closed" or (name == "private" and request.authorization != ME):
        return refused()
    if name == "moved":
        return redirect("/open")
    return text("" if request.method == "HEAD" else name, STATUSES.get(name, 200))


def answer(request: Any) -> Reply:
    """Answer a prepared request of a library that stands in for the network."""
    headers = email.message.Message()
    for name, value in request.headers.items():
        headers[name] = value
    return respond(Received(request.method, request.path_url, headers, b"", 0))


class Outcome(NamedTuple):
    """What a caller sees of a response."""

    status: int
    text: str
    url: str
    from_cache: bool
    redirects: list[int]


def outcome(response: requests.Response, url: str) -> Outcome:
    """Return what a caller sees; of the history the redirects, for refusals are in it only with us."""
    return Outcome(
        response.status_code,
        response.text,
        response.url.replace(url, ""),
        getattr(response, "from_cache", False),
        [one.status_code for one in response.history if one.is_redirect],
    )


def calling(session: requests.Session) -> Installed:
    """Return a session's own call, for a library that is the session or its adapter."""
    return contextlib.nullcontext(session.request)


def cached_session() -> requests.Session:
    made: requests.Session = importlib.import_module("requests_cache").CachedSession(backend="memory")
    return made


def cloudscraper_session() -> requests.Session:
    made: requests.Session = importlib.import_module("cloudscraper").create_scraper()
    return made


def futures_session() -> requests.Session:
    made: requests.Session = importlib.import_module("requests_futures.sessions").FuturesSession()
    return made


@contextlib.contextmanager
def futures_calls(session: requests.Session, _folder: Path) -> Iterator[Call]:
    yield lambda method, url, **options: session.request(method, url, **options).result()  # type: ignore[attr-defined]


def base_url_session() -> requests.Session:
    made: requests.Session = importlib.import_module("requests_toolbelt.sessions").BaseUrlSession("http://127.0.0.1/")
    return made


def adapter_of(module: str, name: str, **options: Any) -> Callable[[requests.Session, Path], Installed]:
    """Return how a library's adapter is put on a session."""

    def install(session: requests.Session, _folder: Path) -> Installed:
        session.mount("http://", getattr(importlib.import_module(module), name)(**options))
        return calling(session)

    return install


@contextlib.contextmanager
def vcrpy(session: requests.Session, folder: Path) -> Iterator[Call]:
    with importlib.import_module("vcr").use_cassette(str(folder / "cassette.yaml")):
        yield session.request


@contextlib.contextmanager
def betamax(session: requests.Session, folder: Path) -> Iterator[Call]:
    recorder = importlib.import_module("betamax").Betamax(session, cassette_library_dir=str(folder))
    with recorder.use_cassette("cassette", record="once"):
        yield session.request


@contextlib.contextmanager
def responses(session: requests.Session, _folder: Path) -> Iterator[Call]:
    def reply(request: Any) -> tuple[int, dict[str, str], bytes]:
        made = answer(request)
        return made.status, dict(made.header_items()), bytes(made.body)  # type: ignore[arg-type]

    with importlib.import_module("responses").RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in {method for method, _ in CALLS}:
            mock.add_callback(method, re.compile(".*"), callback=reply, content_type=None)
        yield session.request


def _fill(mock: Any) -> None:
    """Have a mocker or adapter of requests-mock answer."""

    def reply(request: Any, context: Any) -> bytes:
        made = answer(request)
        context.status_code = made.status
        context.headers.update(dict(made.header_items()))
        return bytes(made.body)  # type: ignore[arg-type]

    any_one = importlib.import_module("requests_mock").ANY
    mock.register_uri(any_one, any_one, content=reply)


def requests_mock_adapter(session: requests.Session, _folder: Path) -> Installed:
    adapter = importlib.import_module("requests_mock").Adapter()
    _fill(adapter)
    session.mount("http://", adapter)
    return calling(session)


@contextlib.contextmanager
def requests_mocker(session: requests.Session, _folder: Path) -> Iterator[Call]:
    with importlib.import_module("requests_mock").Mocker() as mock:
        _fill(mock)
        yield session.request


def wsgi(session: requests.Session, _folder: Path) -> Installed:
    def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        headers = email.message.Message()
        if "HTTP_AUTHORIZATION" in environ:
            headers["Authorization"] = environ["HTTP_AUTHORIZATION"]
        made = respond(Received(environ["REQUEST_METHOD"], environ["PATH_INFO"], headers, b"", 0))
        start_response(f"{made.status} {HTTPStatus(made.status).phrase}", made.header_items())
        return [bytes(made.body)]  # type: ignore[arg-type]

    session.mount("http://", importlib.import_module("wsgiadapter").WSGIAdapter(application))
    return calling(session)


def staticmock(session: requests.Session, folder: Path) -> Installed:
    for name in ("open", "private"):
        (folder / name).write_text(name, encoding="utf-8")
    session.mount("http://", importlib.import_module("requests_staticmock").Adapter(str(folder)))
    return calling(session)


class Library(NamedTuple):
    """How a library comes to a session.

    Attributes:
        module: what has to be there.
        install: puts it on a session, and returns what the calls are made in.
        make: makes the session; a class of the library's own is there before us.
        offline: whether it answers in the network's place.
        records: whether it keeps the answers in its folder.
        answers: whether it can give each of the answers; staticmock has files, and 404.

    """

    module: str
    install: Callable[[requests.Session, Path], Installed]
    make: Callable[[], requests.Session] = requests.Session
    offline: bool = False
    records: bool = False
    answers: bool = True


LIBRARIES = {
    "requests-cache": Library("requests_cache", lambda session, _: calling(session), cached_session),
    "cloudscraper": Library("cloudscraper", lambda session, _: calling(session), cloudscraper_session),
    "requests-futures": Library("requests_futures", futures_calls, futures_session),
    "toolbelt's session": Library("requests_toolbelt", lambda session, _: calling(session), base_url_session),
    "toolbelt's adapter": Library(
        "requests_toolbelt",
        adapter_of("requests_toolbelt.adapters.source", "SourceAddressAdapter", source_address="127.0.0.1"),
    ),
    "CacheControl": Library("cachecontrol", adapter_of("cachecontrol", "CacheControlAdapter")),
    "vcrpy": Library("vcr", vcrpy, records=True),
    "betamax": Library("betamax", betamax, records=True),
    "responses": Library("responses", responses, offline=True),
    "requests-mock": Library("requests_mock", requests_mock_adapter, offline=True),
    "requests-mock's mocker": Library("requests_mock", requests_mocker, offline=True),
    "requests-wsgi-adapter": Library("wsgiadapter", wsgi, offline=True),
    "requests-staticmock": Library("requests_staticmock", staticmock, offline=True, answers=False),
}
ORDERS = [
    pytest.param(library, order, id=f"{name}, {order} first")
    for name, library in LIBRARIES.items()
    for order in ("theirs", "ours")
    if order == "theirs" or library.make is requests.Session
]


def outcomes(library: Library, first: str | None, url: str, folder: Path, *, stream: bool) -> list[Outcome]:
    """Make all the calls in a new session, and return what each came to; with `first` `None` without us."""
    with contextlib.ExitStack() as stack:
        session = stack.enter_context(library.make())
        if first == "ours":
            mount(session)
        call = stack.enter_context(library.install(session, folder))
        if first == "theirs":
            mount(session)
        return [outcome(call(method, url + path, stream=stream), url) for method, path in CALLS]


@pytest.mark.parametrize("stream", [False, True], ids=["read at once", "streamed"])
@pytest.mark.parametrize(("library", "first"), ORDERS)
def test_every_answer_is_as_without_us(
    library: Library, first: str, serve: Serve, home: Path, tmp_path: Path, *, stream: bool
) -> None:
    """Requests itself reads the same netrc; what was recorded with us is played again."""
    pytest.importorskip(library.module, reason=f"{library.module} is not installed")
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(respond)
    url = OFFLINE if library.offline else server.url
    for folder in ("theirs", "ours"):
        (tmp_path / folder).mkdir()
    plain = outcomes(library, None, url, tmp_path / "theirs", stream=stream)
    if library.answers:
        names = [path.rpartition("/")[2] for _, path in CALLS]
        assert [one.status for one in plain] == [401 if name == "closed" else STATUSES.get(name, 200) for name in names]
    assert outcomes(library, first, url, tmp_path / "ours", stream=stream) == plain
    if library.records:
        server.clear()
        assert outcomes(library, first, url, tmp_path / "ours", stream=stream) == plain
        assert server.requests == []


def mark(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Be an authentication that sets a header of its own."""
    request.headers["PRIVATE-TOKEN"] = "token"
    return request


AUTHS: dict[str, Callable[[], Any]] = {
    "Digest": lambda: importlib.import_module("requests.auth").HTTPDigestAuth("you", "secret"),
    "requests-oauthlib": lambda: importlib.import_module("requests_oauthlib").OAuth1("key", client_secret="secret"),
    "requests-ntlm": lambda: importlib.import_module("requests_ntlm").HttpNtlmAuth("DOMAIN\\you", "secret"),
    "requests-aws4auth": lambda: importlib.import_module("requests_aws4auth").AWS4Auth("id", "secret", "here", "s3"),
    "toolbelt's guess": lambda: importlib.import_module("requests_toolbelt.auth.guess").GuessAuth("you", "secret"),
    "a function": lambda: mark,
}
# A server's second message: its signature, type, and name; its flags, eight bytes to answer, and its (empty) facts.
NTLM_MESSAGE = struct.pack("<8sIHHIIQQHHI12x", b"NTLMSSP", 2, 0, 0, 56, 0x00880205, 1, 0, 4, 4, 56)
NTLM_CHALLENGE = f"NTLM {base64.b64encode(NTLM_MESSAGE).decode()}"
CHALLENGES = {
    "Digest": 'Digest realm="here", nonce="1", qop="auth", algorithm=MD5',
    "Basic": 'Basic realm="here"',
    "NTLM": "NTLM",
}


@pytest.mark.parametrize("place", ["the call's", "the session's"])
@pytest.mark.parametrize("challenge", CHALLENGES)
@pytest.mark.parametrize("auth", AUTHS)
def test_an_authentication_of_the_callers_sends_what_it_sends_without_us(
    auth: str, challenge: str, place: str, serve: Serve, home: Path
) -> None:
    """As many requests, each with a credential of the same scheme and user; nothing of the netrc, which is there."""
    try:
        made = AUTHS[auth]
        made()
    except ImportError as error:
        pytest.skip(str(error))
    write_netrc(home, ("127.0.0.1", "me", "pw"))

    def refuse(request: Received) -> Reply:
        asked = request.authorization
        second = asked is not None and asked[0] == "ntlm" and len(asked[1]) < 80
        return refused(challenge=NTLM_CHALLENGE if second else CHALLENGES[challenge])

    server = serve(refuse)
    seen = []
    for ours in (False, True):
        server.clear()
        with requests.Session() as session:
            if ours:
                mount(session)
            given = made()
            if place == "the session's":
                session.auth, given = given, None
            for method, body in (("GET", None), ("POST", b"body")):
                assert session.request(method, server.at("/private"), auth=given, data=body).status_code == 401
        assert ME not in server.authorizations
        seen.append([(one.method, one.body, str(one.authorization)[:9]) for one in server.requests])
    assert seen[1] == seen[0]


def test_a_token_of_oauth_2_is_the_callers(serve: Serve, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That library's session puts it on each request itself."""
    library = pytest.importorskip("requests_oauthlib", reason="requests_oauthlib is not installed")
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")  # it would send none over plain http
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(respond)
    with library.OAuth2Session(token={"access_token": "token", "token_type": "Bearer"}) as session:
        mount(session)
        assert session.get(server.at("/private")).status_code == 401
    assert server.authorizations == [("bearer", "token")]


def test_an_upload_of_toolbelts_is_sent_whole_and_once(serve: Serve, home: Path) -> None:
    """Its body is read from a file while it is sent."""
    library = pytest.importorskip("requests_toolbelt", reason="requests_toolbelt is not installed")
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(respond)
    body = library.MultipartEncoder({"file": ("name", BytesIO(b"content"))})
    with requests.Session() as session:
        mount(session)
        headers = {"Content-Type": body.content_type}
        assert session.post(server.at("/private"), data=body, headers=headers).status_code == 200
    assert server.authorizations == [ME]
    assert b"content" in server.requests[0].body


@pytest.mark.parametrize("module", ["yaml", "msgpack", "json"])
def test_what_was_sent_can_be_written_down(module: str, serve: Serve, home: Path) -> None:
    """Cold and warm: text and nothing else, for YAML's safe writer and msgpack's strict one."""
    library = pytest.importorskip(module, reason=f"{module} is not installed")
    write: Callable[[dict[str, str]], object] = {
        "yaml": lambda sent: library.safe_load(library.safe_dump(sent)),
        "msgpack": lambda sent: library.unpackb(library.packb(sent, strict_types=True)),
        "json": lambda sent: library.loads(library.dumps(sent)),
    }[module]
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(respond)
    with requests.Session() as session:
        mount(session)
        for _ in range(2):
            sent = dict(session.get(server.at("/private")).request.headers)
            assert write(sent) == sent
            assert "Authorization" in sent


CHILD = """
import {module}
import json, sys
{before}
import requests
from requests_indexauth import mount
url, ours = sys.argv[1], sys.argv[2] == "ours"
{make}
if ours:
    mount(session)
{calls}
print(json.dumps(sorted(seen)))
"""
IN_CHILDREN = {
    "gevent": {
        "before": "import gevent.monkey; gevent.monkey.patch_all(); from gevent.pool import Pool",
        "make": "session = requests.Session()",
        # What refuses the credential comes last: refused before it was accepted, it is not sent again in the realm.
        "calls": "call, pool = lambda path: [path, session.get(url + path).status_code], Pool(8); "
        "seen = pool.map(call, ['/private', '/missing', '/open', '/moved'] * 4) + pool.map(call, ['/closed'] * 4)",
    },
    "locust": {
        "before": "from locust.clients import HttpSession; from locust.event import EventHook",
        "make": "session = HttpSession(url, EventHook(), None)",
        "calls": "seen = [[path, session.get(path).status_code] "
        "for path in ['/private', '/missing', '/open', '/closed', '/moved'] * 2]",
    },
}


@pytest.mark.parametrize("module", IN_CHILDREN)
def test_a_library_that_changes_python_itself_works_as_without_us(module: str, serve: Serve, home: Path) -> None:
    """It does so for a whole process, and so has one of its own."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(respond)
    script = CHILD.format(module=module, **IN_CHILDREN[module])
    said = []
    for who in ("theirs", "ours"):
        command = [sys.executable, "-c", script, server.url, who]
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False)
        assert done.returncode == 0, done.stderr
        said.append(json.loads(done.stdout.splitlines()[-1]))
    assert said[1] == said[0]
    assert ["/private", 200] in said[0]
