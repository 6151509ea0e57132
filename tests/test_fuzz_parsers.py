"""The parsers, given what nobody would write: the rules are in `support/fuzzing.py`, and `tox -e fuzz` digs deeper."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import fuzzing
from support.fuzzing import SECRET

if TYPE_CHECKING:
    from pathlib import Path

SCHEMES = st.sampled_from(["http://", "https://", "HTTPS://", "http:/", "https:", "//", "ftp://", ""])
HOSTS = st.sampled_from(
    ["good", "evil", "h.example", "H.Example", "[::1]", "[::FFFF:1]", "[fe80::1%25eth0]", "[x]", "127.1", "bücher"]
)
PIECES = st.sampled_from(
    ["@", ":", "/", "\\", "?", "#", "[", "]", "%", ":80", ":443", ":0", ":9", "..", "/./", "%2e%2e", "%40", "%2F", " "]
)  # fmt: skip
MIXED = st.lists(st.one_of(HOSTS, PIECES, SCHEMES, st.text(max_size=3)), max_size=8).map("".join)
USERINFO = st.sampled_from(["", "u@", "u:p@", ":@", "u%40:p%2F@", "good:80@"])
PORTS = st.sampled_from(["", ":", ":80", ":443", ":0443", ":0", ":65536"])
PATHS = st.sampled_from(["", "/", "/A/b", "/a/../b/", "/%7eme/%2f", "/simple/", "/\u00fc"])
URLS = st.one_of(
    st.builds("{}{}{}".format, SCHEMES, MIXED, MIXED),
    st.builds("{}{}{}{}{}{}".format, st.sampled_from(["http://", "HTTPS://"]), USERINFO, HOSTS, PORTS, PATHS, MIXED),
    st.builds("https://{}{}{}{}".format, USERINFO, HOSTS, PORTS, PATHS),
)

KEYWORDS = ["machine", "default", "login", "password", "account", "user", "macdef"]
WORDS = st.lists(st.sampled_from([*KEYWORDS, "H", SECRET, '"', "\\", "#", " ", "\n", "\t", "\r\n"]), max_size=25)
NETRC = st.one_of(WORDS.map("".join), WORDS.map(" ".join), WORDS.map(lambda words: "machine H " + " ".join(words)))
KEYS = st.sampled_from(["service", "username", "password", "scheme", "token", "credential", "extra"])
INDEX_KEYS = st.sampled_from(["url", "name", "authenticate", "default", "publish-url", "format"])
VALUES = st.one_of(
    st.sampled_from(["basic", "bearer", "https://h.example/team", "http://h.example", SECRET, ""]),
    st.builds(f"https://u:{SECRET}{{}}@h.example/".format, PIECES),
    st.builds(f"https://u:{SECRET}@h{{}}".format, PIECES),
    st.just(f"https://u:{SECRET}@h.example/"),
    st.text(max_size=5),
)
TOML_VALUES = st.one_of(
    VALUES.map(json.dumps), st.sampled_from(["1", "true", f'["{SECRET}"]', "{}", f"{SECRET}", '"""'])
)


def tables(header: str, first: str, keys: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return TOML with tables of such a header, which have such a first key, right and wrong."""
    line = st.builds("{} = {}\n".format, keys, TOML_VALUES)
    lines = st.lists(line, max_size=4, unique=True).map("".join)
    head = st.builds(f"{header}\n{first} = {{}}\n".format, VALUES.map(json.dumps))
    table = st.builds("{}{}".format, st.one_of(head, head, head, st.just("[x]\n"), st.just("[\n")), lines)
    return st.lists(table, max_size=4).map("".join)


UV = st.builds(
    "{}{}".format,
    st.lists(
        st.builds(
            "{} = {}\n".format,
            st.sampled_from(["index-url", "extra-index-url", "find-links", "keyring-provider", "index"]),
            st.one_of(TOML_VALUES, VALUES.map(lambda value: json.dumps([value]))),
        ),
        max_size=3,
    ).map("".join),
    st.one_of(tables("[[index]]", "url", INDEX_KEYS), tables("[[tool.uv.index]]", "url", INDEX_KEYS)),
)
SECTIONS = ["[distutils]", "index-servers = a pypi", "[a]", "[pypi]", "[global]", "[install]", "", "# c"]
OPTIONS = ["repository", "username", "password", "index-url", "extra-index-url", "find-links", "index_url"]
INI = st.lists(
    st.one_of(
        st.sampled_from([*SECTIONS, f" {SECRET}", SECRET, "%(x)s"]),
        st.builds("{} = {}".format, st.sampled_from(OPTIONS), VALUES),
    ),
    max_size=10,
).map("\n".join)
PYPIRC = st.builds(
    "[distutils]\nindex-servers = a\n[a]\nrepository = {}\nusername = {}\n[pypi]\npassword = {}\n{}".format,
    VALUES, VALUES, VALUES, INI,
)  # fmt: skip

SEPARATORS = ["\n", "\r", "\r\n", "\t", "\x0b", "\x0c", "\x1c", "\x7f", "\x85", "\xa0", "\0", " "]
TOKENS = st.lists(st.sampled_from([*SEPARATORS, "a", "B", "9", "~", "!", "="]), max_size=4).map("".join)

TEXTS = {
    "url": URLS,
    "paths": st.builds("{}\n{}".format, MIXED, MIXED),
    "masked": MIXED,
    "header": st.one_of(st.text(), MIXED, TOKENS),
    "netrc": NETRC,
    "service": URLS,
}
FILES = {
    "store": tables("[[credential]]", 'username = "u"\nservice', KEYS),
    "pypirc": st.one_of(PYPIRC, INI),
    "configuration": st.one_of(UV, INI),
}


def test_every_rule_is_driven() -> None:
    """No rule goes untested for want of a strategy."""
    assert set(TEXTS) == set(fuzzing.TEXTS)
    assert set(FILES) == set(fuzzing.FILES)


@pytest.mark.parametrize("name", TEXTS)
def test_text(name: str) -> None:
    """Whatever the text is, the parser's rules hold."""
    given(st.one_of(TEXTS[name], st.text()))(fuzzing.TEXTS[name])()


@pytest.mark.parametrize("name", FILES)
def test_file(name: str, tmp_path: Path) -> None:
    """Whatever stands in the file, the parser's rules hold."""
    given(st.one_of(FILES[name], st.text()))(lambda text: fuzzing.FILES[name](text, tmp_path))()


# The confusions of CVE-2024-47081 and of its kind, and what else has been found.
@pytest.mark.parametrize(
    "text",
    [
        "https://good:@evil/", "https://good\\@evil/", "https://good%40evil/", "https://good@evil@other/",
        "https://[x]/", "https://[::1%25eth0]/", "https://good:80@evil:443/", "https://good#@evil/", "https://good?@evil/",
        "https://good/@evil", "https://\tgood/", "https://good\n@evil/", "https://g\u3002example/", "https://good:0443/",
        "https://u\x20:p@good/", "https://[::ffff:127.0.0.1]/", "https://good.:443/", "https://GOOD/", "http://0x7f.1/",
    ],
)  # fmt: skip
def test_confusing_urls(text: str) -> None:
    """No reading of a URL differs from the one that is connected to."""
    fuzzing.url(text)


@pytest.mark.parametrize("text", SEPARATORS)
def test_separators_in_a_credential(text: str) -> None:
    """What ends a line, or parts a header, is in no credential: not before, in or after it."""
    fuzzing.header(text)
    fuzzing.header(f"u\n{text}")
