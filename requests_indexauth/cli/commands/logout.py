"""``indexauth logout``: forgets a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.credentials import TOKEN_USER
from ...store.service import TOKEN_PAGES
from ...util.terminal import in_command
from ..errors import CommandError
from ..output import say
from ..status_codes import DONE
from ..stores import (
    Service,
    add_keyring_provider,
    add_service,
    add_username,
    open_store,
    owner,
    refuse_to_choose,
)

if TYPE_CHECKING:
    from ..parser import Options, Parser
    from ..stores import Store

DESCRIPTION = """\
Forget a credential, on this machine: a token stays valid until it is revoked where it was made.
"""

EPILOG = """\
  indexauth logout https://pkgs.example.com/team/simple/ -u me
  indexauth logout --all

Exit codes: 0 forgotten; 1 nothing found, or several users to choose from; 2 wrong use or a damaged store.
"""

_LOCALLY = "here only: the server still accepts what was stored, until you revoke it"


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    add_service(parser)
    add_username(parser, "whose")
    parser.add_argument("--all", action="store_true", help="everything that is stored")
    add_keyring_provider(parser)


def run(options: Options) -> int:
    """Remove one credential, or all of them."""
    if not options.all:
        service = Service(options, options.service)
        return _remove(open_store(options.keyring_provider), service)
    if options.username is not None:
        options.refuse("--all and --username do not go together")
    if options.service is not None:
        options.refuse("--all and a SERVICE do not go together")
    return _remove_all(open_store(options.keyring_provider))


def _remove_all(store: Store) -> int:
    count = store.clear()
    if not count:
        say("Nothing is stored")
    else:
        say(f"Removed {count} credential{'' if count == 1 else 's'}, {_LOCALLY} there")
    return DONE


def _remove(store: Store, service: Service) -> int:
    username = service.username
    if username is None:
        users = store.users(service.page)
        if len(users) > 1 and TOKEN_USER not in users:
            refuse_to_choose(service.url, users)
        username = TOKEN_USER if TOKEN_USER in users else next(iter(users), None)
    if not store.remove(service.page, username):
        covering = store.find(service.page, username)
        see = (
            f"`indexauth logout {in_command(covering[0].service)}` forgets what covers it"
            if covering
            else "see `indexauth list`"
        )
        message = f"nothing is stored for {owner(service.url, username)}: {see}"
        raise CommandError(message)
    named = username if service.username is None else str(username)  # who typed it may read it
    page = TOKEN_PAGES.get(service.url)
    say(f"Removed credentials for {owner(service.url, named)}, {_LOCALLY} {f'at {page}' if page else 'there'}")
    return DONE
