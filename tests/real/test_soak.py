"""Sixteen threads, twenty indexes, and servers that misbehave at random: nothing leaks, hangs or goes astray.

`INDEXAUTH_SOAK` says how many requests are made (default 6,000; 100,000 for a good look), `INDEXAUTH_SOAK_SEED` what
happens to them: a call of one number meets with the same every time, only who comes first is up to the machine.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import io
import logging
import os
import random
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zlib import crc32

import keyring
import pytest
import requests
from requests.adapters import HTTPAdapter

from requests_indexauth import MissingCredentialsError, mount
from requests_indexauth.core import flow
from requests_indexauth.core.single_flight import Gate
from requests_indexauth.exchange.exchange import Exchange
from support.chaos import SECRET, Area, Call, Chaos
from support.chaosworld import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from support.names import Names
    from support.tls import Authority

# Read before the tests' own clean environment is made.
REQUESTS = int(os.environ.get("INDEXAUTH_SOAK") or 6000)
SEED = os.environ.get("INDEXAUTH_SOAK_SEED") or "one"
THREADS = 16
SECONDS = 120 + REQUESTS / 20  # in which all threads must end: some ten times of what it takes
VERDICT = 300  # seconds that a call waits for another one's verdict: ten times the usual, for busy machines
LONGEST = 0.8 * VERDICT  # seconds for one call: a gate that nobody opens holds it up for longer
GROWTH = 24 << 20  # bytes in the second half; see `test_soak` for a finer measure
CHANGES = 0.02  # new passwords per call
ANOTHER_PAGE = "another page"
FAILURES = (
    requests.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)


class Client:
    """Sixteen sessions with one authentication, one set of adapters, and cookies of their own."""

    def __init__(self, world: World, ca_bundle: str) -> None:
        """Mount the first session; the others share what it got."""
        self.world = world
        self.sessions = [requests.Session() for _ in range(THREADS)]
        self.transports: list[HTTPAdapter] = []
        first = self.sessions[0]
        for prefix in ("https://", "http://"):
            # With as many connections as threads and no more, a connection that is not given back is a deadlock.
            transport = HTTPAdapter(pool_connections=32, pool_maxsize=THREADS, pool_block=True)
            self.transports.append(transport)
            first.mount(prefix, transport)
        self.auth = mount(first, world.indexes, keyring_provider="import", discover=False)
        for session in self.sessions:
            session.verify = ca_bundle
            session.auth, session.adapters = first.auth, first.adapters
        self.longest = 0.0

    def all_are_back(self) -> bool:
        """Return whether every connection has been given back to its pool."""
        managers = [transport.poolmanager for transport in self.transports]
        pools = [manager.pools[key] for manager in managers for key in manager.pools.keys()]  # noqa: SIM118 - no mapping
        return len(pools) > 1 and all(pool.pool.qsize() == THREADS for pool in pools)

    def close(self) -> None:
        """Close every connection."""
        for session in self.sessions:
            session.close()

    def work(self, number: int, calls: range) -> None:
        """Make one thread's calls."""
        for count in calls:
            rng = random.Random(f"{SEED} {number} {count}")  # noqa: S311 - it decides what goes wrong, no more
            if rng.random() < CHANGES:
                self.world.chaos.change_password(rng)
            self.call(self.sessions[number], Call(f"{number}.{count}", self.world.chaos.tick(), rng))

    def call(self, session: requests.Session, call: Call) -> None:
        """Make one call, and have it judged."""
        area, url = self.world.chaos.target(call.random)
        method = call.random.choices(["GET", "HEAD", "POST"], [75, 10, 15])[0]
        options: dict[str, Any] = {"headers": {"X-Call": call.number}, "timeout": 60, "allow_redirects": True}
        if method == "POST":
            options["data"] = self.body(call, options["headers"])
        url = self.give(call, area, url, options)
        self.world.chaos.begin(call)
        started = time.monotonic()
        failure: str | None
        try:
            failure = self.send(session, method, url, call.random.random() < 0.1, options)
        except FAILURES as error:
            failure = f"failed with {error!r}"
        except MissingCredentialsError as error:
            failure = f"failed with {error!r}"
            if call.username is not None:
                call.excuses.add("given")  # it goes along with a redirect, to an index that is never asked bare
            if call.secure and error.request is not None and str(error.request.url).startswith("http://"):
                call.excuses.add("downgraded")  # nor is such an index after a redirect from https
        except Exception as error:  # noqa: BLE001 - whatever it is, the other calls go on
            failure = f"failed unexpectedly with {error!r}"
            self.world.chaos.violate(call, failure)
        self.longest = max(self.longest, time.monotonic() - started)
        if failure is not None and SECRET in failure:
            self.world.chaos.violate(call, "a secret in an error")
        if failure == ANOTHER_PAGE:
            self.world.chaos.violate(call, failure)  # there is no excuse for that
        self.world.chaos.end(call, failure)

    @staticmethod
    def send(session: requests.Session, method: str, url: str, stream: bool, options: dict[str, Any]) -> str | None:  # noqa: FBT001
        """Send, and say what is wrong with the answer."""
        with session.request(method, url, stream=stream, **options) as response:
            if "@" in response.url or any("@" in earlier.url for earlier in response.history):
                return f"userinfo in {response.url}, which is a {SECRET}"
            if response.status_code != 200:
                return f"{response.status_code} in the end"
            path = response.url.partition("://")[2].partition("/")[2]
            if stream and len(path) % 2:
                return None  # closed without reading
            expected = b"" if method == "HEAD" else f"/{path}".encode()
            return None if response.content == expected else ANOTHER_PAGE

    @staticmethod
    def body(call: Call, headers: dict[str, str]) -> Any:
        """Return a body of any kind; the headers tell the server what to expect."""
        content = call.random.randbytes(call.random.choice([1, 200, 20_000, 200_000]))
        headers["X-Body"] = str(crc32(content))
        kind = call.random.randrange(3)
        if kind == 0:
            headers["X-Once"] = "yes"
            return iter([content[:100], content[100:]] if len(content) > 100 else [content])
        return content if kind == 1 else io.BytesIO(content)

    @staticmethod
    def give(call: Call, area: Area, url: str, options: dict[str, Any]) -> str:
        """Sometimes give a user name or a credential with the request, right or wrong."""
        roll = call.random.random()
        if not area.logins or area.hopeless or roll > 0.12:
            return url
        login = area.logins[0]
        name, password = login.name, login.password
        call.realm = area.server.url
        if roll < 0.04:
            call.username = name
            return url.replace("://", f"://{name}@")
        if roll < 0.06:
            password = f"{SECRET}wrong"
        call.given = ("basic", name, password)
        if roll < 0.11:
            options["auth"] = (name, password)
            return url
        return url.replace("://", f"://{name}:{quote(password)}@")


def no_secret(chaos: Chaos) -> Callable[[logging.LogRecord], bool]:
    """Return a filter that looks for secrets in log records, and keeps none."""

    def look(record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if SECRET in message or "Basic " in message:
            chaos.violate(None, f"a secret in a log record of {record.funcName}")
        return False

    return look


@pytest.fixture
def world(home: Path, names: Names, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Return the servers, running, with a keyring and a log that are watched."""
    monkeypatch.setattr(flow, "TRIAL_SECONDS", VERDICT)
    made = World(home, names, authority, monkeypatch)
    logger, before = logging.getLogger("requests_indexauth"), keyring.get_keyring()
    look, level = no_secret(made.chaos), logger.level
    keyring.set_keyring(made.keyring)
    logger.addFilter(look)
    logger.setLevel(logging.DEBUG)
    with contextlib.ExitStack() as running:
        for server in made.servers:
            running.enter_context(server)
        yield made
    logger.removeFilter(look)
    logger.setLevel(level)
    keyring.set_keyring(before)


def run(client: Client, calls: range) -> None:
    """Let all threads make their calls; where one never ends, say what every thread is at."""
    threads = [
        threading.Thread(target=client.work, args=(number, calls), name=f"soak {number}", daemon=True)
        for number in range(THREADS)
    ]
    until = time.monotonic() + SECONDS
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    if any(thread.is_alive() for thread in threads):
        with tempfile.TemporaryFile("w+") as file:
            faulthandler.dump_traceback(file)
            file.seek(0)
            pytest.fail(f"not every thread has ended:\n{file.read()}")


def memory() -> int:
    """Return how many bytes of memory this process has; 0 where that cannot be asked."""
    gc.collect()
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def comes_true(condition: Callable[[], bool]) -> bool:
    """Wait for something that other threads are about to do."""
    pause = threading.Event()
    return any(condition() or pause.wait(0.01) for _ in range(6000))


def left_over() -> list[str]:
    """Return what should be gone when no call is under way."""
    gc.collect()
    kinds = (Exchange, Gate, requests.PreparedRequest, requests.Response)
    return [type(one).__name__ for one in gc.get_objects() if isinstance(one, kinds)]


def test_soak(world: World, ca_bundle: str) -> None:
    """Every rule that a server can check holds for every request, and afterwards nothing is left over."""
    chaos, threads_before, objects_before = world.chaos, threading.active_count(), left_over()
    client = Client(world, ca_bundle)
    calls = max(2, REQUESTS // THREADS)
    started = time.monotonic()
    run(client, range(calls // 2))
    middle = memory(), len(gc.get_objects())
    run(client, range(calls // 2, calls))
    growth, objects = memory() - middle[0], len(gc.get_objects()) - middle[1]
    print(  # noqa: T201 - for `-s`
        f"{time.monotonic() - started:.1f} s, {chaos.counts}, {growth >> 10} KiB and {objects} objects more"
    )

    assert "\n\n".join(chaos.violations[:10]) == ""
    assert chaos.counts["strict"] > calls * THREADS / 2, "most calls must succeed, come what may"
    assert min(chaos.counts["changes"], chaos.counts["refused"]) > calls * THREADS / 100, "there was too little trouble"
    assert chaos.counts["wrong"], "the wrong password must have been tried"
    assert client.longest < LONGEST
    assert world.keyring.asked < 6 * (len(world.indexes) + chaos.counts["changes"] + chaos.counts["spoiled"])
    assert client.auth.authenticator.memo.gates._held == {}
    assert len(left_over()) <= len(objects_before), left_over()
    assert growth < GROWTH
    assert objects < 4000 + calls * THREADS / 8, "a call leaves ten and more objects when it leaves any"
    assert comes_true(lambda: all(server.open_connections <= THREADS for server in world.servers))
    assert comes_true(client.all_are_back), "a response was neither read to its end nor closed"
    client.close()
    assert comes_true(lambda: not any(server.open_connections for server in world.servers)), "connections are left"
    assert comes_true(lambda: threading.active_count() <= threads_before), threading.enumerate()
