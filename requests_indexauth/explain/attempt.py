"""One request that was really made: what it carried, and what came back."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..models.url import Realm, mask_query, parse_url


class Failure(NamedTuple):
    """Why a request was not answered.

    Attributes:
        kind: the name of the error.
        why: the cause and what to do, as a part of a sentence; nothing in it is secret.
        on_the_way: whether the request was under way; ``False`` where it could not even be sent.

    """

    kind: str
    why: str
    on_the_way: bool = True


class Attempt(NamedTuple):
    """One request that was really made.

    Attributes:
        status: what it was answered; ``None`` when no answer came.
        credential: the name of the source whose credential it carried; ``None`` for a bare request.
        www_authenticate: the server's challenge; ``None`` when there is none.
        url: where it went, without query.
        failure: why no answer came; ``None`` when one did.
        location: where the answer leads, without query; ``None`` when it is no redirect.
        proxy: the proxy it went through, without userinfo; ``None`` when it went directly.
        signed: whether the URL carried its own signature.
        sign_in: whether the answer is a page to sign in on.
        proxy_setting: the file and key of pip's that sets the proxy; ``None`` where a variable or the system does.
        tls_only: whether the answer says that the port wants https.
        wants_certificate: whether the answer says that the client's certificate is missing.

    """

    status: int | None
    credential: str | None
    www_authenticate: str | None
    url: str
    failure: Failure | None = None
    location: str | None = None
    proxy: str | None = None
    signed: bool = False
    sign_in: bool = False
    proxy_setting: str | None = None
    tls_only: bool = False
    wants_certificate: bool = False

    @property
    def good(self) -> bool:
        """Whether it was answered, and not refused: with 2xx and no page to sign in on, or a redirect to somewhere."""
        if self.status is None or self.sign_in:
            return False
        return self.status < 300 or (self.status < 400 and self.location is not None)  # noqa: PLR2004 - 2xx and 3xx

    @property
    def realm(self) -> Realm | None:
        """Where it went; ``None`` when the URL has no clear host."""
        try:
            return parse_url(self.url).realm
        except ValueError:
            return None

    def as_dict(self) -> dict[str, Any]:
        """Return what JSON shows: ``problem`` is there only where no answer came."""
        shown = {
            "status": self.status,
            "credential": self.credential,
            "www_authenticate": self.www_authenticate,
            "url": self.url,
        }
        return shown if self.failure is None else {**shown, "problem": self.failure.why}


def unanswered(url: str, failure: Failure, credential: str | None = None, proxy: str | None = None) -> Attempt:
    """Return a request to a URL that got no answer."""
    return Attempt(None, credential, None, mask_query(url), failure, proxy=proxy)
