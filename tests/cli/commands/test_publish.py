"""`indexauth publish`: twine's upload, with our credentials. Real servers are in `tests/real/test_publish.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.publishing import ME, logged_in, publish
from support.wheels import build_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run
    from support.server import RecordingServer


def test_a_url_and_the_files_of_dist(server: RecordingServer) -> None:
    """The password is in the store; one request, and twine's own words."""
    logged_in(server)
    ran = publish("--repository-url", server.at("/team/"))
    assert (ran.code, ran.err) == (0, ""), ran
    assert "Uploading thing-1.0-py3-none-any.whl" in ran.out
    assert [(request.method, request.path, request.authorization) for request in server.requests] == [
        ("POST", "/team/", ME)
    ]


def test_files_that_are_named(server: RecordingServer, workdir: Path) -> None:
    """And no others; twine says what is wrong with one."""
    logged_in(server)
    wheel = build_wheel("other")
    (workdir / wheel.filename).write_bytes(wheel.content)
    ran = publish("--repository-url", server.url, wheel.filename)
    assert (ran.code, len(server.requests)) == (0, 1), ran
    assert "Uploading other-1.0" in ran.out
    assert publish("--repository-url", server.url, "missing.whl").code == 1
    assert len(server.requests) == 1


def test_two_repositories_are_wrong_use(run: Run) -> None:
    """Which of them?"""
    ran = run("publish", "--repository", "corp", "--repository-url", "https://h/")
    assert ran.code == 2
    assert "do not go together" in ran.err


@pytest.mark.parametrize("option", ["--repository", "--repository-url"])
def test_an_empty_repository_does_not_mean_pypi(server: RecordingServer, option: str) -> None:
    """A script's variable may be unset, and what is uploaded to PyPI stays there."""
    ran = publish(option, "")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("error: publish: the repository is empty: is a variable unset?")
    assert server.requests == []
