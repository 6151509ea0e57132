"""Import before a fork what a request may import: what another thread is about to import would never be there.

The child has a copy of Python's lock on each module that a thread of the parent imports, and no such thread.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType

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
)
_OTHERS = ("configparser", "json", "tomllib" if sys.version_info >= (3, 11) else "tomli", "urllib.parse")


def import_all() -> None:
    """Import what the first requests of a session import, and wait for what other threads import now."""
    package = __package__.rpartition(".")[0]
    under_way = [name for name, module in list(sys.modules.items()) if _is_initializing(module)]
    for name in (*(f"{package}.{name}" for name in _OURS), *_OTHERS, *under_way):
        with suppress(Exception):  # whatever is wrong with it, the one who needs it is told
            import_module(name)


def _is_initializing(module: object) -> bool:
    """Whether a thread is executing a module's code; a module that is loaded late is not touched."""
    if not issubclass(type(module), ModuleType):  # what says that it is one may not be: those of cffi
        return False
    with suppress(AttributeError):
        return bool(getattr(ModuleType.__getattribute__(module, "__spec__"), "_initializing", False))
    return False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=import_all)
