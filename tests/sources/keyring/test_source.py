"""The keyring source whatever the provider: when it is asked, for which services, and what a failure costs."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

import keyring
import pytest
from keyring.backends import fail

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.keyring.source import KeyringSource, services_of
from requests_indexauth.util import keyring_guard
from requests_indexauth.util.deadline import Deadline
from support.forking import in_forked_child
from support.keyrings import FakeBackend, FakeCommand, left_behind
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://pkgs.example.com/team/simple/thing/"
AUTO = Index("https://pkgs.example.com/team/simple/")
ALWAYS = Index("https://pkgs.example.com/team/simple/", authenticate="always")
ENTRY = Answer(Credentials.basic("me", "pw"))


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommand:
    """Return a `keyring` command, the only one on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return FakeCommand(tmp_path)


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> FakeBackend:
    """Return the backend of the `keyring` library in this process."""
    made = FakeBackend()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


def source(provider: str, seconds: float = 30.0) -> KeyringSource:
    """Return a source that must not warn."""
    return KeyringSource(pytest.fail, lambda: provider, seconds)


@pytest.mark.parametrize(
    ("provider", "asked", "reason"),
    [
        pytest.param(
            "disabled", query(PAGE, index=ALWAYS, username="me"), "the keyring provider is disabled", id="off"
        ),
        pytest.param("subprocess", query(PAGE, username="me"), None, id="given user name, no index"),
        pytest.param("subprocess", query(PAGE, index=AUTO, username="me"), None, id="given user name"),
        pytest.param("subprocess", query(PAGE, index=AUTO), "without a user name", id="auto, before a 401"),
        pytest.param("subprocess", query(PAGE, index=AUTO, challenged=True), None, id="auto, after a 401"),
        pytest.param("subprocess", query(PAGE, index=AUTO)._replace(has_body=True), None, id="before a body"),
        pytest.param("import", query(PAGE)._replace(has_body=True), "without a user name", id="a body, and no index"),
        pytest.param("subprocess", query(PAGE, index=ALWAYS), None, id="always"),
        pytest.param("subprocess", query(PAGE, challenged=True), "without a user name", id="a 401 from no index"),
        pytest.param("import", query(PAGE, challenged=True), None, id="import: any 401"),
        pytest.param("keyring", query(PAGE, challenged=True), None, id="the word keyring means import"),
        pytest.param("auto", query(PAGE, challenged=True), None, id="pip's auto: any 401"),
        pytest.param("import", query(PAGE), "without a user name", id="import: not before a 401"),
        pytest.param("import", query(PAGE, username="m:e"), "no server can be sent", id="a colon in it, as in uv"),
        pytest.param(
            "import", query("http://pkgs.example.com/x", username="me"), "plain http to a host", id="plain http"
        ),
        pytest.param("import", query("http://127.0.0.1/x", username="me"), None, id="plain http to this machine"),
    ],
)
def test_when(provider: str, asked: Query, reason: str | None) -> None:
    """The keyring is asked for a given user name, under `always`, and after a 401; never over plain http."""
    skipped = source(provider).skipped(asked)
    assert skipped is None if reason is None else (skipped or "").startswith(reason)


def test_skipped_is_not_asked(command: FakeCommand) -> None:
    """What the source says it skips it does not ask even when told to."""
    assert source("subprocess").find(query("http://pkgs.example.com/x", username="me")) is None
    assert command.calls == []


def test_unknown_provider() -> None:
    """An unknown word is one warning, and switches the keyring off."""
    warnings: list[str] = []
    made = KeyringSource(warnings.append, lambda: "sybprocess")
    for _ in range(2):
        assert made.skipped(query(PAGE, username="me")) == "the keyring provider is disabled"
    assert warnings == [
        "keyring: no such provider: 'sybprocess' (there are disabled, subprocess, import, auto, keyring)"
    ]


def test_provider_read_late() -> None:
    """What the provider is gets asked for once, and not before it is needed."""
    calls: list[None] = []

    def provider() -> str:
        calls.append(None)
        return "disabled"

    made = KeyringSource(pytest.fail, provider)
    assert calls == []
    for _ in range(2):
        made.skipped(query(PAGE))
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("asked", "services"),
    [
        pytest.param(
            query(PAGE, index=AUTO),
            ["https://pkgs.example.com/team/simple/", "pkgs.example.com"],
            id="an index, with its trailing slash",
        ),
        pytest.param(
            query(PAGE, index=Index("https://u:p@PKGS.example.com:443/team/simple")),
            ["https://PKGS.example.com:443/team/simple", "pkgs.example.com"],
            id="an index, as it was configured",
        ),
        pytest.param(query(PAGE), [PAGE, "pkgs.example.com"], id="no index"),
        pytest.param(
            query("https://h.example:8443/f.whl?key=secret#sha256=0"),
            ["https://h.example:8443/f.whl", "h.example:8443"],
            id="no index: without the query",
        ),
        pytest.param(
            query(PAGE, index=Index("https://pkgs.example.com/team/simple/?token=secret")),
            ["https://pkgs.example.com/team/simple/", "pkgs.example.com"],
            id="an index: without the query",
        ),
        pytest.param(
            query("http://127.0.0.1:8080/a/f.whl"),
            ["http://127.0.0.1:8080/a/f.whl", "127.0.0.1:8080", "http://127.0.0.1:8080"],
            id="http",
        ),
        pytest.param(query("http://localhost"), ["http://localhost", "localhost"], id="http, no path: nothing twice"),
        pytest.param(query("https://[::1]:8443/f"), ["https://[::1]:8443/f", "[::1]:8443"], id="IPv6"),
        pytest.param(query("https://-x.example/f"), ["https://-x.example/f"], id="a host that looks like an option"),
    ],
)
def test_services(asked: Query, services: list[str]) -> None:
    """Entries are looked for under the URL, the host, and for http the scheme and host."""
    assert services_of(asked) == services


@pytest.mark.parametrize("provider", ["import", "keyring", "auto"])
def test_library(backend: FakeBackend, provider: str) -> None:
    """The library's entry is the answer, for the whole host."""
    backend.answer = lambda _service, _username: ("me", "pw")
    assert source(provider).find(query(PAGE, index=AUTO, username="me")) == ENTRY


def test_command(command: FakeCommand) -> None:
    """The command's entry is the answer, for the whole host."""
    command.knows({(AUTO.url, "me"): "pw"})
    assert source("subprocess").find(query(PAGE, index=AUTO, username="me")) == ENTRY


def test_nothing_there(command: FakeCommand) -> None:
    """Nothing under any service is no answer, and no failure."""
    assert source("subprocess").find(query(PAGE, index=AUTO, username="me")) is None
    assert len(command.calls) == 2


@pytest.mark.parametrize("configured", [AUTO.url, AUTO.url.rstrip("/")], ids=["configured with", "configured without"])
@pytest.mark.parametrize("stored", [AUTO.url, AUTO.url.rstrip("/")], ids=["stored with", "stored without"])
def test_a_last_slash_does_not_matter_to_the_library(backend: FakeBackend, stored: str, configured: str) -> None:
    """pip looks for an index with its last slash, and uv as it is configured: either entry is found."""
    backend.answer = lambda service, username: (username or "me", "pw") if service == stored else None
    assert source("import").find(query(PAGE, index=Index(configured), username="me")) == ENTRY


def test_a_vendors_backend_is_asked_once_for_an_index(backend: FakeBackend) -> None:
    """Each question may be a request to the vendor's service; the answer is for a user of its own."""
    backend.answer = lambda service, _username: ("VssSessionToken", "pw") if service.startswith("https://") else None
    found = source("import").find(query(PAGE, index=AUTO, username="dummy"))
    assert found == Answer(Credentials.basic("VssSessionToken", "pw"))
    assert backend.asked == [(AUTO.url, "dummy"), ("pkgs.example.com", "dummy")]


def test_asked_again(command: FakeCommand) -> None:
    """Nothing is kept: after a refresh, and without one, the keyring says what it has now."""
    made = source("subprocess")
    asked = query(PAGE, index=AUTO, username="me")
    for password in ("old", "new"):
        command.knows({(AUTO.url, "me"): password})
        assert made.find(asked) == Answer(Credentials.basic("me", password))
        made.refresh()


@pytest.fixture
def no_backend(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the library without a backend."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", fail.Keyring())  # type: ignore[no-untyped-call]


@pytest.mark.usefixtures("no_backend")
def test_auto_falls_back(command: FakeCommand) -> None:
    """pip's `auto` asks the command where the library has no backend."""
    command.knows({(AUTO.url, "me"): "pw"})
    assert source("auto").find(query(PAGE, index=AUTO, challenged=True)) == ENTRY


@pytest.mark.usefixtures("no_backend")
def test_auto_without_index(command: FakeCommand) -> None:
    """Falling back, the command is not asked what only the library is: a 401 from no index."""
    assert source("auto").find(query(PAGE, challenged=True)) is None
    assert command.calls == []


@pytest.mark.usefixtures("no_backend")
def test_auto_without_any(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `auto` and no keyring of either kind nobody is warned: it is pip's default. `explain` still says it."""
    monkeypatch.setenv("PATH", "")
    made = source("auto")
    asked = query(PAGE, index=AUTO, username="me")
    assert made.find(asked) is None
    assert "no backend" in (made.skipped(asked) or "")


@pytest.mark.usefixtures("no_backend")
def test_auto_warns_of_no_command_without_a_backend(command: FakeCommand) -> None:
    """The `keyring` library brings the command along, so it is there where no keyring is."""
    command.does(
        "sys.stderr.write('Traceback (most recent call last):\\nkeyring.errors.NoKeyringError: no backend'); say('', 1)"
    )
    made = source("auto")
    asked = query(PAGE, index=AUTO, username="me")
    assert [made.find(asked), made.find(asked)] == [None, None]
    assert len(command.calls) == 1
    assert "no backend" in (made.skipped(asked) or "")


def test_auto_does_not_fall_back_for_a_miss(backend: FakeBackend, command: FakeCommand) -> None:
    """A library that works and has nothing is the answer: the command would ask the same keyring again."""
    assert source("auto").find(query(PAGE, index=AUTO, username="me")) is None
    assert [service for service, _ in backend.asked] == [AUTO.url, AUTO.url.rstrip("/"), "pkgs.example.com"]
    assert command.calls == []


@pytest.mark.parametrize(
    ("provider", "remedy"),
    [
        ("subprocess", "keyring: no keyring command on PATH: install one .pipx install keyring., or"),
        ("import", "keyring: the keyring library has no backend: install one for this system, or"),
    ],
)
@pytest.mark.usefixtures("no_backend")
def test_missing(monkeypatch: pytest.MonkeyPatch, provider: str, remedy: str) -> None:
    """A provider that is configured but missing is one failure with the remedy, and skipped from then on."""
    monkeypatch.setenv("PATH", "")
    made = source(provider)
    asked = query(PAGE, username="me")
    with pytest.raises(SourceError, match=remedy):
        made.find(asked)
    made.refresh()
    assert made.skipped(asked) is not None
    assert made.find(asked) is None


def wait_for(event: threading.Event, started: list[str] | None = None) -> Any:
    """Return an answer that comes only once the event is set."""

    def answer(service: str, _username: str | None) -> None:
        if started is not None:
            started.append(service)
        event.wait()

    return answer


def test_time_out(backend: FakeBackend) -> None:
    """Too long a look-up is one failure; the source is then done for the session, a refresh included."""
    event = threading.Event()
    backend.answer = wait_for(event)
    made = source("import", 0.05)
    asked = query(PAGE, username="me")
    with pytest.raises(SourceError, match=r"keyring: no answer within 0\.05 seconds"):
        made.find(asked)
    event.set()
    for thread in left_behind():
        thread.join()
    made.refresh()
    assert made.skipped(asked) == "no answer within 0.05 seconds: it is not asked again in this session"
    assert made.find(asked) is None
    assert len(backend.asked) <= 1  # none where the machine was so busy that the time was over before


def test_time_out_of_several(backend: FakeBackend) -> None:
    """However many scopes wait for a mute keyring, there is one failure."""
    event = threading.Event()
    started: list[str] = []
    backend.answer = wait_for(event, started)
    made = source("import", 0.5)
    failures: list[Exception] = []
    together = threading.Barrier(4)

    def ask(number: int) -> None:
        together.wait()
        try:
            assert made.find(query(f"https://h{number}.example/", username="me")) is None
        except SourceError as error:
            failures.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    event.set()
    for thread in left_behind():
        thread.join()
    assert len(failures) == 1


def test_one_budget(monkeypatch: pytest.MonkeyPatch, command: FakeCommand) -> None:
    """All services share one stretch of time: the second gets what the first has left over."""
    clock = iter([0.0, *[0.0] * 8, *[30.0] * 100])
    monkeypatch.setattr("requests_indexauth.util.deadline.monotonic", lambda: next(clock))
    command.does("say('', 1)")
    with pytest.raises(SourceError, match="keyring: no answer within 30 seconds"):
        source("subprocess").find(query("http://localhost/a", username="me"))
    assert len(command.calls) < 3


def test_too_old(command: FakeCommand) -> None:
    """A command without `--mode` is one failure that says what to do; with a user name it is still asked."""
    command.does("say('', 2 if '--mode' in sys.argv else 1)")
    made = source("subprocess")
    with pytest.raises(SourceError, match=r"upgrade it to 25\.2\.1 or newer, or put the user name in the index's URL"):
        made.find(query(PAGE, index=ALWAYS))
    assert "upgrade" in (made.skipped(query(PAGE, index=ALWAYS)) or "")
    assert made.find(query(PAGE, index=ALWAYS)) is None
    assert len(command.calls) == 1
    assert made.find(query(PAGE, index=ALWAYS, username="me")) is None
    assert len(command.calls) == 3


def test_told_by_another_thread(monkeypatch: pytest.MonkeyPatch, command: FakeCommand) -> None:
    """Who learns that the command is too old while another thread tells so keeps silent."""
    command.does("say('', 2)")
    made = source("subprocess")
    with pytest.raises(SourceError):
        made.find(query(PAGE, index=ALWAYS))
    monkeypatch.setattr(made, "skipped", lambda _query: None)  # as if it had looked a moment before
    assert made.find(query(PAGE, index=ALWAYS)) is None


def test_reentry(backend: FakeBackend, command: FakeCommand, monkeypatch: pytest.MonkeyPatch) -> None:
    """From within a look-up, in the same thread or a child process, no keyring is asked again."""
    inner: list[object] = []

    def answer(_service: str, _username: str | None) -> None:
        inner.extend((keyring_guard.is_inside_keyring(), source("subprocess").skipped(query(PAGE, username="me"))))

    backend.answer = answer
    assert not keyring_guard.is_inside_keyring()
    source("import").find(query(PAGE, username="me"))
    assert inner[:2] == [True, "this is already inside a keyring look-up"]
    assert not keyring_guard.is_inside_keyring()

    source("subprocess").find(query(PAGE, username="me"))
    marked = {call.env.get(keyring_guard.VARIABLE) for call in command.calls}
    assert marked == {str(os.getpid())}
    monkeypatch.setenv(keyring_guard.VARIABLE, str(os.getpid()))
    assert not keyring_guard.is_inside_keyring()
    monkeypatch.setenv(keyring_guard.VARIABLE, str(os.getppid()))
    assert keyring_guard.is_inside_keyring()
    assert source("import").skipped(query(PAGE, username="me")) == "this is already inside a keyring look-up"


def test_reentry_mark_nests() -> None:
    """The mark is gone only when the outermost look-up is over, also after a failure."""
    with keyring_guard.inside_keyring():
        with pytest.raises(KeyError), keyring_guard.inside_keyring():
            raise KeyError
        assert keyring_guard.is_inside_keyring()
    assert not keyring_guard.is_inside_keyring()


def test_deadline_never_negative(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that is over is 0 seconds: waiting for fewer would be waiting for ever."""
    clock = iter([0.0, 31.0])
    monkeypatch.setattr("requests_indexauth.util.deadline.monotonic", lambda: next(clock))
    assert Deadline(30.0).left() == 0.0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_the_configuration_is_read_goes_on(backend: FakeBackend) -> None:
    """The thread that reads which provider is configured, and holds the lock for it, is not there."""
    reading, over = threading.Event(), threading.Event()

    def provider() -> str:
        if not reading.is_set():
            reading.set()
            assert over.wait(60)
        return "import"

    one = KeyringSource(pytest.fail, provider)
    backend.answer = lambda _service, _username: ("me", "pw")
    thread = threading.Thread(target=one.skipped, args=(query(PAGE, challenged=True),))
    thread.start()
    assert reading.wait(60)
    try:
        assert in_forked_child(lambda: one.find(query(PAGE, challenged=True)) == ENTRY)
    finally:
        over.set()
        thread.join()


def test_an_interrupted_look_up_is_no_answer(backend: FakeBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the library is asked: the variable is taken back, and the next question has its answer."""
    one = source("import")
    backend.answer = lambda _service, _username: ("me", "pw")
    real = threading.Thread.join

    def join(thread: threading.Thread, timeout: float | None = None) -> None:
        real(thread, timeout)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "join", join)
        with pytest.raises(KeyboardInterrupt):
            one.find(query(PAGE, challenged=True))
    assert not os.environ.get(keyring_guard.VARIABLE)
    assert not keyring_guard.is_inside_keyring()
    assert one.find(query(PAGE, challenged=True)) == ENTRY
