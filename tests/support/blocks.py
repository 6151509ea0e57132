"""The code blocks of the documents, and a machine to run them on: every host in them is a server on loopback."""

from __future__ import annotations

import functools
import os
import re
import shlex
import sys
import venv
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import requests_indexauth
from requests_indexauth import Credentials, CredentialStore
from support.commands import Ran, on_terminal
from support.messages import Reply, Request, refused
from support.wheels import build_wheel
from support.why_page import causes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.server import RecordingServer

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
GENERATED = "docs/commands.md"
WHEEL = build_wheel("thing")
TEAM = "https://pkgs.example.com/team/simple/"
DEFAULT_CONFIGURATION = f'[[index]]\nname = "corp"\nurl = "{TEAM}"\n'

# Programs that are not ours, or would change the machine. What they print is a secret.
STAND_INS = {
    "aws": "echo secret",
    "base64": "echo e30=",  # macOS has another one
    "docker": r"""
        for word; do case "$word" in
        *,src=*) test -r "${word#*,src=}" || { echo "docker: no secret file: $word"; exit 1; };;
        *,env=*) eval "test -n \"\$${word#*,env=}\"" || { echo "docker: no variable: $word"; exit 1; };;
        esac; done""",
    "gcloud": "echo secret",
    "keyring": 'case "$*" in set*|*dev.azure.com*) echo secret;; *) exec {python} -m keyring "$@";; esac',
    "pipx": "",
    "pip": 'case "$*" in *requests-indexauth*) ;; *) exec {python} -m pip "$@";; esac',
    "twine": "test -r dist/thing-1.0-py3-none-any.whl",
    "useradd": "",
    "uv": 'case "$1" in auth) shift; exec {python} -m requests_indexauth "$@";; esac',
}
OURS = {"indexauth": "requests_indexauth", "pip-indexauth": "requests_indexauth.pip"}
NAMES = """
import socket
real = socket.getaddrinfo
def getaddrinfo(host, port, *rest, **options):
    return real("127.0.0.1", {port} if port in (443, "443") else port, *rest, **options)
socket.getaddrinfo = getaddrinfo
"""


class Block(NamedTuple):
    """A fenced block.

    Attributes:
        page: the path of its page, from the root.
        language: what stands behind the fence; empty for none.
        text: what is between the fences.
        line: where it begins in the page.

    """

    page: str
    language: str
    text: str
    line: int

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@functools.lru_cache
def blocks() -> list[Block]:
    """Return those of README and every page, but what tests write into a page."""
    found = []
    for path in PAGES:
        page = path.relative_to(ROOT).as_posix()
        text = path.read_text(encoding="utf-8")
        written = text if page == GENERATED else causes(text)
        for fence in re.finditer(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            if not written or fence[0] not in written:
                line = text.count("\n", 0, fence.start()) + 1
                found.append(Block(page, fence[1], fence[2], line))
    return found


@functools.lru_cache
def hosts() -> tuple[str, ...]:
    """Return every host that a page has in a URL."""
    texts = " ".join(path.read_text(encoding="utf-8") for path in PAGES)
    found = re.findall(r"https://(?:\w+@)?([A-Za-z0-9-]{1,60}(?:\.[A-Za-z0-9-]{1,60})+)", texts)
    return tuple(sorted({host.lower() for host in found}))


def answer(request: Request) -> Reply:
    """Refuse a request without a credential; else there is the package `thing`, at every URL."""
    if request.authorization is None:
        return refused()
    if request.path.endswith(".whl"):
        return Reply(200, {"Content-Type": "application/zip"}, WHEEL.content)
    link = f'<a href="{WHEEL.filename}">{WHEEL.filename}</a>'
    return Reply(200, {"Content-Type": "text/html"}, f"<!DOCTYPE html><html><body>{link}</body></html>".encode())


class Machine:
    """A machine with files, programs and one server that all host names lead to.

    Args:
        home: the home folder.
        folder: the working folder.
        server: what every https URL leads to.
        bundle: the certificates to trust.

    """

    def __init__(self, home: Path, folder: Path, server: RecordingServer, bundle: str) -> None:
        """Put the files there that the blocks name."""
        self.home, self.folder, self.bundle = home, folder, bundle
        self.programs = folder / "programs"
        self.programs.mkdir()
        for name, body in STAND_INS.items():
            self._program(name, body.replace("{python}", shlex.quote(sys.executable)))
        for name, module in OURS.items():
            self._program(name, f'exec {shlex.quote(sys.executable)} -m {module} "$@"')
        (self.programs / "sitecustomize.py").write_text(NAMES.replace("{port}", str(server.port)))
        for name, text in self._files().items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (folder / "tools" / "indexauth-helper").chmod(0o755)
        (folder / "dist" / WHEEL.filename).write_bytes(WHEEL.content)
        (home / ".cache" / "huggingface").mkdir(parents=True)
        (home / ".cache" / "huggingface" / "token").write_text("secret")
        self.netrc = "".join(f"machine {host} login me password secret\n" for host in hosts())
        (home / ".netrc").write_text(self.netrc)
        CredentialStore().set("https://pkgs.example.com/team", Credentials.basic("me", "secret"))

    def configure(self, page: str) -> None:
        """Write the `uv.toml` that the page shows, or one with the index `corp`."""
        shown = (block.text for block in blocks() if block.page == page and block.language == "toml")
        text = next((text for text in shown if "[[index]]" in text), DEFAULT_CONFIGURATION)
        (self.folder / "uv.toml").write_text(text)

    def run(self, text: str) -> Ran:
        """Run lines of a shell on a terminal, where a secret is typed whenever one is asked for."""
        text = text.replace("/run/", f"{self.folder}/run/").replace("explain URL", f"explain {TEAM}thing/")
        if ".venv" in text:
            venv.create(self.folder / ".venv", with_pip=False)
        return on_terminal(["bash", "-euc", text], self.variables(text), list(_answers(text)))

    def run_steps(self, text: str) -> Ran:
        """Run the `RUN` lines of a Dockerfile, each with the secrets that it mounts, in an empty home folder."""
        ran = Ran(0, "", "")
        for step in re.findall(r"^RUN ((?:.*\\\n)*.*)", text, re.MULTILINE):
            mounts = re.findall(r"--mount=type=secret,(\S+) \\\n", step)
            line = re.sub(r"--mount=\S+ \\\n", "", step)
            home = self.folder / "empty"
            home.mkdir(exist_ok=True)
            settings = [f"export HOME={home}", *map(self._mount, mounts)]
            ran = self.run("\n".join([*settings, line]))
            if ran.code:
                return ran
        return ran

    def variables(self, text: str) -> dict[str, str]:
        """Return the variables for a block: those it expects to be set are secrets."""
        package = str(Path(str(requests_indexauth.__file__)).parent.parent)
        expected = set(re.findall(r"(?:\$|,env=)([A-Z][A-Z_]+)", text)) - set(os.environ)
        return {
            **os.environ,
            **dict.fromkeys(expected - {"UV_INDEX_CORP_PASSWORD"}, "secret"),
            "PATH": f"{self.programs}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": f"{self.programs}{os.pathsep}{package}",
            "REQUESTS_CA_BUNDLE": self.bundle,
            "PIP_CERT": self.bundle,
            "PIP_INDEX_URL": TEAM,
            "PIP_TARGET": str(self.folder / "installed"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHON_KEYRING_BACKEND": "requests_indexauth.keyring_backend.ReadOnlyPlaintextKeyring",
        }

    def _mount(self, options: str) -> str:
        """Put a secret where a build would, and return the line that sets its variable, if it is one."""
        given = dict(option.split("=") for option in options.split(","))
        if "env" in given:
            return f"export {given['env']}=secret"
        store = CredentialStore().path
        secret = {"netrc": self.netrc, "credentials": Path(store).read_text()}.get(given["id"], "secret")
        path = Path(given.get("target", f"/run/secrets/{given['id']}"))
        file = self.folder / path.relative_to("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(secret)
        return ":"

    def _program(self, name: str, body: str) -> None:
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)

    @staticmethod
    def _files() -> dict[str, str]:
        return {
            "dist/README": "",
            "key.json": "{}",
            "old_script.py": "import requests\nrequests.get('https://pkgs.example.com/x').raise_for_status()\n",
            "requirements.txt": "thing\n",
            "run/secrets/corp": "secret",
            "token.txt": "secret\n",
            "tools/indexauth-helper": next(one.text for one in blocks() if one.text.startswith("#!/bin/sh")),
        }


def _answers(text: str) -> Iterator[tuple[str, str]]:
    """Yield what to wait for on the terminal, and what is then typed, for each login that asks."""
    for line in text.splitlines():
        if re.search("(indexauth|uv auth) login", line) and "--password" not in line and "<" not in line:
            yield ("token: " if "--token" in line else "assword: "), "secret\n"
