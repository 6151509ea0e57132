"""A second run of a real pip, with its HTTP cache warm, gets in wherever its first run did."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.files import serve_file
from support.keyrings import FakeCommand
from support.messages import Reply, refused
from support.pips import Pip
from support.ways import write_netrc
from support.wheels import build_wheel

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from support.commands import Ran
    from support.messages import Request
    from support.server import RecordingServer, Serve

ME = ("basic", "me", "pw")
NAMES = ("one", "two", "three")
WHEELS = {wheel.filename: wheel for wheel in map(build_wheel, NAMES)}
PAGES = {"no-cache": {"Cache-Control": "no-cache"}, "max-age": {"Cache-Control": "max-age=600"}}
PIPS = ["pip==24.3.1", "pip==25.3", "pip"]
CONSTRAINTS = "/raw/constraints.txt"


@pytest.fixture(params=PIPS, scope="module")
def pip(request: pytest.FixtureRequest, virtual_environment: Callable[..., Path]) -> Pip:
    """Return a pip in an environment where this package is installed."""
    return Pip(virtual_environment("python3.11", "--upgrade", request.param) / "bin" / "python")


def private(caching: dict[str, str]) -> Callable[[Request], Reply]:
    """Return an index whose pages may be cached, with its files and a constraints file beside its root.

    All of it wants the password, and a page that has not changed is confirmed by a 304.
    """

    def respond(request: Request) -> Reply:
        if request.authorization != ME:
            return refused()
        if request.path == CONSTRAINTS:
            return Reply(200, {"Content-Type": "text/plain"}, b"one==1.0\n")
        name = request.path.rstrip("/").rpartition("/")[2]
        if name in WHEELS:
            return serve_file(request, WHEELS[name].content, WHEELS[name].sha256)
        headers = {"Content-Type": "text/html", "ETag": '"1"', **caching}
        if request.headers["If-None-Match"] == '"1"':
            return Reply(304, headers)
        file = f"{name}-1.0-py3-none-any.whl"
        return Reply(
            200, headers, f'<!DOCTYPE html><html><body><a href="/raw/{file}">{file}</a></body></html>'.encode()
        )

    return respond


def give_userinfo(server: RecordingServer, _home: Path, _workdir: Path) -> tuple[str, dict[str, str]]:
    return server.at("/team/simple/", user="me", password="pw"), {}


def give_variables(server: RecordingServer, _home: Path, workdir: Path) -> tuple[str, dict[str, str]]:
    url = server.at("/team/simple/")
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "team"\nurl = "{url}"\n', encoding="utf-8")
    return url, {"UV_INDEX_TEAM_USERNAME": "me", "UV_INDEX_TEAM_PASSWORD": "pw"}


def give_store(server: RecordingServer, _home: Path, _workdir: Path) -> tuple[str, dict[str, str]]:
    url = server.at("/team/simple/")
    CredentialStore().set(url, Credentials.basic("me", "pw"))
    return url, {}


def give_netrc(server: RecordingServer, home: Path, _workdir: Path) -> tuple[str, dict[str, str]]:
    write_netrc(home, ("localhost", "me", "pw"))
    return server.at("/team/simple/"), {}


def give_keyring(server: RecordingServer, _home: Path, workdir: Path) -> tuple[str, dict[str, str]]:
    url, folder = server.at("/team/simple/"), workdir / "keyring"
    folder.mkdir()
    FakeCommand(folder).knows({(url, "me"): "pw"})
    return url, {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PIP_KEYRING_PROVIDER": "subprocess"}


SOURCES = {
    "userinfo": give_userinfo,
    "variables": give_variables,
    "a store entry for the path": give_store,
    "netrc": give_netrc,
    "keyring": give_keyring,
}


@pytest.fixture(scope="module")
def plain_costs() -> dict[tuple[str, ...], list[int]]:
    """Return what plain pip's runs have cost so far: they are the same for every source."""
    return {}


@pytest.mark.parametrize(("caching", "first"), [("no-cache", "page"), ("max-age", "page"), ("no-cache", "constraints")])
@pytest.mark.parametrize("source", SOURCES)
def test_every_run_gets_in_and_costs_a_refusal_more_than_plain_pip_at_most(
    source: str,
    caching: str,
    first: str,
    pip: Pip,
    plain_costs: dict[tuple[str, ...], list[int]],
    serve: Serve,
    tls: ssl.SSLContext,
    ca_bundle: str,
    home: Path,
    workdir: Path,
) -> None:
    """Plain pip has a netrc, and sends its password with each request; the second run finds its cache warm.

    An index and what lies beside it are two scopes. A constraints file that is asked for before the first page costs
    a refusal of its own where the credential is not the index's own.
    """
    server = serve(private(PAGES[caching]), host="localhost", tls=tls)
    wanted = [*NAMES, *(["--constraint", server.at(CONSTRAINTS)] if first == "constraints" else [])]

    def costs(run: Callable[..., Ran], url: str, cache: str, **variables: str) -> list[int]:
        made = []
        for attempt in ("cold", "warm"):
            server.clear()
            files = workdir / cache / attempt
            options = ["--cert", ca_bundle, "--cache-dir", workdir / f"{cache}-cache", "--dest", files]
            ran = run("download", "--no-deps", "--index-url", url, *options, *wanted, **variables)
            assert ran.code == 0, (ran, server.requests)
            assert len(list(files.iterdir())) == len(NAMES)
            made.append(len(server.requests))
        return made

    key = (pip.python, caching, first)
    if key not in plain_costs:
        netrc = write_netrc(home, ("localhost", "me", "pw"))
        plain_costs[key] = costs(pip.plain, server.at("/team/simple/"), "plain")
        netrc.unlink()
    url, variables = SOURCES[source](server, home, workdir)
    refusals = 2 if first == "constraints" and source not in {"userinfo", "variables"} else 1
    ours = costs(pip, url, "ours", **variables)
    assert [one - other <= refusals for one, other in zip(ours, plain_costs[key])] == [True, True], (ours, plain_costs)
