"""``indexauth explain --live``: the request is made, and each attempt written down."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import requests

from ... import mount
from ...core.authenticator import Authenticator
from ...core.watched import watched
from ...errors import PolicyError
from .options import AS_PLAIN, RequestOptions
from .recorder import NO_ANSWER, TIMEOUT, Recorder, TrustingRecorder

if TYPE_CHECKING:
    from ...core.flow import Flow
    from ...explain.explanation import Explanation
    from ...models.call import Call


def explain_live(
    url: str, username: str | None, authenticator: WatchedAuthenticator, options: RequestOptions = AS_PLAIN
) -> Explanation:
    """Explain a URL, make the request, and add what was sent and answered.

    Args:
        url: as it was given.
        username: the given user name.
        authenticator: has the credentials.
        options: how the request is made.

    Raises:
        ValueError: not an http(s) URL with a clear host.

    """
    explanation = authenticator.explain(url, username)
    if options.passed_over is not None:
        return explanation.after((), options.passed_over)
    with requests.Session() as session:
        recorder = _prepare(session, authenticator, options)
        try:
            with closing(session.get(_with_user(url, username), timeout=TIMEOUT, stream=True)) as response:
                recorder.look_at_page(response)
        except PolicyError as error:
            error.see = ""  # the explanation says it
            return explanation.after(recorder.attempts, str(error))
        except NO_ANSWER as error:
            recorder.note_failure(error, explanation.url)
    return explanation.after(recorder.attempts)


def _prepare(session: requests.Session, authenticator: WatchedAuthenticator, options: RequestOptions) -> Recorder:
    """Have a session send through recorders, in the way and with the credentials of the client it stands for."""
    recorder = Recorder(authenticator.sources, options)
    session.mount("https://", recorder)
    session.mount("http://", recorder)
    for prefix in options.trusted:
        session.mount(prefix, TrustingRecorder(authenticator.sources, options, recorder))
    if options.proxy is not None:
        session.trust_env = False  # as pip does
        session.proxies = {"http": options.proxy, "https": options.proxy}
    mount(session).authenticator = authenticator
    session.verify, session.cert = options.verify or True, options.cert
    return recorder


class WatchedAuthenticator(Authenticator):
    """An authenticator that remembers which source each credential was from.

    Attributes:
        sources: the name of the source, by ``Authorization``.

    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.sources: dict[str, str] = {}

    def flow(self, call: Call) -> Flow:
        """Return the flow for a call; what it says to send is noted."""
        return watched(super().flow(call), self.sources)


def _with_user(url: str, username: str | None) -> str:
    """Put a user name into a URL that has none."""
    scheme, separator, rest = url.partition("://")
    if username is None or "@" in rest.split("/", 1)[0]:
        return url
    return f"{scheme}{separator}{quote(username, safe='')}@{rest}"
