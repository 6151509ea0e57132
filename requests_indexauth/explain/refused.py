"""What to do where there is a credential, and it was refused or did not get its turn."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING

from ..models.call import NOT_FOUND, UNAUTHORIZED
from ..models.found import GIVEN
from ..models.url import covers, parse_url
from . import causes, remedies
from .challenge import is_bearer_only

if TYPE_CHECKING:
    from .attempt import Attempt
    from .findings import Findings


def borrowed(findings: Findings) -> str | None:
    """Say that a good answer was for the credential of an index beside the URL, which goes there only after a 401."""
    if not findings.borrowed or not findings.beside:
        return None
    return (
        f"no index covers this URL: after the 401 it got the credential from {causes.joined(findings.borrowed)} that "
        f"is for {remedies.beside(findings)}; a session that has read a page of the index sends it at once"
    )


def expired(findings: Findings) -> str | None:
    """Say so when the secret is a JSON web token that is past its time (RFC 7519, section 4.1.4)."""
    found = findings.found
    credentials = None if found is None else found.credentials
    parts = "" if credentials is None else str(credentials.password or credentials.token or "")
    if parts.count(".") != 2:  # noqa: PLR2004 - header, claims, signature
        return None
    import json  # noqa: PLC0415 - few secrets come this far
    import time  # noqa: PLC0415

    try:
        claims = json.loads(binascii.a2b_base64(parts.split(".")[1].replace("-", "+").replace("_", "/") + "==="))
        until = float(claims["exp"])
        day = time.strftime("%Y-%m-%d %H:%M", time.gmtime(until))
    except (ValueError, KeyError, TypeError, OverflowError, OSError, RecursionError):
        return None
    if found is None or until > time.time():
        return None
    return f"the token from {found.source} expired at {day} UTC: get a new one"


def unsent(findings: Findings) -> str | None:
    """Say that a credential was found and not sent, because the server gave another answer than a 401."""
    last, source = findings.last, findings.unsent
    if last is None or source is None or last.status not in causes.REFUSALS:
        return None
    if last.status == UNAUTHORIZED:  # to a path that the credential is not for
        return (
            f"a redirect led to {last.url}, which answers 401: the credential from {source} is for {findings.scope}; "
            f"{remedies.keep(remedies.index_of(last.url))}; or the server redirects those who do not log in: "
            f"{remedies.send_at_once(findings)}"
        )
    other = (
        "there is no such page"
        if last.status == NOT_FOUND
        else "the server admits no request from this machine's address"
    )
    return (
        f"the server answers {last.status} to a request without a credential, and the one from {source} is sent only "
        f"after a 401: {remedies.send_at_once(findings)}; or {other}"
    )


def refused(findings: Findings) -> str | None:
    """Say what a server's answer to a credential means, and where to correct it."""
    last = findings.last
    if last is None or last.status is None or not findings.sent:
        return None
    if findings.borrowed:
        return (
            f"the server refuses the credential from {causes.joined(findings.borrowed)} here; it belongs to "
            f"another index on this host, where it may be right; {remedies.nothing_found(findings)}"
        )
    if last.status != UNAUTHORIZED:
        source = last.credential or findings.sent[-1]
        return f"{causes.judged(last.status, source)}{remedies.failed_too(findings)}"
    if _is_elsewhere(findings, last):
        return (
            f"a redirect led to {last.url}, which refuses the credential from {findings.source} that is for "
            f"{findings.scope}: it is wrong, expired or revoked, or not meant for that address"
        )
    scheme = None if findings.credentials is None else findings.credentials.scheme
    sentence = causes.wrong_credential(
        findings.sent,
        bearer_only=is_bearer_only(last.www_authenticate) and scheme == "basic",
        login=remedies.entry_of(findings),
    )
    return f"{sentence}{_odd(findings)}{_noted(findings)}{remedies.failed_too(findings)}"


def _is_elsewhere(findings: Findings, last: Attempt) -> bool:
    """Whether a redirect led out of the path that the credential is for."""
    prefix = None if findings.found is None else findings.found.prefix
    return prefix is not None and findings.redirected and not covers(prefix, parse_url(last.url).path)


def _odd(findings: Findings) -> str:
    """Say what is odd about a password that is refused, without showing any of it."""
    password = None if findings.credentials is None else findings.credentials.password
    if password is None:
        return ""
    if re.fullmatch(r"\$\{?\w+\}?|\$?\{\{.*\}\}|%\w+%", password):
        return "; the password looks like the name of a variable in whose place no value was put"
    if password != password.strip():
        return "; the password begins or ends with white space"
    if not password.isascii():
        return "; the password has characters beyond ASCII and is sent in UTF-8, which some servers do not expect"
    return ""


def _noted(findings: Findings) -> str:
    """Return what a source said of the credential it had, such as that it has another one, too."""
    why = findings.why(findings.source or "", "found")
    return f"; {findings.source}: {why}" if why and findings.source != GIVEN else ""
