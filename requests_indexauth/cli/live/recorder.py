"""The adapter that sends requests and writes each attempt down."""

from __future__ import annotations

import warnings
from typing import Any
from urllib.parse import urljoin

import requests
from requests.adapters import HTTPAdapter
from requests.utils import select_proxy
from urllib3.exceptions import HTTPError, InsecureRequestWarning

from ...explain.attempt import Attempt, unanswered
from ...explain.echo import Echo
from ...explain.network import Way, failure_of
from ...explain.sign_in import PAGE_BYTES, is_html, is_index_page, is_sign_in_page
from ...models.found import GIVEN
from ...models.presigned import is_presigned
from ...util.timeout import call_with_timeout
from .options import AS_PLAIN, RequestOptions

TIMEOUT = 30
"""Seconds for an answer."""
READING = 5.0
"""Seconds for the beginning of a page."""
NO_ANSWER = (OSError, ValueError, HTTPError)
"""What `requests` may raise when it gets no answer: its own errors, and those of urllib3 and Python that it lets
through."""
_TLS_PORT = b"HTTP request was sent to HTTPS port"  # nginx; Apache and Go say it in other words
_TLS_WORDS = (_TLS_PORT, b"speaking plain HTTP to an SSL", b"an HTTP request to an HTTPS server")
_CERTIFICATE_WORDS = b"No required SSL certificate was sent"  # nginx; others end the connection


class Recorder(HTTPAdapter):
    """Sends, and remembers what was answered to whose credential.

    Args:
        sources: the name of the source, by ``Authorization``.
        options: how it sends.
        attempts: where each request is written down; ``None``: in a new list.
        echo: masks what was sent in what is answered; ``None``: a new one.

    Attributes:
        attempts: the requests so far.
        echo: masks what was sent in what is answered.

    """

    def __init__(
        self,
        sources: dict[str, str],
        options: RequestOptions = AS_PLAIN,
        attempts: list[Attempt] | None = None,
        echo: Echo | None = None,
    ) -> None:
        self._context = options.context
        super().__init__()
        self.attempts: list[Attempt] = [] if attempts is None else attempts
        self._sources = sources
        self._origins = options.origins
        self.echo = Echo() if echo is None else echo

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make connections with the TLS settings of the client."""
        super().init_poolmanager(*args, **self._with_context(options))

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        """Make connections through a proxy with the same settings."""
        return super().proxy_manager_for(*args, **self._with_context(options))

    def _with_context(self, options: dict[str, Any]) -> dict[str, Any]:
        return options if self._context is None else {**options, "ssl_context": self._context}

    def send(  # noqa: PLR0913, PLR0917 - HTTPAdapter's signature
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002
        timeout: Any = None,
        verify: Any = True,  # noqa: FBT002
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send a request as ``HTTPAdapter`` does."""
        header = request.headers.get("Authorization")
        if header is not None:
            self.echo.note(str(header))
        source = None if header is None else self._sources.get(header, GIVEN)
        url = request.url or ""
        self.echo.asked = self.echo.asked or url
        proxy = select_proxy(url, proxies)
        try:
            response = super().send(request, stream, timeout, verify, cert, proxies)
        except NO_ANSWER as error:
            bundle = verify if isinstance(verify, str) else None
            failure = failure_of(error, Way(url, proxy, bundle, timeout, self._origins))
            self.attempts.append(unanswered(url, failure, source, proxy))
            raise
        self.attempts.append(self._answered(response, url, source, proxy))
        return response

    def _answered(self, response: requests.Response, url: str, source: str | None, proxy: str | None) -> Attempt:
        to = response.headers.get("Location") if response.is_redirect else None
        challenge = response.headers.get("WWW-Authenticate")
        return Attempt(
            response.status_code,
            source,
            None if challenge is None else self.echo.mask(challenge),
            self.echo.mask_url(url),
            location=None if to is None else self.echo.mask_url(urljoin(url, to)),
            proxy=proxy,
            proxy_setting=(self._origins or {}).get("proxy"),
            signed=is_presigned(url),
        )

    def note_failure(self, error: Exception, url: str) -> None:
        """Add a request that could not be sent; one that was sent and got no answer is there already."""
        last = self.attempts[-1] if self.attempts else None
        if last is None or last.failure is None:
            to = last.location if last is not None and last.location else url
            self.attempts.append(unanswered(to, failure_of(error, Way(to, pip=self._origins))))

    def look_at_page(self, response: requests.Response) -> None:
        """Note what the page of the last answer says."""
        last, kind = self.attempts[-1], response.headers.get("Content-Type")
        refused = response.status_code == requests.codes.bad_request
        text = _beginning(response) if refused or is_html(kind) else b""
        asked = (response.history or [response])[0].url or ""
        sign_in = is_sign_in_page(
            response.status_code,
            kind,
            last.url,
            redirected=any(attempt.location for attempt in self.attempts[:-1]),
            index_page=is_index_page(asked),
            text=text.decode("latin-1"),
        )
        wants_tls = refused and any(words in text for words in _TLS_WORDS)
        wants_certificate = refused and _CERTIFICATE_WORDS in text
        self.attempts[-1] = last._replace(sign_in=sign_in, tls_only=wants_tls, wants_certificate=wants_certificate)


class TrustingRecorder(Recorder):
    """Sends to a host whose certificate is not checked: a ``trusted-host`` of pip. Adds to another one's attempts."""

    def __init__(self, sources: dict[str, str], options: RequestOptions, other: Recorder) -> None:
        super().__init__(sources, options._replace(context=None), other.attempts, other.echo)

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send a request without checking the server's certificate."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", InsecureRequestWarning)
            return super().send(request, *args, **{**options, "verify": False})


def _beginning(response: requests.Response) -> bytes:
    """Return the beginning of an answer's body; nothing where that takes too long or goes wrong."""
    try:
        return call_with_timeout(
            lambda: bytes(response.raw.read(PAGE_BYTES, decode_content=True)), lambda: READING, _any_error, "page"
        )
    except (OSError, ValueError):
        return b""


def _any_error(error: BaseException) -> Exception:
    return ValueError(type(error).__name__)
