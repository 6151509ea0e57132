"""The ways a session gets this package's authentication, and the netrc file most tests take credentials from."""

from __future__ import annotations

import copy
import os
import pickle
from typing import TYPE_CHECKING, Any

from cachecontrol import CacheControlAdapter
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from requests_indexauth import IndexAuth, IndexAuthAdapter, mount

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import requests

    Way = Callable[[requests.Session], requests.Session]


def write_netrc(home: Path, *entries: tuple[str, str, str]) -> Path:
    """Write `~/.netrc` with (host, login, password) entries; the host "default" is netrc's own.

    Its time is another than before, however slowly the file system's clock ticks.
    """
    lines = [
        f"{'default' if host == 'default' else f'machine {host}'} login {login} password {password}\n"
        for host, login, password in entries
    ]
    path = home / ".netrc"
    before = path.stat().st_mtime_ns if path.exists() else 0
    path.write_text("".join(lines), encoding="utf-8")
    path.chmod(0o600)
    if path.stat().st_mtime_ns == before:
        os.utime(path, ns=(before + 10**9, before + 10**9))
    return path


def repickled(thing: Any) -> Any:
    """Return what a pickle of `thing` brings back."""
    return pickle.loads(pickle.dumps(thing))  # noqa: S301 - made a moment before


def by_mount(session: requests.Session) -> requests.Session:
    """Use the one line of the README."""
    mount(session)
    return session


def by_mount_twice(session: requests.Session) -> requests.Session:
    """Mount a second time: the first is replaced."""
    mount(session)
    mount(session)
    return session


def by_auth(session: requests.Session) -> requests.Session:
    """Set `IndexAuth` alone, without the adapter."""
    session.auth = IndexAuth()
    return session


def by_adapter(session: requests.Session) -> requests.Session:
    """Mount the adapter alone, without `session.auth`."""
    adapter = IndexAuthAdapter()
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


def by_hand(session: requests.Session) -> requests.Session:
    """Set up both, without `mount`."""
    auth = session.auth = IndexAuth()
    session.mount("http://", IndexAuthAdapter(auth))
    session.mount("https://", IndexAuthAdapter(auth))
    return session


def over(adapter: Callable[[], Any]) -> Way:
    """Mount over another adapter."""

    def way(session: requests.Session) -> requests.Session:
        session.mount("http://", adapter())
        session.mount("https://", adapter())
        return by_mount(session)

    return way


def pickled(session: requests.Session) -> requests.Session:
    """Mount, and go on with what a pickle brings back."""
    made: requests.Session = repickled(by_mount(session))
    return made


def copied(session: requests.Session) -> requests.Session:
    """Mount, and go on with a shallow copy."""
    return copy.copy(by_mount(session))


def deeply_copied(session: requests.Session) -> requests.Session:
    """Mount, and go on with a deep copy."""
    return copy.deepcopy(by_mount(session))


WAYS: dict[str, Way] = {
    "mount": by_mount,
    "mount twice": by_mount_twice,
    "IndexAuth alone": by_auth,
    "the adapter alone": by_adapter,
    "both by hand": by_hand,
    "over CacheControl": over(CacheControlAdapter),
    "over retries": over(lambda: HTTPAdapter(max_retries=Retry(3, status_forcelist=[503], backoff_factor=0))),
    "pickled": pickled,
    "copied": copied,
    "deeply copied": deeply_copied,
}
