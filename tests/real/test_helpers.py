"""Real credential helpers: `uv auth helper`, our own, a script; and every program of ours that asks them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Callable

import pytest

from requests_indexauth import Index, mount
from requests_indexauth.config.places import own_config_file
from support.commands import run_child
from support.helpers import FakeHelper

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import IndexServer, ServeIndex

VARIABLE = "INDEXAUTH_CREDENTIAL_HELPER"
ME = ("basic", "me", "pw")
UV_WORDS = ("--preview-features", "auth-helper", "auth", "helper", "--protocol=bazel")
OUR_WORDS = ("-m", "requests_indexauth", "helper", "--protocol", "bazel")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the helpers are scripts, and uv's paths are Windows'")


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return an index that wants a password."""
    return serve_index(["thing"], users={"me": "pw"})


@pytest.fixture
def uv(program: Callable[[str], str]) -> str:
    """Return the real uv."""
    return program("uv")


def log_in(url: str) -> None:
    """Keep the password where uv and we keep it."""
    run_child("login", url, "-u", "me", "--password", "pw")


def test_uvs_own_helper(session: requests.Session, index: IndexServer, uv: str) -> None:
    """With the store that uv reads, and not by ours."""
    log_in(index.index_url())
    mount(session, [Index(index.index_url())], store=False, credential_helper=[uv, *UV_WORDS])
    assert [session.get(index.page_url()).status_code for _ in range(3)] == [200] * 3
    assert index.authorizations == [None, ME, ME, ME]


def test_uvs_own_helper_goes_by_the_user_name(session: requests.Session, serve_index: ServeIndex, uv: str) -> None:
    """One user of two: the name stands in the question."""
    index = serve_index(["thing"], users={"me": "pw", "you": "pw2"})
    log_in(index.index_url())
    run_child("login", index.index_url(), "-u", "you", "--password", "pw2")
    auth = mount(session, store=False, credential_helper=[uv, *UV_WORDS])
    for user, password in (("me", "pw"), ("you", "pw2")):
        found = auth.resolve(index.page_url(), user)
        assert found is not None
        assert (found.username, found.password) == (user, password)


def test_uvs_own_helper_without_an_answer(
    session: requests.Session, index: IndexServer, uv: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is a miss, and no warning."""
    mount(session, store=False, credential_helper=[uv, *UV_WORDS])
    assert session.get(index.page_url()).status_code == 401
    assert not caplog.records


def test_our_own_helper(session: requests.Session, index: IndexServer) -> None:
    """Its process has every source but the helper."""
    log_in(index.index_url())
    mount(session, [Index(index.index_url())], store=False, credential_helper=[sys.executable, *OUR_WORDS])
    assert session.get(index.page_url()).status_code == 200
    assert index.authorizations == [None, ME]


@pytest.mark.parametrize("helper", ["uv", "indexauth"])
def test_what_a_helper_is_told_and_says(uv: str, index: IndexServer, helper: str) -> None:
    """Both speak the protocol that a session speaks to either."""
    log_in(index.index_url())
    words = [uv, *UV_WORDS] if helper == "uv" else [sys.executable, *OUR_WORDS]
    for url, headers in ((index.index_url(), {"Authorization": ["Basic bWU6cHc="]}), ("https://h.example/", {})):
        done = subprocess.run(
            [*words, "get"], input=json.dumps({"uri": url}), capture_output=True, text=True, check=True, cwd="/"
        )
        assert json.loads(done.stdout) == {"headers": headers}


def test_a_shell_script(session: requests.Session, index: IndexServer, tmp_path: Path) -> None:
    """Three lines make a helper."""
    script = tmp_path / "token"
    script.write_text('#!/bin/sh\nread -r question\necho \'{"headers": {"Authorization": ["Basic bWU6cHc="]}}\'\n')
    script.chmod(0o755)
    mount(session, credential_helper={"127.0.0.1": script})
    assert session.get(index.page_url()).status_code == 200


@pytest.fixture
def helper(tmp_path: Path, index: IndexServer) -> FakeHelper:
    """Return a helper that the user's own file names for the index."""
    made = FakeHelper(tmp_path / "bin", "answer('Basic bWU6cHc=')")
    path = own_config_file()
    assert path is not None
    os.makedirs(os.path.dirname(path))  # noqa: PTH103, PTH120 - it is text
    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - the same
        file.write(f'[credential-helper]\n"127.0.0.1" = "{made.path}"\n')
    assert index.authorizations == []
    return made


def test_indexauth_token(index: IndexServer, helper: FakeHelper) -> None:
    """With `--resolve` it prints what a helper has; else only what is stored, and no helper is run."""
    assert run_child("token", index.index_url()).code == 1
    assert helper.questions == []
    assert run_child("token", index.index_url(), "--resolve").out == "pw\n"
    assert len(helper.questions) == 1


def test_indexauth_explain(index: IndexServer, helper: FakeHelper) -> None:
    """The helper is a source like the others, live too."""
    done = run_child("explain", index.page_url(), "--live", "--format", "json")
    explained = json.loads(done.out)
    assert next(step["outcome"] for step in explained["sources"] if step["source"] == "helper") == "found"
    assert explained["would_send"] == {"scheme": "basic", "username": "me"}
    assert [attempt["status"] for attempt in explained["attempts"]] == [401, 200]
    assert len(helper.questions) >= 1


def test_indexauth_helper(index: IndexServer, helper: FakeHelper, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bazel, too, gets what a helper has for a configured index."""
    monkeypatch.setenv("UV_INDEX", index.index_url())
    done = run_child("helper", "--protocol", "bazel", "get", stdin=json.dumps({"uri": index.index_url()}))
    assert json.loads(done.out) == {"headers": {"Authorization": ["Basic bWU6cHc="]}}
    assert len(helper.questions) == 1


def test_indexauth_run(index: IndexServer, helper: FakeHelper, workdir: Path) -> None:
    """A program that knows nothing of it."""
    (workdir / "program.py").write_text("import requests, sys\nprint(requests.get(sys.argv[1]).status_code)\n")
    assert run_child("run", "program.py", index.page_url()).out == "200\n"
    assert len(helper.questions) == 1


def test_pip_indexauth(index: IndexServer, helper: FakeHelper, tmp_path: Path) -> None:
    """pip installs with it, and asks it once."""
    target = str(tmp_path / "target")
    words = ["install", "--no-deps", "--target", target, "-i", index.index_url(), "--no-input", "thing"]
    done = subprocess.run([sys.executable, "-m", "requests_indexauth.pip", *words], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert len(helper.questions) == 1


def test_plain_pip_and_others_by_the_keyring_backend(index: IndexServer, helper: FakeHelper) -> None:
    """Whatever asks a keyring is answered, each time anew."""
    code = f"import keyring; print([keyring.get_password({index.index_url()!r}, 'me') for _ in range(2)])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "['pw', 'pw']\n"
    assert len(helper.questions) == 2
