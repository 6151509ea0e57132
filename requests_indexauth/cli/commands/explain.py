"""``indexauth explain``: why a credential is sent, or why none is."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ...core.authenticator import Authenticator
from ...models.choices import PROVIDERS
from ..authenticator import warnings_shown
from ..output import emit
from ..screen import Screen
from ..settings import settings
from ..status_codes import DONE, NOT_FOUND
from ..stores import FORMATS, Service

if TYPE_CHECKING:
    from typing import Any

    from ...config.settings import Settings
    from ...explain.explanation import Explanation
    from ..live.as_pip import AsPip
    from ..parser import Options, Parser

CLIENTS = ("requests", "pip")

DESCRIPTION = """\
Say which index and policy apply to a URL, what every source of credentials has for it, and what would be sent; and what
to do when that is nothing, or not right. No secret is shown.
"""

EPILOG = """\
  indexauth explain https://pkgs.example.com/team/simple/
  indexauth explain https://pkgs.example.com/team/simple/ --live        makes the request too
  indexauth explain https://pkgs.example.com/team/simple/ --live --for pip    as pip-indexauth makes it
  indexauth explain corp --format json | jq .advice                     for the index `corp` of uv.toml

Exit codes: 0 a credential was found (with --live: the server answered well); 1 no credential was found (a user name
alone does not count), or it was refused; 2 wrong use or configuration.
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
        "--for",
        dest="client",
        choices=CLIENTS,
        default=CLIENTS[0],
        help="pip: with pip's cert, client-cert, proxy, trusted-host and keyring-provider, as pip-indexauth does it",
    )
    parser.add_argument(
        "--keyring-provider", choices=tuple(PROVIDERS), help="how to ask a keyring, in place of the configured provider"
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        default=FORMATS[0],
        help="json has url, index, policy, sources, would_send, attempts and advice",
    )


def run(options: Options) -> int:
    """Explain, and show it."""
    service = Service(options, options.url)
    url = service.written
    configured = settings()
    provider = None if options.keyring_provider is None else PROVIDERS[options.keyring_provider]
    pip = _as_pip(url, configured, provider) if options.client == "pip" else None
    with warnings_shown():
        explanation = (_live if options.live else _explain)(url, service.username, configured, provider, pip)
    if options.format == "json":
        emit(json.dumps(explanation.as_dict(), indent=2))
    else:
        _show(explanation, "" if pip is None else str(pip))
    good = explanation.answered if options.live else explanation.credentials is not None
    return DONE if good else NOT_FOUND


def _as_pip(url: str, configured: Settings, keyring_provider: str | None) -> AsPip:
    from ..live.as_pip import AsPip  # noqa: PLC0415 - only where pip is asked about

    return AsPip(url, configured, keyring_provider)


def _authenticator_options(provider: str | None, pip: AsPip | None) -> dict[str, Any]:
    """Return the options of what looks the credential up."""
    if pip is None:
        return {"keyring_provider": provider}
    return {"keyring_provider": pip.keyring_provider, "indexes": pip.indexes, "for_pip": True}


def _explain(
    url: str, username: str | None, configured: Settings, provider: str | None, pip: AsPip | None
) -> Explanation:
    authenticator = Authenticator(**_authenticator_options(provider, pip))
    authenticator.use(configured)
    return authenticator.explain(url, username)


def _live(url: str, username: str | None, configured: Settings, provider: str | None, pip: AsPip | None) -> Explanation:
    from ..live.explain import WatchedAuthenticator, explain_live  # noqa: PLC0415 - it imports requests
    from ..live.options import AS_PLAIN  # noqa: PLC0415 - only `--live` needs it

    authenticator = WatchedAuthenticator(**_authenticator_options(provider, pip))
    authenticator.use(configured)
    return explain_live(url, username, authenticator, AS_PLAIN if pip is None else pip.live_options())


def _show(explanation: Explanation, as_pip: str) -> None:
    from ...explain.text import lines  # noqa: PLC0415 - JSON needs none of it

    screen = Screen()
    for style, line in lines(explanation, explanation.advice, screen.width, as_pip=as_pip):
        screen.line(screen.style(style, line) if style else line)
