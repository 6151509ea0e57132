"""`indexauth dir`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run


@pytest.mark.parametrize(
    ("variables", "folder"),
    [
        ({}, "{home}/.local/share/uv/credentials"),
        ({"XDG_DATA_HOME": "/data"}, "/data/uv/credentials"),
        ({"XDG_DATA_HOME": "data"}, "{home}/.local/share/uv/credentials"),
        ({"UV_CREDENTIALS_DIR": "/here"}, "/here"),
        ({"UV_CREDENTIALS_DIR": "~/here", "XDG_DATA_HOME": "/data"}, "~/here"),
    ],
    ids=["default", "XDG", "relative XDG", "variable", "variable first, as it stands"],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has its own place")
def test_dir_prints_the_folder(
    run: Run, monkeypatch: pytest.MonkeyPatch, home: Path, variables: dict[str, str], folder: str
) -> None:
    """The same as `uv auth dir`, whether it is there or not."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    ran = run("dir")
    assert (ran.code, ran.out, ran.err) == (0, folder.format(home=home) + "\n", "")
