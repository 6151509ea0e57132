"""What the documents say of each other."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

import requests_indexauth
from requests_indexauth.cli.commands import COMMANDS
from requests_indexauth.models.index import POLICIES

ROOT = Path(__file__).parents[1]
OURS = "https://github.com/requests-indexauth/requests-indexauth/blob/main/"
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link to another page is to one that is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_readme_links_to_our_pages_from_wherever_it_is_shown() -> None:
    """It is the package's page, too: no link is relative, and each to a page of ours is to one that is there."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = re.findall(r"(?:\]\(|^\[[^]]+\]: )([^)#\s]+)", readme, re.MULTILINE)
    assert [target for target in targets if not target.startswith("https://")] == []
    ours = [target[len(OURS) :] for target in targets if target.startswith(OURS)]
    assert len(ours) > 10
    assert [path for path in ours if not (ROOT / path).is_file()] == []


def test_the_readme_defines_each_link_that_it_names() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    prose = re.sub(r"```.*?```|`[^`]*`", "", readme, flags=re.DOTALL)
    named = {(name or text).lower() for text, name in re.findall(r"\[([^]]+)\](?![:(])(?:\[([^]]+)\])?", prose)}
    assert named == set(re.findall(r"^\[([^]]+)\]: ", readme, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_modules_and_tests_that_a_page_names_are_there(page: Path) -> None:
    """Those in backticks: a module by its path in the repository or package, a test by its function's name."""
    named = re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8"))
    modules = [name for name in named if re.fullmatch(r"\w+/[\w/]+\.py", name)]
    tests = [name for name in named if re.fullmatch(r"test_\w+", name)]
    missing = [] if page.name == "company.md" else [name for name in tests if name not in names_of_tests()]
    assert missing == []  # company.md names other projects' tests
    assert [name for name in modules if not is_there(name)] == []


@cache
def names_of_tests() -> set[str]:
    files = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name for text in files for name in re.findall(r"def (test_\w+)", text)}


def test_the_modules_without_a_test_file_of_their_own_are_listed() -> None:
    listed = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("no file of their own")[2].partition("\n- ")[0]
    )
    package = Path(requests_indexauth.__file__).parent
    modules = (path.relative_to(package) for path in package.rglob("*.py") if not path.name.startswith("__"))
    without = [path for path in modules if not (ROOT / "tests" / path.with_name(f"test_{path.name}")).exists()]
    assert sorted(re.findall("`([^`]+)`", listed)) == sorted(path.as_posix() for path in without)


# Names on the page of the architecture that are not ours: of Python, of other programs, of HTTP.
NOT_OURS = {
    "Authorization",
    "None",
    "argparse",
    "argparse._",
    "auth=",
    "concurrent.futures",
    "filelock",
    "hooks",
    "keyring",
    "lint-imports",
    "locale",
    "netrc",
    "repr",
    "requests",
    "str",
    "threading.Event",
    "tox -e lint",
}
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PACKAGE = Path(requests_indexauth.__file__).parent


@cache
def names_of(package: Path) -> set[str]:
    """Return what the package defines: classes, functions, constants, and with its class each method and attribute."""
    names = {"requests_indexauth", *COMMANDS, *(f"indexauth {command}" for command in COMMANDS), *POLICIES}
    for module in package.rglob("*.py"):
        for node in ast.parse(module.read_text(encoding="utf-8")).body:
            names |= defined_by(node)
            if isinstance(node, ast.ClassDef):
                inside = set().union(*map(defined_by, ast.walk(node)))
                names |= inside | {f"{node.name}.{name}" for name in inside}
    return names


def defined_by(node: ast.AST) -> set[str]:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return {node.name}
    targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
    return {name for target in targets for name in (getattr(target, "id", None), getattr(target, "attr", None)) if name}


def unknown_names(page: str) -> list[str]:
    """Return what a page has in backticks, or a picture as a path, that is neither in the package nor beside it.

    A path begins in the package, or in the repository; in a row of a table, in one of the folders of its first cell.
    """
    known = names_of(PACKAGE) | NOT_OURS
    pictures = re.findall(r"^```\n(.*?)^```", page, re.DOTALL | re.MULTILINE)
    missing = [
        path for text in pictures for path in re.findall(r"\b[a-z_]+/[a-z_]+", text) if not is_there(f"{path}.py")
    ]
    for line in re.sub(r"^```.*?^```", "", page, flags=re.DOTALL | re.MULTILINE).splitlines():
        folders = re.findall(r"`(\w+/)`", line.split("|")[1]) if line.startswith("|") else []
        for name in re.findall(r"`([^`]+)`", line):
            path = "/" in name or name.endswith((".py", ".toml"))
            found = is_there(name, *folders) if path else name.removesuffix("()").partition(" --")[0] in known
            if not found:
                missing.append(name)
    return missing


def is_there(path: str, *folders: str) -> bool:
    return any((base / path).exists() for base in (PACKAGE, ROOT, *(PACKAGE / folder for folder in folders)))


def test_the_architecture_names_only_what_the_package_has() -> None:
    assert unknown_names(ARCHITECTURE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "name",
    ["core/flows.py", "IndexMemory", "Memo.renew", "flow_auth()", "indexauth log"],
)
def test_a_name_that_the_package_has_not_is_noticed_in_the_architecture(name: str) -> None:
    assert unknown_names(f"As `{name}` says, and `core/memo.py`.\n") == [name]


def test_a_path_in_a_row_lies_in_a_folder_of_its_first_cell() -> None:
    assert unknown_names("| `core/`, `pip/` | `flow.py`, `patch.py`, `chain.py` |\n") == ["chain.py"]


def test_a_path_in_a_picture_of_the_architecture_is_looked_for() -> None:
    assert unknown_names("```\ncore/flow ─► core/chain ─► sources/*\n```\n") == ["core/chain"]


def test_the_folders_of_the_architecture_are_the_layers_that_are_checked() -> None:
    """One row for each line of the contract, in its order."""
    contract = (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("layers = [")[1].split("]")[0]
    layers = [set(re.findall(r"\w+", line)) for line in contract.strip().splitlines()]
    table = ARCHITECTURE.read_text(encoding="utf-8").split("## The folders")[1].split("## ")[0]
    rows = [
        re.findall(r"`(\w+)(?:/|\.py)`", line.split("|")[1]) for line in table.splitlines() if line.startswith("| `")
    ]
    assert [set(row) for row in rows] == [layer for layer in layers if layer != {"__main__"}]
