"""The native store, without the system's: names, limits, and what a session keeps of it."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any, Callable

import pytest
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential
from keyring.errors import PasswordDeleteError

from requests_indexauth.core.authenticator import Authenticator
from requests_indexauth.errors import SourceError, StoreError
from requests_indexauth.models.credentials import Credentials, Secret
from requests_indexauth.models.url import parse_url
from requests_indexauth.sources import native
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.native import NativeSource
from requests_indexauth.store.native import system
from requests_indexauth.store.native.macos import Keychain
from requests_indexauth.store.native.native_store import NativeStore, is_enabled, services_for, stored_name
from requests_indexauth.store.native.secret_service import SecretService
from requests_indexauth.store.native.vault import Item, MuteError, Vault
from requests_indexauth.store.native.windows import CredentialManager, enumerate_windows
from support.forking import in_forked_child
from support.queries import query

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "https://h.example"
CANARY = "Canary-4711"


class Library(KeyringBackend):
    """A backend of the `keyring` library that keeps its entries in memory, like the system's ones."""

    priority = -1  # no test gets it that has not asked for it

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        users = [user for name, user in self.kept if name == service and username in (None, user)]
        return SimpleCredential(users[0], self.kept[service, users[0]]) if users else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError

    def enumerate(self) -> list[dict[str, Any]]:
        """Return the entries as Windows does, where the service is the name of the whole entry."""
        return [{"TargetName": name, "UserName": user} for name, user in self.kept]


@pytest.fixture
def library() -> Library:
    """Return an empty backend."""
    return Library()


@pytest.fixture
def put_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Vault], None]:
    """Return a function that puts a vault in the place of the system's, and turn the feature on."""
    monkeypatch.setenv("UV_PREVIEW_FEATURES", "native-auth")

    def put(vault: Vault) -> None:
        @contextmanager
        def opened() -> Iterator[Vault]:
            yield vault

        monkeypatch.setattr(system, "_open", opened)

    return put


@pytest.fixture
def windows(library: Library, put_in: Callable[[Vault], None]) -> NativeStore:
    """Return a store in the credential manager of Windows, as far as it can be had elsewhere."""
    put_in(CredentialManager(library, library.enumerate))
    return NativeStore(warn=pytest.fail)


@pytest.fixture
def mac(library: Library, put_in: Callable[[Vault], None]) -> NativeStore:
    """Return a store in the keychain of macOS, as far as it can be had elsewhere."""
    put_in(Keychain(library))
    return NativeStore(warn=pytest.fail)


@pytest.mark.parametrize(
    ("features", "preview", "expected"),
    [
        ("native-auth", None, True),
        ("pylock, native-auth ,x", None, True),
        ("native-auth", "0", True),
        (None, "1", True),
        (None, "True", True),
        (None, "0", False),
        ("NATIVE-AUTH", None, False),
        ("native", None, False),
        (None, None, False),
    ],
)
def test_feature(monkeypatch: pytest.MonkeyPatch, features: str | None, preview: str | None, *, expected: bool) -> None:
    """The feature is on when it is in uv's list of features, or when uv is told to have all of them on."""
    for name, value in (("UV_PREVIEW_FEATURES", features), ("UV_PREVIEW", preview)):
        if value is not None:
            monkeypatch.setenv(name, value)
    assert is_enabled() is expected


@pytest.mark.parametrize(
    ("url", "names"),
    [
        ("https://h.example", ["uv:h.example"]),
        ("https://h.example:443/", ["uv:h.example"]),
        ("https://h.example:8443/a", ["uv:https://h.example:8443/a", "uv:h.example:8443"]),
        ("http://localhost:80/a", ["uv:http://localhost/a", "uv:http://localhost"]),
        ("https://[::1]:8/", ["uv:[::1]:8"]),
        ("https://H.example/a/b/?q#f", ["uv:https://h.example/a/b", "uv:https://h.example/a", "uv:h.example"]),
        ("https://h.example/x/../b", ["uv:https://h.example/b", "uv:h.example"]),
        ("https://h.example/x/%2e%2e/b", ["uv:https://h.example/b", "uv:h.example"]),
        ("https://h.example/%7eme", ["uv:https://h.example/%7eme", "uv:https://h.example/~me", "uv:h.example"]),
    ],
)
def test_names_for_a_url(url: str, names: list[str]) -> None:
    """A URL's credential may be under each of its path's prefixes, and under its host, as uv calls that."""
    parsed = parse_url(url)
    assert services_for(parsed.realm, parsed.path, parsed.clean) == names


def test_names_are_few() -> None:
    """A URL with thousands of segments costs no thousands of questions."""
    parsed = parse_url(HOST + "/a" * 5000)
    assert len(services_for(parsed.realm, parsed.path, parsed.clean)) == 33


def test_the_store_is_not_asked_for_names_without_a_login() -> None:
    """A stranger's redirect can make a path of any length, and what was asked for is kept."""
    parsed = parse_url(f"https://h/team/{'x' * 10**5}/a")
    assert services_for(parsed.realm, parsed.path, parsed.clean) == ["uv:https://h/team", "uv:h"]


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("h.example", "uv:h.example"),
        ("https://H.example:443/simple/", "uv:h.example"),
        ("https://h.example:8443", "uv:h.example:8443"),
        ("http://localhost:8080/", "uv:http://localhost:8080"),
        ("https://h.example/team/simple/", "uv:https://h.example/team"),
        ("https://me@h.example/te%7eam/", "uv:https://h.example/te%7eam"),
        ("pypi", "uv:https://upload.pypi.org/legacy"),
    ],
)
def test_stored_name(service: str, name: str) -> None:
    """A login is stored under the name that uv looks for."""
    assert stored_name(service) == name


@pytest.mark.parametrize(
    ("service", "credentials"),
    [
        (HOST, Credentials.bearer(CANARY)),
        (HOST, Credentials.basic("me", None)),
        (HOST, Credentials.basic(None, CANARY)),
        ("http://h.example", Credentials.basic("me", CANARY)),
        ("https://h example", Credentials.basic("me", CANARY)),
    ],
    ids=["token", "no password", "no user", "plain http", "no service"],
)
def test_refused(service: str, credentials: Credentials) -> None:
    """What uv could not read back, or the system's store has no place for, is refused before it is asked."""
    with pytest.raises(StoreError) as caught:
        NativeStore().set(service, credentials)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("store", ["windows", "mac"])
def test_other_systems(store: str, request: pytest.FixtureRequest) -> None:
    """Elsewhere than on Linux a login is found, replaced and removed too."""
    made: NativeStore = request.getfixturevalue(store)
    for password in ("old", "pw"):
        made.set(f"{HOST}/team/simple", Credentials.basic("me", password))
    made.set(HOST, Credentials.basic("you", "host"))
    assert made.get(f"{HOST}/team/x") == Credentials.basic("me", "pw")
    assert made.get(f"{HOST}/team/x", "you") == Credentials.basic("you", "host")
    assert made.get(f"{HOST}/teams", "me") is None
    assert made.get(f"https://you@{HOST[8:]}/") == Credentials.basic("you", "host")
    assert made.remove(f"{HOST}/team", "you") == 0
    assert made.remove(f"{HOST}/team") == 1
    assert made.get(f"{HOST}/team/x", "me") is None


def test_windows_names(windows: NativeStore, library: Library) -> None:
    """On Windows an entry has the name that uv gives it, with the user in front."""
    windows.set(f"{HOST}:8443", Credentials.basic("me", "pw"))
    assert library.kept == {("me.uv:h.example:8443", "me"): "pw"}


def test_windows_list(windows: NativeStore, library: Library) -> None:
    """Windows can say what is in its store: what uv and we share is listed, and everything of others left alone."""
    library.set_password("other", "me", "pw")
    library.set_password("you.uv:elsewhere", "me", "pw")
    windows.set(HOST, Credentials.basic("me", "pw"))
    windows.set(f"{HOST}/team", Credentials.basic("you", "pw"))
    assert windows.services() == [(f"{HOST}/", "me"), (f"{HOST}/team", "you")]
    assert windows.clear() == 2
    assert library.kept == {("other", "me"): "pw", ("you.uv:elsewhere", "me"): "pw"}


class Win32Error(Exception):
    """Stands for the errors of `win32ctypes`, which are no `OSError`."""

    def __init__(self, winerror: int) -> None:
        super().__init__(winerror)
        self.winerror = winerror


@pytest.mark.parametrize(("answer", "count"), [([{"TargetName": "a"}], 1), (None, 0), (Win32Error(1168), 0)])
def test_an_empty_credential_manager_has_no_entries(
    monkeypatch: pytest.MonkeyPatch, answer: list[dict[str, str]] | Exception | None, count: int
) -> None:
    """Windows calls that an error, 1168."""
    pretend_entries(monkeypatch, answer)
    assert len(enumerate_windows()) == count


def test_any_other_error_of_the_credential_manager_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """As 1312, where nobody is logged on."""
    pretend_entries(monkeypatch, Win32Error(1312))
    with pytest.raises(Win32Error):
        enumerate_windows()


def pretend_entries(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    """Have the credential manager of Windows answer so, or raise that."""

    def enumerate_all(_filter: None, _flags: int) -> object:
        if isinstance(answer, Exception):
            raise answer
        return answer

    parts = {
        "pywintypes": SimpleNamespace(error=Win32Error),
        "win32cred": SimpleNamespace(CredEnumerate=enumerate_all),
    }
    monkeypatch.setitem(sys.modules, "win32ctypes", ModuleType("win32ctypes"))
    monkeypatch.setitem(sys.modules, "win32ctypes.pywin32", SimpleNamespace(**parts))


@pytest.mark.parametrize(("character", "most"), [("x", 1280), ("\u00fc", 1280), ("\U0001f511", 640)])
def test_windows_limit(windows: NativeStore, library: Library, character: str, most: int) -> None:
    """What is too long for Windows is an error that says so, and changes nothing."""
    windows.set(HOST, Credentials.basic("me", character * most))
    before = dict(library.kept)
    with pytest.raises(
        StoreError, match=r"too long for the Windows credential manager, which takes 2560 bytes"
    ) as caught:
        windows.set(HOST, Credentials.basic("me", character * (most + 1)))
    assert character * 2 not in str(caught.value)
    assert library.kept == before


def test_mac_list(mac: NativeStore) -> None:
    """macOS cannot say what is in its store, and the error says that."""
    with pytest.raises(
        StoreError, match="the macOS keychain does not tell what is in it: name the service and its user"
    ):
        mac.services()


def test_mac_two_users(mac: NativeStore) -> None:
    """Everybody's is removed where the system hands out one entry at a time."""
    for user in ("me", "you"):
        mac.set(HOST, Credentials.basic(user, "pw"))
    assert mac.remove(HOST) == 2
    assert mac.get(HOST) is None


class StoredItem:
    """An item of a made-up Secret Service."""

    def __init__(self, kept: list[StoredItem], attributes: dict[str, str], secret: bytes) -> None:
        self.kept, self.attributes, self.secret, self.locked = kept, attributes, secret, False
        kept.append(self)

    def get_attributes(self) -> dict[str, str]:
        return self.attributes

    def is_locked(self) -> bool:
        return self.locked

    def get_secret(self) -> bytes:
        assert not self.locked, "that would ask the user"
        return self.secret

    def set_secret(self, secret: bytes) -> None:
        self.secret = secret

    def delete(self) -> None:
        self.kept.remove(self)


class Secrets:
    """A made-up Secret Service and its one collection, with the names that `secretstorage` has for them."""

    class ItemNotFoundException(Exception):  # noqa: N818 - the library's name
        pass

    def __init__(self) -> None:
        self.kept: list[StoredItem] = []
        self.locked = False
        self.exists = True

    def add(self, service: str, username: str, secret: str, **attributes: str) -> StoredItem:
        return StoredItem(self.kept, {"service": service, "username": username, **attributes}, secret.encode())

    def Collection(self, _bus: object) -> Secrets:  # noqa: N802 - as above
        if not self.exists:
            raise self.ItemNotFoundException
        return self

    def get_all_collections(self, _bus: object) -> list[Secrets]:
        return [self]

    def is_locked(self) -> bool:
        return self.locked

    def get_all_items(self) -> list[StoredItem]:
        return self.kept

    def create_item(self, _label: str, attributes: dict[str, str], secret: bytes, *, replace: bool) -> None:
        assert replace
        StoredItem(self.kept, attributes, secret)

    def search_items(self, _bus: object, wanted: dict[str, str]) -> list[StoredItem]:
        return [item for item in self.kept if wanted.items() <= item.attributes.items()]


@pytest.fixture
def secrets(put_in: Callable[[Vault], None]) -> Secrets:
    """Return a made-up Secret Service in the place of the system's; the real one is in `tests/real`."""
    made = Secrets()
    put_in(SecretService(made, None))
    return made


def test_secret_service(secrets: Secrets) -> None:
    """A login is found, replaced whichever program wrote it, listed and removed."""
    store = NativeStore(warn=pytest.fail)
    secrets.add("uv:h.example", "me", "of keyring")
    secrets.add("uv:h.example", "me", "of uv", target="default")
    secrets.add("h.example", "me", "a browser's")
    assert store.get(f"{HOST}/a") == Credentials.basic("me", "of uv")
    store.set(HOST, Credentials.basic("me", "new"))
    store.set(f"{HOST}/team", Credentials.basic("you", "team"))
    uvs = [(item.attributes["service"], item.attributes["username"], item.secret) for item in secrets.kept]
    assert sorted(uvs) == [
        ("h.example", "me", b"a browser's"),
        ("uv:h.example", "me", b"new"),
        ("uv:https://h.example/team", "you", b"team"),
    ]
    assert store.services() == [(f"{HOST}/", "me"), (f"{HOST}/team", "you")]
    assert store.remove(HOST, "you") == 0
    assert store.remove(HOST) == 1
    assert store.clear() == 1
    assert len(secrets.kept) == 1


def test_secret_service_locked(secrets: Secrets) -> None:
    """Of what is locked nothing is asked; a locked item is neither read nor written beside."""
    store = NativeStore(warn=pytest.fail)
    secrets.add("uv:h.example", "me", "pw").locked = True
    assert store.get(HOST) is None
    with pytest.raises(StoreError, match=r"^the keyring is locked: unlock it and try again$"):
        store.set(HOST, Credentials.basic("me", "new"))
    secrets.locked = True
    with pytest.raises(StoreError, match=r"^the keyring is locked: unlock it and try again$"):
        store.find(HOST)
    assert len(secrets.kept) == 1


def test_secret_service_without_a_collection(secrets: Secrets) -> None:
    """Where there is no collection none is made, for that would ask the user."""
    secrets.exists = False
    with pytest.raises(StoreError, match=r"^the Secret Service has no default collection: make one$"):
        NativeStore().set(HOST, Credentials.basic("me", "pw"))


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_no_secret_service() -> None:
    """Without a D-Bus session that is what is said."""
    pytest.importorskip("secretstorage", exc_type=ImportError)
    with pytest.raises(StoreError, match="there is no Secret Service here"):
        NativeStore().find(HOST)


@pytest.mark.skipif(sys.platform != "linux", reason="the Secret Service is Linux's")
def test_no_package_to_speak_with_the_secret_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without SecretStorage that is what is said."""
    monkeypatch.setitem(sys.modules, "secretstorage", None)
    with pytest.raises(StoreError, match=r"^the Python package SecretStorage is not installed$"):
        NativeStore().find(HOST)


class Scripted(Vault):
    """A vault that has what a test puts in, and writes down what it is asked."""

    def __init__(self) -> None:
        self.has: dict[str, list[Item]] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.failure: BaseException | None = None

    def find(self, service: str, username: str | None) -> list[Item]:
        self.asked.append((service, username))
        if self.failure is not None:
            raise self.failure
        return [item for item in self.has.get(service, []) if username in (None, item.username)]


@pytest.fixture
def scripted(put_in: Callable[[Vault], None]) -> Scripted:
    """Return the vault in the place of the system's."""
    vault = Scripted()
    put_in(vault)
    return vault


def test_source_asks_each_name_once(scripted: Scripted) -> None:
    """Each name is asked for once in a session, found or not, until a refusal has everything asked again."""
    scripted.has["uv:https://h.example/a"] = [Item("uv:https://h.example/a", "me", Secret("pw"))]
    source = NativeSource(pytest.fail)
    found = Answer(Credentials.basic("me", "pw"), "/a")
    assert source.find(query(f"{HOST}/a/b/c")) == found
    assert source.find(query(f"{HOST}/a/b/d")) == found
    assert source.find(query(f"{HOST}/b")) is None
    assert source.find(query(f"{HOST}/b")) is None
    names = ["https://h.example/a/b/c", "https://h.example/a/b", "https://h.example/a", "https://h.example/a/b/d"]
    names += ["https://h.example/b", "h.example"]
    assert scripted.asked == [(f"uv:{name}", None) for name in names]
    source.refresh()
    assert source.find(query(f"{HOST}/a")) == found
    assert len(scripted.asked) == 7


def test_source_keeps_only_so_much(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    """A session that asks for ever new URLs forgets what it was told long ago, and asks again."""
    monkeypatch.setattr(native, "KEPT", 4)
    source = NativeSource(pytest.fail)
    for number in range(10):
        assert source.find(query(f"{HOST}/{number}")) is None
        assert len(source._known) <= 6
    assert scripted.asked.count(("uv:h.example", None)) > 1


def test_source_asks_for_each_user(scripted: Scripted) -> None:
    """For another user name the store is asked again."""
    scripted.has["uv:h.example"] = [Item("uv:h.example", "me", Secret("pw")), Item("uv:h.example", "you", Secret("pw"))]
    source = NativeSource(pytest.fail)
    assert source.find(query(f"{HOST}/", username="you")) == Answer(Credentials.basic("you", "pw"))
    assert source.find(query(f"{HOST}/", username="her")) is None


def test_source_two_users(scripted: Scripted) -> None:
    """Two users and none given are no answer, and one warning."""
    scripted.has["uv:h.example"] = [
        Item("uv:h.example", "me", Secret(CANARY)),
        Item("uv:h.example", "you", Secret(CANARY)),
    ]
    warnings: list[str] = []
    source = NativeSource(warnings.append)
    assert [source.find(query(f"{HOST}/a")), source.find(query(f"{HOST}/b"))] == [None, None]
    assert warnings == ["native store: https://h.example/ has credentials of 'me' and 'you': give a user name"]


def test_source_bad_entry(scripted: Scripted) -> None:
    """An entry that no header could carry is skipped with a warning that holds nothing of it."""
    scripted.has["uv:h.example"] = [
        Item("uv:h.example", "me", Secret(f"{CANARY}\n")),
        Item("uv:h.example", "you", Secret("pw")),
    ]
    warnings: list[str] = []
    assert NativeSource(warnings.append).find(query(HOST)) == Answer(Credentials.basic("you", "pw"))
    assert warnings == ["native store: an entry is no credential that a request could carry; it is skipped"]
    assert CANARY not in repr(scripted.has)


def test_source_failure(scripted: Scripted) -> None:
    """What a system's library raises is a failure of the source that quotes nothing, and is not asked for again."""
    scripted.failure = RuntimeError(CANARY)
    source = NativeSource(pytest.fail)
    for _ in range(2):
        with pytest.raises(SourceError, match=r"^native store: the system's store failed with RuntimeError$"):
            source.find(query(HOST))
    assert len(scripted.asked) == 1
    scripted.failure = None
    source.refresh()
    assert source.find(query(HOST)) is None


def test_source_mute(put_in: Callable[[Vault], None]) -> None:
    """A mute store is a failure once, and skipped for the rest of the session, a refusal or not."""
    end = threading.Event()

    class Mute(Scripted):
        def find(self, service: str, username: str | None) -> list[Item]:
            end.wait(60)
            return super().find(service, username)

    put_in(Mute())
    source = NativeSource(pytest.fail, store=NativeStore(seconds=0.01))
    try:
        with pytest.raises(
            SourceError, match=r"^native store: no answer from the system's store within 0\.01 seconds$"
        ):
            source.find(query(HOST))
        source.refresh()
        assert source.skipped(query(HOST)) == "it gave no answer before"
    finally:
        end.set()


@pytest.mark.parametrize(
    ("url", "features", "store", "why"),
    [
        (HOST, "native-auth", True, None),
        ("http://localhost/", "native-auth", True, None),
        ("http://h.example/", "native-auth", True, "plain http to a host that is not loopback"),
        (HOST, "pylock", True, "UV_PREVIEW_FEATURES has no native-auth"),
        (HOST, "native-auth", False, "switched off (store=False)"),
    ],
)
def test_source_skipped(
    monkeypatch: pytest.MonkeyPatch, url: str, features: str, why: str | None, *, store: bool
) -> None:
    """The store is not asked without the feature, over plain http, or where stores are switched off."""
    monkeypatch.setenv("UV_PREVIEW_FEATURES", features)
    assert NativeSource(pytest.fail, enabled=store).skipped(query(url)) == why


def test_place_in_the_chain(scripted: Scripted) -> None:
    """The native store comes right after the store in the file, and is found by `resolve`."""
    scripted.has["uv:h.example"] = [Item("uv:h.example", "me", Secret("pw"))]
    authenticator = Authenticator()
    names = [source.name for source in authenticator.resolver.sources]
    assert names[names.index("store") + 1] == "native store"
    assert authenticator.resolve(f"{HOST}/thing") == Credentials.basic("me", "pw")


def test_get_warns_once(scripted: Scripted) -> None:
    """For `get` a failure is a warning, once, and no answer."""
    scripted.failure = MuteError("no answer")
    warnings: list[str] = []
    store = NativeStore(warn=warnings.append)
    assert [store.get(HOST), store.get(HOST), store.get("https://h example")] == [None, None, None]
    assert warnings == ["native store: no answer"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_child_forked_while_a_source_asks_asks_for_itself(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that asks, and holds the lock for it, is not there."""
    scripted.has["uv:h.example"] = [Item("uv:h.example", "me", Secret("pw"))]
    source = NativeSource(pytest.fail)
    asking, over = threading.Event(), threading.Event()
    real = NativeStore.probe

    def probe(store: NativeStore, services: list[str], username: str | None = None) -> Any:
        if not asking.is_set():
            asking.set()
            assert over.wait(60)
        return real(store, services, username)

    monkeypatch.setattr(NativeStore, "probe", probe)
    thread = threading.Thread(target=source.find, args=(query(f"{HOST}/"),))
    thread.start()
    assert asking.wait(60)
    found = Answer(Credentials.basic("me", "pw"))
    try:
        assert in_forked_child(lambda: source.find(query(f"{HOST}/")) == found)
    finally:
        over.set()
        thread.join()


def test_an_interrupted_question_to_the_store_is_no_answer(scripted: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C leaves nothing remembered and nothing held."""
    scripted.has["uv:h.example"] = [Item("uv:h.example", "me", Secret("pw"))]
    source = NativeSource(pytest.fail)

    def probe(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(NativeStore, "probe", probe)
        with pytest.raises(KeyboardInterrupt):
            source.find(query(f"{HOST}/"))
    assert source.find(query(f"{HOST}/")) == Answer(Credentials.basic("me", "pw"))
