"""`indexauth explain --for pip` and `pip-indexauth` agree: the same settings, the same answer, the same credential."""

from __future__ import annotations

import os
import ssl
import sys
from typing import TYPE_CHECKING, Any

import pytest

from support.commands import run_here
from support.index import IndexServer
from support.keyrings import FakeCommand
from support.messages import Reply, Request
from support.pips import Pip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from support.commands import Ran
    from support.index import ServeIndex
    from support.tls import Authority

ME = ("basic", "me", "secret")
BACKEND = """\
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential

class Backend(KeyringBackend):
    priority = 9

    def get_credential(self, service, username):
        return SimpleCredential("me", "secret")

    get_password = set_password = None
"""


class Both:
    """The two programs, with one file of pip's settings."""

    def __init__(self, folder: Path, home: Path) -> None:
        self.pip = Pip(sys.executable)
        self.conf = folder / "pip.conf"
        self.folder = folder
        self.home = home

    def agree(self, index: IndexServer, *lines: str, **variables: str) -> tuple[bool, Ran]:
        """Run both; return whether they got in, and what was explained.

        Both must, or neither; and the last credential that they sent must be the same.
        """
        self.conf.write_text("\n".join(["[global]", f"index-url = {index.index_url()}", "retries = 0", *lines, ""]))
        variables = {"PIP_CONFIG_FILE": str(self.conf), **variables}
        index.clear()
        downloaded = self.pip("download", "--no-deps", "-d", self.folder / "wheels", "thing", **variables)
        sent = [request.authorization for request in index.requests][-1:]
        index.clear()
        command = [sys.executable, "-m", "requests_indexauth", "explain", index.page_url(), "--live", "--for", "pip"]
        explained = self.pip.run(command, variables)
        assert (explained.code == 0) == (downloaded.code == 0), explained.out + downloaded.out + downloaded.err
        assert [request.authorization for request in index.requests][-1:] == sent, explained.out
        assert "secret" not in explained.out + explained.err
        return explained.code == 0, explained


@pytest.fixture
def both(workdir: Path, home: Path) -> Both:
    """Return the two programs, on a machine whose netrc has the password."""
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (home / ".netrc").chmod(0o600)
    return Both(workdir, home)


def by_library(folder: Path) -> dict[str, str]:
    """Return the variables that give the `keyring` library a backend which has the password."""
    (folder / "backend.py").write_text(BACKEND)
    path = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))
    return {"PYTHONPATH": path, "PYTHON_KEYRING_BACKEND": "backend.Backend"}


# TLS


def test_with_an_authority_in_pip_conf(both: Both, serve_index: ServeIndex, authority: Authority) -> None:
    """With the `cert` both trust the server, without it neither does."""
    index = serve_index(["thing"], {"me": "secret"}, tls=authority.context())
    got_in, explained = both.agree(index, f"cert = {authority.bundle}")
    assert got_in
    assert f"cert {authority.bundle} ({both.conf}: [global] cert)" in " ".join(explained.out.split())
    got_in, explained = both.agree(index)
    assert not got_in
    assert "name its file in pip's option cert" in " ".join(explained.out.split())


def test_with_a_file_of_certificates_that_is_not_there(
    both: Both, serve_index: ServeIndex, authority: Authority
) -> None:
    """The file and the key are named that have to be corrected."""
    index = serve_index(["thing"], {"me": "secret"}, tls=authority.context())
    got_in, explained = both.agree(index, "cert = gone.pem")
    assert not got_in
    assert f"is not there: correct {both.conf}: [global] cert" in " ".join(explained.out.split())


def test_with_a_certificate_of_the_client(both: Both, serve_index: ServeIndex, authority: Authority) -> None:
    """With the `client-cert` the server lets both in, without it neither."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.configure(context, "127.0.0.1")
    context.load_verify_locations(authority.bundle)
    context.verify_mode = ssl.CERT_REQUIRED
    mine = both.folder / "mine.pem"
    authority.write_client(mine)
    index = serve_index(["thing"], {"me": "secret"}, tls=context)
    assert both.agree(index, f"cert = {authority.bundle}", f"client-cert = {mine}")[0]
    assert not both.agree(index, f"cert = {authority.bundle}")[0]


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:{port}"])
def test_with_a_trusted_host(both: Both, serve_index: ServeIndex, authority: Authority, host: str) -> None:
    """Its certificate is not checked, whether the port is named or not."""
    index = serve_index(["thing"], {"me": "secret"}, tls=authority.context())
    assert both.agree(index, f"trusted-host = {host.format(port=index.port)}")[0]
    assert not both.agree(index, "trusted-host = 127.0.0.2")[0]


# Proxies, and plain http


class FarIndex(IndexServer):
    """A proxy that is asked for an index at ``http://pkgs.example.com``, and answers for it."""

    def __init__(self) -> None:
        super().__init__(["thing"], {"me": "secret"})

    def at(self, path: str = "/", **options: Any) -> str:
        """Return a URL of the index."""
        return super().at(path, **options).replace(self.url, "http://pkgs.example.com")

    def answer(self, request: Request) -> Reply:
        """Answer what the proxy was asked for."""
        request.target = request.target.replace("http://pkgs.example.com", "")
        return super().answer(request)


@pytest.fixture
def far(both: Both) -> Iterator[FarIndex]:
    """Return the proxy; netrc has the password for the index."""
    (both.home / ".netrc").write_text("machine pkgs.example.com login me password secret\n")
    with FarIndex() as index:
        yield index


def test_through_a_proxy(both: Both, far: FarIndex) -> None:
    """The proxy of pip.conf is used, and the answer is the index's."""
    got_in, explained = both.agree(far, f"proxy = {far.url}", "trusted-host = pkgs.example.com")
    assert got_in
    assert f"proxy {far.url} ({both.conf}: [global] proxy)" in " ".join(explained.out.split())


def test_through_a_proxy_that_wants_a_password(both: Both, far: FarIndex) -> None:
    """The setting is named where the password belongs."""
    far.respond = lambda _: Reply(407, {"Proxy-Authenticate": "Basic"})
    got_in, explained = both.agree(far, f"proxy = {far.url}", "trusted-host = pkgs.example.com")
    assert not got_in
    assert f"the proxy {far.url} ({both.conf}: [global] proxy), as" in " ".join(explained.out.split())


def test_plain_http_to_a_host_that_is_not_trusted(both: Both, far: FarIndex) -> None:
    """Nothing is sent: pip passes over such an index."""
    got_in, explained = both.agree(far, f"proxy = {far.url}")
    assert not got_in
    assert far.requests == []
    assert "pip passes over http://pkgs.example.com" in explained.out


# Keyrings


@pytest.mark.parametrize(
    ("lines", "library", "command", "got_in"),
    [
        pytest.param([], True, False, True, id="the default asks the library"),
        pytest.param(["no-input = true"], True, True, False, id="the default with no-input"),
        pytest.param(["keyring-provider = import"], True, False, True, id="import"),
        pytest.param(["keyring-provider = import", "no-input = true"], True, False, True, id="import with no-input"),
        pytest.param(["keyring-provider = subprocess"], False, True, True, id="subprocess"),
        pytest.param(["keyring-provider = subprocess"], True, False, False, id="subprocess, and no command"),
        pytest.param(["keyring-provider = disabled"], True, True, False, id="disabled"),
    ],
)
def test_with_a_keyring(
    both: Both,
    serve_index: ServeIndex,
    monkeypatch: pytest.MonkeyPatch,
    lines: list[str],
    *,
    library: bool,
    command: bool,
    got_in: bool,
) -> None:
    """Whichever is asked, both ask it; and what is found, or not, is the same."""
    (both.home / ".netrc").unlink()
    index = serve_index(["thing"], {"me": "secret"})
    bare = both.folder / "bin"
    bare.mkdir()
    monkeypatch.setenv("PATH", str(bare))
    variables = by_library(both.folder) if library else {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    if command:
        FakeCommand(bare).knows({(index.index_url(), "me"): "secret"})
    ok, ran = both.agree(index, *lines, **variables)
    assert ok == got_in, ran.out
    assert index.requests[-1].authorization == (ME if got_in else None)


def test_a_variable_of_pip_overrides_its_file(both: Both, serve_index: ServeIndex) -> None:
    """`PIP_KEYRING_PROVIDER`, as with pip."""
    (both.home / ".netrc").unlink()
    index = serve_index(["thing"], {"me": "secret"})
    variables = by_library(both.folder)
    got_in, explained = both.agree(
        index, "keyring-provider = import", **variables, PIP_KEYRING_PROVIDER="disabled", PIP_NO_INPUT="1"
    )
    assert not got_in
    assert "keyring-provider disabled (PIP_KEYRING_PROVIDER)" in " ".join(explained.out.split())
    assert "set pip's option keyring-provider to subprocess" in " ".join(explained.out.split())


# The command line


def test_the_keyring_provider_can_be_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an option, for a session and for pip, whatever is configured."""
    url = "https://pkgs.example.com/simple/"
    command = FakeCommand(tmp_path)
    command.knows({(url, "me"): "secret"})
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "disabled")
    monkeypatch.setenv("PIP_INDEX_URL", url)
    for client in ("requests", "pip"):
        assert run_here(capsys, "explain", url, "--for", client).code == 1
        assert run_here(capsys, "explain", url, "--for", client, "--keyring-provider", "subprocess").code == 0
    assert len(command.calls) == 2


def test_a_provider_that_pip_does_not_know(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that names the variable."""
    monkeypatch.setenv("PIP_KEYRING_PROVIDER", "subproces")
    ran = run_here(capsys, "explain", "https://pkgs.example.com/simple/", "--for", "pip")
    assert ran.code == 2
    assert ran.err == ("error: PIP_KEYRING_PROVIDER: must be one of auto, disabled, import, subprocess: correct it\n")


def test_an_index_of_pips_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No settings name it; its page tells, and a keyring is asked as for any index of pip's."""
    url = "https://pkgs.example.com/team/simple/"
    command = FakeCommand(tmp_path)
    command.knows({(url, "me"): "secret"})
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run_here(capsys, "explain", f"{url}thing/", "--for", "pip", "--keyring-provider", "subprocess")
    assert (ran.code, command.argvs) == (0, [["get", url, "--mode", "creds"]])
    assert "from pip's --index-url: no setting names it" in ran.out


def test_an_empty_setting_counts_as_none(
    capsys: pytest.CaptureFixture[str], workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with pip; and `[install]` goes over `[global]`, a section of another command counts for nothing."""
    conf = workdir / "pip.conf"
    conf.write_text("[global]\ncert =\nproxy = http://one\n[install]\nproxy = http://two\n[list]\nclient-cert = x\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(conf))
    monkeypatch.setenv("COLUMNS", "9999")
    shown = run_here(capsys, "explain", "https://pkgs.example.com/", "--for", "pip").out
    assert f"proxy http://two ({conf}: [install] proxy)" in " ".join(shown.split())
    assert "cert" not in shown


def test_a_password_in_a_proxys_or_hosts_setting_is_not_shown(
    capsys: pytest.CaptureFixture[str], workdir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip takes a proxy without a scheme. The path of a certificate is shown as it is, with its `@`."""
    monkeypatch.setenv("COLUMNS", "9999")
    monkeypatch.setenv("PIP_PROXY", "me:hunter22@proxy:3128")
    monkeypatch.setenv("PIP_TRUSTED_HOST", "me:hunter22@pkgs.example.com")
    monkeypatch.setenv("PIP_CERT", str(workdir / "me@corp.pem"))
    ran = run_here(capsys, "explain", "https://pkgs.example.com/", "--for", "pip")
    settings = " ".join(ran.out.split())
    assert f"cert {workdir / 'me@corp.pem'} (PIP_CERT); proxy proxy:3128 (PIP_PROXY)" in settings
    assert "trusted-host pkgs.example.com (PIP_TRUSTED_HOST)" in settings
    assert "hunter22" not in ran.out + ran.err
