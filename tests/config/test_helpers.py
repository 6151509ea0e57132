"""Which credential helper is named for a host, by code, a variable, the user's file and the project's."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from requests_indexauth.config.helpers import MOST, configured_helpers, given_helpers
from requests_indexauth.config.places import own_config_file
from requests_indexauth.config.settings import discover

if TYPE_CHECKING:
    from requests_indexauth.errors import ConfigError

VARIABLE = "INDEXAUTH_CREDENTIAL_HELPER"
ROOT = "C:\\" if sys.platform == "win32" else "/"


class Configured:
    """What is configured now, and what is bad of it."""

    def __init__(self) -> None:
        """Read variables and files."""
        self.problems: list[str] = []
        self.places = configured_helpers(discover(self._take), self._take)

    def _take(self, error: ConfigError) -> None:
        self.problems.append(str(error))

    def command(self, host: str) -> tuple[str, ...] | None:
        """Return the command for a host."""
        found = next(filter(None, (place.find(host) for place in self.places)), None)
        return None if found is None else found.command


def own_file(text: str) -> Path:
    """Write the user's own file."""
    path = own_config_file()
    assert path is not None
    made = Path(path)
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(text, encoding="utf-8")
    return made


@pytest.mark.parametrize(
    ("given", "command"),
    [
        pytest.param("acme-token", ("acme-token",), id="a name"),
        pytest.param("acme-token --mount 'a b'", ("acme-token", "--mount", "a b"), id="arguments"),
        pytest.param(["acme-token", "a b"], ("acme-token", "a b"), id="a list"),
        pytest.param(("acme-token", Path("x")), ("acme-token", "x"), id="a tuple, a path"),
        pytest.param(f"{ROOT}opt{os.sep}token", (f"{ROOT}opt{os.sep}token",), id="a whole path"),
        pytest.param(Path(f"{ROOT}opt") / "a b", (str(Path(f"{ROOT}opt") / "a b"),), id="a path with a blank"),
        pytest.param("~/bin/token x", (str(Path("~/bin/token")), "x"), id="the home folder"),
    ],
)
def test_a_command(given: Any, command: tuple[str, ...], home: Path) -> None:
    """A text is taken apart as by a shell, a list is as it is."""
    found = given_helpers(given).find("example.com")
    assert found is not None
    assert [Path(word) for word in found.command] == [Path(word.replace("~", str(home))) for word in command]


@pytest.mark.parametrize(
    "text", ["", " ", "bin/token", "./token", "../token", "'open", "-x", "token;id", "$HOME/token"]
)
def test_what_is_no_command(text: str) -> None:
    """No relative path: whatever lies in the working folder would do."""
    with pytest.raises(ValueError, match=r"^credential_helper: "):
        given_helpers(text)


@pytest.mark.parametrize("given", [1, b"token", [1], {"a": 1}, {1: "token"}, {"a": {"b": "token"}}, [["token"]]])
def test_what_is_not_even_text(given: object) -> None:
    """A type checker finds it, too."""
    with pytest.raises(TypeError, match=r"^credential_helper: |expected str"):
        given_helpers(given)


def test_nothing_named() -> None:
    """By default there is no helper."""
    configured = Configured()
    assert (configured.places, configured.problems) == ([], [])


def test_the_variable_has_one_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blanks part a command's arguments, so that they cannot part commands."""
    monkeypatch.setenv(VARIABLE, "\n example.com = acme-token --protocol=bazel \n\n*.example.org=other\n")
    configured = Configured()
    assert configured.command("example.com") == ("acme-token", "--protocol=bazel")
    assert configured.command("a.example.org") == ("other",)
    assert configured.problems == []


def test_a_bad_line_is_told_unquoted_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other lines count."""
    monkeypatch.setenv(VARIABLE, "secret\nacme --token=secret\nexample.com=bin/secret\nexample.org=good")
    configured = Configured()
    assert configured.command("example.org") == ("good",)
    assert configured.command("example.com") is None
    assert [problem.partition(": ")[0] for problem in configured.problems] == [
        f"{VARIABLE}, line {number}" for number in (1, 2, 3)
    ]
    assert "secret" not in "".join(configured.problems)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('[credential-helper]\n"example.com" = "acme-token --x"', id="a table"),
        pytest.param('credential-helper = {"example.com" = ["acme-token", "--x"]}', id="an inline table"),
        pytest.param('credential-helper = "acme-token --x"', id="for every host"),
        pytest.param('credential-helper = ["acme-token", "--x"]', id="for every host, a list"),
    ],
)
def test_the_users_file(text: str) -> None:
    """It has the forms that code has."""
    own_file(text)
    configured = Configured()
    assert configured.command("example.com") == ("acme-token", "--x")
    assert configured.problems == []


def test_the_users_file_lies_beside_uvs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In the same folder of settings."""
    if sys.platform != "win32":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
        assert own_config_file() == str(tmp_path / "requests-indexauth" / "requests-indexauth.toml")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("x", ": not valid TOML (at ", id="no TOML"),
        pytest.param('helper = "x"', ", line 1: helper: no such key: the only one is credential-helper", id="a key"),
        pytest.param(
            "[credential-helper]\nexample.com = 'x'",
            ', line 1: credential-helper: write a host in quotes: "pkgs.example.com" = "command"',
            id="a host without quotes",
        ),
        pytest.param("credential-helper = 1", ", line 1: credential-helper: a command is a text", id="a number"),
        pytest.param(
            'credential-helper = {"h:1" = "x"}', ", line 1: credential-helper: a host pattern is", id="a pattern"
        ),
        pytest.param(
            'credential-helper = {"127.1" = "x"}',
            ", line 1: credential-helper: an IPv4 address in a host pattern has four decimal parts: write 127.0.0.1",
            id="a short address",
        ),
        pytest.param("credential-helper = './x'", ", line 1: credential-helper: a command begins with", id="a path"),
        pytest.param("credential-helper = ''", ", line 1: credential-helper: the command is empty", id="nothing"),
        pytest.param('"\\u001b[31m" = 1', ": ?[31m: no such key", id="what steers a terminal"),
    ],
)
def test_a_bad_file_is_told_in_one_line(text: str, problem: str) -> None:
    """With the file, the line and the key."""
    path = own_file(text)
    configured = Configured()
    assert len(configured.problems) == 1
    assert configured.problems[0].startswith(f"{path}{problem}")
    assert configured.command("example.com") is None


def test_the_place_that_decides(monkeypatch: pytest.MonkeyPatch, workdir: Path) -> None:
    """The variable, else the user's file, else the project's: for each host the first that has one."""
    (workdir / "pyproject.toml").write_text(
        '[tool.requests-indexauth]\ncredential-helper = "project"\n[[tool.uv.index]]\nurl = "https://c.example/simple"\n'
    )
    own_file('[credential-helper]\n"a.example" = "file"\n"*.example" = "file"\n"c.example" = "file"')
    monkeypatch.setenv(VARIABLE, "a.example=variable")
    commands = [Configured().command(host) for host in ("a.example", "b.example", "c.example", "d.org")]
    assert commands == [("variable",), ("file",), ("file",), ("project",)]


@pytest.mark.parametrize(
    ("variables", "commands"),
    [
        pytest.param({}, ("file", "project"), id="none"),
        pytest.param({"UV_NO_CONFIG": "1"}, (None, None), id="no files"),
        pytest.param({"UV_CONFIG_FILE": "uv.toml"}, ("file", None), id="another file of uv's in place of its files"),
        pytest.param({"UV_CONFIG_FILE": "uv.toml", "UV_NO_CONFIG": "1"}, (None, None), id="both"),
    ],
)
def test_uvs_switches(
    monkeypatch: pytest.MonkeyPatch, workdir: Path, variables: dict[str, str], commands: tuple[str | None, str | None]
) -> None:
    """What drops files for uv drops ours; the variable counts all the same."""
    (workdir / "uv.toml").write_text("")
    (workdir / "pyproject.toml").write_text('[tool.requests-indexauth]\ncredential-helper = "project"\n')
    own_file('credential-helper = {"a.example" = "file"}')
    monkeypatch.setenv(VARIABLE, "c.example=variable")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    configured = Configured()
    found = [configured.command(host) for host in ("a.example", "b.example", "c.example")]
    assert found == [*((name,) if name else None for name in commands), ("variable",)]


@pytest.mark.parametrize("name", ["pyproject.toml", "uv.toml"])
def test_a_folder_below_a_project_without_a_name_has_its_helper(
    workdir: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """As it has its indexes: uv takes the nearest file above."""
    table = '[tool.requests-indexauth]\ncredential-helper = "acme-token"\n'
    (workdir / "pyproject.toml").write_text(table)
    with (workdir / name).open("a") as file:
        file.write(f'[[{"tool.uv." if name == "pyproject.toml" else ""}index]]\nurl = "https://acme.example/simple/"\n')
    (workdir / "below").mkdir()
    monkeypatch.chdir(workdir / "below")
    configured = Configured()
    assert (configured.command("acme.example"), configured.problems) == (("acme-token",), [])


@pytest.mark.parametrize("by", ["variable", "file"])
def test_a_project_cannot_name_the_users_helper_for_more_hosts(
    workdir: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    """It may answer whatever it is asked with one token, and the project chooses what it is asked for."""
    if by == "variable":
        monkeypatch.setenv(VARIABLE, "good.example=/opt/acme/bin/acme-token --all")
    else:
        own_file('[credential-helper]\n"good.example" = "acme-token"\n')
    (workdir / "pyproject.toml").write_text(
        '[tool.requests-indexauth.credential-helper]\n"evil.example" = "acme-token"\n"other.example" = "other-token"\n'
        '[[tool.uv.index]]\nurl = "https://evil.example/simple/"\n'
    )
    configured = Configured()
    assert configured.command("evil.example") is None
    assert configured.command("other.example") == ("other-token",)
    assert ["the user has named acme-token for hosts" in problem for problem in configured.problems] == [True]


def test_a_large_file_of_a_project_costs_a_moment(workdir: Path) -> None:
    """However many patterns and keys it has, one warning is for all that is alike."""
    keys = "\n".join(f'k{number} = "x"' for number in range(5_000))
    patterns = ", ".join(f'"h{number}.example" = "./x"' for number in range(MOST))
    text = f"[tool.requests-indexauth]\n{keys}\ncredential-helper = {{{patterns}}}\n"
    (workdir / "pyproject.toml").write_text(text)
    assert len(set(Configured().problems)) == 2


def test_too_many_patterns_are_none(workdir: Path) -> None:
    """Each would be encoded: one line says so."""
    patterns = ", ".join(f'"é{number}.example" = "x"' for number in range(MOST + 1))
    (workdir / "pyproject.toml").write_text(
        f"[tool.requests-indexauth]\ncredential-helper = {{{patterns}}}\n", encoding="utf-8"
    )
    configured = Configured()
    assert [problem.rpartition(": ")[2] for problem in configured.problems] == ["use fewer, with wildcards"]
    assert configured.places == []
