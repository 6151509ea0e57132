"""URLs as this package compares them: a realm, a normalised path, and userinfo kept apart.

The host is always the one that will be connected to (CVE-2024-47081 is the mistake of taking another): what has no
unambiguous host is refused with ``ValueError``, so it can match nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from .credentials import MASK, Secret

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Patterns are compiled when they are first used: `mount` and `indexauth token` count milliseconds.
_URL = r"""(?xs) (?P<scheme>[Hh][Tt][Tt][Pp][Ss]?) ://
    (?: (?P<userinfo>[^/?\#\\]*) @ )?
    (?P<host> \[ [0-9a-fA-F:.]+ (?:%[\w.~%-]+)? \] | [^\s:/?\#@\[\]\\%<>^|`{}"\x00-\x20\x7f]+ )
    (?: : (?P<port>[0-9]*) )?
    (?P<path> /[^?\#]* )?
    (?P<rest> [?\#].* )? \Z"""
_DEFAULT_PORTS = {"http": 80, "https": 443}
_MAX_PORT = 65535
_LONGEST_HOST = 253  # RFC 1035, section 2.3.4, less the two bytes at its ends
_PERCENT = "%([0-9A-Fa-f]{2})"
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")  # RFC 3986, section 2.3
_PLAIN_PATH = r"(?:/(?!\.)[A-Za-z0-9\-._~!$&'()*+,;=:@]*)*\Z"
_AUTHORITY_USERINFO = r"(?i)\A(https?://)[^/?#]*@"
_NUMERIC = r"[0-9]+|0x[0-9a-f]*"
_SCHEME = r"(?i)\b[a-z][a-z0-9+.-]{0,63}:"  # no longer one: each letter of a long word would be looked at again


class Realm(NamedTuple):
    """Scheme, host and port: what a credential belongs to, and never leaves (RFC 9110, section 4.3; uv's ``Realm``).

    The host is lower case, IPv6 without brackets; the port is always a number, the default one included, so that
    ``https://h`` and ``https://h:443`` are equal.
    """

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """``host``, or ``host:port`` where the port is not the scheme's default; IPv6 in brackets."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether the host is this machine: ``localhost``, 127.0.0.0/8 or ``::1``."""
        return self.host in ("localhost", "::1") or re.fullmatch(r"127(\.\d{1,3}){3}", self.host) is not None

    @property
    def insecure(self) -> bool:
        """Whether a secret would go in the clear over a network: plain http to another machine."""
        return self.scheme == "http" and not self.loopback

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


class URL(NamedTuple):
    """A parsed http(s) URL; ``str`` and ``repr`` are safe to show.

    Attributes:
        clean: the URL as it was, without userinfo.
        realm: where it leads.
        path: the path for comparing: dot segments resolved, percent-encoding normalised; at least ``"/"``.
        username: decoded; ``None`` when missing or empty. A byte that is not UTF-8 is a lone surrogate.
        password: decoded; ``None`` when missing or empty (uv, like most URL parsers, knows no empty password).

    """

    clean: str
    realm: Realm
    path: str
    username: str | None
    password: str | None

    def __str__(self) -> str:
        return self.clean

    def __repr__(self) -> str:
        return f"URL({self.clean!r})"


def parse_url(url: str) -> URL:
    """Take an http(s) URL apart.

    Raises:
        ValueError: not an absolute http(s) URL, or one whose host or port is not clear. The message has no userinfo.

    """
    match = re.match(_URL, url)
    if match is None:
        message = f"not an http(s) URL with a clear host: {_guarded(url)}"
        del url  # an error shows this frame
        raise ValueError(message)
    scheme, userinfo, host, port, path = match.group("scheme", "userinfo", "host", "port", "path")
    scheme = scheme.lower()
    number = _number(port) if port else _DEFAULT_PORTS[scheme]
    if number > _MAX_PORT:
        message = f"the port is out of range: {_guarded(url)}"
        del url, match, userinfo
        raise ValueError(message)
    username = password = None
    clean = str(url)  # it may be a `Secret` until here
    if userinfo is not None:
        username, password = _split_userinfo(userinfo)
        clean = f"{url[: match.start('userinfo')]}{url[match.end('userinfo') + 1 :]}"
    del url, match, userinfo  # an error of the host shows this frame
    return URL(clean, Realm(scheme, _normal_host(host), number), normal_path(path or "/"), username, password)


def _number(port: str) -> int:
    """Return a port as a number; a too long one as a number out of range, for `int` takes quadratic time."""
    digits = port.lstrip("0") or "0"
    return int(digits) if len(digits) <= len(str(_MAX_PORT)) else _MAX_PORT + 1


def _split_userinfo(userinfo: str) -> tuple[str | None, str | None]:
    from urllib.parse import unquote  # noqa: PLC0415 - few URLs have userinfo

    # Bytes that are not UTF-8 become lone surrogates, which no credential takes: uv refuses them as well.
    username, _, password = (unquote(part, errors="surrogateescape") for part in userinfo.partition(":"))
    if password:
        return username or None, Secret(password)
    return Secret(username) or None, None  # a lone user name is often a token


def _normal_host(host: str) -> str:
    host = host.lower()
    if host[0] == "[":
        from ipaddress import IPv6Address  # noqa: PLC0415 - rare

        text, _, zone = host[1:-1].partition("%")
        address = IPv6Address(text)
        mapped = address.ipv4_mapped  # Python 3.13 has its own way to write these
        text = address.compressed if mapped is None else f"::ffff:{int(mapped) >> 16:x}:{int(mapped) & 0xFFFF:x}"
        return text + (f"%{zone}" if zone else "")
    if host.isascii():
        return host
    if len(host) > _LONGEST_HOST:  # older encoders take the square of the time
        message = f"a host has at most {_LONGEST_HOST} characters"
        raise ValueError(message)
    try:
        from idna import encode  # noqa: PLC0415 - rare; requests depends on it
    except ImportError:  # pragma: no cover - in a child of pip there is only the standard library
        return host.encode("idna").decode()
    return encode(host, uts46=True).decode()  # IDNAError is a ValueError


def is_malformed_address(host: str) -> bool:
    """Whether a host ends in a number and is no IPv4 address in full, such as ``127.1``.

    Other programs, uv among them, take such a host for another address or refuse it (URL Standard, "ends in a number").
    """
    if re.fullmatch(_NUMERIC, host.rstrip(".").rpartition(".")[2]) is None:
        return False
    from ipaddress import IPv4Address  # noqa: PLC0415 - rare

    try:
        IPv4Address(host)
    except ValueError:
        return True
    return False


def normal_path(path: str) -> str:
    """Return a path in the one form this package compares: RFC 3986, section 6.2.2, as uv's URL type does.

    >>> normal_path("/a/%2E%2e/b/./%7eme")
    '/b/~me'
    """
    if re.match(_PLAIN_PATH, path):
        return path
    from urllib.parse import quote  # noqa: PLC0415 - few paths need it

    return without_dot_segments(quote(re.sub(_PERCENT, _normal_percent, path), safe="/%!$&'()*+,;=:@~"))


def without_dot_segments(path: str) -> str:
    """Resolve the dot segments of a path that begins with a slash (RFC 3986, section 5.2.4), percent-encoded ones too.

    >>> without_dot_segments("/a/%2E./b/.")
    '/b/'
    """
    kept: list[str] = []
    segments = [(segment, segment.lower().replace("%2e", ".")) for segment in path.split("/")[1:]]
    for segment, plain in segments:
        if plain == "..":
            del kept[-1:]
        elif plain != ".":
            kept.append(segment)
    ends_in_dots = segments[-1][1] in (".", "..")
    return "/" + "/".join([*kept, ""] if ends_in_dots else kept)


def _normal_percent(match: re.Match[str]) -> str:
    char = chr(int(match[1], 16))
    return char if char in _UNRESERVED else match[0].upper()


def root_path(path: str) -> str:
    """Return an index's root: its normalised path without trailing slashes and a last ``simple`` or ``+simple``.

    The root of a whole host is ``""``, so that `covers` can put a slash behind any root (uv's ``Index::root_url``).
    """
    path = path.rstrip("/")
    head, _, last = path.rpartition("/")
    return head.rstrip("/") if last.lower() in ("simple", "+simple") else path


def covers(root: str, path: str) -> bool:
    """Whether a path is a root itself or under it, on a segment boundary: ``/a`` covers ``/a/b``, never ``/ab``."""
    return path.startswith(root) and (len(path) == len(root) or path[len(root)] == "/")


def lengths_of(roots: Iterable[str]) -> list[int]:
    """Return the different lengths of some root paths, longest first, for `ancestors`."""
    return sorted({len(root) for root in roots}, reverse=True)


def ancestors(path: str, lengths: Iterable[int]) -> Iterator[str]:
    """Yield the prefixes of a normalised path that cover it (it covers itself) and have one of these lengths, in order.

    Only these prefixes are made: to make every prefix of a long path would take quadratic time.

    >>> list(ancestors("/a/b/c", [6, 4, 3, 0]))
    ['/a/b/c', '/a/b', '']
    """
    for length in lengths:
        if length == len(path) or path[length : length + 1] == "/":
            yield path[:length]


def _guarded(url: str) -> str:
    """Return a URL that cannot be parsed, for a message, with everything masked that may be userinfo."""
    userinfo, at, rest = url.rpartition("@")
    return f"{MASK}@{rest}" if at and userinfo else url


def without_userinfo(url: str) -> str:
    """Return a URL without what may be userinfo, however unclear its host is."""
    return re.sub(_AUTHORITY_USERINFO, r"\1", url)


def redacted(text: str) -> str:
    """Return text with the userinfo of any URL in it masked.

    What stands between a scheme and the last ``@`` before a slash, question mark or hash counts as userinfo, with or
    without the slashes of ``//``: a password may have a blank in it. Each such stretch is looked at once.
    """
    if "@" not in text:
        return text
    shown = []
    opened = False  # whether a scheme's colon, and nothing but slashes since, stands before the stretch
    for stretch, end in re.findall("([^/?#]*)([/?#]?)", text):
        userinfo, at, host = stretch.rpartition("@")
        scheme = re.search(_SCHEME, userinfo) if at and not opened else None
        if at and (opened or scheme):
            shown.append(f"{userinfo[: scheme.end()] if scheme else ''}{MASK}@{host}{end}")
        else:
            shown.append(stretch + end)
        opened = end == "/" and (opened if not stretch else re.search(rf"{_SCHEME}\Z", stretch) is not None)
    return "".join(shown)


def without_query(url: str) -> str:
    """Return a URL without its query and fragment.

    >>> without_query("https://h/file?sig=abc#sha256=def")
    'https://h/file'
    """
    return url.partition("#")[0].partition("?")[0]


def mask_query(url: str) -> str:
    """Return a URL with its query and fragment masked: a signature or a token often stands there.

    >>> mask_query("https://h/file?sig=abc")
    'https://h/file?****'
    """
    for number, char in enumerate(url):
        if char in "?#":
            return f"{url[: number + 1]}{MASK}"
    return url
