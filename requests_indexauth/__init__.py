"""uv's authentication model for private package indexes, for everything that speaks ``requests``.

    session = requests.Session()
    requests_indexauth.mount(session)

The public names are imported when they are first used, so that ``import requests_indexauth`` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from .errors import ConfigError, IndexAuthError, StoreError
    from .explain.explanation import Explanation
    from .models.credentials import Credentials
    from .models.index import Index
    from .session.adapter import IndexAuthAdapter
    from .session.auth import IndexAuth
    from .session.errors import CredentialsNotAllowedError, MissingCredentialsError
    from .session.mount import mount
    from .store.file_store import CredentialStore

__version__ = "0.1.0"

__all__ = [
    "ConfigError",
    "CredentialStore",
    "Credentials",
    "CredentialsNotAllowedError",
    "Explanation",
    "Index",
    "IndexAuth",
    "IndexAuthAdapter",
    "IndexAuthError",
    "MissingCredentialsError",
    "StoreError",
    "__version__",
    "mount",
]

_LAZY = {
    "ConfigError": "errors",
    "CredentialStore": "store.file_store",
    "Credentials": "models.credentials",
    "CredentialsNotAllowedError": "session.errors",
    "Explanation": "explain.explanation",
    "Index": "models.index",
    "IndexAuth": "session.auth",
    "IndexAuthAdapter": "session.adapter",
    "IndexAuthError": "errors",
    "MissingCredentialsError": "session.errors",
    "StoreError": "errors",
    "mount": "session.mount",
}


if not TYPE_CHECKING:  # pragma: no branch - a type checker shall know a misspelt name

    def __getattr__(name: str) -> object:
        """Import a public name on first use (PEP 562)."""
        home = _LAZY.get(name)
        if home is None:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415 - only paid by who needs it

        value: object = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
