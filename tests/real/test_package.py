"""What is published: whole, the same each time, and good to test from."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING, Callable

import pytest

from support.source import ROOT, copy_source

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("build")
pytest.importorskip("twine")


@pytest.fixture(scope="module")
def build(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return what builds both files under a umask, from a copy of the source."""

    def run(umask: str) -> Path:
        source, built = (tmp_path_factory.mktemp(name) for name in ("source", "built"))
        before = os.umask(int(umask, 8))
        try:
            copy_source(source)
            environment = {**os.environ, "SOURCE_DATE_EPOCH": "1780000000"}
            subprocess.run([sys.executable, "-m", "release", str(built)], cwd=source, env=environment, check=True)
        finally:
            os.umask(before)
        return built

    return run


@pytest.fixture(scope="module")
def built(build: Callable[[str], Path]) -> Path:
    return build("022")


@pytest.fixture
def unpacked(built: Path, tmp_path: Path) -> Path:
    [source] = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path)  # noqa: S202 - it is our own
    [folder] = tmp_path.iterdir()
    return folder


def test_two_builds_are_the_same_under_any_umask(built: Path, build: Callable[[str], Path]) -> None:
    again = build("077")
    names = sorted(path.name for path in built.iterdir())
    assert [name.rpartition(".")[2] for name in names] == ["whl", "gz"]
    assert [(again / name).read_bytes() == (built / name).read_bytes() for name in names] == [True, True]


def test_twine_has_nothing_to_say(built: Path) -> None:
    files = map(str, built.iterdir())
    done = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *files], check=False)
    assert done.returncode == 0


def test_every_file_of_the_repository_is_in_the_source_distribution(unpacked: Path) -> None:
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files"], check=False, capture_output=True, text=True)  # noqa: S607
    if listed.returncode:
        pytest.skip("this is no repository")
    assert [name for name in listed.stdout.splitlines() if not (unpacked / name).exists()] == []


def test_the_tests_run_from_the_source_distribution(unpacked: Path) -> None:
    """Some that need support and documents, with the package that lies beside them."""
    quick = ("tests/test_docs.py", "tests/models", "tests/exchange/test_redirects.py")
    environment = {name: value for name, value in os.environ.items() if name != "TOX_ENV_NAME"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *quick]
    done = subprocess.run(command, cwd=unpacked, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
