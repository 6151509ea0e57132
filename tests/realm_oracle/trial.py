"""Runs a world with a driver, and tells of one where something happened that never must."""

from __future__ import annotations

import io
import logging
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import keyring
import requests
import urllib3
from requests.auth import AuthBase, HTTPDigestAuth

from realm_oracle import ours
from realm_oracle.judge import CALL_HEADER, Judge
from realm_oracle.worlds import make
from support.keyrings import FakeBackend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pytest

    from realm_oracle.drivers import Driver
    from realm_oracle.tags import Login
    from realm_oracle.transport import Servers
    from realm_oracle.worlds import Call, World

EXPECTED = (
    requests.RequestException,
    urllib3.exceptions.HTTPError,
    ours.PipsRequestException,
    ours.PipError,
    ours.PipsHTTPError,
)
"""What a call may end with: a policy that cannot be kept, a server that hangs up, a `Location` that is none."""


class Machine:
    """The files and variables of one user, written anew for each world."""

    def __init__(self, home: Path, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Take the two folders of a test."""
        self._monkeypatch = monkeypatch
        self._netrc, self._pypirc = home / ".netrc", home / ".pypirc"
        self._store, self._uv_toml = home / "store" / "credentials.toml", workdir / "uv.toml"
        self._store.parent.mkdir()

    @contextmanager
    def of(self, world: World) -> Iterator[None]:
        """Be the machine of a world."""
        files = {
            self._netrc: world.netrc,
            self._pypirc: world.pypirc,
            self._store: world.store,
            self._uv_toml: world.uv_toml,
        }
        for path, text in files.items():
            path.unlink(missing_ok=True)
            if text:
                path.write_text(text, encoding="utf-8")
                path.chmod(0o600)
        before = keyring.get_keyring()
        keyring.set_keyring(FakeBackend(world.answer))
        try:
            with self._monkeypatch.context() as patched:
                patched.setenv("UV_CREDENTIALS_DIR", str(self._store.parent))
                for name, value in world.variables.items():
                    patched.setenv(name, value)
                yield
        finally:
            keyring.set_keyring(before)


class Trial:
    """A world, gone through with a driver once or in part.

    Args:
        machine: where the world's files are put.
        driver: what sends.
        servers: real ones, all of them on loopback; `None`: the world's own, which only the judge plays.

    """

    def __init__(self, machine: Machine, driver: Driver, servers: Servers | None = None) -> None:
        self._machine = machine
        self._driver = driver
        self._servers = servers

    def world(self, seed: str) -> World:
        """Return the world of a seed."""
        realms = None if self._servers is None else self._servers.realms
        world = make(seed, realms, self._driver.sessions, self._driver.ways)
        world.all_in_file, world.on_sockets = self._driver.pip, self._servers is not None
        return world

    def run(self, world: World, calls: Sequence[Call] | None = None, threads: int | None = None) -> Judge:
        """Make calls, all of them if not told which, and return the judge."""
        judge = Judge(world, carried_by_requests=self._driver.alone)
        if self._servers is not None:
            self._servers.answer_with(judge)
        threads = threads or world.threads
        calls = world.calls if calls is None else calls
        shares = [calls[number::threads] for number in range(threads)]
        with self._machine.of(world), _listening(judge), self._driver.open(world, judge) as session:
            workers = [threading.Thread(target=self._make, args=(session, share, judge)) for share in shares[1:]]
            for worker in workers:
                worker.start()
            self._make(session, shares[0], judge)
            for worker in workers:
                worker.join()
        return judge

    def _make(self, session: Callable[[int], Any], calls: Sequence[Call], judge: Judge) -> None:
        for call in calls:
            named = "@" in call.url.partition("://")[2].partition("/")[0]
            judge.begin(call.number, str(call), body=call.body is not None, named=named)
            try:
                self._make_one(session(call.session), call, judge)
            except EXPECTED as error:
                judge.log.append(f"    {type(error).__name__}")
                judge.see_text("an error", str(error))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is told with the world
                judge.violate(f"{type(error).__name__}: {error}")

    @staticmethod
    def _make_one(session: Any, call: Call, judge: Judge) -> None:
        headers = {CALL_HEADER: str(call.number)}
        options: dict[str, Any] = {"headers": headers, "allow_redirects": call.follow == "yes", "timeout": 30}
        if call.login is not None:
            options.update(_given(call.gives, call.login, headers))
        if call.body is not None:
            options["data"] = {"bytes": b"body", "file": io.BytesIO(b"body"), "pieces": iter([b"bo", b"dy"])}[call.body]
        response = session.request(call.method, call.url, **options)
        judge.see_answer(response)
        if call.follow == "by hand" and response.next is not None:
            judge.see_answer(session.send(response.next, timeout=30))

    def tell(self, world: World, judge: Judge) -> str:
        """Return what happened, with as few calls as it takes."""
        calls = list(world.calls)
        if self.run(world, threads=1).violations:
            for call in world.calls:
                fewer = [other for other in calls if other is not call]
                if self.run(world, fewer, threads=1).violations:
                    calls = fewer
            judge = self.run(world, calls, threads=1)
        found = "\n".join(f"- {what}" for what in dict.fromkeys(judge.violations))
        files = {
            "netrc": world.netrc,
            "credentials.toml": world.store,
            ".pypirc": world.pypirc,
            "uv.toml": world.uv_toml,
            "variables": "\n".join(f"{name}={value}" for name, value in world.variables.items()),
            "indexes given": "\n".join(f"{one.policy} {one.url}" for one in world.places if one.given),
            "also": " ".join(name for name in ("keyring", "prompt") if getattr(world, name)),
        }
        told = "\n".join(f"{name}:\n{text.strip()}\n" for name, text in files.items() if text)
        return f"seed {world.seed!r}\n{found}\n\n{told}\n" + "\n".join(judge.log)


class _OwnAuth(AuthBase):
    """An `auth=` of the caller's that sets a header."""

    def __init__(self, header: str) -> None:
        self.header = header

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = self.header
        return request


def _given(how: str | None, login: Login, headers: dict[str, str]) -> dict[str, Any]:
    """Return the options that give a credential, or put it among the headers."""
    user, password = login
    if how == "header":
        headers["Authorization"] = login.basic
    elif how == "token":
        headers["Authorization"] = f"Bearer {password}"
    elif how == "tuple":
        return {"auth": (user, password)}
    elif how == "function":
        return {"auth": _OwnAuth(login.basic)}
    else:
        return {"auth": HTTPDigestAuth(user, password)}
    return {}


@contextmanager
def _listening(judge: Judge) -> Iterator[None]:
    """Have the judge read every log record of the package, pip and the libraries below."""

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            judge.see_text(f"a log record of {record.name}", record.getMessage())

    ear, loggers = Ear(), [logging.getLogger(name) for name in ("requests_indexauth", "pip", "urllib3", "requests")]
    before = [(logger.level, logger.propagate) for logger in loggers]
    for logger in loggers:
        logger.addHandler(ear)
        logger.setLevel(logging.DEBUG)
        logger.propagate = False
    try:
        yield
    finally:
        for logger, (level, propagate) in zip(loggers, before):
            logger.removeHandler(ear)
            logger.setLevel(level)
            logger.propagate = propagate
