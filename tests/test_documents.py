"""What uv's two documents on authentication print, in their order, run as printed.

``uv auth`` is read as ``indexauth``, and ``uv sync``, which is uv's own, as asking a session what it would send to each
of a project's indexes. Hosts, names and secrets are those of the documents; nothing is sent to them. What the documents
print of other programs (``uv publish``, ``uv tool install``, ``aws``) has tests of its own, or nothing to do with us.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import pytest

from requests_indexauth import (
    Credentials,
    CredentialsNotAllowedError,
    CredentialStore,
    Index,
    IndexAuth,
    MissingCredentialsError,
    mount,
)
from requests_indexauth.store.service import SERVICES
from support.commands import environment, on_terminal
from support.configuration import write_files
from support.keyrings import FakeCommand
from support.messages import Reply

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.server import Serve

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the documents print a shell's lines")

PYPI, TESTPYPI = SERVICES["pypi"], SERVICES["testpypi"]
PROJECT = "pyproject.toml"
UV = """#!/bin/sh
case "$1" in
auth) shift; exec {python} -m requests_indexauth "$@";;
sync) exec {python} -c '
from requests_indexauth import IndexAuth
from requests_indexauth.config.settings import discover
auth = IndexAuth()
for index in discover(print).indexes:
    found = auth.resolve(index.url)
    print(index.name, found and found.username, found and found.password)
';;
esac
"""


class Line(NamedTuple):
    """What a document prints, and what comes of it.

    Attributes:
        script: the lines for a shell.
        said: what has to be on the terminal afterwards.
        stored: services and users, as the store has them afterwards.
        answers: what is typed, and after which prompt.
        files: in the project's folder, or, with ``~/``, in the home folder.
        before: lines that the document has printed earlier.
        keeps: whether the keyring's command keeps things.

    """

    script: str
    said: tuple[str, ...] = ()
    stored: tuple[tuple[str, str | None], ...] | None = None
    answers: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    before: str = ""
    keeps: bool = False


EXAMPLE = "https://example.com/"
ME = "uv auth login example.com --username myuser --password mypass"


def index(name: str, url: str, *lines: str) -> str:
    """Return an index of a `pyproject.toml`, as the documents print it."""
    return "\n".join(["[[tool.uv.index]]", f'name = "{name}"', f'url = "{url}"', *lines, ""])


NETRC = """machine example.com
login myusername
password mypassword

machine pypi.example.com
login __token__
password pypi-xxxxxxxxxxxxx
"""

FIRST = {
    "Logging In: interactive": Line(
        "uv auth login example.com",
        stored=((EXAMPLE, "myuser"),),
        answers=(("username: ", "myuser\n"), ("password: ", "mypass\n")),
    ),
    "Logging In: username and password": Line(ME, stored=((EXAMPLE, "myuser"),)),
    "Logging In: token": Line("uv auth login example.com --token mytoken", stored=((EXAMPLE, "__token__"),)),
    "Logging In: password from stdin": Line(
        "echo 'my-password' | uv auth login example.com --password -",
        stored=((EXAMPLE, "myuser"),),
        answers=(("username: ", "myuser\n"),),
    ),
    "Logging In: token from stdin": Line(
        "echo 'my-token' | uv auth login example.com --token -", stored=((EXAMPLE, "__token__"),)
    ),
    "Viewing: token": Line("uv auth token example.com", ("mypass",), before=ME),
    "Viewing: token of a user": Line(
        "uv auth token --username foo example.com",
        ("bar",),
        before="uv auth login example.com --username foo --password bar",
    ),
    "Logging Out": Line("uv auth logout example.com", ("Removed credentials for", "revoke"), stored=(), before=ME),
    "Credentials Store": Line(
        "cat ~/.local/share/uv/credentials/credentials.toml", ('password = "mypass"',), before=ME
    ),
    "netrc Files": Line(
        "uv sync",
        ("a myusername mypassword", "b __token__ pypi-xxxxxxxxxxxxx"),
        files=(
            (PROJECT, index("a", "https://example.com/simple") + index("b", "https://pypi.example.com/simple")),
            ("~/.netrc", NETRC),
        ),
    ),
    "Custom netrc Location": Line(
        'export NETRC="$PWD/custom/netrc"\nuv sync',
        ("a myusername mypassword",),
        files=(
            (PROJECT, index("a", "https://example.com/simple")),
            ("custom/netrc", "machine example.com login myusername password mypassword\n"),
        ),
    ),
    "Keyring: variable": Line(
        "export UV_KEYRING_PROVIDER=subprocess\nuv sync",
        ("a me kept",),
        files=((PROJECT, index("a", "https://me@example.com/simple")),),
    ),
    "Keyring: configuration": Line(
        "uv sync",
        ("a me kept",),
        files=(
            (PROJECT, '[tool.uv]\nkeyring-provider = "subprocess"\n' + index("a", "https://me@example.com/simple")),
        ),
    ),
    "Environment variables": Line(
        "export UV_INDEX_INTERNAL_PROXY_USERNAME=public\nexport UV_INDEX_INTERNAL_PROXY_PASSWORD=koala\nuv sync",
        ("internal-proxy public koala",),
        files=((PROJECT, index("internal-proxy", "https://example.com/simple")),),
    ),
    "Environment variables: my.registry": Line(
        "export UV_INDEX_MY_REGISTRY_USERNAME=u UV_INDEX_MY_REGISTRY_PASSWORD=p\nuv sync",
        ("my.registry u p",),
        files=((PROJECT, index("my.registry", "https://example.com/simple")),),
    ),
    "Environment variables: azure_artifacts": Line(
        "export UV_INDEX_AZURE_ARTIFACTS_USERNAME=u UV_INDEX_AZURE_ARTIFACTS_PASSWORD=p\nuv sync",
        ("azure_artifacts u p",),
        files=((PROJECT, index("azure_artifacts", "https://example.com/simple")),),
    ),
    "URL-Embedded Credentials": Line(
        "uv sync",
        ("internal public koala",),
        files=((PROJECT, index("internal", "https://public:koala@example.com/simple")),),
    ),
    "Private PyPI Mirror with netrc": Line(
        "uv sync",
        ("corporate employee secret-token",),
        files=(
            ("~/.netrc", "machine pypi.company.com\nlogin employee\npassword secret-token\n"),
            (PROJECT, index("corporate", "https://pypi.company.com/simple", "default = true")),
        ),
    ),
    "Azure Artifacts": Line(
        'export UV_INDEX_AZURE_ARTIFACTS_USERNAME=dummy\nexport UV_INDEX_AZURE_ARTIFACTS_PASSWORD="$TOKEN"\nuv sync',
        ("azure-artifacts dummy tok",),
        files=(
            (PROJECT, index("azure-artifacts", "https://pkgs.dev.azure.com/org/project/_packaging/feed/pypi/simple/")),
        ),
        before="TOKEN=tok",
    ),
    "Google Artifact Registry": Line(
        "export UV_KEYRING_PROVIDER=subprocess\nexport UV_INDEX_PRIVATE_REGISTRY_USERNAME=oauth2accesstoken\nuv sync",
        ("private-registry oauth2accesstoken ya29",),
        files=((PROJECT, index("private-registry", "https://us-python.pkg.dev/project/repository/simple/")),),
    ),
    "AWS CodeArtifact": Line(
        'export UV_INDEX_CODEARTIFACT_USERNAME=aws\nexport UV_INDEX_CODEARTIFACT_PASSWORD="$TOKEN"\nuv sync',
        ("codeartifact aws tok",),
        files=(
            (
                PROJECT,
                index(
                    "codeartifact",
                    "https://my-domain-123456789012.d.codeartifact.us-east-1.amazonaws.com/pypi/my-repo/simple/",
                ),
            ),
        ),
        before="TOKEN=tok",
    ),
    "Multiple Indexes": Line(
        'echo "$TOKEN1" | uv auth login internal.example.com --token -\n'
        'echo "$TOKEN2" | uv auth login pypi.company.com --token -\nuv sync',
        ("internal __token__ one", "company __token__ two"),
        files=(
            (
                PROJECT,
                index("internal", "https://internal.example.com/simple")
                + index("company", "https://pypi.company.com/simple"),
            ),
        ),
        before="TOKEN1=one TOKEN2=two",
    ),
}

KEYRING = {("https://example.com/simple", "me"): "kept", ("us-python.pkg.dev", "oauth2accesstoken"): "ya29"}
PRIVATE = "https://private.example.org/simple/"
LOGINS = f"""uv auth login --token t1
uv auth login testpypi --token t2
uv auth login {PRIVATE} --username u --password p"""
T1 = f'{{"service": "{PYPI}", "username": "__token__", "token": "t1"}}'
PAIR = "export UV_PUBLISH_USERNAME=username\nexport UV_PUBLISH_PASSWORD=password\n"
OLDER = """[tool.uv]

index = "https://pypi.org/simple"

extra-index-urls = [

"https://test.pypi.org/simple",

"https://private.company.com/simple/",

]
"""
BACKEND = """\
import json, pathlib
from keyring.backend import KeyringBackend
FILE = pathlib.Path.home() / "kept.json"
class Backend(KeyringBackend):
    priority = 9
    def all(self):
        return json.loads(FILE.read_text()) if FILE.exists() else {}
    def get_password(self, service, username):
        return self.all().get(service + " " + username)
    def set_password(self, service, username, password):
        FILE.write_text(json.dumps({**self.all(), service + " " + username: password}))
"""
TYPED = (("username [__token__]: ", "\n"), ("password: ", "pypi-typed\n"))
PYPIRC = """\
[distutils]

index-servers =

pypi

testpypi

private

[pypi]

repository = https://upload.pypi.org/legacy/

username = __token__

password = pypi-token

[testpypi]

repository = https://test.pypi.org/legacy/

username = __token__

password = testpypi-token

[private]

repository = https://private-pypi.company.com/simple/

username = company-user

password = company-token
"""

SECOND = {
    "Login: interactive": Line("uv auth login", ("PyPI",), stored=((PYPI, "__token__"),), answers=TYPED),
    "Login: username and password": Line(
        "uv auth login --username myuser --password mypass", stored=((PYPI, "myuser"),)
    ),
    "Login: token": Line("uv auth login --token pypi-token-here", ("PyPI",), stored=((PYPI, "__token__"),)),
    "Login: testpypi": Line("uv auth login testpypi", stored=((TESTPYPI, "__token__"),), answers=TYPED),
    "Login: URL": Line(
        f"uv auth login {PRIVATE}",
        stored=(("https://private.example.org/", "u"),),
        answers=(("username: ", "u\n"), ("password: ", "p\n")),
    ),
    "Logout": Line(
        "uv auth logout", stored=((TESTPYPI, "__token__"), ("https://private.example.org/", "u")), before=LOGINS
    ),
    "Logout: testpypi": Line(
        "uv auth logout testpypi", stored=((PYPI, "__token__"), ("https://private.example.org/", "u")), before=LOGINS
    ),
    "Logout: URL": Line(
        f"uv auth logout {PRIVATE}", stored=((PYPI, "__token__"), (TESTPYPI, "__token__")), before=LOGINS
    ),
    "Logout: all": Line("uv auth logout --all", stored=(), before=LOGINS),
    "Token": Line("uv auth token", ("t1",), before=LOGINS),
    "Token: testpypi": Line("uv auth token testpypi", ("t2",), before=LOGINS),
    "Token: URL": Line(f"uv auth token {PRIVATE}", ("p",), before=LOGINS),
    "Token: JSON": Line(
        "uv auth token --format json",
        (T1,),
        before=LOGINS,
    ),
    "Directory": Line("uv auth dir", ("/.local/share/uv/credentials",)),
    "Directory: list": Line('ls "$(uv auth dir)"', ("credentials.toml",), before=LOGINS),
    "Directory: backup": Line(
        'cp -r "$(uv auth dir)" ~/uv-credentials-backup\ncat ~/uv-credentials-backup/credentials.toml',
        ('password = "t1"',),
        before=LOGINS,
    ),
    "API token": Line(
        "uv auth login --token pypi-AgENdGVzdC5weXBpLm9yZw...\nuv auth token", ("pypi-AgENdGVzdC5weXBpLm9yZw...",)
    ),
    "Username: interactive": Line(
        "uv auth login --username myuser", stored=((PYPI, "myuser"),), answers=(("password: ", "typed\n"),)
    ),
    "Username: not interactive": Line(
        "uv auth login --username myuser --password mypassword", stored=((PYPI, "myuser"),)
    ),
    "Variable: UV_PUBLISH_TOKEN": Line(
        "export UV_PUBLISH_TOKEN=pypi-token-here\nuv auth token --resolve", ("pypi-token-here",)
    ),
    "Variable: UV_INDEX_TOKEN_PYPI": Line(
        "export UV_INDEX_TOKEN_PYPI=pypi-token\nuv auth token --resolve", ("pypi-token",)
    ),
    "Variable: UV_INDEX_TOKEN_TESTPYPI": Line(
        "export UV_INDEX_TOKEN_TESTPYPI=testpypi-token\nuv auth token testpypi --resolve", ("testpypi-token",)
    ),
    "Variable: UV_PUBLISH_USERNAME": Line(
        PAIR + "uv auth token --resolve --format json",
        ('"username": "username", "token": "password"',),
    ),
    "Variable: UV_PUBLISH_URL": Line(
        "export UV_PUBLISH_TOKEN=there UV_PUBLISH_URL=https://h.example/up/\nuv auth token $UV_PUBLISH_URL --resolve",
        ("there",),
    ),
    "Keyring: keyring": Line(
        "uv auth login --token t --keyring-provider keyring\nuv auth token --keyring-provider keyring",
        ("t",),
        stored=(),
        before="export PYTHON_KEYRING_BACKEND=kept.Backend PYTHONPATH=$PWD/lib:$PYTHONPATH",
        files=(("lib/kept.py", BACKEND),),
    ),
    "Keyring: subprocess": Line(
        "uv auth login --token t --keyring-provider subprocess\nuv auth token --keyring-provider subprocess",
        ("t",),
        stored=(),
        keeps=True,
    ),
    "Keyring: disabled": Line(
        "uv auth login --keyring-provider disabled", stored=((PYPI, "__token__"),), answers=TYPED
    ),
    "Keyring: settings": Line(
        "uv auth dir\nuv auth login --token t\nls ~/.uv/auth",
        ("/.uv/auth", "credentials.toml"),
        files=((PROJECT, '[tool.uv]\n\nkeyring-provider = "keyring"\n\nauth-cache-dir = "~/.uv/auth"\n'),),
    ),
    ".pypirc: pypi": Line("uv auth token --resolve", ("pypi-token",), files=(("~/.pypirc", PYPIRC),)),
    ".pypirc: testpypi": Line("uv auth token testpypi --resolve", ("testpypi-token",), files=(("~/.pypirc", PYPIRC),)),
    ".pypirc: private": Line(
        "uv auth token https://private-pypi.company.com/simple/ --resolve --format json",
        ('"username": "company-user", "token": "company-token"',),
        files=(("~/.pypirc", PYPIRC),),
    ),
    "Per-Project Index": Line(
        f"{LOGINS.replace(PRIVATE, 'https://private.company.com/simple/')}\nuv sync",
        ("None None None", "None u p"),
        files=((PROJECT, OLDER),),
    ),
    "Multiple Index Management": Line(
        "uv auth login pypi --token pypi-token\nuv auth login testpypi --token testpypi-token\n"
        "uv auth login https://private.company.com --username user --password pass",
        stored=((PYPI, "__token__"), (TESTPYPI, "__token__"), ("https://private.company.com/", "user")),
    ),
    "Troubleshooting": Line(
        "uv auth token\nuv auth logout\nuv auth login --token new-token\nuv auth token",
        ("t1", "new-token"),
        before=LOGINS,
    ),
    "Troubleshooting: keyring": Line('python -c "import keyring; print(keyring.get_keyring())"', ("(priority: ",)),
    "Troubleshooting: permissions": Line(
        'ls -la "$(uv auth dir)"\nchmod 700 "$(uv auth dir)"\nchmod 600 "$(uv auth dir)"/*\nuv auth token',
        ("-rw------- ", "drwx------ ", "t1"),
        before=LOGINS,
    ),
}


@pytest.fixture
def variables(tmp_path: Path) -> dict[str, str]:
    """Return the variables of a machine that has `uv`, `python` and a `keyring` command on PATH."""
    uv = tmp_path / "uv"
    uv.write_text(UV.format(python=sys.executable))
    uv.chmod(0o755)
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return environment({"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"})


@pytest.mark.parametrize("line", [*FIRST.values(), *SECOND.values()], ids=[*FIRST, *SECOND])
def test_a_line_works_as_printed(
    line: Line, variables: dict[str, str], tmp_path: Path, home: Path, workdir: Path
) -> None:
    """On a terminal, as a user types it."""
    command = FakeCommand(tmp_path)
    if line.keeps:
        command.keeps()
    else:
        command.knows(
            {("https://example.com/simple", "me"): "kept", ("us-python.pkg.dev", "oauth2accesstoken"): "ya29"}
        )
    for name, text in line.files:
        write_files(home if name.startswith("~/") else workdir, {name.replace("~/", ""): text})
    script = f"{{ {line.before or ':'}\n}} > /dev/null 2>&1 < /dev/null\n{line.script}"
    ran = on_terminal(["sh", "-ec", script], variables, list(line.answers))
    assert ran.code == 0, ran.out
    for text in line.said:
        assert text in ran.out
    if line.stored is not None:
        assert sorted(CredentialStore().services()) == sorted(line.stored)


def test_the_sources_have_the_order_of_the_first_document(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """The URL, netrc, the store, the keyring: each hides those after it."""
    home.joinpath(".netrc").write_text("machine example.com login netrc password n\n")
    CredentialStore().set("https://example.com", Credentials.basic("store", "s"))
    monkeypatch.setenv("UV_INDEX", "https://user:pw@example.com/simple")
    url = "https://example.com/simple/"
    users = []
    for step in ("URL", "netrc", "store"):
        found = IndexAuth().resolve(url)
        users.append(found and found.username)
        if step == "URL":
            monkeypatch.setenv("UV_INDEX", "https://example.com/simple")
        elif step == "netrc":
            home.joinpath(".netrc").unlink()
    assert users == ["user", "netrc", "store"]


def test_the_policies_of_the_first_document(session: requests.Session, serve: Serve) -> None:
    """`auto` asks after a refusal, `always` wants credentials first, `never` none at all."""
    server = serve(lambda request: Reply(200 if request.authorization else 401))
    url = f"{server.url}/simple/"
    CredentialStore().set(server.url, Credentials.basic("me", "pw"))
    mount(session, [Index(url, "example", "auto")])
    assert session.get(url).status_code == 200
    mount(session, [Index(url, "example", "always")], store=False)
    with pytest.raises(MissingCredentialsError):
        session.get(url)
    mount(session, [Index(url, "example", "never")])
    assert session.get(url).status_code == 401
    with pytest.raises(CredentialsNotAllowedError):
        session.get(url.replace("//", "//me:pw@"))


def test_a_direct_url_of_the_first_document(session: requests.Session, serve: Serve) -> None:
    """`package @ https://username:password@host/package.whl` goes out with what stands in it."""
    server = serve(lambda request: Reply(200 if request.authorization else 401))
    mount(session)
    assert session.get(f"{server.url}/package.whl".replace("//", "//username:password@")).status_code == 200
    assert len(server.requests) == 1
