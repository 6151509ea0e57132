"""``indexauth explain --live``: the request is made, and each attempt written down."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from .. import mount
from ..errors import PolicyError
from ..explain.findings import Attempt
from ..models.found import GIVEN, Found
from ..models.url import without_query

if TYPE_CHECKING:
    from ..config.settings import Settings
    from ..core.authenticator import Authenticator
    from ..core.flow import Flow
    from ..explain.explanation import Explanation

TIMEOUT = 30
NO_ANSWER = (OSError, ValueError, HTTPError)
"""What `requests` may raise for want of an answer: its own errors, and of those below it what it lets through."""


def explain_live(url: str, username: str | None, settings: Settings) -> Explanation:
    """Explain a URL, make the request, and add what was sent and answered.

    Args:
        url: as it was given.
        username: the given user name.
        settings: what is configured.

    Raises:
        ValueError: not an http(s) URL with a clear host.

    """
    with requests.Session() as session:
        recorder = Recorder()
        session.mount("https://", recorder)
        session.mount("http://", recorder)
        auth = mount(session)
        auth.engine.use(settings)
        recorder.watch(auth.engine)
        explanation = auth.explain(url, username)
        try:
            with closing(session.get(_with_user(url, username), timeout=TIMEOUT, stream=True)):
                pass
        except NO_ANSWER as error:
            explanation.unreachable = not isinstance(error, PolicyError)
            # What requests says of an error may quote the URL's query.
            explanation.problem = f"no answer ({type(error).__name__})" if explanation.unreachable else str(error)
        explanation.attempts = tuple(recorder.attempts)
    return explanation


class Recorder(HTTPAdapter):
    """Sends, and remembers what was answered to whose credential."""

    def __init__(self) -> None:
        super().__init__()
        self.attempts: list[Attempt] = []
        self._sources: dict[str, str] = {}

    def watch(self, engine: Authenticator) -> None:
        """Learn from a session's decisions which source each credential is from."""
        decide = engine.flow
        engine.flow = lambda call: self._watched(decide(call))  # type: ignore[method-assign]

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send a request as ``HTTPAdapter`` does."""
        response = super().send(request, *args, **options)
        header = request.headers.get("Authorization")
        source = None if header is None else self._sources.get(header, GIVEN)
        challenge = response.headers.get("WWW-Authenticate")
        self.attempts.append(Attempt(response.status_code, source, challenge, without_query(request.url or "")))
        return response

    def _watched(self, flow: Flow) -> Flow:
        with closing(flow):
            try:
                found: Found | None = next(flow)
                while True:
                    if found is not None:
                        self._sources[str(found.header)] = found.source
                    found = flow.send((yield found))
            except StopIteration:
                return


def _with_user(url: str, username: str | None) -> str:
    """Put a user name into a URL that has none."""
    scheme, separator, rest = url.partition("://")
    if username is None or "@" in rest.split("/", 1)[0]:
        return url
    return f"{scheme}{separator}{quote(username, safe='')}@{rest}"
