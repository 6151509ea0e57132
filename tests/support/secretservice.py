"""A real Secret Service for a test: gnome-keyring in a D-Bus session of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.commands import TIME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESS = "DBUS_SESSION_BUS_ADDRESS"
MUTE = "exec dbus-monitor >/dev/null"
"""What is in the session to its end, and never answers."""

_CONFIG = """\
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path={folder}/bus</listen>
  <servicedir>{folder}/services</servicedir>
  <limit name="service_start_timeout">120000</limit>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>
  </policy>
</busconfig>
"""
_SERVICE = "[D-BUS Service]\nName=org.freedesktop.secrets\nExec=/bin/sh {folder}/start\n"


def gnome_keyring(daemon: str) -> str:
    """Return the command of a gnome-keyring that starts with an empty, unlocked collection."""
    return f"printf password | exec {daemon} --foreground --unlock --components=secrets"


class DBusSession:
    """A D-Bus session that starts a Secret Service when somebody asks for one.

    Args:
        dbus_run_session: the program.
        service: the service's command; `None`: there is no Secret Service.

    """

    def __init__(self, dbus_run_session: str, service: str | None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="dbus-"))  # a socket's path must be short
        (self.folder / "config").write_text(_CONFIG.format(folder=self.folder))
        if service is not None:
            services = self.folder / "services"  # D-Bus watches this folder, so nothing else is to be in it
            services.mkdir()
            (services / "org.freedesktop.secrets.service").write_text(_SERVICE.format(folder=self.folder))
            (self.folder / "start").write_text(service)
        # The shell ends, and with it the session, when its standard input does.
        self._shell = subprocess.Popen(
            [dbus_run_session, "--config-file", self.folder / "config", "--", "sh", "-c", f"echo ${ADDRESS}; exec cat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "HOME": str(self.folder), "XDG_RUNTIME_DIR": str(self.folder)},
        )
        assert self._shell.stdout is not None
        self.address = self._shell.stdout.readline().strip()
        assert self.address, "the D-Bus session has not started"

    def close(self) -> None:
        """End the session and what runs in it; a service that is just starting may still have the pipe open."""
        for pipe in (self._shell.stdin, self._shell.stdout):
            assert pipe is not None
            pipe.close()
        self._shell.wait(TIME_LIMIT)
        shutil.rmtree(self.folder, ignore_errors=True)


class Secrets:
    """What is in the Secret Service of the session that `DBUS_SESSION_BUS_ADDRESS` leads to.

    Whatever is done first starts the service, and waits for it as long as that takes.
    """

    def __init__(self) -> None:
        import secretstorage

        self._library = secretstorage

    def items(self) -> list[tuple[dict[str, str], str]]:
        """Return attributes and secret of each item, less the attributes that everybody sets."""
        with self._collection() as collection:
            found = []
            for item in collection.get_all_items():
                attributes = {name: value for name, value in item.get_attributes().items() if name != "xdg:schema"}
                found.append((attributes, item.get_secret().decode()))
            return found

    def secrets(self, service: str) -> list[tuple[str, str]]:
        """Return user name and secret of each item of a service."""
        return sorted(
            (attributes["username"], secret) for attributes, secret in self.items() if attributes["service"] == service
        )

    def add(self, service: str, username: str, secret: str, **attributes: str) -> None:
        """Add an item, whatever there is."""
        with self._collection() as collection:
            wanted = {"service": service, "username": username, **attributes}
            collection.create_item("a test's", wanted, secret.encode(), replace=False)

    def lock(self) -> None:
        """Lock the collection."""
        with self._collection() as collection:
            collection.lock()

    def clear(self) -> None:
        """Remove everything."""
        with self._collection() as collection:
            for item in list(collection.get_all_items()):
                item.delete()

    @contextmanager
    def _collection(self) -> Iterator[Any]:
        with closing(self._library.dbus_init()) as bus:
            yield self._library.Collection(bus)
