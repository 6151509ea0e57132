"""No secret reaches a realm whose name it does not bear: random worlds, judged at the transport (see `realm_oracle`).

`INDEXAUTH_ORACLE` says how many requests are made in all (default 5,000, with `INDEXAUTH_EXAMPLES=few` 1,000; 200,000
for a good look), `INDEXAUTH_ORACLE_SEED` in which worlds. A failure names its world's seed:
`INDEXAUTH_ORACLE_WORLD=SEED` runs it alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from realm_oracle.drivers import DRIVERS
from realm_oracle.judge import Judge
from realm_oracle.realms import Realm
from realm_oracle.tags import Mint
from realm_oracle.transport import Servers
from realm_oracle.trial import Machine, Trial
from realm_oracle.worlds import Place, World
from support.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

    from realm_oracle.drivers import Driver

# Read before the tests' own clean environment is made.
REQUESTS = int(os.environ.get("INDEXAUTH_ORACLE") or examples(5000))
SEED = os.environ.get("INDEXAUTH_ORACLE_SEED") or "one"
WORLD = os.environ.get("INDEXAUTH_ORACLE_WORLD")
PARTS = 4
ON_SOCKETS = 15  # one request of so many goes over a socket
EACH = REQUESTS // (PARTS * len(DRIVERS)) + 1


@pytest.fixture
def machine(home: Path, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return the machine that the worlds are on."""
    return Machine(home, workdir, monkeypatch)


def search(trial: Trial, prefix: str, least: int) -> None:
    """Go through worlds until so many requests are made; stop at the first in which something is wrong."""
    sent = number = 0
    while sent < least:
        seed = f"{prefix} {number}"
        if WORLD is None or seed == WORLD:
            world = trial.world(seed)
            judge = trial.run(world)
            if judge.violations:
                pytest.fail(trial.tell(world, judge), pytrace=False)
            sent += judge.sent
        number += 1
        if seed == WORLD:
            break


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_no_secret_leaves_its_realm(machine: Machine, driver: Driver, part: int) -> None:
    """Whatever is configured, asked for, answered and redirected to."""
    search(Trial(machine, driver), f"{SEED} {driver.name} {part}", EACH)


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
def test_no_secret_leaves_its_realm_on_real_sockets(machine: Machine, driver: Driver) -> None:
    """The servers say what they got, on several addresses and ports of this machine."""
    with Servers().running() as servers:
        search(Trial(machine, driver, servers), f"{SEED} {driver.name} sockets", EACH * PARTS // ON_SOCKETS + 1)


# The judge itself: what it must see


HERE = Realm("https", "a.example", 443)


@pytest.fixture
def judge() -> Judge:
    """Return the judge of a world with one index to which nothing is sent, and of a call."""
    place = Place("https://a.example/closed/simple/", HERE, "/closed/simple/", "n0", "never", given=True)
    made = Judge(World("judge", [HERE], {HERE: "open"}, [place]))
    made.begin(1, "call 1")
    return made


@pytest.mark.parametrize(
    ("realm", "kind", "serial"),
    [
        (Realm("http", "a.example", 443), "f", "1"),
        (Realm("https", "a.example", 8443), "f", "1"),
        (Realm("https", "a.example.evil.example", 443), "f", "1"),
        (Realm("https", "a.example.", 443), "f", "1"),
        (Realm("https", "b.a.example", 443), "f", "1"),
        (Realm("https", "aa.example", 443), "f", "1"),
        (HERE, "c", "2"),
        (HERE, "l", "2.0"),
        (HERE, "l", "1.1"),
    ],
)
def test_what_is_for_another_realm_call_or_hop_is_seen(judge: Judge, realm: Realm, kind: str, serial: str) -> None:
    """In a password, a user name and a token alike."""
    login = Mint().login(realm, kind, serial)
    for header in (login.basic, f"Bearer {login.password}"):
        judge.violations.clear()
        judge.receive(HERE, "GET", "/", {"X-Call": "1", "Authorization": header})
        assert judge.violations


@pytest.mark.parametrize(
    ("target", "header", "more"),
    [
        ("/closed/x", True, {}),
        ("/%63losed/./x", True, {}),
        ("/x/../closed", True, {}),
        ("/?next=https://us~https~a.example~443~f1@a.example", False, {}),
        ("/", False, {"Referer": "https://us~https~a.example~443~f1@a.example"}),
        ("/", False, {"Proxy-Authorization": "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}),
    ],
)
def test_what_is_where_no_secret_may_be_is_seen(judge: Judge, target: str, header: bool, more: dict[str, str]) -> None:  # noqa: FBT001
    """Where the policy is `never`, and elsewhere than in the one header."""
    given = {"Authorization": Mint().login(HERE, "o").basic} if header else {}
    judge.receive(HERE, "GET", target, {"X-Call": "1", **given, **more})
    assert judge.violations


def test_a_hop_in_the_clear_and_a_fourth_sending_are_seen(judge: Judge) -> None:
    """And what is as it should be is not."""
    login = Mint().login(HERE, "o")
    for _ in range(3):
        judge.receive(HERE, "GET", "/", {"X-Call": "1", "Authorization": login.basic})
    assert judge.violations == []
    judge.receive(HERE, "GET", "/", {"X-Call": "1"})
    assert judge.violations == ["sent 4 times"]
    plain = Realm("http", "a.example", 80)
    judge.receive(plain, "GET", "/", {"X-Call": "1.1", "Authorization": Mint().login(plain, "u").basic})
    assert judge.violations[1:] == [f"a credential on a hop from https to {plain}"]


def test_a_secret_without_a_challenge_is_seen(judge: Judge) -> None:
    """The password of a source goes only to a server that asks for one."""
    other = Realm("https", "b.example", 443)
    judge.receive(other, "GET", "/", {"X-Call": "1", "Authorization": Mint().login(other, "f").basic})
    assert len(judge.violations) == 1
