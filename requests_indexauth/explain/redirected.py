"""What to do where a redirect led to another realm, to which no credential follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.call import NOT_FOUND
from ..sources.netrc.source import DEFAULT as NETRC_DEFAULT
from . import causes, remedies
from .challenge import foreign_schemes
from .sign_in import is_index_page

if TYPE_CHECKING:
    from .attempt import Attempt
    from .findings import Findings


def forwarded(findings: Findings) -> str | None:
    """Say that a good answer came from another index than the one that was asked, and a credential was left out."""
    last = findings.last
    if last is None or findings.unsent is None or not findings.elsewhere or _is_upgrade(findings, last):
        return None
    if not (is_index_page(findings.query.url) and is_index_page(last.url)):
        return None  # such as a file at a storage
    return (
        f"the page came from {last.url}: {findings.query.realm} redirected there, and the credential from "
        f"{findings.unsent} was not sent; some servers (GitLab) redirect those who do not log in to the public index, "
        f"where a package of the same name may have another owner: {remedies.send_at_once(findings)}"
    )


def across_schemes(findings: Findings) -> str | None:
    """Say that a redirect changed http for https, or the other way round."""
    last = findings.last
    if last is None:
        return None
    secure = any(attempt.url.lower().startswith("https:") for attempt in findings.attempts)
    place = _downgrade(findings, last) if secure else None
    if place is not None:
        return causes.downgraded(place)
    if findings.elsewhere and _is_upgrade(findings, last) and last.credential is None:
        use = f"use https from the start, and {remedies.keep(remedies.index_of(last.url))}"
        return f"{causes.upgraded(last.url, findings.unsent)}: {use}"
    return None


def _downgrade(findings: Findings, last: Attempt) -> str | None:
    """Return where a redirect from https to http led; ``None`` where none did."""
    if last.url.lower().startswith("http:"):
        return last.url
    if findings.forbidden is not None and last.location is not None and last.location.lower().startswith("http:"):
        return last.location
    return None


def _is_upgrade(findings: Findings, last: Attempt) -> bool:
    """Whether a redirect led from http to https of the same host."""
    asked, there = findings.query.realm, last.realm
    return there is not None and (asked.scheme, there.scheme, there.host) == ("http", "https", asked.host)


def elsewhere(findings: Findings) -> str | None:
    """Say what another server answers, to which a redirect led and the credential did not follow."""
    last = findings.last
    if last is None or not findings.elsewhere or last.status not in causes.REFUSALS:
        return None
    there = "that server" if last.realm is None else str(last.realm)
    if last.credential is not None:
        return f"a redirect led to {last.url}: {causes.judged(last.status, last.credential, there)}"
    schemes = foreign_schemes(last.www_authenticate)
    if schemes:
        return f"a redirect led to {last.url}: {causes.foreign(schemes)}"
    head = f"a redirect led to {last.url}, which answers {last.status}"
    login = remedies.keep(remedies.index_of(last.url))
    if findings.sent:
        stays = f"the credential from {findings.sent[-1]} is for {findings.query.realm} and stays there"
        if last.status == NOT_FOUND:
            return f"{head}: it has no such page, or hides it from those who do not log in there ({stays})"
        return f"{head}: {stays}; if {there} wants a login of its own, {login}"
    default = findings.why("netrc", "found") == NETRC_DEFAULT
    note = " (netrc's `default` is not for places a redirect led to)" if default else ""
    own = f"has no such page{note}" if last.status == NOT_FOUND else f"wants a login of its own: {login}{note}"
    return f"{head}: {_left_out(findings)}; or {there} {own}"


def _left_out(findings: Findings) -> str:
    """Say that a request without a credential may have been redirected for that reason, and how it gets one."""
    at_once = remedies.send_at_once(findings)
    some = "some servers (GitLab) redirect those who do not log in"
    if findings.unsent is None:
        return f"{some}: {remedies.keep_for(findings)}, and {at_once}"
    return f"{some}, and the credential from {findings.unsent} was not sent: {at_once}"
