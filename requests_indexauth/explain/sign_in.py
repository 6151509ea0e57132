"""Recognise a page to sign in on, which some servers send in place of a 401."""

from __future__ import annotations

import re

from ..models.url import without_query

OK, FROM_ELSEWHERE = 200, 203
PAGE_BYTES = 65536
"""How much of a page is looked at."""

_PLACE = re.compile(
    r"(?ix) (?:\A|[/.+_-]) (?: log[-_]?in | sign[-_]?in | sso | saml2? | oauth2? | oidc | openid(?:-connect)? | adfs"
    r"| idp | authori[sz]e | authenticate | auth ) (?: [/.?_-] | \Z )"
)
_SIMPLE = re.compile(r"(?i)/\+?simple(?:/|\Z)")
_PASSWORD = re.compile(r"(?i)<input[^<>]+type\s*=\s*[\"']?password")
_LINK = re.compile(r"(?i)<a\s[^<>]*href")
_WORDS = re.compile(r"(?i)\b(?:log|sign)[\s-]?(?:in|on)\b")


def leads_to_sign_in(url: str) -> bool:
    """Whether a URL looks like one to sign in at: by its host or path, and not below an index's ``/simple/``.

    >>> leads_to_sign_in("https://devpi.example/+login?goto_url=/me/dev")
    True
    >>> leads_to_sign_in("https://pypi.org/simple/login/")
    False
    """
    place = without_query(url).partition("://")[2]
    return not _SIMPLE.search(place) and _PLACE.search(place) is not None


def is_html(content_type: str | None) -> bool:
    """Whether a ``Content-Type`` is HTML, and not an index's JSON."""
    return (content_type or "").partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")


def is_sign_in_page(  # noqa: PLR0913 - each is one sign of it
    status: int, content_type: str | None, url: str, *, redirected: bool, index_page: bool = False, text: str = ""
) -> bool:
    """Whether an answer is a page to sign in on, which some servers give in place of a 401.

    Args:
        status: of the answer.
        content_type: of the answer.
        url: where the answer came from.
        redirected: whether a redirect led there.
        index_page: whether a page of links was asked for.
        text: the beginning of the page; empty when it was not read.

    """
    if status not in (OK, FROM_ELSEWHERE) or not is_html(content_type):
        return False
    if status == FROM_ELSEWHERE or (redirected and leads_to_sign_in(url)):
        return True
    if not (redirected or index_page) or (_LINK.search(text) and _SIMPLE.search(url)):
        return False
    if _PASSWORD.search(text):
        return True
    return index_page and not _LINK.search(text) and _WORDS.search(text) is not None


def is_index_page(url: str) -> bool:
    """Whether a URL is an index's page: one below ``/simple/`` or ``/+simple/``."""
    return _SIMPLE.search(url.partition("?")[0]) is not None
