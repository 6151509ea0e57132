"""A keyring in memory that takes its time and counts the questions: ``PYTHON_KEYRING_BACKEND`` leads here."""

from __future__ import annotations

import itertools
import json
import os
import time

from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential

ENTRIES = "BENCHMARK_KEYRING"
"""Names the variable that has the entries, as JSON: ``{service: [username, password]}``."""
SECONDS = "BENCHMARK_KEYRING_SECONDS"
"""Names the variable that has how long an answer takes."""
_questions = itertools.count()


class Keyring(KeyringBackend):
    """Answers from the environment."""

    priority = 9

    def get_credential(self, service: str, username: str | None) -> SimpleCredential | None:
        """Return the entry for a service, whether or not it is written with its last slash."""
        next(_questions)
        time.sleep(float(os.environ[SECONDS]))
        pair = json.loads(os.environ[ENTRIES]).get(service.rstrip("/"))
        return SimpleCredential(*pair) if pair and username in {None, pair[0]} else None

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password alone."""
        found = self.get_credential(service, username)
        return found.password if found else None

    set_password = None  # type: ignore[assignment] # nobody writes here


def asked() -> int:
    """Return how many questions there were in this process; may be called once."""
    return next(_questions)
