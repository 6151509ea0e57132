"""What is broken is one warning and a miss: the session goes on, with the next source, and nothing hangs."""

from __future__ import annotations

import logging
import os
import re
from typing import TYPE_CHECKING, Any

import pytest

from requests_indexauth import Credentials, Index, mount
from requests_indexauth.sources.keyring import source as keyring
from requests_indexauth.util import deadline
from support.keyrings import FakeCommand
from support.platforms import PIP_CONFIG, PIP_FILE, STORE, is_in_home
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import IndexServer, ServeIndex

ME = ("basic", "me", "pw")
PIP = f"{PIP_CONFIG}/{PIP_FILE}"

FILES = {
    "netrc, an unknown word": (".netrc", "machine 127.0.0.1\n  login me\n  passwort x\n", "netrc", "line 3"),
    "netrc, a machine without a name": (".netrc", "machine", "netrc", "line 1"),
    "netrc, a login no header can carry": (".netrc", "machine 127.0.0.1 login a:b password x\n", "netrc", "line 1"),
    "store, no TOML": (STORE, '[[credential]]\nservice = "https://h/\n', "store", "line 2"),
    "store, a list that is none": (STORE, "credential = 3\n", "store", STORE),
    "store, a bad service": (
        STORE,
        '[[credential]]\nservice = "h h"\nusername = "u"\npassword = "p"\n',
        "store",
        STORE,
    ),
    "store, an unknown scheme": (
        STORE,
        '[[credential]]\nservice = "https://h/"\nscheme = "digest"\nusername = "u"\n',
        "store",
        STORE,
    ),
    ".pypirc, no section": (".pypirc", "password = x\n", ".pypirc", "line 1"),
    ".pypirc, no name = value": (".pypirc", "[pypi]\nusername = me\nx\n", ".pypirc", "line 3"),
    ".pypirc, no repository": (
        ".pypirc",
        "[distutils]\nindex-servers = own\n[own]\nusername = me\n",
        ".pypirc",
        "[own]",
    ),
    "uv.toml, no TOML": ("uv.toml", "[[index]\n", "uv.toml", "line 1"),
    "uv.toml, an index without a URL": ("uv.toml", '[[index]]\nname = "x"\n', "uv.toml", "url"),
    "uv.toml, an unknown policy": (
        "uv.toml",
        '[[index]]\nurl = "https://h/"\nauthenticate = "often"\n',
        "uv.toml",
        "authenticate",
    ),
    "uv.toml, an unknown keyring provider": ("uv.toml", 'keyring-provider = "x"\n', "uv.toml", "keyring-provider"),
    "pyproject.toml, no TOML": ("pyproject.toml", "[tool.uv]\nindex-url = \n", "pyproject.toml", "line 2"),
    "pyproject.toml, a number for a URL": (
        "pyproject.toml",
        "[tool.uv]\nindex-url = 3\n",
        "pyproject.toml",
        "index-url",
    ),
    "pip.conf, no name = value": (PIP, "[global]\nx\n", PIP_FILE, "line 2"),
    "pip.conf, no section": (PIP, "index-url = https://h/\n", PIP_FILE, "line 1"),
    "pip.conf, a bad port": (PIP, "[global]\nindex-url = https://h:x/\n", PIP_FILE, "index-url"),
}


def place(home: Path, workdir: Path, name: str) -> Path:
    """Return where a file belongs."""
    path = (home if is_in_home(name) else workdir) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return our warnings, and that nobody else had any."""
    records = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert {record.name for record in records} <= {"requests_indexauth"}
    return [record.getMessage() for record in records]


def answered_by_a_prompt(session: requests.Session, index: IndexServer, **options: Any) -> None:
    """Get three pages of an index; the last source of the chain has what all before it have not."""
    mount(session, [Index(index.index_url())], prompt=lambda _url, _username: Credentials.basic("me", "pw"), **options)
    for name in ("one", "two", "three"):
        assert session.get(index.page_url(name)).status_code == 200
    assert index.authorizations == [None, ME, ME, ME]


@pytest.mark.parametrize(("name", "content", "who", "where"), list(FILES.values()), ids=list(FILES))
def test_a_broken_file_is_one_warning_and_a_miss(
    name: str,
    content: str,
    who: str,
    where: str,
    home: Path,
    workdir: Path,
    session: requests.Session,
    serve_index: ServeIndex,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The warning names the source and the place; the sources after it are asked."""
    place(home, workdir, name).write_text(content, encoding="utf-8")
    index = serve_index(["one", "two", "three"], users={"me": "pw"})
    answered_by_a_prompt(session, index)
    (warning,) = warnings_of(caplog)
    assert who in warning
    assert where.replace("/", os.sep) in warning


@pytest.mark.parametrize("name", [".netrc", STORE, ".pypirc", "uv.toml", "pyproject.toml", PIP])
@pytest.mark.parametrize("kind", ["bytes", "folder"])
def test_a_file_that_is_no_text_is_a_miss_too(
    kind: str,
    name: str,
    home: Path,
    workdir: Path,
    session: requests.Session,
    serve_index: ServeIndex,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Bytes that are no text, or a folder of the name: one warning at most, and the session goes on."""
    path = place(home, workdir, name)
    if kind == "folder":
        path.mkdir()
    else:
        path.write_bytes(b"\xff\xfe\x00[[\x81")
    index = serve_index(["one", "two", "three"], users={"me": "pw"})
    answered_by_a_prompt(session, index)
    warnings = warnings_of(caplog)
    assert len(warnings) == len({re.sub(r"line \d+", "", warning) for warning in warnings}) <= 1


def test_a_broken_file_does_not_hide_a_good_one(
    home: Path, session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """A malformed netrc, and the store's credential is found."""
    (home / ".netrc").write_text("machine 127.0.0.1 login me passwort x\n")
    index = serve_index(users={"me": "pw"})
    place(home, home, STORE).write_text(
        f'[[credential]]\nservice = "{index.url}"\nusername = "me"\nscheme = "basic"\npassword = "pw"\n'
    )
    mount(session)
    assert session.get(index.page_url()).status_code == 200
    assert len(warnings_of(caplog)) == 1


def test_a_bad_entry_of_the_store_does_not_hide_the_others(
    home: Path, session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """One entry is skipped with a warning, which says what uv makes of it; the good one is found."""
    index = serve_index(users={"me": "pw"})
    place(home, home, STORE).write_text(
        '[[credential]]\nservice = "https://h:99999/"\nusername = "x"\npassword = "y"\n'
        f'[[credential]]\nservice = "{index.url}"\nusername = "me"\nscheme = "basic"\npassword = "pw"\n'
    )
    mount(session)
    assert session.get(index.page_url()).status_code == 200
    (warning,) = warnings_of(caplog)
    assert "uv" in warning


def test_a_netrc_that_python_3_9_refuses_is_read_all_the_same(
    home: Path, session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """Comments and missing fields that older parsers do not take are no error."""
    (home / ".netrc").write_text("#comment\nmachine other.example password x\nmachine 127.0.0.1 login me password pw")
    index = serve_index(users={"me": "pw"})
    mount(session)
    assert session.get(index.page_url()).status_code == 200
    assert warnings_of(caplog) == []


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCommand:
    """Return a `keyring` command, the only one on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return FakeCommand(tmp_path)


KEYRINGS = {
    "crashes": "raise RuntimeError('no')",
    "is killed": "os.kill(os.getpid(), 9)",
    "prints bytes that are no text": "say(b'\\xff\\xfe\\n\\xff\\n')",
    "prints control characters": "say('me\\np\\x01w\\n')",
    "prints a colon in the user name": "say('m:e\\npw\\n')",
    "prints without end": "\nwhile True: sys.stdout.write('x' * 65536)",
}


@pytest.mark.parametrize("body", list(KEYRINGS.values()), ids=list(KEYRINGS))
def test_a_broken_keyring_is_one_warning_and_a_miss(
    body: str,
    command: FakeCommand,
    session: requests.Session,
    serve_index: ServeIndex,
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Whatever the command does, the pages are answered by the next source."""
    command.does(body)
    index = serve_index(["one", "two", "three"], users={"me": "pw"})
    answered_by_a_prompt(session, index, keyring_provider="subprocess")
    (warning,) = warnings_of(caplog)
    assert warning.startswith("keyring")


def test_a_keyring_that_hangs_is_ended_and_not_asked_again(
    command: FakeCommand,
    session: requests.Session,
    serve_index: ServeIndex,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The time limit is one for the whole look-up; after it the keyring is done for the session."""
    # The time is over once the command has started, however long the machine takes for that.
    monkeypatch.setattr(deadline, "monotonic", lambda: keyring.TIME_LIMIT * len(command.calls))
    command.does("time.sleep(600)")
    index = serve_index(["one", "two", "three"], users={"me": "pw"})
    other = serve_index(users={"me": "pw"})
    mount(
        session,
        [Index(index.index_url()), Index(other.index_url())],
        keyring_provider="subprocess",
        prompt=lambda _url, _username: Credentials.basic("me", "pw"),
    )
    for url in (index.page_url("one"), index.page_url("two"), other.page_url()):
        assert session.get(url).status_code == 200
    assert len(command.calls) == 1
    (warning,) = warnings_of(caplog)
    assert warning.startswith("keyring")


def test_no_keyring_command_is_one_warning(
    session: requests.Session,
    serve_index: ServeIndex,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Who asked for the command and has none is told so, once."""
    monkeypatch.setenv("PATH", str(tmp_path))
    index = serve_index(["one", "two", "three"], users={"me": "pw"})
    answered_by_a_prompt(session, index, keyring_provider="subprocess")
    (warning,) = warnings_of(caplog)
    assert "PATH" in warning


@pytest.mark.parametrize(
    "prompt",
    [
        pytest.param(lambda _url, _username: 1 / 0, id="raises"),
        pytest.param(lambda _url, _username: ("me", "pw"), id="returns a pair"),
    ],
)
def test_a_broken_prompt_is_one_warning(
    prompt: Any, session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture
) -> None:
    """A callback that fails is a source that fails: the first 401 is the caller's."""
    index = serve_index(users={"me": "pw"})
    mount(session, prompt=prompt)
    assert session.get(index.page_url()).status_code == 401
    assert session.get(index.page_url()).status_code == 401
    (warning,) = warnings_of(caplog)
    assert warning.startswith("prompt")


def test_userinfo_that_no_header_can_carry_is_left_out(
    session: requests.Session, serve_index: ServeIndex, caplog: pytest.LogCaptureFixture, home: Path
) -> None:
    """A control character in a URL's password: one warning, and the request goes out without."""
    index = serve_index(users={"me": "pw"})
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    mount(session)
    answer = session.get(index.at("/simple/thing/", user="me", password="p\x07w"))
    assert answer.status_code == 200
    assert index.authorizations == [None, ME]
    assert len(warnings_of(caplog)) == 1
