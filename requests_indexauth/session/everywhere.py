"""Mount every session of ``requests`` in this process, for programs that cannot be changed.

The class is changed. That reaches sessions made before, those that ``requests.get`` makes, and subclasses. A session
itself stays as its program made it: ``session.auth`` and ``session.adapters`` are its own. What `mount` would put there
is put in for one request at a time: an `IndexAuth` as the ``auth`` of a request, if neither it nor its session has
one, and an `IndexAuthAdapter` over the adapter that ``requests`` chooses.

All sessions share what they learn, for ``requests.get`` makes a new one for each request. They do not share a
credential that the program puts into a URL: it may be one user's password, and the next request another user's.
"""

from __future__ import annotations

from contextvars import ContextVar
from functools import cache, wraps
from types import FunctionType
from typing import TYPE_CHECKING, Any, Callable
from weakref import WeakSet

if TYPE_CHECKING:
    from types import ModuleType

    from .auth import IndexAuth

_sending: ContextVar[bool] = ContextVar("requests_indexauth_sending", default=False)
_auths: dict[bool, IndexAuth] = {}
_changed: WeakSet[Any] = WeakSet()  # the classes that are covered, and the functions that cover them


def mount_all(sessions: ModuleType) -> None:
    """Have every session authenticate as `mount` makes one do.

    Args:
        sessions: the module ``requests.sessions``. ``requests`` itself may still be about to be imported.

    """
    kind = getattr(sessions, "Session", None)
    if not (isinstance(kind, type) and hasattr(kind, "prepare_request") and hasattr(kind, "send")):
        return  # a package of the program's own that has that name
    if kind.send not in _changed:
        kind.prepare_request = _preparing(kind.prepare_request)
        kind.send = _send = _sending_with(kind.send)
        _changed.add(_send)


def _preparing(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``Session.prepare_request`` with our ``auth`` on a request that has none, of a session that has none."""

    @wraps(own)
    def prepare_request(session: Any, request: Any) -> Any:
        if request.auth is None and session.auth is None and not _is_mounted(session):
            given, request = request, object.__new__(type(request))  # `copy` costs ten times as much, at every request
            request.__dict__.update(given.__dict__, auth=_auth_of(session))
        return own(session, request)

    return prepare_request


def _sending_with(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``Session.send``, which is handed our adapter when it asks for one."""

    @wraps(own)
    def send(session: Any, *args: Any, **options: Any) -> Any:
        _cover(type(session))
        turn = _sending.set(True)
        try:
            return own(session, *args, **options)
        finally:
            _sending.reset(turn)

    return send


def _cover(kind: type[Any]) -> None:
    """Change how the sessions of a class get their adapters: it may have a way of its own."""
    if kind in _changed:
        return
    for base in kind.__mro__:
        own = vars(base).get("get_adapter")
        if isinstance(own, FunctionType) and own not in _changed:
            base.get_adapter = changed = _choosing(own)  # type: ignore[attr-defined] # it has one
            _changed.add(changed)
    _changed.add(kind)


def _choosing(own: Callable[..., Any]) -> Callable[..., Any]:
    """Return a ``get_adapter`` that puts ours over an adapter, where ``Session.send`` asks, and only there."""

    @wraps(own)
    def get_adapter(session: Any, url: str, *args: Any, **options: Any) -> Any:
        to_send = _sending.get()
        if not to_send:
            return own(session, url, *args, **options)
        _sending.set(False)  # requests that it or the adapter makes are not this one
        adapter = own(session, url, *args, **options)
        if not url.lower().startswith(("http://", "https://")) or _is_mounted(session):
            return adapter
        return _adapter_class().over(adapter, _auth_of(session))

    return get_adapter


def _is_mounted(session: Any) -> bool:
    """Whether the program itself has mounted an adapter of ours."""
    ours = _adapter_class()
    for adapter in session.adapters.values():  # noqa: SIM110 - `any` costs three times as much, at every request
        if isinstance(adapter, ours):
            return True
    return False


@cache
def _adapter_class() -> Any:
    from .adapter import IndexAuthAdapter  # noqa: PLC0415 - it needs `requests`, which may just be being imported

    return IndexAuthAdapter


def _auth_of(session: Any) -> IndexAuth:
    """Return the `IndexAuth` that all sessions share, or the one without netrc, for ``trust_env = False``."""
    trusts = bool(session.trust_env)
    return _auths.get(trusts) or _auths.setdefault(trusts, _made(trusts))


def _made(trust_env: bool) -> IndexAuth:  # noqa: FBT001 - a setting, handed on
    from requests.sessions import Session  # noqa: PLC0415 - as above

    from .mount import mount  # noqa: PLC0415 - as above

    with Session() as session:
        session.trust_env = trust_env
        auth = mount(session)
        auth.authenticator.keeps_given = False
        return auth
