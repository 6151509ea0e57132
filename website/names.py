"""A public name that the page of the Python interface writes as code becomes a link to what the page says of it."""

from __future__ import annotations

import re
from typing import Any

PAGE = "api.md"


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """Link the names (a hook of MkDocs): the headings have the anchors, and what is a link or heading stays so."""
    if page.file.src_uri != PAGE:
        return html
    anchors = {name: f"requests_indexauth.{name}" for name in re.findall(r'id="requests_indexauth\.(\w+)"', html)}
    pieces = re.split(r"(<(a|h\d|pre)\b.*?</\2>)", html, flags=re.DOTALL)
    # Of three pieces the first is between such elements, the second one of them, the third its name.
    pieces[::3] = [_linked(piece, anchors) for piece in pieces[::3]]
    return "".join(piece for number, piece in enumerate(pieces) if number % 3 < 2)  # noqa: PLR2004 - see above


def _linked(html: str, anchors: dict[str, str]) -> str:
    def link(match: re.Match[str]) -> str:
        anchor = anchors.get(match[1])
        return f'<a href="#{anchor}">{match[0]}</a>' if anchor else match[0]

    return re.sub(r"<code>(\w+)</code>", link, html)
