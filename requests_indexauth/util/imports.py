"""Where modules are imported from, and patching one of another package at the moment it is imported."""

from __future__ import annotations

import sys

from .paths import working_folder

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType
    from typing import Any, Callable


def leave_working_folder() -> None:
    """Remove the working folder from the head of ``sys.path``, as pip does: nothing is imported from there."""
    if sys.path and sys.path[0] in ("", working_folder()):
        del sys.path[0]


class PatchingFinder:
    """Finds modules as the other finders do, and patches some of them once they are loaded.

    It is put first on ``sys.meta_path``. Each module is changed once.

    Args:
        patches: functions by module name; each is called with its module after the module's code has run. Its
            exceptions are exceptions of the import.

    """

    def __init__(self, patches: dict[str, Callable[[ModuleType], object]]) -> None:
        self._patches = patches

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the spec of one of the modules, ``None`` for every other module."""
        patch = self._patches.pop(fullname, None)
        if patch is None:
            return None
        for finder in sys.meta_path:
            spec: ModuleSpec | None = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                spec.loader = _PatchingLoader(spec.loader, patch)  # type: ignore[assignment] # it looks like one
                return spec
        return None


class _PatchingLoader:
    """Loads a module with its own loader, then patches it. Afterwards the module refers to its own loader alone."""

    def __init__(self, loader: Any, patch: Callable[[ModuleType], object]) -> None:
        self._loader = loader
        self._patch = patch

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Let the own loader make the module."""
        make = getattr(self._loader, "create_module", None)
        made: ModuleType | None = None if make is None else make(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code, then patch the module."""
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        if hasattr(self._loader, "exec_module"):
            self._loader.exec_module(module)
        else:  # a zip file's, before Python 3.10
            exec(self._loader.get_code(module.__name__), module.__dict__)  # noqa: S102 - as every loader does
        self._patch(module)
