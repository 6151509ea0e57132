"""What a command prints to: a stdout that cannot hold a character, and streams that are not there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from requests_indexauth import Credentials, CredentialStore
from requests_indexauth.cli import main
from support.commands import run_child

if TYPE_CHECKING:
    import pytest


URL = "https://pkgs.example.com/team"


def test_a_secret_that_stdout_cannot_hold_is_an_error_and_not_another_secret() -> None:
    """With an ASCII stdout nothing is printed rather than question marks."""
    CredentialStore().set(URL, Credentials.basic("me", "pässword"))
    ran = run_child("token", URL, extra={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"})
    assert (ran.code, ran.out) == (1, "")
    assert "ssword" not in ran.err
    assert "PYTHONIOENCODING" in ran.err


def test_without_stdout_and_stderr_the_exit_code_remains(monkeypatch: pytest.MonkeyPatch) -> None:
    """`pythonw` has neither."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["dir"]) == 0
    assert main(["list"]) == 0
    assert main(["login", URL, "-u", "me"]) == 2
    assert main(["login", URL, "-t", "-"]) == 2
    assert main(["nonsense"]) == 2


def test_a_stderr_without_a_reader_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code is still right."""

    class Broken:
        def write(self, _text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Broken())
    assert main(["nonsense"]) == 2
