"""What mypy and pyright make of programs that use the installed package: they find a misspelt option."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import requests_indexauth

README = Path(__file__).parents[2] / "README.md"
OPTIONS = {"mypy": ["--strict"], "pyright": ["--pythonpath", sys.executable]}
HEAD = "import requests\nfrom requests_indexauth import Index, IndexAuth, mount\n\n"
RIGHT = """\
auth = mount(requests.Session(), [Index("https://h/", authenticate="always")], keyring_provider="import")
reveal_type(auth.explain("https://h/").advice)
print(IndexAuth(keyring_provider=None))
mount(requests.Session(), sources=[lambda url, username: None], credential_helper={"*.example.com": ["token", "-q"]})
"""
MISTAKES = {
    "a misspelt policy": 'print(Index("https://h/", authenticate="allways"))',
    "a misspelt provider": 'mount(requests.Session(), keyring_provider="subproces")',
    "a misspelt provider of an IndexAuth": 'print(IndexAuth(keyring_provider="subproces"))',
    "a misspelt option": "mount(requests.Session(), netcr=False)",
    "a URL for the indexes": 'mount(requests.Session(), "https://h/")',
    "a text for the prompt": 'mount(requests.Session(), prompt="me")',
    "a text for a source": 'mount(requests.Session(), sources=["me"])',
    "a source of one argument": "mount(requests.Session(), sources=[lambda url: None])",
    "a function for the sources": "IndexAuth(sources=lambda url, username: None)",
    "a number for a helper": 'mount(requests.Session(), credential_helper={"h.example": 1})',
}


def readme() -> str:
    """Return the programs of the README, and the line of it that explains, one after the other."""
    text = README.read_text(encoding="utf-8")
    parts = [*re.findall(r"```python\n(.*?)```", text, re.DOTALL), *re.findall(r"`(print\(.*?\))`", text)]
    assert len(parts) >= 3
    return "\n".join(parts)


@pytest.fixture(scope="module", params=OPTIONS)
def said(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """Return what a checker says of each program, in its strictest mode; not what it says of the package's own code."""
    pytest.importorskip(request.param, reason=f"{request.param} is not installed")
    folder = tmp_path_factory.mktemp(request.param)
    programs = {"right": HEAD + RIGHT, "wrong": HEAD + "\n".join(MISTAKES.values()) + "\n", "readme": readme()}
    for name, text in programs.items():
        (folder / f"{name}.py").write_text(text)
    package = Path(str(requests_indexauth.__file__)).parents[1]
    beside = [] if package.name == "site-packages" else [str(package)]  # an editable one a checker may not find
    (folder / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict", "extraPaths": beside}))
    done = subprocess.run(
        [sys.executable, "-m", request.param, *OPTIONS[request.param], "."],
        cwd=folder,
        env={**os.environ, "MYPYPATH": os.pathsep.join(beside)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return {name: [line for line in done.stdout.splitlines() if f"{name}.py:" in line] for name in programs}


def test_a_right_program_is_right(said: dict[str, list[str]]) -> None:
    """The types are the package's own and not `Any`: `py.typed` is installed."""
    (line,) = said["right"]
    assert line.endswith('is "str | None"')


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(said: dict[str, list[str]], mistake: str) -> None:
    """In the line that has it."""
    line = HEAD.count("\n") + list(MISTAKES).index(mistake) + 1
    assert [error for error in said["wrong"] if re.search(rf"wrong\.py:{line}\b.*error:", error)], said["wrong"]


def test_the_readme_is_right(said: dict[str, list[str]]) -> None:
    """Each of its programs, after another, and the line that explains."""
    assert said["readme"] == []
