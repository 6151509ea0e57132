"""Situations in which a request is refused: one machine and its servers, and the one sentence a person needs.

Each is played on real servers, which answer as ``https://pkgs.example.com`` and its neighbours. The sentences are the
list of causes in ``docs/why-401.md``, which is written from the table in `why_table`.
"""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from requests_indexauth import Credentials, CredentialStore
from support.messages import Reply, Request
from support.server import RecordingServer

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

    from support.names import Names
    from support.tls import Authority

Respond = Callable[[Request], Reply]

HOST = "https://pkgs.example.com"
TEAM = f"{HOST}/team/simple/"
PAGE = f"{TEAM}thing/"
PLAIN = "http://pkgs.example.com"
FILES = "https://files.example.com"
LOGIN = "https://login.example.com"
PYPI = "https://pypi.example.com"
PROXY = "http://proxy.example.com:3128"


@dataclass
class World:
    """One machine with its servers.

    Attributes:
        serving: closes the servers at the end.
        names: the name service.
        authority: makes the servers' certificates.
        monkeypatch: sets variables.
        home: the user's home folder.
        folder: the working folder.

    """

    serving: contextlib.ExitStack
    names: Names
    authority: Authority
    monkeypatch: pytest.MonkeyPatch
    home: Path
    folder: Path

    def serve(self, at: str, respond: Respond, context: ssl.SSLContext | None = None) -> RecordingServer:
        """Have a server answer at ``scheme://host[:port]``."""
        scheme, _, netloc = at.partition("://")
        host, _, port = netloc.partition(":")
        if scheme == "https" and context is None:
            context = self.authority.context(host)
        server = self.serving.enter_context(RecordingServer(respond, tls=context))
        self.names.point(host, server, port=int(port or (443 if scheme == "https" else 80)))
        return server

    def set(self, **variables: str) -> None:
        """Set environment variables."""
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def shown(self, text: str) -> str:
        """Return text with this machine's folders called as they would be anywhere."""
        return text.replace(str(self.folder), "/home/me/project").replace(str(self.home), "/home/me")


Setup = Callable[[World], object]


@dataclass(frozen=True)
class Situation:
    """One situation.

    Attributes:
        name: what it is.
        says: the sentence; empty where nothing needs to be done.
        index: how ``https://pkgs.example.com`` answers; ``None``: it is not there, or ``has`` makes it.
        others: how the other servers answer, by ``scheme://host``.
        has: what the machine has: credentials, configuration, a proxy.
        asks: the URL that is asked for, and options of `indexauth explain`.
        code: the exit code.
        live: whether the request is made.

    """

    name: str
    says: str
    index: Respond | None = None
    others: Mapping[str, Respond] = field(default_factory=dict)
    has: tuple[Setup, ...] = ()
    asks: tuple[str, ...] = (PAGE,)
    code: int = 1
    live: bool = True

    def build(self, world: World) -> list[str]:
        """Make the world so; return the arguments for `indexauth`."""
        world.set(REQUESTS_CA_BUNDLE=world.authority.bundle, PATH=str(world.folder))
        if self.index is not None:
            world.serve(HOST, self.index)
        for at, respond in self.others.items():
            world.serve(at, respond)
        for setup in self.has:
            setup(world)
        return ["explain", *self.asks, *(["--live"] if self.live else [])]


# How a server answers

BASIC = 'Basic realm="pkgs"'


def page(*_: object) -> Reply:
    """Answer with a page of links."""
    return Reply(200, {"Content-Type": "text/html"}, b'<!DOCTYPE html><a href="thing-1.0.tar.gz">thing-1.0.tar.gz</a>')


def form(*_: object) -> Reply:
    """Answer with a page to sign in on."""
    return Reply(200, {"Content-Type": "text/html"}, b"<form>Sign in <input name=p type='password'></form>")


def html(code: int, text: str) -> Respond:
    """Answer everybody with a page of its own."""
    return lambda _: Reply(code, {"Content-Type": "text/html; charset=utf-8"}, text.encode())


def status(code: int, *challenges: str) -> Respond:
    """Answer everybody the same, with one or several challenges."""
    return lambda _: Reply(code, [("WWW-Authenticate", challenge) for challenge in challenges], b"no")


def to(location: str) -> Respond:
    """Send everybody elsewhere."""
    return lambda _: Reply(302, {"Location": location})


wants_basic = status(401, BASIC)


def lets_in(then: Respond = page, otherwise: Respond = wants_basic) -> Respond:
    """Answer a request with the right password in one way, and every other one in another."""
    return lambda request: (then if request.authorization == ("basic", "me", "hunter22") else otherwise)(request)


def bare(without: Respond, with_one: Respond) -> Respond:
    """Answer a request without a credential in one way, and one with any credential in another."""
    return lambda request: (without if request.authorization is None else with_one)(request)


def at_path(**answers: Respond) -> Respond:
    """Answer by the first word of the path: ``team``, ``login`` and so on."""
    return lambda request: answers[request.path.split("/")[1].strip("+")](request)


# What a machine has


def stored(service: str = HOST, user: str = "me", password: str = "hunter22") -> Setup:
    """Have a credential in the store."""
    return lambda _: CredentialStore().set(service, Credentials.basic(user, password))


def netrc(*lines: str) -> Setup:
    """Have a netrc file."""
    return netrc_bytes("".join(f"{line}\n" for line in lines).encode())


def netrc_bytes(raw: bytes) -> Setup:
    """Have a netrc file of these bytes."""

    def write(world: World) -> None:
        (world.home / ".netrc").write_bytes(raw)
        (world.home / ".netrc").chmod(0o600)

    return write


def index(policy: str = "auto", url: str = TEAM, name: str = "corp") -> Setup:
    """Have an index configured, in ``uv.toml``."""
    text = f'[[index]]\nname = "{name}"\nurl = "{url}"\nauthenticate = "{policy}"\n\n'

    def write(world: World) -> None:
        with (world.folder / "uv.toml").open("a") as file:
            file.write(text)

    return write


def variables(**values: str) -> Setup:
    """Have environment variables."""
    return lambda world: world.set(**values)


def keyring(*lines: str) -> Setup:
    """Have a ``keyring`` command, and the provider that asks it."""

    def write(world: World) -> None:
        command = world.folder / "keyring"
        command.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        command.chmod(0o755)
        world.set(UV_KEYRING_PROVIDER="subprocess", PATH=f"{world.folder}:/usr/bin:/bin")

    return write


def helper(*lines: str) -> Setup:
    """Have a credential helper, named for the host."""

    def write(world: World) -> None:
        command = world.folder / "acme-token"
        command.write_text("\n".join(["#!/bin/sh", *lines, ""]))
        command.chmod(0o755)
        world.set(INDEXAUTH_CREDENTIAL_HELPER="*.example.com=acme-token", PATH=f"{world.folder}:/usr/bin:/bin")

    return write


def proxy(answer: Respond, address: str = PROXY) -> Setup:
    """Have a proxy configured, and let it answer so."""
    scheme, _, netloc = address.partition("://")
    setting = f"{scheme}://someone:hunter22@{netloc}"

    def build(world: World) -> None:
        world.serve(PROXY, answer)
        world.set(HTTPS_PROXY=setting, http_proxy=setting)

    return build


# How a server fails to answer


def nothing_listens(world: World) -> None:
    """Have nobody answer at the index's address."""
    world.names.point("pkgs.example.com", _absent(world), port=443)


def no_proxy_there(world: World) -> None:
    """Have a proxy configured that is not there."""
    world.names.point("proxy.example.com", _absent(world), port=3128)
    world.set(HTTPS_PROXY=PROXY)


def _absent(world: World) -> RecordingServer:
    """Return a server that is not there: nothing listens at its port."""
    return world.serving.enter_context(RecordingServer(listening=False))


def plain_on_443(world: World) -> None:
    """Have a server speak plain http where https is asked for."""
    server = world.serving.enter_context(RecordingServer(page))
    world.names.point("pkgs.example.com", server, port=443)


def tls_on_80(world: World) -> None:
    """Have a server speak https where plain http is asked for."""
    server = world.serving.enter_context(RecordingServer(page, tls=world.authority.context()))
    world.names.point("pkgs.example.com", server, port=80)


def certified(*names: str, **options: object) -> Setup:
    """Have a server with a certificate for other names, or one that has expired."""

    def build(world: World) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        world.authority.configure(context, *names, **options)  # type: ignore[arg-type]
        world.serve(HOST, page, context)

    return build


def wants_client_certificate(world: World) -> None:
    """Have a server that wants a certificate of the client.

    With TLS 1.3 it says so only after the request, and whether the client still sees it is a matter of time.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    world.authority.configure(context, "pkgs.example.com")
    context.load_verify_locations(world.authority.bundle)
    context.verify_mode = ssl.CERT_REQUIRED
    world.serve(HOST, page, context)


def never_answers(world: World) -> None:
    """Have a server that takes a request and does not answer; the wait for it is shorter than usual."""
    ended = threading.Event()
    world.monkeypatch.setattr("requests_indexauth.cli.live.explain.TIMEOUT", 2)

    def wait(_: Request) -> Reply:
        ended.wait()
        return page()

    world.serve(HOST, wait)
    world.serving.callback(ended.set)


def bundle(text: str) -> Setup:
    """Have a file of certificates of one's own."""

    def build(world: World) -> None:
        file = world.folder / "corp.pem"
        file.write_text(text)
        world.set(REQUESTS_CA_BUNDLE=str(file))

    return build
