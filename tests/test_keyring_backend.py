"""The backend this package is for the `keyring` library."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, Callable
from urllib.parse import quote

import keyring.backend
import pytest
from keyring.backends import chainer, fail, null
from keyring.errors import PasswordDeleteError, PasswordSetError
from keyring.testing.backend import BackendBasicTests

import requests_indexauth
from requests_indexauth import keyring_backend
from requests_indexauth.errors import SourceError
from requests_indexauth.keyring_backend import ReadOnlyPlaintextKeyring, has_something_to_offer
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.keyring.source import KeyringSource
from requests_indexauth.sources.store import StoreSource
from requests_indexauth.store.file_store import CredentialStore
from requests_indexauth.util.keyring_guard import VARIABLE, inside_keyring
from support.configuration import index_table, write_files
from support.forking import in_forked_child
from support.keyrings import FakeBackend, FakeCommand
from support.platforms import STORE
from support.queries import query

HOST = "https://pkgs.example.com"
TEAM = f"{HOST}/team"
CANARY = "Canary-4711"


@pytest.fixture
def backend() -> ReadOnlyPlaintextKeyring:
    """Return the backend, as the library makes it."""
    return ReadOnlyPlaintextKeyring()


def log_in(service: str, user: str = "me", password: str = "pw") -> None:
    """Put a credential into the store."""
    CredentialStore().set(service, Credentials.basic(user, password))


def answer(
    backend: keyring.backend.KeyringBackend, service: str, username: str | None = None
) -> tuple[str, str] | None:
    """Return user name and password of an answer."""
    found = backend.get_credential(service, username)
    return None if found is None else (found.username, found.password)


@pytest.mark.parametrize(
    ("stored", "service", "expected"),
    [
        pytest.param(TEAM, f"{TEAM}/simple/", True, id="index URL"),
        pytest.param(TEAM, f"{TEAM}/simple/thing/?a=b", True, id="a page"),
        pytest.param(TEAM, f"{HOST}/teams/simple/", False, id="a path beside it"),
        pytest.param(TEAM, "pkgs.example.com", False, id="host of an entry for a path"),
        pytest.param(HOST, "pkgs.example.com", True, id="host"),
        pytest.param(HOST, "PKGS.example.com:443", True, id="host and default port"),
        pytest.param(HOST, "pkgs.example.com:8443", False, id="another port"),
        pytest.param(f"{HOST}:8443", "pkgs.example.com:8443", True, id="host and port"),
        pytest.param(HOST, "http://pkgs.example.com/", False, id="plain http"),
        pytest.param("https://localhost", "localhost", True, id="localhost"),
        pytest.param("http://localhost:8080", "localhost:8080", True, id="localhost, plain http"),
        pytest.param("http://127.0.0.1:8080", "127.0.0.1:8080", True, id="an address, plain http"),
        pytest.param("https://[::1]:8080", "[::1]:8080", True, id="an IPv6 address"),
        pytest.param("https://pkgs", "pkgs", False, id="no host but somebody's name"),
        pytest.param("https://pkgs", "https://pkgs/", True, id="a URL with such a host"),
        pytest.param(HOST, "pkgs.example.com/", False, id="neither URL nor host"),
        pytest.param(HOST, "ftp://pkgs.example.com", False, id="another scheme"),
        pytest.param(HOST, "me@pkgs.example.com", False, id="an address of mail"),
        pytest.param(HOST, "pkgs.example.com other", False, id="words"),
        pytest.param(HOST, "https://pkgs.example.com:99999/", False, id="no URL"),
        pytest.param(HOST, r"https://pkgs.example.com\@evil.example/", False, id="a misleading URL"),
        pytest.param(HOST, "", False, id="empty"),
        pytest.param(HOST, "poetry-repository-x.example", False, id="another host"),
    ],
)
def test_services(backend: ReadOnlyPlaintextKeyring, stored: str, service: str, *, expected: bool) -> None:
    """A login is the answer for its URLs and for its host, and for nothing that only looks like them."""
    log_in(stored)
    assert answer(backend, service) == (("me", "pw") if expected else None)
    assert backend.get_password(service, "me") == ("pw" if expected else None)


def test_user_names(backend: ReadOnlyPlaintextKeyring) -> None:
    """The answer is for the given user; an empty name is none; a name in the URL counts."""
    log_in(HOST)
    assert answer(backend, HOST, "me") == ("me", "pw")
    assert answer(backend, HOST, "you") is None
    assert answer(backend, HOST, "") == ("me", "pw")
    assert backend.get_password(HOST, "") == "pw"
    assert answer(backend, "https://me@pkgs.example.com/") == ("me", "pw")
    assert answer(backend, "https://you@pkgs.example.com/") is None


def test_sources(backend: ReadOnlyPlaintextKeyring, home: Path, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables, index URLs, netrc and .pypirc answer too, in the order they always have."""
    write_files(
        workdir, {"uv.toml": index_table(f"{TEAM}/simple/", name="team") + index_table("https://u:p@b.example/")}
    )
    write_files(home, {".pypirc": "[pypi]\nusername = __token__\npassword = of pypirc\n"})
    write_files(home, {".netrc": "machine pkgs.example.com login netrc password n\n"})
    assert answer(backend, "https://upload.pypi.org/legacy/") == ("__token__", "of pypirc")
    assert answer(backend, "https://b.example/simple/") == ("u", "p")
    assert answer(backend, f"{TEAM}/simple/") == ("netrc", "n")
    monkeypatch.setenv("UV_INDEX_TEAM_USERNAME", "env")
    monkeypatch.setenv("UV_INDEX_TEAM_PASSWORD", "e")
    assert answer(backend, f"{TEAM}/simple/") == ("env", "e")
    assert answer(backend, f"{TEAM}/simple/", "netrc") == ("netrc", "n")


def test_netrc_default(backend: ReadOnlyPlaintextKeyring, home: Path, workdir: Path) -> None:
    """netrc's `default` is never the answer: who asks a keyring would send it to anybody."""
    write_files(home, {".netrc": "default login anybody password pw\n"})
    write_files(workdir, {"uv.toml": index_table(f"{TEAM}/simple/", 'authenticate = "always"')})
    assert answer(backend, f"{TEAM}/simple/") is None
    assert answer(backend, "pkgs.example.com") is None


def test_policy_never(backend: ReadOnlyPlaintextKeyring, workdir: Path) -> None:
    """For an index that wants no credentials there are none."""
    log_in(HOST)
    write_files(workdir, {"uv.toml": index_table(f"{TEAM}/simple/", 'authenticate = "never"')})
    assert answer(backend, f"{TEAM}/simple/") is None
    assert answer(backend, HOST) == ("me", "pw")


def test_bearer(backend: ReadOnlyPlaintextKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Bearer token is no user name and password: what comes after it is the answer."""
    CredentialStore().set(TEAM, Credentials.bearer(CANARY))
    assert answer(backend, f"{TEAM}/simple/") is None
    monkeypatch.setenv("HF_TOKEN", CANARY)
    log_in("https://huggingface.co")
    assert answer(backend, "https://huggingface.co/") == ("me", "pw")


def test_new_logins_are_seen(backend: ReadOnlyPlaintextKeyring) -> None:
    """What another program stores meanwhile is found: a keyring is asked anew each time."""
    assert answer(backend, HOST) is None
    log_in(HOST)
    assert answer(backend, HOST) == ("me", "pw")
    log_in(HOST, password="new")
    assert answer(backend, HOST) == ("me", "new")


@pytest.mark.parametrize(
    "error", [RuntimeError(CANARY), SourceError("store: broken"), RecursionError(), OSError(CANARY)]
)
def test_never_raises(
    backend: ReadOnlyPlaintextKeyring,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
) -> None:
    """Whatever goes wrong is no answer: an exception would end the search in all other backends."""

    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr(StoreSource, "find", broken)
    assert answer(backend, HOST) is None
    monkeypatch.setattr(keyring_backend, "_ask", broken)
    assert answer(backend, HOST) is None
    assert CANARY not in caplog.text


@pytest.mark.parametrize(
    "service", [None, 7, b"pkgs.example.com", "https://\ud800.example/", "a\0.example", "." * 5000]
)
def test_strange_services(backend: ReadOnlyPlaintextKeyring, service: Any) -> None:
    """What is no service at all has no answer, and raises nothing."""
    log_in(HOST)
    assert answer(backend, service) is None


def test_damaged_store(backend: ReadOnlyPlaintextKeyring, caplog: pytest.LogCaptureFixture) -> None:
    """A damaged store is one warning, however often is asked."""
    path = Path(CredentialStore().path)
    path.parent.mkdir(parents=True)
    path.write_text(f'[[credential]]\nservice = "{CANARY}')
    for service in (HOST, "pkgs.example.com", f"{HOST}/a"):
        assert answer(backend, service) is None
    warnings = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(warnings) == 1
    assert CANARY not in warnings[0]


def test_inside_our_own_look_up(backend: ReadOnlyPlaintextKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked by this package itself, in the same thread or in a process it has started, the backend is silent."""
    log_in(HOST)
    with inside_keyring():
        assert answer(backend, HOST) is None
    assert answer(backend, HOST) == ("me", "pw")
    monkeypatch.setenv(VARIABLE, "1")
    assert answer(backend, HOST) is None


@pytest.mark.parametrize("provider", ["import", "subprocess", "auto"])
def test_starts_no_keyring(
    backend: ReadOnlyPlaintextKeyring, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, provider: str
) -> None:
    """No configured keyring provider makes the backend ask a keyring."""
    command = FakeCommand(tmp_path)
    command.does("say('pw')")
    other = FakeBackend(lambda _service, _username: ("me", "pw"))
    monkeypatch.setattr(keyring.core, "_keyring_backend", other)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("UV_KEYRING_PROVIDER", provider)
    assert answer(backend, HOST, "me") is None
    assert (command.calls, other.asked) == ([], [])


def test_not_through_the_library(backend: ReadOnlyPlaintextKeyring, chain: Callable[..., Any]) -> None:
    """Our own provider `import`, with the backend in the chain of all backends, gets no answer from it."""
    log_in(HOST)
    other = Writable(1)
    chain(backend, other)
    made = KeyringSource(pytest.fail, lambda: "import")
    assert made.find(query(HOST, username="me")) is None
    other.kept[HOST, "me"] = "theirs"
    assert made.find(query(HOST, username="me")) == Answer(Credentials.basic("me", "theirs"))


@pytest.mark.parametrize(
    ("call", "error"),
    [
        pytest.param(lambda ring: ring.set_password(HOST, "me", CANARY), PasswordSetError, id="set"),
        pytest.param(lambda ring: ring.delete_password(HOST, "me"), PasswordDeleteError, id="delete"),
    ],
)
def test_read_only(
    backend: ReadOnlyPlaintextKeyring, call: Callable[[ReadOnlyPlaintextKeyring], None], error: type[Exception]
) -> None:
    """Writing is refused with an error that the chain passes over, and that callers know."""
    with pytest.raises(
        NotImplementedError, match=r"read-only: store with `indexauth login` or `uv auth login`"
    ) as caught:
        call(backend)
    assert isinstance(caught.value, error)
    assert CANARY not in str(caught.value)


# The chain of backends


@pytest.fixture
def chain(monkeypatch: pytest.MonkeyPatch) -> Callable[..., keyring.backend.KeyringBackend]:
    """Return a function that makes these backends all there are, and returns the one that programs get."""

    def make(*backends: keyring.backend.KeyringBackend) -> keyring.backend.KeyringBackend:
        built_in: list[Any] = [fail.Keyring, null.Keyring, chainer.ChainerBackend]
        everything = [*(made() for made in built_in), *backends]
        monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: everything)
        monkeypatch.setattr(keyring.core, "_keyring_backend", None)
        return keyring.get_keyring()

    return make


class Writable(FakeBackend):
    """A backend that keeps what it is given, like the system's."""

    def __init__(self, priority: float) -> None:
        self.kept: dict[tuple[str, str | None], str] = {}
        super().__init__(self._answer)
        self.priority = priority  # type: ignore[assignment]

    def _answer(self, service: str, username: str | None) -> tuple[str, str] | None:
        password = self.kept.get((service, username))
        return None if password is None else (username or "", password)

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:  # type: ignore[override]
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError


@pytest.mark.parametrize("priority", [0.5, 1, 5, 9.9])
def test_beside_another_backend(
    backend: ReadOnlyPlaintextKeyring, chain: Callable[..., keyring.backend.KeyringBackend], priority: float
) -> None:
    """Every other backend is asked first and is written to; what it has not, we have."""
    other = Writable(priority)
    ring = chain(backend, other)
    log_in(HOST)
    assert ring.get_password(HOST, "me") == "pw"
    ring.set_password(HOST, "me", "theirs")
    assert other.kept == {(HOST, "me"): "theirs"}
    assert ring.get_password(HOST, "me") == "theirs"
    ring.delete_password(HOST, "me")
    assert answer(ring, HOST, "me") == ("me", "pw")
    with pytest.raises(PasswordDeleteError):
        ring.delete_password(HOST, "me")


def test_beside_a_read_only_backend(
    backend: ReadOnlyPlaintextKeyring, chain: Callable[..., keyring.backend.KeyringBackend]
) -> None:
    """Beside a vendor's backend that makes tokens, both answer, each for its own."""
    vendor = FakeBackend(lambda service, _username: ("token", "t") if "vendor" in service else None)
    vendor.priority = 9
    ring = chain(backend, vendor)
    log_in(HOST)
    assert answer(ring, "https://vendor.example/") == ("token", "t")
    assert answer(ring, HOST) == ("me", "pw")


def test_alone(backend: ReadOnlyPlaintextKeyring, chain: Callable[..., keyring.backend.KeyringBackend]) -> None:
    """As the only backend it is what programs get, and comes before those that do nothing."""
    assert chain(backend) is backend


# Viability


OFFERS = pytest.mark.parametrize(
    ("variables", "files", "expected"),
    [
        pytest.param({}, {}, False, id="nothing"),
        pytest.param({"UV_INDEX_TEAM_PASSWORD": "pw"}, {}, True, id="password of an index"),
        pytest.param({"UV_INDEX_TEAM_USERNAME": "me"}, {}, True, id="user name of an index"),
        pytest.param({"UV_INDEX_TEAM_PASSWORD": ""}, {}, False, id="empty variable"),
        pytest.param({"UV_INDEX_TOKEN_TEAM": "t"}, {}, True, id="token of an index"),
        pytest.param({"UV_PUBLISH_TOKEN": "t"}, {}, True, id="publish token"),
        pytest.param({"UV_INDEX": "a=https://a.example https://me:pw@b.example/"}, {}, True, id="userinfo"),
        pytest.param({"UV_INDEX": "team=https://a.example"}, {}, False, id="index without userinfo"),
        pytest.param({"PIP_INDEX_URL": "https://me:pw@b.example/"}, {}, True, id="pip's userinfo"),
        pytest.param({"UV_PREVIEW_FEATURES": "native-auth"}, {}, True, id="native store"),
        pytest.param({"UV_PREVIEW_FEATURES": "pylock"}, {}, False, id="another feature"),
        pytest.param({}, {".pypirc": "[pypi]\npassword = pw\n"}, True, id=".pypirc"),
        pytest.param({}, {".pypirc": "[pypi]\nusername = __token__\n"}, False, id=".pypirc without password"),
        pytest.param({}, {STORE: "credential = []\n"}, False, id="empty store"),
        pytest.param(
            {},
            {STORE: '[[credential]]\nservice = "https://a.example/"\n'},
            True,
            id="store",
        ),
        pytest.param({}, {".netrc": "machine a.example login me password pw\n"}, False, id="netrc alone"),
    ],
)


@OFFERS
def test_viable(
    monkeypatch: pytest.MonkeyPatch, home: Path, variables: dict[str, str], files: dict[str, str], *, expected: bool
) -> None:
    """The backend is there only where it has something to offer: elsewhere nobody notices it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    write_files(home, files)
    assert has_something_to_offer() is expected


def test_viable_while(monkeypatch: pytest.MonkeyPatch, backend: ReadOnlyPlaintextKeyring) -> None:
    """The class says so each time; what the library has made of it goes on having a priority and a name."""
    for _ in range(2):
        assert not ReadOnlyPlaintextKeyring.viable
        with pytest.raises(RuntimeError, match="no credentials"):
            _ = ReadOnlyPlaintextKeyring.priority
        assert backend.priority == 0.3
        assert str(backend) == "requests_indexauth.keyring_backend.ReadOnlyPlaintextKeyring (priority: 0.3)"
        with monkeypatch.context() as patch:
            patch.setenv("UV_PUBLISH_TOKEN", "t")
            assert ReadOnlyPlaintextKeyring.viable


def test_new_indexes_are_seen(backend: ReadOnlyPlaintextKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is configured after the first question counts for the second."""
    assert answer(backend, f"{TEAM}/simple/") is None
    monkeypatch.setenv("UV_INDEX", f"corp={TEAM}/simple/")
    monkeypatch.setenv("UV_INDEX_CORP_USERNAME", "me")
    monkeypatch.setenv("UV_INDEX_CORP_PASSWORD", "pw")
    assert answer(backend, f"{TEAM}/simple/") == ("me", "pw")


def test_costs_little() -> None:
    """Who uses a keyring for something else imports hardly more than without us."""
    code = (
        "import sys, json, keyring.backend, keyring.credentials, keyring.errors; before = set(sys.modules);"
        "import requests_indexauth.keyring_backend as ours; ours.has_something_to_offer();"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )
    folder = str(Path(str(requests_indexauth.__file__)).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path.append({folder!r}); {code}"],
        check=True,
        capture_output=True,
        text=True,
    )
    assert json.loads(done.stdout) == [
        "requests_indexauth",
        "requests_indexauth.config",
        "requests_indexauth.config.places",
        "requests_indexauth.config.store_folder",
        "requests_indexauth.errors",
        "requests_indexauth.keyring_backend",
        "requests_indexauth.store",
        "requests_indexauth.store.toml_file",
        "requests_indexauth.util",
        "requests_indexauth.util.after_fork",
        "requests_indexauth.util.files",
        "requests_indexauth.util.keyring_guard",
        "requests_indexauth.util.paths",
    ]


# What the library tests its own backends with


class Anywhere(ReadOnlyPlaintextKeyring):
    """The backend, with a URL in the place of the made-up services that the library's tests ask for."""

    def get_credential(self, service: str, username: str | None) -> Any:
        return super().get_credential(url_of(service), username)


keyring.backend.KeyringBackend._classes.discard(Anywhere)  # no program is to get it


def url_of(service: str) -> str:
    """Return a URL for a made-up service."""
    return f"https://suite.example/{quote(service, safe='')}"


class TestSuite(BackendBasicTests):
    """The library's own tests of a backend; what they set goes into the store, for the backend only reads.

    Not done: what no Basic credential can be (a colon in the user name, control characters), and deleting.
    """

    DIFFICULT_CHARS = " !\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~"

    def init_keyring(self) -> Anywhere:
        return Anywhere()

    def set_password(self, service: str, username: str, password: str) -> None:
        log_in(url_of(service), username, password)

    def cleanup(self) -> None:
        """Leave the store: it is in this test's own home."""

    def test_set_after_set_blank(self) -> None:
        with pytest.raises(PasswordSetError):
            self.keyring.set_password("service", "user", "")

    def test_delete_present(self) -> None:
        with pytest.raises(PasswordSetError):
            super().test_delete_present()  # type: ignore[no-untyped-call]

    def test_delete_one_in_group(self) -> None:
        with pytest.raises(PasswordSetError):
            super().test_delete_one_in_group()  # type: ignore[no-untyped-call]

    def test_empty_username(self) -> None:
        """An empty user name stands for any."""
        self.set_password("service1", "", "password1")
        assert self.keyring.get_password("service1", "") == "password1"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_another_thread_asks_goes_on(backend: ReadOnlyPlaintextKeyring) -> None:
    """The lock that the thread holds while it looks what there is, is none of the child's."""
    with backend._lock:
        assert in_forked_child(lambda: backend.get_credential("https://pkgs.example.com/", None)) is None
