"""The keyring as a place to keep credentials: under which names, what is listed, and what is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import keyring
import keyring.errors
import pytest
from keyring.backends import fail, null
from keyring.credentials import SimpleCredential

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.keyring.source import KeyringSource
from requests_indexauth.sources.keyring.store import LONGEST, REGISTER, KeyringStore
from support.keyrings import FakeCommand, KeepingBackend
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

TEAM = "https://h/team"
OURS = Credentials.basic("me", "pw")


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> KeepingBackend:
    """Return the backend of the `keyring` library in this process, which keeps what it is given."""
    made = KeepingBackend()
    monkeypatch.setattr(keyring.core, "_keyring_backend", made)
    return made


@pytest.fixture
def store() -> KeyringStore:
    """Return a store that must not warn."""
    return KeyringStore("keyring", warn=pytest.fail)


@pytest.mark.parametrize(
    ("service", "listed", "names"),
    [
        pytest.param(f"{TEAM}/simple/", TEAM, [f"{TEAM}{end}" for end in ("", "/", "/simple", "/simple/")], id="path"),
        pytest.param(
            f"{TEAM}/+simple/",
            TEAM,
            [f"{TEAM}{end}" for end in ("", "/", "/+simple", "/+simple/", "/simple", "/simple/")],
            id="devpi",
        ),
        pytest.param(
            "h.example", "https://h.example/", ["h.example", "https://h.example", "https://h.example/"], id="host"
        ),
        pytest.param(
            "http://[::1]:8080/simple",
            "http://[::1]:8080/",
            ["http://[::1]:8080", "[::1]:8080", "http://[::1]:8080/"],
            id="plain http",
        ),
    ],
)
def test_names(backend: KeepingBackend, store: KeyringStore, service: str, listed: str, names: list[str]) -> None:
    """Under each that pip, uv, twine or a session looks for; all of them go with a logout, and the list, too."""
    store.set(service, OURS)
    assert sorted(key for key in backend.kept if key != REGISTER) == sorted((name, "me") for name in names)
    assert set(backend.kept.values()) == {"pw", backend.kept[REGISTER]}
    assert "pw" not in backend.kept[REGISTER]
    assert store.services() == [(listed, "me")]
    assert store.remove(service) == 1
    assert backend.kept == {}


@pytest.mark.parametrize("provider", ["subprocess", "import"])
@pytest.mark.parametrize("configured", [f"{TEAM}/simple", f"{TEAM}/simple/", TEAM, f"{TEAM}/"])
def test_a_session_finds_it(
    backend: KeepingBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str, configured: str
) -> None:
    """However the index is configured, by either provider, and at the first question."""
    monkeypatch.setenv("PATH", str(tmp_path))
    command = FakeCommand(tmp_path)
    command.keeps()
    KeyringStore("subprocess" if provider == "subprocess" else "keyring").set(f"{TEAM}/simple/", OURS)
    before = len(command.calls)
    asked = query(f"{TEAM}/simple/thing/", index=Index(configured), username="me")
    found = KeyringSource(pytest.fail, lambda: provider).find(asked)
    assert found is not None
    assert found.credentials == OURS
    assert len(command.calls) - before == (1 if provider == "subprocess" else 0)
    assert bool(backend.kept) is (provider == "import")


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret goes to its standard input, and never onto its command line."""
    monkeypatch.setenv("PATH", str(tmp_path))
    command = FakeCommand(tmp_path)
    command.keeps()
    store = KeyringStore("subprocess", warn=pytest.fail)
    store.set(TEAM, Credentials.basic("-me", "hunter2"))
    store.set("other.example", Credentials.basic("you", "p\u00e4 w"))
    assert store.get(f"{TEAM}/simple/x", "-me") == Credentials.basic("-me", "hunter2")
    assert store.get("https://other.example/x") == Credentials.basic("you", "p\u00e4 w")
    assert store.services() == [("https://h/team", "-me"), ("https://other.example/", "you")]
    assert store.clear() == 2
    assert command.entries() == {}
    assert "hunter2" not in str(command.argvs)


@pytest.mark.usefixtures("backend")
def test_the_most_specific_counts(store: KeyringStore) -> None:
    """By the longest path, and below it; of two users none is chosen."""
    store.set("https://h", OURS)
    store.set(TEAM, Credentials.basic("team", "t"))
    store.set(f"{TEAM}/b", Credentials.basic("b", "b"))
    assert [entry.user for entry in store.find("https://h/x")] == ["me"]
    assert [entry.user for entry in store.find("https://h/teams")] == ["me"]
    assert [entry.user for entry in store.find(f"{TEAM}/simple/x?q=1")] == ["team"]
    assert [entry.user for entry in store.find(f"{TEAM}/b/simple/")] == ["b"]
    assert [entry.user for entry in store.find(f"{TEAM}/b", "me")] == ["me"]
    store.set(TEAM, Credentials.basic("you", "y"))
    assert [entry.user for entry in store.find(TEAM)] == ["team", "you"]
    assert store.find("https://other/") == store.find("ftp://h/") == store.find("crop") == []


def test_what_others_have_put_there(store: KeyringStore, backend: KeepingBackend) -> None:
    """It is found, replaced and removed, but a keyring cannot list it."""
    backend.kept[f"{TEAM}/", "me"] = "theirs"
    assert store.get(TEAM, "me") == Credentials.basic("me", "theirs")
    assert store.services() == []
    assert store.remove(TEAM, "me") == 1
    assert backend.kept == {}
    assert store.remove(TEAM, "me") == store.remove(TEAM) == store.clear() == 0


def test_a_user_the_keyring_tells_of(store: KeyringStore, backend: KeepingBackend) -> None:
    """Some backends answer without a user name."""
    backend.kept[TEAM, "me"] = "theirs"
    backend.tells_users = True
    assert store.get(f"{TEAM}/x") == Credentials.basic("me", "theirs")
    assert store.remove(TEAM) == 1
    assert backend.kept == {}


def test_another_users_entry_is_none(store: KeyringStore, backend: KeepingBackend) -> None:
    """The Windows backend, and those of vendors, answer for somebody else."""
    backend.get_credential = lambda *_: SimpleCredential("you", "pw")  # type: ignore[method-assign]
    assert store.find(TEAM, "me") == []


def test_a_new_password_takes_the_place_of_the_old_one(store: KeyringStore, backend: KeepingBackend) -> None:
    """Under every name."""
    store.set(TEAM, OURS)
    store.set(f"{TEAM}/simple", Credentials.basic("me", "new"))
    assert {value for key, value in backend.kept.items() if key != REGISTER} == {"new"}
    assert store.services() == [(TEAM, "me")]


@pytest.mark.parametrize(
    "credentials",
    [
        pytest.param(Credentials.bearer("t"), id="bearer"),
        pytest.param(Credentials.basic("me", None), id="no password"),
        pytest.param(Credentials.basic(None, "pw"), id="no user name"),
        pytest.param(Credentials.basic("me", "p" * (LONGEST + 1)), id="too long"),
    ],
)
def test_what_a_keyring_does_not_take(store: KeyringStore, backend: KeepingBackend, credentials: Credentials) -> None:
    """A keyring has a user name and a password."""
    with pytest.raises(StoreError, match="a keyring takes a user name with a password"):
        store.set(TEAM, credentials)
    assert backend.kept == {}


def test_a_failure_leaves_nothing(store: KeyringStore, backend: KeepingBackend) -> None:
    """Half of the names would be found by half of the programs."""
    backend.fails_at = f"{TEAM}/simple"
    with pytest.raises(StoreError, match="keyring: the library failed with PasswordSetError") as caught:
        store.set(TEAM, Credentials.basic("me", "hunter2"))
    assert "hunter2" not in str(caught.value)
    assert backend.kept == {}


@pytest.mark.parametrize("fails_at", [f"{TEAM}{end}" for end in ("", "/", "/simple", "/simple/")])
def test_a_failure_to_replace_a_password_leaves_the_old_one(
    store: KeyringStore, backend: KeepingBackend, fails_at: str
) -> None:
    """A token that is too long for the keyring, say, does not cost the login that there was."""
    store.set(TEAM, OURS)
    backend.kept[f"{TEAM}/", "me"] = "kept by another program"
    before = dict(backend.kept)
    backend.fails_at = fails_at
    with pytest.raises(StoreError, match="keyring: the library failed with PasswordSetError"):
        store.set(TEAM, Credentials.basic("me", "hunter2"))
    assert backend.kept == before


def test_what_cannot_be_listed_is_kept(backend: KeepingBackend) -> None:
    """Windows takes short entries only; the credential itself counts."""
    warnings: list[str] = []
    store = KeyringStore("keyring", warn=warnings.append)
    backend.fails_at = REGISTER[0]
    store.set(TEAM, OURS)
    assert warnings == ["keyring: https://h/team cannot be listed, and is forgotten only by its name and user"]
    assert store.get(TEAM, "me") == OURS


@pytest.mark.parametrize(
    "text",
    ["x", "1", "[1]", '[["crop", "u"]]', '[["a"]]', "{}x", '[[1, "u"]]', pytest.param("[" * 100_000, id="nested")],
)
def test_a_damaged_list_is_told_of_once(backend: KeepingBackend, text: str) -> None:
    """The credentials are still there."""
    warnings: list[str] = []
    store = KeyringStore("keyring", warn=warnings.append)
    store.set(TEAM, OURS)
    backend.kept[REGISTER] = text
    assert store.entries() == store.entries() == []
    assert warnings == ["keyring: the entry 'requests-indexauth' is damaged: some of what is kept cannot be listed"]
    assert store.get(TEAM, "me") == OURS


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (fail.Keyring, "keyring: the keyring library has no backend"),
        (null.Keyring, "keyring: the backend has kept nothing"),
    ],
)
def test_a_keyring_that_keeps_nothing(
    store: KeyringStore, monkeypatch: pytest.MonkeyPatch, made: Any, said: str
) -> None:
    """Nobody is to believe that a credential is kept that is not."""
    monkeypatch.setattr(keyring.core, "_keyring_backend", made())
    with pytest.raises(StoreError, match=said):
        store.set(TEAM, OURS)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("say('', 0 if sys.argv[1] == 'set' else 1)", "the command has kept nothing"),
        ("say('', 1)", "the command has kept nothing"),
        ("say('', 3)", "failed with exit code 3"),
    ],
)
def test_a_command_that_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, said: str) -> None:
    """The same by the command."""
    monkeypatch.setenv("PATH", str(tmp_path))
    FakeCommand(tmp_path).does(body)
    with pytest.raises(StoreError, match=said):
        KeyringStore("subprocess").set(TEAM, OURS)


def test_a_command_that_deletes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`logout` does not say that it is gone."""
    monkeypatch.setenv("PATH", str(tmp_path))
    FakeCommand(tmp_path).does("say('pw' if sys.argv[1] == 'get' else '', 0 if sys.argv[1] == 'get' else 1)")
    with pytest.raises(StoreError, match="the command has deleted nothing"):
        KeyringStore("subprocess").remove(TEAM, "me")


def test_no_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """One line with the remedy."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(StoreError, match="keyring: no keyring command on PATH: install one"):
        KeyringStore("subprocess").entries()


def test_an_old_command_needs_the_user_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `--mode` it cannot look up otherwise; a login is possible all the same."""
    monkeypatch.setenv("PATH", str(tmp_path))
    FakeCommand(tmp_path).does("say('', 2 if '--mode' in sys.argv else 1)")
    assert KeyringStore("subprocess").find(TEAM) == []


def test_a_place_for_the_lock_that_cannot_be_made(
    backend: KeepingBackend, store: KeyringStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One line that names it."""
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("UV_CREDENTIALS_DIR", str(tmp_path / "file" / "folder"))
    with pytest.raises(StoreError, match="file"):
        store.set(TEAM, OURS)
    assert backend.kept == {}


def test_the_list_is_left_alone_by_a_logout_that_could_not_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal nothing tells a keyring that was not unlocked from an empty one."""
    command = FakeCommand(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    command.keeps()
    store = KeyringStore("subprocess")
    store.set(TEAM, OURS)
    store.set("https://h.example/", OURS)
    kept = command.entries()[REGISTER]
    with monkeypatch.context() as patched:
        patched.setattr(store, "_register", lambda _deadline: frozenset())
        assert store.remove(TEAM, "me") == 1
        assert store.clear() == 0
    assert command.entries()[REGISTER] == kept


@pytest.mark.parametrize(
    "damage",
    ['[1, "x"]', '["ftp://h/x", "me"]', '["https://h/x", null]', "null", '["https://h/x"]', '[["https://h/x"], "me"]'],
)
def test_a_damaged_element_of_the_list_spoils_no_other(backend: KeepingBackend, damage: str) -> None:
    """It is one warning; the others are listed, also after the next login."""
    warnings: list[str] = []
    store = KeyringStore("keyring", warn=warnings.append)
    store.set(TEAM, OURS)
    backend.kept[REGISTER] = f"{backend.kept[REGISTER][:-1]}, {damage}]"
    assert store.services() == [(TEAM, "me")]
    store.set("https://h/other", OURS)
    assert store.services() == [("https://h/other", "me"), (TEAM, "me")]
    assert warnings == ["keyring: the entry 'requests-indexauth' is damaged: some of what is kept cannot be listed"]
