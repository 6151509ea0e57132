"""The keyring source with the real `keyring`, old versions of it, and beside the real uv."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import keyring
import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.keyring.source import KeyringSource
from support.keyrings import FakeCommand
from support.queries import query

if TYPE_CHECKING:
    from support.index import IndexServer

PAGE = "https://pkgs.example.com/team/simple/thing/"
AUTO = Index("https://pkgs.example.com/team/simple/")
ALWAYS = Index("https://pkgs.example.com/team/simple/", authenticate="always")
PLAINTEXT = "keyrings.alt.file.PlaintextKeyring"

BACKEND = """\
from keyring.backend import KeyringBackend
from keyring.credentials import SimpleCredential
from keyring.errors import KeyringLocked

class {name}(KeyringBackend):
    priority = 9
    set_password = None

    def get_password(self, service, username):
        return self.get_credential(service, username).password

    def get_credential(self, service, username):
        {body}
"""


@pytest.fixture
def real_keyring(program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the real `keyring`, found on PATH by the source too."""
    found = program("keyring")
    monkeypatch.setenv("PATH", str(Path(found).parent))
    return found


def use_backend(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Let `keyring` processes have a backend that does this for `get_credential`."""
    (folder / "a_backend.py").write_text(BACKEND.format(name="Backend", body=body))
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "a_backend.Backend")


def subprocess_source() -> KeyringSource:
    """Return a source that runs the command, and must not warn."""
    return KeyringSource(pytest.fail, lambda: "subprocess")


@pytest.fixture
def _plaintext(real_keyring: str) -> None:
    """Skip where `keyring` has no `keyrings.alt` beside it."""
    listed = subprocess.run([real_keyring, "--list-backends"], check=True, capture_output=True, text=True).stdout
    if "keyrings.alt" not in listed and "PlaintextKeyring" not in listed:
        pytest.skip("keyrings.alt is not installed beside keyring")


@pytest.mark.usefixtures("_plaintext")
@pytest.mark.parametrize("service", [AUTO.url, "pkgs.example.com"])
@pytest.mark.parametrize("username", ["me", "-me", "m\u00e9"])
def test_command(real_keyring: str, monkeypatch: pytest.MonkeyPatch, service: str, username: str) -> None:
    """What `keyring set` has stored is found, for the index or for the host, and for nobody else."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", PLAINTEXT)
    subprocess.run([real_keyring, "set", "--", service, username], input=" p w\u00e4 ", encoding="utf-8", check=True)
    found = subprocess_source().find(query(PAGE, index=AUTO, username=username))
    assert found == Answer(Credentials.basic(username, " p w\u00e4 "))
    assert subprocess_source().find(query(PAGE, index=AUTO, username="you")) is None


@pytest.mark.usefixtures("real_keyring")
def test_command_without_user_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without a user name a backend that knows one gives both."""
    use_backend(monkeypatch, tmp_path, "return SimpleCredential('oauth2accesstoken', service)")
    found = subprocess_source().find(query(PAGE, index=AUTO, challenged=True))
    assert found == Answer(Credentials.basic("oauth2accesstoken", AUTO.url))


@pytest.mark.usefixtures("real_keyring")
@pytest.mark.parametrize("username", [None, "me"])
def test_command_locked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, username: str | None) -> None:
    """A locked keyring is a failure, although the exit code is that of a miss."""
    use_backend(monkeypatch, tmp_path, "raise KeyringLocked('secret')")
    with pytest.raises(SourceError, match=r"^keyring: the command failed with KeyringLocked$"):
        subprocess_source().find(query(PAGE, index=ALWAYS, username=username))


@pytest.mark.usefixtures("real_keyring")
def test_command_noninteractive(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A backend sees that there is no terminal, and that it runs for us."""
    use_backend(
        monkeypatch,
        tmp_path,
        "import os; return SimpleCredential(os.environ['ARTIFACTS_KEYRING_NONINTERACTIVE_MODE'],"
        " os.environ['REQUESTS_INDEXAUTH_INSIDE_KEYRING'])",
    )
    expected = Credentials.basic("true", str(os.getpid()))
    assert subprocess_source().find(query(PAGE, index=ALWAYS)) == Answer(expected)


@pytest.mark.parametrize("version", ["23.13.1", "24.3.1"])
def test_old_command(virtual_environment: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    """A `keyring` without `--mode` answers for a user name, and is a failure with advice without one."""
    folder = virtual_environment(None, f"keyring=={version}", "keyrings.alt", ours=False)
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    monkeypatch.setenv("PATH", str(programs))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", PLAINTEXT)
    store = f"import keyring; keyring.set_password({AUTO.url!r}, 'me', 'pw')"
    subprocess.run([programs / "python", "-c", store], check=True)
    made = subprocess_source()
    with pytest.raises(SourceError, match=r"upgrade it to 25\.2\.1 or newer"):
        made.find(query(PAGE, index=ALWAYS))
    assert made.find(query(PAGE, index=ALWAYS, username="me")) == Answer(Credentials.basic("me", "pw"))


@pytest.mark.parametrize("provider", ["import", "auto"])
def test_library(monkeypatch: pytest.MonkeyPatch, provider: str) -> None:
    """What `keyring.set_password` has stored is found in the same process, for its user alone."""
    alt: Any = pytest.importorskip("keyrings.alt.file", reason="keyrings.alt is not installed")
    monkeypatch.setattr(keyring.core, "_keyring_backend", alt.PlaintextKeyring())
    keyring.set_password("pkgs.example.com", "me", "pw")
    made = KeyringSource(pytest.fail, lambda: provider)
    assert made.find(query(PAGE, index=AUTO, username="me")) == Answer(Credentials.basic("me", "pw"))
    assert made.find(query(PAGE, index=AUTO, username="you")) is None


@pytest.fixture
def uv(program: Callable[[str], str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
    """Return a function that lets the real uv read an index (URL, policy), whatever comes of it."""
    found = program("uv")
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "subprocess")

    def read(url: str, policy: str) -> None:
        config = tmp_path / "uv.toml"
        config.write_text(f'[[index]]\nurl = "{url}"\nauthenticate = "{policy}"\ndefault = true\n')
        subprocess.run(
            [found, "pip", "compile", "-", "--no-cache", "--config-file", config, "--python", sys.executable],
            input="thing",
            text=True,
            check=False,
            capture_output=True,
        )

    return read


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the command is a script")
@pytest.mark.parametrize(
    ("userinfo", "policy", "entry", "difference"),
    [
        pytest.param("me@", "auto", None, None, id="user name, nothing there"),
        pytest.param("me@", "auto", 0, None, id="user name, found for the URL"),
        pytest.param("me@", "auto", 1, None, id="user name, found for the host"),
        pytest.param("me@", "always", 2, None, id="user name, found for scheme and host"),
        pytest.param("", "always", None, None, id="always, nothing there"),
        pytest.param("", "always", 0, None, id="always, found for the URL"),
        pytest.param("", "always", 1, None, id="always, found for the host"),
        pytest.param("-me@", "auto", 0, "dash", id="a user name that looks like an option"),
        pytest.param("", "auto", 0, "after a 401", id="auto without a user name"),
    ],
)
def test_same_questions_as_uv(
    uv: Callable[[str, str], None],
    serve_index: Callable[..., IndexServer],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    userinfo: str,
    policy: str,
    entry: int | None,
    difference: str | None,
) -> None:
    """For the same index uv and we ask the same `keyring` the same, but for two differences.

    "dash": we put `--` before such a user name, which would be an option otherwise. "after a 401": uv asks without a
    user name only where the policy is `always`, we after a 401 from a configured index too.
    """
    server = serve_index(users={"me": "pw", "-me": "pw"}, root="/team/simple")
    host = server.url.split("://")[1].rstrip("/")
    services = [f"http://{host}/team/simple/", host, f"http://{host}"]
    command = FakeCommand(tmp_path)
    if entry is not None:
        command.knows({(services[entry], "-me" if userinfo == "-me@" else "me"): "pw"})
    monkeypatch.setenv("PATH", str(tmp_path))

    uv(f"http://{userinfo}{host}/team/simple/", policy)
    theirs = command.argvs
    index = Index(f"http://{userinfo}{host}/team/simple/", authenticate=policy)  # type: ignore[arg-type]
    username = index.credentials.username if index.credentials is not None else None
    subprocess_source().find(query(f"{services[0]}thing/", index=index, username=username, challenged=True))
    ours = command.argvs[len(theirs) :]

    if difference == "dash":
        assert (theirs, ours) == ([["get", services[0], "-me"]], [["get", services[0], "--", "-me"]])
    elif difference == "after a 401":
        assert (theirs, ours) == ([], [["get", services[0], "--mode", "creds"]])
    else:
        assert theirs
        assert ours == theirs
