"""``indexauth explain``: why a credential is sent, or why none is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..engine import authenticator, warnings_shown
from ..output import emit
from ..screen import Screen
from ..settings import settings
from ..status_codes import DONE, NOT_FOUND
from ..stores import FORMATS, Service

if TYPE_CHECKING:
    from ...explain.explanation import Explanation
    from ..parser import Options, Parser

DESCRIPTION = """\
Say which index and policy apply to a URL, what every source of credentials has for it, and what would be sent; and what
to do when that is nothing, or not right. No secret is shown.
"""

EPILOG = """\
  indexauth explain https://pkgs.example.com/team/simple/
  indexauth explain https://pkgs.example.com/team/simple/ --live        makes the request too
  indexauth explain corp --format json | jq .advice                     for the index `corp` of uv.toml

Exit codes: 0 there is a credential (with --live: the server answered well); 1 there is none (a user name alone is
none), or it was refused; 2 wrong use or configuration.
"""


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    parser.add_argument("url", metavar="URL", help="a URL, a host, or the name of a configured index")
    parser.add_argument("-u", "--username", metavar="NAME", help="for this user name; it may also stand in the URL")
    parser.add_argument(
        "--live",
        action="store_true",
        help="make the request, and show each attempt: status, whose credential, the server's challenge",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="json has url, index, policy, sources, would_send, attempts and advice",
    )


def run(options: Options) -> int:
    """Explain, and show it."""
    text = options.url
    service = Service(options, text)
    url = text if "://" in text else service.page
    explanation = _live(url, service.username) if options.live else _explain(url, service.username)
    if options.format == "json":
        emit(json.dumps(explanation.as_dict(), indent=2))
    else:
        _show(explanation)
    good = explanation.answered if options.live else explanation.credentials is not None
    return DONE if good else NOT_FOUND


def _explain(url: str, username: str | None) -> Explanation:
    with authenticator() as engine:
        return engine.explain(url, username)


def _live(url: str, username: str | None) -> Explanation:
    from ..live import explain_live  # noqa: PLC0415 - it imports requests

    found = settings()
    with warnings_shown():
        return explain_live(url, username, found)


def _show(explanation: Explanation) -> None:
    from ...explain.text import lines  # noqa: PLC0415 - JSON needs none of it

    screen = Screen()
    for style, line in lines(explanation, explanation.advice, screen.width):
        screen.line(screen.style(style, line) if style else line)
