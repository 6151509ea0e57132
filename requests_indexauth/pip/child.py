"""The pip that installs build dependencies, a child, gets credentials from the pip that started it.

On the child's command line userinfo is masked. The real command line and every credential go through a socket in a
folder that only this user can enter, or on Windows through a named pipe, where each side first proves that it knows a
key. Both are gone when the child is. Nothing is written to disk, nothing stands in the child's environment but the
socket's name and the key, and the child takes them out before it runs pip. It needs neither a keyring nor any package
besides pip. Its own children ask it in turn.
"""

from __future__ import annotations

import errno
import json
import os
import runpy
import sys
import threading
from importlib.util import find_spec
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client
from typing import TYPE_CHECKING, Any, cast

from ..config.settings import Settings
from ..core.memo import Memo
from ..core.resolver import Resolver
from ..models.call import Call
from ..models.found import Found
from ..models.index import Index
from ..models.query import Query
from ..models.url import parse_url
from .auth import PipAuth
from .authenticator import PipAuthenticator
from .messages import ADDRESS, RUNNABLE, KnownIndex, packed, question, unpacked
from .options import PipOptions
from .patch import NAME, complain, prepare

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection

    from ..core.record import Lapsed
    from ..models.choices import Policy
    from ..sources.base import Step


class ParentResolver(Resolver):
    """Asks the chain of the process that started this one.

    Args:
        address: where it listens; on Windows a blank and its key follow.
        warn: takes a warning.

    Raises:
        OSError: no process listens there, or it has another key.

    """

    def __init__(self, address: str, warn: Callable[[str], None]) -> None:
        super().__init__((), warn)
        place, _, key = address.partition(" ") if sys.platform == "win32" else (address, "", "")
        try:
            self._connection: Connection = Client(place, authkey=bytes.fromhex(key) or None)
        except (AuthenticationError, EOFError):
            raise ConnectionRefusedError(errno.ECONNREFUSED, "its key is another") from None
        self._talking = threading.Lock()

    def start(self) -> Any:
        """Return what to run, and what is known of the indexes."""
        return self._answer("start")

    def index_credential(self, query: Query) -> Found | None:
        """Return the index's own credential or lone user name."""
        return unpacked(self._answer("index_credential", query=question(query)), query.realm)

    def ask(
        self,
        query: Query,
        unwanted: Callable[[Found], bool],
        lapsed: Lapsed | None = None,
        *,
        interactive: bool = True,  # noqa: ARG002 - a child never prompts
        on_step: Callable[[Step], None] | None = None,  # noqa: ARG002 - the parent knows what each source did
    ) -> Found | None:
        """Return the first credential a source has that is not unwanted."""
        refused: list[str] = []
        while True:
            answer = self._answer("ask", query=question(query), unwanted=refused, lapsed=lapsed)
            found = unpacked(answer, query.realm)
            if found is None or not unwanted(found):
                return found
            refused.append(found.header)
            lapsed = None

    def asked(self, query: Query) -> tuple[str, ...]:
        """Return the names of the sources that a question is put to."""
        return tuple(self._answer("asked", query=question(query)) or ())

    def tell(self, kind: str, query: Query, found: Found) -> None:
        """Tell the parent that a server ``"accepted"`` or ``"refused"`` a credential."""
        wire_form = packed(found)
        if wire_form is not None:
            self._answer(kind, query=question(query), found=wire_form)

    def _answer(self, kind: str, **question: Any) -> Any:
        try:
            with self._talking:
                self._connection.send_bytes(json.dumps({"kind": kind, **question}).encode())
                return json.loads(self._connection.recv_bytes())
        except (OSError, EOFError):  # the parent has ended, and this process soon will
            self._warn("pip-indexauth: the pip that started this one does not answer")
            return None


class _SharedMemo(Memo):
    """What a child learns, its parent learns too: the next child need not be refused the same."""

    def __init__(self, parent: ParentResolver) -> None:
        super().__init__()
        self._parent = parent

    def take_over(self, call: Call, known: KnownIndex) -> None:
        """Remember what the parent knows of an index; ``call`` is for the index's own URL."""
        realm = call.query.realm
        accepted = unpacked(known.accepted, realm)
        if accepted is not None:
            super().accept(call, accepted)
        for header in known.refused:
            super().refuse(call, Found.given(header, realm))

    def accept(self, call: Call, found: Found) -> bool:
        self._parent.tell("accepted", call.query, found)
        return super().accept(call, found)

    def refuse(self, call: Call, found: Found) -> bool:
        self._parent.tell("refused", call.query, found)
        return super().refuse(call, found)


class ChildAuthenticator(PipAuthenticator):
    """The authenticator of a child: what it knows and finds is its parent's.

    Args:
        options: pip's.
        address: where the parent listens.

    Attributes:
        argv: what to run.

    Raises:
        OSError: no process listens there.

    """

    def __init__(self, options: PipOptions, address: str) -> None:
        parent = ParentResolver(address, self.warn)
        memo = _SharedMemo(parent)
        super().__init__(options, resolver=parent, memo=memo)
        start = parent.start() or {"argv": [], "indexes": []}
        self.argv: list[str] = start["argv"]
        known = [KnownIndex(*fields) for fields in start["indexes"]]
        indexes = [Index(one.url, one.name, cast("Policy", one.authenticate)) for one in known]
        self._parents = Settings(tuple(indexes), "disabled")
        for index, one in zip(indexes, known):
            memo.take_over(Call(self.query(parse_url(index.url))), one)

    def settings(self) -> Settings:
        """Return what the parent knows."""
        return self._parents


def run() -> None:
    """Be the pip that a parent started: ask it, or, with ``--python``, be this environment's own pip-indexauth."""
    address, runnable = os.environ.pop(ADDRESS, None), os.environ.pop(RUNNABLE, None)
    if address is not None:
        try:
            auth = PipAuth(lambda options: ChildAuthenticator(options, address))
        except OSError as error:
            complain(f"the pip that started this one cannot be asked: {error.strerror}")
            sys.exit(1)
        assert isinstance(auth.authenticator, ChildAuthenticator)  # noqa: S101 - for the type checker
        argv = auth.authenticator.argv
    else:
        auth = PipAuth()
        argv = [runnable or "", *sys.argv[1:]]
    prepare(lambda: auth)
    sys.argv = argv
    if address is None and find_spec("pip") is not None:
        runpy.run_module("pip", run_name="__main__", alter_sys=True)
    elif argv[0]:
        runpy.run_path(argv[0], run_name="__main__")
    else:
        complain(f"there is no pip in {sys.prefix}, nor beside {NAME}: install it in either (python -m ensurepip)")
        sys.exit(1)
