"""`IndexAuth`: the ``auth`` of a session of ``requests``."""

from __future__ import annotations

import weakref
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, cast

import requests
from requests.auth import AuthBase
from requests.structures import CaseInsensitiveDict

from ..core.authenticator import Authenticator
from ..exchange.authorization import authorize
from ..exchange.compat import RequestsCompat
from ..exchange.redirects import ANSWERED, RedirectContext, context_of
from ..models.credentials import Secret
from ..models.url import without_userinfo
from . import before_fork  # noqa: F401 - it has itself called

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests import PreparedRequest, Response, Session

    from ..errors import PolicyError
    from ..exchange.exchange import Exchange
    from ..explain.explanation import Explanation
    from ..models.choices import Ask, CredentialHelper, Provider
    from ..models.credentials import Credentials
    from ..models.helper import Helpers
    from ..models.index import Index


OK = 200
"""The status of most answers, which say nothing of a credential."""
_HAS_STORE = hasattr(CaseInsensitiveDict(), "_store")


def _for_request(error: PolicyError, request: Any) -> Exception:
    """Return the ``requests`` form of a policy error."""
    from .errors import for_request  # noqa: PLC0415 - a session seldom fails so

    return for_request(error, request)


REQUESTS = RequestsCompat(requests, _for_request)


class IndexAuth(AuthBase):
    """Authentication to package indexes, as uv does it, for one session or several that share what they learn.

    Put on a session by `mount`, or used alone as ``auth=``: then a refusal is answered too, but ``requests`` itself
    decides what a redirect's next hop carries. Thread-safe. Files are read when a request first needs them. Pickles and
    copies have the options and nothing that was learned.

    A request with it may raise `MissingCredentialsError` or `CredentialsNotAllowedError`, by the policy of its index;
    what is wrong with a source or the configuration is a warning of the logger ``requests_indexauth``.

    Args:
        indexes: indexes to know beside the discovered ones; they come first.
        keyring_provider: ``"disabled"``, ``"subprocess"`` or ``"import"`` as in uv and pip (pip's words ``"auto"`` and
            ``"keyring"`` too); ``None``: what ``UV_KEYRING_PROVIDER`` or the configuration says, else ``"disabled"``.
        discover: whether indexes are read from configuration files and variables. ``UV_INDEX_<NAME>_...``
            credentials count for a named index given here all the same.
        netrc: whether netrc files are read.
        store: whether the stores that ``uv auth login`` fills are read: the file, and the system's with uv's preview
            feature ``native-auth``.
        credential_helper: a command that speaks Bazel's credential-helper protocol, for every host; or a mapping of
            host patterns (``example.com``, ``*.example.com``) to such commands. A command is a text, which is taken
            apart as a shell does, or a sequence. It takes the place of all that is configured; ``{}``: no helper is
            asked; ``None``: what is configured.
        sources: functions that are asked like ``prompt``, before files are read; each returns a credential or ``None``.
        prompt: asked last, with the URL (without userinfo) and the user name (``None`` when there is none); returns
            the credential, or ``None`` to decline. ``None``: no question is asked.

    Raises:
        ValueError: an unknown ``keyring_provider``, an invalid host pattern or command.
        TypeError: ``indexes`` has something else than `Index` in it, ``prompt`` or one of ``sources`` cannot be called,
            or ``credential_helper`` is no command.

    """

    __module__ = "requests_indexauth"

    def __init__(  # noqa: PLR0913 - each option is one a caller may want to set
        self,
        indexes: Iterable[Index] = (),
        *,
        keyring_provider: Provider | None = None,
        discover: bool = True,
        netrc: bool = True,
        store: bool = True,
        credential_helper: CredentialHelper | None = None,
        sources: Iterable[Ask] = (),
        prompt: Ask | None = None,
    ) -> None:
        _check_provider(keyring_provider)
        _check_prompt(prompt)
        self._options = {
            "indexes": _as_indexes(indexes),
            "keyring_provider": keyring_provider,
            "discover": discover,
            "netrc": netrc,
            "store": store,
            "credential_helper": _as_helpers(credential_helper),
            "sources": _as_functions(sources),
            "prompt": prompt,
        }
        self._left_to_adapters = False
        self._start()

    def _start(self) -> None:
        self._session: Callable[[], Session | None] = lambda: None
        self._trusted = True
        self._hook = self._answered  # bound once: every request gets it
        self.authenticator = Authenticator(**{**self._options, "netrc": self._reads_netrc})  # type: ignore[arg-type]

    def resolve(self, url: str, username: str | None = None) -> Credentials | None:
        """Return the credential that would answer a 401 from ``url``, sending nothing to it.

        The sources are asked as for a request: a keyring and ``prompt`` too, where they are on.

        Args:
            url: an http(s) URL; a credential in its userinfo is the answer, unless no header can carry it.
            username: the user name it must be for, rather than a lone one in the URL; ``None``: that one, or any.

        Returns:
            A complete credential; ``None`` when no source has one, when the policy ``never`` lets none be sent, and
            when the URL is pre-signed.

        Raises:
            ValueError: not an http(s) URL with a clear host.

        """
        url = Secret(url)  # an error shows this frame
        return self.authenticator.resolve(url, username)

    def explain(self, url: str, username: str | None = None) -> Explanation:
        """Do what `resolve` does, and report what every source did.

        Args:
            url: as for `resolve`.
            username: as for `resolve`.

        Returns:
            A report, which can be printed.

        Raises:
            ValueError: as for `resolve`.

        """
        url = Secret(url)
        return self.authenticator.explain(url, username)

    def leave_to_adapters(self) -> None:
        """Let an `IndexAuthAdapter` choose credentials; the hook handles requests that reach another adapter."""
        self._left_to_adapters = True

    def bind(self, session: Session) -> None:
        """Follow a session's ``trust_env``: where it is false, netrc is not read, as in ``requests``."""
        self._session = weakref.ref(session)
        self._trusted = session.trust_env

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Take userinfo out of the URL; choose the credential, unless an adapter of ours will."""
        context = request.hooks
        if isinstance(context, RedirectContext) and context.is_hop(request):  # some sessions call this for each hop
            if self._is_bypassed(request):
                self._begin(request)
            return request
        if not (isinstance(context, RedirectContext) and context.started_with(request)):
            request.hooks = context = RedirectContext(context, request)
        context.hook = self._hook
        url = request.url or ""
        at_stake = request.body is not None or not is_bare(request.headers)
        if "@" in url:
            from ..exchange.request import read_request  # noqa: PLC0415 - few URLs have userinfo

            try:
                facts = read_request(request, REQUESTS.netrc_header, self.authenticator.warn)
            except ValueError:
                request.url = without_userinfo(url)
                return request
            if facts.url.clean != url:
                facts.strip()
                url, at_stake = facts.url.clean, True
        if not self._left_to_adapters or (at_stake and self._is_bypassed(request)):
            self._begin(request)
        elif self.authenticator.is_strict(url):  # the adapter may be that of a copy, or of another session
            # No thread waits for a request that an adapter will send later, or never.
            self._begin(request, gated=self._is_bypassed(request))
        return request

    def _is_bypassed(self, request: PreparedRequest) -> bool:
        """Whether no adapter of ours takes a request: one that was mounted afterwards may be in its place."""
        session = self._session()
        if session is None or not self._left_to_adapters:
            return not self._left_to_adapters
        try:
            return getattr(session.get_adapter(request.url or ""), "auth", None) is not self
        except requests.exceptions.InvalidSchema:
            return False

    def _begin(self, request: PreparedRequest, *, gated: bool = True) -> None:
        """Choose the first credential now: without an adapter there is no later moment."""
        found = None
        context = context_of(request)
        if is_bare(request.headers) and (context is None or context.is_plain):
            found = self.authenticator.quick(request.url or "")
        if found is None:
            try:
                exchange = self._exchange(request, gated=gated)
            except ValueError:
                return
            found = exchange.begin()
            exchange.leave_context().exchange = exchange
            request.headers.pop("Authorization", None)  # a hop's may be another realm's
        if found is not None:
            authorize(request, found)

    def _answered(self, response: Response, **send_options: Any) -> Response:
        """Handle a response that no adapter of ours has seen (a hook of ``requests``)."""
        request = getattr(response, "request", None)
        context = context_of(request)
        exchange = None if context is None else context.take_exchange(request)
        if exchange is None and getattr(response, "from_cache", False):
            return response
        if "@" in (response.url or ""):
            response.url = without_userinfo(response.url)  # of a redirect's `Location`, which no adapter has seen
        connection = self._connection(response, request)
        send = None if connection is None else partial(connection.send, **send_options)
        if exchange is not None:
            return cast("Response", exchange.resume(response, send))
        if response.status_code == OK or request is None:
            return response
        from ..exchange.exchange import is_final  # noqa: PLC0415 - only a refusal needs the flow

        if is_final(response):
            return response
        try:
            exchange = self._exchange(request)
        except ValueError:
            return response
        return cast("Response", exchange.run_from(response, response.request.headers.get("Authorization"), send))

    def _connection(self, response: Response, request: PreparedRequest | None) -> Any:
        """Return the adapter that a response came through; ``None`` when neither it nor a session tells."""
        connection, session = getattr(response, "connection", None), self._session()
        if connection is None and session is not None and request is not None:
            return session.get_adapter(request.url or "")
        return connection

    def _exchange(self, request: PreparedRequest, *, gated: bool = True) -> Exchange:
        from ..exchange.exchange import Exchange  # noqa: PLC0415 - only what is not remembered needs the flow

        return Exchange(self.authenticator, request, REQUESTS, gated=gated)

    def __getstate__(self) -> dict[str, Any]:
        """Pickle the options, with the session's ``trust_env`` among them; what was remembered stays behind."""
        return {"options": {**self._options, "netrc": self._reads_netrc()}, "left_to_adapters": self._left_to_adapters}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._options = state["options"]
        self._left_to_adapters = state["left_to_adapters"]
        self._start()

    def _reads_netrc(self) -> bool:
        session = self._session()
        if session is not None:
            self._trusted = session.trust_env  # kept: the session may be gone while copies of it live on
        return bool(self._options["netrc"]) and self._trusted

    def __repr__(self) -> str:
        options = getattr(self, "_options", {})  # where one is bad, a traceback may show it half made
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in options.items())
        return f"IndexAuth({shown})"


def _shown(option: Any) -> str:
    """Return an option as it may be shown: a function by its name, for what it is bound to may hold a secret."""
    if isinstance(option, tuple):
        return f"({', '.join(map(_shown, option))})"
    return getattr(option, "__qualname__", type(option).__name__) if callable(option) else repr(option)


def mark_answered(response: Response) -> None:
    """Mark a response that an adapter of ours returns, so that the hook of `IndexAuth` leaves it alone."""
    with suppress(AttributeError):  # a stand-in without room for it
        setattr(response, ANSWERED, True)


def is_bare(headers: Any) -> bool:
    """Whether a request's headers have no ``Authorization``.

    This is asked of every request. The mapping of `requests` answers by raising and catching a `KeyError`, which takes
    eight times as long as a look into its store.
    """
    if _HAS_STORE and type(headers) is CaseInsensitiveDict:
        return "authorization" not in headers._store  # type: ignore[attr-defined]  # noqa: SLF001 - see above
    return "Authorization" not in headers


def is_of_auth(hook: object) -> bool:
    """Whether a hook is a method of an ``auth=``, such as Digest, NTLM and Kerberos use to answer a refusal."""
    return isinstance(getattr(hook, "__self__", None), AuthBase)


# A type checker finds these mistakes; not everybody uses one.


def _check_provider(provider: Any) -> None:
    if provider is None:
        return
    from ..models.choices import PROVIDERS  # noqa: PLC0415 - few give one

    if provider not in PROVIDERS:
        message = f"keyring_provider must be one of {', '.join(PROVIDERS)} or None, not {provider!r}"
        raise ValueError(message)


def _check_prompt(prompt: Any) -> None:
    if prompt is not None and not callable(prompt):
        message = f"prompt must be a function of a URL and a user name, not {type(prompt).__name__}"
        raise TypeError(message)


def _as_functions(sources: Any) -> tuple[Ask, ...]:
    """Return functions as a tuple; refuse a single function, a common mistake."""
    given = tuple(sources) if hasattr(sources, "__iter__") else (None,)
    if not all(map(callable, given)):
        message = "sources must be a list of functions of a URL and a user name: write [function]"
        raise TypeError(message)
    return given


def _as_helpers(given: Any) -> Helpers | None:
    if given is None:
        return None
    from ..config.helpers import given_helpers  # noqa: PLC0415 - few programs name one

    return given_helpers(given)


def _as_indexes(indexes: Any) -> tuple[Index, ...]:
    """Return indexes as a tuple; refuse a URL, a common mistake, without quoting it: it may hold a password."""
    if isinstance(indexes, (str, bytes)):
        message = "indexes must be a list of Index objects, not a text: write [Index(url)]"
        raise TypeError(message)
    given = tuple(indexes)
    if not given:
        return ()
    from ..models.index import Index  # noqa: PLC0415 - who gives one has it

    wrong = next((one for one in given if not isinstance(one, Index)), None)
    if wrong is not None:
        message = f"indexes must be Index objects, not {type(wrong).__name__}: write [Index(url)]"
        raise TypeError(message)
    return given
