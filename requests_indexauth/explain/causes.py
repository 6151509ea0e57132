"""What an answer means for people: the sentences that `explain`, ``login --check`` and pip-indexauth share.

Each function returns a sentence, or a part of one. Where an answer has two possible causes, the sentence has both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED
from ..models.found import GIVEN

if TYPE_CHECKING:
    from collections.abc import Sequence

REFUSALS = (UNAUTHORIZED, FORBIDDEN, NOT_FOUND)
TOO_MANY, NO_METHOD, BAD_REQUEST, SERVER = 429, 405, 400, 500

FORBIDDEN_MEANS = (
    "does not let it in, or answers a wrong password so (pypiserver does): check the password, then ask there for "
    "access"
)
"""The two readings of a 403 to a credential, after the words that name the user."""

_HOW_TO_CORRECT = {
    GIVEN: "give the right one",
    "environment": "set the variable anew",
    "index URL": "correct it where the index is configured",
    "netrc": "correct the entry in netrc",
    "store": "replace it with {login}",
    "native store": "replace it with {login}",
    ".pypirc": "correct it in ~/.pypirc",
    "known hosts": "set HF_TOKEN anew",
    "keyring": "replace it in the keyring",
    "prompt": "give the right one",
}
_SCHEME_HELP = {
    "digest": "`requests.auth.HTTPDigestAuth`",
    "ntlm": "requests-ntlm",
    "negotiate": "requests-gssapi",
}
"""What answers a scheme that this package does not speak, in a program that uses requests."""


def joined(names: Sequence[str], word: str = "and") -> str:
    """Return names as a sentence has them.

    >>> joined(["netrc", "store", "keyring"])
    'netrc, store and keyring'
    """
    return f" {word} ".join(filter(None, (", ".join(names[:-1]), names[-1])))


def wrong_credential(
    sources: Sequence[str], place: str = "the server", *, bearer_only: bool = False, login: str = ""
) -> str:
    """Say what a 401 to credentials means, and where they are corrected.

    Args:
        sources: where they are from.
        place: what the sentence calls the server.
        bearer_only: whether a password was sent to a server that offers Bearer only.
        login: the service a credential of the store is for; empty where that is not known.

    """
    several = len(sources) > 1
    again = f"`indexauth login {login}`" if login else "`indexauth login`"
    hows = (_HOW_TO_CORRECT.get(source, f"correct it there ({source})").format(login=again) for source in sources)
    how = "; ".join(dict.fromkeys(hows))
    which = "which are" if several else "which is"
    also = ", or of the wrong kind (the server offers Bearer tokens only)" if bearer_only else ""
    credentials = f"the credential{'s' if several else ''} from {joined(sources)}"
    return f"{place} refuses {credentials}, {which} wrong, expired or revoked{also}: {how}"


def unanswered(sent: Sequence[str], asked: Sequence[str], how: str) -> str:
    """Say in a log why a 401 stays one.

    Args:
        sent: the sources whose credentials were sent.
        asked: the sources that are asked.
        how: what says more.

    """
    others = [source for source in asked if source not in sent]
    if not sent:
        return f"none of the sources asked has a credential ({', '.join(others) or 'none'}); to see why: {how}"
    also = f", and none of the others asked has another one ({', '.join(others)})" if others else ""
    credentials = f"the credential{'s' if len(sent) > 1 else ''} from {joined(sent)}"
    return f"the server refuses {credentials}{also}; to see why: {how}"


def forbidden(source: str, place: str = "the server") -> str:
    """Say what a 403 to a credential means."""
    return f"{place} knows the user from {source} and {FORBIDDEN_MEANS}"


def hidden(source: str, place: str = "the server") -> str:
    """Say what a 404 to a credential means."""
    return (
        f"{place} has no such page, or none that the user from {source} may see: check the address, then ask there "
        "for access"
    )


def judged(status: int, source: str, place: str = "the server") -> str:
    """Say what 401, 403 or 404 to a credential means."""
    if status == FORBIDDEN:
        return forbidden(source, place)
    return hidden(source, place) if status == NOT_FOUND else wrong_credential([source], place)


def foreign(schemes: Sequence[str]) -> str:
    """Say that a server takes neither Basic nor Bearer, and what answers it."""
    help_ = [_SCHEME_HELP[name] for name in dict.fromkeys(map(str.lower, schemes)) if name in _SCHEME_HELP]
    how = f"; in a program {joined(help_, 'or')} as `auth=` answers it" if help_ else ""
    return (
        f"the server offers {joined(schemes)} and neither Basic nor Bearer, so no login, netrc entry or token of an "
        f"index can be right here{how}; pip and uv have no such scheme: ask those who run the server for another way in"
    )


def sign_in(url: str, unsent: str | None, sent: Sequence[str], how: str) -> str:
    """Say that a page to sign in on came in place of a 401.

    Args:
        url: where the page came from.
        unsent: the source of a credential that was not sent; ``None`` when there is none.
        sent: the sources of those that were sent.
        how: what to do so that a credential is sent at once.

    """
    page = f"{url} is a page to sign in on, and not what was asked for"
    if sent:
        return (
            f"{page}, although the credential from {joined(sent)} was sent: it is wrong or expired, or the server "
            "takes no passwords but only a sign-in in a browser (look there for an access token)"
        )
    if unsent is not None:
        return f"{page}: the server never asked (with a 401), so the credential from {unsent} was not sent: {how}"
    return f"{page}: the server never asks (with a 401) for a credential: {how}"


def downgraded(place: str) -> str:
    """Say that a redirect from https to http carries no credential."""
    return (
        f"a redirect led from https to plain http ({place}), where no credential is sent: the server has to redirect "
        "to https (behind a proxy it often does not know that it is reached by https)"
    )


def upgraded(place: str, source: str | None) -> str:
    """Say that a redirect from http to https is one to another realm."""
    left = f"the credential from {source} is for http and stays there" if source else "no credential is there for it"
    return f"a redirect led from http to https ({place}), which counts as another server: {left}"


def signed(place: str) -> str:
    """Say that the URL a redirect led to is signed, and was refused."""
    return (
        f"a redirect led to a signed address ({place}), to which no credential is sent, and that was refused: its "
        "signature is out of date (or a clock is wrong), so ask for the page anew; else the server's storage is set up "
        "wrongly"
    )


def not_about_credentials(status: int, unsent: str | None, always: str) -> str | None:
    """Say what a status means that neither asks for a credential nor refuses one; ``None`` for one that does."""
    if status >= SERVER:
        problem = f"the server has a problem of its own ({status})"
        if unsent is None:
            return f"{problem}: try again later"
        return (
            f"{problem}: try again later; or it answers so because no credential came (Artifactory can), and the one "
            f"from {unsent} was not sent: {always}"
        )
    if status == TOO_MANY:
        return "the server is asked too often (429): wait a while, and then try once"
    if status == NO_METHOD:
        return (
            "the server takes no GET at this address (405), which is made for something else, such as uploads: that is "
            "not about credentials"
        )
    if status in REFUSALS:
        return None
    return f"the server answers {status}, and that is not about credentials"


def tls_only(netloc: str) -> str:
    """Say that a port wants https."""
    return f"{netloc} speaks https on that port: write https:// in place of http://"
