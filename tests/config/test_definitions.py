"""Definitions of indexes become indexes: what counts as one, and what several of the same come to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.config.definitions import definition, is_remote, merge_definitions
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.index import Index

Definition = tuple[str, str, "str | None", "str | None"]


def settled(*definitions: tuple[str | None, ...]) -> tuple[list[Index], list[str]]:
    """Settle (url, name, policy), each with its place as origin; return indexes and problems."""
    problems: list[str] = []
    entries = [definition(f"#{place}", str(one[0]), *one[1:]) for place, one in enumerate(definitions)]
    indexes = merge_definitions(entries, lambda error: problems.append(str(error)))
    return list(indexes), problems


def shown(index: Index) -> tuple[str, str | None, str]:
    """Return what a test compares of an index."""
    return index.url, index.name, index.authenticate


@pytest.mark.parametrize(
    "url",
    ["./wheels", "/srv/wheels", "wheels", "file:///srv/wheels", "FILE:///x", "C:\\wheels", "C://x", "127.0.0.1:1/x"],
)
def test_local_places_are_no_index(url: str) -> None:
    """A path or a file: URL needs no authentication, and is no mistake."""
    assert settled((url,)) == ([], [])


@pytest.mark.parametrize(
    "url",
    [
        "https://h:99999/",
        "https://",
        "https:/",
        "https://[x]/",
        "https://good\\@evil/",
        "htps://h/simple",
        "n=https://h/simple",
        "https://h:port/",
        "https://u%00:p@h/",
    ],
)
def test_bad_urls_are_told_of(url: str) -> None:
    """What is meant for a server and leads to none is a problem, named or not."""
    if "=" in url:  # in a file this is no name, but a path, as in uv
        assert settled((url,)) == ([], [])
        return
    indexes, problems = settled((url,), (url, "corp"))
    assert indexes == []
    assert [problem[:3] for problem in problems] == ["#0:", "#1:"]


def test_empty_url_is_told_of() -> None:
    """A URL that is there and empty is a mistake, as in uv."""
    assert settled((" ",)) == ([], ["#0: the URL is empty: give one, or remove the entry"])


@pytest.mark.parametrize("policy", ["Always", "", "yes", "auto "])
def test_unknown_policies_are_told_of(policy: str) -> None:
    """A policy is one of three words, in lower case."""
    indexes, problems = settled(("https://h", "n", policy))
    assert indexes == []
    assert problems == ["#0: authenticate must be one of 'auto', 'always', 'never': correct it"]


@pytest.mark.parametrize("name", ["é", "a b", "a/b", "a\n", "a=b", "٣"])
def test_bad_names_are_told_of(name: str) -> None:
    """A name has ASCII letters, digits, and three signs (uv's rule)."""
    indexes, problems = settled(("https://h", name))
    assert indexes == []
    assert problems == ["#0: an index name may only have ASCII letters, digits, '-', '_' and '.': rename it"]


@pytest.mark.parametrize("name", ["a", "-a", "1n", "a--b", "A.b_c", "pypi"])
def test_good_names(name: str) -> None:
    """Any order of the allowed characters will do."""
    assert settled(("https://h", name))[0][0].name == name


def test_empty_name_is_none() -> None:
    """An empty name is no name, as in uv; two of them are no double."""
    assert [index.name for index in settled(("https://h/a", ""), ("https://h/b", ""))[0]] == [None, None]


def test_url_is_a_plain_string_without_userinfo() -> None:
    """The index shows its URL, and keeps the userinfo apart; white space around it is not part of it."""
    (index, plain), _ = settled((" https://u:p@h/simple ",), ("https://i/simple",))
    assert repr(index) == "Index('https://h/simple', name=None, authenticate='auto')"
    assert repr(plain) == "Index('https://i/simple', name=None, authenticate='auto')"
    assert index.credentials == Credentials.basic("u", "p")


def test_first_of_a_name_counts() -> None:
    """A second index of the same name is dropped: its variables must not be sent to two places."""
    indexes, problems = settled(("https://h/a", "n"), ("https://h/b", "n"), ("https://h/c", "N"))
    assert [shown(index) for index in indexes] == [("https://h/a", "n", "auto"), ("https://h/c", "N", "auto")]
    assert problems == []


def test_a_broken_first_of_a_name_does_not_hide_the_second() -> None:
    """A definition that is dropped for a mistake, or is local, leaves the name to the next."""
    indexes, problems = settled(("https://h:x/", "n"), ("./wheels", "n"), ("https://h/b", "n"))
    assert [shown(index) for index in indexes] == [("https://h/b", "n", "auto")]
    assert len(problems) == 1


@pytest.mark.parametrize(
    ("definitions", "first"),
    [
        pytest.param(
            [("https://h/a",), ("https://h/a", "n", "always")], ("https://h/a", "n", "always"), id="unnamed first"
        ),
        pytest.param(
            [("https://h/a", "n", "always"), ("https://h/a",)], ("https://h/a", "n", "always"), id="named first"
        ),
        pytest.param(
            [("https://h/a/simple/",), ("https://h/a", "n")], ("https://h/a/simple/", "n", "auto"), id="same root"
        ),
        pytest.param(
            [("https://h/a", "m", "auto"), ("https://h/a", "n", "never")], ("https://h/a", "m", "auto"), id="auto said"
        ),
        pytest.param(
            [("https://h/a", "m"), ("https://h/a", "n", "never")], ("https://h/a", "m", "never"), id="auto not said"
        ),
        pytest.param(
            [("https://h/a", None, "never"), ("https://h/a", "n", "always")],
            ("https://h/a", "n", "never"),
            id="two words",
        ),
        pytest.param(
            [("HTTPS://H:443/a",), ("https://h/%61", "n", "never")], ("HTTPS://H:443/a", "n", "never"), id="same place"
        ),
    ],
)
def test_one_root_one_answer(definitions: list[tuple[str, ...]], first: tuple[str, str, str]) -> None:
    """The first of a root takes over what it does not say; the others stay behind it."""
    indexes, problems = settled(*definitions)
    assert shown(indexes[0]) == first
    assert indexes[0].origin == "#0 and #1"
    assert len(indexes) == len(definitions)
    assert problems == []


def test_one_root_first_userinfo() -> None:
    """Of several userinfos for one root the first counts, wherever it stands."""
    indexes, _ = settled(("https://h/a", "n"), ("https://u:p@h/a/simple",), ("https://v:q@h/a",))
    assert shown(indexes[0]) == ("https://h/a/simple", "n", "auto")
    assert indexes[0].credentials == Credentials.basic("u", "p")


def test_another_root_is_another_index() -> None:
    """A port, a scheme or a path more is another index."""
    urls = ["https://h/a", "http://h/a", "https://h:444/a", "https://h/a/b", "https://h/ab"]
    indexes, _ = settled(*((url,) for url in urls), ("https://h/a/b", "n", "never"))
    assert [index.authenticate for index in indexes] == ["auto", "auto", "auto", "never", "auto", "never"]


URLS = st.sampled_from(
    ["https://h/a", "https://h/a/simple", "https://u:p@h/a", "https://h/b", "./x", "https://h:x/", ""]
)
NAMES = st.none() | st.sampled_from(["m", "n", "", "é"])
WORDS = st.none() | st.sampled_from(["auto", "always", "never", "Never"])


@given(st.lists(st.tuples(URLS, NAMES, WORDS), max_size=6))
def test_settling_any_definitions(definitions: list[tuple[str, str | None, str | None]]) -> None:
    """Every definition becomes an index, or a problem, or is local or of a name that is taken; names stay unique."""
    indexes, problems = settled(*definitions)
    remote = [one for one in definitions if is_remote(one[0]) or not one[0]]
    assert len(indexes) + len(problems) <= len(definitions)
    if len({name for _, name, _ in definitions if name}) == sum(bool(name) for _, name, _ in definitions):
        good = [url for url, name, word in remote if url and "x" not in url and name != "é" and word != "Never"]
        assert len(indexes) == len(good)
        assert [index.root_path for index in indexes] == ["/a" if "/a" in url else "/b" for url in good]
    by_root = {index.root: index for index in reversed(indexes)}
    for index in indexes:  # whatever a definition says of name, policy or userinfo, its root has it
        first = by_root[index.root]
        assert index.name is None or first.name is not None
        assert index.credentials is None or first.credentials is not None
        assert index.authenticate == "auto" or first.authenticate != "auto" or "auto" in {one[2] for one in definitions}


FULL, LONE = "https://me:pw@h/a/simple", "https://me@h/a/simple"


@pytest.mark.parametrize(
    ("definitions", "expected"),
    [
        pytest.param([(LONE,), (FULL,)], "pw", id="unnamed"),
        pytest.param([(LONE, "n"), (FULL,)], "pw", id="named first"),
        pytest.param([(LONE,), (FULL, "n")], "pw", id="named second"),
        pytest.param([(LONE, "a"), (FULL, "b")], "pw", id="two names"),
        pytest.param([(LONE, "n"), (FULL, "n")], "pw", id="one name twice"),
        pytest.param([(LONE, "n"), ("https://me:pw@h/a", "n")], "pw", id="one name twice, without simple"),
        pytest.param([("https://h/a", "n"), (LONE, "n"), (FULL, "n")], "pw", id="one name thrice, the first bare"),
        pytest.param([(LONE,), ("https://you:no@h/a",), (FULL,)], "pw", id="another user between"),
        pytest.param([(LONE,), ("https://you:no@h/a",)], None, id="another user only"),
        pytest.param([(LONE, "n"), ("https://me:pw@h/b", "n")], None, id="one name, another place"),
        pytest.param([("https://me:own@h/a",), (FULL,)], "own", id="a password of its own"),
    ],
)
def test_a_lone_user_name_takes_its_password_from_another_definition(
    definitions: list[tuple[str, ...]], expected: str | None
) -> None:
    """So the project's file may name the user, and the user's own file has the password."""
    (first, *_), problems = settled(*definitions)
    assert first.credentials == Credentials.basic("me", expected)
    assert first.name == next((one[1] for one in definitions if len(one) > 1), None)
    assert problems == []


def test_a_member_of_a_workspace_keeps_the_name_it_has_for_an_index() -> None:
    """uv looks for a member's packages in the member's own index, with the variables of its name."""
    entries = [
        definition("root", "https://h/root", "corp"),
        definition("member", "https://h/member", "corp", member=True),
    ]
    indexes = merge_definitions(entries, lambda error: pytest.fail(str(error)))
    assert [shown(index) for index in indexes] == [
        ("https://h/root", "corp", "auto"),
        ("https://h/member", "corp", "auto"),
    ]


@pytest.mark.parametrize("userinfo", ["m%E4", "m%E4:pw", "me:p%E4w", "me:%ff"])
def test_percent_encoding_that_is_not_utf_8_is_told_of(userinfo: str) -> None:
    """Nobody knows what was meant, and what a server would make of it; uv refuses it too."""
    indexes, problems = settled((f"https://{userinfo}@h/a",), ("https://me:p%C3%A4@h/b",))
    assert problems == ["#0: the percent-encoding of the userinfo is not UTF-8: encode it as UTF-8"]
    assert [index.credentials for index in indexes] == [Credentials.basic("me", "pä")]


@pytest.mark.parametrize(
    ("url", "name", "key"), [("", None, "url"), ("https://h:x/", None, "url"), ("https://h/", "a b", "name")]
)
def test_a_message_names_the_key_of_a_table(url: str, name: str | None, key: str) -> None:
    """File, line and table alone would leave the user looking."""
    problems: list[str] = []
    assert (
        merge_definitions(
            [definition("f, line 1: index[0]", url, name, table=True)], lambda one: problems.append(str(one))
        )
        == ()
    )
    assert [problem.startswith(f"f, line 1: index[0].{key}: ") for problem in problems] == [True]
