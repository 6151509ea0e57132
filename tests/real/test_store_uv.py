"""The credential store, shared with the real uv: each reads what the other writes, and both wait for each other."""

from __future__ import annotations

import contextlib
import json
import os
import random
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store.file_store import CredentialStore
from requests_indexauth.store.lock import locked
from requests_indexauth.store.service import service_url
from support.commands import TIME_LIMIT
from support.uv import Uv

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.index import ServeIndex

LOGINS = 200
WORDS = "abcXYZ019 äßéЖ中🙂\"'\\%#$&={}[]<>`~^|?!*+,;@._-/\u2028\u00a0"


@pytest.fixture
def uv(program: Callable[[str], str]) -> Uv:
    """Return the real uv."""
    return Uv(program("uv"))


@pytest.fixture
def store(uv: Uv) -> CredentialStore:  # noqa: ARG001 - without uv there is nothing to share
    """Return uv's own store, which must not warn."""
    return CredentialStore(warn=pytest.fail)


@dataclass(frozen=True)
class Login:
    """A credential somebody might store."""

    service: str
    username: str
    password: str


def text(source: random.Random, *, without: str = "") -> str:
    """Return a few random characters; options and standard input start with a minus, and edges are stripped."""
    words = "".join(char for char in WORDS if char not in without)
    return "x" + "".join(source.choice(words) for _ in range(source.randrange(12))) + "x"


def logins(seed: int) -> list[Login]:
    """Return random logins, each with a service of its own."""
    source = random.Random(seed)  # noqa: S311 - nothing secret comes of it
    hosts = ["example.com", "EXAMPLE.org:8443", "bücher.example", "192.0.2.1", "[2001:db8::1]:444", "a_b.example:443"]
    found = []
    for number in range(LOGINS):
        path = "/".join(text(source, without="?#\\/") for _ in range(source.randrange(3)))
        service = f"https://{source.choice(hosts)}/{number}/{path}{source.choice(['', '/', '/simple', '/simple/'])}"
        if number % 20 == 0:
            service = f"http://localhost:{8000 + number}/{path}"
        found.append(Login(service, text(source, without=":"), text(source)))
    return found


def test_uv_writes_and_we_read(uv: Uv, store: CredentialStore) -> None:
    """Whatever uv stores, with any characters, ports and paths, is found by us, and under the name uv gave it."""
    wanted = logins(1)
    for one in wanted:
        done = uv.run("auth", "login", one.service, f"--username={one.username}", f"--password={one.password}")
        assert done.returncode == 0, done.stderr
    for one in wanted:
        assert store.get(one.service, one.username) == Credentials.basic(one.username, one.password)
    assert set(store.services()) == {(service_url(one.service), one.username) for one in wanted}


def test_we_write_and_uv_reads(uv: Uv, store: CredentialStore) -> None:
    """Whatever we store is found by uv, below the path too, and uv can remove it."""
    wanted = logins(2)
    for one in wanted:
        store.set(one.service, Credentials.basic(one.username, one.password))
    for one in wanted:
        done = uv.run("auth", "token", one.service, f"--username={one.username}")
        assert (done.stdout, done.returncode) == (one.password + "\n", 0), done.stderr
    for one in wanted[::10]:
        done = uv.run("auth", "logout", one.service, f"--username={one.username}")
        assert done.returncode == 0, done.stderr
        assert store.get(one.service, one.username) is None
    assert len(store.services()) == LOGINS - LOGINS // 10


@pytest.mark.parametrize(
    "service",
    [
        *("example.com", "EXAMPLE.com/Team/", "//example.com/a", "foo", "127.0.0.1", "127.0.0.1:8000", "[::1]:80"),
        *(
            "http://localhost",
            "http://127.0.0.1:8000/a",
            "http://127.0.0.2",
            "http://example.com",
            "http://a.localhost",
        ),
        *("https://example.com/simple", "https://example.com/a/SIMPLE/", "https://example.com/a/+simple"),
        *("https://example.com/a/simple/simple/", "https://example.com/simpler", "https://h//a//b//"),
        *(
            "https://h/a/../b/./c/.",
            "https://h/%2e%2E/x/%2E",
            "https://h/a~b/%7Eb/%c3%A4/ä/ x|y[z]^{}`\"<>'",
            "https://h/a\\b",
        ),
        *(
            "https://bücher.example",
            "https://xn--bcher-kva.example",
            "https://h:443/a",
            "https://h:0443/a",
            "https://h:/a",
        ),
        *("https://*.example.com", "h_h.example", "https://a..b", "https://a./", "https://ß.example", "  https://h  "),
        *("https://h:99999", "https://h h/", "", "ftp://h", "https://", "https://256.1.1.1", "https://1.2.3.4.5"),
        *("https://example.123", "https://example.0x1", "https://xn--a", "https://xn--a-ecp.ru", "https://xn--"),
        *("https://[fe80::1%25eth0]/", "https://[::1", "https://a<b", "https://a|b", "https://a^b", "https://h\x7f/"),
        *(
            "https://h/;a=b,c&d",
            "https://h/%zz%",
            "https://1.2.3.4/",
            "https://-a-.example",
            "https://[::ffff:1.2.3.4]",
        ),
    ],
)
def test_services_are_uvs(uv: Uv, store: CredentialStore, service: str) -> None:
    """What we take for a service uv takes too, and it is written the same; so no entry of ours spoils the file."""
    try:
        ours = service_url(service)
    except StoreError:
        ours = None
    done = uv.run("auth", "login", service, "--username=u", "--password=p")
    if ours is None:
        # We may refuse more: uv decodes hosts that browsers decode, and takes the mistyped name of an index for a host.
        # What uv refuses we have to.
        assert done.returncode == 2 or service in ("https://a<b", "https://xn--a-ecp.ru", "foo")
        return
    assert done.returncode == 0, done.stderr
    assert store.services() == [(ours, "u")]
    store.set(service, Credentials.basic("u", "new"))
    assert uv.run("auth", "token", service, "--username=u").stdout == "new\n"
    assert uv.run("auth", "logout", service, "--username=u").returncode == 0
    assert store.services() == []


PATHS = ["", "/a", "/a/b", "/ab", "/a/b/c", "/b", "/a/bc", "/A"]


@pytest.mark.parametrize("seed", range(4))
def test_look_ups_agree(uv: Uv, store: CredentialStore, seed: int) -> None:
    """For a user name, uv and we find the same credential: longest prefix, on a boundary, the last of equal ones."""
    source = random.Random(seed)  # noqa: S311 - nothing secret comes of it
    stored = [(f"https://h{source.choice(PATHS)}", source.choice("uv")) for _ in range(source.randrange(2, 8))]
    tables = (
        f'[[credential]]\nservice = "{service}"\nusername = "{user}"\nscheme = "basic"\npassword = "{number}"\n'
        for number, (service, user) in enumerate(stored)
    )
    write(store, "".join(tables))
    differing = []
    for path in [*PATHS, "/a/", "/a/x", "/a/b/x", "/a/simple", "/a/x/../b", "/a?q=1"]:
        for user in "uv":
            url = f"https://h{path}"
            found = store.get(url, user)
            theirs = uv.run("auth", "token", url, "--username", user).stdout.strip() or None
            if (found.password if found else None) != theirs:
                differing.append((url, user, theirs))
    assert differing == []


def write(store: CredentialStore, toml: str) -> None:
    """Put a file in the store's place."""
    path = Path(store.path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(toml)


@dataclass(frozen=True)
class Case:
    """Entries below the index's host, and the credential that is sent to the page `/team/simple/thing/`."""

    entries: str
    sent: tuple[str, ...] | None
    user: str | None = None


def entry(path: str, user: str | None, secret: str) -> str:
    """Return a table; no user is a Bearer token."""
    if user is None:
        return f'[[credential]]\nservice = "HOST{path}"\nscheme = "bearer"\ntoken = "{secret}"\n'
    return f'[[credential]]\nservice = "HOST{path}"\nusername = "{user}"\npassword = "{secret}"\n'


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(Case(entry("", "u", "p"), ("basic", "u", "p")), id="host"),
        pytest.param(Case(entry("", "u", "p") + entry("/team", "v", "q"), ("basic", "v", "q")), id="path"),
        pytest.param(Case(entry("/te", "u", "p"), None), id="no boundary"),
        pytest.param(Case(entry("/team", "u", "p") + entry("/team", "v", "q"), None), id="two users"),
        pytest.param(
            Case(entry("/team", "u", "p") + entry("/team", "v", "q"), ("basic", "v", "q"), "v"), id="one of two users"
        ),
        pytest.param(
            Case(entry("", "w", "r") + entry("/team", "u", "p") + entry("/team", "v", "q"), None),
            id="two users, and one of the host",
        ),
        pytest.param(Case(entry("/team", "u", "p") + entry("/team/", "v", "q"), ("basic", "v", "q")), id="slash"),
        pytest.param(Case(entry("/team", "u", "p") + entry("/team", "u", "q"), ("basic", "u", "q")), id="user twice"),
        pytest.param(Case(entry("/team", None, "tok"), ("bearer", "tok")), id="bearer"),
        pytest.param(Case(entry("/team", None, "tok"), ("basic", "u", ""), "u"), id="bearer, and a user given"),
        pytest.param(Case(entry("/team", None, "tok") + entry("/team", "u", "p"), None), id="bearer and a user"),
        pytest.param(Case(entry("/team", "", "p"), ("basic", "", "p")), id="empty user"),
    ],
)
def test_requests_agree(uv: Uv, store: CredentialStore, serve_index: ServeIndex, case: Case) -> None:
    """What uv sends for a stored credential, Bearer tokens and riddles included, is what we find."""
    warnings: list[str] = []
    store = CredentialStore(warn=warnings.append)
    with_nobody = serve_index(["thing"], {"nobody": "else"}, root="/team/simple")
    write(store, case.entries.replace("HOST", with_nobody.url))
    uv.resolve("thing", options=("--default-index", with_nobody.index_url(user=case.user)))
    sent = [given for given in with_nobody.authorizations if given is not None]
    assert sent == ([] if case.sent is None else [case.sent])
    found = store.get(f"{with_nobody.url}/team/simple/thing/", case.user)
    if case.sent is None or case.sent == ("basic", case.user, ""):
        assert found is None
        assert len(warnings) == (case.entries.count("/team") > 1)
    else:
        expected = Credentials.bearer(case.sent[1]) if case.sent[0] == "bearer" else Credentials.basic(*case.sent[1:])
        assert found is not None
        assert found.header == expected.header


def test_uv_keeps_what_it_cannot_write(uv: Uv, store: CredentialStore, serve_index: ServeIndex) -> None:
    """uv has no command that stores a Bearer token; one of ours outlives uv's changes, and uv sends it."""
    server = serve_index(["thing"], tokens={"tok"}, root="/team/simple")
    store.set(server.index_url().replace("127.0.0.1", "localhost"), Credentials.bearer("tok"))
    uv.login("example.com", "me", "pw")
    assert len(store.services()) == 2
    done = uv.resolve("thing", options=("--default-index", server.at("/team/simple/", host="localhost")))
    assert done.returncode == 0, done.stderr
    assert server.requests[-1].authorization == ("bearer", "tok")


def test_where_we_find_more(uv: Uv, store: CredentialStore) -> None:
    """uv compares paths letter by letter; we know that a slash at the end and an escaped tilde are no difference."""
    for service, url in [("https://h/a/", "https://h/a"), ("https://h/~b", "https://h/%7eb")]:
        uv.login(service, "u", "p")
        assert uv.run("auth", "token", url, "--username", "u").returncode == 2
        assert store.get(url, "u") == Credentials.basic("u", "p")


@pytest.mark.parametrize(
    ("variable", "folder"),
    [("UV_CREDENTIALS_DIR", "{tmp}/mine"), ("UV_CREDENTIALS_DIR", "mine"), ("XDG_DATA_HOME", "{tmp}/data"), (None, "")],
)
def test_the_folder_is_uvs(
    uv: Uv, store: CredentialStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str | None, folder: str
) -> None:
    """Wherever uv keeps its store, ours is there, and what either makes is for the owner alone."""
    if variable is not None:
        monkeypatch.setenv(variable, folder.format(tmp=tmp_path))
    expected = uv.run("auth", "dir").stdout.strip()
    assert Path(store.path).parent == Path(expected)
    store.set("example.com", Credentials.basic("me", "pw"))
    ours = layout(Path(expected))
    for found in Path(expected).iterdir():
        found.unlink()
    Path(expected).rmdir()
    uv.login("example.com", "me", "pw")
    assert layout(Path(expected)) == ours


def layout(folder: Path) -> dict[str, tuple[int, str]]:
    """Return mode and content of a folder and of the files in it."""
    files = {found.name: (found.stat().st_mode, found.read_text()) for found in folder.iterdir()}
    return {**files, ".": (folder.stat().st_mode, "")}


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a privilege there")
def test_links(uv: Uv, store: CredentialStore, tmp_path: Path) -> None:
    """uv and we both write through a link, in turns."""
    target = tmp_path / "real.toml"
    path = Path(store.path)
    path.parent.mkdir(parents=True)
    path.symlink_to(target)
    store.set("https://a", Credentials.basic("me", "1"))
    uv.login("https://b", "me", "2")
    store.set("https://c", Credentials.basic("me", "3"))
    assert path.is_symlink()
    assert {service for service, _ in CredentialStore(target).services()} == {"https://a/", "https://b/", "https://c/"}


def test_a_damaged_file_stays(uv: Uv, store: CredentialStore) -> None:
    """What uv cannot read we cannot, and neither of us writes over it."""
    damaged = '[[credential]]\nservice = "https://h/"\nusername = "me"\npassword = "cut off'
    write(store, damaged)
    assert uv.run("auth", "login", "https://h", "--username=me", "--password=pw").returncode == 2
    with pytest.raises(StoreError, match="line 4"):
        store.set("https://h", Credentials.basic("me", "pw"))
    assert Path(store.path).read_text() == damaged


BAD = [
    'service = "h.example"\nusername = "u"\npassword = "p"',
    'service = "https://h:99999"\nusername = "u"\npassword = "p"',
    'service = "https://h"\npassword = "p"',
    'service = "https://h"\nusername = "u"\nscheme = "Basic"\npassword = "p"',
    'service = "https://h"\nusername = "u"\npassword = 1',
    'service = "https://h"\nusername = "u"\ntoken = "t"',
    'service = "https://h"\nscheme = "bearer"',
    'service = "https://h"\nscheme = "bearer"\ntoken = "t"\nusername = "u"',
    'service = "ftp://h"\nusername = "u"\npassword = "p"',
    'service = "https://h"\nusername = "a:b"\npassword = "p"',
    'service = "https://h"\nusername = "u"\npassword = "a\\nb"',
    'service = "https://h"\nscheme = "bearer"\ntoken = ""',
]


@pytest.mark.parametrize("bad", BAD)
def test_what_spoils_the_file_for_uv(uv: Uv, bad: str) -> None:
    """One bad entry: we go on with the others, and say that uv refuses the file exactly where it does."""
    warnings: list[str] = []
    store = CredentialStore(warn=warnings.append)
    write(store, f'[[credential]]\n{bad}\n[[credential]]\nservice = "https://good"\nusername = "u"\npassword = "p"\n')
    assert store.get("https://good/x") == Credentials.basic("u", "p")
    refused = uv.run("auth", "token", "https://good/x", "--username=u").returncode == 2
    (warning,) = warnings
    assert warning.endswith("uv refuses the whole file because of it") is refused
    store.set("https://other", Credentials.basic("u", "p"))
    assert bad.splitlines()[0] in Path(store.path).read_text()


def test_our_lock_holds_uv_off(uv: Uv, store: CredentialStore) -> None:
    """While we hold the lock uv waits, here no longer than a second, and changes nothing."""
    store.set("https://h", Credentials.basic("me", "pw"))
    before = Path(store.path).read_bytes()
    login = ("auth", "login", "https://i", "--username=me", "--password=pw")
    waiting = {"UV_LOCK_TIMEOUT": "1"}
    with locked(f"{store.path}.lock", 0):
        assert uv.run(*login, environ=waiting).returncode == 2
        assert Path(store.path).read_bytes() == before
    assert uv.run(*login, environ=waiting).returncode == 0
    assert len(store.services()) == 2


@contextlib.contextmanager
def uv_in_the_middle(uv: Uv, path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Hold a `uv auth login` just where it has the lock and reads the file: that is a pipe which gives it nothing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    login = [uv.program, "auth", "login", "https://h", "--username=uv", "--password=pw"]
    with subprocess.Popen(login, stderr=subprocess.DEVNULL) as process:
        pipe = None
        deadline = time.monotonic() + TIME_LIMIT
        while pipe is None and time.monotonic() < deadline:
            with contextlib.suppress(OSError):  # nobody reads it yet
                pipe = os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            select.select([], [], [], 0.01)
        assert pipe is not None, "uv has not come to read its store"
        try:
            yield process
        finally:
            os.close(pipe)
            process.wait(TIME_LIMIT)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such pipe")
def test_uvs_lock_holds_us_off(uv: Uv, store: CredentialStore) -> None:
    """While uv holds the lock we wait, no longer than we may; then it is our turn."""
    path = Path(store.path)
    code = (
        f"import sys; sys.path[:] = {sys.path!r}; from requests_indexauth import Credentials, CredentialStore; "
        "CredentialStore(lock_timeout=0.1).set('https://h', Credentials.basic('me', 'pw'))"
    )
    with uv_in_the_middle(uv, path) as process:
        # In a process of its own: without the lock it would read from the pipe, and wait for ever.
        done = subprocess.run(
            [sys.executable, "-c", code], check=False, capture_output=True, text=True, timeout=TIME_LIMIT
        )
        assert "StoreError: another process has held the lock" in done.stderr
        assert process.poll() is None
    path.unlink()
    store.set("https://h", Credentials.basic("me", "pw"))
    assert store.services() == [("https://h/", "me")]


WRITERS, EACH = 8, 6

OURS = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from requests_indexauth import Credentials, CredentialStore
for number in range(int(sys.argv[3])):
    # A write under way may be any of the sixteen, and uv waits for five minutes.
    CredentialStore(lock_timeout=300).set(f"https://h{number}/ours", Credentials.basic("u" + sys.argv[2], "p"))
"""

THEIRS = """
import subprocess, sys
for number in range(int(sys.argv[3])):
    login = [sys.argv[1], "auth", "login", f"https://h{number}/uv", "--username", "u" + sys.argv[2], "--password", "p"]
    subprocess.run(login, check=True)
"""


def test_many_writers_lose_nothing(uv: Uv, store: CredentialStore) -> None:
    """Eight processes of ours and eight of uv's write at once, and every credential is there in the end.

    The file is there before: uv lets go of the lock between finding none and writing its first one, and so loses what
    another process, of uv's too, has stored in the meantime.
    """
    write(store, "")
    commands = [
        [sys.executable, "-c", program, first, str(number), str(EACH)]
        for number in range(WRITERS)
        for program, first in ((OURS, json.dumps(sys.path)), (THEIRS, uv.program))
    ]
    with contextlib.ExitStack() as running:
        processes = [
            running.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE, text=True)) for command in commands
        ]
        for process in processes:
            _, messages = process.communicate(timeout=TIME_LIMIT)
            assert process.returncode == 0, messages
    users, numbers = range(WRITERS), range(EACH)
    expected = {
        (f"https://h{number}/{who}", f"u{user}") for user in users for number in numbers for who in ("ours", "uv")
    }
    assert set(store.services()) == expected
    left = {found.name for found in Path(store.path).parent.iterdir()}
    assert left == {"credentials.toml", "credentials.toml.lock"}
