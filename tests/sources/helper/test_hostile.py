"""Whatever a project's file says: nothing runs but a program of PATH, and only for the project's own indexes.

Seen from outside: what the whole package would start is recorded where processes are made.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_indexauth import IndexAuth
from requests_indexauth.models.url import parse_url, root_path
from support.helpers import FakeHelper

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins for programs are scripts")

HOSTS = ("a.example", "b.a.example", "c.example", "A.Example", "a.example.", "a.example:444", "127.0.0.1", "[::1]")
TARGETS = [
    "https://a.example/x/simple/p/",
    "https://b.a.example/y/simple/p/",
    "https://c.example/z/",
    "https://d.example/",
]

names = st.sampled_from(["tool", "other", "sh", "env", "get", "missing", "tool.exe"])
WORDS = ["tool", "tool.exe", "other", "get", "sh", "-c", "bin", "{here}", "{bin}", "C:", "%PATH%"]
SIGNS = [*" \t\n\0;|/\\~.`'\"", "..", "$(", ")", "\N{FULLWIDTH SOLIDUS}", "\N{TWO DOT LEADER}"]
pieces = st.sampled_from(WORDS + SIGNS)
NEARLY = [
    "{here}/tool",
    "{bin}/tool",
    "{bin}/../bin/tool",
    "./tool",
    "bin/tool",
    "x/tool",
    "tool get",
    "tool -c x",
    "~/tool",
]
texts = st.one_of(names, st.sampled_from(NEARLY), st.lists(pieces, max_size=5).map("".join), st.text(max_size=8))
values = st.one_of(
    names, texts, st.lists(texts, max_size=3), st.integers(), st.booleans(), st.dictionaries(texts, texts)
)
hosts = st.sampled_from(HOSTS)
patterns = st.one_of(
    hosts,
    hosts.map(lambda host: f"*.{host}"),
    st.sampled_from(["*", "*.example", "**", "*.*", "", "https://a.example"]),
)
named = st.one_of(values, values, st.dictionaries(patterns, values, max_size=4))
indexes = st.lists(
    st.tuples(hosts, st.sampled_from(["", "/x/simple/", "/y/", "/x/simple/../../z/"])).map(
        "https://{0[0]}{0[1]}".format
    ),
    max_size=3,
    unique=True,
).map(lambda more: ["https://a.example/x/simple/", *more])


def toml(value: Any) -> str:
    """Return a value as TOML has it."""
    if isinstance(value, dict):
        pairs = ", ".join(f"{toml(str(key))} = {toml(one)}" for key, one in value.items())
        return f"{{{pairs}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    text = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return text if not isinstance(value, str) else "".join(_escaped(char) for char in text)


def _escaped(char: str) -> str:
    return f"\\U{ord(char):08x}" if not char.isprintable() else char


class Started:
    """What would have been started: no process is, for there may be any number of them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Take down what was to be started."""
        self.seen.append((arguments[0], options))
        message = "not here"
        raise OSError(message)

    seen: list[tuple[list[str], dict[str, Any]]] = []  # noqa: RUF012 - shared on purpose


@pytest.fixture
def project(workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return a project's folder, with a program of every name in it, and as many on PATH."""
    for folder in (workdir, workdir / "bin", workdir / "x", workdir.parent, tmp_path / "bin"):
        for name in ("tool", "other", "get", "tool.exe"):
            FakeHelper(folder, name=name)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", "bin", str(workdir), str(tmp_path / "bin")]))
    monkeypatch.setattr(subprocess, "Popen", Started)
    yield workdir
    for name in ("tool", "other", "get", "tool.exe"):
        (workdir.parent / name).unlink()


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(named=named, indexes=indexes, key=st.sampled_from(["credential-helper", "credential-helper", "helper"]))
def test_whatever_a_project_says(project: Path, tmp_path: Path, named: Any, indexes: list[str], key: str) -> None:
    """Its file is read by every source that there is, for hosts of its own and of others."""
    tables = "".join(f'[[tool.uv.index]]\nurl = "{url}"\n' for url in indexes)
    text = f"[tool.requests-indexauth]\n{key} = {toml(named)}\n{tables}"
    text = text.replace("{here}", str(project)).replace("{bin}", str(tmp_path / "bin"))
    (project / "pyproject.toml").write_text(text, encoding="utf-8", errors="replace")
    defined = {(parsed.realm, root_path(parsed.path)) for parsed in map(parse_url, indexes)}
    auth = IndexAuth()
    for target in TARGETS:
        Started.seen.clear()
        assert auth.resolve(target) is None
        for arguments, options in Started.seen:
            program, *rest = arguments
            assert Path(program).parent == tmp_path / "bin"
            assert rest == ["get"]
            assert Path(options["cwd"]).parent == Path(gettempdir())
            assert "shell" not in options
            assert options["env"]["PATH"] == str(tmp_path / "bin")
            index = auth.authenticator.indexes.covering(parse_url(target))
            assert index is not None
            assert (index.realm, index.root_path) in defined


def test_the_property_is_not_empty(project: Path, tmp_path: Path) -> None:
    """A program of PATH does run for an index of the project's."""
    (project / "pyproject.toml").write_text(
        '[tool.requests-indexauth]\ncredential-helper = "tool"\n[[tool.uv.index]]\nurl = "https://a.example/x/simple/"\n'
    )
    Started.seen.clear()
    assert IndexAuth().resolve(TARGETS[0]) is None
    assert [arguments for arguments, _ in Started.seen] == [[str(tmp_path / "bin" / "tool"), "get"]]
