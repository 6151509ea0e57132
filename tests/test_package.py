"""What the package's page says."""

from __future__ import annotations

import re
from importlib.metadata import distribution, metadata

import requests_indexauth

META = metadata("requests-indexauth")
PYTHONS = [f"3.{minor}" for minor in range(9, 16)]


def test_the_version_is_the_packages() -> None:
    assert META["Version"] == requests_indexauth.__version__


def test_each_python_that_is_supported_is_named() -> None:
    named = [line.rpartition(" :: ")[2] for line in META.get_all("Classifier", ()) if "Python :: 3." in line]
    assert named == PYTHONS
    assert META["Requires-Python"] == f">={PYTHONS[0]}"


def test_the_page_leads_to_documents_source_changes_and_who_to_tell_of_a_weakness() -> None:
    links = dict(line.split(", ", 1) for line in META.get_all("Project-URL", ()))
    assert {"Documentation", "Source", "Changelog", "Issues", "Security"} <= set(links)
    assert all(link.startswith("https://") for link in links.values())


def test_the_page_is_the_readme_without_links_that_lead_nowhere_there() -> None:
    read = distribution("requests-indexauth").read_text
    page = read("METADATA") or read("PKG-INFO")  # the latter beside the source
    assert page is not None
    assert META["Description-Content-Type"] == "text/markdown"
    assert "pip install requests-indexauth" in page
    targets = re.findall(r"(?:\]\(|^\[[^]]+\]: )([^)\s]+)", page, re.MULTILINE)
    assert len(targets) > 10
    assert [target for target in targets if not target.startswith("https://")] == []


def test_a_licence_is_named() -> None:
    assert [*META.get_all("License-Expression", ()), *META.get_all("License", ())] == ["MIT"]
