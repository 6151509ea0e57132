"""pip's question on the terminal."""

from __future__ import annotations

import logging
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Callable
from urllib.parse import urlsplit

from ..errors import IndexAuthError, StoreError
from ..models.credentials import Credentials
from ..models.url import parse_url
from ..sources.prompt import PromptSource
from ..store.file_store import CredentialStore
from ..util.terminal import is_terminal
from .options import PipOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..models.index import Index
    from ..models.query import Query
    from ..models.url import URL
    from ..sources.base import Warn


logger = logging.getLogger("requests_indexauth")

SAVE = "Keep these credentials in the store that uv and indexauth share [y/N]: "


class PipPrompt(PromptSource):
    """pip's question on the terminal, and its offer to keep the answer: in our store instead of a keyring.

    Args:
        warn: takes a warning.
        options: pip's, and pip's way of asking.
        covering: returns the index that covers a URL, ``None`` when none does.

    """

    def __init__(self, warn: Warn, options: PipOptions, *, covering: Callable[[URL], Index | None]) -> None:
        super().__init__(warn, self._ask)
        self._options = options
        self._covering = covering
        self._thread = threading.local()
        self._to_keep: dict[str, tuple[str, Credentials]] = {}
        self._roots: dict[str, str] = {}

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Do not prompt in this thread meanwhile: it answers a child, in which plain pip does not prompt either."""
        self._thread.silent = True
        try:
            yield
        finally:
            self._thread.silent = False

    def skipped(self, query: Query) -> str | None:
        """Say why pip would not ask: it may not, has a user name, or was not refused."""
        if not self._options.prompting:
            return "pip does not prompt (--no-input)"
        if getattr(self._thread, "silent", False):
            return "pip does not prompt while it installs build dependencies"
        if query.username is not None:
            return "pip does not ask for a password alone"
        if query.has_body and not query.challenged:
            return "pip asks after a 401"
        return super().skipped(query)

    def accepted(self, header: str) -> None:
        """Store the credential with this header, if the user gave it here and wanted it stored."""
        kept = self._to_keep.pop(header, None)
        if kept is None:
            return
        store = CredentialStore(warn=self.warn)
        try:
            store.set(*kept)
        except (IndexAuthError, ImportError) as error:  # --python may lead where there is nothing to write TOML with
            self.warn(f"the credentials are not kept: {error}")
        else:
            logger.info("Saved credentials to %s", store.path)

    def _ask(self, url: str, _username: str | None) -> Credentials | None:
        """Ask in pip's words; return ``None`` when the user gives no name, or there is no input."""
        internals = self._options.internals
        try:
            # Without a terminal the question would only spoil what pip prints, though an answer may be on stdin.
            question = f"User for {urlsplit(url).netloc}: " if is_terminal(sys.stdin) else ""
            username = internals.ask_input(question)
            if not username:
                return None
            credentials = Credentials.basic(username, internals.ask_password("Password: "))
        except EOFError:  # no terminal, and nothing more on stdin
            return None
        except ValueError as error:  # what no header can carry; the message quotes nothing
            self.warn(f"{self.name}: {error}")
            return None
        service = self._service(url)
        if service is not None and self._wants_to_keep():
            self._to_keep[credentials.header] = service, credentials
        return credentials

    def _wants_to_keep(self) -> bool:
        with suppress(EOFError):  # no answer
            return self._options.internals.ask(SAVE, ("y", "n", "")) == "y"
        return False

    def _service(self, url: str) -> str | None:
        """Return what the store would keep the answer for: the index, else the host; ``None``: it would not."""
        from ..store.service import service_url  # noqa: PLC0415 - few are asked

        parsed = parse_url(url)
        index = self._covering(parsed)
        try:
            return service_url(str(parsed.realm) if index is None else index.root)
        except StoreError:
            return None
