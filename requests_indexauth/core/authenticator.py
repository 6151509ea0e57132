"""The parts of one session: its indexes, its chain of sources and its memory. Knows nothing of ``requests``."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Callable

from ..models.found import GIVEN
from ..models.url import mask_query, parse_url
from ..util.after_fork import after_fork_in_child
from ..util.later import later, putting_off
from ..util.once import Once
from .memo import Memo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..config.settings import Settings
    from ..errors import ConfigError
    from ..explain.explanation import Explanation
    from ..models.call import Call
    from ..models.choices import Ask
    from ..models.credentials import Credentials
    from ..models.helper import Helpers
    from ..models.index import Index
    from ..models.indexes import Indexes
    from ..models.query import Query
    from ..models.url import URL, Realm
    from ..sources.prompt import PromptSource
    from .flow import Flow
    from .resolver import Resolver

logger = logging.getLogger("requests_indexauth")

MOST_MISTAKES = 100
"""The most bad values of the configuration that a session warns of: a project's file may be hostile."""


class Authenticator:
    """Finds the credential for a URL and remembers what servers said of it. Thread-safe.

    The modules that read files, ask sources and decide are imported on first use: until then a session costs little.

    Args:
        indexes: the indexes given in code; they come before the discovered ones.
        keyring_provider: one of `choices.PROVIDERS`; ``None``: what is configured, else disabled.
        discover: whether variables and files are searched for indexes.
        netrc: tells whether netrc files are read.
        store: whether the credential store is read.
        credential_helper: the helpers named in code, which replace the configured ones; ``None``: the configured ones.
        sources: functions that are asked before files are read.
        prompt: asked last, with the URL and the user name if there is one; ``None``: no question is asked.
        resolver: asks the sources; ``None``: one made of the options above.
        memo: what is remembered; ``None``: nothing yet.
        for_pip: whether pip makes the requests, so that advice names pip's settings.

    Attributes:
        quick: returns what is remembered for a URL without running the flow; ``None`` where the flow has to decide.
        goes_bare: returns whether a first request for a URL goes out bare, without running the flow; ``False`` where
            the flow has to decide.
        keeps_given: whether userinfo that a server has accepted, and what was found for a user name in it, is
            remembered for requests without one.

    """

    def __init__(  # noqa: PLR0913 - each is an option of IndexAuth
        self,
        indexes: Iterable[Index] = (),
        *,
        keyring_provider: str | None = None,
        discover: bool = True,
        netrc: Callable[[], bool] = lambda: True,
        store: bool = True,
        credential_helper: Helpers | None = None,
        sources: tuple[Ask, ...] = (),
        prompt: Ask | PromptSource | None = None,
        resolver: Resolver | None = None,
        memo: Memo | None = None,
        for_pip: bool = False,
    ) -> None:
        self.memo = Memo() if memo is None else memo
        self.quick = self.memo.short_cut.find
        self.goes_bare = self.memo.short_cut.is_bare
        self.keeps_given = True
        self._given = tuple(indexes)
        self._provider = keyring_provider
        self._discover = discover
        self._netrc = netrc
        self._store = store
        self._helper = credential_helper
        self._functions = sources
        self._prompt = prompt
        self._resolver = resolver
        self._for_pip = for_pip
        self._settings: Settings | None = None
        self._mistakes: set[str] = set()
        self._indexes: Indexes | None = None
        self._lock = threading.RLock()
        self._warned = Once()
        self._unanswered = Once()
        after_fork_in_child(self._renew_locks)

    def _renew_locks(self) -> None:
        """Replace all locks by free ones: in a forked child no other thread is left to release them."""
        self._lock = threading.RLock()
        self.memo.renew_locks()
        if self._resolver is not None:
            self._resolver.renew_locks()

    @property
    def resolver(self) -> Resolver:
        """Asks the sources; made on first use."""
        if self._resolver is None:
            from ..sources.chain import make_chain  # noqa: PLC0415 - see the class
            from ..sources.prompt import PromptSource  # noqa: PLC0415 - see the class
            from .resolver import Resolver  # noqa: PLC0415 - see the class

            with self._lock:
                if self._resolver is None:
                    prompt = self._prompt
                    chain = make_chain(
                        self.warn,
                        netrc=self._netrc,
                        store=self._store,
                        indexes=lambda: self.indexes.all,
                        store_folder=self.store_folder,
                        settings=self.settings,
                        helper=self._helper,
                        keyring_provider=self.keyring_provider,
                        functions=self._functions,
                        prompt=prompt if isinstance(prompt, PromptSource) else PromptSource(self.warn, prompt),
                    )
                    self._resolver = Resolver(chain, self.warn)
        return self._resolver

    @property
    def indexes(self) -> Indexes:
        """The indexes given and discovered; files are read on first use."""
        indexes = self._indexes
        if indexes is None:
            from ..models.indexes import Indexes  # noqa: PLC0415 - see the class

            indexes = self._indexes = Indexes((*self._given, *self.settings().indexes))
        return indexes

    def use(self, settings: Settings) -> None:
        """Use settings that the caller has read already: a pipe can be read only once."""
        self._settings = settings

    def reread(self) -> None:
        """Forget what variables and files say: they are read again when next needed."""
        with self._lock:
            self._settings = self._indexes = None
        self.indexes_changed()
        self.resolver.reread()

    def settings(self) -> Settings:
        """Return what variables and files configure, read once."""
        from ..config import settings, uv  # noqa: PLC0415 - see the class

        with putting_off(), self._lock:
            if self._settings is None:
                self._mistakes = set()
                if self._discover:
                    self._settings = settings.discover(self._misconfigured)
                else:
                    provider = uv.keyring_provider([], self._misconfigured)
                    self._settings = settings.Settings((), provider, read_own=False)
            return self._settings

    def keyring_provider(self) -> str:
        """Return the keyring provider: the option, else the configuration's, else ``"disabled"``."""
        return self._provider or self.settings().keyring_provider or "disabled"

    def store_folder(self) -> str | None:
        """Return the folder that the configuration has for the credential store; ``None`` for uv's own place."""
        return self.settings().store_folder

    def flow(self, call: Call) -> Flow:
        """Return the generator that decides what is sent for a call; at DEBUG it logs what it does."""
        from .flow import auth_flow  # noqa: PLC0415 - see the class

        if not logger.isEnabledFor(logging.DEBUG):
            return auth_flow(call, self.memo, self.resolver)
        from .notes import Notes, logged  # noqa: PLC0415 - only at level DEBUG

        notes = Notes(call)
        return logged(auth_flow(call, self.memo, self.resolver, notes), notes)

    def log_refusal(
        self, call: Call, sent: Sequence[str], redirected_from: str | None = None, *, used_up: bool = False
    ) -> None:
        """Log once for an index or realm that a 401 is the final answer, with the sources asked and how to see why.

        Args:
            call: the call that ended with the 401. Nothing is logged if its credential is the caller's own.
            sent: the sources whose credentials were sent.
            redirected_from: the URL whose redirect led here; ``None`` without a redirect.
            used_up: whether the call has been sent the most times that are allowed.

        """
        ours = call.given is None and not call.bare and call.policy != "never"
        if not ours or not logger.isEnabledFor(logging.INFO) or not self._unanswered.is_new(call.label):
            return
        from ..explain.causes import unanswered  # noqa: PLC0415 - few calls come this far

        asked = self.resolver.asked(call.query._replace(challenged=True))
        url = mask_query(call.query.url)
        led = (
            ""
            if redirected_from is None or redirected_from == url
            else f" (a redirect led there from {redirected_from})"
        )
        name_alone = tuple(sent) == (GIVEN,)  # of the request's URL or of its index: nothing else is given here
        why = unanswered(
            () if name_alone else sent,
            asked,
            self.how_to_explain(redirected_from or url),
            name_alone=name_alone,
            used_up=used_up,
        )
        logger.info("401 for %s%s: %s", url, led, why)

    def how_to_explain(self, url: str) -> str:
        """Return the command, or line of Python, that says why a request got no credential, or the wrong one.

        The command does not know the options given in code. With any but a keyring provider, ask the session instead.
        """
        url = url.partition("?")[0]
        in_code = self._given or self._functions or self._helper is not None
        if in_code or not (self._discover and self._store and self._netrc()):
            return f"print(session.auth.explain({url!r}))"
        from ..util.terminal import in_command  # noqa: PLC0415 - few sessions tell

        provider = "" if self._provider is None else f" --keyring-provider {self._provider}"
        return f"indexauth explain {in_command(url)}{provider}"

    def query(self, url: URL, username: str | None = None, *, cross_realm: bool = False) -> Query:
        """Return the question a URL puts to the sources."""
        from ..models.query import Query  # noqa: PLC0415 - see the class

        return Query(url.clean, url.realm, url.path, self.indexes.covering(url), username, cross_realm=cross_realm)

    def indexes_changed(self) -> None:
        """Have the flow decide anew what belongs to which index."""
        self.memo.short_cut.clear()

    def is_strict(self, url: str) -> bool:
        """Whether the index that covers a URL has a policy that may forbid a request: ``always`` or ``never``."""
        indexes = self._indexes or self.indexes
        if not indexes.any_strict:
            return False
        try:
            index = indexes.covering(parse_url(url))
        except ValueError:
            return False
        return index is not None and index.authenticate != "auto"

    def resolve(self, url: str, username: str | None = None) -> Credentials | None:
        """Return the complete credential that would answer a 401 from ``url``; ``None`` when there is none."""
        return self.explain(url, username, tell_why=False).credentials

    def explain(
        self, url: str, username: str | None = None, *, challenged: bool = True, tell_why: bool = True
    ) -> Explanation:
        """Ask every source, and report what each did.

        Args:
            url: an http(s) URL; its userinfo is the given credential.
            username: the given user name; ``None`` for the one in the URL, or any.
            challenged: whether to ask as after a 401.
            tell_why: whether to find near misses of the sources that have no answer.

        Raises:
            ValueError: not an http(s) URL with a clear host.

        """
        from .explaining import explain  # noqa: PLC0415 - see the class

        parsed = parse_url(url)
        query = self.query(parsed, username or parsed.username)._replace(challenged=challenged)
        return explain(query, parsed, self.resolver, self.indexes, tell_why=tell_why, for_pip=self._for_pip)

    def warn(self, message: str) -> None:
        """Log a warning, once in this session. It may quote a hostile file: it is made printable."""
        if self._warned.is_new(message):
            from ..util.terminal import printable  # noqa: PLC0415 - few sessions warn

            later(lambda: logger.warning("%s", printable(message)))

    def warn_insecure(self, realm: Realm) -> None:
        """Warn once that credentials for a realm cross the network unencrypted, if they do."""
        if realm.insecure:
            self.warn(f"{realm} is plain http: credentials for it cross the network unencrypted")

    def _misconfigured(self, error: ConfigError) -> None:
        if len(self._mistakes) <= MOST_MISTAKES:
            self._mistakes.add(str(error))
        if len(self._mistakes) <= MOST_MISTAKES:
            self.warn(str(error))
        else:
            self.warn(f"the configuration has more than {MOST_MISTAKES} mistakes: correct them to see the others")
