"""Mask the secrets that a server quotes back from what it was sent."""

from __future__ import annotations

import binascii
from urllib.parse import quote, quote_plus

from ..models.credentials import MASK
from ..models.url import mask_query, parse_url, redacted, without_userinfo


class Echo:
    """Knows the secrets that were sent, and masks them in what servers answer.

    Attributes:
        asked: the URL that was asked for, without userinfo; a server has put nothing into it.

    """

    def __init__(self) -> None:
        self.asked = ""
        self._secrets: set[str] = set()

    def note(self, header: str) -> None:
        """Note an ``Authorization`` that was sent: its value, and what a Basic one is made of."""
        scheme, _, value = header.partition(" ")
        secrets = {value.strip()}
        if scheme.lower() == "basic":
            username, _, password = _decoded(value).partition(":")
            secrets.add(password or username)  # a user name alone may be a token
        for secret in filter(None, secrets):
            self._secrets |= {secret, quote(secret, safe=""), quote_plus(secret)}

    def mask_url(self, url: str) -> str:
        """Return a URL to show: its query masked, and in what a server has put into it each secret and any userinfo.

        A short password may stand in the URL that was asked for by chance; masked there, it would look like a redirect.
        Where it is a port's number, say, the scheme, host and port stay, for a URL without them leads nowhere.
        """
        if url == self.asked:
            return mask_query(url)
        origin = _origin_of(self.asked)
        shown = self._mask_behind(origin if url.startswith(f"{origin}/") else "", url)
        if _is_clear(shown) or not _is_clear(url):
            return shown
        url = without_userinfo(mask_query(url))
        return self._mask_behind(_origin_of(url), url)

    def _mask_behind(self, kept: str, url: str) -> str:
        return kept + self.mask(redacted(mask_query(url[len(kept) :])))

    def mask(self, text: str) -> str:
        """Return a server's words with a mask in place of each secret."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, MASK)
        return text


def _origin_of(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def _is_clear(url: str) -> bool:
    """Whether a URL's host is clear."""
    try:
        parse_url(url)
    except ValueError:
        return False
    return True


def _decoded(value: str) -> str:
    """Decode base64; return an empty text for anything else."""
    try:
        return binascii.a2b_base64(value).decode()
    except ValueError:
        return ""
