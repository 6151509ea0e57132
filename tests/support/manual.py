"""The manual: ``docs/commands.md`` and the pages of ``man/``, written from the parsers of all commands."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from requests_indexauth.cli.commands import COMMANDS, load
from requests_indexauth.cli.commands import help as help_
from requests_indexauth.pip import _USAGE as PIP_USAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests_indexauth.cli.parser import Parser

ROOT = Path(__file__).parents[2]
WRITE = "INDEXAUTH_WRITE_MANUAL=1 pytest tests/cli/test_manual.py"
PIP = """\
Run pip as `pip` itself does, in every way but one: credentials are found where uv and `indexauth` find them, for build
dependencies too. Every command and option, the output and the exit codes are pip's.
"""
PIP_EXAMPLES = """\
  pip-indexauth install --index-url https://pkgs.example.com/team/simple/ thing
  pip-indexauth --python .venv install thing
  pip-indexauth -m piptools compile requirements.in

Exit codes: pip's; 2 it is not clear which environment is meant.
"""
ENVIRONMENT = {
    "UV_INDEX_<NAME>_USERNAME, UV_INDEX_<NAME>_PASSWORD": "the credential of the index of that name",
    "UV_INDEX_TOKEN_<NAME>": "the same, with `__token__` as the user name",
    "UV_INDEX, UV_DEFAULT_INDEX": "indexes, as uv reads them",
    "UV_PUBLISH_URL, UV_PUBLISH_USERNAME, UV_PUBLISH_PASSWORD, UV_PUBLISH_TOKEN": "where to upload to, and with what",
    "UV_KEYRING_PROVIDER": "the keyring that requests ask: `disabled`, `subprocess` or `import`",
    "UV_CREDENTIALS_DIR": "the folder of the credential store",
    "UV_PREVIEW_FEATURES": "with `native-auth` in it the system's own store is used",
    "NETRC": "the netrc file, in place of `~/.netrc`",
    "NO_COLOR": "set to anything, no colour is used",
}
FILES = {
    "~/.local/share/uv/credentials/credentials.toml": "the credential store; `indexauth dir` prints its folder",
    "uv.toml, pyproject.toml": "indexes, their names and policies",
    "~/.netrc, ~/.pypirc": "credentials that other programs keep, too",
}


class Manual(NamedTuple):
    """What is to be said of one command.

    Attributes:
        name: ``indexauth login``.
        does: a line, without a full stop.
        usage: the ways to write it, a line each.
        text: paragraphs; an indented one is examples.
        arguments: how each option and operand is written, and its help.
        epilog: paragraphs that come after them.

    """

    name: str
    does: str
    usage: tuple[str, ...]
    text: str
    arguments: tuple[tuple[str, str], ...] = ()
    epilog: str = ""


def manuals() -> list[Manual]:
    """Return what is to be said of every command, `indexauth` itself first."""
    title, _, does = help_.TITLE.partition(": ")
    whole = Manual(
        title,
        does,
        (f"{title} COMMAND [ARGUMENTS ...]", f"{title} --help", f"{title} --version"),
        "Keep credentials for package indexes where uv keeps them, and say what a request would send.",
        tuple((f"{title} {name}", what) for name, what in COMMANDS.items()),
        f"{help_.EXAMPLES}\n\n{help_.MORE}",
    )
    usage = tuple(line.partition(": ")[2] if ": " in line else line.strip() for line in PIP_USAGE.splitlines())
    usage = tuple(line.split("    ")[0] for line in usage)
    pip = Manual("pip-indexauth", "run pip, and find the credentials it needs", usage, PIP, (), PIP_EXAMPLES)
    return [whole, *map(_manual, COMMANDS), pip]


def _manual(name: str) -> Manual:
    module, parser = load(name)
    return Manual(
        f"indexauth {name}",
        COMMANDS[name],
        tuple(_usage(parser)),
        module.DESCRIPTION,
        tuple((_written(action), " ".join((action.help or "").split())) for action in parser.actions),
        module.EPILOG,
    )


def _usage(parser: Parser) -> Iterator[str]:
    if parser.usage is not None:
        yield from (line.strip() for line in parser.usage.splitlines())
        return
    words = [parser.prog]
    for action in parser.actions:
        if not action.option_strings:
            words.append(_value(action))
        else:
            word = f"{action.option_strings[0]} {_value(action)}".strip()
            words.append(word if action.required else f"[{word}]")
    yield " ".join(words)


def _value(action: argparse.Action) -> str:
    """Return how an option's value, or an operand, is written; empty for a switch."""
    if action.nargs == 0:
        return ""
    if action.metavar is not None:
        name = str(action.metavar)
    elif action.choices is not None:
        name = "|".join(action.choices)
    else:
        name = action.dest.upper()
    if action.nargs == argparse.REMAINDER:
        return name if action.metavar is not None else f"{name} ..."
    return {"?": f"[{name}]", "*": f"[{name} ...]"}.get(str(action.nargs), name)


def _written(action: argparse.Action) -> str:
    value = _value(action)
    if not action.option_strings:
        return value.strip("[]")
    names = ", ".join(action.option_strings)
    return f"{names} {value}".strip()


def markdown() -> str:
    """Return the page of the documentation."""
    head = f"""\
# Every command and option

<!-- Written from the parsers of the commands: {WRITE} -->

What `indexauth COMMAND --help` prints, and `man indexauth-COMMAND`. What the commands have in common, and what they
mean, is in [the command line](command-line.md).
"""
    return "\n".join([head, *map(_markdown, manuals())])


def _markdown(manual: Manual) -> str:
    usage = [line for usage in manual.usage for line in _folded(usage, 80, "    ")]
    parts = [f"## {manual.name}", _fenced(usage, "text"), *_paragraphs(manual.text)]
    if manual.arguments:
        parts.append("\n".join(f"- `{written}`: {_marked(text)}" for written, text in manual.arguments))
    return "\n\n".join([*parts, *_paragraphs(manual.epilog)]) + "\n"


def _paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip("\n").split("\n\n"):
        lines = paragraph.splitlines()
        if paragraph.startswith(" "):
            yield _fenced([line[2:] for line in lines], "text")
        elif paragraph:
            yield _marked(" ".join(lines))


def _marked(text: str) -> str:
    """Return text with options, and what Markdown would print in bold, as code."""
    pieces = text.split("`")
    pieces[::2] = [re.sub(r"(?<!\w)(--[a-z-]+|__\w+__)", r"`\1`", piece) for piece in pieces[::2]]
    return "`".join(pieces)


def _fenced(lines: list[str], language: str) -> str:
    return "\n".join([f"```{language}", *lines, "```"])


def pages() -> dict[str, str]:
    """Return the pages of ``man``, by file name."""
    return {f"{manual.name.replace(' ', '-')}.1": _page(manual) for manual in manuals()}


def _page(manual: Manual) -> str:
    title = manual.name.replace(" ", "-")
    lines = [
        f'.\\" Written from the parsers of the commands: {WRITE}',
        f'.TH {title.upper()} 1 "" "requests\\-indexauth" "User Commands"',
        ".SH NAME",
        f"{_roff(title)} \\- {_roff(manual.does)}",
        ".SH SYNOPSIS",
    ]
    for number, usage in enumerate(manual.usage):
        lines += [".br"] * bool(number) + [f".B {_roff(usage)}"]
    lines += [".SH DESCRIPTION", *_roff_paragraphs(manual.text)]
    if manual.arguments:
        lines += [".SH COMMANDS" if manual.name == "indexauth" else ".SH OPTIONS", *_listed(dict(manual.arguments))]
    lines += [".SH EXAMPLES AND EXIT CODES", *_roff_paragraphs(manual.epilog)]
    if manual.name == "indexauth":
        lines += [".SH ENVIRONMENT", *_listed(ENVIRONMENT), ".SH FILES", *_listed(FILES)]
    other = "pip\\-indexauth" if manual.name == "indexauth" else "indexauth"
    return "\n".join([*lines, ".SH SEE ALSO", f".BR {other} (1)"]) + "\n"


def _listed(items: dict[str, str]) -> Iterator[str]:
    for written, text in items.items():
        yield from (".TP", f".B {_roff(written)}", *_wrapped(text))


def _roff_paragraphs(text: str) -> Iterator[str]:
    for paragraph in text.strip("\n").split("\n\n"):
        if paragraph.startswith(" "):
            yield from (".PP", ".EX", *map(_roff, paragraph.splitlines()), ".EE")
        elif paragraph:
            yield from (".PP", *_wrapped(" ".join(paragraph.splitlines())))


def _wrapped(text: str) -> list[str]:
    return [_roff(line) for line in _folded(text, 100)]


def _folded(text: str, width: int, indent: str = "") -> list[str]:
    return wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _roff(text: str) -> str:
    r"""Return text as roff shows it: what stands between backticks in bold, and a leading dot no request."""
    for char, escape in (("\\", "\\e"), ("-", "\\-"), ("'", "\\(aq"), ("~", "\\(ti"), ("^", "\\(ha"), ('"', "\\(dq")):
        text = text.replace(char, escape)
    text = re.sub(r"`([^`]*)`", r"\\fB\1\\fR", text)
    return f"\\&{text}" if text.startswith(".") else text
