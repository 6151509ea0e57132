"""Warn pip's user of refusals, once for each index, in the words of ``explain --for pip``."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin

from ..exchange.exchange import is_redirect
from ..explain.attempt import Attempt
from ..explain.challenge import foreign_schemes
from ..explain.echo import Echo
from ..explain.sign_in import is_index_page, is_sign_in_page
from ..models.call import FORBIDDEN, UNAUTHORIZED
from ..models.found import GIVEN
from ..models.presigned import is_presigned
from ..models.url import mask_query, parse_url, without_query
from ..util.once import Once
from ..util.terminal import in_command

if TYPE_CHECKING:
    from ..core.authenticator import Authenticator
    from .prompt import PipPrompt

MANY = 64
"""How many redirects are remembered until their page comes."""


class _Redirect(NamedTuple):
    """A redirect: what pip asked for, and the requests so far."""

    asked: str
    attempts: tuple[Attempt, ...]


class Refusals:
    """Looks at each answer, and warns of each refusal that pip itself does not explain.

    Args:
        authenticator: finds pip's credentials.
        prompt: pip's question, which is not asked to explain something.
        sources: the source of each credential that was sent, by ``Authorization``.

    """

    def __init__(self, authenticator: Authenticator, prompt: PipPrompt, sources: dict[str, str]) -> None:
        self._authenticator = authenticator
        self._prompt = prompt
        self._sources = sources
        self._warned = Once()
        self._redirects: dict[str, _Redirect] = {}

    def look_at(self, response: Any) -> None:
        """Note where an answer leads; warn where it is a refusal, or a page to sign in on."""
        redirect = self._redirects.pop(without_query(response.request.url), None)
        attempt = self._attempt(response, redirected=redirect is not None)
        earlier = () if redirect is None else redirect.attempts
        asked = response.request.url if redirect is None else redirect.asked
        if attempt.location is not None:
            if len(self._redirects) >= MANY:
                self._redirects.clear()
            to = urljoin(response.request.url, response.headers["location"])
            self._redirects[without_query(to)] = _Redirect(asked, (*earlier, attempt))
        elif attempt.sign_in or attempt.status in (UNAUTHORIZED, FORBIDDEN):
            header = response.request.headers.get("Authorization")
            self._warn(asked, self._masked(asked, (*earlier, attempt), header), _lone_name(header))

    def _attempt(self, response: Any, *, redirected: bool) -> Attempt:
        url = response.request.url
        header = response.request.headers.get("Authorization")
        to = response.headers["location"] if is_redirect(response) else None
        return Attempt(
            response.status_code,
            None if header is None else self._sources.get(header, GIVEN),
            response.headers.get("WWW-Authenticate"),
            mask_query(url.partition("#")[0]),
            location=None if to is None else mask_query(urljoin(url, to)),
            signed=is_presigned(url),
            sign_in=is_sign_in_page(
                response.status_code,
                response.headers.get("Content-Type"),
                url,
                redirected=redirected,
                index_page=is_index_page(url),
            ),
        )

    def _masked(self, asked: str, attempts: tuple[Attempt, ...], header: str | None) -> tuple[Attempt, ...]:
        """Return the requests with what servers quote of the credentials they were sent masked."""
        echo = Echo()
        echo.asked = mask_query(asked.partition("#")[0])
        for sent in (*self._sources, header or ""):
            echo.note(sent)
        return tuple(
            one._replace(
                url=echo.mask_url(one.url),
                www_authenticate=one.www_authenticate and echo.mask(one.www_authenticate),
                location=one.location and echo.mask_url(one.location),
            )
            for one in attempts
        )

    def _warn(self, asked: str, attempts: tuple[Attempt, ...], username: str | None) -> None:
        """Warn of a refusal, once for an index or a realm."""
        url = parse_url(asked)
        index = self._authenticator.indexes.covering(url)
        where = str(url.realm) if index is None else index.display_url
        if not self._warned.is_new(where):
            return
        last = attempts[-1]
        error = f"{last.status} Error"
        if index is not None and index.authenticate == "never":
            self._authenticator.warn(f'{error} for {where}: no credentials are sent there (authenticate = "never")')
        elif last.sign_in or len(attempts) > 1 or foreign_schemes(last.www_authenticate):
            head = f"no index page from {where}" if last.sign_in else f"{error} for {where}"
            self._authenticator.warn(f"{head}{self._why(asked, attempts, username)}")
        elif last.credential is not None:
            self._authenticator.warn(
                f"{error}, Credentials not correct for {where}{self._why(asked, attempts, username)}"
            )  # pip's words
        else:
            see = f"indexauth explain --for pip {in_command(where)}"
            self._authenticator.warn(f"{error}, no credentials found for {where} (see: {see})")

    def _why(self, asked: str, attempts: tuple[Attempt, ...], username: str | None) -> str:
        """Return the advice of ``indexauth explain``, without a prompt, and without a keyring if there is no user name.

        A child knows no sources, and so says only which command does.
        """
        if self._authenticator.resolver.sources:
            with self._prompt.silent():
                explanation = self._authenticator.explain(asked, username, challenged=False, tell_why=False)
            advice = explanation.after(attempts).advice
            if advice is not None:
                return f": {advice}"
        return f" (see: indexauth explain --for pip {in_command(mask_query(asked))} --live)"


def _lone_name(header: str | None) -> str | None:
    """Return the user name that was sent with an empty password; ``None`` for every other header."""
    scheme, _, value = (header or "").partition(" ")
    try:
        username, _, password = binascii.a2b_base64(value).decode().partition(":")
    except ValueError:
        return None
    return username if scheme == "Basic" and username and not password else None
