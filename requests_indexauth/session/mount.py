"""`mount`: put an `IndexAuth` on a session."""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from .adapter import IndexAuthAdapter
from .auth import IndexAuth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests import Session

    from ..models.choices import Ask, CredentialHelper, Provider
    from ..models.index import Index

_CO_COROUTINE = 0x80  # `inspect.CO_COROUTINE`


def mount(  # noqa: PLR0913 - the options of `IndexAuth`, so that a type checker finds a misspelt one
    session: Session,
    indexes: Iterable[Index] = (),
    *,
    keyring_provider: Provider | None = None,
    discover: bool = True,
    netrc: bool = True,
    store: bool = True,
    credential_helper: CredentialHelper | None = None,
    sources: Iterable[Ask] = (),
    prompt: Ask | None = None,
) -> IndexAuth:
    """Make a session authenticate to package indexes as uv does.

    Sets ``session.auth`` and wraps the adapters that are mounted for http and https, which go on doing the sending.
    A second call takes the place of the first. Requests may then raise the errors that `IndexAuth` names. A copied or
    unpickled session goes on with the ``trust_env`` it had; call `mount` again after a change of it.

    Args:
        session: the session; while its ``trust_env`` is false no netrc is read, as in ``requests``.
        indexes: as for `IndexAuth`.
        keyring_provider: as for `IndexAuth`, and so are all that follow.
        discover: whether configuration files and variables are read for indexes.
        netrc: whether netrc files are read.
        store: whether the stores that ``uv auth login`` fills are read.
        credential_helper: a command that makes credentials, or commands by host patterns; ``None``: what is configured.
        sources: functions that are asked before files are read.
        prompt: asked last; ``None``: no question is asked.

    Returns:
        The new ``session.auth``.

    Raises:
        ValueError: an unknown ``keyring_provider``, an invalid host pattern or command.
        TypeError: an unknown option, an option of the wrong type, or an asynchronous session.

    """
    if _is_coroutine_function(getattr(session, "send", None)):
        message = f"{type(session).__name__} is asynchronous: mount a Session of requests or niquests"
        raise TypeError(message)
    auth = IndexAuth(
        indexes,
        keyring_provider=keyring_provider,
        discover=discover,
        netrc=netrc,
        store=store,
        credential_helper=credential_helper,
        sources=sources,
        prompt=prompt,
    )
    auth.bind(session)
    session.adapters = copy(session.adapters)  # a copy of a session shares them with it
    for prefix, mounted in session.adapters.items():
        if prefix.lower().startswith("http"):
            session.adapters[prefix] = IndexAuthAdapter.over(mounted, auth)
    session.auth = auth
    return auth


mount.__module__ = "requests_indexauth"


def _is_coroutine_function(function: object) -> bool:
    """Whether a function is asynchronous; `inspect`, which says so too, takes as long to import as all of this."""
    return bool(getattr(getattr(function, "__code__", None), "co_flags", 0) & _CO_COROUTINE)
