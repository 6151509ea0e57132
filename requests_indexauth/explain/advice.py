"""One sentence on what to do: a table of rules, of which the first that fits gives the advice.

Each rule looks at the findings (who was asked, what was sent where, what came back) and returns its sentence, or
``None`` where it does not fit. A sentence with two possible causes has both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import answered, redirected, refused

if TYPE_CHECKING:
    from .findings import Findings

WHERE_REFUSED = (
    answered.no_answer,  # TLS, a name that is not known, a proxy, a closed connection
    answered.not_about_credentials,  # 407, 429, 405, 5xx: from the server that was asked last
    answered.sign_in,  # a page to sign in on, in place of a 401
    answered.presigned,  # the URL is its own credential
    answered.never,  # the policy sends none
    redirected.across_schemes,  # http -> https, https -> http
    redirected.elsewhere,  # another server refuses, where the credential did not follow
    answered.foreign,  # Digest, Negotiate or NTLM only
    answered.nothing_found,  # the frequent case: no source has a credential
    refused.expired,  # a token whose own date has passed
    refused.unsent,  # 403 or 404 to a bare request, and the credential waits for a 401
    refused.refused,  # it was sent, and the server says 401, 403 or 404
)
WHERE_ANSWERED = (
    redirected.forwarded,  # the page belongs to another index
    refused.borrowed,  # the credential belongs to another index
)


def advise(findings: Findings) -> str | None:
    """Return the sentence; ``None`` where nothing needs to be done."""
    rules = WHERE_ANSWERED if findings.answered else WHERE_REFUSED
    return next(filter(None, (rule(findings) for rule in rules)), None)
