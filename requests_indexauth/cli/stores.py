"""Shared by the commands that keep credentials: find the store, the service and the user."""

from __future__ import annotations

import os

from ..models.credentials import TOKEN_USER, Secret, masked_username
from ..models.url import parse_url
from ..store.file_store import CredentialStore
from ..store.service import SERVICES, to_url

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import NoReturn, Union

    from ..sources.keyring.store import KeyringStore
    from ..store.native.native_store import NativeStore
    from .parser import Options, Parser

    Store = Union[CredentialStore, NativeStore, KeyringStore]
    """The file, the system's store, or a keyring: all have the same methods."""

PLACES = ("keyring", "subprocess", "disabled", "native")
"""The words of ``--keyring-provider`` for where a credential is kept."""
FORMATS = ("text", "json")
DEFAULT_SERVICE = "pypi"


class Service:
    """The service that a command is about, and the user.

    Args:
        options: has ``username``, which may be ``None``.
        text: a URL, a host, the name of an index, ``pypi`` or ``testpypi``; ``None`` means ``pypi``.

    Attributes:
        written: the URL in full, with the userinfo it was given with.
        page: the URL as it was given, where requests go: with its last ``/simple``; without userinfo.
        username: the user name in the URL or the option; ``None`` when there is none.
        password: the password in the URL; ``None`` when there is none.

    """

    def __init__(self, options: Options, text: str | None) -> None:
        text = (DEFAULT_SERVICE if text is None else text).strip(" \t\r\n")
        try:
            self.written = Secret(_written_out(text))
            given = parse_url(self.written)
        except ValueError:  # its message quotes the text
            options.refuse("that is not a service: give https://host/path, or a host")
        self.page = given.clean
        self.password = given.password
        option = options.username
        if option == "":
            options.refuse("the user name is empty")
        if option is not None and given.username is not None:
            options.refuse("a user name is in the URL and in --username: give one of them")
        self.username = option or given.username

    @property
    def url(self) -> str:
        """The URL that the store keeps the credentials under.

        Raises:
            StoreError: uv would not take it for a service.

        """
        from ..store.service import service_url  # noqa: PLC0415 - looking up goes without; what it needs costs a millisecond

        return service_url(self.page)

    @property
    def is_pypi(self) -> bool:
        """Whether it is PyPI or TestPyPI, which take tokens only."""
        return self.url in SERVICES.values()


def open_store(keyring_provider: str | None) -> Store:
    """Return where credentials are kept.

    Args:
        keyring_provider: ``"keyring"`` and ``"subprocess"``: a keyring, by the library or the command; ``"native"``:
            the system's store; ``"disabled"``: the file; ``None``: the file, or with uv's preview feature
            ``native-auth`` the system's store.

    """
    if keyring_provider in ("keyring", "subprocess"):
        from ..sources.keyring.store import KeyringStore  # noqa: PLC0415 - few have one

        return KeyringStore(keyring_provider, warn=_warn)
    if keyring_provider == "native" or (keyring_provider is None and _native_is_wanted()):
        from ..store.native.native_store import NativeStore  # noqa: PLC0415 - few have it

        return NativeStore(warn=_warn)
    return CredentialStore(warn=_warn)


def refuse_to_choose(url: str, users: Iterable[str | None]) -> NoReturn:
    """Say which users there are.

    Raises:
        CommandError: always.

    """
    from .errors import CommandError  # noqa: PLC0415 - most of the time there is one user

    names = ", ".join(
        sorted("a token without a user" if user is None else str(masked_username(user)) for user in users)
    )
    message = f"several users have credentials for {url}: {names}; choose one with --username"
    raise CommandError(message)


def owner(url: str, username: str | None) -> str:
    """Return what a message calls a credential, as uv does: ``user@URL``; a token's user name says nothing."""
    if isinstance(username, Secret):
        return f"that user of {url}"
    return url if username in (None, TOKEN_USER) else f"{username}@{url}"


def add_service(parser: Parser) -> None:
    """Add the operand SERVICE, which may be left out."""
    parser.add_argument(
        "service",
        nargs="?",
        metavar="SERVICE",
        help="a URL, a host (https then), the name of a configured index, pypi or testpypi; without it, pypi",
    )


def add_username(parser: Parser, whose: str) -> None:
    """Add the option ``--username`` of a command for what is stored; ``whose`` begins its help."""
    without = "Without it: that of the user __token__, else of the only user there is"
    parser.add_argument("-u", "--username", metavar="NAME", help=f"{whose}. {without}")


def add_keyring_provider(parser: Parser) -> None:
    """Add the option ``--keyring-provider``."""
    parser.add_argument(
        "--keyring-provider",
        choices=PLACES,
        help="where the credential is: in the system's keyring, by the keyring library or by its command (subprocess), "
        "where pip, uv and twine look, too; in uv's file (disabled); in uv's native store. Without it, where uv has it",
    )


def _native_is_wanted() -> bool:
    if "UV_PREVIEW_FEATURES" not in os.environ and "UV_PREVIEW" not in os.environ:
        return False
    from ..store.native.native_store import is_enabled  # noqa: PLC0415 - it imports a lot for a question that few need

    return is_enabled()


def _written_out(text: str) -> str:
    """Return the URL of a service: of an index where it is the name of one.

    Raises:
        StoreError: it is a word that is not the name of an index.
        UsageError: it is a host, and a project has given its name to an index elsewhere, or there by plain http.

    """
    if "://" in text or text.lower() in SERVICES:
        return to_url(text)
    from .settings import settings  # noqa: PLC0415 - a URL needs no configuration

    named = {index.name: index for index in reversed(settings().indexes) if index.name}
    index = named.get(text)
    if index is None:
        return to_url(text, reversed(named))
    host = text.lower()
    if ("." in host or host == "localhost") and (index.realm.netloc != host or index.realm.insecure):
        from .errors import UsageError  # noqa: PLC0415 - rare

        message = f"that is a host, and the name of the index {index.display_url}, too: give the URL in full"
        raise UsageError(message)
    return index.url


def _warn(message: str) -> None:
    from .output import warn  # noqa: PLC0415 - stores seldom warn

    warn(message)
