"""`indexauth completion`. (What shells make of the scripts: tests/real/test_completion.py.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.cli.commands import COMMANDS
from requests_indexauth.cli.commands.completion import SHELLS, Option, options_of

if TYPE_CHECKING:
    from support.commands import Run


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_has_every_command_and_every_long_option(shell: str, run: Run) -> None:
    """It is made of the parsers, so that it cannot lag behind them."""
    ran = run("completion", shell)
    assert (ran.code, ran.err) == (0, "")
    options = {name.lstrip("-") for command in COMMANDS for option in options_of(command) for name in option.names}
    assert {"username", "keyring-provider", "resolve", "live"} < options
    assert [word for word in [*COMMANDS, *options] if word not in ran.out] == []


def test_an_option_says_whether_a_value_follows_and_which() -> None:
    """What is hidden in the help has no text."""
    options = {option.names[-1]: option for option in options_of("token")}
    assert options["--format"].choices == ("text", "json")
    assert options["--format"].takes_value
    assert not options["--resolve"].takes_value
    assert options["--help"] == Option(
        ("-h", "--help"), "show this help message and exit", takes_value=False, choices=()
    )


def test_another_shell_is_refused(run: Run) -> None:
    """With those there are."""
    ran = run("completion", "tcsh")
    assert (ran.code, ran.out) == (2, "")
    assert "bash, zsh, fish" in ran.err
