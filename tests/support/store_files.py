"""Files of the credential store: how one is made and looked at, and a system that keeps it from being read."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from requests_indexauth.models.credentials import Credentials

if TYPE_CHECKING:
    import pytest


if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ME = Credentials.basic("me", "pw")
YOU = Credentials.basic("you", "no")
HOST = "https://pkgs.example.com"
LOGIN = f"""[[credential]]
service = "{HOST}/team"
username = "me"
scheme = "basic"
password = "pw"
"""


def write(path: Path, text: str | bytes) -> None:
    """Put a file in place."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())


def document(path: Path) -> dict[str, Any]:
    """Return what the file holds."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def mode(path: Path) -> int:
    """Return who may do what with a file."""
    return path.stat().st_mode & 0o777


def shown(error: BaseException) -> str:
    """Return all that a traceback could show of an error: its text, its cause, and what stands in the frames."""
    assert error.__cause__ is None
    assert error.__context__ is None
    frames = [
        frame.f_locals
        for frame, _ in traceback.walk_tb(error.__traceback__)
        if "tests" not in Path(frame.f_code.co_filename).parts
    ]
    return f"{error} {frames!r}"


def failing(monkeypatch: pytest.MonkeyPatch, name: str, times: int) -> list[str]:
    """Have a function of `os` refuse as Windows does while another process has the file open; return its calls."""
    real, calls = getattr(os, name), []

    def refused(path: str, *rest: Any, **options: Any) -> Any:
        if str(path).endswith((".toml", ".tmp")):
            calls.append(path)
            if len(calls) <= times:
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return real(path, *rest, **options)

    monkeypatch.setattr(os, name, refused)
    return calls


UNKNOWN = """answer = 42
credential = [
    { service = "https://h/a", username = "me", password = "old", added = { x = [1, { y = 2.5 }] } },
    { service = "hunter2" },
    3,
]

[table.sub]
day = 2026-01-02T03:04:05.678901+02:00
'a "key"' = [inf, -7]
"""
