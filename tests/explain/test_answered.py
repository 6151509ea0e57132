"""Advice where no credential was refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.explained import explained

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team/simple/"


def test_advice_for_an_index_that_never_gets_credentials(run: Run, workdir: Path) -> None:
    """The file and the line to change are named."""
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{URL}"\nauthenticate = "never"\n')
    answer = explained(run, URL, code=1)
    assert 'authenticate = "never"' in answer["advice"]
    assert "uv.toml, line 1" in answer["advice"]


def test_advice_for_a_signed_url(run: Run) -> None:
    """It goes out as it is."""
    answer = explained(run, "https://h.example/f?X-Goog-Signature=abc", code=1)
    assert "carries its own signature" in answer["advice"]
