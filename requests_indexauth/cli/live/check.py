"""``indexauth login --check``: one request with a credential, to see whether the server takes it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

from ... import mount
from ...explain import causes
from ...explain.challenge import foreign_schemes, is_bearer_only
from ...models.url import mask_query, parse_url
from ..authenticator import warnings_shown
from ..errors import CommandError
from ..output import say, warn
from .recorder import NO_ANSWER, TIMEOUT, Recorder

if TYPE_CHECKING:
    from ...explain.attempt import Attempt
    from ...models.credentials import Credentials

CREDENTIAL = "this login"
"""What messages call the credential."""


def check(url: str, credentials: Credentials) -> None:
    """Make one request to a URL with a credential; where the answer is good, another one without.

    What the server says to the last request that carried the credential is its verdict: a redirect to another host
    goes there without.

    Raises:
        CommandError: the server refuses the credential, or cannot be asked.

    """
    shown = mask_query(url)
    with warnings_shown():
        attempts = _request(url, credentials)
        _judge(shown, attempts)
        if attempts[-1].good and _is_open(url):
            say(f"note: {shown} is open to all, so its answer proves nothing about this credential")


def _request(url: str, credentials: Credentials | None) -> list[Attempt]:
    """Make a request, with a credential or without any; return it and those that redirects made of it."""
    sources = {} if credentials is None else {credentials.header: CREDENTIAL}
    headers = {} if credentials is None else {"Authorization": credentials.header}
    with requests.Session() as session:
        recorder = Recorder(sources)
        session.mount("https://", recorder)
        session.mount("http://", recorder)
        mount(session, keyring_provider="disabled", discover=False, netrc=False, store=False)
        try:
            with session.get(url, headers=headers, timeout=TIMEOUT, stream=True) as response:
                recorder.look_at_page(response)
        except NO_ANSWER as error:
            recorder.note_failure(error, url)
    return recorder.attempts


def _is_open(url: str) -> bool:
    """Whether the page is open to all: a request without a credential gets it, too."""
    attempts = _request(url, None)
    return attempts[-1].good and all(one.credential is None for one in attempts)


def _judge(url: str, attempts: list[Attempt]) -> None:
    """Say what the answers mean for the credential; ``url`` is what messages call the place.

    Raises:
        CommandError: it is refused, or the server gives no answer or has a problem of its own.

    """
    last = attempts[-1]
    verdict = next((one for one in reversed(attempts) if one.credential is not None), last)
    if verdict.failure is not None:
        message = f"{url} could not be asked ({verdict.failure.kind}); nothing is stored: {verdict.failure.why}"
        raise CommandError(message)
    status = verdict.status or 0
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        message = f"{url} refuses this credential ({status}); nothing is stored{_why_refused(verdict)}"
        raise CommandError(message)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        problem = causes.not_about_credentials(status, None, "") if status == causes.NETWORK else None
        message = f"{problem or f'{url} has a problem of its own ({status})'}; nothing is stored"
        raise CommandError(message)
    if last.sign_in:
        message = f"{causes.sign_in(last.url, None, [CREDENTIAL], '')}; nothing is stored"
        raise CommandError(message)
    if status >= HTTPStatus.BAD_REQUEST:
        malformed = status in (causes.BAD_REQUEST, causes.TOO_LONG)
        also = ", or that it is cut off or too long for the server" if malformed else ""
        warn(f"{url} answers {status}, which says nothing about the credential{also}")
    elif HTTPStatus.MULTIPLE_CHOICES <= (last.status or 0) < HTTPStatus.BAD_REQUEST and not last.good:
        warn(causes.not_about_credentials(last.status or 0, None, "") or "")
    elif last is not verdict:
        _warn_of_redirect(url, last)


def _why_refused(verdict: Attempt) -> str:
    """Return what the refusal may mean beside a wrong password."""
    if verdict.status == HTTPStatus.FORBIDDEN:
        return f": it knows the user and {causes.FORBIDDEN_MEANS}"
    if is_bearer_only(verdict.www_authenticate):
        return ": it offers Bearer tokens only, so a password may be of the wrong kind"
    schemes = foreign_schemes(verdict.www_authenticate)
    return f": {causes.foreign(schemes)}" if schemes else ""


def _warn_of_redirect(url: str, last: Attempt) -> None:
    """Say that the page came from another server, to which the credential did not go."""
    what = "gave no answer" if last.status is None else f"answered {last.status}"
    there = parse_url(last.url).realm
    warn(f"{url} redirects to {there}, which got no credential and {what}: the credential was not checked there")
