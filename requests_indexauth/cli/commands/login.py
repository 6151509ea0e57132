"""``indexauth login``: keeps a credential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.credentials import Credentials
from ...util.terminal import has_terminal
from ..arguments import Arguments
from ..output import say
from ..prompts import ask, ask_hidden, read_secret
from ..status_codes import DONE
from ..stores import TOKEN_USER, Service, open_store, owner, provider

if TYPE_CHECKING:
    from typing import NoReturn

HELP = """\
indexauth login [SERVICE] [-u NAME] [--password P | -t TOKEN] [--check]

Keep a credential where uv, pip-indexauth and everything that uses requests_indexauth find it. What is missing is asked
for; what is typed as a password is not shown.

  indexauth login https://pkgs.example.com/team/simple/ -u me    asks for the password
  indexauth login --token - < token.txt                          a token for PyPI, out of a file
  indexauth login corp -u me --check                             for the index `corp` of uv.toml; tried out first

SERVICE is a URL, a host (https then), the name of a configured index, pypi or testpypi; without it, pypi. The
credential is for everything below that URL (a last /simple is dropped), on that host alone.

Options
  -u, --username NAME    the user name; it may also stand in the URL
  --password PASSWORD    the password; `-` reads it from stdin. Others can see what stands on a command line
  -t, --token TOKEN      a token, for the user name __token__; `-` reads it from stdin
  --check                make one request first, and keep nothing if the server refuses it
  --keyring-provider native|disabled
                         keep it in the system's own store (uv's preview feature native-auth), or in the file
  -h, --help             this text

Exit codes: 0 kept; 1 the server refused it (--check); 2 wrong use or a damaged store.
"""


def run(arguments: list[str]) -> int:
    """Collect the parts, try them out if that is wanted, and store them."""
    given = Arguments("login", arguments, "u:username=", "password=", "t:token=", "keyring-provider=", "check")
    given.conflict("password", "token")
    given.conflict("username", "token")
    keyring_provider = provider(given)
    service = Service(given, given.operand("SERVICE", "pypi"))
    if "token" in given and (service.username or service.password):
        given.refuse("--token does not go together with a user name or password in the URL")
    if "password" in given and service.password:
        given.refuse("a password is in the URL and in --password: give one of them")
    url = service.url  # what cannot be stored is refused before anybody types a password, or a server gets it
    store = open_store(keyring_provider)
    store.find(service.page)  # a damaged store is to be told of before somebody types a password
    credentials = _collect(given, service)
    if "check" in given:
        from ..check import check  # noqa: PLC0415 - it imports requests

        check(service.page, credentials)
    store.set(service.page, credentials)
    say(f"Stored credentials for {owner(url, credentials.username)}")
    return DONE


def _collect(given: Arguments, service: Service) -> Credentials:
    if "token" in given:
        username: str | None = TOKEN_USER
        secret = _secret(given, "token")
    else:
        username = service.username or _ask_username(given, service)
        secret = service.password or _secret(given, "password")
    if not secret:
        given.refuse(f"the {'token' if 'token' in given else 'password'} is empty")
    try:
        return Credentials.basic(username, secret)
    except ValueError as error:  # its message quotes no value
        given.refuse(str(error))


def _ask_username(given: Arguments, service: Service) -> str:
    if not has_terminal():
        _missing(given, "user name", "--username or --token")
    if not service.is_pypi:
        username = ask("username: ")
        if not username:
            given.refuse("the user name is empty")
        return username
    return ask(f"username [{TOKEN_USER}]: ") or TOKEN_USER


def _secret(given: Arguments, name: str) -> str:
    value = given.value(name)
    if value == "-":
        return read_secret(name)
    if value is not None:
        return value
    if not has_terminal():
        _missing(given, "password", "--password or --token, or `-` for stdin")
    return ask_hidden(f"{name}: ")


def _missing(given: Arguments, what: str, options: str) -> NoReturn:
    given.refuse(f"no {what}, and no terminal to ask for it: give {options}")
