"""A package index: where it is, what it is called, and when credentials are sent to it."""

from __future__ import annotations

from .credentials import MASK, Credentials, Secret
from .url import Realm, covers, mask_query, parse_url, root_path

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from .choices import Policy

POLICIES = ("auto", "always", "never")
"""The values of `authenticate`, the least strict first."""


class Index:
    """A package index, immutable.

    Userinfo in ``url`` is kept apart: it is the index's own credential, never shown and not pickled. Two are equal when
    URL, name, policy and that credential are.

    Args:
        url: the index's http(s) URL, as a tool would be given it (``https://host/team/simple/``).
        name: what ``UV_INDEX_<NAME>_USERNAME`` and messages call it; ``None`` when it has no name.
        authenticate: when credentials are looked for: ``"auto"`` (after a refusal), ``"always"`` (before any
            request, and an error without), ``"never"`` (an error when there are any). uv's setting of that name.
        origin: the file or variable the index was read from, for messages; ``None`` when given in code.

    Attributes:
        url: as given, without userinfo.
        name: as given.
        authenticate: as given.
        origin: as given; it does not count when two are compared.
        realm: scheme, host and port of the URL; a credential for the index goes nowhere else.
        credentials: what stood in the URL's userinfo, a lone user name too; ``None`` when nothing did.

    Raises:
        ValueError: not an http(s) URL with a clear host, userinfo that no header can carry, or an unknown policy.

    """

    __module__ = "requests_indexauth"

    __slots__ = ("_hash", "_path", "authenticate", "credentials", "name", "origin", "realm", "url")

    url: str
    name: str | None
    authenticate: Policy
    origin: str | None
    realm: Realm
    credentials: Credentials | None
    _hash: int
    _path: str

    def __init__(
        self, url: str, name: str | None = None, authenticate: Policy = "auto", *, origin: str | None = None
    ) -> None:
        url = Secret(url)  # an error shows this frame, and this object as far as it is made
        put = object.__setattr__
        put(self, "url", MASK)
        put(self, "name", name)
        put(self, "authenticate", authenticate)
        if authenticate not in POLICIES:
            message = f"authenticate must be one of {', '.join(POLICIES)}, not {authenticate!r}"
            raise ValueError(message)
        parsed = parse_url(url)
        put(self, "url", parsed.clean)
        put(self, "origin", origin)
        put(self, "realm", parsed.realm)
        put(self, "_path", root_path(parsed.path))
        given = parsed.username or parsed.password
        put(self, "credentials", Credentials.basic(parsed.username, parsed.password) if given else None)
        put(self, "_hash", hash((self.url, name, authenticate)))  # asked for with every request

    @property
    def root(self) -> str:
        """The URL without its last ``/simple`` or ``/+simple`` segment and without trailing slashes (uv's root)."""
        return f"{self.realm}{self._path}"

    @property
    def root_path(self) -> str:
        """The path of `root`; ``""`` for a whole host."""
        return self._path

    @property
    def display_url(self) -> str:
        """The URL as it may be shown: with its query masked, for a token may stand there."""
        return mask_query(self.url)

    @property
    def label(self) -> str:
        """What messages call the index: its name, else its URL."""
        return self.name or self.display_url

    def completed_by(self, other: Index) -> Index:
        """Return this index with the other one's password, if that is for this one's lone user name; else itself."""
        own, others = self.credentials, other.credentials
        if own is None or own.complete or others is None or not others.complete or own.username != others.username:
            return self
        completed = Index(self.url, self.name, self.authenticate, origin=self.origin)
        object.__setattr__(completed, "credentials", others)
        return completed

    def covers(self, url: str) -> bool:
        """Whether a URL is in the index's realm and under its root, on a segment boundary.

        Both are normalised first (RFC 3986, section 6.2.2). What is not an http(s) URL is covered by no index.
        """
        try:
            parsed = parse_url(url)
        except ValueError:
            return False
        return parsed.realm == self.realm and covers(self._path, parsed.path)

    def __setattr__(self, name: str, _value: object = None) -> None:
        message = f"an Index is immutable: cannot set {name!r}"
        raise AttributeError(message)

    __delattr__ = __setattr__

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Index):
            return NotImplemented
        return self._key() == other._key()

    def __hash__(self) -> int:
        return self._hash

    def _key(self) -> tuple[object, ...]:
        return self.url, self.name, self.authenticate, self.credentials

    def __repr__(self) -> str:
        return f"Index({self.display_url!r}, name={self.name!r}, authenticate={self.authenticate!r})"

    def __copy__(self) -> Index:
        return self

    def __deepcopy__(self, _memo: object) -> Index:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return Index, (self.url, self.name, self.authenticate)
