"""The text of netrc files: what is read, what is refused, and that it is the same as Python 3.11's reading."""

from __future__ import annotations

import netrc as stdlib
import re
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from requests_indexauth.sources.netrc.parser import NetrcSyntaxError, parse_netrc

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = {"h": ("u", "p")}


def pairs(text: str) -> dict[str, tuple[str, str]]:
    """Return login and password by machine; the default entry is under an empty name."""
    found = parse_netrc(text)
    entries = {**found.machines, **({"": found.default} if found.default is not None else {})}
    return {host: (str(entry.login), str(entry.password)) for host, entry in entries.items()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", {}, id="empty"),
        pytest.param("machine h login u password p", ENTRY, id="one line"),
        pytest.param("machine h\n\tlogin u\n\tpassword p\n", ENTRY, id="several lines"),
        pytest.param("machine h\r\nlogin u\r\npassword p\r\n", ENTRY, id="lines as Windows ends them"),
        pytest.param("machine h\rlogin u\rpassword p\r", ENTRY, id="lines as old Macs ended them"),
        pytest.param("machine H login u password p", ENTRY, id="host in upper case"),
        pytest.param("machine h user u password p", ENTRY, id="user for login"),
        pytest.param("machine h login u account a password p", ENTRY, id="account"),
        pytest.param('machine "h" "login" "u" "password" "p"', ENTRY, id="all in quotes"),
        pytest.param('machine h login "u"password "p"', ENTRY, id="no blank behind a quote"),
        pytest.param('machine h login "a b" password "c\\"d\\\\e#"', {"h": ("a b", 'c"d\\e#')}, id="quotes"),
        pytest.param("machine h login a\\ b password \\#c", {"h": ("a b", "#c")}, id="escapes"),
        pytest.param('machine h login u password a"b"c', {"h": ("u", 'a"b"c')}, id="quote within a word"),
        pytest.param("machine h login u password '#p'", {"h": ("u", "'#p'")}, id="single quotes mean nothing"),
        pytest.param("machine h login #u password p#q", {"h": ("#u", "p#q")}, id="hash in a value"),
        pytest.param("machine h login ü password p\xa0q", {"h": ("ü", "p\xa0q")}, id="more than ASCII"),
        pytest.param('machine h login u password "p q\n', {"h": ("u", "p q\n")}, id="quote never closed"),
        pytest.param("machine h login u password p\\", ENTRY, id="backslash at the end"),
        pytest.param('machine h login u password "p\\', ENTRY, id="backslash at the end of an open quote"),
        pytest.param("machine h login u", {"h": ("u", "")}, id="no password"),
        pytest.param("machine h password p", {"h": ("", "p")}, id="no login"),
        pytest.param("machine h", {"h": ("", "")}, id="neither"),
        pytest.param("machine h login u password", {"h": ("u", "")}, id="file ends before the value"),
        pytest.param("machine h login x login u password p", ENTRY, id="a field again"),
        pytest.param(
            "machine h login a password x\nmachine h login u password p", ENTRY, id="a host again: the last counts"
        ),
        pytest.param("default login u password p", {"": ("u", "p")}, id="default"),
        pytest.param(
            "default login d password e machine h login u password p", {**ENTRY, "": ("d", "e")}, id="default first"
        ),
        pytest.param("machine default login u password p", {"default": ("u", "p")}, id="a machine named default"),
        pytest.param("# words of comment\nmachine h login u password p", ENTRY, id="comment"),
        pytest.param("#words of comment\nmachine h login u password p", ENTRY, id="comment without a blank"),
        pytest.param("\n\n# words\n#\n#\n\nmachine h login u password p", ENTRY, id="comments among empty lines"),
        pytest.param("machine h\n# words\nlogin u # words\npassword p # words", ENTRY, id="comments in an entry"),
        pytest.param("#machine h login a password b", {}, id="an entry commented out"),
        pytest.param("machine h login u password p\n\n# words\n", ENTRY, id="comment behind an empty line"),
        pytest.param("macdef init\ncd /\nput x\n\nmachine h login u password p", ENTRY, id="macro"),
        pytest.param("macdef init\n\nmachine h login u password p", ENTRY, id="empty macro"),
        pytest.param("macdef one line\n\nmachine h login u password p", ENTRY, id="macro on the line of its name"),
        pytest.param("machine h login u password p\nmacdef init\ncd /\n", ENTRY, id="macro at the end"),
        pytest.param("machine h login u password p\nmacdef init\ncd /", ENTRY, id="macro at the end, no newline"),
        pytest.param("machine h login u password p\nmacdef", ENTRY, id="macro without a name"),
    ],
)
def test_a_file_is_read(text: str, expected: dict[str, tuple[str, str]]) -> None:
    """What Python 3.11, curl or uv take is taken here, on every Python."""
    assert pairs(text) == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("hunter2", 1, id="unknown word"),
        pytest.param("\n\nmachine h login u password a hunter2\n", 3, id="a second word for the password"),
        pytest.param("machine h\n login u\n\n pasword hunter2", 4, id="misspelt keyword"),
        pytest.param("machine a login u password p\nmachine", 2, id="no name at the end"),
        pytest.param('machine ""', 1, id="empty name"),
        pytest.param('machine h login u password p\n""\n', 2, id="an empty word"),
        pytest.param("macdef m\nhunter2\n\nlogin hunter2", 4, id="a field outside an entry"),
        pytest.param("machine a login b\n\fpassword hunter2", 2, id="a form feed is no blank"),
    ],
)
def test_a_malformed_file_is_refused(text: str, line: int) -> None:
    """The error has the line, and nothing of the file: any of its words may be a password."""
    with pytest.raises(NetrcSyntaxError, match=f"^line {line}: ") as caught:
        parse_netrc(text)
    assert caught.value.line == line
    assert "hunter2" not in str(caught.value)
    assert str(caught.value).endswith(caught.value.reason)


def test_an_entry_is_masked() -> None:
    """Neither login nor password shows when an entry is printed; the login may be a token."""
    found = parse_netrc("machine h login hunter1 password hunter2")
    shown = repr(found.machines["h"]) + repr([found.machines["h"].login, found.machines["h"].password])
    assert "hunter" not in shown


WORDS = [
    *("machine", "default", "macdef", "login", "user", "password", "account", "h", "i", "u", "p", "ä"),
    *('"a b"', "x\\ y", "#", "#c", '"', "\\", '"q', '""'),
]
BLANKS = st.sampled_from([" ", "\n", "\t", "\n\n", "\r\n", "  "])
TEXTS = st.lists(st.tuples(st.sampled_from(WORDS), BLANKS)).map(lambda words: "".join(map("".join, words)))
# Python takes "#c machine h" for an entry, and the words of a comment behind an empty line for keywords; it ends the
# file at an empty word, and takes "machine default" for the default entry.
DIFFERENT = re.compile(r'\#c[ \t] | (?:\A|\s|")\s*\n\s*\#[ \t] | "" | machine\s+default', re.VERBOSE)


@pytest.mark.skipif(sys.version_info < (3, 11), reason="this Python's own parser refuses files")
@given(text=TEXTS)
def test_python_311_reads_the_same(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever Python's own parser takes is taken and means the same, but for what is named above."""
    assume(not DIFFERENT.search(text))
    path = tmp_path_factory.mktemp("netrc") / "netrc"
    path.write_bytes(text.encode())
    theirs = stdlib_pairs(path)
    assert theirs is None or pairs(text) == theirs


def stdlib_pairs(path: Path) -> dict[str, tuple[str, str]] | None:
    """Return what Python's own parser makes of a file; `None` where it refuses it."""
    try:
        hosts = stdlib.netrc(str(path)).hosts
    except stdlib.NetrcParseError:
        return None
    found = {}
    for host, (login, _, password) in hosts.items():
        name = "xn--4ca" if host == "ä" else host.lower()  # as the host of a URL is written
        found["" if host == "default" else name] = (login, password or "")
    return found


@given(text=st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text makes the parser fail in another way, or hang."""
    lines = text.count("\n") + text.count("\r") + 1
    try:
        line = max([entry.line for entry in parse_netrc(text).machines.values()], default=1)
    except NetrcSyntaxError as error:
        line = error.line
    assert 1 <= line <= lines


@given(host=st.from_regex(r"[a-z0-9.-]+", fullmatch=True), login=st.text(), password=st.text())
def test_any_value_can_be_written_in_quotes(host: str, login: str, password: str) -> None:
    """Whatever the login and password are, quotes and backslashes carry them (bare carriage returns are newlines)."""
    quoted = ['"{}"'.format(value.replace("\\", "\\\\").replace('"', '\\"')) for value in (login, password)]
    found = pairs(f"machine {host} login {quoted[0]} password {quoted[1]}\n")
    assert found == {host: tuple(value.replace("\r\n", "\n").replace("\r", "\n") for value in (login, password))}
