"""`indexauth help`, and `--help` of each command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.cli import COMMANDS

if TYPE_CHECKING:
    from support.commands import Run


@pytest.mark.parametrize("arguments", [("--help",), ("-h",), ("help",)], ids=" ".join)
def test_help_names_every_command(run: Run, arguments: tuple[str, ...]) -> None:
    """On stdout, since it was asked for."""
    ran = run(*arguments)
    assert (ran.code, ran.err) == (0, "")
    assert [name for name in COMMANDS if not re.search(rf"^  {name}\b", ran.out, re.MULTILINE)] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_has_help_with_its_options(run: Run, name: str) -> None:
    """Usage first, no line too long for a terminal; `help NAME` says the same."""
    ran = run(name, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"usage: indexauth {name} ")
    assert "-h, --help" in ran.out
    assert max(map(len, ran.out.splitlines())) <= 120
    assert run("help", name).out == ran.out
    assert run(name, "-h").out == ran.out
