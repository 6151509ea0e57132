"""The last check: the one function that puts an ``Authorization`` on a request, and marks the header as ours."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

from ..models.credentials import MASK
from ..models.url import parse_url

if TYPE_CHECKING:
    from ..models.found import Found

logger = logging.getLogger("requests_indexauth")


def authorize(request: Any, found: Found) -> bool:
    """Put a credential on a request, unless the request goes to another realm than the one it was found for.

    This is the last check of a credential, however it was chosen: the realm is that of the URL that is about to be sent
    (RFC 9110, section 11.5: a protection space lies within one origin). A refusal here means a bug above; it is logged.

    Args:
        request: a prepared request of any copy of ``requests``; only its headers change. On a free-threaded Python
            those of ``requests``' own type are replaced by headers that share their content.
        found: the credential and its realm.

    Returns:
        Whether the request carries the credential now.

    """
    if not request.url.startswith(found.site) and not _is_in_realm(request.url, found):
        logger.error(
            "a credential for %s was about to be sent elsewhere and was held back: please report this", found.realm
        )
        return False
    headers = request.headers
    headers["Authorization"] = str(found.header)  # plain: caches, cassettes and serialisers know no other type
    ours = found.header if found.credentials is not None else None
    masked = _masked_types.get(type(headers))
    if masked is None:
        _mark(headers, ours)
    elif masked not in _copied_types:  # every request comes this way
        headers.__class__ = masked
        headers._found = ours  # noqa: SLF001 - the masked type has it
    else:  # to change a type stops all threads where they share no lock
        marked: Any = object.__new__(masked)
        marked.__dict__.update(headers.__dict__, _found=ours)
        request.headers = marked
    return True


def is_ours(headers: Any, value: Any) -> bool:
    """Return whether an ``Authorization`` was put on a request by `authorize`, and was not given by the caller.

    The mask that a pickled request has in its place counts as ours, too.
    """
    return value == MASK or (value is not None and getattr(headers, "_found", None) == value)


def was_authorized(headers: Any) -> bool:
    """Return whether headers have an ``Authorization`` that `authorize` put there."""
    return "Authorization" in headers and is_ours(headers, headers["Authorization"])


def _is_in_realm(url: str, found: Found) -> bool:
    try:
        return parse_url(url).realm == found.realm
    except ValueError:  # no clear host
        return False


_masked_types: dict[type, type] = {}
_copied_types: set[type] = set()
"""Those of the masked types that take the place of headers: on a free-threaded Python, all that ``requests`` has."""
_shares_lock = getattr(sys, "_is_gil_enabled", lambda: True)()


def _mark(headers: Any, ours: str | None) -> None:
    """Make headers hide their ``Authorization`` when shown or pickled, and remember whether it is ours.

    The type of the headers changes; the value, which others read, stays a plain string.
    """
    kind = type(headers)
    masked = _masked_types.get(kind)
    if masked is None:
        if not hasattr(headers, "__dict__"):  # a type of the caller's own, without room for the mark
            return
        masked = _masked_type(kind)
        _masked_types[kind] = _masked_types[masked] = masked
        if not _shares_lock and _is_simple(kind):
            _copied_types.add(masked)
    headers.__class__ = masked
    headers._found = ours  # noqa: SLF001 - the masked type has it


def _is_simple(kind: Any) -> bool:
    """Whether objects of a type keep all their state in ``__dict__``."""
    return kind.__new__ is object.__new__ and not any(vars(base).get("__slots__") for base in kind.__mro__)


def _masked_type(kind: type) -> type:
    """Return a subclass of a copy of ``requests``' headers type that does not show an ``Authorization``."""

    def copy(headers: Any) -> Any:
        copied = kind.copy(headers)  # type: ignore[attr-defined]
        _mark(copied, headers._found)  # noqa: SLF001
        return copied

    def reduce(headers: Any, _protocol: object) -> tuple[Any, ...]:
        return kind, (_without_secret(headers),)

    def show(headers: Any) -> str:
        return repr(_without_secret(headers))

    methods = {
        "copy": copy,
        "__reduce_ex__": reduce,
        "__repr__": show,
        "__slots__": (),
        "_unmasked": kind,
        "__module__": kind.__module__,
    }
    return type(kind.__name__, (kind,), methods)


def _without_secret(headers: Any) -> dict[str, Any]:
    return {name: MASK if name.lower() == "authorization" else value for name, value in headers.items()}
