"""The two policy errors as ``requests`` users meet them: also a ``RequestException``, with ``.request``."""

from __future__ import annotations

from typing import Any

from requests.exceptions import RequestException

from ..errors import CredentialsNotAllowed, MissingCredentials, PolicyError


class _RequestPolicyError(PolicyError, RequestException):
    """Keeps ``requests``' own attributes (``request``, ``response``) beside the policy error's."""

    def __init__(self, url: str, index: str, sources: tuple[str, ...], request: Any = None) -> None:
        PolicyError.__init__(self, url, index, sources)
        self.request = request
        self.response = None

    def __reduce__(self) -> tuple[Any, ...]:
        # The request is left out: its headers may carry another user's secret.
        return type(self), (self.url, self.index, self.sources), {"see": self.see}


class MissingCredentialsError(_RequestPolicyError, MissingCredentials):
    """An index has the policy ``always`` and no source had a complete credential; nothing was sent.

    Attributes:
        url: the request's URL, without userinfo and with its query masked.
        index: the index's name, or its URL where it has no name.
        sources: the names of the sources that were asked, in order.
        request: the ``PreparedRequest``, without userinfo and ``Authorization``; ``None`` in a pickle or copy.

    """

    __module__ = "requests_indexauth"


class CredentialsNotAllowedError(_RequestPolicyError, CredentialsNotAllowed):
    """An index has the policy ``never`` and a credential was given for it all the same; nothing was sent.

    Attributes:
        url: the request's URL, without userinfo and with its query masked.
        index: the index's name, or its URL where it has no name.
        sources: one name: where the credential is from.
        request: the ``PreparedRequest``, without userinfo and ``Authorization``; ``None`` in a pickle or copy.

    """

    __module__ = "requests_indexauth"


def for_request(error: PolicyError, request: Any) -> _RequestPolicyError:
    """Return the ``requests`` form of a policy error the core raised."""
    kind = MissingCredentialsError if isinstance(error, MissingCredentials) else CredentialsNotAllowedError
    made = kind(error.url, error.index, error.sources, request)
    made.see = error.see
    if kind is MissingCredentialsError and error.sources and hasattr(made, "add_note"):  # from Python 3.11 on
        from ..explain.remedies import index_of, keep  # noqa: PLC0415 - a session seldom fails so

        made.add_note(f"To mend it: {keep(index_of(error.url))}")
    return made
