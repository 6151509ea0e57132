"""Sessions of `requests` with what pip's sessions have under `pip-indexauth`: a person, an error, a child."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import requests

from requests_indexauth.exchange.compat import RequestsCompat
from requests_indexauth.pip.auth import PipAuth
from requests_indexauth.pip.child import ChildAuthenticator
from requests_indexauth.pip.options import PipInternals
from requests_indexauth.pip.parent import serve_child
from requests_indexauth.pip.patch import _take_over

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class OurPipError(Exception):
    """Stands for pip's `InstallationError`."""


class Person:
    """Somebody at the terminal: answers from a list, and remembers the questions. No more answers: end of file."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.questions: list[str] = []

    def ask(self, question: str, _options: object = ()) -> str:
        """Answer one question, of any kind."""
        self.questions.append(question)
        if not self.answers:
            raise EOFError
        return self.answers.pop(0)


def made(person: Person | None = None, auth: PipAuth | None = None) -> PipAuth:
    """Return the `auth` of pip's sessions, with a person at the terminal."""
    person = person or Person()
    auth = auth or PipAuth()
    compat = RequestsCompat(requests, lambda error, _: OurPipError(str(error)))
    auth.internals = PipInternals(compat, OurPipError, person.ask, person.ask, person.ask)
    return auth


class SessionAuth:
    """What pip makes of `session.auth`, and what is read of it."""

    def __init__(self, *index_urls: str) -> None:
        self.index_urls = list(index_urls) or None


def taken_over(session: requests.Session, auth: PipAuth, *index_urls: str) -> requests.Session:
    """Do to a session of `requests` what is done to one of pip."""
    session.auth = SessionAuth(*index_urls)  # type: ignore[assignment] # it stands for pip's
    _take_over(session, auth)
    return session


def write_netrc(home: Path, password: str = "secret") -> None:
    """Put a password where the oldest tools look for it."""
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {password}\n")


@contextmanager
def child_of(auth: PipAuth, *argv: str) -> Iterator[PipAuth]:
    """Be a child, in this very process."""
    with serve_child(auth.authenticator, ["python", "pip-runner", *argv]) as (_, variables):
        (address,) = variables.values()
        yield made(auth=PipAuth(lambda auth: ChildAuthenticator(auth, address)))


def authenticator_of(auth: PipAuth) -> ChildAuthenticator:
    """Return a child's authenticator as what it is."""
    assert isinstance(auth.authenticator, ChildAuthenticator)
    return auth.authenticator
