"""A keyring in memory that takes its time and counts the questions.

``PYTHON_KEYRING_BACKEND`` leads to it in a process; a ``keyring`` command does the same, for who asks by subprocess.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential

ENTRIES = "BENCHMARK_KEYRING"
"""Names the variable that has the entries, as JSON: ``{service: [username, password]}``."""
SECONDS = "BENCHMARK_KEYRING_SECONDS"
"""Names the variable that has how long an answer takes."""
PROVIDER = "BENCHMARK_KEYRING_PROVIDER"
"""Names the variable that has how we ask (uv would not take all of our words from its own variable)."""
LOG = "BENCHMARK_KEYRING_LOG"
"""Names the variable that has the file with a byte for each question so far."""


class Keyring(KeyringBackend):
    """Answers from the environment."""

    priority = 9

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        """Return the entry for a service, whether or not it is written with its last slash."""
        with Path(os.environ[LOG]).open("ab", buffering=0) as log:
            log.write(b".")
        time.sleep(float(os.environ[SECONDS]))
        pair = json.loads(os.environ[ENTRIES]).get(service.rstrip("/"))
        return SimpleCredential(*pair) if pair and username in {None, pair[0]} else None

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password alone."""
        found = self.get_credential(service, username)
        return found.password if found else None

    set_password = None  # type: ignore[assignment] # nobody writes here


def write_command(folder: Path) -> None:
    """Write a ``keyring`` command into a folder for programs: the real one, with this keyring."""
    command = folder / "keyring"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m keyring "$@"\n')
    command.chmod(0o755)
