"""The pip that starts another one to install build dependencies, its parent, answers the child's questions."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener, answer_challenge, deliver_challenge
from typing import TYPE_CHECKING, Any

from ..core.record import Lapsed
from ..explain.network import shown_address
from ..models.call import Call
from ..models.query import Query
from ..models.url import parse_url, redacted
from .authenticator import PipAuthenticator
from .messages import ADDRESS, KnownIndex, packed, parse_found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection


RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "runner.py")  # noqa: PTH100, PTH118, PTH120
"""What a child's Python is given to run in place of pip's own runner."""


LONGEST_PATH = 90
"""The most bytes that the path of a socket's folder may have, on every system."""


@contextmanager
def serve_child(authenticator: PipAuthenticator, command: Sequence[str]) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Yield the command and the variables that start a child with our pip; answer its questions meanwhile.

    Args:
        authenticator: has the credentials.
        command: what pip would run: an interpreter, a runnable pip, and its arguments.

    Raises:
        OSError: there can be no socket here.

    """
    with _folder() as folder, _CredentialServer(authenticator, command[1:], folder) as address:
        yield [command[0], RUNNER, *_shown(command[1:])], {ADDRESS: address}


def _shown(words: Sequence[str]) -> Iterator[str]:
    """Yield the words behind the first as other users may see them: the child has its own from this process."""
    for option, word in zip(words, words[1:]):
        yield shown_address(word) if option == "--proxy" else redacted(word)  # a proxy's may have no scheme


@contextmanager
def _folder() -> Iterator[str]:
    """Make a folder that only this user can enter."""
    made = tempfile.TemporaryDirectory(prefix="pip-indexauth-")
    if os.name == "posix" and len(os.fsencode(made.name)) > LONGEST_PATH:
        made.cleanup()
        made = tempfile.TemporaryDirectory(prefix="pip-indexauth-", dir="/tmp")
    with made as folder:
        yield folder


class _CredentialServer:
    """Answers each connection in a thread of its own; on Windows after either side has proved that it knows the key.

    Elsewhere the socket lies in a folder that only this user can enter. The key would not do there: to prove it takes
    MD5 before Python 3.12, which a machine in FIPS mode does not have.
    """

    def __init__(self, authenticator: PipAuthenticator, argv: Sequence[str], folder: str) -> None:
        self._authenticator = authenticator
        self._argv = list(argv)
        windows = sys.platform == "win32"
        self._key = os.urandom(32) if windows else None
        self._listener = Listener(None if windows else os.path.join(folder, "socket"))  # noqa: PTH118
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name="pip-indexauth listener", daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return f"{self._listener.address}{f' {self._key.hex()}' if self._key else ''}"

    def __exit__(self, *_: object) -> None:
        self._closed = True
        with suppress(OSError):
            Client(self._listener.address).close()  # wakes the thread
            self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except OSError:
                return
            if self._closed:
                connection.close()
                return
            threading.Thread(target=self._serve, args=(connection,), name="pip-indexauth", daemon=True).start()

    def _serve(self, connection: Connection) -> None:
        questions: dict[str, Callable[..., Any]] = {
            "start": self._start,
            "index_credential": self._index_credential,
            "ask": self._ask,
            "asked": self._asked,
            "accepted": self._accepted,
            "refused": self._refused,
        }
        with connection, self._authenticator.prompt.silent(), suppress(EOFError, OSError, AuthenticationError):
            if self._key is not None:  # here, not in the listener: a silent client must not stop the others
                deliver_challenge(connection, self._key)
                answer_challenge(connection, self._key)
            while True:
                question = json.loads(connection.recv_bytes())
                if "query" in question:
                    question["query"] = self._query(question["query"])
                answer = questions[question.pop("kind")](**question)
                connection.send_bytes(json.dumps(answer).encode())

    def _start(self) -> dict[str, Any]:
        """Tell what to run, and what is known of the indexes: what each accepted last, and what it refused."""
        authenticator, indexes = self._authenticator, []
        for index in authenticator.indexes.all:
            candidates = authenticator.memo.candidates(Call(authenticator.query(parse_url(index.url))), None)
            accepted = packed(candidates[0]) if candidates and index.authenticate != "never" else None
            refused = sorted(authenticator.memo.refused_by(index))
            indexes.append(KnownIndex(index.url, index.name, index.authenticate, accepted, refused))
        return {"argv": self._argv, "indexes": indexes}

    def _index_credential(self, query: Query) -> Any:
        return packed(self._authenticator.resolver.index_credential(query))

    def _ask(self, query: Query, unwanted: list[str], lapsed: Any) -> Any:
        refused = None if lapsed is None else Lapsed(*lapsed)
        return packed(self._authenticator.resolver.ask(query, lambda found: found.header in unwanted, refused))

    def _asked(self, query: Query) -> Any:
        return self._authenticator.resolver.asked(query)

    def _accepted(self, query: Query, found: Any) -> None:
        self._authenticator.memo.accept(Call(query), parse_found(found, query.realm))

    def _refused(self, query: Query, found: Any) -> None:
        self._authenticator.memo.refuse(Call(query), parse_found(found, query.realm))

    def _query(self, fields: list[Any]) -> Query:
        url, username, challenged, cross_realm = fields
        asked = self._authenticator.query(parse_url(url), username, cross_realm=cross_realm)
        return asked._replace(challenged=challenged)
