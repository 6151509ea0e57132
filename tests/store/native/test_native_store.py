"""The native store, without the system's: when it is used, names, and what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.url import parse_url
from requests_indexauth.store.native.native_store import NativeStore, is_enabled, services_for, stored_name
from requests_indexauth.store.native.vault import MuteError

if TYPE_CHECKING:
    from support.vaults import Scripted

HOST = "https://h.example"
CANARY = "Canary-4711"


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


def test_get_warns_once(scripted: Scripted) -> None:
    """For `get` a failure is a warning, once, and no answer."""
    scripted.failure = MuteError("no answer")
    warnings: list[str] = []
    store = NativeStore(warn=warnings.append)
    assert [store.get(HOST), store.get(HOST), store.get("https://h example")] == [None, None, None]
    assert warnings == ["native store: no answer"]
