"""The .pypirc file as a source: which sections count, for which URL and user, and what is said of broken files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.pypirc import PypircSource
from requests_indexauth.store.service import SERVICES
from support.queries import query

if TYPE_CHECKING:
    from pathlib import Path

HOST = "https://pkgs.example.com"
PAGE = f"{HOST}/team/simple/thing/"
TEAM = f"""[distutils]
index-servers =
    team

[team]
repository = {HOST}/team/
username = me
password = pw
"""
OURS = Answer(Credentials.basic("me", "pw"), "/team")


@pytest.fixture
def pypirc(home: Path) -> Path:
    """Return the place of the file in the home folder; there is none yet."""
    return home / ".pypirc"


@pytest.fixture
def source() -> PypircSource:
    """Return a source that must not warn."""
    return PypircSource(pytest.fail)


def sections(**repositories: str) -> str:
    """Return a file in which each section has its own name as user name and its reverse as password."""
    text = f"[distutils]\nindex-servers = {' '.join(repositories)}\n"
    for name, repository in repositories.items():
        text += f"[{name}]\nrepository: {repository}\nusername: {name}\npassword: {name[::-1]}\n"
    return text


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        pytest.param(f"{HOST}/team", OURS, id="the repository itself"),
        pytest.param(PAGE, OURS, id="below it"),
        pytest.param(f"{HOST}:443/team/x", OURS, id="default port"),
        pytest.param(f"{HOST}/teams/x", None, id="not a segment of it"),
        pytest.param(f"{HOST}/", None, id="above it"),
        pytest.param(f"{HOST}:8443/team/", None, id="another port"),
        pytest.param("https://example.com/team/", None, id="another host"),
        pytest.param("http://pkgs.example.com/team/", None, id="another scheme"),
    ],
)
def test_a_section_answers_for_its_repository(
    source: PypircSource, pypirc: Path, url: str, expected: Answer | None
) -> None:
    """A section is for its realm and what lies under its path, and the answer says so."""
    pypirc.write_text(TEAM)
    assert source.find(query(url)) == expected


def test_simple_is_no_part_of_a_repository(source: PypircSource, pypirc: Path) -> None:
    """A repository given as an index URL is for all of the index."""
    pypirc.write_text(TEAM.replace("/team/", "/team/simple/"))
    assert source.find(query(f"{HOST}/team/files/x.whl")) == OURS


def test_the_most_specific_section_counts(source: PypircSource, pypirc: Path) -> None:
    """Of two repositories over one URL, the longer path answers; a whole host has no path."""
    pypirc.write_text(sections(a=HOST, b=f"{HOST}/team", c=f"{HOST}/team/simple/thing"))
    assert source.find(query(f"{HOST}/other")) == Answer(Credentials.basic("a", "a"), None)
    assert source.find(query(f"{HOST}/team/simple/x")) == Answer(Credentials.basic("b", "b"), "/team")
    assert source.find(query(PAGE)) == Answer(Credentials.basic("c", "c"), "/team/simple/thing")
    assert source.find(query(PAGE, username="a")) == Answer(Credentials.basic("a", "a"), None)
    assert source.find(query(PAGE, username="d")) is None


@pytest.mark.parametrize(("name", "url"), SERVICES.items())
def test_pypi_and_testpypi_have_a_repository(source: PypircSource, pypirc: Path, name: str, url: str) -> None:
    """The two need neither be listed nor say where they are, nor name the user that tokens have."""
    pypirc.write_text(f"[{name}]\npassword = pypi-token\n")
    assert source.find(query(url)) == Answer(Credentials.basic("__token__", "pypi-token"), "/legacy")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(None, id="no file"),
        pytest.param("", id="empty"),
        pytest.param(TEAM.replace("    team", "    other"), id="not listed"),
        pytest.param(TEAM.replace("[team]", "[other]"), id="listed, but not there"),
        pytest.param(TEAM.replace("username = me\npassword = pw", ""), id="neither user nor password"),
    ],
)
def test_nothing_there(source: PypircSource, pypirc: Path, text: str | None) -> None:
    """What is not there is no answer, and nothing to complain about."""
    if text is not None:
        pypirc.write_text(text)
    assert source.find(query(PAGE)) is None


def test_a_user_without_password(source: PypircSource, pypirc: Path) -> None:
    """A section without password names a user, which is an answer only while none is given."""
    pypirc.write_text(TEAM.replace("password = pw", ""))
    assert source.find(query(PAGE)) == Answer(Credentials.basic("me", None), "/team")
    assert source.find(query(PAGE, username="me")) is None


def test_a_password_without_user(source: PypircSource, pypirc: Path) -> None:
    """A password alone is sent with an empty user name."""
    pypirc.write_text(TEAM.replace("username = me", ""))
    assert source.find(query(PAGE)) == Answer(Credentials.basic(None, "pw"), "/team")


def test_userinfo_in_the_repository(source: PypircSource, pypirc: Path) -> None:
    """What a section lacks may stand in its URL."""
    pypirc.write_text(f"[distutils]\nindex-servers = t\n[t]\nrepository = {HOST.replace('//', '//me:pw@')}/team\n")
    assert source.find(query(PAGE)) == OURS


def test_two_users_for_one_repository(pypirc: Path) -> None:
    """Without a user name neither answers, and a warning names the sections; with one, its section does."""
    warnings: set[str] = set()
    source = PypircSource(warnings.add)
    pypirc.write_text(sections(one=f"{HOST}/team", two=f"{HOST}/team/simple/"))
    assert [source.find(query(PAGE)) for _ in range(3)] == [None] * 3
    assert warnings == {f".pypirc: {pypirc}: [one] and [two] have different users for one repository: give a user name"}
    assert source.find(query(PAGE, username="two")) == Answer(Credentials.basic("two", "owt"), "/team")


def test_one_user_in_two_sections(source: PypircSource, pypirc: Path) -> None:
    """Two sections that agree on the user are no riddle: the later one counts."""
    pypirc.write_text(sections(one=f"{HOST}/team", two=f"{HOST}/team").replace("username: two", "username: one"))
    assert source.find(query(PAGE)) == Answer(Credentials.basic("one", "owt"), "/team")


def test_plain_http_is_not_asked(source: PypircSource) -> None:
    """A password does not go over a network in the clear; on this machine it may."""
    assert source.skipped(query("http://pkgs.example.com/")) == "plain http to a host that is not loopback"
    assert source.skipped(query("http://localhost/")) is None
    assert source.skipped(query(PAGE)) is None


def test_the_file_stays_in_memory(source: PypircSource, pypirc: Path) -> None:
    """The file is read once; `refresh` lets it be read again."""
    pypirc.write_text(TEAM)
    assert source.find(query(PAGE)) == OURS
    pypirc.write_text(TEAM.replace("pw", "new"))
    assert source.find(query(PAGE)) == OURS
    source.refresh()
    assert source.find(query(PAGE)) == Answer(Credentials.basic("me", "new"), "/team")


@pytest.mark.parametrize(
    ("raw", "where"),
    [
        pytest.param(b"hunter2\n", ", line 1", id="no section"),
        pytest.param(b"[distutils]\n\nhunter2\n", ", line 3", id="no value"),
        pytest.param(b"[a]\npassword=hunter2\npassword=hunter2\n", ", line 3", id="an option twice"),
        pytest.param(b"[hunter2]\n[hunter2]\n", ", line 2", id="a section twice"),
        pytest.param(b"[distutils]\npassword = hunter2\xff\n", "not UTF-8", id="not UTF-8"),
    ],
)
def test_a_malformed_file_is_an_error(source: PypircSource, pypirc: Path, raw: bytes, where: str) -> None:
    """The error names the file and the line and quotes nothing, nor does what it came from hang on to it."""
    pypirc.write_bytes(raw)
    with pytest.raises(SourceError) as caught:
        source.find(query(PAGE))
    assert str(caught.value).startswith(f".pypirc: {pypirc}")
    assert where in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


def test_an_unreadable_file_is_an_error(source: PypircSource, pypirc: Path) -> None:
    """What is there but cannot be read is said, with its name."""
    pypirc.mkdir()
    with pytest.raises(SourceError) as caught:
        source.find(query(PAGE))
    assert str(pypirc) in str(caught.value)


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        pytest.param("username = hunter2\npassword = hunter2", "no repository", id="no repository"),
        pytest.param("repository = me:hunter2@example.com", "not an http(s) URL", id="no URL"),
        pytest.param(f"repository = {HOST}\nusername = a:hunter2", "colon", id="not for a header"),
    ],
)
def test_a_broken_section_is_skipped(pypirc: Path, broken: str, why: str) -> None:
    """A warning, always the same, names the section and why, without what it holds; the others still count."""
    warnings: set[str] = set()
    source = PypircSource(warnings.add)
    pypirc.write_text(TEAM.replace("    team", "    bad team") + f"[bad]\n{broken}\n")
    assert source.find(query(PAGE)) == OURS
    source.refresh()
    assert source.find(query(PAGE)) == OURS
    (warning,) = warnings
    assert "[bad]" in warning
    assert why in warning
    assert "hunter2" not in warning


@given(password=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Z"]), min_size=1))
def test_any_password_is_taken_as_it_stands(password: str) -> None:
    """Percent signs, quotes, hashes and semicolons mean nothing in a value."""
    from requests_indexauth.sources.pypirc import _section

    assert _section("t", {"repository": HOST, "password": password}).credentials.password == password


@pytest.mark.parametrize("password", ["%(home)s", "%", '"quoted"', "a#b", "a;b", "a = b", "p: q", "ä"])
def test_no_interpolation(source: PypircSource, pypirc: Path, password: str) -> None:
    """A value means what it says."""
    pypirc.write_text(TEAM.replace("= pw", f"= {password}"), encoding="utf-8")
    assert source.find(query(PAGE)) == Answer(Credentials.basic("me", password), "/team")


LOGIN = "[server-login]\nusername = me\npassword = pw\n"
UPLOAD = Answer(Credentials.basic("me", "pw"), "/legacy")


@pytest.mark.parametrize(
    ("text", "url", "expected"),
    [
        pytest.param(LOGIN, SERVICES["pypi"], UPLOAD, id="alone"),
        pytest.param(LOGIN, SERVICES["testpypi"], UPLOAD, id="alone, TestPyPI"),
        pytest.param(LOGIN, HOST, None, id="no repository"),
        pytest.param(
            f"[distutils]\nindex-servers = team\n[team]\nrepository = {HOST}/team\n{LOGIN}", PAGE, OURS, id="in"
        ),
        pytest.param(LOGIN + TEAM.replace("= me", "= you"), PAGE, None, id="a section's own user name"),
        pytest.param(LOGIN.replace("pw", "no") + TEAM, PAGE, OURS, id="a section's own password"),
        pytest.param(LOGIN + "[distutils]\nindex-servers = team\n", SERVICES["pypi"], UPLOAD, id="PyPI is not listed"),
        pytest.param(LOGIN + "[distutils]\nindex-servers = team\n", SERVICES["testpypi"], None, id="nor is TestPyPI"),
    ],
)
def test_server_login_stands_in_for_what_a_section_lacks(
    source: PypircSource, pypirc: Path, text: str, url: str, expected: Answer | None
) -> None:
    """`[server-login]` is what `.pypirc` had before it had sections, and twine still reads it."""
    pypirc.write_text(text)
    assert source.find(query(url, username="me")) == expected
