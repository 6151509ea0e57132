"""Keyrings that are none: a `keyring` command and a backend that do what a test wants and remember what was asked."""

from __future__ import annotations

import io
import json
import sys
import textwrap
import threading
import zipfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from keyring.backend import KeyringBackend
from keyring.credentials import Credential, SimpleCredential
from keyring.errors import PasswordSetError

from support.platforms import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Callable

_RECORD = """\
#!{python} -IS
import json, os, sys, time
call = {{"argv": sys.argv[1:], "env": dict(os.environ), "stdin": sys.stdin.read()}}
with open({log!r}, "ab", 0) as log:  # in one piece: it is read meanwhile, and others write theirs
    log.write((json.dumps(call) + "\\n").encode())
def say(data, code=0):
    sys.stdout.buffer.write(data if isinstance(data, bytes) else data.encode())
    sys.stdout.buffer.flush()
    os._exit(code)
"""


def _launcher(script: bytes) -> bytes:
    """Return a Windows program that runs a script, as pip makes one: its launcher, the interpreter, a zip file."""
    pip = find_spec("pip")
    assert pip is not None
    assert pip.origin is not None
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("__main__.py", script)
    launcher = Path(pip.origin).with_name("_vendor") / "distlib" / "t64.exe"
    return launcher.read_bytes() + f"#!{sys.executable} -IS -X utf8\r\n".encode() + archive.getvalue()


class Call(NamedTuple):
    """One start of the command."""

    argv: list[str]
    env: dict[str, str]
    stdin: str


class FakeCommand:
    """A `keyring` command in a folder of its own: a Python script that records its start, then runs `body`.

    `say(output, code)` is there for it to print something and end.
    """

    def __init__(self, folder: Path) -> None:
        """Make a command that has nothing."""
        self.folder = folder
        self.path = folder / ("keyring.exe" if WINDOWS else "keyring")
        self._log = folder / "calls"
        self._kept = folder / "kept"
        self.does("say('', 1)")

    def does(self, body: str) -> None:
        """Write the script anew."""
        head = _RECORD.format(python=Path(sys.executable).resolve(), log=str(self._log))
        script = (head + textwrap.dedent(body)).encode()
        self.path.write_bytes(_launcher(script) if WINDOWS else script)
        self.path.chmod(0o755)

    def knows(self, entries: dict[tuple[str, str], str]) -> None:
        """Let it answer like the real one; `entries` are passwords by service and user name."""
        self.does(f"""
            entries = {entries!r}
            service = sys.argv[2]
            if sys.argv[3:] == ["--mode", "creds"]:
                for (known, user), password in entries.items():
                    if known == service:
                        say(user + "\\n" + password + "\\n")
            elif (service, sys.argv[-1]) in entries:
                say(entries[service, sys.argv[-1]] + "\\n")
            say("", 1)
        """)

    def keeps(self) -> None:
        """Let it keep what it is given, like the real one."""
        self.does(f"""
            import pathlib
            file = pathlib.Path({str(self._kept)!r})
            entries = {{tuple(key): value for key, value in json.loads(file.read_text() if file.exists() else "[]")}}
            def write():
                file.write_text(json.dumps([[list(key), value] for key, value in entries.items()]))
            verb, key = sys.argv[1], (sys.argv[2], sys.argv[-1])
            if verb == "set":
                entries[key] = call["stdin"]
                write()
            elif verb == "del" and key in entries:
                del entries[key]
                write()
            elif key in entries:
                say(entries[key] + "\\n")
            else:
                say("", 1)
        """)

    def entries(self) -> dict[tuple[str, str], str]:
        """Return what it has kept."""
        text = self._kept.read_text(encoding="utf-8") if self._kept.exists() else "[]"
        return {(service, user): value for (service, user), value in json.loads(text)}

    @property
    def calls(self) -> list[Call]:
        """Return its starts so far, in order; one that is being written down does not count yet."""
        written = self._log.read_text(encoding="utf-8") if self._log.exists() else ""
        lines = written.rpartition("\n")[0].splitlines()
        return [Call(**json.loads(line)) for line in lines]

    @property
    def argvs(self) -> list[list[str]]:
        """Return the arguments of its starts so far."""
        return [call.argv for call in self.calls]


def left_behind() -> list[threading.Thread]:
    """Return the threads that ask the library: one that outlives its test sets variables in the next."""
    return [thread for thread in threading.enumerate() if thread.name == "requests-indexauth keyring"]


class FakeBackend(KeyringBackend):
    """A backend of the real `keyring` library; `answer(service, username)` may return anything, raise or wait."""

    priority = -1  # no test gets it that has not asked for it

    def __init__(self, answer: Callable[[str, str | None], Any] = lambda _service, _username: None) -> None:
        """Make a backend that has nothing, or what `answer` says."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.answer = answer
        self.asked: list[tuple[str, str | None]] = []

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Answer what the test says: a pair becomes an entry."""
        self.asked.append((service, username))
        found = self.answer(service, username)
        return SimpleCredential(*found) if isinstance(found, tuple) else found

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse: nobody here asks this way."""
        raise NotImplementedError

    set_password = None  # type: ignore[assignment]


class KeepingBackend(KeyringBackend):
    """A backend of the real `keyring` library that keeps what it is given, in memory.

    Attributes:
        kept: the secrets, by service and user.
        fails_at: a service that it refuses to keep anything for.
        tells_users: whether it answers without a user name.

    """

    priority = -1

    def __init__(self) -> None:
        """Make one that has nothing."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[tuple[str, str], str] = {}
        self.fails_at = ""
        self.tells_users = False

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""
        return self.kept.get((service, username))

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Return an entry; of anybody, where it tells users."""
        for (known, user), password in self.kept.items():
            if known == service and (user == username or (username is None and self.tells_users)):
                return SimpleCredential(user, password)
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a secret."""
        if service == self.fails_at:
            raise PasswordSetError(password)
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Delete a secret."""
        del self.kept[service, username]
