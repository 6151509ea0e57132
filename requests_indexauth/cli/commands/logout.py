"""``indexauth logout``: forgets a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..arguments import Arguments
from ..errors import CommandError
from ..output import say
from ..status_codes import DONE
from ..stores import TOKEN_USER, Service, open_store, owner, provider, refuse_to_choose, users_at

if TYPE_CHECKING:
    from ..stores import Store

HELP = """\
indexauth logout SERVICE [-u NAME]
indexauth logout --all

Forget a credential, on this machine: a token stays valid until it is revoked where it was made.

  indexauth logout https://pkgs.example.com/team/simple/ -u me
  indexauth logout --all

SERVICE is what `indexauth list` shows, the name of a configured index, pypi or testpypi.

Options
  -u, --username NAME    whose. Without it: that of the user __token__, else of the only user there is
  --all                  everything that is stored
  --keyring-provider native|disabled
                         forget it in the system's own store (uv's preview feature native-auth), or in the file
  -h, --help             this text

Exit codes: 0 forgotten; 1 nothing found, or several users to choose from; 2 wrong use or a damaged store.
"""

_LOCALLY = "here only: what the server accepts it still accepts, until you revoke it there"


def run(arguments: list[str]) -> int:
    """Remove one credential, or all of them."""
    given = Arguments("logout", arguments, "u:username=", "all", "keyring-provider=")
    keyring_provider = provider(given)
    if "all" in given:
        given.conflict("all", "username")
        if given.operands:
            given.refuse("--all and a SERVICE do not go together")
        return _remove_all(open_store(keyring_provider))
    service = Service(given, given.operand("SERVICE"))
    return _remove(open_store(keyring_provider), service)


def _remove_all(store: Store) -> int:
    count = store.clear()
    if not count:
        say("Nothing is stored")
    else:
        say(f"Removed {count} credential{'' if count == 1 else 's'}, {_LOCALLY}")
    return DONE


def _remove(store: Store, service: Service) -> int:
    username = service.username
    if username is None:
        users = users_at(store, service)
        if len(users) > 1 and TOKEN_USER not in users:
            refuse_to_choose(service.url, users)
        username = TOKEN_USER if TOKEN_USER in users else next(iter(users), None)
    if not store.remove(service.page, username):
        covering = store.find(service.page, username)
        see = f"`indexauth logout {covering[0].service}` forgets what covers it" if covering else "see `indexauth list`"
        message = f"nothing is stored for {owner(service.url, username)}: {see}"
        raise CommandError(message)
    named = username if service.username is None else str(username)  # who typed it may read it
    say(f"Removed credentials for {owner(service.url, named)}, {_LOCALLY}")
    return DONE
