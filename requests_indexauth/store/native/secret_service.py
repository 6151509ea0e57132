"""The Secret Service (gnome-keyring, KWallet, KeePassXC) as a `Vault`.

It uses ``secretstorage``, as the ``keyring`` library's own backend does. That backend would make the user unlock the
collection, and would put an entry of its own beside uv's.
"""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from ...errors import StoreError
from ...models.credentials import Secret
from .vault import Item, Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

_TARGET = "default"


@contextmanager
def open_secret_service() -> Iterator[SecretService]:
    """Connect to the user's Secret Service.

    Raises:
        StoreError: there is no such service, or what is needed to speak with it is not installed.

    """
    try:
        import secretstorage  # noqa: PLC0415
    except ImportError:
        message = "the Python package SecretStorage is not installed"
        raise StoreError(message) from None
    try:
        with closing(secretstorage.dbus_init()) as bus:
            if not secretstorage.check_service_availability(bus):
                raise StoreError(_ABSENT)
            yield SecretService(secretstorage, bus)
    except (secretstorage.SecretServiceNotAvailableException, OSError):  # OSError: the bus does not listen
        raise StoreError(_ABSENT) from None
    except secretstorage.LockedException:
        raise StoreError(_LOCKED) from None


_ABSENT = "there is no Secret Service here (no D-Bus session, or nothing in it that keeps passwords)"
_LOCKED = "the keyring is locked: unlock it and try again"


class SecretService(Vault):
    """The collections of one user.

    Items are looked for as uv does: in all collections, those with uv's ``target`` before those without.

    Args:
        library: the module ``secretstorage``.
        bus: a connection to the session's bus.

    """

    def __init__(self, library: Any, bus: Any) -> None:
        self._library = library
        self._bus = bus

    def find(self, service: str, username: str | None) -> list[Item]:
        """Return the entries under a name, one for each user."""
        found: dict[str, Item] = {}
        for item, user in self._search(service, username):
            if user not in found and not item.is_locked():
                found[user] = Item(service, user, Secret(item.get_secret().decode(errors="replace")))
        return list(found.values())

    def put(self, service: str, username: str, secret: Secret) -> None:
        """Change the existing item, as uv does, else make one: whenever this is stopped, the user still has an item."""
        self.check_unlocked()
        items = [item for item, _ in self._search(service, username)]
        if any(item.is_locked() for item in items):
            raise StoreError(_LOCKED)
        if items:
            items[0].set_secret(secret.encode())
            for item in items[1:]:
                item.delete()
            return
        attributes = {"application": "uv", "service": service, "target": _TARGET, "username": username}
        self._default().create_item(f"{username}@{service} (indexauth)", attributes, secret.encode(), replace=True)

    def remove(self, service: str, username: str | None) -> int:
        """Remove the entries under a name, and return the number of users that had one."""
        self.check_unlocked()
        users = set()
        for item, user in self._search(service, username):
            item.delete()
            users.add(user)
        return len(users)

    def everything(self, prefix: str) -> list[Item]:
        """Return every entry whose name starts so."""
        services = set()
        for collection in self._library.get_all_collections(self._bus):
            if not collection.is_locked():
                services |= {item.get_attributes().get("service", "") for item in collection.get_all_items()}
        return [item for name in sorted(services) if name.startswith(prefix) for item in self.find(name, None)]

    def check_unlocked(self) -> None:
        """Raise `StoreError` where the default collection is locked."""
        if self._default().is_locked():
            raise StoreError(_LOCKED)

    def _default(self) -> Any:
        """Return the collection new items go to; the library's own way to it would have the user make one."""
        try:
            return self._library.Collection(self._bus)
        except self._library.ItemNotFoundException:
            message = "the Secret Service has no default collection: make one"
            raise StoreError(message) from None

    def _search(self, service: str, username: str | None) -> list[tuple[Any, str]]:
        """Return the items under a name, with their user names, the one that uv would take first."""
        wanted = {"service": service}
        if username is not None:
            wanted["username"] = username
        items = [(item, item.get_attributes()) for item in self._library.search_items(self._bus, wanted)]
        items.sort(key=lambda pair: pair[1].get("target") != _TARGET)
        return [(item, attributes.get("username", "")) for item, attributes in items]
