"""``indexauth list``: services and users, no secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...models.credentials import masked_username
from ...util.terminal import printable
from ..output import emit, say
from ..screen import Screen
from ..status_codes import DONE
from ..stores import FORMATS, add_keyring_provider, open_store

if TYPE_CHECKING:
    from ..parser import Options, Parser
    from ..stores import Store

DESCRIPTION = """\
Print the services that credentials are stored for, and their users. No secret is printed; a user name without a
password may be one, and is masked.
"""

EPILOG = """\
  indexauth list
  indexauth list --format json | jq -r '.[].service'

Exit codes: 0 printed; 2 wrong use or a damaged store.
"""


class Row(NamedTuple):
    """One stored credential, as it may be shown."""

    service: str
    username: str | None
    scheme: str


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    parser.add_argument(
        "--format", choices=FORMATS, default=FORMATS[0], help="json is a list of service, username and scheme"
    )
    add_keyring_provider(parser)


def run(options: Options) -> int:
    """Print the table, or the JSON."""
    rows = sorted(_rows(open_store(options.keyring_provider)), key=lambda row: (row.service, row.username or ""))
    if options.format == "json":
        import json  # noqa: PLC0415 - text needs none of it

        emit(json.dumps([row._asdict() for row in rows], indent=2))
        return DONE
    if not rows:
        say("No credential is stored: `indexauth login` stores one")
    width = max((len(row.service) for row in rows), default=0)
    screen = Screen()
    for row in rows:
        user = row.username if row.username is not None else "(bearer token)" if row.scheme == "bearer" else "(no user)"
        screen.line(printable(f"{row.service:<{width}}  {user}"))
    return DONE


def _rows(store: Store) -> list[Row]:
    return [Row(one.service, masked_username(one.user), one.credentials.scheme) for one in store.entries()]
