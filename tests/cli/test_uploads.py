"""An upload by twine with our credentials: where it goes, with what, and what is said when it goes wrong."""

from __future__ import annotations

import sys
import tarfile
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.keyrings import FakeCommand
from support.messages import Reply
from support.publishing import ME, TOKEN, logged_in, publish

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run
    from support.server import RecordingServer, Serve


# Where to


@pytest.mark.parametrize("where", ["uv.toml", "uv.toml by a name of .pypirc", ".pypirc", "variable", "twine's"])
def test_a_name_or_a_variable_says_where(server: RecordingServer, workdir: Path, home: Path, where: str) -> None:
    """An index of uv's configuration goes before a section of twine's."""
    logged_in(server)
    variables, words = {}, ["--repository", "corp"]
    if where.startswith("uv.toml"):
        index = f'[[index]]\nname = "corp"\nurl = "https://pkgs.example.com/simple/"\npublish-url = "{server.url}"\n'
        (workdir / "uv.toml").write_text(index)
    if where.endswith(".pypirc"):
        url = server.url if where == ".pypirc" else "https://pkgs.example.com/"
        (home / ".pypirc").write_text(f"[distutils]\nindex-servers = corp\n[corp]\nrepository = {url}\n")
    if where == "variable":
        variables, words = {"UV_PUBLISH_URL": server.url}, []
    if where == "twine's":
        variables, words = {"TWINE_REPOSITORY_URL": server.url}, []
    ran = publish(*words, **variables)
    assert ran.code == 0, ran
    assert server.authorizations == [ME]


def test_an_index_without_a_publish_url_is_one_line(workdir: Path, home: Path, server: RecordingServer) -> None:
    """It names the place, and twine may know the name."""
    logged_in(server)
    (workdir / "uv.toml").write_text('[[index]]\nname = "corp"\nurl = "https://pkgs.example.com/simple/"\n')
    ran = publish("--repository", "corp")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    assert "uv.toml, line 1: index[0]: the index corp has no publish-url: add one" in ran.err
    (home / ".pypirc").write_text(f"[distutils]\nindex-servers = corp\n[corp]\nrepository = {server.url}\n")
    assert publish("--repository", "corp").code == 0
    (home / ".pypirc").write_text("[distutils\n")
    assert "no publish-url" in publish("--repository", "corp").err


def test_twine_refuses_an_unknown_name(server: RecordingServer) -> None:
    """In its words."""
    ran = publish("--repository", "nobody")
    assert ran.code == 1
    assert "Missing 'nobody' section" in ran.out + ran.err
    assert server.requests == []


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_an_encoding_without_twines_progress_bar_does_not_end_the_upload(
    server: RecordingServer, encoding: str
) -> None:
    """What stdout cannot hold is written as an escape."""
    logged_in(server)
    ran = publish("--repository-url", server.url, PYTHONIOENCODING=encoding)
    assert ran.code == 0, ran
    assert server.authorizations == [ME]


@pytest.mark.parametrize("url", ["ftp://h/", "https://h:99999/", "pkgs.example.com"])
def test_an_invalid_url_is_one_line(server: RecordingServer, url: str) -> None:
    """Without the URL, which may hold a password."""
    ran = publish("--repository-url", url)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "not an http(s) URL" in ran.err
    assert server.requests == []


def test_a_bad_publish_url_is_named(workdir: Path, server: RecordingServer) -> None:
    """The file, the key, the remedy: exit code 2."""
    (workdir / "uv.toml").write_text('[[index]]\nname = "corp"\nurl = "https://h/"\npublish-url = 3\n')
    ran = publish("--repository", "corp")
    assert ran.code == 2
    assert "publish-url: must be an http(s) URL: correct it" in ran.err
    assert server.requests == []


def test_a_section_without_a_repository_is_one_line(server: RecordingServer, home: Path) -> None:
    """twine alone shows a traceback."""
    (home / ".pypirc").write_text("[distutils]\nindex-servers = corp\n[corp]\nusername = me\n")
    ran = publish("-r", "corp")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.endswith(".pypirc: [corp] has no repository: add one, or use --repository-url\n")
    assert server.requests == []


# With what


def test_variables_are_for_the_url_of_this_upload(server: RecordingServer) -> None:
    """As with uv, a token without a URL beside it is for where the upload goes."""
    logged_in(server, "wrong")
    ran = publish("--repository-url", server.url, UV_PUBLISH_TOKEN="pypi-x")
    assert ran.code == 0, ran
    ran = publish("--repository-url", server.url, UV_PUBLISH_USERNAME="me", UV_PUBLISH_PASSWORD="secret")
    assert ran.code == 0, ran
    assert server.authorizations == [TOKEN, ME]


def test_variables_with_a_url_of_their_own_are_for_that(server: RecordingServer) -> None:
    """They go to no other server."""
    ran = publish("--repository-url", server.url, UV_PUBLISH_TOKEN="pypi-x", UV_PUBLISH_URL="https://pkgs.example.com/")
    assert ran.code == 1
    assert server.authorizations == [None]
    variables = {"UV_PUBLISH_USERNAME": "theirs", "UV_PUBLISH_URL": "https://pkgs.example.com/"}
    publish("--repository-url", server.url, **variables, TWINE_PASSWORD="given")
    assert server.authorizations == [None, None]


def test_what_is_wrong_with_a_variable_is_told_once(server: RecordingServer) -> None:
    """However often the sources are asked."""
    ran = publish("--repository-url", server.url, UV_PUBLISH_PASSWORD="secret")
    assert ran.code == 1
    assert ran.err.count("UV_PUBLISH_PASSWORD has no user name") == 1


@pytest.mark.parametrize("userinfo", ["me:secret", "me"])
def test_userinfo_of_the_url(server: RecordingServer, userinfo: str) -> None:
    """A pair is used, a user name chooses; twine is shown neither."""
    logged_in(server)
    CredentialStore().set(server.url, Credentials.basic("you", "other"))
    ran = publish("--repository-url", f"http://{userinfo}@{server.netloc}/", "--verbose")
    assert ran.code == 0, ran
    assert server.authorizations == [ME]
    assert "secret" not in ran.out + ran.err


def test_userinfo_of_a_pypircs_repository_is_in_no_childs_environment(
    server: RecordingServer, home: Path, tmp_path: Path
) -> None:
    """A user name alone may be a token; a keyring's command is asked for its password."""
    repository = f"http://hunter2@{server.netloc}/"
    (home / ".pypirc").write_text(f"[distutils]\nindex-servers = corp\n[corp]\nrepository = {repository}\n")
    command = FakeCommand(tmp_path)
    publish("-r", "corp", UV_KEYRING_PROVIDER="subprocess", PATH=str(tmp_path))
    assert command.calls
    assert not any("hunter2" in value for call in command.calls for value in call.env.values())


@pytest.mark.parametrize("there", [True, False], ids=["refused", "no server"])
def test_userinfo_of_a_pypircs_repository_is_not_shown(server: RecordingServer, home: Path, there: object) -> None:
    """Neither in what is said of a refusal, nor where no answer comes."""
    repository = f"http://me:hunter2@{server.netloc if there else '127.0.0.1:9'}/"
    (home / ".pypirc").write_text(f"[distutils]\nindex-servers = corp\n[corp]\nrepository = {repository}\n")
    ran = publish("-r", "corp")
    assert ran.code == 1
    assert "hunter2" not in ran.out + ran.err
    assert "error: http" in ran.err or "error: the upload to http" in ran.err


def test_variables_of_a_named_index(server: RecordingServer, workdir: Path) -> None:
    """They are for its `publish-url`, too."""
    index = f'[[index]]\nname = "corp"\nurl = "https://pkgs.example.com/simple/"\npublish-url = "{server.url}"\n'
    (workdir / "uv.toml").write_text(index)
    ran = publish("-r", "corp", UV_INDEX_CORP_USERNAME="me", UV_INDEX_CORP_PASSWORD="secret")
    assert ran.code == 0, ran
    assert server.authorizations == [ME]


def test_a_pypircs_password(server: RecordingServer, home: Path) -> None:
    """It is source 7 of ours, and comes after the variables."""
    text = f"[distutils]\nindex-servers = corp\n[corp]\nrepository = {server.url}\nusername = me\npassword = secret\n"
    (home / ".pypirc").write_text(text)
    assert publish("-r", "corp").code == 0
    assert publish("-r", "corp", UV_PUBLISH_TOKEN="pypi-x").code == 0
    assert server.authorizations == [ME, TOKEN]


def test_what_twine_is_given_counts_where_no_variable_of_uv_does(server: RecordingServer) -> None:
    """Those who come from twine have its variables."""
    logged_in(server, "wrong")
    given = {"TWINE_USERNAME": "me", "TWINE_PASSWORD": "secret"}
    assert publish("--repository-url", server.url, **given).code == 0
    assert publish("--repository-url", server.url, UV_PUBLISH_TOKEN="pypi-x", **given).code == 0
    assert server.authorizations == [ME, TOKEN]


def test_a_projects_publish_url_does_not_get_pypis_token_from_twines_variable(
    server: RecordingServer, workdir: Path
) -> None:
    """A project may call any URL `pypi`; the server is the proxy, which sees what would go there."""
    index = '[[index]]\nname = "pypi"\nurl = "https://evil.example/simple/"\npublish-url = "http://evil.example/up/"\n'
    (workdir / "uv.toml").write_text(index)
    variables = {"http_proxy": server.url, "TWINE_USERNAME": "__token__"}
    ran = publish("-r", "pypi", **variables, TWINE_PASSWORD="pypi-AgEIcHlwaS5vcmcCJD")
    assert ran.code == 1
    assert "is PyPI's token, which is not sent to http://evil.example: give another" in ran.err
    assert "pypi-Ag" not in ran.out + ran.err
    assert server.requests == []
    publish("-r", "pypi", **variables, TWINE_PASSWORD="evil's own")
    assert server.authorizations == [("basic", "__token__", "evil's own")]


def test_a_server_may_let_everybody_upload(server: RecordingServer) -> None:
    """Without a terminal nobody is asked, and it goes out bare."""
    server.respond = lambda _: Reply(200)
    assert publish("--repository-url", server.url).code == 0
    assert server.authorizations == [None]


# When it goes wrong


@pytest.mark.parametrize(
    ("password", "status", "words"),
    [
        ("wrong", 403, "refused the upload (403): the credential from store was sent"),
        ("wrong", 401, "refused the upload (401): the credential from store was sent"),
        (None, 403, "refused the upload (403): no credential was found"),
    ],
)
def test_a_refusal_names_the_source_and_the_way_on(
    server: RecordingServer, password: str | None, status: int, words: str
) -> None:
    """And the file was sent once."""
    if password:
        logged_in(server, password)
    server.respond = lambda _: Reply(status, {"WWW-Authenticate": "Basic"})
    ran = publish("--repository-url", server.url)
    assert ran.code == 1
    assert f"error: {server.url} {words}; see: indexauth explain {server.url}\n" in ran.err.replace(
        f"{server.url}/", server.url
    )
    assert len(server.requests) == 1
    assert "Traceback" not in ran.err


def test_another_refusal_is_twines_to_tell(server: RecordingServer) -> None:
    """A file that is there already says nothing about credentials."""
    logged_in(server)
    server.respond = lambda _: Reply(409)
    ran = publish("--repository-url", server.url)
    assert ran.code == 1
    assert "explain" not in ran.err


@pytest.mark.usefixtures("server")
def test_a_server_that_is_not_there_is_one_line(serve: Serve) -> None:
    """No traceback."""
    absent = serve(listening=False)
    logged_in(absent)
    url = absent.at("/team/")
    ran = publish("--repository-url", url)
    assert ran.code == 1
    assert f"error: the upload to {url} failed (ConnectionError): check the URL and the network\n" in ran.err
    assert "Traceback" not in ran.err


def test_without_twine_there_is_one_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says what to install."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "twine"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "twine", None)
    ran = run("publish", "--repository-url", "https://h/")
    assert ran.code == 1
    assert ran.err == "error: twine is not installed: pip install 'requests-indexauth[publish]'\n"


def test_a_broken_distribution_is_one_line(server: RecordingServer, workdir: Path) -> None:
    """It is no mistake of ours, and nothing is uploaded."""
    logged_in(server)
    names = ("broken-1.0-py3-none-any.whl", "broken-1.0.tar.gz", "empty-1.0.tar.gz")
    for name in names[:2]:
        (workdir / name).write_bytes(b"no archive")
    with tarfile.open(names[2], "w:gz"):
        pass
    for name in names:
        ran = publish("--repository-url", server.url, name)
        assert ran.code == 1, ran
        assert ran.err.startswith("error: one of the files is a damaged wheel or archive, or none ("), ran
        assert "mistake" not in ran.err
    assert server.requests == []


def test_a_password_of_any_letters_is_uploaded_with(server: RecordingServer) -> None:
    """In UTF-8; twine's own session can send Latin letters alone."""
    publish("--repository-url", server.url, TWINE_USERNAME="me", TWINE_PASSWORD="p€")
    assert server.authorizations == [("basic", "me", "p€")]


def test_a_projects_publish_url_cannot_steer_the_terminal(server: RecordingServer, workdir: Path) -> None:
    """twine prints the URL as it is."""
    url = f"{server.at('/up')}\\u001b]0;forged\\u0007"
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "corp"\nurl = "https://h.example/"\npublish-url = "{url}"\n')
    ran = publish("--repository", "corp")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: the repository's URL has a character that cannot be printed")
    assert server.requests == []
