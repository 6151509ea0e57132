"""The URL under which the store keeps a service, and the two services that have names: ``pypi`` and ``testpypi``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..models.url import is_malformed_address, parse_url, root_path, without_dot_segments

if TYPE_CHECKING:
    from collections.abc import Iterable

SERVICES = {"pypi": "https://upload.pypi.org/legacy/", "testpypi": "https://test.pypi.org/legacy/"}
"""The upload URLs of PyPI and TestPyPI, by the names that ``.pypirc``, twine and we call them."""

PYPI_DOMAIN = "pypi.org"
"""The domain of both hosts."""

TOKEN_PAGES = {
    SERVICES["pypi"]: "https://pypi.org/manage/account/",
    SERVICES["testpypi"]: "https://test.pypi.org/manage/account/",
}
"""The pages on which a token for an upload URL is revoked."""

DEFAULT_PUBLISH_URL = SERVICES["pypi"]
"""Where ``uv publish`` and twine upload to by default."""

_PLAIN_HTTP_HOSTS = ("localhost", "127.0.0.1", "::1")
_MISTYPED_SCHEME = r"(?i)https?[;/].*@"
_WORD = r"[^\s./\\:?#@%\[\]]+"
_CONTROL = r"[\x00-\x1f\x7f]"


def to_url(service: str, names: Iterable[str] = ()) -> str:
    """Return a service as a URL: that of ``pypi`` and ``testpypi``, https for a host.

    Args:
        service: what was written.
        names: the names of the configured indexes, for the message.

    Raises:
        StoreError: it is a single word other than ``localhost``: the name of an index that is not configured, rather
            than a host. Or it begins with a mistyped ``https://``. The message does not quote it: it may be a token.

    """
    text = service.strip(" \t\r\n")
    text = SERVICES.get(text.lower(), text)
    word = re.fullmatch(rf"(?:[^/]*@)?({_WORD})", text)
    if word and word[1].lower() != "localhost":
        known = ", ".join(dict.fromkeys([*names, *SERVICES]))
        message = f"no index has that name (there are {known}): give one of these, or https://host/path"
        raise StoreError(message)
    if re.match(_MISTYPED_SCHEME, text):
        message = "the URL has no `://` after http or https: give https://host/path"  # it may have a password: no quote
        raise StoreError(message)
    scheme, colon, rest = text.partition(":")
    if not colon or scheme.lower() not in ("http", "https"):
        return text if "://" in text else f"https://{text.lstrip('/')}"
    return f"{scheme}://{rest.lstrip('/')}"  # one slash or three mean the same (WHATWG)


def service_url(service: str) -> str:
    r"""Return the URL a service is stored under, in the form in which uv writes it.

    Userinfo, query, fragment and a last ``/simple`` or ``/+simple`` are dropped; the rest is as the WHATWG URL standard
    has it: host in lower case and IDNA, no default port, no dot segments, backslashes as slashes.

    Args:
        service: a URL, ``host/path`` (which means https), ``pypi`` or ``testpypi``.

    Raises:
        StoreError: neither https nor http on this machine, a single word, or what uv could not read: one such entry,
            and uv refuses the whole file. The message does not quote the service: it may hold a secret.

    """
    try:
        url = parse_url(to_url(service))
        _check_host(url.realm.host)
        path = _written_path(url.clean)
    except ValueError:  # its message quotes the text
        message = "not a service: give https://host/path, or a host"
        raise StoreError(message) from None
    if url.realm.scheme == "http" and url.realm.host not in _PLAIN_HTTP_HOSTS:
        message = f"{url.realm} cannot be a service: plain http is for localhost, 127.0.0.1 and [::1] only"
        raise StoreError(message)
    return f"{url.realm}{path}"


def _check_host(host: str) -> None:
    """Refuse a host that `parse_url` takes and uv does not: one that looks like an address and is invalid.

    Raises:
        ValueError: uv would refuse the whole file for it.

    """
    if "%" in host or is_malformed_address(host):
        message = "an IPv6 zone, or an address that is not written in full"
        raise ValueError(message)
    for label in host.rstrip(".").split("."):
        if label.startswith("xn--"):
            from idna import ulabel  # noqa: PLC0415 - rare; requests depends on it

            ulabel(label)


def _written_path(url: str) -> str:
    """Return a URL's path as uv writes it: unlike `URL.path`, percent-encoding stays as it was given."""
    from urllib.parse import quote  # noqa: PLC0415 - look-ups don't come here

    if re.search(_CONTROL, url):
        message = "a control character"
        raise ValueError(message)
    path = re.split("[?#]", url.partition("://")[2], maxsplit=1)[0].partition("/")[2].replace("\\", "/")
    path = without_dot_segments("/" + quote(path, safe="/%!$&'()*+,;=:@~^|[]"))
    head, _, last = path.removesuffix("/").rpartition("/")
    is_simple = bool(last) and not root_path(f"/{last}")
    return head or "/" if is_simple else path
