"""What is sent to a server: Basic (RFC 7617) or Bearer (RFC 6750), in types that do not show their secret."""

from __future__ import annotations

import binascii

MASK = "****"
TOKEN_USER = "__token__"  # noqa: S105 - a user name
"""The user name that says that the password is a token (PyPI's)."""


class Secret(str):
    """A string whose ``repr``, pickle and traceback show a mask; as a ``str`` it is the text itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(MASK)

    def __reduce_ex__(self, _protocol: object) -> tuple[type[str], tuple[str]]:
        return str, (MASK,)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self


class Credentials:
    """One credential, immutable: Basic with a user name and a password (either may be missing), or a Bearer token.

    Make one with `basic` or `bearer`. Two are equal when scheme, user name and secret are. ``repr`` and ``str`` show a
    mask for the secret, and for a user name without one: it may be a token. A pickle leaves both behind.

    Attributes:
        scheme: ``"basic"`` or ``"bearer"``.
        username: the Basic user name; ``None`` when missing, and always for Bearer.

    """

    __module__ = "requests_indexauth"

    __slots__ = ("_header", "_secret", "scheme", "username")

    scheme: str
    username: str | None
    _secret: Secret | None
    _header: Secret | None

    def __init__(self, scheme: str, username: str | None, secret: str | None) -> None:
        put = object.__setattr__
        put(self, "scheme", scheme)
        for name in ("username", "_secret", "_header"):  # an error shows this object as far as it is made
            put(self, name, None)
        header = Secret(_basic(username, secret) if scheme == "basic" else _bearer(secret))
        # A user name without a password is often a token; one that has a password is no secret.
        put(self, "username", username if username is None else (str if secret else Secret)(username))
        put(self, "_secret", None if secret is None else Secret(secret))
        put(self, "_header", header)

    @classmethod
    def basic(cls, username: str | None, password: str | None) -> Credentials:
        """Return a Basic credential (RFC 7617).

        Args:
            username: ``None`` when missing; it is sent as an empty one.
            password: ``None`` when missing; the credential is then a lone user name, and not `complete`.

        Raises:
            ValueError: a control character, or a colon in the user name (RFC 7617, section 2); or what has no UTF-8.
                The message quotes neither.

        """
        username, password = _secret(username), _secret(password)  # an error shows this frame
        return cls("basic", username, password)

    @classmethod
    def bearer(cls, token: str) -> Credentials:
        """Return a Bearer credential (RFC 6750).

        Args:
            token: what stands behind ``Bearer`` in the header.

        Raises:
            ValueError: the token is empty or has a space or a character that is not printable ASCII (RFC 6750,
                section 2.1, allows fewer still). The message does not quote it.

        """
        token = Secret(token)
        return cls("bearer", None, token)

    @property
    def password(self) -> str | None:
        """The Basic password; ``None`` when missing, and always for Bearer."""
        return self._secret if self.scheme == "basic" else None

    @property
    def token(self) -> str | None:
        """The Bearer token; ``None`` for Basic."""
        return self._secret if self.scheme == "bearer" else None

    @property
    def complete(self) -> bool:
        """Whether there is a secret to send; a lone user name is not complete."""
        return self._secret is not None

    @property
    def header(self) -> str:
        """The value of the ``Authorization`` header; user name and password are UTF-8 (RFC 7617, section 2.1).

        Raises:
            ValueError: this credential was pickled, and its secret left behind.

        """
        if self._header is None:
            message = "this credential was pickled: its secret was left behind"
            raise ValueError(message)
        return self._header

    def __setattr__(self, name: str, _value: object = None) -> None:
        message = f"Credentials are immutable: cannot set {name!r}"
        raise AttributeError(message)

    __delattr__ = __setattr__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Credentials):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[str, str | None, str | None]:
        return self.scheme, self.username, self._secret

    def __repr__(self) -> str:
        if self.scheme == "bearer":
            return f"Credentials.bearer({MASK})"
        username = MASK if self.username and not self._secret else repr(self.username)
        return f"Credentials.basic({username}, {None if self._secret is None else MASK})"

    def __copy__(self) -> Credentials:
        return self

    def __deepcopy__(self, _memo: object) -> Credentials:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return _pickled, (self.scheme, self.username if self._secret else None)


def masked_username(username: str | None) -> str | None:
    """Return a user name as it may be shown: a lone one is a `Secret`, for it is often a token."""
    return MASK if isinstance(username, Secret) else username


def is_utf8(text: str | None) -> bool:
    """Whether text can be encoded as UTF-8: what a URL has percent-encoded otherwise has become lone surrogates."""
    return text is None or not any("\ud800" <= char <= "\udfff" for char in text)


def _secret(text: str | None) -> Secret | None:
    return None if text is None else Secret(text)


def _pickled(scheme: str, username: str | None) -> Credentials:
    """Rebuild what a pickle holds of a credential: everything but the secret."""
    credentials = Credentials.__new__(Credentials)
    for name, value in (("scheme", scheme), ("username", username), ("_secret", None), ("_header", None)):
        object.__setattr__(credentials, name, value)
    return credentials


def _basic(username: str | None, password: str | None) -> str:
    username, password = username or "", password or ""
    if ":" in username:
        message = "a Basic user name cannot hold a colon"
        raise ValueError(message)
    if _has_control(username) or _has_control(password):
        message = "a Basic credential cannot hold control characters"
        raise ValueError(message)
    try:
        pair = f"{username}:{password}".encode()
    except UnicodeEncodeError:  # it holds the text, so it may not be the context of ours either
        pair = None
    if pair is None:
        message = "a Basic credential must be UTF-8, and percent-encoded as UTF-8 in a URL"
        raise ValueError(message)
    return "Basic " + binascii.b2a_base64(pair, newline=False).decode()


def _bearer(token: str | None) -> str:
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        message = "a Bearer token must be printable ASCII without spaces, and not empty"
        raise ValueError(message)
    return "Bearer " + token


def _has_control(text: str) -> bool:
    return not text.isprintable() and any(ord(char) < 32 or 127 <= ord(char) < 160 for char in text)  # noqa: PLR2004
