"""``indexauth login --check``: one request with a credential, to see whether the server takes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

from .. import mount
from ..models.url import without_query
from .engine import warnings_shown
from .errors import CommandError
from .live import NO_ANSWER
from .output import warn

if TYPE_CHECKING:
    from ..models.credentials import Credentials

TIMEOUT = 30


def check(url: str, credentials: Credentials) -> None:
    """Make one request to a URL with a credential.

    What the server says to the last request that carried the credential is its verdict: a redirect to another host
    goes there without.

    Raises:
        CommandError: the server refuses the credential, or cannot be asked.

    """
    shown = without_query(url)
    with warnings_shown(), requests.Session() as session:
        mount(session, discover=False, netrc=False, store=False)
        try:
            with session.get(
                url, headers={"Authorization": credentials.header}, timeout=TIMEOUT, stream=True
            ) as response:
                judge(shown, response)
        except NO_ANSWER as error:  # its message may quote the URL's query
            message = f"{shown} could not be asked ({type(error).__name__}); nothing is stored"
            raise CommandError(message) from None


def judge(url: str, response: requests.Response) -> None:
    """Say what an answer means for the credential; ``url`` is what messages call the place.

    Raises:
        CommandError: it is refused, or the server has a problem of its own.

    """
    asked = [one for one in (*response.history, response) if "Authorization" in one.request.headers]
    status = (asked or [response])[-1].status_code
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        message = f"{url} refuses this credential ({status}); nothing is stored"
        raise CommandError(message)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        message = f"{url} has a problem of its own ({status}); nothing is stored"
        raise CommandError(message)
    if status >= HTTPStatus.BAD_REQUEST:
        warn(f"{url} answers {status}, which says nothing about the credential")
