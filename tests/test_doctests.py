"""The examples in the docstrings of every module."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import requests_indexauth

MODULES = [
    found.name
    for found in pkgutil.walk_packages(requests_indexauth.__path__, "requests_indexauth.")
    if found.name.rpartition(".")[2] not in ("__main__", "runner")  # programs
]
WITH_EXAMPLES = ("config.definitions", "models.presigned", "models.url", "sources.environment")


def examples_of(name: str) -> list[doctest.DocTest]:
    module = import_module(name)
    public = requests_indexauth.__name__  # whose `__module__` is not where they are
    finder = doctest.DocTestFinder()
    found = finder.find(module, name)
    for value in vars(module).values():
        if isinstance(value, type) and value.__module__ == public:
            found += finder.find(value, f"{name}.{value.__name__}", module=False, globs=vars(module))
    return [test for test in found if test.examples]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_docstring_are_true(name: str) -> None:
    """Each prints what it says."""
    runner = doctest.DocTestRunner()
    for example in examples_of(name):
        runner.run(example)
    assert runner.summarize(verbose=False).failed == 0


def test_examples_are_found() -> None:
    """In the modules that have some."""
    assert {name for name in MODULES if examples_of(name)} >= {f"requests_indexauth.{name}" for name in WITH_EXAMPLES}
