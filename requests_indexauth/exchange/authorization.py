"""The last check: the one function that puts an ``Authorization`` on a request, and marks the header as ours."""

from __future__ import annotations

import logging
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


_masked_types: dict[type, type] = {}
"""The type that hides an ``Authorization``, by the type of headers; such a type is its own."""
_quick_types: set[type] = set()
"""The types of headers whose state is one dictionary, ``_store``, as in all copies of ``requests``."""


def _masked_copy(headers: Any, ours: str | None) -> Any:
    """Return a copy of headers that hides its ``Authorization`` when shown or pickled, and knows whether it is ours.

    The type of the copy is another one; the value, which others read, stays a plain string.
    """
    kind = type(headers)
    if kind in _quick_types:  # every request comes this way
        copied: Any = object.__new__(_masked_types[kind])
        copied.__dict__.update(headers.__dict__, _store=headers._store.copy(), _found=ours)  # noqa: SLF001
        return copied
    own = getattr(kind, "_unmasked", kind)
    copied = own.copy(headers) if hasattr(own, "copy") else None
    if type(copied) not in (kind, own):  # none, or one that leaves out what a subclass adds
        copied = shallow_copy(headers)
        if isinstance(getattr(copied, "_store", None), dict):
            copied._store = copied._store.copy()  # noqa: SLF001
    _mark(copied, ours)
    return copied


def _mark(headers: Any, ours: str | None) -> None:
    """Make headers that nobody else holds hide their ``Authorization``, and remember whether it is ours."""
    kind = type(headers)
    if kind not in _masked_types:
        if not hasattr(headers, "__dict__"):  # a type of the caller's own, without room for the mark
            return
        masked = _masked_type(kind)
        _masked_types[kind] = _masked_types[masked] = masked
        if _is_quick(headers):
            _quick_types.update((kind, masked))
    headers.__class__ = _masked_types[kind]
    headers._found = ours  # noqa: SLF001 - the masked type has it


def _is_quick(headers: Any) -> bool:
    kind = type(headers)
    constructor: object = kind.__new__
    slots = any(vars(base).get("__slots__") for base in kind.__mro__)
    return constructor is object.__new__ and not slots and isinstance(getattr(headers, "_store", None), dict)


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
