"""What must be true of every parser, whatever it is given: one function each, driven by hypothesis and by atheris.

Each takes arbitrary text and raises `AssertionError` where a rule is broken; any exception the parser does not promise
goes through. `SECRET` stands in the text where a secret stands, and may be in no message.
"""

from __future__ import annotations

import base64
import os
import pickle
import re
from contextlib import suppress
from copy import deepcopy
from ipaddress import IPv6Address
from typing import TYPE_CHECKING, Callable

import tomli_w
from requests import PreparedRequest
from requests.exceptions import RequestException
from requests.utils import check_header_validity
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url as urllib3_url

from requests_indexauth.config.settings import discover
from requests_indexauth.errors import ConfigError, SourceError, StoreError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.models.url import covers, normal_path, parse_url, redacted, root_path
from requests_indexauth.sources.netrc.parser import NetrcSyntaxError, parse_netrc
from requests_indexauth.sources.pypirc import PypircSource
from requests_indexauth.store.entry import entry_table
from requests_indexauth.store.file_store import CredentialStore
from requests_indexauth.store.service import service_url

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.models.url import URL

SECRET = "hush-hush"
_PORTS = {"http": 80, "https": 443}


def url(text: str) -> None:
    """The host is the one urllib3 would connect to, whether the text is sent as it is or as `requests` prepares it."""
    prepared = PreparedRequest()
    with suppress(RequestException, UnicodeError, ValueError):
        prepared.prepare_url(text, None)
        assert prepared.url is not None
        _same_host(prepared.url)
    _same_host(text)
    _shows_no_userinfo(lambda confused: parse_url(confused).clean, text)


def _shows_no_userinfo(parse: Callable[[str], str], text: str) -> None:
    """Check that neither what a parser returns nor what it says has anything of the userinfo."""
    try:
        shown = parse(f"https://u:{SECRET}@{text}")
    except (ValueError, StoreError) as error:
        shown = str(error)
    assert SECRET not in shown or SECRET in text


def _same_host(text: str) -> None:
    try:
        ours = parse_url(text)
    except ValueError:
        return
    _consistent(ours)
    with suppress(LocationParseError, UnicodeError):
        theirs = urllib3_url(text)
        assert theirs.host is not None
        assert theirs.scheme == ours.realm.scheme
        port = _PORTS[ours.realm.scheme] if theirs.port is None else theirs.port
        assert port == ours.realm.port, (text, theirs)
        host = f"[{ours.realm.host}]" if ":" in ours.realm.host else ours.realm.host
        assert _plain_host(theirs.host) == _plain_host(host), (text, theirs)


def _plain_host(host: str) -> str:
    """Return a host as urllib3 connects to it: IPv6 in its short form, without brackets."""
    if not host.startswith("["):
        return host
    address, percent, zone = host[1:-1].partition("%")
    zone = zone[2:] if percent and zone.startswith("25") and len(zone) > 2 else zone
    return IPv6Address(address).compressed + (f"%{zone.lower()}" if zone else "")


def _consistent(ours: URL) -> None:
    """Check that a parsed URL without its userinfo means the same, and shows nothing."""
    again = parse_url(ours.clean)
    assert (again.clean, again.realm, again.path) == (ours.clean, ours.realm, ours.path)
    assert again.username is None
    assert again.password is None
    authority = re.split(r"[/?#]", ours.clean.partition("://")[2], maxsplit=1)[0]
    assert "@" not in authority
    # A lone percent sign may form a code with what comes to stand behind it; `requests` sends none.
    assert normal_path(ours.path) == ours.path or re.search("%(?![0-9A-Fa-f]{2})", ours.clean)
    assert ours.path.startswith("/")
    raw = re.match(r"\w+://[^/?#]*((?:/[A-Za-z0-9_-]+)+/?)\Z", ours.clean)
    assert raw is None or raw[1] == ours.path
    assert not {".", ".."} & set(ours.path.split("/"))
    index = Index(ours.clean)
    assert index.covers(ours.clean)
    assert index.root == f"{ours.realm}{root_path(ours.path)}"


def paths(text: str) -> None:
    """A root covers what is below it by whole segments, and nothing else."""
    root, _, path = (normal_path(f"/{part}") for part in re.sub("%(?![0-9A-Fa-f]{2})", "", text).partition("\n"))
    root = root_path(root)
    segments = path.split("/")
    assert covers(root, path) == (segments[: root.count("/") + 1] == root.split("/"))
    assert covers(root, root)
    assert root_path(f"{root}/simple/") == root
    assert not covers(f"{root}x", f"{root}xy")


def masked(text: str) -> None:
    """Whatever the userinfo of a URL is, none of it is left in text that is shown."""
    userinfo = re.sub(r"[/?#@]", "", text)
    shown = redacted(f"see https://{userinfo}{SECRET}@host/page?a=b and http://host/")
    assert SECRET not in shown
    assert shown.endswith("@host/page?a=b and http://host/")
    assert redacted(shown) == shown


def header(text: str) -> None:
    """A credential becomes a header that any server reads alike, or is refused without being quoted."""
    username, _, password = text.partition("\n")
    password += SECRET
    try:
        made = Credentials.basic(username, password)
    except ValueError as error:
        _shows_nothing(error, error.args)
    else:
        assert ":" not in username
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", username + password)
        check_header_validity(("Authorization", made.header))
        assert base64.b64decode(made.header.removeprefix("Basic ")).decode() == f"{username}:{password}"
        assert made == Credentials.basic(made.username, made.password) == deepcopy(made)
        _shows_nothing(made, made.password, made.header, pickle.dumps([made, made.password, made.header]))
    _token(text + SECRET)
    _token(SECRET + text)  # what is read from a file ends in a line end


def _token(secret: str) -> None:
    try:
        token = Credentials.bearer(secret)
    except ValueError as error:
        _shows_nothing(error, error.args)
    else:
        check_header_validity(("Authorization", token.header))
        assert secret.isascii()
        assert secret.isprintable()
        assert " " not in secret
        assert token.header == f"Bearer {secret}"
        _shows_nothing(token, token.token, token.header, pickle.dumps(token))


def _shows_nothing(*shown: object) -> None:
    assert SECRET not in f"{shown[0]}{shown!r}"


def netrc(text: str) -> None:
    """A file is read or refused, with its line and none of its words; what is read stood in it."""
    try:
        found = parse_netrc(text)
    except NetrcSyntaxError as error:
        _says_where(error, text)
        return
    entries = [*found.machines.values(), *([found.default] if found.default else [])]
    written = re.sub("\r\n?", "\n", text).replace("\\", "")
    for entry in entries:
        assert 1 <= entry.line <= len(text.splitlines()) + 1
        assert entry.login.replace("\\", "") in written
        assert entry.password.replace("\\", "") in written
        assert re.fullmatch(r"<netrc entry, line \d+: \*+>", repr(entry))
    assert all(host and host == host.lower() for host in found.machines)


def _says_where(error: NetrcSyntaxError, text: str) -> None:
    assert re.fullmatch(r"line \d+: ('machine' without a name|unknown word (outside|in) an entry)", str(error))
    assert 1 <= error.line <= len(re.split("\r\n|\r|\n", text))


def store(text: str, folder: Path) -> None:
    """A store is read, with a warning for what is bad in it, or refused as a whole; nothing of it is quoted."""
    path = folder / "credentials.toml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    warnings: list[str] = []
    opened = CredentialStore(path, warn=warnings.append)
    try:
        entries = opened.entries()
    except StoreError as error:
        warnings.append(str(error))
        entries = []
    for entry in entries:
        if entry.credentials.complete:
            again = folder / "again.toml"
            again.write_text(tomli_w.dumps({"credential": [entry_table(entry.service, entry.credentials)]}), "utf-8")
            (one,) = CredentialStore(again).entries()
            assert one._replace(number=entry.number) == entry
        found = opened.find(entry.service, entry.user)
        assert found or entry.credentials.scheme == "bearer"
    assert SECRET not in f"{warnings}{entries}"


def service(text: str) -> None:
    """What a service is stored under is a clean URL, which means the same again."""
    _shows_no_userinfo(service_url, text)
    try:
        found = service_url(text)
    except StoreError:
        return
    parsed = parse_url(found)
    head, _, last = found.removesuffix("/").rpartition("/")
    again = found if head == "https:/" or last.lower() not in {"simple", "+simple"} else head  # one, as uv does
    assert service_url(found) in {again, f"{again}/"}
    assert parsed.clean == found
    assert not set("?#@") & set(found.partition("://")[2].partition("/")[0])
    assert parsed.realm.scheme == "https" or parsed.realm.host in {"localhost", "127.0.0.1", "::1"}


def pypirc(text: str, folder: Path) -> None:
    """A `.pypirc` is read or refused, with its sections and lines and no value."""
    with _home(folder):
        (folder / ".pypirc").write_bytes(text.encode("utf-8", "surrogatepass"))
        warnings: list[str] = []
        source = PypircSource(warnings.append)
        for asked in ("https://upload.pypi.org/legacy/", "https://pkgs.example/team/simple/thing/"):
            page = parse_url(asked)
            try:
                source.find(Query(page.clean, page.realm, page.path))
            except SourceError as error:
                warnings.append(str(error))
    # A section's name may be quoted.
    named = any(SECRET in name for name in re.findall(r"(?m)^\[(.*)\]", text)) or SECRET in _servers(text)
    assert named or SECRET not in str(warnings)


def _servers(text: str) -> str:
    return text.partition("[distutils]")[2]


def configuration(text: str, folder: Path) -> None:
    """uv's and pip's files are read, and each bad value in them is a `ConfigError` that quotes no value."""
    problems: list[ConfigError] = []
    with _home(folder):
        for name in ("uv.toml", "pyproject.toml", "pip.conf"):
            (folder / name).write_bytes(text.encode("utf-8", "surrogatepass"))
        os.environ.update({"PIP_CONFIG_FILE": str(folder / "pip.conf"), "UV_WORKING_DIR": str(folder)})
        found = discover(problems.append)
        (folder / "uv.toml").unlink()
        discover(problems.append)
    shown = f"{found.indexes}{[index.origin for index in found.indexes]}{[str(problem) for problem in problems]}"
    quoted = re.findall(r"(?m)^\[(.*)\]", text)  # a section's name
    assert SECRET not in shown or any(SECRET in name for name in quoted)


class _home:  # noqa: N801 - used as a function
    """Make a folder the home folder, and take the configuration's variables away, for a `with`."""

    def __init__(self, folder: Path) -> None:
        """Note what is to be put back."""
        self._folder = folder
        self._before = dict(os.environ)

    def __enter__(self) -> None:
        """Change the environment."""
        os.environ.update({"HOME": str(self._folder), "USERPROFILE": str(self._folder)})
        os.environ.update({"XDG_CONFIG_HOME": str(self._folder), "XDG_CONFIG_DIRS": str(self._folder)})

    def __exit__(self, *_: object) -> None:
        """Change it back."""
        os.environ.clear()
        os.environ.update(self._before)


TEXTS: dict[str, Callable[[str], None]] = {
    check.__name__: check for check in (url, paths, masked, header, netrc, service)
}
FILES: dict[str, Callable[[str, Path], None]] = {check.__name__: check for check in (store, pypirc, configuration)}
