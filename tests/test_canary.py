"""A secret appears nowhere: not in logs, warnings, errors, tracebacks, reprs, pickles or URLs, whatever happens."""

from __future__ import annotations

import contextlib
import json
import logging
from typing import TYPE_CHECKING, Any, Callable

import pytest
import requests

from requests_indexauth import Credentials, Index, IndexAuth, IndexAuthAdapter, mount
from support.canary import ENCODED, SECRET, WORD, Witness, answer, is_seen_in
from support.keyrings import FakeCommand
from support.messages import Reply, redirect, refused, text
from support.platforms import PIP_CONFIG, PIP_FILE, STORE, STORE_FOLDER, is_in_home
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.messages import Request
    from support.server import RecordingServer, Serve


class Scene:
    """A server, a machine, and a witness who sees everything."""

    def __init__(
        self, server: RecordingServer, home: Path, workdir: Path, monkeypatch: Any, keyring: FakeCommand
    ) -> None:
        self.server = server
        self.home = home
        self.workdir = workdir
        self.setenv = monkeypatch.setenv
        self.keyring = keyring
        self.witness = Witness()
        self.indexes: list[Index] = []
        self.options: dict[str, Any] = {}
        self.session = requests.Session()
        self.auth = IndexAuth()

    @property
    def url(self) -> str:
        return self.server.at("/simple/thing/")

    def with_userinfo(self, userinfo: str, path: str = "/simple/thing/") -> str:
        return self.server.at(path).replace("://", f"://{userinfo}@")

    def get(self, url: str | None = None, **options: Any) -> requests.Response | None:
        """Make a request; look at all that comes of it, or at the error."""
        response = None
        try:
            response = self.session.request(options.pop("method", "GET"), url or self.url, timeout=60, **options)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is looked at
            self.witness.show_error(error)
            self._look_at_request(getattr(error, "request", None))
            with contextlib.suppress(TypeError):
                self.witness.show_pickle("the error", error)
        for one in [] if response is None else [response, *response.history]:
            self.witness.show("the response", repr(one), one.url, repr(one.request.headers))
            self._look_at_request(one.request)
            if not any("Location" in other.headers for other in [one, *one.history]):  # a server's words are its own
                self.witness.show_pickle("the response", one)
                self.witness.show("the headers", repr(one.headers))
        return response

    def _look_at_request(self, request: Any) -> None:
        if request is not None:
            self.witness.show("the request", repr(request), request.url, repr(request.headers), repr(request.hooks))
            self.witness.show_object("the request's hooks", request.hooks)
            self.witness.show_pickle("the request", request)

    def look_around(self) -> None:
        """Look at everything that has been made."""
        self.witness.show_object("the auth", self.auth)
        for adapter in self.session.adapters.values():
            if isinstance(adapter, IndexAuthAdapter):
                self.witness.show_object("the adapter", adapter)
                self.witness.show_pickle("the adapter", adapter)
        self.witness.show("the session", repr(self.session), repr(vars(self.session)))
        self.witness.show_pickle("the session", self.session)
        self.witness.show_pickle("the auth", self.auth)
        for index in self.indexes:
            self.witness.show_object("the index", index)
            self.witness.show_pickle("the index", index)
        explained = self.auth.explain(self.url)
        self.witness.show_object("the explanation", explained)
        self.witness.show("the explanation's JSON", json.dumps(explained.as_dict()))
        found = self.auth.resolve(self.url)
        self.witness.show_object("the credentials", found)
        self.witness.show_pickle("the credentials", found)


@pytest.fixture
def scene(serve: Serve, home: Path, workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    """Return the scene: a server that takes only the secret, and a `keyring` of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def respond(request: Request) -> Reply:
        return text() if is_seen_in(repr(request.authorization)) else refused()

    made = Scene(serve(respond), home, workdir, monkeypatch, FakeCommand(tmp_path))
    with made.session:
        yield made


def _by_mount(scene: Scene) -> None:
    scene.auth = mount(scene.session, scene.indexes, **scene.options)


def _by_auth(scene: Scene) -> None:
    scene.auth = scene.session.auth = IndexAuth(scene.indexes, **scene.options)


def _by_adapter(scene: Scene) -> None:
    scene.auth = IndexAuth(scene.indexes, **scene.options)
    scene.session.mount("http://", IndexAuthAdapter(scene.auth))


# What there is: where the secret lies


def in_netrc(scene: Scene) -> None:
    write_netrc(scene.home, ("127.0.0.1", "me", SECRET))


def as_a_login_in_netrc(scene: Scene) -> None:
    (scene.home / ".netrc").write_text(f"machine 127.0.0.1 login {WORD}")


def in_the_store(scene: Scene, username: str = "me", password: str = SECRET) -> None:
    folder = scene.home / STORE_FOLDER
    folder.mkdir(parents=True)
    (folder / "credentials.toml").write_text(
        f'[[credential]]\nservice = "{scene.server.url}"\nusername = "{username}"\nscheme = "basic"\n'
        f'password = "{password}"\n',
        encoding="utf-8",
    )


def as_a_bearer_in_the_store(scene: Scene) -> None:
    folder = scene.home / STORE_FOLDER
    folder.mkdir(parents=True)
    (folder / "credentials.toml").write_text(
        f'[[credential]]\nservice = "{scene.server.url}"\nscheme = "bearer"\ntoken = "{WORD}"\n'
    )


def in_pypirc(scene: Scene) -> None:
    (scene.home / ".pypirc").write_text(
        f"[distutils]\nindex-servers = x\n[x]\nrepository = {scene.server.url}\nusername = me\npassword = {SECRET}\n",
        encoding="utf-8",
    )


def in_the_keyring(scene: Scene) -> None:
    scene.indexes = [Index(scene.server.at("/simple/"))]
    scene.options["keyring_provider"] = "subprocess"
    scene.keyring.knows({(scene.server.at("/simple/"), "me"): SECRET})


def in_the_environment(scene: Scene) -> None:
    scene.indexes = [Index(scene.server.at("/simple/"), name="private")]
    scene.setenv("UV_INDEX_PRIVATE_USERNAME", "me")
    scene.setenv("UV_INDEX_PRIVATE_PASSWORD", SECRET)


def as_a_user_name_in_the_environment(scene: Scene) -> None:
    scene.indexes = [Index(scene.server.at("/simple/"), name="private")]
    scene.setenv("UV_INDEX_PRIVATE_USERNAME", WORD)


def in_the_index_url(scene: Scene) -> None:
    scene.indexes = [Index(scene.with_userinfo(f"me:{ENCODED}", "/simple/"))]


def as_a_user_name_in_the_index_url(scene: Scene) -> None:
    scene.indexes = [Index(scene.with_userinfo(WORD, "/simple/"))]


def in_uv_toml(scene: Scene) -> None:
    (scene.workdir / "uv.toml").write_text(
        f'[[index]]\nname = "private"\nurl = "{scene.with_userinfo(f"me:{ENCODED}", "/simple/")}"\n'
    )


def by_a_prompt(scene: Scene) -> None:
    scene.options["prompt"] = answer


def never_with_one(scene: Scene) -> None:
    scene.indexes = [Index(scene.with_userinfo(f"me:{ENCODED}", "/simple/"), authenticate="never")]


def always_with_a_user_name_only(scene: Scene) -> None:
    scene.indexes = [Index(scene.with_userinfo(WORD, "/simple/"), authenticate="always")]


def nothing(_scene: Scene) -> None:
    pass


# What is broken: each holds the secret where it is wrong


def _write(path: str, content: str) -> Callable[[Scene], None]:
    def setup(scene: Scene) -> None:
        file = (scene.home if is_in_home(path) else scene.workdir) / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)

    setup.__name__ = path
    return setup


BROKEN = {
    "netrc, unknown word": _write(".netrc", f"machine 127.0.0.1 login me password x {SECRET}\n"),
    "netrc, a colon in the login": _write(".netrc", f"machine 127.0.0.1 login {WORD}:x password {SECRET}\n"),
    "store, no TOML": _write(STORE, f'[[credential]]\npassword = "{SECRET}\n'),
    "store, a bad entry": _write(
        STORE, f'[[credential]]\nservice = "{SECRET}"\nusername = "u"\npassword = "{SECRET}"\n'
    ),
    "store, userinfo in a bad service": _write(
        STORE, f'[[credential]]\nservice = "https://u:{ENCODED}@h:99999"\nusername = "u"\npassword = "{WORD}"\n'
    ),
    "store, a control character": _write(
        STORE, f'[[credential]]\nservice = "http://127.0.0.1"\nusername = "u"\npassword = "{WORD}\\n"\n'
    ),
    ".pypirc, no section": _write(".pypirc", f"password = {SECRET}\n"),
    ".pypirc, a broken line": _write(".pypirc", f"[pypi]\nusername = me\n{WORD}\n"),
    ".pypirc, a password for a repository": _write(
        ".pypirc", f"[distutils]\nindex-servers = x\n[x]\nrepository = {SECRET}\nusername = me\npassword = {SECRET}\n"
    ),
    "uv.toml, no TOML": _write("uv.toml", f'[[index]]\nurl = "https://u:{ENCODED}@h/simple/\n'),
    "uv.toml, a bad port": _write("uv.toml", f'[[index]]\nurl = "https://u:{ENCODED}@h:99999/simple/"\n'),
    "uv.toml, no host": _write("uv.toml", f'[[index]]\nurl = "https://u:{ENCODED}@/"\n'),
    "uv.toml, a bad policy": _write("uv.toml", f'[[index]]\nurl = "https://u:{WORD}@h/"\nauthenticate = "x"\n'),
    "pyproject.toml, no TOML": _write("pyproject.toml", f'[tool.uv]\nindex-url = "https://u:{ENCODED}@h/\n'),
    "pip.conf, a broken line": _write(
        f"{PIP_CONFIG}/{PIP_FILE}", f"[global]\nindex-url = https://u:{ENCODED}@h/\n{WORD}\n"
    ),
    "pip.conf, a bad port": _write(f"{PIP_CONFIG}/{PIP_FILE}", f"[global]\nindex-url = https://u:{ENCODED}@h:x/\n"),
}


def _keyring(body: str) -> Callable[[Scene], None]:
    def setup(scene: Scene) -> None:
        scene.indexes = [Index(scene.server.at("/simple/"))]
        scene.options["keyring_provider"] = "subprocess"
        scene.keyring.does(body)

    return setup


BROKEN_KEYRINGS = {
    "keyring, rubbish": _keyring(f'say(b"\\xff\\xfe{WORD}\\n{WORD}\\n")'),
    "keyring, control characters": _keyring(f'say("me\\n{WORD}\\x01\\n")'),
    "keyring, a colon in the user name": _keyring(f'say("me:{WORD}\\n{WORD}\\n")'),
    "keyring, a crash": _keyring(f'raise ValueError("{WORD}")'),
    "keyring, complaints": _keyring(f'print("{WORD}", file=sys.stderr); say("{WORD}", 3)'),
    "keyring, far too much": _keyring(f'say("{WORD}" * 20000)'),
}

PLACES = {
    setup.__name__.replace("_", " "): setup
    for setup in (
        in_netrc,
        as_a_login_in_netrc,
        in_the_store,
        as_a_bearer_in_the_store,
        in_pypirc,
        in_the_keyring,
        in_the_environment,
        as_a_user_name_in_the_environment,
        in_the_index_url,
        as_a_user_name_in_the_index_url,
        in_uv_toml,
        by_a_prompt,
        never_with_one,
        always_with_a_user_name_only,
        nothing,
    )
}


# What happens


def the_server_accepts(scene: Scene) -> None:
    for _ in range(2):
        scene.get()


def the_server_refuses(scene: Scene) -> None:
    scene.server.respond = lambda _: refused()
    for _ in range(2):
        scene.get()
    scene.get(method="POST", data=b"x")


def the_server_refuses_later(scene: Scene) -> None:
    scene.get()
    scene.server.respond = lambda _: refused()
    scene.get()


def the_server_redirects(scene: Scene) -> None:
    scene.server.respond = lambda request: redirect("/simple/other/") if request.path == "/simple/thing/" else refused()
    scene.get()
    scene.get(allow_redirects=False)


def the_server_hangs_up(scene: Scene) -> None:
    scene.server.respond = lambda request: Reply(hang_up=True) if request.authorization else refused()
    scene.get()


def it_stands_in_the_url(scene: Scene) -> None:
    scene.get(scene.with_userinfo(f"me:{ENCODED}"))
    scene.get()


def it_is_a_user_name_in_the_url(scene: Scene) -> None:
    scene.get(scene.with_userinfo(WORD))
    scene.get()


def it_is_refused_in_the_url(scene: Scene) -> None:
    scene.server.respond = lambda _: refused()
    scene.get(scene.with_userinfo(f"me:{ENCODED}"))
    scene.get(scene.with_userinfo(WORD))


def the_url_leads_nowhere(scene: Scene) -> None:
    scene.get(f"http://me:{ENCODED}@127.0.0.1:1/simple/")
    scene.get(f"http://{WORD}@127.0.0.1:1/simple/")


def the_location_holds_it(scene: Scene) -> None:
    plain = scene.server.respond
    target = scene.with_userinfo(f"me:{ENCODED}", "/other")
    scene.server.respond = lambda request: redirect(target) if request.path == "/simple/thing/" else plain(request)
    scene.get()
    scene.server.respond = lambda request: redirect(target) if request.path == "/simple/thing/" else Reply(hang_up=True)
    scene.get()


EVENTS = {
    event.__name__.replace("_", " "): event
    for event in (
        the_server_accepts,
        the_server_refuses,
        the_server_refuses_later,
        the_server_redirects,
        the_server_hangs_up,
        it_stands_in_the_url,
        it_is_a_user_name_in_the_url,
        it_is_refused_in_the_url,
        the_url_leads_nowhere,
        the_location_holds_it,
    )
}
DRIVERS = {"mount": _by_mount, "IndexAuth alone": _by_auth, "adapter alone": _by_adapter}
# A Location's userinfo is only taken out where an adapter of ours sends the hop.
WITHOUT_ADAPTER = [
    (driver, event)
    for driver in DRIVERS
    for event in EVENTS
    if (driver, event) != ("IndexAuth alone", "the location holds it")
]


@pytest.mark.parametrize(
    ("driver", "event"), WITHOUT_ADAPTER, ids=[f"{driver}, {event}" for driver, event in WITHOUT_ADAPTER]
)
@pytest.mark.parametrize("place", list(PLACES.values()), ids=list(PLACES))
def test_a_secret_is_seen_nowhere(place: Callable[[Scene], None], driver: str, event: str, scene: Scene) -> None:
    """Wherever a secret lies and whatever becomes of it, it can be read nowhere but on the wire."""
    place(scene)
    with scene.witness:
        DRIVERS[driver](scene)
        EVENTS[event](scene)
        scene.look_around()
    assert scene.witness.leaks == []


@pytest.mark.parametrize("broken", [*BROKEN.values(), *BROKEN_KEYRINGS.values()], ids=[*BROKEN, *BROKEN_KEYRINGS])
def test_what_is_broken_is_complained_of_without_quoting_it(
    broken: Callable[[Scene], None], scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning each, which names the place and not what stands there; the session goes on."""
    broken(scene)
    with scene.witness:
        _by_mount(scene)
        response = scene.get()
        scene.get()
        scene.look_around()
    assert response is not None
    assert response.status_code == 401
    assert [
        record for record in caplog.records if record.name == "requests_indexauth" and record.levelname == "WARNING"
    ]
    assert scene.witness.leaks == []


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param(lambda: Credentials.basic("me", f"{SECRET}\n"), id="a newline in a password"),
        pytest.param(lambda: Credentials.basic(f"{WORD}:", "x"), id="a colon in a user name"),
        pytest.param(lambda: Credentials.basic("me", f"{WORD}\ud800"), id="half a character in a password"),
        pytest.param(lambda: Credentials.bearer(f"{WORD}\n"), id="a newline in a token"),
        pytest.param(lambda: Credentials.bearer(f"{WORD} x"), id="a blank in a token"),
        pytest.param(lambda: Index(f"https://me:{ENCODED}@h:99999/"), id="an index's port"),
        pytest.param(lambda: Index(f"https://me:{ENCODED}@h h/"), id="an index's host"),
        pytest.param(
            lambda: Index(f"https://me:{ENCODED}@h/", authenticate="x"),  # type: ignore[arg-type]
            id="an index's policy",
        ),
        pytest.param(lambda: IndexAuth().resolve(f"https://me:{ENCODED}@h:99999/"), id="resolve"),
        pytest.param(lambda: IndexAuth().explain(f"https://{WORD}@h h/"), id="explain"),
    ],
)
def test_an_error_quotes_nothing(wrong: Callable[[], object]) -> None:
    """Neither the message nor the variables of our frames hold what was wrong."""
    witness = Witness()
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - what it says is looked at below
        wrong()
    witness.show_error(caught.value)
    assert witness.leaks == []


def test_the_callers_own_header_is_not_shown(scene: Scene) -> None:
    """`auth=` and `headers=` of one call: the answer's request, its repr and its pickle do not show them."""
    with scene.witness:
        _by_mount(scene)
        for options in ({"auth": ("me", SECRET)}, {"headers": {"Authorization": f"Bearer {WORD}"}}):
            response = scene.get(**options)
            assert response is not None
            assert response.status_code == 200
    assert scene.witness.leaks == []


def test_the_witness_sees_what_there_is_to_see(scene: Scene) -> None:
    """The test of the tests: a log line, an error, a frame, an attribute and a pickle are all looked at."""
    with scene.witness as witness:
        logging.getLogger("anything").debug("%s", SECRET)
        witness.show_object("a list", [SECRET])
        witness.show_pickle("a list", [SECRET])
        witness.show("percent", ENCODED)
        for shift in range(3):
            witness.show("base64", Credentials.basic("x" * shift, SECRET).header)
        witness.show_error(ValueError(SECRET))
    assert len(witness.leaks) >= 9
