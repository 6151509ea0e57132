"""The machine of the soak: twelve realms, twenty indexes, and the places where their passwords are kept."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Callable

from keyring.backend import KeyringBackend
from keyring.credentials import Credential, SimpleCredential

from requests_indexauth import Credentials, CredentialStore, Index
from support.chaos import Area, Chaos, Login
from support.chaosserver import ChaosServer

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from support.names import Names
    from support.tls import Authority

TLS_HOSTS = ("r2.example", "r3.example", "r4.example", "r7.example", "r9.example")


class Backend(KeyringBackend):
    """A keyring whose entries change, and which counts what it is asked."""

    priority = -1  # no test gets it that has not asked for it
    set_password = None  # type: ignore[assignment]

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[str, tuple[str, str]] = {}
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        """Refuse: nobody here asks this way."""
        raise NotImplementedError

    def get_credential(self, service: str, username: str | None) -> Credential | None:
        """Return the entry, if it is the user's."""
        self.asked += 1
        found = self.entries.get(service)
        return SimpleCredential(*found) if found and username in (None, found[0]) else None


class World:
    """The servers, started, with everything a client needs to enter all of them."""

    def __init__(self, home: Path, names: Names, authority: Authority, environ: pytest.MonkeyPatch) -> None:
        """Build all realms; names lead to the servers from now on."""
        self.chaos = Chaos()
        self.servers: list[ChaosServer] = []
        self.indexes: list[Index] = []
        self.keyring = Backend()
        self._environ = environ
        self._home = home
        self._names = names
        self._tls = authority.context(*TLS_HOSTS)
        self._machines: dict[str, tuple[str, str]] = {}
        self._lock = threading.Lock()
        for build in (self._plain, self._netrc_beside_store, self._nested, self._two_ports, self._policies):
            build()
        for build in (self._moody, self._no_index, self._hiding):
            build()
        for server in self.servers:
            server.add(Area("/guests", guests=True, covered=server.name == "r3.example"))

    # The realms

    def _plain(self) -> None:
        """One index beside its files, and two that share a folder for theirs."""
        first = self._server("127.0.0.2")
        login = self._login("i00", self._in_netrc(first.name))
        self._index(first, "/i00", login)
        first.add(Area("/files/", (login,), covered=False))
        second = self._server("127.0.0.1")
        for name in ("i01", "i02"):
            login = self._login(name, self._in_store(f"{second.url}/{name}"), f"/{name}/")
            self._index(second, f"/{name}", login)
            second.add(Area(f"/pool/{name}-", (login,), covered=False))
        second.add(Area("/pool/", covered=False))

    def _netrc_beside_store(self) -> None:
        """A host-wide entry in netrc, and one in the store for a path of the same host."""
        server = self._server("r2.example", default_port=True)
        self._index(server, "/i03", self._login("i03", self._in_netrc(server.name)))
        self._index(server, "/i04", self._login("i04", self._in_store(f"{server.url}/i04"), "/i04/"))

    def _nested(self) -> None:
        """An index at the root of a host, one inside, and one inside that."""
        server = self._server("r3.example")
        self._index(server, "", self._login("i05", self._in_store(server.url)))
        self._index(server, "/deep", self._login("i06", self._in_store(f"{server.url}/deep"), "/deep/"))
        inner = self._login("i07", covers="/deep/er/")
        self._index(server, "/deep/er", inner, simple="+simple")
        self._in_keyring(inner)

    def _two_ports(self) -> None:
        """Two realms of one host name."""
        for name in ("i08", "i09"):
            server = self._server("r4.example")
            login = self._login(name, covers=f"/{name}/")
            self._index(server, f"/{name}", login)
            self._in_keyring(login)
            server.add(Area("/files/", (login,), covered=False), Area("/", covered=False))

    def _policies(self) -> None:
        """Credentials that never change, the policy `always`, and the policy `never`."""
        server = self._server("localhost")
        fixed = self._login("i10", covers="/i10/")
        self._index(server, "/i10", fixed)
        self._in_environment(fixed)
        in_url = self._login("i11", covers="/i11/")
        self._index(server, "/i11", in_url, userinfo=f"{in_url.name}:{in_url.password}@")
        always = self._login("i12", self._in_store(f"{server.url}/i12"), "/i12/")
        self._index(server, "/i12", always, policy="always")
        self._index(server, "/i13", policy="never")

    def _moody(self) -> None:
        """Indexes that now and then refuse a right password."""
        server = self._server("r7.example")
        self._index(server, "/i14", self._login("i14", self._in_store(f"{server.url}/i14"), "/i14/"), moody=True)
        self._index(server, "/i15", self._login("i15", self._in_netrc(server.name)), moody=True)
        login = self._login("i16", covers="/i16/")
        self._index(server, "/i16", login, moody=True)
        self._in_keyring(login)

    def _no_index(self) -> None:
        """Two realms without any index, known to netrc; one of them with a password that was never any good."""
        server = self._server("127.0.0.3")
        server.add(Area("/", (self._login("n0", self._in_netrc(server.name)),), covered=False))
        server = self._server("127.0.0.4")
        server.add(Area("/", (self._login("wrong", self._in_netrc(server.name)),), covered=False, hopeless=True))

    def _hiding(self) -> None:
        """Indexes that hide what is there, and two paths of the store that no index covers."""
        server = self._server("r9.example")
        for name, refusal in (("i17", 404), ("i18", 403)):
            login = self._login(name, self._in_store(f"{server.url}/{name}"), f"/{name}/")
            self._index(server, f"/{name}", login, refusal=refusal)
        fixed = self._login("i19", covers="/i19/")
        self._index(server, "/i19", fixed, policy="always")
        self._in_environment(fixed)
        for name, path in (("s0", "/raw/"), ("s1", "/raw/er/")):
            login = self._login(name, self._in_store(f"{server.url}{path}"), path)
            server.add(Area(path, (login,), covered=False))

    # What they are made of

    def _server(self, host: str, *, default_port: bool = False) -> ChaosServer:
        tls = self._tls if host in TLS_HOSTS else None
        server = ChaosServer(self.chaos, host, tls, default_port=default_port)
        self._names.point(host, port=443 if default_port else server.port, at=server)
        self.servers.append(server)
        return server

    def _login(self, name: str, keep: Callable[[Login], None] | None = None, covers: str = "") -> Login:
        return self.chaos.login(Login(name, keep, covers))

    def _index(
        self,
        server: ChaosServer,
        path: str,
        login: Login | None = None,
        *,
        policy: str = "auto",
        simple: str = "simple",
        userinfo: str = "",
        refusal: int = 401,
        moody: bool = False,
    ) -> None:
        url = f"{server.url}{path}/{simple}/".replace("://", f"://{userinfo}")
        self.indexes.append(Index(url, f"index-{len(self.indexes)}", policy))  # type: ignore[arg-type]
        logins = (login,) if login else ()
        server.add(Area(f"{path}/", logins, policy=policy, refusal=refusal, moody=moody))

    def _in_netrc(self, host: str) -> Callable[[Login], None]:
        def keep(login: Login) -> None:
            with self._lock:
                self._machines[host] = (login.name, login.password)
                lines = [
                    f"machine {host} login {user} password {word}\n" for host, (user, word) in self._machines.items()
                ]
                new = self._home / ".netrc.new"
                new.write_text("".join(lines))
                new.chmod(0o600)
                new.replace(self._home / ".netrc")

        return keep

    @staticmethod
    def _in_store(service: str) -> Callable[[Login], None]:
        return lambda login: CredentialStore().set(service, Credentials.basic(login.name, login.password))

    def _in_keyring(self, login: Login) -> None:
        """Keep the last index's password in the keyring, under the index's URL."""
        service = self.indexes[-1].url

        def keep(login: Login) -> None:
            self.keyring.entries[service] = (login.name, login.password)

        login.keep = keep
        keep(login)

    def _in_environment(self, login: Login) -> None:
        name = (self.indexes[-1].name or "").upper().replace("-", "_")
        self._environ.setenv(f"UV_INDEX_{name}_USERNAME", login.name)
        self._environ.setenv(f"UV_INDEX_{name}_PASSWORD", login.password)
