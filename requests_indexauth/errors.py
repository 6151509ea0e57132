"""Every error of the package that does not need ``requests``; fields are attributes, messages never hold a secret.

The two errors that are also ``requests`` exceptions are in `session.errors`, made from the two policy errors here.
"""

from __future__ import annotations


class IndexAuthError(Exception):
    """The base of every error this package raises on purpose."""

    __module__ = "requests_indexauth"


class StoreError(IndexAuthError):
    """The credential store cannot be read or written; the message names the file and, where known, the line."""

    __module__ = "requests_indexauth"


class ConfigError(IndexAuthError):
    """A configuration file or variable has a bad value; the message names the file (or variable) and the key."""

    __module__ = "requests_indexauth"


class SourceError(IndexAuthError):
    """A source of credentials is there but broken; the message starts with the source's name ("netrc: ...")."""


class PolicyError(IndexAuthError):
    """The credentials that were found, or not found, contradict the index's ``authenticate`` policy.

    Attributes:
        url: the request's URL, without userinfo and with its query masked: a token may stand there.
        index: the index's name, or its URL where it has no name.
        sources: names of sources, as ``explain`` calls them.
        see: the command, or line of Python, that says why; empty when there is none.

    """

    see: str = ""

    def __init__(self, url: str, index: str, sources: tuple[str, ...]) -> None:
        super().__init__(url, index, sources)
        self.url = url
        self.index = index
        self.sources = sources


class MissingCredentials(PolicyError):  # noqa: N818 - the public name is MissingCredentialsError
    """Policy ``always``, and no source had a complete credential. ``sources`` are those that were asked, in order.

    None were asked where a redirect led from https to plain http.
    """

    def __str__(self) -> str:
        asked = ", ".join(self.sources) or "none"
        led = "" if self.sources else ": a redirect led there from https, and no credential goes on to plain http"
        return (
            f'no credentials for {self.url}: the index {self.index!r} has authenticate = "always", and none of '
            f"the sources asked had any ({asked}){led}{f'; to see why: {self.see}' if self.see else ''}"
        )


class CredentialsNotAllowed(PolicyError):  # noqa: N818 - the public name is CredentialsNotAllowedError
    """Policy ``never``, yet a credential was given. ``sources`` has one name: where it came from."""

    def __str__(self) -> str:
        return (
            f"credentials for {self.url} from {self.sources[0]}, but the index {self.index!r} has "
            'authenticate = "never": remove the one or the other'
        )
