"""``indexauth token``: prints the stored secret."""

from __future__ import annotations

from ..arguments import Arguments
from ..output import emit
from ..status_codes import DONE
from ..stores import TOKEN_USER, Service, open_store, owner, provider, refuse_to_choose

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from ...models.credentials import Credentials

HELP = """\
indexauth token SERVICE [-u NAME] [--resolve] [--format text|json]

Print the secret that is stored for a service: the entry with the longest path that covers it counts.

  indexauth token https://pkgs.example.com/team/simple/
  curl -u "me:$(indexauth token pkgs.example.com -u me)" https://pkgs.example.com/simple/
  indexauth token corp --resolve --format json

SERVICE is a URL, a host (https then), the name of a configured index, pypi or testpypi.

Options
  -u, --username NAME    whose secret. Without it: that of the user __token__, else of the only user there is
  --resolve              ask every source, as a request would: variables, netrc, the store, .pypirc, keyring
  --format text|json     json has service, username and token
  --keyring-provider native|disabled
                         look in the system's own store (uv's preview feature native-auth), or in the file
  -h, --help             this text

Exit codes: 0 printed; 1 nothing found, or several users to choose from; 2 wrong use or a damaged store.
"""


def run(arguments: list[str]) -> int:
    """Find the secret and print it."""
    given = Arguments("token", arguments, "u:username=", "resolve", "format=", "keyring-provider=")
    form = given.choice("format", "text", "json")
    given.conflict("resolve", "keyring-provider")
    keyring_provider = provider(given)
    service = Service(given, given.operand("SERVICE"))
    if "resolve" in given:
        username, credentials = _resolved(service)
    else:
        username, credentials = _stored(service, keyring_provider)
    secret = str(credentials.password if credentials.scheme == "basic" else credentials.token)
    if form == "json":
        import json  # noqa: PLC0415 - text needs none of it

        secret = json.dumps({"service": service.url, "username": username, "token": secret})
    emit(secret)
    return DONE


def _stored(service: Service, keyring_provider: str | None) -> tuple[str | None, Credentials]:
    store = open_store(keyring_provider)
    found = store.find(service.page, service.username or TOKEN_USER)
    if not found and service.username is None:
        found = store.find(service.page)
    if len(found) > 1:
        refuse_to_choose(service.url, [entry.user for entry in found])
    if not found or not found[0].credentials.complete:
        from ..errors import CommandError  # noqa: PLC0415 - whoever asks mostly has one

        what = "a user name, but no password," if found else "nothing"
        message = f"{what} is stored for {owner(service.url, service.username)}: see `indexauth list`"
        raise CommandError(message)
    return found[0].user, found[0].credentials


def _resolved(service: Service) -> tuple[str | None, Credentials]:
    from ...models.url import without_query  # noqa: PLC0415
    from ..engine import authenticator  # noqa: PLC0415 - all the sources are a lot to import
    from ..errors import CommandError  # noqa: PLC0415

    with authenticator() as engine:
        credentials = engine.resolve(service.page, service.username)
    if credentials is None:
        page = without_query(service.page)
        message = f"no source has credentials for {page}: see `indexauth explain {page}`"
        raise CommandError(message)
    return credentials.username, credentials
