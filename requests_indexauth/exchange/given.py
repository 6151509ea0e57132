"""What the caller of a request gave with it."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING, NamedTuple

from ..models.credentials import Credentials
from ..models.found import GIVEN, Found
from ..models.url import URL, Realm

if TYPE_CHECKING:
    from ..sources.base import Warn


class Given(NamedTuple):
    """What the caller gave with a request.

    Attributes:
        realm: the realm it was given for; it goes to no other.
        found: the complete credential; ``None`` when there is none.
        username: the user name, when that is all there is.
        keep: whether it stood in the URL, and is remembered once accepted (unless a redirect gave that URL).

    """

    realm: Realm
    found: Found | None = None
    username: str | None = None
    keep: bool = False

    @property
    def by_hook(self) -> bool:
        """Whether it is an ``auth=`` that answers refusals by itself: there is no header to send."""
        return self.found is not None and not self.found.header


def read_given(  # noqa: PLR0913 - what a request may bring with it
    url: URL,
    header: str | None,
    *,
    hop: bool,
    carried: Given | None,
    by_hook: bool,
    of_caller: bool,
    warn: Warn,
) -> Given:
    """Return what the caller gave: an ``auth=`` with hooks, a header, userinfo, or what came with the first request.

    Args:
        url: the request's.
        header: the ``Authorization`` that the caller set on this request; ``None`` without one.
        hop: whether a redirect led here.
        carried: what came with the first request; ``None`` where that has not been looked at.
        by_hook: as for `read_request`.
        of_caller: as for `read_request`.
        warn: as for `read_request`.

    """
    realm = url.realm
    if by_hook and header is None and not hop:
        return Given(realm, Found.given("", realm))
    if hop and carried is not None and carried.by_hook and carried.realm != realm:
        return Given(realm)  # a header would be the last realm's
    if header is not None and (of_caller or not _is_of_url(header, url)):
        return Given(realm, Found.given(header, realm))
    if (url.password is not None or url.username is not None) and not of_caller:
        return _of_userinfo(url, warn)
    return carried if carried is not None and carried.realm == realm else Given(realm)


def _of_userinfo(url: URL, warn: Warn) -> Given:
    try:
        credentials = Credentials.basic(url.username, url.password)
    except ValueError as error:
        warn(f"the URL's userinfo is left out: {error} ({url.realm})")
        return Given(url.realm)
    if not credentials.complete:
        return Given(url.realm, username=url.username, keep=True)
    return Given(url.realm, Found(credentials, GIVEN, url.realm), keep=True)


def _is_of_url(header: str, url: URL) -> bool:
    """Whether a header is what ``requests`` makes of a URL's userinfo (in latin-1, where we use UTF-8)."""
    if url.username is None and url.password is None:
        return False
    scheme, _, value = header.partition(" ")
    pair = f"{url.username or ''}:{url.password or ''}"
    try:
        decoded = binascii.a2b_base64(value)
    except ValueError:
        return False
    return scheme == "Basic" and decoded in (pair.encode("latin-1", "replace"), pair.encode("utf-8", "replace"))
