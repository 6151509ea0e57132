"""What the documents say of the package's layout and of each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import requests_indexauth

ROOT = Path(__file__).parents[1]
PACKAGE = Path(requests_indexauth.__file__).parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_the_architecture_names_every_module() -> None:
    """Once, in its table; of commands and sources the folder and the rule are enough."""
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition("## Every module")[2]
    first_cells = re.findall(r"(?m)^\| (`.*?) \|", table.partition("\n## ")[0])
    named = [name.rpartition("/")[2] for cell in first_cells for name in re.findall(r"`([^`]+\.py)`", cell)]
    modules = [path.name for path in PACKAGE.glob("*.py")]
    modules += [path.name for path in PACKAGE.glob("cli/*.py") if not path.name.startswith(("do_", "__init__"))]
    assert sorted(named) == sorted(modules)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """A link to another page is to one that is there."""
    targets = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []
