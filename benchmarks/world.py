"""Private indexes on loopback, the credentials for them in one place, and jobs done there by us and by the peers."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from requests_indexauth import Credentials, CredentialStore
from support.messages import Reply, Request, refused
from support.server import RecordingServer
from support.wheels import build_wheel

from . import keyring_counted
from .process import SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

NETRC, STORE, KEYRING, ENVIRONMENT, URL, ALWAYS = "netrc", "store", "keyring", "environment", "index URL", "always"
TIMEOUT = 300


class Outcome(NamedTuple):
    """What a job cost.

    Attributes:
        requests: for pages, on the wire; the refused ones are among them.
        refused: those answered 401.
        keyring: questions to the keyring.
        missing: pages that did not come.

    """

    requests: int
    refused: int
    keyring: int
    missing: int


class Index(NamedTuple):
    """One of the indexes; each has a user of its own."""

    name: str
    root: str
    server: RecordingServer
    pages: int

    @property
    def password(self) -> str:
        """The password of the user, who has the index's name."""
        return f"password-of-{self.name}"

    def url(self, *, full: bool = False) -> str:
        """Return the URL of the index, with its userinfo where asked."""
        user, password = (self.name, self.password) if full else (None, None)
        return self.server.at(f"{self.root}/simple/", user=user, password=password)

    def page_urls(self) -> list[str]:
        """Return the URLs of its packages' pages."""
        return [f"{self.url()}{_package(number)}/" for number in range(self.pages)]

    def answer(self, request: Request) -> Reply:
        """Answer for a page, a file, or one that is not there."""
        if request.authorization != ("basic", self.name, self.password):
            return refused()
        wheel = build_wheel(request.path.rstrip("/").rpartition("/")[2].partition("-1.0")[0].replace("_", "-"))
        if request.path.endswith(".whl"):
            return Reply(200, {}, wheel.content)
        link = f'<!DOCTYPE html><a href="{wheel.filename}#sha256={wheel.sha256}">{wheel.filename}</a>'
        return Reply(200, {"Content-Type": "text/html"}, link.encode())


class World:
    """So many indexes with so many packages each, and a home whose files have the credentials in one place.

    Args:
        indexes: how many.
        pages: of each.
        where: the credentials are.
        home: an empty folder; each contender has a copy of what is put there, so that it finds nothing of another's.
        hosts: whether each index has a host of its own, rather than a folder on a host they share.
        slow: how many seconds the keyring takes to answer.
        provider: how we ask it.

    """

    def __init__(  # noqa: PLR0913 - a world has as many sides
        self,
        indexes: int,
        pages: int,
        where: str,
        home: Path,
        *,
        hosts: bool = False,
        slow: float = 0,
        provider: str = "import",
    ) -> None:
        self._servers = [RecordingServer(host=f"127.0.0.{number + 1}") for number in range(indexes if hosts else 1)]
        self.indexes = [
            Index(f"team{number}", "" if hosts else f"/team{number}", self._servers[number if hosts else 0], pages)
            for number in range(indexes)
        ]
        for server in self._servers:
            own = {index.root: index for index in self.indexes if index.server is server}
            server.respond = lambda request, own=own: own[request.path.partition("/simple/")[0]].answer(request)  # type: ignore[misc]
        self._where, self._home = where, home
        self._environment = {
            "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
            keyring_counted.PROVIDER: provider,
            "PYTHONPATH": str(SOURCE),
            "PYTHON_KEYRING_BACKEND": "benchmarks.keyring_counted.Keyring",
            keyring_counted.SECONDS: str(slow),
            keyring_counted.LOG: str(home / "questions"),
        }
        keyring_counted.write_command(home)
        self._arrange()

    def _arrange(self) -> None:
        """Put the credentials where they belong, and name the indexes in a configuration."""
        entries = {}
        (self._home / ".netrc").touch(0o600)
        store = CredentialStore(self._home / ".local/share/uv/credentials/credentials.toml")
        for index in self.indexes:
            user, password = index.name, index.password
            if self._where in {NETRC, ALWAYS}:
                _add_to_netrc(self._home, index)
            elif self._where == STORE:
                store.set(index.url(), Credentials.basic(user, password))
            elif self._where == KEYRING:
                entries[index.url().rstrip("/")] = user, password
            elif self._where == ENVIRONMENT:
                variable = f"UV_INDEX_{user.upper()}"
                self._environment |= {f"{variable}_USERNAME": user, f"{variable}_PASSWORD": password}
        self._environment[keyring_counted.ENTRIES] = json.dumps(entries)
        self._configure(self._home)

    def _configure(self, home: Path, *, users: bool = False) -> None:
        """Write the configuration with the indexes, with the user in each URL where that is asked for."""
        (home / "uv.toml").write_text("\n".join(self._table(index, users=users) for index in self.indexes))

    def _table(self, index: Index, *, users: bool) -> str:
        url = index.url(full=self._where == URL)
        lines = [f'name = "{index.name}"', f'url = "{url.replace("://", f"://{index.name}@") if users else url}"']
        lines += ['authenticate = "always"'] if self._where == ALWAYS else []
        lines += ["default = true"] if index is self.indexes[0] else []
        return "\n".join(["[[index]]", *lines, ""])

    def fetch(self, contender: str, threads: int = 1) -> Outcome:
        """Have one of the contenders fetch every page once, in a process that knows nothing yet."""
        self._clear()
        # As installers go about it: one package after the other, in each of the indexes.
        urls = [url for package in zip(*(index.page_urls() for index in self.indexes)) for url in package]
        indexes = [index.url(full=self._where == URL) for index in self.indexes]
        job = {"indexes": indexes, "urls": urls, "threads": threads}
        command = [sys.executable, "-m", "benchmarks.fetch", contender]
        with self._own_home() as home:
            if contender == "requests" and self._where == KEYRING:  # it knows of no other place
                for index in self.indexes:
                    _add_to_netrc(home, index)
            fetched = json.loads(self._run(command, json.dumps(job), home))
        return self._outcome(len(urls) - fetched)

    def resolve_with_uv(self) -> Outcome:
        """Have the real uv find versions of all packages, in all indexes: it reads each package's pages and a file."""
        self._clear()
        names = [_package(number) for number in range(self.indexes[0].pages)]
        command = ["uv", "--no-cache", "pip", "compile", "-", "--no-deps", "--quiet", "--python", sys.executable]
        if len(self.indexes) > 1:  # else it is content with the first index that has the package
            command += ["--index-strategy", "unsafe-best-match"]
        with self._own_home() as home:
            if self._where == KEYRING:  # it asks a keyring for the password of a user it knows, and only by the command
                self._configure(home, users=True)
                command += ["--keyring-provider", "subprocess"]
            resolved = self._run(command, "\n".join(names), home)
        return self._outcome(sum(f"{name}==" not in resolved for name in names))

    @contextmanager
    def _own_home(self) -> Iterator[Path]:
        """Make a home for one contender."""
        with tempfile.TemporaryDirectory() as folder:
            yield Path(shutil.copytree(self._home, folder, dirs_exist_ok=True))

    def _run(self, command: list[str], stdin: str, home: Path) -> str:
        done = subprocess.run(
            command,
            check=True,
            input=stdin,
            stdout=subprocess.PIPE,
            text=True,
            cwd=home,
            env={**self._environment, "HOME": str(home)},
            timeout=TIMEOUT,
        )
        return done.stdout

    def _clear(self) -> None:
        (self._home / "questions").write_bytes(b"")
        for server in self._servers:
            server.clear()

    def _outcome(self, missing: int) -> Outcome:
        statuses = [request.status for server in self._servers for request in server.requests if _is_page(request)]
        keyring = (self._home / "questions").stat().st_size
        return Outcome(len(statuses), statuses.count(401), keyring, missing)

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for server in self._servers:
                stack.enter_context(server)
            self._close = stack.pop_all().close
        return self

    def __exit__(self, *_: object) -> None:
        self._close()


@contextmanager
def world(indexes: int, pages: int, where: str, **options: Any) -> Iterator[World]:
    """Serve the indexes, with a new home; the options are those of `World`."""
    with tempfile.TemporaryDirectory() as home, World(indexes, pages, where, Path(home), **options) as made:
        yield made


def _add_to_netrc(home: Path, index: Index) -> None:
    with (home / ".netrc").open("a") as file:
        file.write(f"machine {index.server.host} login {index.name} password {index.password}\n")


def _package(number: int) -> str:
    return f"thing-{number}"


def _is_page(request: Request) -> bool:
    return request.path.endswith("/")
