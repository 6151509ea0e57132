"""A backend for the ``keyring`` library: programs that ask a keyring find what this package would find.

Plain pip and twine are such programs. The library loads this module into every program that uses it, for package
indexes or not: so it imports little, is there only where it has something to offer, comes after every other backend,
and keeps silent about everything it does not understand.
"""

from __future__ import annotations

import os
import re
import threading
from typing import TYPE_CHECKING

from keyring.backend import KeyringBackend
from keyring.credentials import Credential, SimpleCredential
from keyring.errors import PasswordDeleteError, PasswordSetError

from .util.after_fork import after_fork_in_child
from .util.files import read_file
from .util.keyring_guard import is_inside_keyring

if TYPE_CHECKING:
    from .core.authenticator import Authenticator
    from .models.credentials import Credentials
    from .models.found import Found

# Below keyrings.alt's plaintext file (0.5), the lowest that anybody has on purpose.
_PRIORITY = 0.3

_SECRET_VARIABLE = re.compile(
    r"UV_INDEX_.+_(USERNAME|PASSWORD) | UV_INDEX_TOKEN_.+ | UV_PUBLISH_(TOKEN|PASSWORD)", re.VERBOSE
)
_URL_VARIABLES = (
    "UV_DEFAULT_INDEX",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
    "UV_PUBLISH_URL",
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
)
_NO_HOST = re.compile(r"[\s/\\?#@]")
_READ_ONLY = "this keyring is read-only: store with `indexauth login` or `uv auth login`"


class ReadOnlySetError(PasswordSetError, NotImplementedError):
    """Nothing is stored here. Callers catch the first kind of error; the second makes the chain try other backends."""


class ReadOnlyDeleteError(PasswordDeleteError, NotImplementedError):
    """Nothing is deleted here; two kinds of error, like `ReadOnlySetError`."""


class _Priority:
    """The backend's priority; on the class it raises ``RuntimeError`` ("not viable") while there is nothing to offer.

    An instance always has one: the library keeps it for the life of the process, and asks for it every time.
    """

    def __get__(self, instance: object, owner: type | None = None) -> float:
        if instance is None and not has_something_to_offer():
            message = "no credentials of uv's or ours: no store, no variables with credentials, no .pypirc, no helper"
            raise RuntimeError(message)
        return _PRIORITY


class ReadOnlyPlaintextKeyring(KeyringBackend):
    """The credentials of this package's sources, except its keyring source.

    "Plaintext" is in the name because poetry takes any other backend for a place to write passwords to.
    """

    priority = _Priority()

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._renew_lock()
        after_fork_in_child(self._renew_lock)
        self._authenticator: Authenticator | None = None

    def _renew_lock(self) -> None:
        self._lock = threading.Lock()

    def __str__(self) -> str:
        cls = type(self)
        return f"{cls.__module__}.{cls.__name__} (priority: {self.priority:g})"  # the library asks the class for it

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Return the credential for a service; ``None`` without one, and after any error.

        Args:
            service: an http(s) URL, or ``host[:port]``.
            username: whose; ``None`` or empty when any will do.

        """
        try:
            found = self._find(service, username or None)
        except Exception:  # noqa: BLE001 - an exception here would keep the user's other backends from being asked
            return None
        return None if found is None else SimpleCredential(found.username or "", str(found.password))

    def get_password(self, service: str, username: str) -> str | None:
        """Return the password of the credential that `get_credential` returns."""
        found = self.get_credential(service, username)
        return None if found is None else found.password

    def set_password(self, service: str, username: str, password: str) -> None:  # noqa: ARG002 - the library's signature
        """Refuse.

        Raises:
            ReadOnlySetError: always.

        """
        raise ReadOnlySetError(_READ_ONLY)

    def delete_password(self, service: str, username: str) -> None:  # noqa: ARG002 - the library's signature
        """Refuse.

        Raises:
            ReadOnlyDeleteError: always.

        """
        raise ReadOnlyDeleteError(_READ_ONLY)

    def _find(self, service: str, username: str | None) -> Credentials | None:
        if is_inside_keyring():
            return None  # it is this package that asks, and it has asked its sources
        urls = _urls(service)
        if not urls:
            return None
        with self._lock:
            authenticator = self._fresh_authenticator()
        for url in urls:
            found = _ask(authenticator, url, username)
            if found is not None:
                return found
        return None

    def _fresh_authenticator(self) -> Authenticator:
        """Return an authenticator that reads all sources again: what was stored or configured a moment ago counts."""
        if self._authenticator is None:
            from .core.authenticator import Authenticator  # noqa: PLC0415 - most programs never ask

            self._authenticator = Authenticator(keyring_provider="disabled")
        else:
            self._authenticator.reread()
        return self._authenticator


def has_something_to_offer() -> bool:
    """Return whether there may be a credential: cheap, for it is asked in every program that uses a keyring."""
    names = [name for name, value in os.environ.items() if value and name.startswith("UV_")]
    if any(_SECRET_VARIABLE.fullmatch(name) for name in names):
        return True
    if any("@" in os.environ.get(name, "") for name in _URL_VARIABLES):
        return True
    from .config.places import may_name_helper  # noqa: PLC0415 - not before it is needed

    if may_name_helper() or _store_has_entries() or _holds(os.path.expanduser("~/.pypirc"), b"password"):  # noqa: PTH111
        return True
    if not any(name.startswith("UV_PREVIEW") for name in names):
        return False
    from .store.native.native_store import is_enabled  # noqa: PLC0415 - it imports more than the rest

    return is_enabled()


def _store_has_entries() -> bool:
    from .errors import ConfigError, StoreError  # noqa: PLC0415 - not before it is needed
    from .store import toml_file  # noqa: PLC0415 - not before it is needed

    try:
        try:
            path = toml_file.default_path()
        except ConfigError:  # a session goes on without the bad value, too
            path = toml_file.default_path(lambda: None)
    except StoreError:  # there is no home folder
        return False
    return _holds(path, b"service")


def _holds(path: str, word: bytes) -> bool:
    """Return whether a file has a word in it; one without is empty, as uv leaves it, or not what it should be."""
    try:
        if not os.path.isfile(path):  # noqa: PTH113 - a pipe would have to be waited for
            return False
        return word in read_file(path)[0]
    except OSError:
        return False


def _urls(service: object) -> list[str]:
    """Return the URLs a service stands for; none when it is neither an http(s) URL nor a host.

    Raises:
        ValueError: it looks like one of them and is invalid.

    """
    from .models.url import parse_url  # noqa: PLC0415 - most programs ask for nothing of ours, or never ask

    if not isinstance(service, str):
        return []
    if "://" in service:
        parse_url(service)
        return [service]
    if _NO_HOST.search(service):
        return []
    realm = parse_url(f"https://{service}/").realm
    if "." not in realm.host and ":" not in realm.host and realm.host != "localhost":
        return []  # some program's own name for what it keeps
    return [f"{scheme}://{service}/" for scheme in (("https", "http") if realm.loopback else ("https",))]


def _ask(authenticator: Authenticator, text: str, username: str | None) -> Credentials | None:
    from .models.url import parse_url  # noqa: PLC0415 - most programs ask for nothing of ours, or never ask

    url = parse_url(text)
    username = username or url.username
    # The program may follow a redirect to a stranger, so netrc's `default` is not sent.
    query = authenticator.query(url, username, cross_realm=True)._replace(challenged=True)
    if query.policy == "never":
        return None

    def unwanted(found: Found) -> bool:
        """Pass over what a keyring's entry cannot be: a Bearer token, or another user's credential."""
        credentials = found.credentials
        return credentials is None or credentials.password is None or username not in (None, credentials.username)

    answer = authenticator.resolver.ask(query, unwanted)
    return None if answer is None else answer.credentials
