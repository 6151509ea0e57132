"""A page, and the address it comes from, are the server's: a look at them costs a moment, whatever stands there."""

from __future__ import annotations

import os

import pytest

from requests_indexauth.explain.sign_in import is_sign_in_page
from support.forking import in_forked_child


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the limit is a child's")
@pytest.mark.parametrize("piece", ["<a ", "<input ", "<input type ", "<input type=", "log ", "sso.", "/"])
def test_a_page_without_an_end_to_its_tags_costs_a_moment(piece: str) -> None:
    """A megabyte of it: looking on from each tag to the end of the page would be hours."""
    text = piece * (10**6 // len(piece))

    def look() -> bool:
        url = f"https://pkgs.example.com/{text}"
        return is_sign_in_page(200, "text/html", url, redirected=True, index_page=True, text=text)

    assert in_forked_child(look) == (piece == "sso.")


@pytest.mark.parametrize(
    ("page", "signs_in"),
    [
        ('<form><input name="p" type="password"></form>', True),
        ("<FORM><INPUT\nTYPE = Password ></FORM>", True),
        ('<input type="text"><a href="/password">', False),
        ("<p>please log in</p>", True),
        ('<p>please log in</p><a\nclass="x" href="/simple/x/">', False),
    ],
)
def test_a_page_is_known_by_its_tags(page: str, signs_in: object) -> None:
    """In any case, and over several lines."""
    url = "https://pkgs.example.com/simple/x/"
    assert is_sign_in_page(200, "text/html", url, redirected=False, index_page=True, text=page) is signs_in
