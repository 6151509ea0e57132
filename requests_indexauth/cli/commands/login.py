"""``indexauth login``: keeps a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.credentials import TOKEN_USER, Credentials
from ...util.terminal import can_prompt
from ..output import say
from ..prompts import ask, ask_hidden, read_secret
from ..status_codes import DONE
from ..stores import Service, add_keyring_provider, add_service, open_store, owner

if TYPE_CHECKING:
    from typing import NoReturn

    from ..parser import Options, Parser

DESCRIPTION = """\
Keep a credential where uv, pip-indexauth and everything that uses requests_indexauth find it. What is missing is asked
for; what is typed as a password is not shown.
"""

EPILOG = """\
The credential is for everything below that URL (a last /simple is dropped), on that host alone.

  indexauth login https://pkgs.example.com/team/simple/ -u me    asks for the password
  indexauth login --token - < token.txt                          a token for PyPI, out of a file
  indexauth login corp -u me --check                             for the index `corp` of uv.toml; tried out first

Exit codes: 0 kept; 1 the server refused it (--check); 2 wrong use or a damaged store.
"""


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    add_service(parser)
    parser.add_argument("-u", "--username", metavar="NAME", help="the user name; it may also stand in the URL")
    secret = parser.add_mutually_exclusive_group()
    secret.add_argument(
        "--password", help="the password; `-` reads it from stdin. Others can see what stands on a command line"
    )
    secret.add_argument("-t", "--token", help="a token, for the user name __token__; `-` reads it from stdin")
    parser.add_argument(
        "--check", action="store_true", help="make one request first, and keep nothing if the server refuses it"
    )
    add_keyring_provider(parser)


def run(options: Options) -> int:
    """Collect the parts, try them out if that is wanted, and store them."""
    has_token = options.token is not None
    if has_token and options.username is not None:
        options.refuse("--username and --token do not go together")
    service = Service(options, options.service)
    if has_token and (service.username or service.password):
        options.refuse("--token does not go together with a user name or password in the URL")
    if options.password is not None and service.password:
        options.refuse("a password is in the URL and in --password: give one of them")
    url = service.url  # what cannot be stored is refused before anybody types a password, or a server gets it
    default = " (PyPI, for no SERVICE is given)" if options.service is None else ""
    if "://" not in (options.service or "") and can_prompt():  # a name may stand for another URL in a project
        say(f"This is for {url}{default}")
    store = open_store(options.keyring_provider)
    store.find(service.page)  # report a damaged store before a password is typed
    credentials = _collect(options, service)
    if options.check:
        from ..live.check import check  # noqa: PLC0415 - it imports requests

        check(service.page, credentials)
    store.set(service.page, credentials)
    say(f"Stored credentials for {owner(url, credentials.username)}{default}")
    return DONE


def _collect(options: Options, service: Service) -> Credentials:
    if options.token is not None:
        username: str | None = TOKEN_USER
        secret = _secret(options, "token")
    else:
        username = service.username or _ask_username(options, service)
        secret = service.password or _secret(options, "password")
    if not secret:
        options.refuse(f"the {'password' if options.token is None else 'token'} is empty")
    try:
        return Credentials.basic(username, secret)
    except ValueError as error:  # its message quotes no value
        options.refuse(str(error))


def _ask_username(options: Options, service: Service) -> str:
    if not can_prompt():
        _missing(options, "user name", "--username or --token")
    if not service.is_pypi:
        username = ask("username: ")
        if not username:
            options.refuse("the user name is empty")
        return username
    return ask(f"username [{TOKEN_USER}]: ") or TOKEN_USER


def _secret(options: Options, name: str) -> str:
    value: str | None = getattr(options, name)
    if value == "-":
        return read_secret(name)
    if value is not None:
        return value
    if not can_prompt():
        _missing(options, "password", "--password or --token, or `-` for stdin")
    return ask_hidden(f"{name}: ")


def _missing(options: Options, what: str, remedy: str) -> NoReturn:
    options.refuse(f"no {what}, and no terminal to ask for it: give {remedy}")
