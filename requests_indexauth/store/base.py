"""What all credential stores share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import StoreError
from ..models.url import URL, parse_url
from ..util.once import Once
from .entry import Entry, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Callable

    from ..models.credentials import Credentials
    from .entry import Owner


class AnyStore:
    """The base of the stores: a look-up that warns instead of failing.

    Args:
        warn: takes warnings, one line each, once; ``None`` for the logger ``requests_indexauth``.

    """

    label = "store"

    def __init__(self, warn: Callable[[str], None] | None = None) -> None:
        self._warn = warn or log_warning
        self._warned = Once()

    def get(self, url: str, username: str | None = None) -> Credentials | None:
        """Return the credential for a URL, or ``None``.

        The longest path prefix counts, on a segment boundary. ``None`` is also the answer, with a warning, when two
        users' credentials are equally specific and none is given, and when the store cannot be read.

        Args:
            url: an http(s) URL, or a service as for `set`; a user name in it counts where none is given.
            username: whose credential; ``None`` when any will do.

        Returns:
            Basic or Bearer. It is a lone user name, and not ``complete``, where the file has no password for it.

        """
        try:
            found = self.find(url, username)
        except StoreError as error:
            self.warn_once(f"{self.label}: {error}")
            return None
        if len(found) > 1:
            self.warn_ambiguous(found)
            return None
        return found[0].credentials if found else None

    def services(self) -> list[tuple[str, str | None]]:
        """Return the service and user name of every credential; the user is ``None`` for a Bearer token.

        Raises:
            StoreError: the store cannot be read.

        """
        return [(entry.service, entry.user) for entry in self.entries()]

    def users(self, service: str) -> list[str | None]:
        """Return whose credentials are stored for a service itself; ``None`` stands for a Bearer token.

        Raises:
            StoreError: the store cannot be read.

        """
        return names_of(entries_of(service, self.entries()))

    def find(self, url: str, username: str | None = None) -> list[Entry]:
        """Return the most specific credentials for a URL: none, one, or one for each of several users."""
        raise NotImplementedError

    def entries(self) -> list[Entry]:
        """Return every credential; printing one shows no secret."""
        raise NotImplementedError

    def warn_ambiguous(self, found: list[Entry]) -> None:
        """Warn once that several users have a credential and no user name was given."""
        users = " and ".join(sorted(entry.label for entry in found))
        self.warn_once(f"{self.label}: {found[0].service} has credentials of {users}: give a user name")

    def warn_once(self, message: str) -> None:
        """Give a warning, unless this store has given it before."""
        if self._warned.is_new(message):
            self._warn(message)


def parse_asked(url: str) -> URL | None:
    """Return the URL or service that `AnyStore.find` is asked for; ``None`` for one that nothing can be stored for."""
    try:
        if "://" not in url:
            from .service import service_url  # noqa: PLC0415 - look-ups by URL need none of it

            url = service_url(url)
        return parse_url(url)
    except (ValueError, StoreError):
        return None


def names_of(entries: Iterable[Entry] | Iterable[Owner]) -> list[str | None]:
    """Return the user names of some entries, each once."""
    return list(dict.fromkeys(entry.user for entry in entries))


def log_warning(message: str) -> None:
    """Log a warning."""
    from logging import getLogger  # noqa: PLC0415 - look-ups seldom warn

    getLogger("requests_indexauth").warning("%s", message)
