"""The keyring's library: what of a backend's answers counts, and what a backend that fails or hangs costs."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import keyring
import keyring.errors
import pytest
from keyring.backends import fail

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.keyring.common import NONINTERACTIVE, KeyringMissingError, KeyringTimeoutError
from requests_indexauth.sources.keyring.library import ask
from requests_indexauth.util.deadline import Deadline
from requests_indexauth.util.keyring_guard import VARIABLE, is_inside_keyring
from support.commands import environment
from support.keyrings import FakeBackend, left_behind

SERVICES = ["https://pkgs.example.com/team/simple/", "pkgs.example.com"]


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """Return the backend of the `keyring` library in this process."""
    made = FakeBackend()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


def look_up(username: str | None = None) -> Credentials | None:
    """Ask, with time enough."""
    return ask(SERVICES, username, Deadline(30.0))


class Panic(BaseException):
    """What a Rust extension raises is no `Exception`."""


class Nameless:
    """An entry that has no user name, like one of keyring's own."""

    password = "secret"

    @property
    def username(self) -> str:
        """Refuse to answer."""
        raise ValueError("secret")


@pytest.mark.parametrize("username", [None, "me", "oauth2accesstoken"])
def test_order(backend: FakeBackend, username: str | None) -> None:
    """Services are asked in order, and none after the one with an answer."""
    assert look_up(username) is None
    assert backend.asked == [(service, username) for service in SERVICES]
    backend.asked.clear()
    user = username or "anybody"
    backend.answer = lambda _service, _username: (user, "pw")
    assert look_up(username) == Credentials.basic(user, "pw")
    assert backend.asked == [(SERVICES[0], username)]


def test_second_service(backend: FakeBackend) -> None:
    """An entry for the host is found when there is none for the URL."""
    backend.answer = lambda service, _username: ("me", "pw") if service == SERVICES[1] else None
    assert look_up() == Credentials.basic("me", "pw")


def test_only_another_user(backend: FakeBackend) -> None:
    """Where no service has an entry for the given user, a vendor's answer with its own user is taken, as by pip."""
    backend.answer = lambda service, _username: ("you" if service == SERVICES[0] else "they", "pw")
    assert look_up("me") == Credentials.basic("you", "pw")
    assert len(backend.asked) == 2


def test_another_user(backend: FakeBackend) -> None:
    """An entry for another than the given user is no answer (the Windows backend gives one)."""
    backend.answer = lambda service, username: ("you" if service == SERVICES[0] else username, "pw")
    assert look_up("me") == Credentials.basic("me", "pw")
    assert len(backend.asked) == 2


@pytest.mark.parametrize(
    ("pair", "found"),
    [
        pytest.param(("me", ""), None, id="empty password"),
        pytest.param(("me", None), None, id="no password"),
        pytest.param((None, "pw"), Credentials.basic(None, "pw"), id="no user name"),
        pytest.param(("", "pw"), Credentials.basic(None, "pw"), id="empty user name"),
        pytest.param(("\u00e9", " p w "), Credentials.basic("\u00e9", " p w "), id="as it is"),
    ],
)
def test_pairs(backend: FakeBackend, pair: tuple[str, str], found: Credentials | None) -> None:
    """An entry without a password is none; one without a user name is sent with an empty one."""
    backend.answer = lambda _service, _username: pair
    assert look_up() == found


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        pytest.param(("me", b"secret"), "holds bytes instead of text", id="bytes"),
        pytest.param(("me", "sec\nret"), "cannot hold control characters", id="line break"),
        pytest.param(("sec:ret", "x"), "cannot hold a colon", id="colon in the user name"),
        pytest.param(Nameless(), "failed with ValueError", id="no user name"),
        pytest.param(SimpleNamespace(secret=1), "failed with AttributeError", id="no entry at all"),
    ],
)
def test_unusable_entry(backend: FakeBackend, answer: Any, message: str) -> None:
    """What cannot be sent is a failure that does not quote it."""
    backend.answer = lambda _service, _username: answer
    with pytest.raises(SourceError, match=f"^keyring: .*{message}") as caught:
        look_up()
    assert "sec" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (keyring.errors.KeyringLocked("secret"), "^keyring: the keyring is locked: unlock it and try again$"),
        (keyring.errors.InitError("secret"), "^keyring: the library failed with InitError$"),
        (RuntimeError("secret"), "^keyring: the library failed with RuntimeError$"),
        (SystemExit("secret"), "^keyring: the library failed with SystemExit$"),
        (Panic("secret"), "^keyring: the library failed with Panic$"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_backend_fails(backend: FakeBackend, error: BaseException, message: str) -> None:
    """Whatever a backend raises is one failure that tells its type; no further service is tried (a second prompt)."""

    def answer(_service: str, _username: str | None) -> None:
        raise error

    backend.answer = answer
    with pytest.raises(SourceError, match=message) as caught:
        look_up()
    assert caught.value.__context__ is None
    assert len(backend.asked) == 1


def test_no_backend(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend) -> None:
    """A library without a backend is of no use, whether it says so at once or only when asked."""

    def answer(_service: str, _username: str | None) -> None:
        raise keyring.errors.NoKeyringError

    backend.answer = answer
    with pytest.raises(KeyringMissingError, match="no backend"):
        look_up()
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]
    with pytest.raises(KeyringMissingError, match="no backend"):
        look_up()


def test_own_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """The backend this package registers, which is silent inside a look-up, is as good as none."""

    class Own(FakeBackend):
        """What the package registers."""

    Own.__module__ = "requests_indexauth.keyring_backend"
    monkeypatch.setattr(keyring.core, "_keyring_backend", Own())
    with pytest.raises(KeyringMissingError, match="no backend"):
        look_up()


@pytest.mark.parametrize("whole", [False, True], ids=["stub", "patched library"])
def test_only_get_credential_is_needed(monkeypatch: pytest.MonkeyPatch, whole: bool) -> None:  # noqa: FBT001
    """Whatever answers to that name is asked: a stub of the library, or one that says it has no backend."""
    asked = []

    def get_credential(service: str, username: str | None) -> SimpleNamespace:
        asked.append((service, username))
        return SimpleNamespace(username="me", password="pw")

    if whole:
        monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]
        monkeypatch.setattr(keyring, "get_credential", get_credential)
    else:
        monkeypatch.setitem(sys.modules, "keyring", SimpleNamespace(get_credential=get_credential))
    assert look_up() == Credentials.basic("me", "pw")
    assert len(asked) == 1


def test_a_stub_that_has_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a keyring without that entry, not one without a backend."""
    stub = SimpleNamespace(get_credential=lambda _service, _username: None)
    monkeypatch.setitem(sys.modules, "keyring", stub)
    assert look_up() is None


def test_children_know(backend: FakeBackend) -> None:
    """A process that a backend starts asks no keyring by this package; this one's other threads may."""
    answers = []

    def answer(_service: str, _username: str | None) -> None:
        code = "from requests_indexauth.util.keyring_guard import is_inside_keyring as inside; print(inside())"
        child = subprocess.run([sys.executable, "-c", code], env=environment(), check=True, capture_output=True)
        with ThreadPoolExecutor() as pool:
            answers.append((child.stdout.strip(), pool.submit(is_inside_keyring).result(), is_inside_keyring()))

    backend.answer = answer
    assert look_up() is None
    assert answers == [(b"True", False, True)] * 2
    assert not os.environ.get(VARIABLE)


def test_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the library is not installed the failure says how to get it."""
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(KeyringMissingError, match=r"cannot be imported \(ModuleNotFoundError\): install it"):
        look_up()


def test_broken_installation(monkeypatch: pytest.MonkeyPatch, workdir: Any) -> None:
    """An installation that cannot be imported is as good as none, whatever it raises."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "keyring"]:
        monkeypatch.delitem(sys.modules, name)
    (workdir / "keyring.py").write_text("raise SystemExit('secret')")
    monkeypatch.syspath_prepend(workdir)
    with pytest.raises(KeyringMissingError, match=r"cannot be imported \(SystemExit\)"):
        look_up()


class Passing(Deadline):
    """Time that is over as soon as an event is set."""

    def __init__(self, over: threading.Event) -> None:
        super().__init__(30.0)
        self.over = over

    def left(self) -> float:
        """Let the thread that waits for the other one wait for the event."""
        if threading.current_thread() is threading.main_thread():
            self.over.wait()
        return 0.0 if self.over.is_set() else 30.0


def test_hangs(backend: FakeBackend) -> None:
    """A backend that does not answer is left behind, and asks for no further service when it comes back."""
    asked, go_on = threading.Event(), threading.Event()

    def answer(_service: str, _username: str | None) -> None:
        asked.set()
        go_on.wait()

    backend.answer = answer
    with pytest.raises(KeyringTimeoutError, match=r"no answer within 30 seconds"):
        ask(SERVICES, "me", Passing(asked))
    threads = left_behind()
    assert threads
    assert all(thread.daemon for thread in threads)
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(backend.asked) == 1


def recording(backend: FakeBackend) -> list[str | None]:
    """Return what the backend sees of the variable, call by call."""
    seen: list[str | None] = []

    def answer(_service: str, _username: str | None) -> None:
        seen.append(os.environ.get(NONINTERACTIVE))

    backend.answer = answer
    return seen


def set_terminal(monkeypatch: pytest.MonkeyPatch, *, there: bool) -> None:
    """Have a terminal, or none."""
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(sys, name, SimpleNamespace(isatty=lambda: there, write=lambda _text: None))


def test_noninteractive(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend) -> None:
    """Without a terminal `artifacts-keyring` is told so for the time of the call, after a failure too."""
    set_terminal(monkeypatch, there=False)
    seen = recording(backend)
    look_up("me")
    assert seen == ["true"] * 2
    assert not os.environ.get(NONINTERACTIVE)

    def answer(_service: str, _username: str | None) -> None:
        raise RuntimeError

    backend.answer = answer
    with pytest.raises(SourceError):
        look_up("me")
    assert not os.environ.get(NONINTERACTIVE)


def test_noninteractive_left_alone(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend) -> None:
    """On a terminal the variable is not set, and one the user has set is not touched."""
    seen = recording(backend)
    set_terminal(monkeypatch, there=True)
    look_up("me")
    set_terminal(monkeypatch, there=False)
    monkeypatch.setenv(NONINTERACTIVE, "false")
    look_up("me")
    assert seen == [None, None, "false", "false"]
    assert os.environ[NONINTERACTIVE] == "false"


def test_noninteractive_shared(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend) -> None:
    """The variable stays until the last of several look-ups at once is over."""
    set_terminal(monkeypatch, there=False)
    both, first_over = threading.Barrier(2), threading.Event()
    seen: list[str | None] = []

    def answer(_service: str, username: str | None) -> tuple[str, str]:
        both.wait()
        if username == "late":
            first_over.wait()
            seen.append(os.environ.get(NONINTERACTIVE))
        return (username or "", "pw")

    backend.answer = answer
    late = threading.Thread(target=look_up, args=("late",))
    late.start()
    look_up("early")
    first_over.set()
    late.join()
    assert seen == ["true"]
    assert not os.environ.get(NONINTERACTIVE)


@pytest.mark.parametrize("stream", [None, SimpleNamespace()], ids=["no console", "no terminal"])
def test_no_streams(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend, stream: Any) -> None:
    """A program without standard streams has no terminal."""
    seen = recording(backend)
    monkeypatch.setattr(sys, "stdin", stream)
    look_up("me")
    assert seen == ["true"] * 2


def test_closed_stream(monkeypatch: pytest.MonkeyPatch, backend: FakeBackend) -> None:
    """A closed standard input is no terminal."""
    seen = recording(backend)
    closed = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - closed on the next line
    closed.close()
    monkeypatch.setattr(sys, "stdin", closed)
    look_up("me")
    assert seen == ["true"] * 2
