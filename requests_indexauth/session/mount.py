"""`mount`: put an `IndexAuth` on a session."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .adapter import IndexAuthAdapter
from .auth import IndexAuth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from requests import Session

    from ..models.index import Index


def mount(session: Session, indexes: Iterable[Index] = (), **options: Any) -> IndexAuth:
    """Make a session authenticate to package indexes as uv does.

    Sets ``session.auth`` and wraps the adapters that are mounted for http and https, which go on doing the sending.
    A second call takes the place of the first. Requests may then raise what `IndexAuth` says. A copied or unpickled
    session keeps the ``trust_env`` it had: where that is changed, `mount` is called again.

    Args:
        session: the session; while its ``trust_env`` is false no netrc is read, as in ``requests``.
        indexes: as for `IndexAuth`.
        options: ``keyring_provider``, ``discover``, ``netrc``, ``store`` and ``prompt``, as for `IndexAuth`.

    Returns:
        The new ``session.auth``.

    Raises:
        ValueError: an unknown ``keyring_provider``.
        TypeError: an unknown option, or what `IndexAuth` says.

    """
    auth = IndexAuth(indexes, **options)
    auth.bind(session)
    for prefix, mounted in session.adapters.items():
        if prefix.lower().startswith("http"):
            session.adapters[prefix] = IndexAuthAdapter.over(mounted, auth)
    session.auth = auth
    return auth


mount.__module__ = "requests_indexauth"
