"""uv's files as tables: values of the right type come out, of the wrong type a problem; lines are found."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.config.toml import UvFile, line_numbers, parse_toml, read_text
from requests_indexauth.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

PATH = "/p/uv.toml"


def uv_file(text: str) -> UvFile:
    """Return a `uv.toml` with this text."""
    return UvFile(PATH, text, parse_toml(PATH, text))


def test_missing_file_is_none(tmp_path: Path) -> None:
    """A file that is not there, or below what is no folder, is none."""
    (tmp_path / "file").touch()
    assert read_text(str(tmp_path / "none")) is None
    assert read_text(str(tmp_path / "file" / "none")) is None


def test_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    """A mark that some editors write is no part of the text."""
    (tmp_path / "f").write_bytes(b"\xef\xbb\xbfx = 1\r\n")
    assert read_text(str(tmp_path / "f")) == "x = 1\r\n"


def test_what_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    """A folder in the file's place, text that is none, and a path that is none are errors that quote nothing."""
    (tmp_path / "f").write_bytes(b"secret\xff")
    for path in (str(tmp_path), str(tmp_path / "f"), "a\0b"):
        with pytest.raises(ConfigError) as caught:
            read_text(path)
        assert str(caught.value).startswith(f"{path}: ")
        assert "secret" not in str(caught.value).removeprefix(path)


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="permissions do not hold back this user")
def test_permissions(tmp_path: Path) -> None:
    """A file we may not read is reported; one in a folder we may not enter cannot be known of."""
    path = tmp_path / "folder" / "f"
    path.parent.mkdir()
    path.touch(mode=0)
    with pytest.raises(ConfigError, match="cannot be read"):
        read_text(str(path))
    path.parent.chmod(0)
    assert read_text(str(path)) is None
    path.parent.chmod(0o700)


@pytest.mark.parametrize("exists", [True, False])
def test_permission_denied(monkeypatch: pytest.MonkeyPatch, exists: bool) -> None:  # noqa: FBT001
    """The same, as the operating system would tell it to a user it holds back."""

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    monkeypatch.setattr(os.path, "exists", lambda _: exists)
    if exists:
        with pytest.raises(ConfigError, match=r"^/x: cannot be read \(Permission denied\)"):
            read_text("/x")
    else:
        assert read_text("/x") is None


@pytest.mark.parametrize(
    ("text", "position"),
    [
        pytest.param("secret", " (at end of document)", id="end"),
        pytest.param("x = 1\nsecret = [1\ny = 2", r" (at line 3, column 3)", id="line"),
        pytest.param("x = " + "[" * 100_000, "", id="too deep"),
    ],
)
def test_broken_toml(text: str, position: str) -> None:
    """The position is told, and nothing of the text."""
    with pytest.raises(ConfigError) as caught:
        parse_toml(PATH, text)
    message = str(caught.value)
    assert message.startswith(f"{PATH}: not valid TOML")
    assert "secret" not in message
    if position != "":
        assert "(at " in message
    assert message.endswith(": correct the file")


def test_values_of_the_right_type() -> None:
    """Strings, arrays of strings, tables and arrays of tables come out as they are; what is missing as nothing."""
    problems: list[ConfigError] = []
    file = uv_file('text = "a"\ntexts = ["a", "b"]\n[section]\nkey = "c"\n[[index]]\nurl = "d"')
    assert file.text("text", problems.append) == "a"
    assert file.texts("texts", problems.append) == ["a", "b"]
    assert list(file.tables("index", problems.append)) == [(0, {"url": "d"})]
    section = file.section("section", problems.append)
    assert section is not None
    assert section.text("key", problems.append) == "c"
    assert section.where("key") == f"{PATH}, line 4: section.key"
    assert file.text("none", problems.append) is None
    assert file.texts("none", problems.append) == []
    assert list(file.tables("none", problems.append)) == []
    assert file.section("none", problems.append) is None
    assert problems == []


def test_values_of_the_wrong_type() -> None:
    """Each is reported with its place; the sound parts of an array stay."""
    problems: list[str] = []

    def problem(error: ConfigError) -> None:
        problems.append(str(error))

    file = uv_file("text = 1\ntexts = 'x'\nsome = ['a', 2]\nindex = [{url = 'd'}, 3]\nsection = 4\nother = {}")
    assert file.text("text", problem) is None
    assert file.texts("texts", problem) == []
    assert file.texts("some", problem) == ["a"]
    assert list(file.tables("index", problem)) == [(0, {"url": "d"})]
    assert list(file.tables("other", problem)) == []
    assert file.section("section", problem) is None
    assert problems == [
        f"{PATH}, line 1: text: must be a string",
        f"{PATH}, line 2: texts: must be an array of strings",
        f"{PATH}, line 3: some[1]: must be a string",
        f"{PATH}, line 4: index[1]: must be a table with a url",
        f"{PATH}, line 6: other: must be an array of tables: write [[other]]",
        f"{PATH}, line 5: section: must be a table: write [section]",
    ]


def test_lines_of_any_layout() -> None:
    """Spaces, quotes and dots in headers and keys do not hide a line."""
    first = ' [[ tool . "uv" .index ]] # one\n"name"= "a"\n\n'
    text = first + '[tool.uv.pip]\n index-url="x"\n[[tool.uv.index]]\nurl="y"\n[t]\nz=1'
    assert line_numbers(text, "tool.uv.", 2) == {
        "index": 1,
        "index[0]": 1,
        "index[0].name": 2,
        "pip": 4,
        "pip.index-url": 5,
        "index[1]": 6,
        "index[1].url": 7,
    }


def test_no_line_is_better_than_a_wrong_one() -> None:
    """A header inside a string is seen through: there are more than the parser found, so none is told."""
    text = 'x = """\n[[index]]\n"""\n[[index]]\nurl = "a"\n'
    assert uv_file(text).where("index[0]") == f"{PATH}: index[0]"


def test_line_of_an_inline_array() -> None:
    """Where tables are written inline, the line of the key will do."""
    assert uv_file('\nindex = [{url = "a"}]').where("index[0]", "index") == f"{PATH}, line 2: index[0]"


@given(
    st.lists(
        st.fixed_dictionaries({"url": st.text()}, optional={"name": st.text(), "default": st.booleans()}), max_size=5
    ),
    st.dictionaries(
        st.from_regex(r"[a-z-]{1,8}", fullmatch=True).filter(lambda key: key != "index"), st.text(), max_size=4
    ),
)
def test_lines_of_written_files(tables: list[dict[str, object]], keys: dict[str, str]) -> None:
    """In what a TOML writer writes, each key and each table is found where it is."""
    text = tomli_w.dumps({**keys, "index": tables}).replace("\r", "\\r")
    lines = text.split("\n")
    found = line_numbers(text, "", len(tables))
    for key in keys:
        assert lines[found[key] - 1].startswith((f"{key} =", f'"{key}" ='))
    if lines.count("[[index]]") == len(tables):
        headers = [number for number, line in enumerate(lines, 1) if line == "[[index]]"]
        assert [found[f"index[{place}]"] for place in range(len(tables))] == headers
