"""Keys that look like those that are read, and are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.configuration import PROJECT, discovered, index_table, write_files

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://h/simple"


@pytest.mark.parametrize(
    ("text", "key", "remedy"),
    [
        (f'index_url = "{URL}"', "index_url", "uv has no such key: write index-url"),
        (f'Index-url = "{URL}"', "Index-url", "uv has no such key: write index-url"),
        (f'index-urls = "{URL}"', "index-urls", "uv has no such key: write index-url"),
        (f'extra_index_url = ["{URL}"]', "extra_index_url", "uv has no such key: write extra-index-url"),
        (f'extra-index-urls = ["{URL}"]', "extra-index-urls", "uv has no such key: write extra-index-url"),
        (f'extra-index = ["{URL}"]', "extra-index", "uv has no such key: write extra-index-url"),
        (f'default-index = "{URL}"', "default-index", "uv has no such key: write [[index]] with default = true"),
        (f'default-index-url = "{URL}"', "default-index-url", "uv has no such key: write index-url"),
        (f'[[indexes]]\nurl = "{URL}"', "indexes", "uv has no such key: write [[index]]"),
        (f'[[indices]]\nurl = "{URL}"', "indices", "uv has no such key: write [[index]]"),
        (f'[[Index]]\nurl = "{URL}"', "Index", "uv has no such key: write [[index]]"),
        ('find_links = ["x"]', "find_links", "uv has no such key: write find-links"),
        ('keyring = "subprocess"', "keyring", "uv has no such key: write keyring-provider"),
        ('keyring_provider = "subprocess"', "keyring_provider", "uv has no such key: write keyring-provider"),
        ('auth_cache_dir = "~/x"', "auth_cache_dir", "uv has no such key: write auth-cache-dir"),
        (f'[pip]\nindex_url = "{URL}"', "pip.index_url", "uv has no such key: write index-url"),
        (f'[pip]\ndefault-index = "{URL}"', "pip.default-index", "uv has no such key: write index-url"),
    ],
)
def test_a_key_that_looks_like_one_is_told_of(workdir: Path, text: str, key: str, remedy: str) -> None:
    """With the file, the line, and the right key."""
    write_files(workdir, {"uv.toml": text})
    line = text[: text.index(key.rpartition(".")[2])].count("\n") + 1
    assert discovered().problems == [f"{workdir / 'uv.toml'}, line {line}: {key}: {remedy}"]


def test_a_pyproject_toml_in_a_uv_toml_is_told_of(workdir: Path) -> None:
    """The commonest mistake: what the documents print for the one was written into the other."""
    write_files(workdir, {"uv.toml": index_table(URL, tool=True)})
    remedy = "a uv.toml has no [tool.uv]: write its keys without that, and [[index]] for [[tool.uv.index]]"
    found = discovered()
    assert found.urls == []
    assert [problem.endswith(f": tool: {remedy}") for problem in found.problems] == [True]


def test_the_remedy_is_for_the_file_at_hand(workdir: Path) -> None:
    """In a `pyproject.toml` the tables have longer names, and the older words are none of the mistakes."""
    text = (
        f'{PROJECT}[tool.uv]\nindex_url = "{URL}"\nextra-index-urls = ["{URL}"]\n[[tool.uv.indexes]]\nurl = "{URL}"\n'
    )
    write_files(workdir, {"pyproject.toml": text})
    found = discovered()
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "tool.uv.index_url: uv has no such key: write index-url",
        "tool.uv.indexes: uv has no such key: write [[tool.uv.index]]",
    ]
    assert found.urls == [URL]


@pytest.mark.parametrize(
    "text", ["new-key = 1", "no-index = true", "[sources]\nx = 1", 'publish-url = "x"', "[pip]\nextra = ['x']", "x = 1"]
)
def test_other_keys_are_uvs_own_business(workdir: Path, text: str) -> None:
    """A later uv may have new ones."""
    write_files(workdir, {"uv.toml": text})
    assert discovered().problems == []
