"""uv's variables and keys: how each is read, and which of several counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.config.toml import TOOL_UV, UvFile, parse_toml
from requests_indexauth.config.uv import (
    index_tables,
    keyring_provider,
    legacy_keys,
    pip_sections_first,
    variable_definitions,
)

if TYPE_CHECKING:
    from requests_indexauth.errors import ConfigError


def files(*texts: str) -> list[UvFile]:
    """Return files with these texts, nearest first."""
    return [UvFile(f"{place}.toml", text, parse_toml("", text)) for place, text in enumerate(texts)]


def fail(error: ConfigError) -> None:
    """Take no problem."""
    raise error


def told(problems: list[ConfigError]) -> list[str]:
    """Return problems as text."""
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        pytest.param("UV_DEFAULT_INDEX", "https://h/a", [(None, "https://h/a")], id="default"),
        pytest.param("UV_DEFAULT_INDEX", " n=https://h/a ", [("n", "https://h/a")], id="named default"),
        pytest.param("UV_DEFAULT_INDEX", "https://h/a b", [(None, "https://h/a b")], id="default is one value"),
        pytest.param("UV_DEFAULT_INDEX", " ", [], id="blank default"),
        pytest.param(
            "UV_INDEX", " a\thttps://h/b\n\nn=c ", [(None, "a"), (None, "https://h/b"), ("n", "c")], id="list"
        ),
        pytest.param("UV_INDEX", "https://h/a,https://h/b", [(None, "https://h/a,https://h/b")], id="no comma"),
        pytest.param("UV_INDEX", "https://h/a?b=c", [(None, "https://h/a?b=c")], id="equals sign in a URL"),
        pytest.param("UV_INDEX", "n=https://h/a?b=c", [("n", "https://h/a?b=c")], id="first equals sign"),
        pytest.param("UV_INDEX", "https://u:p=@h/a", [(None, "https://u:p=@h/a")], id="equals sign in a password"),
        pytest.param("UV_INDEX", "=https://h/a", [(None, "https://h/a")], id="empty name"),
        pytest.param("UV_INDEX", "n=", [("n", "")], id="empty URL"),
        pytest.param("UV_INDEX", "", [], id="empty"),
        pytest.param("UV_INDEX_URL", "n=https://h/a", [(None, "n=https://h/a")], id="no name in index-url"),
        pytest.param("UV_INDEX_URL", "", [], id="empty index-url"),
        pytest.param("UV_EXTRA_INDEX_URL", "https://h/a  b", [(None, "https://h/a"), (None, "b")], id="extra"),
        pytest.param("UV_EXTRA_INDEX_URL", "n=https://h/a", [(None, "n=https://h/a")], id="no name in extra"),
        pytest.param("UV_FIND_LINKS", "https://h/a, b,", [(None, "https://h/a"), (None, "b")], id="links"),
        pytest.param("UV_FIND_LINKS", "a b", [(None, "a b")], id="no space in links"),
    ],
)
def test_variables(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: list[tuple[str | None, str]]
) -> None:
    """Each variable is taken apart as uv does it."""
    monkeypatch.setenv(variable, value)
    entries = variable_definitions()
    assert [(entry.name, str(entry.url)) for entry in entries] == expected
    assert {entry.origin for entry in entries} <= {variable}


WORD = st.from_regex(r"[a-z][a-z.-]{0,4}", fullmatch=True)
ADDRESS = WORD.map("https://h/{}".format)


@given(st.lists(st.tuples(st.none() | WORD, ADDRESS)), st.sampled_from([" ", "\n", "\t ", "  "]))
def test_uv_index_round_trip(values: list[tuple[str | None, str]], space: str) -> None:
    """What is written into UV_INDEX comes out of it."""
    text = space.join(url if name is None else f"{name}={url}" for name, url in values)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UV_INDEX", text)
        assert [(entry.name, str(entry.url)) for entry in variable_definitions()] == values


def test_repr_of_an_entry_shows_no_url(monkeypatch: pytest.MonkeyPatch) -> None:
    """A traceback that prints local variables prints no password."""
    monkeypatch.setenv("UV_INDEX", "https://u:hunter2@h")
    assert "hunter2" not in repr(variable_definitions())


def test_index_tables() -> None:
    """Tables of the nearest file come first; name, URL and policy are read, unknown keys passed over."""
    near = '[[index]]\nurl = "a"\nname = "n"\nauthenticate = "always"\ndefault = true\nexplicit = false\nnew = 1\n'
    entries = index_tables(files(near, '[[index]]\nurl = "b"'), fail)
    assert [(entry.origin, str(entry.url), entry.name, entry.policy) for entry in entries] == [
        ("0.toml, line 1: index[0]", "a", "n", "always"),
        ("1.toml, line 1: index[0]", "b", None, None),
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("name = 'n'", ", line 1: index[0]: has no url: add one"),
        ("url = 1", ", line 2: index[0].url: must be a string: correct it"),
        ("name = 1", ", line 2: index[0].name: must be a string: correct it"),
        ("authenticate = true", ", line 2: index[0].authenticate: must be a string: correct it"),
        ("default = 1", ", line 2: index[0].default: must be true or false: correct it"),
        ("explicit = 'yes'", ", line 2: index[0].explicit: must be true or false: correct it"),
    ],
)
def test_bad_index_tables(line: str, problem: str) -> None:
    """A table with a mistake is reported and left out; the next one counts."""
    problems: list[ConfigError] = []
    entries = index_tables(files(f"[[index]]\n{line}\n[[index]]\nurl = 'b'"), problems.append)
    assert [str(entry.url) for entry in entries] == ["b"]
    assert told(problems) == [f"0.toml{problem}"]


def test_older_keys() -> None:
    """[pip] comes before the top level over all files; of index-url the first counts, lists add up."""
    near = "index-url = 'top0'\nextra-index-url = ['e0']\nfind-links = ['f0']"
    far = "extra-index-url = ['e1']\n[pip]\nindex-url = 'pip1'\nextra-index-url = ['p1', 'p2']\nfind-links = ['g1']"
    entries = legacy_keys(pip_sections_first(files(near, far), fail), fail)
    assert [str(entry.url) for entry in entries] == ["pip1", "p1", "p2", "e0", "e1", "g1", "f0"]
    assert entries[0].origin == "1.toml, line 3: pip.index-url"
    assert entries[3].origin == "0.toml, line 2: extra-index-url"


def test_bad_older_keys() -> None:
    """A wrong type is reported once, and the next file's value counts."""
    problems: list[ConfigError] = []
    sections = pip_sections_first(
        files("pip = 1\nindex-url = 2\nextra-index-url = 'x'", "index-url = 'b'"), problems.append
    )
    assert [str(entry.url) for entry in legacy_keys(sections, problems.append)] == ["b"]
    assert told(problems) == [
        "0.toml, line 1: pip: must be a table: write [pip]",
        "0.toml, line 2: index-url: must be a string",
        "0.toml, line 3: extra-index-url: must be an array of strings",
    ]


@pytest.mark.parametrize(
    ("variable", "texts", "expected"),
    [
        pytest.param("", [], None, id="nothing"),
        pytest.param("", ["", "[pip]"], None, id="nothing in files"),
        pytest.param("subprocess", ["keyring-provider = 'disabled'"], "subprocess", id="variable first"),
        pytest.param("", ["keyring-provider = 'disabled'", "keyring-provider = 'auto'"], "disabled", id="nearest"),
        pytest.param("", ["keyring-provider = 'disabled'", "[pip]\nkeyring-provider = 'auto'"], "auto", id="pip first"),
        pytest.param("keyring", [], "import", id="pip's word"),
        pytest.param("import", [], "import", id="our word"),
    ],
)
def test_keyring_provider(
    monkeypatch: pytest.MonkeyPatch, variable: str, texts: list[str], expected: str | None
) -> None:
    """The variable comes first, then [pip], then the top level, nearest file first."""
    monkeypatch.setenv("UV_KEYRING_PROVIDER", variable)
    assert keyring_provider(pip_sections_first(files(*texts), fail), fail) == expected


def test_unknown_keyring_providers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word nobody knows is reported and passed over; words are in lower case, as in uv."""
    problems: list[ConfigError] = []
    monkeypatch.setenv("UV_KEYRING_PROVIDER", "native")
    sections = pip_sections_first(
        files("keyring-provider = 'Subprocess'", "keyring-provider = 1", "keyring-provider = 'subprocess'"), fail
    )
    assert keyring_provider(sections, problems.append) == "subprocess"
    words = "must be one of 'disabled', 'subprocess', 'import', 'auto', 'keyring': correct it"
    assert told(problems) == [
        f"UV_KEYRING_PROVIDER: {words}",
        f"0.toml, line 1: keyring-provider: {words}",
        "1.toml, line 1: keyring-provider: must be a string",
    ]


def pyproject(text: str) -> list[UvFile]:
    """Return the `[tool.uv]` of a `pyproject.toml`."""
    return [UvFile("p.toml", text, parse_toml("", text)["tool"]["uv"], TOOL_UV)]


OLDER = "[tool.uv]\nindex = 'i'\nextra-index-urls = ['e', 'f']\n"


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        pytest.param(OLDER, ["i", "e", "f"], id="alone"),
        pytest.param(OLDER + "index-url = 'n'\n", ["n", "e", "f"], id="beside index-url"),
        pytest.param(OLDER + "extra-index-url = ['n']\n", ["i", "n", "e", "f"], id="beside extra-index-url"),
        pytest.param(OLDER + "[tool.uv.pip]\nindex-url = 'p'\n", ["p", "e", "f"], id="beside [tool.uv.pip]"),
    ],
)
def test_older_words_count_in_a_pyproject_toml(text: str, urls: list[str]) -> None:
    """Documents that are older than uv's `[[tool.uv.index]]` have `index = "URL"` and `extra-index-urls`."""
    sections = pip_sections_first(pyproject(text), fail)
    entries = [*index_tables(pyproject(text), fail), *legacy_keys(sections, fail)]
    assert [str(one.url) for one in entries] == urls
    assert entries[-1].origin == "p.toml, line 3: tool.uv.extra-index-urls"


def test_older_words_are_mistakes_in_a_uv_toml() -> None:
    """uv refuses the whole file for them."""
    problems: list[ConfigError] = []
    sections = files("index = 'i'\nextra-index-urls = ['e']")
    assert index_tables(sections, problems.append) == []
    assert legacy_keys(sections, problems.append) == []
    assert told(problems) == ["0.toml, line 1: index: must be an array of tables: write [[index]]"]
