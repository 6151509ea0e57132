"""The TOML parser of every Python."""

from __future__ import annotations

import pytest

from requests_indexauth.util.toml import loads


def test_toml_is_parsed() -> None:
    """Every supported Python has a parser, of its own or of ``tomli``."""
    assert loads('[tool.uv]\nindex-url = "https://h/"\n') == {"tool": {"uv": {"index-url": "https://h/"}}}


def test_what_is_not_toml_is_a_value_error() -> None:
    """Both parsers raise a `ValueError`, which callers catch."""
    with pytest.raises(ValueError, match="line 1"):
        loads("a = \n")
