"""Call methods in a forked child, where locks that other threads of the parent hold are never released.

A child of ``os.fork()`` has a copy of the parent's memory, and of its threads only the one that forked. So each object
that holds a lock, or a state that such a thread was about to change, registers a method that makes it usable again.
"""

from __future__ import annotations

import itertools
import os
import weakref
from functools import partial
from typing import Any, Callable

_methods: dict[int, tuple[weakref.ref[Any], Callable[[Any], object]]] = {}
_keys = itertools.count()


def after_fork_in_child(method: Callable[[], object]) -> None:
    """Call a bound method in every child that this process forks, for as long as its object lives.

    The object is not kept alive by this. Methods are called in the order in which they were registered, before the
    forking code goes on, and must not raise. Does nothing on systems without ``fork``.
    """
    key = next(_keys)
    # While Python ends, names of this module may be gone already: what the callback needs is bound here.
    forget = partial(_forget, _methods, key)
    _methods[key] = weakref.ref(method.__self__, forget), method.__func__  # type: ignore[attr-defined]


def _forget(methods: dict[int, Any], key: int, _dead: object) -> None:
    methods.pop(key, None)


def _call_all() -> None:
    for reference, function in list(_methods.values()):
        holder = reference()
        if holder is not None:
            function(holder)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_call_all)
