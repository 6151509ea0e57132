"""All the sources, for a command: what a session only warns of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run

URL = "https://pkgs.example.com/team"


def test_resolve_shows_a_sources_warning_as_a_line(run: Run, home: Path) -> None:
    """A broken netrc is reported on stderr, without a word of it."""
    (home / ".netrc").write_text("machine pkgs.example.com login me password hidden bogus\n")
    ran = run("token", URL, "--resolve")
    assert ran.code == 1
    assert ran.err.startswith("warning: netrc: ")
    assert "hidden" not in ran.err
    assert "bogus" not in ran.err


def test_a_bad_configuration_is_exit_2(run: Run, workdir: Path) -> None:
    """What a session only warns of ends a command."""
    (workdir / "uv.toml").write_text('[[index]]\nurl = "https://h/simple"\nauthenticate = "sometimes"\n')
    ran = run("token", URL, "--resolve")
    assert (ran.code, ran.out) == (2, "")
    assert "authenticate must be one of" in ran.err
    assert "uv.toml" in ran.err
