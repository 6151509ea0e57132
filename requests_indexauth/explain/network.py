"""Say why a request got no answer, and what to do, from the errors of ``requests`` and ``urllib3``.

Errors are recognised by the names of their classes and by the words of OpenSSL and the system, so that ``requests`` is
not imported: pip's copy has the same names. No message is passed on, since it may quote a URL's query.
"""

from __future__ import annotations

import errno
import os
import re
from typing import TYPE_CHECKING, NamedTuple

from ..models.url import mask_query, parse_url, without_userinfo
from .attempt import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
TOO_MANY_REDIRECTS = "TooManyRedirects"
_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
_PROXY = re.compile(r"(?i)[a-z][a-z0-9+.-]*://(?:[^/?#]*@)?(?:\[[0-9a-f:.]+\]|[^\s:/?#@\[\]]+)(?::\d+)?/?\Z")
_SCHEME = r"(?i)[a-z][a-z0-9+.-]*://"
_CLOCK = "or this machine's clock is wrong"


class Way(NamedTuple):
    """How a request was sent.

    Attributes:
        url: where to.
        proxy: through which proxy; ``None`` for none.
        bundle: the file of certificates to trust; ``None`` for the usual one.
        seconds: how long an answer was waited for.
        pip: where pip would send it: what its options are from, by their names; ``None`` where it is not pip.

    """

    url: str
    proxy: str | None = None
    bundle: str | None = None
    seconds: float = 30
    pip: Mapping[str, str] | None = None

    def option(self, name: str) -> str:
        """What messages call one of pip's options: the file and key it is from, where it is set."""
        return (self.pip or {}).get(name, f"pip's option {name}")

    @property
    def host(self) -> str:
        """What messages call the server; the URL where that is not clear."""
        try:
            return parse_url(self.url).realm.netloc
        except ValueError:
            return mask_query(without_userinfo(self.url))

    @property
    def scheme(self) -> str:
        """``http`` or ``https``."""
        return self.url.partition(":")[0].lower()

    @property
    def through(self) -> str:
        """What messages call the proxy: its address, and the setting it is from."""
        return f"the proxy {shown_address(self.proxy or '')} ({self.proxy_setting})"

    @property
    def proxy_setting(self) -> str:
        """What sets the proxy."""
        names = (f"{self.scheme}_proxy", f"{self.scheme.upper()}_PROXY", "all_proxy", "ALL_PROXY")
        if self.pip and "proxy" in self.pip:
            return self.pip["proxy"]  # then no other counts
        return next((name for name in names if os.environ.get(name)), "the system's settings")

    @property
    def directly(self) -> str:
        """What messages say of a host that needs no proxy."""
        if self.pip and "proxy" in self.pip:
            return "where the host is reached directly, unset it"
        return "a host that is reached directly belongs in NO_PROXY"


def shown_address(address: str) -> str:
    """Return the address of a proxy, or another host's, without userinfo; it may have any scheme, or none.

    >>> shown_address("me:secret@proxy:8080"), shown_address("socks5://me:a/b@proxy")
    ('proxy:8080', 'socks5://proxy')
    """
    userinfo, at, host = address.rpartition("@")
    scheme = re.match(_SCHEME, userinfo)
    return f"{'' if scheme is None else scheme[0]}{host}" if at else address


def failure_of(error: BaseException, way: Way) -> Failure:
    """Return why a request got no answer.

    Args:
        error: what ``requests`` or ``urllib3`` raised.
        way: how it was sent.

    """
    causes = _Causes(error)
    unsent = _address(causes, way) or _files(causes, way)
    return Failure(type(error).__name__, unsent or _why(causes, way), unsent is None)


class _Causes:
    """An error with all that led to it."""

    def __init__(self, error: BaseException) -> None:
        self.errors = list(_chain(error, set()))
        self.names = {kind.__name__ for one in self.errors for kind in type(one).__mro__}
        self.text = "\n".join(map(str, self.errors))
        self.numbers = {one.errno for one in self.errors if isinstance(one, OSError)}

    def says(self, pattern: str) -> bool:
        """Whether one of the messages has a pattern, in any case."""
        return re.search(pattern, self.text, re.IGNORECASE) is not None


def _chain(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    """Yield an error and those it wraps: as its cause, its ``reason``, or one of its arguments."""
    if id(error) in seen:
        return
    seen.add(id(error))
    yield error
    wrapped = (error.__cause__, error.__context__, getattr(error, "reason", None), *error.args)
    for inner in wrapped:
        if isinstance(inner, BaseException):
            yield from _chain(inner, seen)


def _why(causes: _Causes, way: Way) -> str:
    rules = (_proxy, _tls, _no_host, _no_connection)
    why = next(filter(None, (rule(causes, way) for rule in rules)), None)
    return why or f"{type(causes.errors[0]).__name__}: check the address, the proxy and the network"


def _address(causes: _Causes, way: Way) -> str | None:
    """Say what is wrong with an address, to which nothing could be sent."""
    names = causes.names
    no_proxy_url = "InvalidProxyURL" in names or (way.proxy is not None and not _PROXY.match(way.proxy))
    rules = (
        (
            TOO_MANY_REDIRECTS in names,
            (
                f"{way.host} redirects in a circle: it may want a cookie or a credential that it does not get, or it "
                "is set up wrongly"
            ),
        ),
        (
            causes.says("SOCKS support"),
            f"{way.through} speaks SOCKS, for which a package is missing: `pip install requests[socks]`",
        ),
        (
            causes.says("only use HTTP and not HTTPS"),
            f"{way.through} speaks plain http: write its address with http://",
        ),
        (no_proxy_url, f"the proxy's address is not a URL: correct {way.proxy_setting}"),
        (
            names & {"InvalidSchema", "MissingSchema"},
            (
                "a redirect leads to an address that is neither http nor https: those who run the server have to "
                "correct it"
            ),
        ),
        (
            names & {"InvalidURL", "LocationValueError", "UnicodeError"},
            f"no machine can have the address {way.host}: check the host's name and the port",
        ),
    )
    return next((why for fits, why in rules if fits), None)


def _files(causes: _Causes, way: Way) -> str | None:
    """Say which file of certificates is missing or of no use."""
    bundle = way.bundle
    if bundle is not None:
        setting = _variable_of(bundle) or ("session.verify" if way.pip is None else way.option("cert"))
        if not os.path.exists(bundle):  # noqa: PTH110 - no import of pathlib
            return f"the file of certificates {bundle}, which {setting} names, is not there: correct {setting}"
        if causes.says("NO_CERTIFICATE_OR_CRL_FOUND|no certificate or crl|PEM lib|load_verify"):
            return f"the file {bundle}, which {setting} names, holds no certificates in PEM form: correct {setting}"
    if causes.says("TLS (certificate|key) file"):
        return "the file of the client's certificate is not there: correct " + (
            "session.cert" if way.pip is None else way.option("client-cert")
        )
    return None


def _variable_of(bundle: str) -> str | None:
    """Return the variable that names a file of certificates; ``None`` where none does."""
    return next((name for name in BUNDLE_VARIABLES if os.environ.get(name) == bundle), None)


def _proxy(causes: _Causes, way: Way) -> str | None:
    if way.proxy is None:
        return None
    status = re.search(r"Tunnel connection failed: (\d+)", causes.text)
    if status is not None and status[1] == "407":
        return asks_for_password(way)
    if status is not None:
        return (
            f"{way.through} refuses to connect to {way.host} ({status[1]}): ask those who run the proxy; {way.directly}"
        )
    if "ProxyError" not in causes.names:
        return None
    return f"{way.through} cannot be reached: check its address; {way.directly}"


def asks_for_password(way: Way) -> str:
    """Say that the proxy answers 407."""
    return (
        f"it is the proxy that asks for a password (407), and not the server: put one into the address of {way.through}"
        ", as http://USER:PASSWORD@HOST:PORT"
    )


def _tls(causes: _Causes, way: Way) -> str | None:
    if "SSLError" not in causes.names and "CertificateError" not in causes.names:
        return None
    rules = (
        (r"has expired|CERTIFICATE_HAS_EXPIRED", f"the certificate of {way.host} has expired, {_CLOCK}"),
        (r"not yet valid", f"the certificate of {way.host} is not valid yet, {_CLOCK}"),
        (
            r"Hostname mismatch|doesn't match|IP address mismatch|not valid for",
            (
                f"the certificate of {way.host} is for another host: check the address; where that is right, the "
                "server has the wrong certificate"
            ),
        ),
        (r"CERTIFICATE_VERIFY_FAILED|certificate verify failed", _unknown_authority(causes, way)),
        (
            r"WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNKNOWN_PROTOCOL",
            f"{way.host} does not speak TLS on that port: correct the port, or write http:// in place of https://",
        ),
        (
            r"certificate[ _]required|alert (bad|unknown|no) (certificate|ca)|ALERT_BAD_CERTIFICATE|ALERT_UNKNOWN_CA",
            wants_certificate(way),
        ),
        (
            r"HANDSHAKE_FAILURE|UNSUPPORTED_PROTOCOL|NO_PROTOCOLS|PROTOCOL_VERSION|NO_SHARED_CIPHER|DH_KEY_TOO_SMALL",
            (
                f"{way.host} and this Python have no version of TLS or no cipher in common, or it wants a certificate "
                "of the client: ask those who run the server"
            ),
        ),
    )
    return next((why for pattern, why in rules if causes.says(pattern)), f"TLS with {way.host} failed") + _via(way)


def _unknown_authority(causes: _Causes, way: Way) -> str:
    known = "the usual authorities" if way.bundle is None else f"those in {way.bundle}"
    own = causes.says(r"self.signed certificate(?! in)")
    signed = "by itself" if own else "by an authority that is unknown here"
    chain = "" if own else ", or the server leaves out a certificate between the two"
    options = "REQUESTS_CA_BUNDLE (pip: --cert)" if way.pip is None else "pip's option cert"
    variable = None if way.bundle is None else _variable_of(way.bundle)
    if variable is not None and way.pip is not None:  # `requests`, which pip has in it, takes the variable first
        options = f"{variable}, which overrides pip's option cert, or unset {variable} and name it in that option"
    return (
        f"the certificate of {way.host} is signed {signed} (not one of {known}){chain}: get the authority's "
        f"certificate from those who run the server, and name its file in {options}"
    )


def wants_certificate(way: Way) -> str:
    """Say that the server wants a certificate of the client."""
    how = "session.cert, or with pip's option client-cert" if way.pip is None else "pip's option client-cert"
    return f"{way.host} wants a certificate of the client: give one with {how}"


def _via(way: Way) -> str:
    return "" if way.proxy is None else f"; it went through {way.through}, which may have put in its own certificate"


def _no_host(causes: _Causes, way: Way) -> str | None:
    failed = "NameResolutionError" in causes.names or "gaierror" in causes.names
    if not failed and not causes.says("getaddrinfo failed|Name or service not known|nodename nor servname"):
        return None
    return (
        f"the name service knows no host {way.host}, or cannot be reached: check the address for a slip, and whether "
        "it takes a VPN to see that host"
    )


def _no_connection(causes: _Causes, way: Way) -> str | None:
    if errno.ECONNREFUSED in causes.numbers or "ConnectionRefusedError" in causes.names:
        return f"nothing listens at {way.host} (connection refused): check the address and the port"
    if any(number in causes.numbers for number in _NO_ROUTE):
        return f"there is no way to {way.host} from this machine: check the address, the network and the VPN"
    if causes.names & {"ConnectTimeout", "ConnectTimeoutError"}:
        return (
            f"no connection to {way.host} in {way.seconds:g} seconds: check the address, and whether a firewall or a "
            "missing VPN is in the way"
        )
    if causes.names & {"ReadTimeout", "ReadTimeoutError", "TimeoutError"}:
        return f"{way.host} took the request and gave no answer in {way.seconds:g} seconds: try again later"
    if causes.names & {"ProtocolError", "RemoteDisconnected", "ConnectionResetError", "IncompleteRead"}:
        wants = "https on that port" if way.scheme == "http" else "a certificate of the client"
        return (
            f"{way.host} closed the connection without an answer: it may want {wants}, or something on the way (a "
            "firewall, a proxy) cut the connection"
        )
    return None
