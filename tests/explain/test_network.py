"""Why no answer came, for errors that a test cannot have from a real server on every machine."""

from __future__ import annotations

import errno
import ssl
from typing import TYPE_CHECKING

import pytest
from requests import exceptions as requests_errors
from urllib3 import exceptions as urllib3_errors

from requests_indexauth.explain.network import Way, failure_of

if TYPE_CHECKING:
    from pathlib import Path

WAY = Way("https://pkgs.example.com:8443/simple/?token=hunter22")


@pytest.mark.parametrize(
    ("openssl", "says"),
    [
        ("tlsv13 alert certificate required", "wants a certificate of the client"),
        ("[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]", "wants a certificate of the client"),
        ("[SSL: SSLV3_ALERT_BAD_CERTIFICATE]", "wants a certificate of the client"),
        ("[SSL: SSLV3_ALERT_HANDSHAKE_FAILURE]", "no cipher in common, or it wants a certificate of the client"),
        ("[SSL: TLSV1_ALERT_PROTOCOL_VERSION]", "no version of TLS or no cipher in common"),
        ("certificate verify failed: certificate is not yet valid", "is not valid yet, or this machine's clock is"),
        ("CERTIFICATE_VERIFY_FAILED: self-signed certificate (_ssl.c:1007)", "is signed by itself"),
        ("CERTIFICATE_VERIFY_FAILED: self-signed certificate in certificate chain", "by an authority that is unknown"),
        ("IP address mismatch, certificate is not valid for '10.0.0.1'", "is for another host"),
        ("[SSL: RECORD_LAYER_FAILURE]", "does not speak TLS"),
    ],
)
def test_what_openssl_says_is_told_as_a_cause(openssl: str, says: str) -> None:
    """Versions of OpenSSL differ in their words, and in when they say them."""
    error = requests_errors.SSLError(urllib3_errors.SSLError(ssl.SSLError(1, openssl)))
    why = failure_of(error, WAY).why
    assert "pkgs.example.com:8443" in why
    assert says in why


def test_a_variable_that_overrides_pips_option_is_named(monkeypatch: pytest.MonkeyPatch, workdir: Path) -> None:
    """To name the file in the option once more would change nothing."""
    (workdir / "ours.pem").touch()
    bundle = str(workdir / "ours.pem")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    unknown = ssl.SSLError(1, "CERTIFICATE_VERIFY_FAILED: self-signed certificate (_ssl.c:1007)")
    error = requests_errors.SSLError(urllib3_errors.SSLError(unknown))
    way = WAY._replace(bundle=bundle, pip={"cert": "PIP_CERT"})
    assert "unset REQUESTS_CA_BUNDLE" in failure_of(error, way).why
    assert "unset" not in failure_of(error, way._replace(pip=None)).why


def test_a_failure_through_a_proxy_may_be_the_proxys_certificate() -> None:
    """A proxy that looks into TLS has a certificate of its own."""
    error = requests_errors.SSLError(ssl.SSLError(1, "CERTIFICATE_VERIFY_FAILED"))
    why = failure_of(error, WAY._replace(proxy="http://someone:hunter22@proxy:3128")).why
    assert "through the proxy http://proxy:3128" in why
    assert "hunter22" not in why


@pytest.mark.parametrize(
    ("proxy", "shown"),
    [
        ("someone:hunter22@proxy:3128", "proxy:3128"),
        ("//someone:hunter22@proxy:3128", "proxy:3128"),
        ("http:someone:hunter22@proxy:3128", "proxy:3128"),
        ("socks5h://someone:hunter22@proxy:1080", "socks5h://proxy:1080"),
        ("HTTP://someone:hunter22@proxy:3128", "HTTP://proxy:3128"),
        ("http://someone:hunt@hunter22@proxy:3128", "http://proxy:3128"),
        ("http://someone:a/hunter22@proxy:3128", "http://proxy:3128"),
    ],
)
def test_a_proxys_password_is_not_shown_however_its_address_is_written(proxy: str, shown: str) -> None:
    """`requests` and pip take an address without a scheme, and those of SOCKS."""
    error = requests_errors.SSLError(ssl.SSLError(1, "CERTIFICATE_VERIFY_FAILED"))
    way = WAY._replace(proxy=proxy)
    assert way.through == f"the proxy {shown} ({way.proxy_setting})"
    assert "hunter22" not in failure_of(error, way).why


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (errno.ENETUNREACH, "there is no way to pkgs.example.com:8443"),
        (errno.EHOSTUNREACH, "there is no way to pkgs.example.com:8443"),
        (errno.ECONNREFUSED, "nothing listens at pkgs.example.com:8443"),
    ],
)
def test_what_the_system_says_is_told_as_a_cause(number: int, says: str) -> None:
    """The number counts, since the words are in the system's language."""
    error = requests_errors.ConnectionError(OSError(number, "in another language"))
    assert failure_of(error, WAY).why.startswith(says)


def test_a_connection_that_takes_too_long_is_no_answer_that_does() -> None:
    """A firewall drops what a busy server would take."""
    connecting = failure_of(requests_errors.ConnectTimeout(), WAY).why
    reading = failure_of(requests_errors.ReadTimeout(), WAY).why
    assert "firewall" in connecting
    assert "took the request" in reading


def test_an_unknown_error_is_named_and_not_quoted() -> None:
    """Its message may hold the URL's query."""
    failure = failure_of(requests_errors.RequestException("https://h/?token=hunter22"), WAY)
    assert failure.why == "RequestException: check the address, the proxy and the network"


def test_pip_is_told_of_its_own_options() -> None:
    """It knows no `session.cert`, and reads its certificates from an option."""
    way = WAY._replace(pip={})
    assert "pip's option client-cert" in failure_of(requests_errors.SSLError("ALERT_CERTIFICATE_REQUIRED"), way).why
    assert "pip's option cert" in failure_of(requests_errors.SSLError("CERTIFICATE_VERIFY_FAILED"), way).why
    assert "session" not in failure_of(requests_errors.SSLError("CERTIFICATE_REQUIRED"), way).why
