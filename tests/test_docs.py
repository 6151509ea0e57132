"""What the documents say of each other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

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
