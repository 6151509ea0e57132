"""The helper as a source: when it is asked, which one, and what a project's file may not do."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.config.helpers import given_helpers
from requests_indexauth.config.settings import Settings, discover
from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.helper import INSIDE
from requests_indexauth.sources.helper.source import HelperSource
from support.helpers import FakeHelper
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.models.query import Query

PAGE = "https://pkgs.example.com/team/simple/thing/"
AUTO = Index("https://pkgs.example.com/team/simple/")
ALWAYS = Index("https://pkgs.example.com/team/simple/", authenticate="always")
TOKEN = Answer(Credentials.bearer("token"))
scripts = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a helper is a script")


class Source(HelperSource):
    """A source that keeps what it warns of; without a command given it goes by variables and files, as they are now."""

    def __init__(self, given: object = None, seconds: float = 30.0) -> None:
        """Make one."""
        self.warnings: list[str] = []
        helpers = None if given is None else given_helpers(given)
        super().__init__(self.warnings.append, self._discovered, helpers, seconds)

    def _discovered(self) -> Settings:
        return discover(lambda error: pytest.fail(str(error)))


def asked(url: str = PAGE, index: Index | None = None) -> Query:
    """Return a question after a 401."""
    return query(url, index=index, challenged=True)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        pytest.param(asked(), None, id="after a 401"),
        pytest.param(asked(index=AUTO), None, id="after a 401 of an index"),
        pytest.param(query(PAGE, index=ALWAYS), None, id="policy always"),
        pytest.param(query(PAGE, username="me"), None, id="given user name"),
        pytest.param(query(PAGE, index=AUTO)._replace(has_body=True), None, id="a body for an index"),
        pytest.param(query(PAGE, index=AUTO), "asked only after a 401", id="before any request"),
        pytest.param(query(PAGE)._replace(has_body=True), "asked only after a 401", id="a body for no index"),
        pytest.param(asked("https://other.example/"), "no credential helper is named for this host", id="another host"),
        pytest.param(asked("http://pkgs.example.com/"), "plain http to a host that is not loopback", id="plain http"),
    ],
)
def test_when(question: Query, reason: str | None) -> None:
    """A process is started only when something has asked for credentials."""
    skipped = Source({"pkgs.example.com": "acme-token"}).skipped(question)
    assert skipped is None if reason is None else (skipped or "").startswith(reason)


def test_plain_http_on_this_machine() -> None:
    """Nothing crosses a network there."""
    assert Source("acme-token").skipped(asked("http://localhost:8080/")) is None


def test_off_unless_named() -> None:
    """Without a name nothing is asked."""
    source = Source()
    assert source.skipped(asked()) == "no credential helper is named"
    assert source.find(asked()) is None
    assert source.noted(asked()) == ""


def test_an_empty_mapping_is_for_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts instead of what is configured."""
    monkeypatch.setenv("INDEXAUTH_CREDENTIAL_HELPER", "*=acme-token")
    assert Source({}).skipped(asked()) == "no credential helper is named for this host"


def test_inside_a_helper_no_helper_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would start itself without end."""
    monkeypatch.setenv(INSIDE, "1")
    assert Source("acme-token").skipped(asked()) == "this is already inside a credential helper"


@scripts
def test_an_answer(tmp_path: Path) -> None:
    """It is told which helper gave it, and where that was named."""
    helper = FakeHelper(tmp_path)
    source = Source({"*.example.com": str(helper.path)})
    assert source.find(asked()) == TOKEN
    assert source.noted(asked()) == f"{helper.path} (named for *.example.com in the program)"
    assert source.missed(asked()).why == source.noted(asked())


@scripts
def test_a_helper_that_hangs_is_not_asked_again(tmp_path: Path) -> None:
    """For no host, and however often the sources are read again."""
    helper = FakeHelper(tmp_path, "time.sleep(60)")
    source = Source(str(helper.path), seconds=0.5)
    with pytest.raises(SourceError, match=r"no answer within 0\.5 seconds: it is not asked again in this session$"):
        source.find(asked())
    source.refresh()
    for url in (PAGE, "https://other.example/"):
        assert (source.skipped(asked(url)) or "").endswith("it is not asked again in this session")


@scripts
def test_a_helper_named_by_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked up once, and again after a refusal."""
    monkeypatch.setenv("INDEXAUTH_CREDENTIAL_HELPER", f"pkgs.example.com={FakeHelper(tmp_path).path}")
    source = Source()
    assert source.find(asked()) == TOKEN
    monkeypatch.delenv("INDEXAUTH_CREDENTIAL_HELPER")
    assert source.find(asked()) == TOKEN
    source.refresh()
    assert source.find(asked()) is None


@pytest.fixture
def tool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHelper:
    """Return a helper, the only command on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return FakeHelper(tmp_path / "bin")


def project(folder: Path, named: str, index: str = "https://pkgs.example.com/team/simple/") -> None:
    """Write a project that defines an index and names a helper."""
    text = f'[project]\nname = "p"\n[tool.requests-indexauth]\n{named}\n[[tool.uv.index]]\nurl = "{index}"\n'
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")


@scripts
@pytest.mark.parametrize("named", ["acme-token", "pkgs.example.com", "*.example.com", "*"])
def test_a_project_names_a_helper_for_its_own_index(workdir: Path, tool: FakeHelper, named: str) -> None:
    """By a name that is found on PATH."""
    whole = 'credential-helper = "acme-token"'
    project(workdir, whole if named == "acme-token" else f'credential-helper = {{"{named}" = "acme-token"}}')
    source = Source()
    assert source.find(asked(index=AUTO)) == TOKEN
    assert (source.warnings, len(tool.questions)) == ([], 1)


@scripts
@pytest.mark.parametrize("where", ["uv.toml", "a member"])
def test_a_projects_index_may_stand_in_another_of_its_files(workdir: Path, tool: FakeHelper, where: str) -> None:
    """In `uv.toml` beside it, or with a member of its workspace."""
    helper = '[tool.requests-indexauth]\ncredential-helper = "acme-token"\n'
    head = '[project]\nname = "p"\n[tool.uv.workspace]\nmembers = ["m"]\n'
    (workdir / "pyproject.toml").write_text(head + helper)
    if where == "uv.toml":
        (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{AUTO.url}"\n')
    else:
        (workdir / "m").mkdir()
        member = f'[project]\nname = "m"\n[[tool.uv.index]]\nname = "m"\nurl = "{AUTO.url}"\n'
        (workdir / "m" / "pyproject.toml").write_text(member)
    assert Source().find(asked(index=AUTO)) == TOKEN
    assert len(tool.questions) == 1


@scripts
def test_a_projects_helper_is_for_no_index_of_anybody_elses(workdir: Path, tool: FakeHelper) -> None:
    """For a host that the project has an index on it is quietly not for the rest of it; for another one it is told."""
    project(workdir, 'credential-helper = {"*.example.com" = "acme-token"}')
    source = Source()
    for index in (None, Index("https://pkgs.example.com/other/simple/"), Index("https://pkgs.example.com:444/team/")):
        why = source.skipped(asked(PAGE if index is None else index.url, index))
        assert why == "a project's helper is only for the indexes that the project's own files define"
    other = Index("https://mine.example.com/simple/")
    with pytest.raises(SourceError, match="none of the indexes that the project's own files define is on mine"):
        source.find(asked(other.url, other))
    assert tool.questions == []


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("./acme-token", id="a path in the folder"),
        pytest.param("bin/acme-token", id="a path below it"),
        pytest.param("../acme-token", id="a path above it"),
        pytest.param("..", id="the folder above it"),
        pytest.param("{bin}/acme-token", id="an absolute path, of what is on PATH"),
        pytest.param("~/acme-token", id="a path at home"),
        pytest.param("acme-token --all", id="an argument"),
        pytest.param("acme-token\n", id="a line end"),
        pytest.param("acme-token;id", id="a shell's word"),
        pytest.param("$(id)", id="a substitution"),
        pytest.param("--help", id="an option"),
        pytest.param("", id="nothing"),
        pytest.param("bin\\acme-token", id="a path of Windows"),
        pytest.param("C:acme-token", id="a drive of Windows"),
        pytest.param("C:\\acme-token", id="a whole path of Windows"),
        pytest.param("acme-token\0", id="a NUL"),
        pytest.param("acmé-token", id="a letter that looks like another"),
        pytest.param(["acme-token"], id="a list"),
        pytest.param(["acme-token", "--all"], id="a list with an argument"),
        pytest.param(1, id="a number"),
    ],
)
def test_a_project_names_nothing_but_a_name(workdir: Path, tool: FakeHelper, value: object) -> None:
    """One warning that says where it stands and what to do, a miss, and nothing is run."""
    FakeHelper(workdir)
    FakeHelper(workdir / "bin")
    FakeHelper(workdir.parent)
    text = value.format(bin=tool.path.parent) if isinstance(value, str) else value
    escaped = repr(text).replace("'", '"').replace("\\x00", "\\u0000") if isinstance(text, (str, list)) else str(text)
    project(workdir, f"credential-helper = {escaped}")
    source = Source()
    assert source.find(asked(index=AUTO)) is None
    (warning,) = source.warnings
    assert warning.startswith(
        f"helper: {workdir / 'pyproject.toml'}, line 4: tool.requests-indexauth.credential-helper: "
    )
    assert "may name a helper only by the name of a program on PATH, without a folder or arguments" in warning
    assert tool.questions == FakeHelper(workdir).questions == FakeHelper(workdir / "bin").questions == []


@scripts
@pytest.mark.parametrize("entry", ["", ".", "bin", "./bin", "{here}", "{here}/", "{link}"])
def test_nothing_of_the_working_folder_is_run_for_a_project(
    workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry: str
) -> None:
    """Whatever PATH says, not even with the folder's full name or a link to it."""
    here = FakeHelper(workdir)
    below = FakeHelper(workdir / "bin")
    (tmp_path / "link").symlink_to(workdir)
    monkeypatch.setenv("PATH", entry.format(here=workdir, link=tmp_path / "link"))
    project(workdir, 'credential-helper = "acme-token"')
    with pytest.raises(SourceError, match="there is no acme-token on PATH"):
        Source().find(asked(index=AUTO))
    assert here.questions == below.questions == []


@scripts
def test_a_program_that_runs_others_finds_none_of_the_working_folder(
    workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`env get` looks for `get` on PATH: that of the helper has no such folder."""
    here = FakeHelper(workdir, name="get")
    tool = FakeHelper(tmp_path / "bin", "os.execvp('get', ['get'])")
    monkeypatch.setenv("PATH", os.pathsep.join([str(workdir), ".", "", str(tmp_path / "bin")]))
    project(workdir, 'credential-helper = "acme-token"')
    with pytest.raises(SourceError, match="failed with exit code 1"):
        Source().find(asked(index=AUTO))
    assert (len(tool.questions), here.questions) == (1, [])


@scripts
def test_what_the_user_names_comes_first(
    workdir: Path, tool: FakeHelper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project's more specific pattern does not take the place of the user's own."""
    project(workdir, 'credential-helper = {"pkgs.example.com" = "acme-token"}')
    own = FakeHelper(tmp_path / "own")
    monkeypatch.setenv("INDEXAUTH_CREDENTIAL_HELPER", f"*={own.path}")
    assert Source().find(asked(index=AUTO)) == TOKEN
    assert (len(own.questions), len(tool.questions)) == (1, 0)


def test_a_file_in_the_working_folder_names_nothing(workdir: Path) -> None:
    """The user's own file is the one in the user's own folder."""
    text = '[credential-helper]\n"*" = "acme-token"\n'
    (workdir / "requests-indexauth.toml").write_text(text)
    (workdir / "requests-indexauth").mkdir()
    (workdir / "requests-indexauth" / "requests-indexauth.toml").write_text(text)
    assert Source().skipped(asked()) == "no credential helper is named"


def test_a_relative_folder_of_settings_is_none(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`XDG_CONFIG_HOME=.` does not lead into the working folder."""
    (workdir / "requests-indexauth").mkdir()
    own = workdir / "requests-indexauth" / "requests-indexauth.toml"
    own.write_text('credential-helper = "acme-token"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")
    monkeypatch.setenv("APPDATA", os.curdir)
    assert Source().skipped(asked()) == "no credential helper is named"
