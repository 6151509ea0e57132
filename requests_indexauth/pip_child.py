"""How the pip that installs build dependencies gets credentials: it asks the one that started it.

On the child's command line userinfo is masked; the real one, and every credential, goes through a socket (a named pipe
on Windows) that only this user can open and that is gone when the child is. Nothing is written to disk, nothing stands
in the environment but the socket's name, and the child needs neither a keyring nor any package besides pip. Its own
children ask it in turn.
"""

from __future__ import annotations

import json
import os
import runpy
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from multiprocessing.connection import Client, Listener
from typing import TYPE_CHECKING, Any

from .call import Call
from .config import Settings
from .credentials import Credentials
from .found import Found
from .index import Index
from .memo import Memo
from .pip_engine import PipAuth, PipEngine
from .resolver import Resolver, Stale
from .sources.base import Query
from .url import parse_url, redacted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.connection import Connection

RUNNER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pip_runner.py")  # noqa: PTH100, PTH118, PTH120
"""What a child's Python is given to run in place of pip's own runner."""
ADDRESS = "REQUESTS_INDEXAUTH_PIP_PARENT"
"""The variable that tells the runner where to ask."""
RUNNABLE = "REQUESTS_INDEXAUTH_PIP_RUNNABLE"
"""The variable that tells the runner which pip to run, where nobody is to be asked (``--python``)."""

LONGEST_PATH = 90
"""What a socket's path may have in bytes, on every system, less the name in the folder."""


@contextmanager
def handed_over(engine: PipEngine, command: Sequence[str]) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Give the command and the variables with which a child runs ours; answer it for as long as this lasts.

    Args:
        engine: has the credentials.
        command: what pip would run: an interpreter, a runnable pip, and its arguments.

    Raises:
        OSError: there can be no socket here.

    """
    with _folder() as folder, _Desk(engine, command[1:], folder) as address:
        yield [command[0], RUNNER, *map(redacted, command[2:])], {ADDRESS: address}


@contextmanager
def _folder() -> Iterator[str]:
    """Make a folder that only this user can enter."""
    made = tempfile.TemporaryDirectory(prefix="pip-indexauth-")
    if os.name == "posix" and len(os.fsencode(made.name)) > LONGEST_PATH:
        made.cleanup()
        made = tempfile.TemporaryDirectory(prefix="pip-indexauth-", dir="/tmp")
    with made as folder:
        yield folder


class _Desk:
    """Answers whoever connects, each in a thread."""

    def __init__(self, engine: PipEngine, argv: Sequence[str], folder: str) -> None:
        self._engine = engine
        self._argv = list(argv)
        self._listener = Listener(None if os.name == "nt" else os.path.join(folder, "desk"))  # noqa: PTH118
        self._closed = False
        self._thread = threading.Thread(target=self._accept, name="pip-indexauth desk", daemon=True)

    def __enter__(self) -> str:
        self._thread.start()
        return str(self._listener.address)

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
            "own": self._own,
            "ask": self._ask,
            "asked": self._asked,
            "accepted": self._accepted,
            "refused": self._refused,
        }
        with connection, self._engine.prompt.silent(), suppress(EOFError, OSError):
            while True:
                question = json.loads(connection.recv_bytes())
                answer = questions[question.pop("kind")](**question)
                connection.send_bytes(json.dumps(answer).encode())

    def _start(self) -> dict[str, Any]:
        """Tell what to run, and what is known of the indexes: what each accepted last, and what it refused."""
        engine, indexes = self._engine, []
        for index in engine.indexes.all:
            found = engine.memo.remembered(Call(engine.query(parse_url(index.url))), None)
            remembered = None if index.authenticate == "never" else _packed(found)
            refused = sorted(engine.memo.memory(index).refused)
            indexes.append([index.url, index.name, index.authenticate, remembered, refused])
        return {"argv": self._argv, "indexes": indexes}

    def _own(self, query: Any) -> Any:
        return _packed(self._engine.resolver.own(self._query(query)))

    def _ask(self, query: Any, unwanted: list[str], stale: Any) -> Any:
        found = self._engine.resolver.ask(
            self._query(query), lambda found: found.header in unwanted, None if stale is None else tuple(stale)
        )
        return _packed(found)

    def _accepted(self, query: Any, found: Any) -> None:
        self._engine.memo.accept(Call(self._query(query)), _found(found))

    def _refused(self, query: Any, found: Any) -> None:
        self._engine.memo.refuse(Call(self._query(query)), _found(found))

    def _asked(self, query: Any) -> Any:
        return self._engine.resolver.asked(self._query(query))

    def _query(self, query: Any) -> Query:
        url, username, challenged, hopped = query
        return self._engine.query(parse_url(url), username, hopped=hopped)._replace(challenged=challenged)


class ParentResolver(Resolver):
    """A chain that is asked in the process that started this one.

    Args:
        address: where it listens.
        warn: takes a warning.

    Raises:
        OSError: nobody listens there.

    """

    def __init__(self, address: str, warn: Callable[[str], None]) -> None:
        super().__init__((), warn)
        self._connection: Connection = Client(address)
        self._talking = threading.Lock()

    def start(self) -> Any:
        """Return what to run, and what is known of the indexes."""
        return self._answer("start")

    def own(self, query: Query) -> Found | None:
        """Return the index's own credential or lone user name."""
        return _unpacked(self._answer("own", query=_question(query)))

    def ask(
        self,
        query: Query,
        unwanted: Callable[[Found], bool],
        stale: Stale | None = None,
        *,
        personal: bool = True,  # noqa: ARG002 - nobody is asked in any case
    ) -> Found | None:
        """Return the first credential a source has that is not unwanted."""
        refused: list[str] = []
        while True:
            answer = self._answer("ask", query=_question(query), unwanted=refused, stale=stale)
            found = _unpacked(answer)
            if found is None or not unwanted(found):
                return found
            refused.append(found.header)
            stale = None

    def asked(self, query: Query) -> tuple[str, ...]:
        """Return the names of the sources that a question is put to."""
        return tuple(self._answer("asked", query=_question(query)) or ())

    def tell(self, kind: str, query: Query, found: Found) -> None:
        """Tell what became of a credential: ``"accepted"`` or ``"refused"``."""
        packed = _packed(found)
        if packed is not None:
            self._answer(kind, query=_question(query), found=packed)

    def _answer(self, kind: str, **question: Any) -> Any:
        try:
            with self._talking:
                self._connection.send_bytes(json.dumps({"kind": kind, **question}).encode())
                return json.loads(self._connection.recv_bytes())
        except (OSError, EOFError):  # it has ended, and will soon end this one
            self._warn("pip-indexauth: the pip that started this one does not answer")
            return None


class _SharedMemo(Memo):
    """What a child learns, its parent learns too: the next child need not be refused the same."""

    def __init__(self, parent: ParentResolver) -> None:
        super().__init__()
        self.telling = False
        self._parent = parent

    def accept(self, call: Call, found: Found) -> bool:
        if self.telling:
            self._parent.tell("accepted", call.query, found)
        return super().accept(call, found)

    def refuse(self, call: Call, found: Found) -> bool:
        if self.telling:
            self._parent.tell("refused", call.query, found)
        return super().refuse(call, found)


class ChildEngine(PipEngine):
    """The engine of a child: what it knows and finds is its parent's.

    Args:
        auth: has pip's options.
        address: where the parent listens.

    Attributes:
        argv: what to run.

    Raises:
        OSError: nobody listens there.

    """

    def __init__(self, auth: PipAuth, address: str) -> None:
        super().__init__(auth)
        self.resolver = parent = ParentResolver(address, self.warn)
        start = parent.start() or {"argv": [], "indexes": []}
        self.argv: list[str] = start["argv"]
        known = [(Index(url, name, policy), _unpacked(found), no) for url, name, policy, found, no in start["indexes"]]
        self._known = Settings(tuple(index for index, _, _ in known), "disabled")
        self.memo = memo = _SharedMemo(parent)
        for index, found, refused in known:
            call = Call(self.query(parse_url(index.url)))
            if found is not None:
                memo.accept(call, found)
            for header in refused:
                memo.refuse(call, Found.given(header))
        memo.telling = True

    def settings(self) -> Settings:
        """Return what the parent knows."""
        return self._known


def run() -> None:
    """Be the pip that a parent started: ask it, or, with ``--python``, be a pip-indexauth of its own."""
    from .pip import complain, prepare  # noqa: PLC0415 - the two need each other

    address, runnable = os.environ.pop(ADDRESS, None), os.environ.pop(RUNNABLE, None)
    if address is not None:
        try:
            auth = PipAuth(lambda auth: ChildEngine(auth, address))
        except OSError as error:
            complain(f"the pip that started this one cannot be asked: {error.strerror}")
            sys.exit(1)
        assert isinstance(auth.engine, ChildEngine)  # noqa: S101 - for the type checker
        argv = auth.engine.argv
    else:
        auth = PipAuth()
        argv = [runnable or "", *sys.argv[1:]]
    prepare(lambda: auth)
    sys.argv = argv
    runpy.run_path(argv[0], run_name="__main__")


def _question(query: Query) -> list[Any]:
    return [query.url, query.username, query.challenged, query.hopped]


def _packed(found: Found | None) -> list[str | None] | None:
    if found is None or found.credentials is None:
        return None
    credentials = found.credentials
    secret = credentials.token if credentials.scheme == "bearer" else credentials.password
    return [credentials.scheme, credentials.username, secret, found.source, found.prefix]


def _unpacked(packed: Any) -> Found | None:
    return None if packed is None else _found(packed)


def _found(packed: Any) -> Found:
    scheme, username, secret, source, prefix = packed
    credentials = Credentials.bearer(secret) if scheme == "bearer" else Credentials.basic(username, secret)
    return Found(credentials, source, prefix)
