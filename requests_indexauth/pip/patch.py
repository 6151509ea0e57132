"""Patch pip's modules when they are imported.

All that is known of pip's internals is here. An import hook patches each module, so a command that needs no network
loads nothing more than with plain pip. These internals are the same from pip 20.3 to 26.3:

- ``pip._internal.network.session.PipSession.__init__``: what it makes of ``self.auth`` is replaced, and so is the
  ``send`` of each adapter that is asked for (the adapter stays: resumed downloads look whether it is a caching one);
- ``session.auth``'s ``prompting``, ``index_urls`` and ``keyring_provider``, which pip sets;
- ``get_prog``, which says what pip is called;
- ``call_subprocess`` where build dependencies are installed, and ``get_runnable_pip`` for ``--python``.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import ExitStack, suppress
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Callable

from ..util.imports import PatchingFinder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from .auth import PipAuth
    from .options import PipInternals


NAME = "pip-indexauth"
"""What this program is called, in usage lines and messages."""
SESSION = "pip._internal.network.session"
"""pip's module that makes sessions."""
BUILD_ENV = "pip._internal.build_env"
"""pip's module, or from 26 on package, that installs build dependencies."""
BUILD_PLAIN = "build dependencies are installed without this authentication"
"""What happens where that module is not as expected."""


def _new_auth() -> PipAuth:
    """Return our authentication for a pip that was not started by a pip of ours."""
    # pip's modules stay loaded. Without this, Python would search them for garbage while it loads ours, which adds half
    # to the time of loading.
    if hasattr(gc, "freeze"):  # not in PyPy
        gc.freeze()
    from .auth import PipAuth  # noqa: PLC0415 - not before pip needs it

    return PipAuth()


def prepare(make_auth: Callable[[], PipAuth] = _new_auth, *, named: bool = True) -> None:
    """Have pip changed as it is imported, now or later, in this process; the first call counts.

    Args:
        make_auth: makes what takes the place of pip's authentication in all its sessions; called when they are loaded.
        named: whether pip calls itself ``pip-indexauth`` in usage lines and completion.

    """
    if any(isinstance(finder, _PipFinder) for finder in sys.meta_path):
        return
    get_auth = cache(make_auth)  # one for all sessions of the process
    patches: dict[str, Callable[[ModuleType], None]] = {
        SESSION: lambda module: _patch_session(module, get_auth()),
        BUILD_ENV: lambda module: _patch_children(module, get_auth),  # to pip 25.3
        f"{BUILD_ENV}.installer": lambda module: _patch_children(module, get_auth),
        "pip._internal.cli.main_parser": _patch_python_option,
    }
    if named:
        patches["pip._internal.utils.misc"] = _patch_name
    sys.meta_path.insert(0, _PipFinder({name: _surviving(patch) for name, patch in patches.items()}))


def prepare_any(_pip: ModuleType) -> None:
    """Have pip changed in a program that uses it, once it is imported; the program keeps its name in usage lines."""
    if fits():
        prepare(named=False)


class _PipFinder(PatchingFinder):
    """The finder that changes pip; a class of its own, so that `prepare` sees whether there is one already."""


def _surviving(patch: Callable[[ModuleType], None]) -> Callable[[ModuleType], None]:
    """Return a patch that lets pip run on when it fails, as it may on a future pip's internals."""

    def survive(module: ModuleType) -> None:
        try:
            patch(module)
        except Exception as error:  # noqa: BLE001 - whatever a future pip makes of it
            warn_unknown_pip(f"{module.__name__}: {type(error).__name__}")

    return survive


def complain(what: str) -> None:
    """Say something on stderr, before or beside pip's own logging; a missing or closed stderr is ignored."""
    if sys.stderr is not None:
        with suppress(OSError, ValueError):
            sys.stderr.write(f"{NAME}: {what}\n")
            sys.stderr.flush()


def warn_unknown_pip(what: str, outcome: str = "plain pip runs, without this authentication") -> None:
    """Warn that this pip's internals are unknown, and say what happens instead."""
    complain(f"this pip is not one it knows ({what}): {outcome}")


def fits() -> bool:
    """Return whether this pip has the modules that are patched; warn if not."""
    try:
        missing = [name for name in (SESSION, BUILD_ENV) if find_spec(name) is None]
    except ImportError as error:
        missing = [str(error.name)]
    if missing:
        warn_unknown_pip(f"no {' and no '.join(missing)}")
    return not missing


def _patch_name(module: ModuleType) -> None:
    """Have pip's usage lines and its completion name this program."""
    if hasattr(module, "get_prog"):
        module.get_prog = lambda: NAME  # type: ignore[attr-defined]


def _patch_session(module: ModuleType, auth: PipAuth) -> None:
    """Have each new session of pip use our authentication."""
    _lend_libraries()
    auth.internals = _internals()
    original = module.PipSession.__init__

    def __init__(session: Any, *args: Any, **options: Any) -> None:  # noqa: N807 - it becomes one
        original(session, *args, **options)
        try:
            _take_over(session, auth)
        except Exception as error:  # noqa: BLE001 - whatever a future pip makes of it
            module.PipSession.__init__ = original  # so that it is said once
            warn_unknown_pip(f"{module.__name__}: {type(error).__name__}")

    module.PipSession.__init__ = __init__


def _take_over(session: Any, auth: PipAuth) -> None:
    """Replace a new session's authentication; pip sets the options it has for it afterwards."""
    index_urls, original_get_adapter = session.auth.index_urls, session.get_adapter

    def get_adapter(url: str) -> Any:
        adapter = original_get_adapter(url)
        if url.lower().startswith("http") and "send" not in vars(adapter):
            adapter.send = auth.sender(adapter.send)
        return adapter

    session.get_adapter = get_adapter
    session.auth, auth.original = auth, session.auth
    if index_urls:
        auth.index_urls = index_urls


def _internals() -> PipInternals:
    """Return what is needed of pip's internals."""
    from ..exchange.compat import RequestsCompat  # noqa: PLC0415 - not before pip needs it
    from .options import PipInternals  # noqa: PLC0415 - not before pip needs it

    requests, misc = import_module("pip._vendor.requests"), import_module("pip._internal.utils.misc")
    error = import_module("pip._internal.exceptions").InstallationError
    compat = RequestsCompat(requests, lambda policy_error, _request: error(str(policy_error)))
    warn_once = cache(
        lambda: warn_unknown_pip("it wants more of its authentication", "what it wants is left to plain pip")
    )
    return PipInternals(compat, error, misc.ask_input, misc.ask_password, misc.ask, warn_once)


def _lend_libraries() -> None:
    """Let our code use pip's copies of what it needs where there is no other: ``--python`` leads to any environment."""
    for name in ("platformdirs", *(("tomli",) if sys.version_info < (3, 11) else ())):
        if name not in sys.modules and find_spec(name) is None:
            with suppress(ImportError):  # pip before 21.3 has other ones
                sys.modules[name] = import_module(f"pip._vendor.{name}")


def _patch_children(module: ModuleType, get_auth: Callable[[], PipAuth]) -> None:
    """Have the pip that installs build dependencies ask this one for credentials."""
    if hasattr(module, "__path__"):  # from pip 26 on a package: it is in one of its modules
        return
    original = getattr(module, "call_subprocess", None)
    if original is None:
        warn_unknown_pip(f"no call_subprocess in {module.__name__}", BUILD_PLAIN)
        return

    def call_subprocess(command: Sequence[Any], *args: Any, **options: Any) -> Any:
        from .parent import serve_child  # noqa: PLC0415 - few commands install build dependencies

        revealed = [str(getattr(argument, "secret", argument)) for argument in command]
        if revealed[2:3] != ["install"]:
            warn_unknown_pip("another command installs build dependencies", BUILD_PLAIN)
            return original(command, *args, **options)
        with ExitStack() as stack:
            try:
                masked, variables = stack.enter_context(serve_child(get_auth().authenticator, revealed))
            except OSError as error:
                message = f"no socket for the pip that installs build dependencies: {error.strerror}"
                raise get_auth().internals.error(message) from None
            options["extra_environ"] = {**(options.get("extra_environ") or {}), **variables}
            return original(masked, *args, **options)

    module.call_subprocess = call_subprocess  # type: ignore[attr-defined]


def _patch_python_option(module: ModuleType) -> None:
    """Have ``--python`` run us, too, in the other interpreter."""
    original = getattr(module, "get_runnable_pip", None)
    if original is None:
        if hasattr(module, "identify_python_interpreter"):  # pip before 22.3 has no --python
            warn_unknown_pip(f"no get_runnable_pip in {module.__name__}", "with --python plain pip runs")
        return

    def get_runnable_pip() -> str:
        from .messages import RUNNABLE  # noqa: PLC0415 - rare
        from .parent import RUNNER  # noqa: PLC0415 - rare

        os.environ[RUNNABLE] = original()
        return RUNNER

    module.get_runnable_pip = get_runnable_pip  # type: ignore[attr-defined]
