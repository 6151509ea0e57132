"""What `indexauth run` changes in a program's modules, and what it leaves alone."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.commands import command
from support.runs import both, ended

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


# What it asks for


@pytest.mark.parametrize("imports", ["", "import requests\n"], ids=["later", "before"])
def test_its_requests_are_answered(workdir: Path, serve_index: ServeIndex, imports: str) -> None:
    """From the store, which `requests` knows nothing of; one refusal for all of them."""
    index = serve_index(["one", "two"], USERS)
    (workdir / "fetch.py").write_text(
        "import sys, requests\nprint([requests.get(url).status_code for url in sys.argv[1:]])\n"
    )
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    urls = [index.page_url("one"), index.page_url("two")]
    assert ended([sys.executable, "fetch.py", *urls])[1] == "[401, 401]\n"
    index.clear()
    start = f"{imports}import sys; from requests_indexauth.cli import main; sys.exit(main(sys.argv[1:]))"
    assert ended([sys.executable, "-c", start, "run", "fetch.py", *urls])[1] == "[200, 200]\n"
    assert index.authorizations == [None, GOOD, GOOD]


def test_what_makes_no_request_loads_neither_requests_nor_ours(workdir: Path) -> None:
    """It costs next to nothing."""
    (workdir / "script.py").write_text(
        "import sys\n"
        "unwanted = {'requests', 'urllib3', 'keyring', 'pip', 'requests_indexauth.core'}\n"
        "print(sorted(unwanted & set(sys.modules)))"
    )
    assert ended(command("run", "script.py"))[1] == "[]\n"


# Its children


@pytest.mark.parametrize("text", ["", "Session = None", "class Session: pass"])
def test_a_package_of_the_programs_own_called_requests_is_left_alone(workdir: Path, text: str) -> None:
    """It is imported as ever."""
    (workdir / "requests").mkdir()
    (workdir / "requests" / "__init__.py").write_text("")
    (workdir / "requests" / "sessions.py").write_text(text)
    (workdir / "script.py").write_text("import requests.sessions\nprint(requests.sessions.__name__)")
    assert both("./script.py") == (0, "requests.sessions\n", "")


def test_a_run_in_a_run_is_one(workdir: Path, serve_index: ServeIndex) -> None:
    """Nothing is changed twice, and the folder is on the path once."""
    index = serve_index(["one"], USERS)
    CredentialStore().set(index.url, Credentials.basic("me", "secret"))
    (workdir / "fetch.py").write_text(
        "import os, sys, requests\n"
        "print(requests.get(sys.argv[1]).status_code, os.environ['PYTHONPATH'].count('children'))\n"
    )
    start = f"import subprocess\nsubprocess.run({command('run', 'fetch.py', index.page_url('one'))!r}, check=True)\n"
    (workdir / "start.py").write_text(start)
    assert ended(command("run", "start.py")) == (0, "200 1\n", "")
    assert index.authorizations == [None, GOOD]
