"""The credential store that uv and we share: look-ups, and changes under uv's lock."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ..config.store_folder import configured_folder
from ..errors import StoreError
from ..util.paths import is_possible
from . import toml_file
from .base import AnyStore, names_of, parse_asked
from .entry import BadEntryError, Entry, Owner, entries_of, entry_table, parse_entries, parse_owner, unknown_keys
from .lookup import StoreIndex

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Callable

    from ..models.credentials import Credentials

    Edit = Callable[[list[object]], int]

_LOCK_TIMEOUT = 30.0


class CredentialStore(AnyStore):
    """The file of credentials that ``uv auth`` and ``indexauth`` keep: uv's format, place, lock and look-up.

    A process may have several, and other processes may change the file: it is read again when it has changed.

    Args:
        path: the file; ``None`` for uv's own place, which is looked up anew for each call.
        warn: takes warnings, one line each, once; ``None`` for the logger ``requests_indexauth``.
        lock_timeout: how many seconds a change waits for the lock that another process holds; 30 unless given.
        configured: returns the folder that the configuration has for the store, or ``None`` for uv's own place. Not
            asked when there is a ``path``, or ``UV_CREDENTIALS_DIR`` is set.

    """

    __module__ = "requests_indexauth"

    def __init__(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        warn: Callable[[str], None] | None = None,
        lock_timeout: float = _LOCK_TIMEOUT,
        configured: Callable[[], str | None] = configured_folder,
    ) -> None:
        super().__init__(warn)
        self._configured = configured
        self._path = None if path is None else os.fspath(path)
        self._lock_timeout = lock_timeout
        self._loaded: tuple[str, toml_file.Signature, StoreIndex] | None = None

    @property
    def path(self) -> str:
        """The file, whether it is there or not.

        Raises:
            StoreError: it is to be uv's, and there is no home folder; or no file can have this path.
            ConfigError: the configuration has a bad value for the store's folder.

        """
        if self._path is None:
            return toml_file.default_path(self._configured)
        if not is_possible(self._path):
            message = f"{self._path!a}: no file can have this path: give another"
            raise StoreError(message)
        return self._path

    def find(self, url: str, username: str | None = None) -> list[Entry]:
        """Return the most specific credentials for a URL: none, one, or one for each of several users.

        Takes what `get` takes.

        Raises:
            StoreError: the file is damaged or cannot be read.

        """
        parsed = parse_asked(url)
        if parsed is None:
            return []
        return self.load().match(parsed.realm, parsed.path, username or parsed.username)

    def entries(self) -> list[Entry]:
        """Return every credential in the file's order; printing one shows no secret.

        Raises:
            StoreError: the file is damaged or cannot be read.

        """
        return list(self.load().entries)

    def users(self, service: str) -> list[str | None]:
        """Return whose credentials are stored for a service itself; ``None`` stands for a Bearer token.

        Also of those that no request could carry, which uv may have stored: they can be removed.

        Raises:
            StoreError: the file is damaged or cannot be read.

        """
        _, document = toml_file.read(self.path)
        return names_of(entries_of(service, _owners(toml_file.tables(document))))

    def load(self) -> StoreIndex:
        """Return what the file holds, reading it if it has changed.

        A table that is no credential is skipped with a warning.

        Raises:
            StoreError: the file is damaged or cannot be read.

        """
        path = self.path
        loaded = self._loaded
        if loaded is None or loaded[0] != path or loaded[1] != toml_file.signature(path):
            state, document = toml_file.read(path)
            loaded = self._loaded = path, state, self._parse(path, document)
        return loaded[2]

    def set(self, service: str, credentials: Credentials) -> None:
        """Store a credential, in place of the one the same user has for the same service.

        Args:
            service: ``https://host/path``; ``http`` only for ``localhost``, ``127.0.0.1`` and ``[::1]``, as in uv;
                ``host/path`` means https; ``pypi`` and ``testpypi`` are their upload URLs. Userinfo and a last
                ``/simple`` or ``/+simple`` are dropped.
            credentials: Basic with a password, or Bearer.

        Raises:
            StoreError: uv could not read the service back, the credential has no secret, or the file is damaged, locked
                for too long or cannot be written. The file is then as it was.

        """
        url = _service_url(service)
        if not credentials.complete:
            message = "the credential has no password or token to store"
            raise StoreError(message)
        self._change(lambda tables: _put(tables, url, credentials))

    def remove(self, service: str, username: str | None = None) -> int:
        """Remove the credentials stored for a service itself, not for what is above or below it.

        Args:
            service: as for `set`.
            username: whose; ``None`` for every user's, Bearer tokens included.

        Returns:
            How many were removed.

        Raises:
            StoreError: as for `set`.

        """
        _service_url(service)  # an invalid one is refused even without a file

        def edit(tables: list[object]) -> int:
            owners = [owner for owner in _owners(tables) if username in (None, owner.user)]
            return _drop(tables, [owner.number for owner in entries_of(service, owners)])

        return self._shrink(edit)

    def clear(self) -> int:
        """Remove every credential, those that cannot be read too, and return how many.

        Raises:
            StoreError: as for `set`.

        """
        return self._shrink(lambda tables: _drop(tables, list(range(len(tables)))))

    def __reduce__(self) -> tuple[object, ...]:
        return CredentialStore, (self._path,)

    def _shrink(self, edit: Edit) -> int:
        # Without a file there is nothing to remove, so neither it nor a lock is made.
        return 0 if toml_file.signature(self.path) is None else self._change(edit)

    def _change(self, edit: Edit) -> int:
        from .write import change  # noqa: PLC0415 - look-ups need none of it

        ours = self._path is None and self._configured() is None
        return change(self.path, edit, lock_timeout=self._lock_timeout, ours=ours)

    def _parse(self, path: str, document: dict[str, object]) -> StoreIndex:
        def bad(error: BadEntryError) -> None:
            result = ", and uv refuses the whole file because of it" if error.spoils else ""
            self.warn_once(f"store: {path}: {error}; the entry is skipped{result}")

        return StoreIndex(parse_entries(toml_file.tables(document), bad))


def _put(tables: list[object], url: str, credentials: Credentials) -> int:
    """Put a credential in the place of those it supersedes, else at the end."""
    table = entry_table(url, credentials)
    new = parse_owner(table, len(tables))
    same = [old.number for old in _owners(tables) if old._replace(number=new.number) == new]
    if same:
        tables[same[0]] = {**table, **unknown_keys(tables[same[0]])}
        _drop(tables, same[1:])
    else:
        tables.append(table)
    return 1


def _owners(tables: list[object]) -> Iterator[Owner]:
    """Yield what each table is for, and whose; reading the file warns of those that are no credential."""
    from contextlib import suppress  # noqa: PLC0415 - look-ups need none of it

    for number, table in enumerate(tables):
        with suppress(BadEntryError):
            yield parse_owner(table, number)


def _drop(tables: list[object], numbers: list[int]) -> int:
    for number in reversed(numbers):
        del tables[number]
    return len(numbers)


def _service_url(service: str) -> str:
    from .service import service_url  # noqa: PLC0415 - look-ups by URL need none of it

    return service_url(service)
