"""Import before a fork what a request may import, for an import that another thread has begun never ends in the child.

The child has a copy of Python's lock on that module, but not the thread that would release it.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from time import monotonic, sleep
from types import FrameType, ModuleType

_OURS = (
    "config.pip",
    "config.settings",
    "config.workspace",
    "core.explaining",
    "core.flow",
    "core.notes",
    "core.resolver",
    "exchange.exchange",
    "exchange.request",
    "models.index",
    "session.errors",
    "sources.chain",
    "sources.prompt",
    "store.file_store",
    "store.native.native_store",
    "util.toml",
)
_OTHERS = ("configparser", "encodings.utf_8_sig", "json", "urllib.parse")
LONGEST_WAIT = 1.0
"""Seconds for what other threads import: one of them may wait for the very thread that forks."""
_PAUSE = 0.001

_waited_in_vain: set[str] = set()


def import_all() -> None:
    """Import what the first requests of a session import, and wait for what other threads import now."""
    package = __package__.rpartition(".")[0]
    under_way = {name: module for name, module in list(sys.modules.items()) if _is_initializing(module)}
    for name in (*(f"{package}.{name}" for name in _OURS), *_OTHERS):
        with suppress(Exception):  # the first use reports what is wrong with it
            import_module(name)
    if under_way:
        _wait_for(under_way)


def _wait_for(under_way: dict[str, ModuleType]) -> None:
    """Wait until other threads have imported some modules; a module that takes too long is not waited for again."""
    deadline = monotonic() + LONGEST_WAIT
    own = _namespaces_of_this_thread()
    for name, module in under_way.items():
        if name in _waited_in_vain or id(ModuleType.__getattribute__(module, "__dict__")) in own:
            continue
        while _is_initializing(module):
            if monotonic() >= deadline:
                _waited_in_vain.add(name)
                break
            sleep(_PAUSE)


def _namespaces_of_this_thread() -> set[int]:
    """Return the identities of the namespaces of the modules whose code this thread itself executes."""
    found = set()
    frame: FrameType | None = sys._getframe()  # noqa: SLF001 - no public name
    while frame is not None:
        if frame.f_code.co_name == "<module>":
            found.add(id(frame.f_globals))
        frame = frame.f_back
    return found


def _is_initializing(module: object) -> bool:
    """Whether a thread is executing a module's code; does not load a module whose loading is put off."""
    if not issubclass(type(module), ModuleType):  # some objects only claim to be modules, as those of cffi
        return False
    with suppress(AttributeError):
        return bool(getattr(ModuleType.__getattribute__(module, "__spec__"), "_initializing", False))
    return False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=import_all)
