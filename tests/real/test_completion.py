"""What bash, zsh and fish complete with the script that `indexauth completion` prints."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.cli.commands.completion import SHELLS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Each asks its shell what may follow `indexauth WORD... LAST`, and prints that, one a line.
ASK = {
    "bash": """
        source "$1"; shift
        COMP_WORDS=(indexauth "$@"); COMP_CWORD=$#
        _indexauth
        printf '%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": """
        autoload -Uz compinit && compinit -D -u
        source "$1"; shift
        [ "$_comps[indexauth]" = _indexauth ] || exit 1
        compadd() { shift; print -l -- "$@" }
        _describe() { print -l -- "${(@)${(P)2}%%:*}" }
        _arguments() {
            for spec in "$@"; do
                name=${${spec#*\\)}%%\\[*}
                if [ "$name" = "$words[CURRENT-1]" ]; then print -l -- ${=${${spec##*\\(}%\\)}}; return; fi
            done
            print -l -- "${(@)${(@)@#*\\)}%%\\[*}"
        }
        words=(indexauth "$@"); CURRENT=$#words
        _indexauth
    """,
    "fish": """
        source $argv[1]
        complete -C "indexauth $argv[2..-1]" | string split -f1 (printf '\\t'); true
    """,
}


@pytest.fixture(params=SHELLS)
def complete(request: pytest.FixtureRequest, program: Callable[[str], str], workdir: Path) -> Callable[..., list[str]]:
    """Return a function that completes a command line in a shell."""
    name: str = request.param
    shell = program(name)
    script = workdir / "script"
    script.write_text(SHELLS[name]())

    def ask(*words: str) -> list[str]:
        before = ["-f", "-c"] if name == "zsh" else ["-c"]
        after = [str(script), *words] if name == "fish" else [name, str(script), *words]
        ran = subprocess.run([shell, *before, ASK[name], *after], capture_output=True, encoding="utf-8", check=True)
        assert ran.stderr == ""
        return [line for line in ran.stdout.splitlines() if line.startswith(words[-1])]

    return ask


def test_commands_are_completed(complete: Callable[..., list[str]]) -> None:
    """By their beginning."""
    assert sorted(complete("lo")) == ["login", "logout"]


def test_options_are_completed(complete: Callable[..., list[str]]) -> None:
    """Those of the command that stands there."""
    assert complete("token", "--res") == ["--resolve"]
    assert complete("list", "--res") == []


def test_the_values_of_an_option_are_completed(complete: Callable[..., list[str]]) -> None:
    """Where there is a choice."""
    assert sorted(complete("list", "--format", "")) == ["json", "text"]
