"""What takes the place of pip's authentication: our engine, with pip's options, pip's question and pip's errors.

Nothing here knows where in pip these are: `pip` hands them over.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Callable, NamedTuple
from urllib.parse import urlsplit

from .authenticator import Authenticator, logger
from .credentials import Credentials
from .errors import StoreError
from .exchange import OK, Exchange, Send, copy_with, is_final
from .facts import Facts
from .flow import FORBIDDEN, UNAUTHORIZED
from .index import Index
from .indexes import Indexes
from .resolver import Resolver
from .sources.prompt import PromptSource
from .store import CredentialStore
from .terminals import is_terminal
from .trail import Trail
from .url import parse_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .sources.base import Query, Warn
    from .toolkit import Toolkit
    from .url import URL

SAVE = "Keep these credentials in the store that uv and indexauth share [y/N]: "


class Inside(NamedTuple):
    """What is needed of pip, once it is loaded.

    Attributes:
        toolkit: for pip's copy of ``requests``; its policy errors are pip's errors.
        error: makes one of pip's errors, which pip shows in a line and ends with, of a message.
        ask_input: asks a person a question.
        ask_password: asks for a secret.
        ask: asks for one of several answers.
        misfit: tells, once, that this pip wants something of its authentication that is not known here.

    """

    toolkit: Toolkit
    error: Callable[[str], Exception]
    ask_input: Callable[[str], str]
    ask_password: Callable[[str], str]
    ask: Callable[[str, Sequence[str]], str]
    misfit: Callable[[], None] = lambda: None


class PipAuth:
    """What every session of pip has as its ``auth``: pip's options are set here, its adapters do the work.

    Args:
        make_engine: makes the engine, of these options.

    Attributes:
        prompting: whether somebody may be asked (not with ``--no-input``).
        keyring_provider: pip's option; ``None`` in a pip that has none (before 23.1).
        engine: finds and remembers credentials, for all sessions of the process.
        stands_for: pip's own authentication; ``None`` until a session is made.
        inside: what is needed of pip; set when its sessions are loaded.

    """

    inside: Inside

    def __init__(self, make_engine: Callable[[PipAuth], PipEngine] | None = None) -> None:
        self.prompting = True
        self.keyring_provider: str | None = None
        self._index_urls: list[str] | None = None
        self.stands_for: Any = None
        self.engine = (PipEngine if make_engine is None else make_engine)(self)

    @property
    def index_urls(self) -> list[str] | None:
        """The indexes pip has from its options and from requirements files; ``None`` for none."""
        return self._index_urls

    @index_urls.setter
    def index_urls(self, urls: list[str] | None) -> None:
        self._index_urls = urls
        self.engine.give(urls or ())

    def __call__(self, request: Any) -> Any:
        """Take userinfo out of the URL, as pip's own does: it finds the adapter for a trusted host without.

        What pip has copied from an index's URL to a page's is that index's own credential, and not given with the page.
        That there is an ``auth`` keeps ``requests`` from reading netrc itself.
        """
        if "@" in request.url:
            try:
                facts = Facts(self.engine, request, self.inside.toolkit.netrc_header, maybe_netrc=False)
            except ValueError:  # `_send` says so
                return request
            facts.strip(keep=not self.engine.is_own(facts.url))
        return request

    def __getattr__(self, name: str) -> Any:
        """Leave to pip's own what is not known here: a newer pip may do more with its ``auth``."""
        own = self.__dict__.get("stands_for")
        if own is None or not hasattr(own, name):
            message = f"{type(self).__name__!r} object has no attribute {name!r}"
            raise AttributeError(message)
        self.inside.misfit()
        return getattr(own, name)

    def sender(self, adapter_send: Callable[..., Any]) -> Callable[..., Any]:
        """Return what takes the place of an adapter's ``send``."""

        def send(request: Any, *args: Any, **options: Any) -> Any:
            return self._send(request, lambda attempt: adapter_send(attempt, *args, **options))

        return send

    def _send(self, request: Any, send: Send) -> Any:
        """Send a request with the credential it takes.

        Raises:
            Exception: pip's own: a policy and what was found do not go together, or the URL's host is not clear.

        """
        first = None
        if type(request.hooks) is not Trail and "Authorization" not in request.headers:
            found = self.engine.quick(request.url)
            if found is not None:
                first = send(copy_with(request, request.url, found.header))
                if first.status_code == OK or is_final(first):
                    return first
        try:
            exchange = Exchange(self.engine, request, self.inside.toolkit, maybe_netrc=False)
        except ValueError as error:
            raise self.inside.error(str(error)) from None
        response = exchange.run(send) if first is None else exchange.run_from(first, send)
        self.engine.review(response)
        return response


class PipEngine(Authenticator):
    """An `Authenticator` with the options of pip, which come while it is in use.

    Args:
        auth: has the options.

    """

    def __init__(self, auth: PipAuth) -> None:
        super().__init__()
        self._auth = auth
        self._urls: tuple[str, ...] = ()
        self._joined: Indexes | None = None
        self._refusals: set[str] = set()
        self.prompt = PipPrompt(self.warn, auth)
        self.resolver = Resolver([*self.resolver.sources[:-1], self.prompt], self.warn)

    def give(self, urls: Iterable[str]) -> None:
        """Take pip's indexes; they come before the discovered ones."""
        self._urls = tuple(urls)
        self._joined = None
        self._folders.clear()

    @property
    def indexes(self) -> Indexes:
        """Those of pip, with the names and policies uv's configuration has for them, and the discovered ones."""
        joined = self._joined
        if joined is None:
            known = self.settings().indexes
            joined = self._joined = Indexes((*_join(self._urls, known), *known))
        return joined

    def keyring_provider(self) -> str:
        """Return pip's option; where that is its default, what uv's configuration says goes first.

        The default asks a keyring only where a person may be asked too: pip's own rule, as old as the option.
        """
        given = self._auth.keyring_provider
        if given not in (None, "auto"):
            return str(given)
        default = "auto" if given is None or self._auth.prompting else "disabled"
        return self.settings().keyring_provider or default

    def review(self, response: Any) -> None:
        """Say that a place refused what there was for it; keep an accepted answer where that was asked for."""
        header = response.request.headers.get("Authorization")
        if response.status_code in (UNAUTHORIZED, FORBIDDEN):
            self._warn_refused(parse_url(response.request.url), response.status_code, sent=header is not None)
        elif header is not None and response.ok:
            self.prompt.accepted(header)

    def is_own(self, url: URL) -> bool:
        """Whether a URL's userinfo is that of the index which covers it."""
        index = self.indexes.covering(url)
        own = None if index is None else index.credentials
        return own is not None and (own.username, own.password) == (url.username, url.password)

    def _warn_refused(self, url: URL, status: int, *, sent: bool) -> None:
        """Warn of a 401 or 403, once for an index or a realm."""
        index = self.indexes.covering(url)
        where = str(url.realm) if index is None else index.display_url
        if where in self._refusals:
            return
        self._refusals.add(where)
        if sent:
            self.warn(f"{status} Error, Credentials not correct for {where}")  # pip's words
        elif index is not None and index.authenticate == "never":
            self.warn(f'{status} Error for {where}: no credentials are sent there (authenticate = "never")')
        else:
            self.warn(f"{status} Error, no credentials found for {where} (see: indexauth explain {where})")


def _join(urls: Sequence[str], known: Sequence[Index]) -> Iterator[Index]:
    """Yield pip's indexes. One that the configuration has too keeps the name, policy and credentials from there."""
    for url in urls:
        url = url.rstrip("/") + "/"  # noqa: PLW2901 - as pip asks a keyring
        try:
            index = Index(url, origin="pip's options")
        except ValueError:  # a folder; or what pip will complain of
            continue
        same = next((other for other in known if other.root == index.root), None)
        if same is None:
            yield index
        elif index.credentials is None and same.credentials is not None:
            yield same
        else:
            yield Index(url, same.name, same.authenticate, origin=f"pip's options and {same.origin}")


class PipPrompt(PromptSource):
    """pip's question on the terminal, and its offer to keep the answer: in our store instead of a keyring.

    Args:
        warn: takes a warning.
        auth: has pip's options, and pip's way of asking.

    """

    def __init__(self, warn: Warn, auth: PipAuth) -> None:
        super().__init__(warn, self._ask)
        self._auth = auth
        self._thread = threading.local()
        self._to_keep: dict[str, tuple[str, Credentials]] = {}
        self._roots: dict[str, str] = {}

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Ask nobody in this thread meanwhile: it answers a child, for which plain pip asks nobody either."""
        self._thread.silent = True
        try:
            yield
        finally:
            self._thread.silent = False

    def skipped(self, query: Query) -> str | None:
        """Say why pip would not ask: it may not, has a user name, or was not refused."""
        if not self._auth.prompting:
            return "pip asks nobody (--no-input)"
        if getattr(self._thread, "silent", False):
            return "pip asks nobody while it installs build dependencies"
        if query.username is not None:
            return "pip does not ask for a password alone"
        if query.early and not query.challenged:
            return "pip asks after a 401"
        return super().skipped(query)

    def accepted(self, header: str) -> None:
        """Keep the credential with this header, if it was answered here and that was wanted."""
        kept = self._to_keep.pop(header, None)
        if kept is None:
            return
        store = CredentialStore(warn=self.warn)
        try:
            store.set(*kept)
        except (StoreError, ImportError) as error:  # --python may lead where there is nothing to write TOML with
            self.warn(f"the credentials are not kept: {error}")
        else:
            logger.info("Saved credentials to %s", store.path)

    def _ask(self, url: str, _username: str | None) -> Credentials | None:
        """Ask in pip's words; who declines, or is not there, has no credentials."""
        inside = self._auth.inside
        try:
            # Where nobody reads the question it would only spoil what pip prints, though an answer may be on stdin.
            question = f"User for {urlsplit(url).netloc}: " if is_terminal(sys.stdin) else ""
            username = inside.ask_input(question)
            if not username:
                return None
            credentials = Credentials.basic(username, inside.ask_password("Password: "))
            service = self._service(url)
            if service is not None and inside.ask(SAVE, ("y", "n", "")) == "y":
                self._to_keep[credentials.header] = service, credentials
        except EOFError:  # no terminal, and nothing more on stdin
            return None
        except ValueError as error:  # what no header can carry; the message quotes nothing
            self.warn(f"{self.name}: {error}")
            return None
        return credentials

    def _service(self, url: str) -> str | None:
        """Return what the store would keep the answer for: the index, else the host; ``None``: it would not."""
        from .services import service_url  # noqa: PLC0415 - few are asked

        parsed = parse_url(url)
        index = self._auth.engine.indexes.covering(parsed)
        try:
            return service_url(str(parsed.realm) if index is None else index.root)
        except StoreError:
            return None
