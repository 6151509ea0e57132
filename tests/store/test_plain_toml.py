"""The quick reader of the store's file: it says what a TOML parser says, or nothing."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.store.plain_toml import plain_document

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TABLE = """[[credential]]
service = "https://pkgs.example.com/team"
username = "mé"
scheme = "basic"
password = "p#w = 'x' [y]"
"""
PIECES = st.sampled_from(
    [
        *("[[credential]]", "[credential]", "\n[[credential]]\n", 'key = "value"', 'other = ""', "a = 'b'"),
        *("key", "a-b", "é", "1", "x", '"', "'", '""', '"""', "=", "#", ",", ".", "[", "]", "{", "}", "\\", "\\n"),
        *(" ", "\t", "\n", "\r\n", "\r", "\x00", "\x7f", "\u2028", "\xa0"),
    ]
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("\n\n", id="blank lines"),
        pytest.param(TABLE, id="one credential"),
        pytest.param(TABLE * 3, id="three credentials"),
        pytest.param(TABLE.replace("\n", "\r\n"), id="Windows' line ends"),
        pytest.param(TABLE.replace(" = ", "="), id="no spaces"),
        pytest.param("\t" + TABLE.replace("\n", " \t\n\t "), id="spaces at both ends"),
        pytest.param("[[credential]]", id="a table with nothing in it"),
        pytest.param('[[credential]]\nservice = ""', id="an empty string, and no line end"),
    ],
)
def test_a_plain_file_needs_no_parser(text: str) -> None:
    """What uv and we write is read at once, and as a parser reads it."""
    assert plain_document(text) == tomllib.loads(text)


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("# a comment", id="a comment"),
        pytest.param('key = "value" # a comment', id="a comment behind a value"),
        pytest.param('key = "a\\u0062c"', id="an escape"),
        pytest.param("key = 'value'", id="a literal string"),
        pytest.param('key = """value"""', id="three quotes"),
        pytest.param('key = "a", other = "b"', id="two on a line"),
        pytest.param("key = 1", id="a number"),
        pytest.param('a.b = "value"', id="a dotted key"),
        pytest.param('"key" = "value"', id="a quoted key"),
        pytest.param('é = "value"', id="a key beyond ASCII"),
        pytest.param('service = "again"', id="a key that is there already"),
        pytest.param('key = "a\tb"', id="a tabulator in a string"),
        pytest.param('key = "a\rb"', id="a lone carriage return"),
        pytest.param("key", id="no value"),
        pytest.param('= "value"', id="no key"),
        pytest.param('key = "', id="one quote"),
        pytest.param("[other]", id="another table"),
        pytest.param("[[credential]] # a comment", id="a comment behind a header"),
    ],
)
def test_anything_else_is_left_to_a_parser(line: str) -> None:
    """It may be good TOML that means something else, or bad TOML of which a parser says what is wrong."""
    assert plain_document(f"{TABLE}{line}\n") is None


def test_a_key_before_the_first_table_is_left_to_a_parser() -> None:
    """It belongs to no credential."""
    assert plain_document(f'key = "value"\n{TABLE}') is None


@given(st.lists(PIECES, max_size=12).map("".join), st.booleans())
def test_the_quick_reader_agrees_with_a_parser(text: str, after: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Whatever the file is: the same document, or no word of it."""
    text = TABLE + text if after else text
    found = plain_document(text)
    if found is not None:
        assert found == tomllib.loads(text)
