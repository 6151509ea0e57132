"""Files that are pipes, devices or folders: read to their end, and never waited for without one."""

from __future__ import annotations

import contextlib
import errno
import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore, IndexAuth
from requests_indexauth.errors import StoreError
from requests_indexauth.keyring_backend import has_something_to_offer
from requests_indexauth.util import files
from requests_indexauth.util.files import read_file, retried
from support.commands import run_child
from support.configuration import write_files
from support.descriptors import open_descriptors, opened_since
from support.platforms import PIP_CONFIG, PIP_FILE, STORE, UV_CONFIG, pretend_windows

if TYPE_CHECKING:
    from pathlib import Path

has_pipes = pytest.mark.skipif(sys.platform == "win32", reason="there are no such pipes")

URL = "https://pkgs.example.com/team/simple/"
PLACES = [
    ".netrc",
    ".pypirc",
    f"{UV_CONFIG}/uv.toml",
    f"{PIP_CONFIG}/{PIP_FILE}",
    STORE,
]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for nobody who writes to a pipe."""
    monkeypatch.setattr(files, "PIPE_SECONDS", 0.01)


def pipe(folder: Path, name: str) -> Path:
    """Make a named pipe, and the folders it is in."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(path)
    return path


@has_pipes
@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("name", PLACES)
def test_a_pipe_without_a_writer_is_one_warning(home: Path, caplog: pytest.LogCaptureFixture, name: str) -> None:
    """Whatever file it stands for; nothing else of the chain is lost."""
    path = pipe(home, name)
    auth = IndexAuth(prompt=lambda _url, _username: Credentials.basic("me", "pw"))
    for _ in range(2):
        assert auth.resolve(URL) == Credentials.basic("me", "pw")
    warnings = [record.getMessage() for record in caplog.records]
    assert len(warnings) == 1
    assert str(path) in warnings[0]
    assert "nothing was written to this pipe" in warnings[0]


@has_pipes
@pytest.mark.parametrize("name", PLACES)
def test_a_keyring_is_not_kept_waiting(home: Path, name: str) -> None:
    """Every program that uses one asks whether our backend has something to offer."""
    pipe(home, name)
    assert not has_something_to_offer()


@has_pipes
def test_a_pipe_with_a_writer_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In its own time, and in pieces: secret managers have files like that."""
    monkeypatch.setattr(files, "PIPE_SECONDS", 60.0)
    monkeypatch.setattr(files, "WHOLE_PIPE_SECONDS", 60.0)
    path = pipe(home, ".netrc")
    seen = threading.Event()

    def fill() -> None:
        with path.open("wb", buffering=0) as file:
            file.write(b"machine pkgs.example.com login me ")
            seen.wait(60)
            file.write(b"password pw\n")

    writer = threading.Thread(target=fill)
    writer.start()
    reader = threading.Timer(0, seen.set)
    reader.start()
    assert IndexAuth().resolve(URL) == Credentials.basic("me", "pw")
    writer.join()
    reader.join()


@has_pipes
def test_a_configuration_out_of_a_pipe_is_read_once(tmp_path: Path) -> None:
    """What a shell writes `<(...)` for can be read only once, and `explain` needs it twice."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as file:
        file.write(f'[[index]]\nname = "corp"\nurl = "{URL}"\n')
    try:
        ran = run_child(
            "explain", URL, "--format", "json", extra={"UV_CONFIG_FILE": f"/dev/fd/{reading}"}, pass_fds=[reading]
        )
    finally:
        os.close(reading)
    assert '"name": "corp"' in ran.out, ran
    assert tmp_path.exists()


def test_a_device_and_a_folder(tmp_path: Path) -> None:
    """The one is empty, the other an error."""
    assert read_file(os.devnull)[0] == b""
    with pytest.raises(IsADirectoryError):
        read_file(str(tmp_path))
    write_files(tmp_path, {"file": "text"})
    raw, state = read_file(str(tmp_path / "file"))
    assert (raw, state.st_size) == (b"text", 4)


@has_pipes
@pytest.mark.usefixtures("hurried")
def test_a_store_that_is_a_pipe_is_left_alone(home: Path) -> None:
    """A login says what is the matter, and changes nothing."""
    path = pipe(home, PLACES[-1])
    assert CredentialStore().get(URL) is None
    with pytest.raises(StoreError, match="nothing was written to this pipe"):
        CredentialStore().set(URL, Credentials.basic("me", "pw"))
    assert path.is_fifo()


def test_windows_says_of_a_folder_that_it_is_one(monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path) -> None:
    """It says itself that access is denied, as of a file that may not be read."""

    def denied(path: str, _flags: int) -> int:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(IsADirectoryError):
        read_file(str(tmp_path))
    with pytest.raises(PermissionError):
        read_file(str(tmp_path / "file"))


def test_nothing_stays_open(tmp_path: Path) -> None:
    """Whatever came of it."""
    write_files(tmp_path, {"file": "text"})
    before = open_descriptors()
    for path in (tmp_path / "file", tmp_path, tmp_path / "none"):
        with contextlib.suppress(OSError):
            read_file(str(path))
    assert opened_since(before) == set()


class Busy:
    """Some work with a file that is refused a number of times."""

    def __init__(self, times: int, error: type[OSError] = PermissionError) -> None:
        self.left = times
        self.error = error

    def __call__(self) -> str:
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


def test_windows_is_asked_again_while_another_program_has_the_file(
    monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path
) -> None:
    """For some seconds, then the error is the caller's; a folder, or what else goes wrong, is not waited for."""
    pretend_windows(monkeypatch, home)
    monkeypatch.setattr(files, "_PAUSE", 0)
    path = str(tmp_path / "file")
    assert retried(Busy(5), path) == "done"
    for work, place in ((Busy(9, FileNotFoundError), path), (Busy(9), str(tmp_path))):
        with pytest.raises(work.error):
            retried(work, place)
        assert work.left == 8
    monkeypatch.setattr(files, "SHARING_SECONDS", -1.0)
    with pytest.raises(PermissionError):
        retried(Busy(9), path)


def test_elsewhere_nothing_is_tried_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There a file that is open can be replaced, and what is denied stays so."""
    monkeypatch.setattr(sys, "platform", "linux")
    work = Busy(1)
    with pytest.raises(PermissionError):
        retried(work, str(tmp_path / "file"))
    assert work.left == 0
