"""Writers of the store that are killed: nothing acknowledged is lost, and the file is never in pieces."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from support.examples import examples

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS = max(100, examples(300))  # in fewer, it may be that no writer is killed while writing

# A process of its own forks the writers: forking the tests' process, with its threads, would be asking for trouble.
PROGRAM = r"""
import json, os, random, select, signal, sys, time
sys.path[:] = json.loads(sys.argv[1])
import requests_indexauth.store.write  # so that the writers need not import it
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.store.file_store import CredentialStore
import tomli_w

USERS = 12
path, rounds = sys.argv[2], int(sys.argv[3])
store = CredentialStore(path, warn=lambda message: sys.exit(message))

def write(pipe, number):
    os.write(pipe, b"\n")  # ready
    while True:
        store.set("https://h", Credentials.basic(f"u{number % USERS}", str(number)))
        os.write(pipe, b"%d\n" % number)
        number += 1

def wait_for(pipe):
    assert select.select([pipe], [], [], 120)[0], "the writer does nothing"

def acknowledged(pipe):
    with open(pipe, "rb") as lines:
        return [int(line) for line in lines if line.endswith(b"\n")]

for number in range(40):  # a file large enough to be caught half-written
    store.set(f"https://ballast{number}", Credentials.basic("u", "x" * 400))
begin = time.monotonic()
for number in range(USERS):
    store.set("https://h", Credentials.basic(f"u{number}", str(number)))
write_takes = (time.monotonic() - begin) / USERS
number, most, waits = USERS, 0, random.Random(rounds)
for count in range(rounds):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        write(writing, number)
    os.close(writing)
    wait_for(reading)  # the time begins when the writer does, however late the machine lets it
    assert os.read(reading, 1) == b"\n"
    if count % 2:  # killed after its first write; the others may be killed in it
        begin = time.monotonic()
        wait_for(reading)
        write_takes = time.monotonic() - begin
    # A few writes, however fast the machine; not many where this one took long for another reason.
    select.select([], [], [], waits.uniform(0, min(4 * write_takes, 0.2)))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    done = acknowledged(reading)
    number = (done[-1] if done else number - 1) + 1
    found = {user: int(store.get("https://h", user).password) for service, user in store.services() if service == "https://h/"}
    for before in range(max(0, number - USERS), number):
        # The writer may have been killed between its last write and saying so.
        assert found[f"u{before % USERS}"] in (before, number), (before, number, found)
    number = max([number, *(value + 1 for value in found.values())])
    left = [name for name in os.listdir(os.path.dirname(path)) if name.endswith(".tmp")]
    most = max(most, len(left))
store.set("https://h", Credentials.basic("last", "last"))
print(json.dumps({"written": number, "most": most, "left": sorted(os.listdir(os.path.dirname(path)))}))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows neither forks nor has SIGKILL")
def test_a_kill_at_any_instant(tmp_path: Path) -> None:
    """Of many writers killed at random instants, each leaves the file whole and all that it acknowledged in it."""
    path = tmp_path / "credentials" / "credentials.toml"
    program = [sys.executable, "-c", PROGRAM, json.dumps(sys.path), str(path), str(ROUNDS)]
    result = subprocess.run(program, capture_output=True, text=True, check=False, timeout=600, env=dict(os.environ))
    assert result.returncode == 0, result.stderr
    report = json.loads(result.stdout)
    assert report["written"] > ROUNDS / 2, "the writers hardly came to write"
    assert report["most"] == 1, "no writer was killed while writing, or what they left has piled up"
    assert report["left"] == ["credentials.toml", "credentials.toml.lock"]
