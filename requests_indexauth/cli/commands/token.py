"""``indexauth token``: prints the stored secret."""

from __future__ import annotations

from ...models.credentials import TOKEN_USER
from ..output import emit
from ..status_codes import DONE
from ..stores import (
    FORMATS,
    Service,
    add_keyring_provider,
    add_service,
    add_username,
    open_store,
    owner,
    refuse_to_choose,
)

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from ...models.credentials import Credentials
    from ..parser import Options, Parser

DESCRIPTION = """\
Print the secret that is stored for a service: the entry with the longest path that covers it counts.
"""

EPILOG = """\
  indexauth token https://pkgs.example.com/team/simple/
  curl -u "me:$(indexauth token pkgs.example.com -u me)" https://pkgs.example.com/simple/
  indexauth token corp --resolve --format json

Exit codes: 0 printed; 1 nothing found, or several users to choose from; 2 wrong use or a damaged store.
"""


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    add_service(parser)
    add_username(parser, "whose secret")
    parser.add_argument(
        "--resolve",
        action="store_true",
        help="ask every source, as a request would: variables, netrc, the store, .pypirc, helper, keyring",
    )
    parser.add_argument("--format", choices=FORMATS, default=FORMATS[0], help="json has service, username and token")
    add_keyring_provider(parser)


def run(options: Options) -> int:
    """Find the secret and print it."""
    if options.resolve and options.keyring_provider is not None:
        options.refuse("--resolve and --keyring-provider do not go together")
    service = Service(options, options.service)
    if options.resolve:
        username, credentials = _resolved(service)
    else:
        username, credentials = _stored(service, options.keyring_provider)
    secret = str(credentials.password if credentials.scheme == "basic" else credentials.token)
    if options.format == "json":
        import json  # noqa: PLC0415 - text needs none of it

        secret = json.dumps({"service": _name_of(service), "username": username, "token": secret})
    emit(secret)
    return DONE


def _name_of(service: Service) -> str:
    """Return what the store calls a service; of one that it does not take (plain http) the URL that was asked for."""
    from ...errors import StoreError  # noqa: PLC0415 - text needs none of it
    from ...models.url import without_query  # noqa: PLC0415 - text needs none of it

    try:
        return service.url
    except StoreError:
        return without_query(service.page)


def _stored(service: Service, keyring_provider: str | None) -> tuple[str | None, Credentials]:
    store = open_store(keyring_provider)
    found = store.find(service.page, service.username or TOKEN_USER)
    if not found and service.username is None:
        found = store.find(service.page)
    if len(found) > 1:
        refuse_to_choose(service.url, [entry.user for entry in found])
    if not found or not found[0].credentials.complete:
        from ..errors import CommandError  # noqa: PLC0415 - most look-ups find one

        what = "a user name, but no password," if found else "nothing"
        message = f"{what} is stored for {owner(service.url, service.username)}: see `indexauth list`"
        raise CommandError(message)
    return found[0].user, found[0].credentials


def _resolved(service: Service) -> tuple[str | None, Credentials]:
    from ...models.url import mask_query  # noqa: PLC0415
    from ...util.terminal import in_command  # noqa: PLC0415
    from ..authenticator import configured_authenticator  # noqa: PLC0415 - all the sources are a lot to import
    from ..errors import CommandError  # noqa: PLC0415

    with configured_authenticator() as authenticator:
        credentials = authenticator.resolve(service.page, service.username)
    if credentials is None:
        page = mask_query(service.page)
        message = f"no source has credentials for {page}: see `indexauth explain {in_command(page)}`"
        raise CommandError(message)
    return credentials.username, credentials
