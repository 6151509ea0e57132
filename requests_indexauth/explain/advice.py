"""One sentence on what to do, for the usual reasons why a request is refused. The first that fits is given."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED, is_presigned
from ..models.found import GIVEN
from ..sources.keyring.source import OFF as KEYRING_OFF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..models.found import Found
    from ..models.query import Query
    from ..sources.base import Step
    from .findings import Attempt

_PROXY, _SERVER = 407, 500
_INDEX_PATH = re.compile(r".*?/\+?simple/", re.IGNORECASE)
_VENDORS = {
    "pkgs.dev.azure.com": "artifacts-keyring",
    ".pkgs.visualstudio.com": "artifacts-keyring",
    "-python.pkg.dev": "keyrings.google-artifactregistry-auth",
    ".codeartifact.": "keyrings.codeartifact",
}
"""What stands in the hosts whose short-lived tokens a keyring backend makes, and the backend's package."""


class Case(NamedTuple):
    """What is known of one URL: the question, what each source did, what was found and what servers answered."""

    query: Query
    steps: Sequence[Step]
    found: Found | None
    attempts: Sequence[Attempt]
    unreachable: bool

    def why(self, source: str, outcome: str = "nothing") -> str:
        """Return the reason a source gave for an outcome; empty when it had another outcome, or no reason."""
        return next((step.why for step in self.steps if (step.source, step.outcome) == (source, outcome)), "")

    @property
    def last(self) -> Attempt | None:
        """The last request that was answered."""
        return self.attempts[-1] if self.attempts else None


def advise(case: Case) -> str | None:
    """Return the sentence; ``None`` where nothing needs to be done."""
    if case.last is not None and case.last.good:
        return None
    return next(filter(None, (rule(case) for rule in _RULES)), None)


def _no_answer(case: Case) -> str | None:
    return "the server gave no answer: check the address, the proxy and the network" if case.unreachable else None


def _not_about_credentials(case: Case) -> str | None:
    status = UNAUTHORIZED if case.last is None else case.last.status
    if status == _PROXY:
        return "it is the proxy that asks for a password: put one into the proxy's URL"
    if status >= _SERVER:
        return f"the server has a problem of its own ({status}): try again later"
    about_credentials = status in (UNAUTHORIZED, FORBIDDEN, NOT_FOUND)
    return None if about_credentials else f"the server answers {status}, and that is not about credentials"


def _presigned(case: Case) -> str | None:
    if not is_presigned(case.query.url):
        return None
    return "the URL carries its own signature, so no credential goes with it: when it is refused, get a new URL"


def _never(case: Case) -> str | None:
    index = case.query.index
    if index is None or index.authenticate != "never":
        return None
    return f'the index has authenticate = "never" ({index.origin or "in the program"}): with "auto" it gets credentials'


def _nothing_found(case: Case) -> str | None:
    """Say why nothing was found: the more certain reasons first."""
    if case.found is not None:
        return None
    hides = case.last is not None and case.last.status == NOT_FOUND
    sentence = _why_nothing(case)
    return f"some servers answer 404 to whoever may not see a page; {sentence}" if hides else sentence


def _why_nothing(case: Case) -> str:
    failed = next((step.why for step in case.steps if step.outcome == "failed"), None)
    if failed is not None:
        return f"mend what is broken: {failed}"
    if case.query.realm.insecure:
        return (
            "this is plain http to another machine, where only netrc and what is configured for this very URL is sent: "
            "use https"
        )
    keep = f"keep a credential with `indexauth login {_login_url(case)}`"
    for source in ("store", "netrc"):
        why = case.why(source)
        if " user" in why:
            hint = "give one of these user names" if case.query.username is None else "give that user name, or none"
            return f"{source}: {why}: {hint}"
        if " for " in why:
            return f"{source}: {why}; {keep}"
    if case.why("keyring", "skipped") == KEYRING_OFF:
        return _vendor(case) or f'{keep}; or, if your keyring has one, set keyring-provider = "subprocess"'
    return keep


def _vendor(case: Case) -> str:
    host = case.query.realm.host
    package = next((package for part, package in _VENDORS.items() if part in f".{host}" or host == part), None)
    if package is None:
        return ""
    install = f"pip install keyring {package}"
    return f'the tokens of {host} come out of a keyring: {install}, and set keyring-provider = "subprocess"'


def _login_url(case: Case) -> str:
    """Return what to log in to: the index; or what looks like one, from the address of one of its pages."""
    if case.query.index is not None:
        return case.query.index.display_url
    match = _INDEX_PATH.match(case.query.path)
    return f"{case.query.realm}{match[0] if match else '/'}"


def _refused(case: Case) -> str | None:
    """Say what a server's answer to a credential means, and where to correct it."""
    found, last = case.found, case.last
    if found is None or last is None:
        return None
    if last.status == NOT_FOUND:
        return f"the server has no such page, or none that the user from {found.source} may see"
    if last.status == FORBIDDEN:
        return f"the server knows the user from {found.source} and does not let it in: ask there for access"
    where = {
        GIVEN: "give the right one",
        "environment": "set the variable anew",
        "netrc": "correct the entry in netrc",
        "store": "replace it with `indexauth login`",
        "native store": "replace it with `indexauth login`",
    }.get(found.source, f"correct it there ({found.source})")
    return f"the server refuses the credential from {found.source}, which is wrong, expired or revoked: {where}"


def _expired(case: Case) -> str | None:
    """Say so when the secret is a JSON web token that is past its time (RFC 7519, section 4.1.4)."""
    found = case.found
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


_RULES = (_no_answer, _not_about_credentials, _presigned, _never, _nothing_found, _expired, _refused)
