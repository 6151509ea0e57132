"""Sentences on what an answer means, shared by `explain`, ``login --check`` and pip-indexauth.

Each function returns a sentence, or a part of one. Where an answer has two possible causes, the sentence has both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models.call import FORBIDDEN, NOT_FOUND, UNAUTHORIZED
from ..models.found import GIVEN
from ..util.terminal import in_command

if TYPE_CHECKING:
    from collections.abc import Sequence

REFUSALS = (UNAUTHORIZED, FORBIDDEN, NOT_FOUND)
REDIRECT, BAD_REQUEST, NO_METHOD, TOO_MANY, TOO_LONG, SERVER, NETWORK = 300, 400, 405, 429, 431, 500, 511

FORBIDDEN_MEANS = (
    "does not let it in, or answers a wrong password so (pypiserver does): check the password, then ask there for "
    "access"
)
"""The two readings of a 403 to a credential, after the words that name the user."""

_NO_SOURCE = "none of the sources asked has a credential"
_HOW_TO_CORRECT = {
    GIVEN: "give the right one",
    "environment": "set the variable anew",
    "index URL": "correct the URL where the index is configured",
    "netrc": "correct the entry in netrc",
    "store": "replace it with {login}",
    "native store": "replace it with {login}",
    ".pypirc": "correct the section in ~/.pypirc",
    "known hosts": "set HF_TOKEN anew",
    "helper": "log in anew where the credential helper has it from",
    "keyring": "replace the entry in the keyring",
    "prompt": "give the right one",
}
_OTHERS = {
    TOO_MANY: "the server is asked too often (429): wait a while, and then try once",
    NO_METHOD: (
        "the server takes no GET at this address (405), which is made for something else, such as uploads: that is not "
        "about credentials"
    ),
    NETWORK: (
        "the network that this machine is in wants a sign-in first (511): open any page in a browser, and sign in there"
    ),
}
"""What some statuses mean."""
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
    again = (
        f"`indexauth login {in_command(login)}`"
        if login
        else "`indexauth login SERVICE` (`indexauth list` shows for which)"
    )
    hows = (_HOW_TO_CORRECT.get(source, f"correct it there ({source})").format(login=again) for source in sources)
    if several:
        hows = (how.replace(" it ", " the stored one ") for how in hows)
    how = "; ".join(dict.fromkeys(hows))
    which = "which are" if several else "which is"
    also = ", or of the wrong kind (the server offers Bearer tokens only)" if bearer_only else ""
    credentials = f"the credential{'s' if several else ''} from {joined(sources)}"
    return f"{place} refuses {credentials}, {which} wrong, expired or revoked{also}: {how}"


def unanswered(
    sent: Sequence[str], asked: Sequence[str], how: str, *, name_alone: bool = False, used_up: bool = False
) -> str:
    """Say in a log why a 401 stays one.

    Args:
        sent: the sources whose credentials were sent.
        asked: the sources that are asked.
        how: what says more.
        name_alone: whether only a user name was given.
        used_up: whether the call was sent as often as it may be, so that the other sources were not asked.

    """
    others = [source for source in asked if source not in sent]
    if not sent:
        head = "only a user name is given, and none of the sources asked has its password" if name_alone else _NO_SOURCE
        return f"{head} ({', '.join(others) or 'none'}); to see why: {how}"
    also = f", and none of the others asked has another one ({', '.join(others)})" if others else ""
    if used_up and others:
        also = f", and a call is sent three times at most: the next one asks the others ({', '.join(others)})"
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
    left = f"the credential from {source} is for http and stays there" if source else "there is no credential for it"
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
    if status in REFUSALS:
        return None
    if status in _OTHERS:
        return _OTHERS[status]
    if status >= SERVER:
        return _server_error(status, unsent, always)
    if REDIRECT <= status < BAD_REQUEST:
        return (
            f"the server answers {status} and does not say where to (it sends no Location): those who run the server "
            "have to correct it"
        )
    return f"the server answers {status}, and that is not about credentials"


def _server_error(status: int, unsent: str | None, always: str) -> str:
    problem = f"the server has a problem of its own ({status})"
    if unsent is None:
        return f"{problem}: try again later"
    return (
        f"{problem}: try again later; or it answers so because no credential came (Artifactory can), and the one "
        f"from {unsent} was not sent: {always}"
    )


def malformed(status: int, source: str) -> str:
    """Say what 400 or 431 to a credential means."""
    return (
        f"the server answers {status} to the credential from {source}: it may be cut off or too long for the "
        "server; or the address is wrong"
    )


def tls_only(netloc: str) -> str:
    """Say that a port wants https."""
    return f"{netloc} speaks https on that port: write https:// in place of http://"
