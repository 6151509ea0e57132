"""Which paths and folders evidence is kept for."""

from __future__ import annotations

from requests_indexauth.core.evidence import prefixes


def test_paths_above_a_path() -> None:
    """Whole segments, however many; a long path is one place with the folders that begin it."""
    assert list(prefixes("/a/b/c")) == ["/a/b/c", "/a/b", "/a", ""]
    exact, *folders = prefixes("/a" * 20)
    assert exact == "/a" * 20
    assert folders[0] == "/a" * 15
    exact, *folders = prefixes(f"/a/{'b' * 300}/c")
    assert len(exact) == 32
    assert folders == ["/a", ""]
    assert next(iter(prefixes(f"/a/{'b' * 300}/d"))) != exact
