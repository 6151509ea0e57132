"""The native store as a source: when it is asked, how often, and what a session keeps of it."""

from __future__ import annotations

import os
import threading
from typing import Any, Callable

import pytest

from requests_indexauth.core.authenticator import Authenticator
from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials, Secret
from requests_indexauth.sources import native
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.native import NativeSource
from requests_indexauth.store.native.native_store import NativeStore
from requests_indexauth.store.native.vault import Item, Vault
from support.forking import in_forked_child
from support.queries import query
from support.vaults import Scripted

HOST = "https://h.example"
CANARY = "Canary-4711"


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


def test_a_signals_handler_may_ask_in_the_midst_of_a_question(
    scripted: Scripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It runs in the thread that asks, and may send through the session: as a program does that is to end."""
    scripted.has["uv:h.example"] = [Item("uv:h.example", "me", Secret("pw"))]
    source = NativeSource(pytest.fail)
    real = NativeStore.probe
    answers: list[Answer | None] = []

    def probe(store: NativeStore, services: list[str], username: str | None = None) -> Any:
        monkeypatch.setattr(NativeStore, "probe", real)
        answers.append(source.find(query(f"{HOST}/")))
        return real(store, services, username)

    monkeypatch.setattr(NativeStore, "probe", probe)
    thread = threading.Thread(target=lambda: answers.append(source.find(query(f"{HOST}/"))), daemon=True)
    thread.start()
    thread.join(60)
    assert answers == [Answer(Credentials.basic("me", "pw"))] * 2


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
