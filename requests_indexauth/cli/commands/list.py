"""``indexauth list``: services and users, no secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ...models.credentials import shown
from ...util.terminal import printable
from ..arguments import Arguments
from ..output import emit, say
from ..screen import Screen
from ..status_codes import DONE
from ..stores import open_store, provider

if TYPE_CHECKING:
    from ..stores import Store

HELP = """\
indexauth list [--format text|json]

Print the services that credentials are stored for, and their users. No secret is printed; a user name without a
password may be one, and is masked.

  indexauth list
  indexauth list --format json | jq -r '.[].service'

Options
  --format text|json     json is a list of service, username and scheme
  --keyring-provider native|disabled
                         list the system's own store (uv's preview feature native-auth), or the file
  -h, --help             this text

Exit codes: 0 printed; 2 wrong use or a damaged store.
"""


class Row(NamedTuple):
    """One stored credential, as it may be shown."""

    service: str
    username: str | None
    scheme: str


def run(arguments: list[str]) -> int:
    """Print the table, or the JSON."""
    given = Arguments("list", arguments, "format=", "keyring-provider=")
    given.no_operands()
    form = given.choice("format", "text", "json")
    rows = sorted(_rows(open_store(provider(given))), key=lambda row: (row.service, row.username or ""))
    if form == "json":
        import json  # noqa: PLC0415 - text needs none of it

        emit(json.dumps([row._asdict() for row in rows], indent=2))
        return DONE
    if not rows:
        say("Nothing is stored; `indexauth login` does that")
    width = max((len(row.service) for row in rows), default=0)
    screen = Screen()
    for row in rows:
        user = row.username if row.username is not None else "(bearer token)" if row.scheme == "bearer" else "(no user)"
        screen.line(printable(f"{row.service:<{width}}  {user}"))
    return DONE


def _rows(store: Store) -> list[Row]:
    return [Row(one.service, shown(one.user), one.credentials.scheme) for one in store.entries()]
