"""Patch modules of a program when it imports them; nothing else is imported before."""

from __future__ import annotations

import sys

from ..util.imports import PatchingFinder

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Callable

HOOKS = {
    "requests.sessions": "session.everywhere:mount_all",
    "pip._internal": "pip.patch:prepare_any",
}
"""The functions that are called with a module once it is loaded, by its name: as module of this package, and name."""


def install() -> None:
    """Patch the modules when they are imported, or now if they are loaded; once in a process."""
    if any(isinstance(finder, _Hooks) for finder in sys.meta_path):
        return
    sys.meta_path.insert(0, _Hooks({name: _importing(hook) for name, hook in HOOKS.items() if name not in sys.modules}))
    for name, hook in HOOKS.items():
        if name in sys.modules:
            _importing(hook)(sys.modules[name])


class _Hooks(PatchingFinder):
    """A class of its own, to tell it from other finders of its kind."""


def _importing(hook: str) -> Callable[[ModuleType], object]:
    """Return what imports a hook's function when it is called, and calls it."""

    def call(module: ModuleType) -> object:
        from importlib import import_module  # noqa: PLC0415 - children of a program may never come here

        home, _, name = hook.partition(":")
        return getattr(import_module(f"..{home}", __package__), name)(module)

    return call
