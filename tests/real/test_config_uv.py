"""The real uv and `discover`, with the same files and variables: which indexes does each see, and in which order?

uv asks an index that it knows for a package; answered 404 by all, it asks one after the other, which is the order it
holds them in. Before that it reads its pages of links, all at once: in which order those arrive is chance.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from itertools import takewhile
from typing import TYPE_CHECKING, Callable

import pytest

from support.commands import TIME_LIMIT
from support.configuration import PROJECT, Discovery, discovered, write_files
from support.messages import Reply, Request, refused

if TYPE_CHECKING:
    from pathlib import Path

    from support.server import RecordingServer, Serve

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")

PACKAGE = "thing"


@dataclass
class Situation:
    """What variables and files say; `U` in them is the server, `H` the server with userinfo, `T` the test's folder."""

    files: dict[str, str] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)


def situation(identifier: str, files: dict[str, str] | None = None, /, **variables: str) -> object:
    """Return one row of a table."""
    return pytest.param(Situation(files or {}, variables), id=identifier)


class Lab:
    """A folder with the files of a situation, and the server their URLs lead to."""

    def __init__(self, folder: Path, server: RecordingServer, uv: str) -> None:
        self.folder = folder
        self.server = server
        self.uv = uv

    def arrange(self, one: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
        """Write the files, set the variables, and go to the folder `work/here`."""
        write_files(self.folder, {"work/here/keep": "", **{n: self._filled(t) for n, t in one.files.items()}})
        monkeypatch.setenv("HOME", str(self.folder / "home"))
        monkeypatch.setenv("XDG_CONFIG_DIRS", str(self.folder / "none"))
        for name, value in one.variables.items():
            monkeypatch.setenv(name, self._filled(value))
        monkeypatch.chdir(self.folder / "work" / "here")

    def _filled(self, text: str) -> str:
        text = text.replace("H/", self.server.at("/", user="u", password="p"))
        return text.replace("U/", f"{self.server.url}/").replace("T/", f"{self.folder}/")

    def run_uv(self) -> subprocess.CompletedProcess[str]:
        """Have uv look for a package that no index has."""
        self.server.clear()
        command = [self.uv, "pip", "compile", "-", "--no-cache", "--no-progress", "--python", sys.executable]
        environ = {**os.environ, "NO_PROXY": "*", "UV_PYTHON_DOWNLOADS": "never"}
        return subprocess.run(
            command, input=PACKAGE, env=environ, check=False, capture_output=True, text=True, timeout=TIME_LIMIT
        )

    def asked(self) -> list[tuple[str, str | None]]:
        """Return each index that uv asked, once, with the user it said it was; first the pages of links, sorted."""
        asked: dict[str, str | None] = {}
        for request in self.server.requests:
            asked.setdefault(request.path.replace(f"/{PACKAGE}/", "").rstrip("/"), request.user)
        flat = list(takewhile(lambda path: "flat" in path, asked))
        return [(path, asked[path]) for path in (*sorted(flat), *list(asked)[len(flat) :])]

    def seen(self, found: Discovery) -> list[tuple[str, str | None]]:
        """Return what uv should ask, from what we found.

        By the names in these tables: the first `default` comes last and the others not at all (for authentication
        they count), an `explicit` one is not asked, `flat` is a page of links, which is read before all indexes.
        """
        users: dict[str, str | None] = {}
        for index in found.settings.indexes:
            path = index.url.replace(self.server.url, "").rstrip("/")
            users.setdefault(path, index.credentials.username if index.credentials else None)
        defaults = [path for path in users if "default" in path][:1]
        flat = sorted(path for path in users if "flat" in path)
        rest = [path for path in users if not any(word in path for word in ("default", "flat", "explicit"))]
        return [(path, users[path]) for path in (*flat, *rest, *defaults)]


@pytest.fixture
def lab(tmp_path: Path, serve: Serve, program: Callable[[str], str]) -> Lab:
    """Return a lab whose indexes hold nothing; a page of links is there, and empty."""

    def respond(request: Request) -> Reply:
        return Reply(200, {"Content-Type": "text/html"}) if "flat" in request.path else Reply(404)

    return Lab(tmp_path, serve(respond), program("uv"))


DEFAULT = {"UV_DEFAULT_INDEX": "U/default"}
ONE = '[[index]]\nname = "one"\nurl = "U/one/simple"\n'
TWO = '[[index]]\nname = "two"\nurl = "U/two/simple/"\n'
FALLBACK = '[[index]]\nname = "fallback"\nurl = "U/default"\ndefault = true\n'
HERE, ABOVE = "work/here/", "work/"
USER, SYSTEM = "home/.config/uv/uv.toml", "system/uv/uv.toml"


def tool(text: str) -> str:
    """Return the text of a uv.toml as written in a pyproject.toml."""
    return text.replace("[[index]]", "[[tool.uv.index]]").replace("[pip]", "[tool.uv.pip]")


# A workspace must not have two projects of one name.
WORKSPACE = PROJECT.replace("thing", "root") + '[tool.uv.workspace]\nmembers = ["here"]\n'

SAME = [
    situation("default", UV_DEFAULT_INDEX="U/default/simple"),
    situation("named default", UV_DEFAULT_INDEX="name=U/default/simple"),
    situation("default is one value", UV_DEFAULT_INDEX="U/default/simple/"),
    situation("list of indexes", UV_INDEX=" U/a/simple\tn=U/b/simple\nU/c ", **DEFAULT),
    situation("equals sign in a URL", UV_INDEX="U/a=b/simple x=U/c=d", **DEFAULT),
    situation("empty name", UV_INDEX="=U/a/simple", **DEFAULT),
    situation("local folders", UV_INDEX="./a T/b c n=d file:///T/e U/f", **DEFAULT),
    situation("userinfo", UV_INDEX="H/a/simple", **DEFAULT),
    situation("same URL twice", UV_INDEX="U/a U/a", **DEFAULT),
    situation("same name twice", UV_INDEX="n=U/a n=U/b N=U/c", **DEFAULT),
    situation("a name hides that of a file", {HERE + "uv.toml": ONE + TWO}, UV_INDEX="one=U/a", **DEFAULT),
    situation("older variables", UV_INDEX_URL="U/default", UV_EXTRA_INDEX_URL="U/a  U/b"),
    situation("older variables have no names", UV_INDEX_URL="n=U/default", UV_EXTRA_INDEX_URL="n=U/b U/c", **DEFAULT),
    situation("default over index-url", UV_INDEX_URL="U/default2", UV_EXTRA_INDEX_URL="U/a", **DEFAULT),
    situation("all variables", UV_EXTRA_INDEX_URL="U/e", UV_INDEX="U/i", UV_FIND_LINKS="U/flat1,U/flat2", **DEFAULT),
    situation("empty variables", UV_INDEX="", UV_EXTRA_INDEX_URL="", UV_FIND_LINKS="", UV_INDEX_URL="", **DEFAULT),
    situation("uv.toml", {HERE + "uv.toml": ONE + TWO + FALLBACK}),
    situation("pyproject.toml", {HERE + "pyproject.toml": tool(ONE + TWO + FALLBACK)}),
    situation("variable before file", {HERE + "uv.toml": ONE}, UV_INDEX="U/a", **DEFAULT),
    situation(
        "variable's default over file's", {HERE + "uv.toml": ONE + FALLBACK.replace("U/def", "U/2def")}, **DEFAULT
    ),
    situation("explicit", {HERE + "uv.toml": ONE + '[[index]]\nname="e"\nurl="U/explicit"\nexplicit=true'}, **DEFAULT),
    situation(
        "older keys", {HERE + "uv.toml": 'index-url="U/default"\nextra-index-url=["U/a"]\nfind-links=["U/flat"]'}
    ),
    situation("tables before older keys", {HERE + "uv.toml": 'extra-index-url=["U/a"]\n' + ONE}, **DEFAULT),
    situation(
        "[pip] before the top", {HERE + "uv.toml": 'extra-index-url=["U/a"]\n[pip]\nextra-index-url=["U/b"]'}, **DEFAULT
    ),
    situation(
        "[pip] of a farther file",
        {HERE + "uv.toml": 'index-url = "U/default1"\n', USER: '[pip]\nindex-url = "U/default2"\n'},
    ),
    situation("nearest file", {HERE + "uv.toml": ONE, ABOVE + "uv.toml": TWO}, **DEFAULT),
    situation("file above", {ABOVE + "uv.toml": TWO}, **DEFAULT),
    situation("uv.toml over pyproject.toml", {HERE + "uv.toml": ONE, HERE + "pyproject.toml": tool(TWO)}, **DEFAULT),
    situation("pyproject.toml of no concern", {HERE + "pyproject.toml": "[tool.x]", ABOVE + "uv.toml": TWO}, **DEFAULT),
    situation("empty table ends the search", {HERE + "pyproject.toml": "[tool.uv]", ABOVE + "uv.toml": TWO}, **DEFAULT),
    situation("broken pyproject.toml", {HERE + "pyproject.toml": "uv = [", ABOVE + "uv.toml": TWO}, **DEFAULT),
    situation("below a project", {HERE + "uv.toml": ONE, ABOVE + "pyproject.toml": PROJECT + tool(TWO)}, **DEFAULT),
    situation("below a project without uv", {HERE + "uv.toml": ONE, ABOVE + "pyproject.toml": PROJECT}, **DEFAULT),
    situation("below a table without project", {HERE + "uv.toml": ONE, ABOVE + "pyproject.toml": tool(TWO)}, **DEFAULT),
    situation(
        "not a member of the workspace",
        {
            HERE + "pyproject.toml": PROJECT + tool(ONE),
            ABOVE + "pyproject.toml": WORKSPACE.replace("here", "there") + tool(TWO),
        },
        **DEFAULT,
    ),
    situation("byte order mark", {HERE + "uv.toml": "\ufeff" + ONE}, **DEFAULT),
    situation("project and user", {HERE + "uv.toml": ONE, USER: TWO + FALLBACK}),
    situation("user's place", {"home/x/uv/uv.toml": ONE, USER: TWO}, XDG_CONFIG_HOME="T/home/x", **DEFAULT),
    situation("user's place is absolute", {"home/x/uv/uv.toml": ONE, USER: TWO}, XDG_CONFIG_HOME="x", **DEFAULT),
    situation("user and system", {USER: ONE, SYSTEM: TWO}, XDG_CONFIG_DIRS="T/a:T/system:T/b", **DEFAULT),
    situation("one system file", {SYSTEM: ONE, "b/uv/uv.toml": TWO}, XDG_CONFIG_DIRS="T/system:T/b", **DEFAULT),
    situation(
        "named file", {HERE + "uv.toml": ONE, USER: ONE, HERE + "c.toml": TWO}, UV_CONFIG_FILE="c.toml", **DEFAULT
    ),
    situation("no files", {HERE + "uv.toml": ONE, USER: TWO}, UV_NO_CONFIG="1", **DEFAULT),
    situation("files after all", {HERE + "uv.toml": ONE}, UV_NO_CONFIG="false", **DEFAULT),
    situation("no files but one", {"c.toml": TWO}, UV_NO_CONFIG="1", UV_CONFIG_FILE="T/c.toml", **DEFAULT),
    situation("project elsewhere", {"p/uv.toml": ONE}, UV_PROJECT="T/p", **DEFAULT),
    situation("working folder elsewhere", {"p/uv.toml": ONE}, UV_WORKING_DIR="T/p", **DEFAULT),
    situation("unknown key in a table", {HERE + "uv.toml": ONE + "new = 1"}, **DEFAULT),
]


@pytest.mark.parametrize("one", SAME)
def test_same_indexes_in_the_same_order(lab: Lab, monkeypatch: pytest.MonkeyPatch, one: Situation) -> None:
    """uv asks exactly the indexes that we found, in our order, as the same users."""
    lab.arrange(one, monkeypatch)
    ours = lab.seen(discovered())
    uv = lab.run_uv()
    assert uv.returncode == 1, uv.stderr  # 1: the package is nowhere; 2: uv refuses the configuration
    assert lab.asked() == ours


@dataclass
class Difference:
    """Where we do otherwise on purpose: what uv does (exit code, and whom it asks) and what we find."""

    situation: Situation
    exit_code: int
    asked: list[str]
    found: list[str]
    problems: int


def difference(reason: str, files: dict[str, str] | None = None, /, **settings: object) -> object:
    """Return one row of the table of differences."""
    known = {key: settings.pop(key) for key in ("exit_code", "asked", "found", "problems")}
    variables = {name: str(value) for name, value in settings.items()}
    return pytest.param(Difference(Situation(files or {}, {**DEFAULT, **variables}), **known), id=reason)  # type: ignore[arg-type]


BAD = '[[index]]\nurl = "U/bad"\nauthenticate = "Always"\n'
SHADOWED = FALLBACK.replace("U/default", "U/shadowed")
INTENDED = [
    difference(
        "a member's own indexes count beside its workspace's, as uv lock has it; uv pip asks the workspace's alone",
        {HERE + "pyproject.toml": PROJECT + tool(ONE), ABOVE + "pyproject.toml": WORKSPACE + tool(TWO)},
        exit_code=1,
        asked=["/two/simple", "/default"],
        found=["/default", "/two/simple/", "/one/simple"],
        problems=0,
    ),
    difference(
        "a bad entry costs itself, not the whole uv.toml",
        {HERE + "uv.toml": BAD + ONE},
        exit_code=2,
        asked=[],
        found=["/default", "/one/simple"],
        problems=1,
    ),
    difference(
        "a bad entry does not make us take the file above instead",
        {HERE + "pyproject.toml": tool(BAD + ONE), ABOVE + "uv.toml": TWO},
        exit_code=1,
        asked=["/two/simple", "/default"],
        found=["/default", "/one/simple"],
        problems=1,
    ),
    difference(
        "a key that some other version knows is no mistake",
        {HERE + "uv.toml": "new-key = 1\n" + ONE},
        exit_code=2,
        asked=[],
        found=["/default", "/one/simple"],
        problems=0,
    ),
    difference(
        "a broken uv.toml leaves the others",
        {HERE + "uv.toml": "x = [", USER: ONE},
        exit_code=2,
        asked=[],
        found=["/default", "/one/simple"],
        problems=1,
    ),
    difference(
        "a bad variable leaves the others",
        UV_INDEX="a/b=U/a U/b n= https://h:99999/",
        exit_code=2,
        asked=[],
        found=["/default", "/b"],
        problems=3,
    ),
    difference(
        "a named file that is missing leaves the variables",
        UV_CONFIG_FILE="none.toml",
        exit_code=2,
        asked=[],
        found=["/default"],
        problems=1,
    ),
    difference(
        "an empty variable is unset",
        {HERE + "uv.toml": ONE},
        UV_CONFIG_FILE="",
        UV_NO_CONFIG="",
        UV_KEYRING_PROVIDER="",
        UV_PROJECT="",
        exit_code=2,
        asked=[],
        found=["/default", "/one/simple"],
        problems=0,
    ),
    difference(
        "a default that another one hides is still an index somebody configured",
        {HERE + "uv.toml": SHADOWED},
        exit_code=1,
        asked=["/default"],
        found=["/default", "/shadowed"],
        problems=0,
    ),
    difference(
        "line ends part extra indexes too",
        UV_EXTRA_INDEX_URL="U/a\nU/b",
        exit_code=1,
        asked=["/ahttp:", "/default"],
        found=["/default", "/a", "/b"],
        problems=0,
    ),
    difference(
        "pip's own settings count",
        PIP_INDEX_URL="U/pip",
        exit_code=1,
        asked=["/default"],
        found=["/default", "/pip"],
        problems=0,
    ),
    difference(
        "a scheme nobody has is a mistake",
        {HERE + "uv.toml": '[[index]]\nname = "n"\nurl = "htps://h/simple"\n'},
        exit_code=1,
        asked=["/default"],
        found=["/default"],
        problems=1,
    ),
    difference(
        "pip's and our own words for a keyring provider",
        {HERE + "uv.toml": 'keyring-provider = "import"\n' + ONE},
        exit_code=2,
        asked=[],
        found=["/default", "/one/simple"],
        problems=0,
    ),
]


@pytest.mark.parametrize("one", INTENDED)
def test_intended_differences(lab: Lab, monkeypatch: pytest.MonkeyPatch, one: Difference) -> None:
    """Where uv stops or sees less, we go on, and tell of what is wrong."""
    lab.arrange(one.situation, monkeypatch)
    found = discovered()
    assert [url.replace(lab.server.url, "") for url in found.urls] == one.found
    assert len(found.problems) == one.problems
    uv = lab.run_uv()
    assert uv.returncode == one.exit_code, uv.stderr
    assert [path.partition("//")[0] for path, _ in lab.asked()] == one.asked


KEYRING = [
    situation("nothing said"),
    situation("variable", UV_KEYRING_PROVIDER="subprocess"),
    situation(
        "variable over file", {HERE + "uv.toml": 'keyring-provider="subprocess"'}, UV_KEYRING_PROVIDER="disabled"
    ),
    situation("file", {HERE + "uv.toml": 'keyring-provider="subprocess"'}),
    situation("pyproject.toml", {HERE + "pyproject.toml": '[tool.uv]\nkeyring-provider="subprocess"'}),
    situation("[pip]", {HERE + "uv.toml": 'keyring-provider="disabled"\n[pip]\nkeyring-provider="subprocess"'}),
    situation("nearest file", {HERE + "uv.toml": 'keyring-provider="disabled"', USER: 'keyring-provider="subprocess"'}),
    situation(
        "[pip] of a farther file",
        {HERE + "uv.toml": 'keyring-provider="disabled"', USER: '[pip]\nkeyring-provider="subprocess"'},
    ),
]


@pytest.mark.parametrize("one", KEYRING)
def test_same_keyring_provider(lab: Lab, monkeypatch: pytest.MonkeyPatch, one: Situation) -> None:
    """uv runs `keyring` for an index with a user name exactly when we found the provider to be `subprocess`."""
    keyring = lab.folder / "bin" / "keyring"
    write_files(lab.folder, {"bin/keyring": f'#!/bin/sh\necho "$@" >> "{lab.folder}/calls"\nexit 1\n'})
    keyring.chmod(0o755)
    lab.server.respond = lambda request: Reply(404) if request.user == "nobody" else refused()
    lab.arrange(one, monkeypatch)
    monkeypatch.setenv("UV_DEFAULT_INDEX", lab.server.at("/default", user="somebody"))
    monkeypatch.setenv("PATH", f"{keyring.parent}:/usr/bin:/bin")
    ours = discovered().settings.keyring_provider
    lab.run_uv()
    assert (lab.folder / "calls").exists() == (ours == "subprocess")


def test_one_root_one_name(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unnamed definition does not take its name, and so its variables, from a later one of the same URL.

    (Nor its policy, with us; with uv that is up to the order of a hash table, so it cannot be compared.)
    """
    one = Situation({HERE + "uv.toml": ONE}, {"UV_INDEX": "U/one/simple", "UV_INDEX_ONE_USERNAME": "u", **DEFAULT})
    lab.arrange(one, monkeypatch)
    monkeypatch.setenv("UV_INDEX_ONE_PASSWORD", "p")
    lab.run_uv()
    assert lab.asked()[0] == ("/one/simple", "u")
    assert [index.name for index in discovered().settings.indexes if "one" in index.url] == ["one", "one"]
