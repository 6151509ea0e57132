"""uv's authentication model for private package indexes, for everything that speaks ``requests``.

    session = requests.Session()
    requests_indexauth.mount(session)

The public names are imported when they are first used, so that ``import requests_indexauth`` costs nothing.
"""

from __future__ import annotations

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from .adapter import IndexAuthAdapter
    from .auth import IndexAuth, mount
    from .credentials import Credentials
    from .errors import ConfigError, IndexAuthError, StoreError
    from .explain import Explanation
    from .index import Index
    from .request_errors import CredentialsNotAllowedError, MissingCredentialsError
    from .store import CredentialStore

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

_HOMES = {
    "ConfigError": "errors",
    "CredentialStore": "store",
    "Credentials": "credentials",
    "CredentialsNotAllowedError": "request_errors",
    "Explanation": "explain",
    "Index": "index",
    "IndexAuth": "auth",
    "IndexAuthAdapter": "adapter",
    "IndexAuthError": "errors",
    "MissingCredentialsError": "request_errors",
    "StoreError": "errors",
    "mount": "auth",
}


if not TYPE_CHECKING:  # pragma: no branch - a type checker shall know a misspelt name

    def __getattr__(name: str) -> object:
        """Import a public name on first use (PEP 562)."""
        home = _HOMES.get(name)
        if home is None:
            message = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415 - only paid by who needs it

        value: object = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
