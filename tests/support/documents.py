"""What uv's two documents on authentication print: every command, variable and setting, in their order.

``uv auth`` is read as ``indexauth``, ``uv publish`` as ``indexauth publish``, and ``uv sync``, which is uv's own, as
asking a session what it would send to each of a project's indexes; what stands there for pip's options, as
``pip-indexauth``. The hosts, names and secrets are those of the documents.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from requests_indexauth import CredentialStore
from requests_indexauth.store.service import SERVICES
from support.commands import environment, on_terminal
from support.configuration import write_files
from support.keyrings import FakeCommand
from support.messages import Reply

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import IndexServer
    from support.messages import Request

PYPI, TESTPYPI = SERVICES["pypi"], SERVICES["testpypi"]
PROJECT = "pyproject.toml"
UV = """#!/bin/sh
case "$1" in
auth) shift; exec {python} -m requests_indexauth "$@";;
publish) exec {python} -m requests_indexauth "$@";;
tool) exec {python} -m pip --disable-pip-version-check install --no-index "$3";;
sync) exec {python} -c '
import sys
from requests_indexauth import IndexAuth
from requests_indexauth.config.settings import discover
auth = IndexAuth(keyring_provider=(sys.argv[3:] or [None])[0])
for index in discover(print).indexes:
    found = auth.resolve(index.url)
    print(index.name, found and found.username, found and found.password)
' "$@";;
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
        uploads: what the hosts received: the host, the user and the secret of each file.
        served: whether the hosts answer: they have the package ``thing``, for `USERS`.
        native: whether the system's own store is needed.

    """

    script: str
    said: tuple[str, ...] = ()
    stored: tuple[tuple[str, str | None], ...] | None = None
    answers: tuple[tuple[str, str], ...] = ()
    files: tuple[tuple[str, str], ...] = ()
    before: str = ""
    keeps: bool = False
    uploads: tuple[tuple[str, str, str], ...] = ()
    served: bool = False
    native: bool = False


HOSTS = ("example.com", "upload.pypi.org", "test.pypi.org", "private.company.com")
USERS = {"myuser": "mypass", "me": "kept", "username": "password"}
# Two lines of the first document have no equivalent here. `uv tool install keyring --with
# keyrings.google-artifactregistry-auth` downloads Google's plugin: here it is installed beside this package, and a
# backend of its kind is asked in the tests of the keyring's library. `uv add` writes a project's files.

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

CODEARTIFACT = r"""export AWS_CODEARTIFACT_TOKEN=$(aws codeartifact get-authorization-token \
  --domain my-domain \
  --domain-owner 123456789012 \
  --query authorizationToken \
  --output text)
export UV_INDEX_CODEARTIFACT_USERNAME=aws
export UV_INDEX_CODEARTIFACT_PASSWORD="$AWS_CODEARTIFACT_TOKEN"
uv sync
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
    "Native Auth Storage": Line(
        "export UV_PREVIEW_FEATURES=native-auth\nuv auth login example.com --token mytoken\nuv auth token example.com",
        ("mytoken",),
        stored=(),
        native=True,
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
    "Keyring: installation": Line("uv tool install keyring", ("keyring",)),
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
    "Keyring: disabled": Line(
        "uv sync",
        ("a None None",),
        files=((PROJECT, '[tool.uv]\nkeyring-provider = "disabled"\n' + index("a", "https://me@example.com/simple")),),
    ),
    "Keyring: option": Line(
        "uv sync --keyring-provider subprocess",
        ("a me kept",),
        files=((PROJECT, index("a", "https://me@example.com/simple")),),
    ),
    "Keyring: option of pip": Line(
        "pip-indexauth download --keyring-provider subprocess --index-url https://me@example.com/simple thing",
        ("Successfully downloaded thing",),
        served=True,
    ),
    "Context: index": Line(
        "pip-indexauth download thing",
        ("Successfully downloaded thing",),
        files=((PROJECT, index("a", "https://example.com/simple", "default = true")),),
        before=f"{ME}\nexport PIP_INDEX_URL=https://example.com/simple",
        served=True,
    ),
    "Context: --index-url": Line(
        "pip-indexauth download --index-url https://example.com/simple thing",
        ("Successfully downloaded thing",),
        before=ME,
        served=True,
    ),
    "Context: --extra-index-url": Line(
        "pip-indexauth download --index-url https://example.com/no/ --extra-index-url https://example.com/simple thing",
        ("Successfully downloaded thing",),
        before=ME,
        served=True,
    ),
    "Context: --find-links": Line(
        "pip-indexauth download --no-index --find-links https://example.com/simple/thing/ thing",
        ("Successfully downloaded thing",),
        before=ME,
        served=True,
    ),
    "Context: direct URL": Line(
        "pip-indexauth download --no-index 'thing @ https://example.com/simple/thing/thing-1.0-py3-none-any.whl'",
        ("Successfully downloaded thing",),
        before=ME,
        served=True,
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
    "Authentication Behavior: always": Line(
        "uv auth explain https://example.com/simple || uv sync",
        ("always", "example None None"),
        files=((PROJECT, index("example", "https://example.com/simple", 'authenticate = "always"')),),
    ),
    "Authentication Behavior: auto": Line(
        "uv auth explain https://example.com/simple && uv sync",
        ("auto", "example myuser mypass"),
        files=((PROJECT, index("example", "https://example.com/simple", 'authenticate = "auto"')),),
        before=ME,
    ),
    "Authentication Behavior: never": Line(
        "uv auth explain https://example.com/simple || uv sync",
        ("never", "example None None"),
        files=((PROJECT, index("example", "https://example.com/simple", 'authenticate = "never"')),),
        before=ME,
    ),
    "In Project Files": Line(
        "pip-indexauth download --no-index "
        "'thing @ https://username:password@example.com/simple/thing/thing-1.0-py3-none-any.whl'",
        ("Successfully downloaded thing",),
        served=True,
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
        CODEARTIFACT,
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
    "Initial Setup": Line(
        "uv auth login --token pypi-your-token-here\nuv publish --repository testpypi dist/test-package-1.0.0.tar.gz",
        answers=(("API token: ", "testpypi-typed\n"),),  # PyPI's token is for PyPI alone
        uploads=(("test.pypi.org", "__token__", "testpypi-typed"),),
    ),
    "GitHub Actions": Line(
        'export UV_PUBLISH_TOKEN="$PYPI_TOKEN"\nuv publish',  # what the runner makes of `env:` and `secrets`
        before="PYPI_TOKEN=pypi-token",
        uploads=(("upload.pypi.org", "__token__", "pypi-token"),),
    ),
    "GitLab CI": Line(
        "export UV_PUBLISH_TOKEN=$PYPI_TOKEN\nuv publish",
        before="PYPI_TOKEN=pypi-token",
        uploads=(("upload.pypi.org", "__token__", "pypi-token"),),
    ),
    "Jenkins": Line(
        "sh -c 'uv publish'",
        before="export UV_PUBLISH_TOKEN=pypi-token",
        uploads=(("upload.pypi.org", "__token__", "pypi-token"),),
    ),
    "Multiple Index Management": Line(
        "uv auth login pypi --token pypi-token\nuv auth login testpypi --token testpypi-token\n"
        "uv auth login https://private.company.com --username user --password pass",
        stored=((PYPI, "__token__"), (TESTPYPI, "__token__"), ("https://private.company.com/", "user")),
    ),
    "Publish to specific index": Line(
        "uv publish --repository pypi\nuv publish --repository testpypi\n"
        "uv publish --repository-url https://private.company.com/simple/",
        before="uv auth login pypi --token pypi-token\nuv auth login testpypi --token testpypi-token\n"
        "uv auth login https://private.company.com --username user --password pass",
        uploads=(
            ("upload.pypi.org", "__token__", "pypi-token"),
            ("test.pypi.org", "__token__", "testpypi-token"),
            ("private.company.com", "user", "pass"),
        ),
    ),
    "Troubleshooting": Line(
        "uv auth token\nuv auth logout\nuv auth login --token new-token\nuv auth token\nuv publish --verbose",
        ("t1", "new-token", "Response from https://upload.pypi.org/legacy/"),
        before=LOGINS,
        uploads=(("upload.pypi.org", "__token__", "new-token"),),
    ),
    "Troubleshooting: disabled keyring": Line(
        "uv auth login --keyring-provider disabled", stored=((PYPI, "__token__"),), answers=TYPED
    ),
    "Troubleshooting: keyring": Line('python -c "import keyring; print(keyring.get_keyring())"', ("(priority: ",)),
    "Troubleshooting: token": Line(
        "echo $UV_PUBLISH_TOKEN | head -c 20",
        ("pypi-AgEIcHlwaS5vcmc",),
        before="UV_PUBLISH_TOKEN=pypi-AgEIcHlwaS5vcmcCJDA",
    ),
    "Troubleshooting: permissions": Line(
        'ls -la "$(uv auth dir)"\nchmod 700 "$(uv auth dir)"\nchmod 600 "$(uv auth dir)"/*\nuv auth token',
        ("-rw------- ", "drwx------ ", "t1"),
        before=LOGINS,
    ),
}

LINES = {
    **{f"first: {name}": line for name, line in FIRST.items()},
    **{f"second: {name}": line for name, line in SECOND.items()},
}
KEYRING = {
    ("https://example.com/simple", "me"): "kept",
    ("example.com", "me"): "kept",
    ("us-python.pkg.dev", "oauth2accesstoken"): "ya29",
}


class Hosts:
    """The hosts of the documents, all of them one server on this machine.

    Args:
        server: serves them; it has a package for those who read, and takes every upload that has a credential.
        variables: lead a program there.

    Attributes:
        uploads: the host, the user and the secret of each file that was received.

    """

    def __init__(self, server: IndexServer, variables: dict[str, str]) -> None:
        self.server = server
        self.variables = variables
        self.uploads: list[tuple[str, ...]] = []

    def take_uploads(self) -> None:
        """Take files from now on."""
        serve = self.server.respond

        def respond(request: Request) -> Reply:
            if request.path == "/_/oidc/audience":  # PyPI says to a publisher it may trust whom to ask for a token
                return Reply(200, {"Content-Type": "application/json"}, b'{"audience": "pypi"}')
            if request.method != "POST":
                return serve(request)
            host, _, user, secret = request.headers["Host"], *(request.authorization or ("", "", ""))
            self.uploads.append((host, user, secret))
            return Reply(200 if user else 403)

        self.server.respond = respond


def commands(folder: Path) -> dict[str, str]:
    """Make `uv`, `pip-indexauth`, `python` and `aws` commands, and return the variables of a machine that has them."""
    scripts = {
        "uv": UV.format(python=sys.executable),
        "pip-indexauth": f'#!/bin/sh\nexec {sys.executable} -m requests_indexauth.pip --no-input "$@"\n',
        "python": f'#!/bin/sh\nexec {sys.executable} "$@"\n',
        "aws": "#!/bin/sh\necho tok\n",
    }
    for name, text in scripts.items():
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return environment({"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


def run_line(line: Line, variables: dict[str, str], folder: Path, home: Path, workdir: Path) -> None:
    """Run a line, and see that it does what it should; `folder` is one on PATH, for the keyring's command."""
    command = FakeCommand(folder)
    if line.keeps:
        command.keeps()
    else:
        command.knows(KEYRING)
    for name, text in line.files:
        write_files(home if name.startswith("~/") else workdir, {name.replace("~/", ""): text})
    script = f"{{ {line.before or ':'}\n}} > /dev/null 2>&1 < /dev/null\n{line.script}"
    ran = on_terminal(["sh", "-ec", script], variables, list(line.answers))
    assert ran.code == 0, ran.out
    for text in line.said:
        assert text in ran.out
    if line.stored is not None:
        assert sorted(CredentialStore().services()) == sorted(line.stored)
