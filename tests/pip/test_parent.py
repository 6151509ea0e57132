"""The pip that starts another: what it tells its children, learns of them, and keeps from everybody else."""

from __future__ import annotations

import stat
import sys
from multiprocessing.connection import Client
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import requests

from requests_indexauth.pip.child import ParentResolver
from requests_indexauth.pip.parent import serve_child
from support.pip_sessions import authenticator_of, child_of, made, taken_over, write_netrc
from support.platforms import pretend_windows

if TYPE_CHECKING:
    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


def test_what_a_child_learns_its_parent_and_the_next_child_know(serve_index: ServeIndex, home: Path) -> None:
    """The first is refused once, and those after it go on with what it found."""
    index = serve_index(["thing"], USERS)
    write_netrc(home)
    parent = made()
    parent.index_urls = [index.index_url()]
    for _ in range(3):
        with child_of(parent) as child, requests.Session() as theirs:
            taken_over(theirs, child, index.index_url())
            assert theirs.get(index.page_url()).ok
    assert index.authorizations == [None, GOOD, GOOD, GOOD]


def test_a_wrong_password_is_sent_by_one_child_only(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """Not once for each package that is built, or an account would be locked; nor by the parent afterwards."""
    index = serve_index(["thing"], USERS)
    write_netrc(home, "wrong")
    parent = made()
    taken_over(session, parent, index.index_url())
    for _ in range(2):
        with child_of(parent) as child, requests.Session() as theirs:
            taken_over(theirs, child, index.index_url())
            assert theirs.get(index.page_url()).status_code == 401
    assert session.get(index.page_url()).status_code == 401
    assert index.authorizations.count(("basic", "me", "wrong")) == 1


def test_a_childs_child_asks_through_it(serve_index: ServeIndex, home: Path) -> None:
    """Build dependencies have build dependencies."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    with child_of(made()) as child, child_of(child) as grandchild, requests.Session() as theirs:
        taken_over(theirs, grandchild, index.index_url())
        assert theirs.get(index.page_url()).ok


@pytest.mark.parametrize(
    "proxy", ["12345:hidden@p:1", "me%40corp:hidden@p:1", "_me:hidden@p:1", "http://me:hidden@p:1"]
)
def test_the_command_line_has_no_password_of_a_proxy(proxy: str) -> None:
    """pip takes one without a scheme, too, out of a file or a variable; newer pips hand it on."""
    command = ["python", "pip-runner", "install", "--proxy", proxy, "--", "thing"]
    with serve_child(made().authenticator, command) as (masked, variables):
        (address,) = variables.values()
        assert "hidden" not in " ".join(masked)
        assert masked[-3].endswith("p:1")
        assert ParentResolver(address, print).start()["argv"] == command[1:]


@pytest.mark.skipif(sys.platform == "win32", reason="there it is a named pipe")
def test_the_command_line_has_no_userinfo_and_the_socket_is_ours_alone() -> None:
    """Neither a password nor a user name alone, in whatever argument; and nothing is left when the child has ended."""
    command = ["python", "pip-runner", "install", "-i", "https://me:pw@h/simple", "--proxy", "http://u:pw@p:1"]
    command += ["--find-links", "https://token@h/f", "thing @ git+https://me:pw@h/thing.git", "plain==1"]
    with serve_child(made().authenticator, command) as (masked, variables):
        (address,) = variables.values()
        assert "pw" not in " ".join(masked)
        assert "token" not in " ".join(masked)
        assert [masked[0], masked[2], masked[-1]] == ["python", "install", "plain==1"]
        assert masked[1].endswith("runner.py")
        assert stat.S_IMODE(Path(address).parent.stat().st_mode) == 0o700
    assert not Path(address).parent.exists()


def test_on_windows_the_pip_that_asks_knows_a_key(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Other users may read from a named pipe: with another key nothing is said, and silence stops nobody else."""
    authenticator = made().authenticator
    pretend_windows(monkeypatch, home)
    with serve_child(authenticator, ["python", "pip-runner", "install"]) as (_, variables):
        (address,) = variables.values()
        place, key = address.split(" ")
        assert len(bytes.fromhex(key)) == 32
        with Client(place) as silent:
            with pytest.raises(ConnectionRefusedError):
                ParentResolver(f"{place} {'0' * 64}", print)
            assert ParentResolver(address, print).start()["argv"] == ["pip-runner", "install"]
            assert silent.recv_bytes().startswith(b"#CHALLENGE#")


@pytest.mark.skipif(sys.platform == "win32", reason="the path is that of a socket")
def test_a_long_temporary_folder_is_no_obstacle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A socket's path may have about 100 bytes."""
    long = tmp_path / ("x" * 120)
    long.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(long))
    with child_of(made(), "install") as child:
        assert authenticator_of(child).argv == ["pip-runner", "install"]
    assert list(long.iterdir()) == []
