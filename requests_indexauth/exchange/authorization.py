"""The last check: the one function that puts an ``Authorization`` on a request, and marks the header as ours."""

from __future__ import annotations

import logging
from collections import OrderedDict
from copy import copy as shallow_copy
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
        request: a prepared request of any copy of ``requests``. Its headers are replaced by a copy: other threads may
            be sending those that it has.
        found: the credential and its realm.

    Returns:
        Whether the request carries the credential now.

    """
    if not request.url.startswith(found.site) and not _is_in_realm(request.url, found):
        logger.error(
            "a credential for %s was about to be sent elsewhere and was held back: please report this", found.realm
        )
        return False
    ours = found.header if found.credentials is not None else None
    request.headers = headers = _masked_copy(request.headers, ours)
    headers["Authorization"] = str(found.header)  # plain: caches, cassettes and serialisers know no other type
    return True


def copy_with(request: Any, url: str, found: Found | None) -> Any:
    """Return a copy of a request for another URL and credential (``None``: without one)."""
    copied = object.__new__(type(request))  # its own copy() copies the cookie jar, which is not changed
    copied.__dict__.update(request.__dict__)
    copied.url = url
    if found is None or not authorize(copied, found):
        copied.headers = request.headers.copy()
        copied.headers.pop("Authorization", None)
    return copied


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


_masked_types: dict[type, type | None] = {}
"""The type that hides an ``Authorization``, by the type of headers; ``None`` where those have no room for a mark."""
_copied_at_once: set[type] = set()
"""The types of headers whose content is all in ``_store``, as ``requests`` has it: these are copied the quick way."""


def _masked_copy(headers: Any, ours: str | None) -> Any:
    """Return a copy of headers that hides its ``Authorization`` when shown or pickled, and knows whether it is ours.

    The type of the copy is another one; the value, which others read, stays a plain string.
    """
    kind = type(headers)
    if kind in _copied_at_once:  # every request comes this way
        copied: Any = object.__new__(_masked_types[kind])  # type: ignore[arg-type] # such a type has one
        copied.__dict__.update(headers.__dict__, _store=headers._store.copy(), _found=ours)  # noqa: SLF001
        return copied
    if kind not in _masked_types:
        _add_type(headers)
    copied = shallow_copy(headers)
    masked = _masked_types[kind]
    if masked is not None:
        if hasattr(copied, "_store"):
            copied._store = copied._store.copy()  # noqa: SLF001
        copied.__class__ = masked
        copied._found = ours  # noqa: SLF001 - the masked type has it
    return copied


def _add_type(headers: Any) -> None:
    """Make the type that hides an ``Authorization`` of such headers."""
    kind = type(headers)
    if not hasattr(headers, "__dict__"):  # a type of the caller's own, without room for the mark
        _masked_types[kind] = None
        return
    masked = _masked_type(kind)
    _masked_types[masked] = _masked_types[kind] = masked
    constructor: object = kind.__new__
    slots = any(vars(base).get("__slots__") for base in kind.__mro__)
    if constructor is object.__new__ and not slots and isinstance(getattr(headers, "_store", None), OrderedDict):
        _copied_at_once.update((kind, masked))


def _masked_type(kind: type) -> type:
    """Return a subclass of a copy of ``requests``' headers type that does not show an ``Authorization``."""

    def copy(headers: Any) -> Any:
        return _masked_copy(headers, headers._found)  # noqa: SLF001

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
