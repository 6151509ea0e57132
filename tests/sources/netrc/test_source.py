"""The netrc file as a source: where it is, for which URL and user it answers, when it is read."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.netrc.parser import parse_netrc
from requests_indexauth.sources.netrc.source import NetrcSource
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://pkgs.example.com/team/simple/thing/"
INDEX = Index("https://pkgs.example.com/team/simple/")
OURS = Answer(Credentials.basic("me", "pw"))
ENTRY = "machine pkgs.example.com login me password pw\n"
EMPTY = "machine pkgs.example.com\n"
DEFAULT = "default login me password pw\n"


@pytest.fixture
def source() -> NetrcSource:
    """Return a source that must not warn."""
    return NetrcSource(pytest.fail)


@pytest.fixture
def netrc(home: Path) -> Path:
    """Return the place of the netrc file in the home folder; there is none yet."""
    return home / ".netrc"


@pytest.mark.parametrize(
    ("url", "entry", "expected"),
    [
        pytest.param(URL, ENTRY, OURS, id="host"),
        pytest.param("https://PKGS.example.com/", ENTRY, OURS, id="URL in upper case"),
        pytest.param(URL, ENTRY.replace("pkgs", "PKGS"), OURS, id="entry in upper case"),
        pytest.param("https://pkgs.example.com:8443/", ENTRY, OURS, id="any port"),
        pytest.param("http://pkgs.example.com/", ENTRY, OURS, id="plain http: whoever wrote the entry meant the host"),
        pytest.param("https://example.com/", ENTRY, None, id="parent domain"),
        pytest.param("https://a.pkgs.example.com/", ENTRY, None, id="subdomain"),
        pytest.param(URL, ENTRY.replace(".com", ".com:443"), None, id="entry with a port"),
        pytest.param("https://[::1]/", ENTRY.replace("pkgs.example.com", "::1"), OURS, id="IPv6 as curl writes it"),
        pytest.param("https://[::1]/", ENTRY.replace("pkgs.example.com", "[::1]"), OURS, id="IPv6 as uv wants it"),
        pytest.param(
            "https://xn--bcher-kva.example/", ENTRY.replace("pkgs.example.com", "Bücher.example"), OURS, id="IDN"
        ),
        pytest.param(
            "https://bücher.example/", ENTRY.replace("pkgs.example.com", "xn--bcher-kva.example"), OURS, id="A"
        ),
        pytest.param(URL, "machine bü\u200d.example login x\n" + ENTRY, OURS, id="beside a host that is none"),
        pytest.param(URL, "machine pkgs.example.com account me\n", None, id="neither login nor password"),
        pytest.param(URL, "", None, id="empty file"),
    ],
)
def test_entries_are_found_by_host(
    source: NetrcSource, netrc: Path, url: str, entry: str, expected: Answer | None
) -> None:
    """An entry is for a host by name, whatever the port, scheme and path."""
    netrc.write_text(entry, encoding="utf-8")
    assert source.find(query(url)) == expected


@pytest.mark.parametrize(
    ("entry", "username", "expected"),
    [
        pytest.param("login me password pw", "me", Credentials.basic("me", "pw"), id="the entry's login"),
        pytest.param("login me password pw", "you", None, id="another user"),
        pytest.param("login me password pw", "Me", None, id="user names have case"),
        pytest.param("password pw", "me", None, id="no login"),
        pytest.param("password pw", None, Credentials.basic(None, "pw"), id="no login, none given"),
        pytest.param("login me", None, Credentials.basic("me", ""), id="no password: an empty one, as by uv"),
        pytest.param(
            "login me password a\nmachine pkgs.example.com login you password b", "me", None, id="the last entry counts"
        ),
    ],
)
def test_a_given_user_name_must_be_the_login(
    source: NetrcSource, netrc: Path, entry: str, username: str | None, expected: Credentials | None
) -> None:
    """An entry answers for its own login, or when any user will do."""
    netrc.write_text(f"machine pkgs.example.com {entry}\n")
    assert source.find(query(URL, username=username)) == (expected and Answer(expected))


@pytest.mark.parametrize(
    ("text", "asked", "expected"),
    [
        pytest.param(DEFAULT, query(URL), None, id="any URL"),
        pytest.param(DEFAULT, query(URL, index=INDEX), OURS, id="configured index"),
        pytest.param(DEFAULT, query(URL, challenged=True), OURS, id="after a 401"),
        pytest.param(
            DEFAULT, query(URL, index=INDEX, challenged=True, cross_realm=True), None, id="hop to another realm"
        ),
        pytest.param(DEFAULT + EMPTY, query(URL, index=INDEX), OURS, id="beside an empty entry"),
        pytest.param(ENTRY, query(URL, cross_realm=True), OURS, id="an entry of its own counts on a hop"),
    ],
)
def test_default_is_for_indexes_and_after_a_401(
    source: NetrcSource, netrc: Path, text: str, asked: Query, expected: Answer | None
) -> None:
    """The `default` entry goes to hosts somebody configured or that asked, and never where a redirect led."""
    netrc.write_text(text)
    assert source.find(asked) == expected


def test_default_needs_its_own_login(source: NetrcSource, netrc: Path) -> None:
    """A user name given must be the default entry's login too."""
    netrc.write_text(DEFAULT)
    assert source.find(query(URL, index=INDEX, username="you")) is None
    assert source.find(query(URL, index=INDEX, username="me")) == OURS


def test_an_own_entry_goes_before_default(source: NetrcSource, netrc: Path) -> None:
    """An entry for the host hides the default one, wherever that stands."""
    netrc.write_text("default login d password d\n" + ENTRY)
    assert source.find(query(URL, index=INDEX, challenged=True)) == OURS


def test_no_file_is_no_answer(source: NetrcSource) -> None:
    """Without a file there is nothing, and nothing to complain about."""
    assert source.find(query(URL)) is None


def test_netrc_variable_names_the_file(
    source: NetrcSource, netrc: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`$NETRC` is read in place of the file in the home folder, and its `~` means that folder."""
    netrc.write_text("machine pkgs.example.com login you password no\n")
    (home / "other").write_text(ENTRY)
    monkeypatch.setenv("NETRC", "~/other")
    assert source.find(query(URL)) == OURS


@pytest.mark.parametrize("value", ["", "~/missing"], ids=["empty", "missing"])
def test_netrc_variable_without_a_file(
    source: NetrcSource, netrc: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    """Where `$NETRC` leads nowhere, the file in the home folder counts."""
    netrc.write_text(ENTRY)
    monkeypatch.setenv("NETRC", value)
    assert source.find(query(URL)) == OURS


def test_the_variable_is_read_when_asked(source: NetrcSource, netrc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable set after the first question counts for the next."""
    assert source.find(query(URL)) is None
    other = netrc.with_name("other")
    other.write_text(ENTRY)
    monkeypatch.setenv("NETRC", str(other))
    assert source.find(query(URL)) == OURS


def test_windows_has_a_second_name(source: NetrcSource, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~/_netrc` is read on Windows, where a name could not start with a dot, and only there."""
    (home / "_netrc").write_text(ENTRY)
    assert (source.find(query(URL)) == OURS) is (sys.platform == "win32")
    monkeypatch.setattr(sys, "platform", "win32")
    source.refresh()
    assert source.find(query(URL)) == OURS


@pytest.mark.parametrize(
    ("raw", "password"),
    [
        pytest.param(b"\xef\xbb\xbfmachine pkgs.example.com login me password pw", "pw", id="byte order mark"),
        pytest.param("machine pkgs.example.com login me password pä".encode(), "pä", id="UTF-8"),
        pytest.param("machine pkgs.example.com login me password pä".encode("latin-1"), "pä", id="Latin-1"),
    ],
)
def test_encodings(source: NetrcSource, netrc: Path, raw: bytes, password: str) -> None:
    """A file is UTF-8, or what editors wrote before it."""
    netrc.write_bytes(raw)
    assert source.find(query(URL)) == Answer(Credentials.basic("me", password))


def test_the_file_stays_in_memory(source: NetrcSource, netrc: Path) -> None:
    """A file is read once; `refresh` lets it be read again."""
    netrc.write_text(ENTRY)
    assert source.find(query(URL)) == OURS
    netrc.write_text(ENTRY.replace("pw", "new"))
    assert source.find(query(URL)) == OURS
    source.refresh()
    assert source.find(query(URL)) == Answer(Credentials.basic("me", "new"))


def test_threads_share_one_reading(netrc: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many threads ask first, the file is read once and all of them get the answer."""
    readings: list[str] = []
    barrier = threading.Barrier(8)

    def count(text: str) -> object:
        readings.append(text)
        return parse_netrc(text)

    netrc.write_text(ENTRY)
    monkeypatch.setattr("requests_indexauth.sources.netrc.source.parse_netrc", count)
    source = NetrcSource(pytest.fail)
    answers: list[Answer | None] = []

    def ask() -> None:
        barrier.wait(60)
        answers.append(source.find(query(URL)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert answers == [OURS] * 8
    assert len(readings) == 1


def test_a_malformed_file_is_an_error(source: NetrcSource, netrc: Path) -> None:
    """The error names the file and the line and quotes nothing; it stays until the file is read again."""
    netrc.write_text("machine a login b\n\nhunter2 c\n")
    expected = f"netrc: {netrc}, line 3: unknown word in an entry: correct the file"
    for _ in range(2):
        with pytest.raises(SourceError) as caught:
            source.find(query(URL))
        assert str(caught.value) == expected
        assert caught.value.__context__ is None
    netrc.write_text(ENTRY)
    source.refresh()
    assert source.find(query(URL)) == OURS


def test_an_unreadable_file_is_an_error(source: NetrcSource, netrc: Path) -> None:
    """What is there but cannot be read is said, with its name."""
    netrc.mkdir()
    with pytest.raises(SourceError, match=r"^netrc: ") as caught:
        source.find(query(URL))
    assert str(netrc) in str(caught.value)


@pytest.mark.parametrize(
    "fields", ["login a:hunter2 password p", 'login a password "hunter2\nx"'], ids=["colon", "newline"]
)
def test_what_no_header_carries_is_an_error(source: NetrcSource, netrc: Path, fields: str) -> None:
    """An entry that cannot be sent is said, with its line and without its words."""
    netrc.write_text(f"\nmachine pkgs.example.com {fields}\n")
    with pytest.raises(SourceError, match="line 2: a Basic") as caught:
        source.find(query(URL))
    assert "hunter2" not in str(caught.value)


def test_switched_off(netrc: Path) -> None:
    """A source that is off says why; asked each time, for a session's `trust_env` may change."""
    netrc.write_text(ENTRY)
    on = True
    source = NetrcSource(pytest.fail, lambda: on)
    assert source.skipped(query(URL)) is None
    on = False
    assert "trust_env" in (source.skipped(query(URL)) or "")
