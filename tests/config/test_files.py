"""Which of uv's files count: the nearest from the workspace root up, the user's, the system's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from requests_indexauth.config import files as config_files
from requests_indexauth.config import places
from support.configuration import PROJECT, index_table, write_files
from support.platforms import UV_CONFIG


def read(cwd: Path, problems: list[str] | None = None) -> list[str]:
    """Return the paths of the files that count."""
    found: list[str] = []
    files = config_files.config_files(str(cwd), lambda error: found.append(str(error))).settings
    if problems is None:
        assert found == []
    else:
        problems += found
    return [file.path for file in files]


TOOL = "[tool.uv]\n"
ROOT = PROJECT + '[tool.uv.workspace]\nmembers = ["{}"]\n'
MEMBER = PROJECT + TOOL


@pytest.fixture(autouse=True)
def _no_system_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep this machine's own uv.toml out, and everything above the test's folder."""
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path / "system"))
    monkeypatch.setattr(config_files, "upwards", _upwards_to(tmp_path))


def _upwards_to(top: Path):  # type: ignore[no-untyped-def]  # noqa: ANN202
    real = places.upwards

    def upwards(folder: str):  # type: ignore[no-untyped-def]  # noqa: ANN202
        return (one for one in real(folder) if Path(one).is_relative_to(top))

    return upwards


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, None, id="nothing"),
        pytest.param({"uv.toml": ""}, "uv.toml", id="above"),
        pytest.param({"uv.toml": "", "a/uv.toml": ""}, "a/uv.toml", id="nearest"),
        pytest.param({"a/b/uv.toml": "", "a/b/pyproject.toml": TOOL}, "a/b/uv.toml", id="uv.toml over pyproject.toml"),
        pytest.param({"uv.toml": "", "a/pyproject.toml": TOOL}, "a/pyproject.toml", id="an empty [tool.uv] counts"),
        pytest.param({"uv.toml": "", "a/pyproject.toml": "[tool.x]"}, "uv.toml", id="another tool's table does not"),
        pytest.param({"uv.toml": "", "a/pyproject.toml": "# uv"}, "uv.toml", id="no table does not"),
        pytest.param({"uv.toml": "", "a/b/c/uv.toml": ""}, "uv.toml", id="nothing below"),
        pytest.param({"uv.toml": "", "a/pyproject.toml": PROJECT}, "uv.toml", id="above a project"),
        # From here on: the search starts at the workspace root, and a project alone is the root of its own.
        pytest.param({"pyproject.toml": MEMBER, "a/uv.toml": ""}, "pyproject.toml", id="below a project"),
        pytest.param({"pyproject.toml": PROJECT, "a/uv.toml": ""}, None, id="below a project without uv"),
        pytest.param({"pyproject.toml": "[project]\n[tool.uv]", "a/uv.toml": ""}, "a/uv.toml", id="no project's name"),
        pytest.param({"pyproject.toml": TOOL, "a/uv.toml": ""}, "a/uv.toml", id="below a [tool.uv] without project"),
        pytest.param(
            {"pyproject.toml": PROJECT + "[tool.uv]\nmanaged = false", "a/uv.toml": ""}, "a/uv.toml", id="not managed"
        ),
        pytest.param(
            {"pyproject.toml": "[tool.uv.workspace]", "a/uv.toml": ""}, "pyproject.toml", id="below a virtual root"
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("a/b"), "a/b/pyproject.toml": MEMBER}, "pyproject.toml", id="member"
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("a/b"), "uv.toml": "", "a/b/pyproject.toml": MEMBER},
            "uv.toml",
            id="root's uv.toml",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("a/b"), "a/b/pyproject.toml": PROJECT, "a/b/uv.toml": ""},
            "pyproject.toml",
            id="member's uv.toml",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("a"), "a/b/pyproject.toml": MEMBER}, "a/b/pyproject.toml", id="no member"
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("*"), "a/b/pyproject.toml": MEMBER}, "a/b/pyproject.toml", id="one star"
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("a/*/"), "a/b/pyproject.toml": MEMBER},
            "pyproject.toml",
            id="star at the end",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("**"), "a/b/pyproject.toml": MEMBER}, "pyproject.toml", id="two stars"
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("./a/**/b"), "a/b/pyproject.toml": MEMBER},
            "pyproject.toml",
            id="stars for none",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("**/x"), "a/b/pyproject.toml": MEMBER},
            "a/b/pyproject.toml",
            id="stars, no member",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format('a/*"]\nexclude = ["a/b'), "a/b/pyproject.toml": MEMBER},
            "a/b/pyproject.toml",
            id="excluded",
        ),
        pytest.param(
            {"pyproject.toml": ROOT.format("a/b"), "a/pyproject.toml": "", "a/b/pyproject.toml": MEMBER},
            "a/b/pyproject.toml",
            id="the next one up decides",
        ),
        pytest.param(
            {"pyproject.toml": PROJECT + "[tool.uv.workspace]\nmembers = 1\n", "a/b/pyproject.toml": MEMBER},
            "a/b/pyproject.toml",
            id="members of a wrong type",
        ),
    ],
)
def test_project_file(tmp_path: Path, files: dict[str, str], expected: str | None) -> None:
    """From a folder two deep, this file counts (each measured with the real uv)."""
    write_files(tmp_path, {"a/b/keep": "", **files})
    assert read(tmp_path / "a" / "b") == ([] if expected is None else [str(tmp_path / expected)])


def test_project_user_system(tmp_path: Path, home: Path, workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three kinds count, in this order."""
    monkeypatch.setattr(config_files, "upwards", lambda folder: [folder])
    write_files(workdir, {"uv.toml": ""})
    user = home / UV_CONFIG
    write_files(user, {"uv.toml": ""})
    system = tmp_path / "system" / "uv" / "uv.toml"
    write_files(system.parent, {"uv.toml": ""})
    monkeypatch.setattr(config_files, "system_config_file", lambda: str(system))
    assert read(workdir) == [str(path) for path in (workdir / "uv.toml", user / "uv.toml", system)]


def test_table_and_prefix(tmp_path: Path) -> None:
    """Of a pyproject.toml the table [tool.uv] is what counts."""
    write_files(tmp_path, {"pyproject.toml": index_table("https://h", tool=True)})
    (file,) = config_files.config_files(str(tmp_path), lambda _: None).settings
    assert file.table == {"index": [{"url": "https://h"}]}
    assert file.where("index[0]") == f"{tmp_path / 'pyproject.toml'}, line 1: tool.uv.index[0]"


@pytest.mark.parametrize("text", ["x = [", "tool = 1\n", "[tool]\nuv = 3\n", "uv = [\n"])
def test_broken_pyproject_is_passed_over(tmp_path: Path, text: str) -> None:
    """What a pyproject.toml says wrong is reported once, and the search goes on above, as in uv."""
    write_files(tmp_path, {"uv.toml": "", "a/pyproject.toml": text})
    problems: list[str] = []
    assert read(tmp_path / "a", problems) == [str(tmp_path / "uv.toml")]
    assert len(problems) == 1
    assert str(tmp_path / "a" / "pyproject.toml") in problems[0]


def test_broken_uv_toml_ends_the_search(tmp_path: Path) -> None:
    """A uv.toml that does not parse was meant to count: what lies above does not stand in for it."""
    write_files(tmp_path, {"uv.toml": "", "a/uv.toml": "x = ["})
    problems: list[str] = []
    assert read(tmp_path / "a", problems) == []
    assert problems == [f"{tmp_path / 'a' / 'uv.toml'}: not valid TOML (at end of document): correct the file"]


def test_folder_for_a_file(tmp_path: Path) -> None:
    """A folder that is called like the file is reported."""
    (tmp_path / "uv.toml").mkdir()
    problems: list[str] = []
    assert read(tmp_path, problems) == []
    assert len(problems) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own there")
def test_link_to_nothing(tmp_path: Path) -> None:
    """A link that leads nowhere is no file: the search goes on."""
    write_files(tmp_path, {"uv.toml": "", "a/keep": ""})
    (tmp_path / "a" / "uv.toml").symlink_to("nowhere")
    assert read(tmp_path / "a") == [str(tmp_path / "uv.toml")]


@pytest.mark.parametrize("word", ["1", "true", "YES", "on", "t", "y"])
def test_no_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str) -> None:
    """UV_NO_CONFIG drops all files."""
    write_files(tmp_path, {"uv.toml": ""})
    monkeypatch.setenv("UV_NO_CONFIG", word)
    assert read(tmp_path) == []


@pytest.mark.parametrize("word", ["", "0", "false", "No", "off"])
def test_not_no_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, word: str) -> None:
    """A word that says no leaves the files."""
    write_files(tmp_path, {"uv.toml": ""})
    monkeypatch.setenv("UV_NO_CONFIG", word)
    assert read(tmp_path) == [str(tmp_path / "uv.toml")]


def test_bad_no_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A word that says neither is told of, and leaves the files."""
    write_files(tmp_path, {"uv.toml": ""})
    monkeypatch.setenv("UV_NO_CONFIG", "x")
    problems: list[str] = []
    assert read(tmp_path, problems) == [str(tmp_path / "uv.toml")]
    assert problems == ["UV_NO_CONFIG: must be true or false (or 1 or 0): correct or unset it"]


def test_config_file_replaces_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path) -> None:
    """UV_CONFIG_FILE stands in for all files, also under UV_NO_CONFIG; it is relative to the working folder."""
    write_files(tmp_path, {"uv.toml": "", "my.toml": ""})
    write_files(home, {f"{UV_CONFIG}/uv.toml": ""})
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_CONFIG_FILE", "my.toml")
    assert read(tmp_path) == [str(tmp_path / "my.toml")]


def test_config_file_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file that was named and is not there is reported; no other stands in for it."""
    write_files(tmp_path, {"uv.toml": ""})
    monkeypatch.setenv("UV_CONFIG_FILE", "my.toml")
    problems: list[str] = []
    assert read(tmp_path, problems) == []
    assert problems == ["UV_CONFIG_FILE: no such file: my.toml: correct or unset the variable"]


def test_config_file_broken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A named file that does not parse is reported once."""
    write_files(tmp_path, {"my.toml": "x"})
    monkeypatch.setenv("UV_CONFIG_FILE", str(tmp_path / "my.toml"))
    problems: list[str] = []
    assert read(tmp_path, problems) == []
    assert len(problems) == 1


def test_project_and_working_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """UV_WORKING_DIR leads elsewhere from the working folder, and UV_PROJECT from there, for the project only."""
    write_files(tmp_path, {"one/uv.toml": "", "one/two/uv.toml": "", "one/my.toml": ""})
    monkeypatch.setenv("UV_WORKING_DIR", "one")
    assert read(tmp_path) == [str(tmp_path / "one" / "uv.toml")]
    monkeypatch.setenv("UV_PROJECT", "two")
    assert read(tmp_path) == [str(tmp_path / "one" / "two" / "uv.toml")]
    monkeypatch.setenv("UV_CONFIG_FILE", "my.toml")
    assert read(tmp_path) == [str(tmp_path / "one" / "my.toml")]


def test_no_file_is_read_twice(tmp_path: Path) -> None:
    """A broken pyproject.toml that is looked at for the workspace and for itself is reported once."""
    write_files(tmp_path, {"pyproject.toml": "[tool.uv]\nx = [", "a/pyproject.toml": PROJECT + "# uv"})
    problems: list[str] = []
    assert read(tmp_path / "a", problems) == []
    assert len(problems) == 1


@pytest.mark.parametrize(("word", "counts"), [("1", False), ("True", False), ("0", True), ("", True)])
def test_no_system_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path, word: str, counts: bool) -> None:  # noqa: FBT001
    """UV_NO_SYSTEM_CONFIG drops the system's file, and no other."""
    write_files(tmp_path, {"uv.toml": "", "system/uv/uv.toml": ""})
    write_files(home / UV_CONFIG, {"uv.toml": ""})
    monkeypatch.setattr(config_files, "system_config_file", lambda: str(tmp_path / "system" / "uv" / "uv.toml"))
    monkeypatch.setenv("UV_NO_SYSTEM_CONFIG", word)
    found = [str(Path(path).name) for path in read(tmp_path)]
    assert len(found) == (3 if counts else 2)


def test_bad_no_system_config(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A word that says neither is reported."""
    monkeypatch.setenv("UV_NO_SYSTEM_CONFIG", "maybe")
    problems: list[str] = []
    assert read(tmp_path, problems) == []
    assert problems == ["UV_NO_SYSTEM_CONFIG: must be true or false (or 1 or 0): correct or unset it"]


ROOT = PROJECT + '[tool.uv.workspace]\nmembers = ["p/*"]\n'
CORP = index_table("https://h/corp", name="corp", tool=True)


def members(cwd: Path) -> tuple[list[str], list[str]]:
    """Return the members' files that count, from the folder on, and the problems."""
    problems: list[str] = []
    found = config_files.config_files(str(cwd), lambda error: problems.append(str(error)))
    return [Path(file.path).parent.name for file in found.members], problems


@pytest.mark.parametrize("where", ["", "p/a", "p/a/src"])
def test_files_of_a_workspaces_members(tmp_path: Path, where: str) -> None:
    """Their indexes count wherever in the workspace one is; those that uv does not manage are left out."""
    texts = {"a": CORP, "b": "", "c": f"{CORP}[tool.uv]\nmanaged = false\n", "d": CORP}
    write_files(tmp_path, {f"p/{name}/pyproject.toml": PROJECT + text for name, text in texts.items()})
    write_files(tmp_path, {"pyproject.toml": ROOT, "p/a/src/x": "", "q/pyproject.toml": PROJECT + CORP})
    assert members(tmp_path / where) == (["a", "d"], [])


def test_members_of_a_workspace_without_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What replaces or drops the files does so with the members' too."""
    write_files(tmp_path, {"pyproject.toml": ROOT, "p/a/pyproject.toml": PROJECT + CORP, "my.toml": ""})
    monkeypatch.setenv("UV_CONFIG_FILE", "my.toml")
    assert members(tmp_path) == ([], [])
    monkeypatch.delenv("UV_CONFIG_FILE")
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    assert members(tmp_path) == ([], [])


def test_a_broken_member_is_told_of_and_left_out(tmp_path: Path) -> None:
    """The others count."""
    write_files(tmp_path, {"pyproject.toml": ROOT, "p/a/pyproject.toml": "index", "p/b/pyproject.toml": PROJECT + CORP})
    found, problems = members(tmp_path)
    assert found == ["b"]
    assert [problem.startswith(f"{tmp_path / 'p' / 'a' / 'pyproject.toml'}: ") for problem in problems] == [True]


def test_members_that_are_too_large_together(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Somebody else may have written thousands of them."""
    write_files(tmp_path, {"pyproject.toml": ROOT, **{f"p/{one}/pyproject.toml": PROJECT + CORP for one in "abc"}})
    monkeypatch.setattr(config_files, "LARGEST", 2 * len(PROJECT + CORP))
    found, problems = members(tmp_path)
    assert found == ["a", "b"]
    remedy = "its members' files are too large, or too many cannot be read: the indexes of some are left out"
    assert problems == [f"{tmp_path / 'pyproject.toml'}: tool.uv.workspace: {remedy}"]


def test_members_that_are_too_many(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The rest of the configuration counts, and the file with the patterns is named."""
    monkeypatch.setattr("requests_indexauth.config.workspace.MOST_FOLDERS", 3)
    write_files(tmp_path, {"pyproject.toml": ROOT, **{f"p/{one}/pyproject.toml": PROJECT + CORP for one in "abcd"}})
    found, problems = members(tmp_path)
    assert found == []
    assert [problem.startswith(f"{tmp_path / 'pyproject.toml'}: tool.uv.workspace: ") for problem in problems] == [True]
