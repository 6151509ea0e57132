"""Ini files: what they say, and where one is broken."""

from __future__ import annotations

import pytest

from requests_indexauth.config.ini import IniSyntaxError, parse_ini


def test_values_are_text_as_written() -> None:
    """A percent sign stands for itself: a password may have one."""
    parser = parse_ini("[pypi]\npassword = 100%(sure)s\n")
    assert dict(parser["pypi"]) == {"password": "100%(sure)s"}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("secret = 1\n", 1, id="no section"),
        pytest.param("[a]\nsecret\n", 2, id="no value"),
        pytest.param("[a]\nx = 1\nx = 2\n", 3, id="a key twice"),
        pytest.param("[a]\nx = 1\n[a]\n", 3, id="a section twice"),
    ],
)
def test_what_is_broken_is_named_by_its_line_alone(text: str, line: int) -> None:
    """The message and the context of the error quote nothing of the file."""
    with pytest.raises(IniSyntaxError) as caught:
        parse_ini(text)
    assert (caught.value.line, str(caught.value), caught.value.__context__) == (line, "not an ini file", None)
