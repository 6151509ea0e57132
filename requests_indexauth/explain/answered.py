"""What to do where no answer came, or one that no credential changes; and where no credential is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED
from ..models.presigned import is_presigned
from . import causes, remedies
from .challenge import foreign_schemes, is_bearer_only
from .findings import IS_AN_ERROR
from .network import TOO_MANY_REDIRECTS, Way, asks_for_password, shown_address, wants_certificate

if TYPE_CHECKING:
    from .attempt import Attempt
    from .findings import Findings

PROXY = 407


def no_answer(findings: Findings) -> str | None:
    """Say why no answer came, or only redirects."""
    last = findings.last
    if last is None or last.failure is None:
        return None
    why = f"the server gave no answer: {last.failure.why}" if last.failure.on_the_way else last.failure.why
    if last.failure.kind == TOO_MANY_REDIRECTS and findings.unsent is not None:
        return f"{why}; the credential from {findings.unsent} was not sent: {remedies.send_at_once(findings)}"
    return why


def not_about_credentials(findings: Findings) -> str | None:
    """Say that a proxy, or a server with a problem of its own, has answered."""
    last = findings.last
    if last is None or last.status is None or last.sign_in or last.status < causes.REDIRECT or last.location:
        return None
    sentence = _of_proxy(last) or _of_status(findings, last, last.status)
    return f"a redirect led to {last.url}: {sentence}" if sentence and findings.elsewhere else sentence


def _of_proxy(last: Attempt) -> str | None:
    """Say what a 407 means; ``None`` for every other answer."""
    if last.status != PROXY:
        return None
    if last.proxy is not None:
        pip = None if last.proxy_setting is None else {"proxy": last.proxy_setting}
        return asks_for_password(Way(last.url, last.proxy, pip=pip))
    return (
        "it is the proxy that asks for a password (407), but no proxy is configured here: something between this "
        "machine and the server answers so, or the server does: ask those who run the network and the server"
    )


def _of_status(findings: Findings, last: Attempt, status: int) -> str | None:
    if last.tls_only and last.realm is not None:
        return causes.tls_only(last.realm.netloc)
    if last.wants_certificate:
        return wants_certificate(Way(last.url, pip={} if findings.for_pip else None))
    if status in (causes.BAD_REQUEST, causes.TOO_LONG) and last.credential is not None:
        return causes.malformed(status, last.credential)
    unsent = findings.unsent if not findings.elsewhere else None
    sentence = causes.not_about_credentials(status, unsent, remedies.send_at_once(findings))
    return f"{sentence}{by_proxy(last)}" if sentence is not None and status >= causes.SERVER else sentence


def by_proxy(last: Attempt) -> str:
    """Say that a proxy may have answered in place of the server: it can when the request is plain http."""
    if last.proxy is None or not last.url.lower().startswith("http:"):
        return ""
    return f"; or it is the proxy {shown_address(last.proxy)} that answers so"


def sign_in(findings: Findings) -> str | None:
    """Say that a page to sign in on came in place of a 401."""
    last = findings.last
    if last is None or not last.sign_in:
        return None
    at_once = remedies.send_at_once(findings)
    how = at_once if findings.unsent else f"{remedies.keep_for(findings)}, and {at_once}"
    said = causes.sign_in(last.url, findings.unsent, findings.sent, how)
    if findings.query.realm.scheme == "http" and findings.elsewhere:
        return f"{said}; or it is the page of the network that this machine is in: sign in there in a browser"
    return said


def presigned(findings: Findings) -> str | None:
    """Say that the URL carries its own signature, or that a redirect led to one that does."""
    if is_presigned(findings.query.url):
        return "the URL carries its own signature, so no credential goes with it: when it is refused, get a new URL"
    last = findings.last
    return causes.signed(last.url) if last is not None and last.signed else None


def never(findings: Findings) -> str | None:
    """Say that the index's policy lets no credential be sent."""
    index = findings.index
    if index is None or index.authenticate != "never":
        return None
    where = f'the index has authenticate = "never" ({index.origin or "in the program"})'
    wrong = next((step.source for step in findings.steps if step.why.endswith(IS_AN_ERROR)), None)
    if wrong is not None:
        return f"{where}, and {wrong} has a credential for it: remove the one or the other"
    return f'{where}: with "auto" it gets credentials'


def foreign(findings: Findings) -> str | None:
    """Say that the server offers neither Basic nor Bearer."""
    last = findings.last
    if last is None or last.status != UNAUTHORIZED:
        return None
    schemes = foreign_schemes(last.www_authenticate)
    return causes.foreign(schemes) if schemes else None


def nothing_found(findings: Findings) -> str | None:
    """Say that no source has a credential, what an answer other than 401 may mean then, and where to keep one."""
    if findings.found is not None or findings.borrowed:
        return None
    sentence = f"{remedies.tried_after_401(findings)}{remedies.nothing_found(findings)}"
    status = None if findings.last is None else findings.last.status
    if findings.sent:
        return f"only a user name is known, and no password for it; {sentence}"
    if status == NOT_FOUND:
        return (
            "there is no such page, or it is hidden: some servers answer 404 to users who may not see a page; "
            f"{sentence}"
        )
    if status == FORBIDDEN:
        return (
            "the server answers 403 to those who send no credential, or to every request from this machine's address"
            f"{'' if findings.last is None else by_proxy(findings.last)}; {sentence}"
        )
    if findings.last is not None and is_bearer_only(findings.last.www_authenticate):
        return f"the server offers Bearer tokens only, so a password may be refused; {sentence}"
    return sentence
