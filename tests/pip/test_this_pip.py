"""The whole, with the pip of the Python that runs the tests. Many other pips are in `tests/real/test_pip_matrix.py`."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from support.messages import Reply, redirect
from support.pip_sessions import write_netrc
from support.wheels import backend_wheel, build_sdist

if TYPE_CHECKING:
    from pathlib import Path

    from support.index import ServeIndex
    from support.messages import Request
    from support.pips import Pip
    from support.server import Serve

USERS = {"me": "secret"}


def test_this_pip_installs_what_has_to_be_built(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """The package and what builds it are private; one refusal for all of it, with a child of its own."""
    write_netrc(home)
    index = serve_index(["thing", build_sdist("made"), backend_wheel()], USERS)
    options = ["--no-cache-dir", "--target", workdir / "site", "--index-url", index.index_url()]
    ran = pip("install", *options, "made", "thing")
    assert ran.code == 0, ran
    assert (workdir / "site" / "made-1.0.dist-info").is_dir()
    assert index.count(status=401) == 1
    assert index.count(path="/simple/tiny-backend/") == 1


def test_requests_itself_is_not_imported(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """pip has a copy of its own, and the real one may be what is being installed."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    code = (
        "import sys, atexit\n"
        "unwanted = {'requests', 'urllib3', 'keyring'}\n"
        "atexit.register(lambda: sys.stderr.write(repr(sorted(unwanted & set(sys.modules)))))\n"
        "from requests_indexauth.pip import main\n"
        "main()"
    )
    options = ["--target", str(workdir / "site"), "--index-url", index.index_url()]
    ran = pip.run([sys.executable, "-c", code, "install", "--no-input", *options, "thing"], {})
    assert (ran.code, ran.err[-2:]) == (0, "[]"), ran


def test_a_command_without_network_loads_nothing_of_ours(pip: Pip) -> None:
    """Neither the authenticator nor pip's own session."""
    code = (
        "import sys, atexit\n"
        "wanted = {'requests_indexauth.core.authenticator', 'pip._internal.network.session'}\n"
        "atexit.register(lambda: sys.stderr.write(repr(sorted(wanted & set(sys.modules)))))\n"
        "from requests_indexauth.pip import main\n"
        "main(['--version'])"
    )
    ran = pip.run([sys.executable, "-c", code], {})
    assert (ran.code, ran.err) == (0, "[]"), ran


def test_cookies_and_redirects_are_those_of_pips_own_requests(
    pip: Pip, serve: Serve, home: Path, workdir: Path
) -> None:
    """A refusal's cookie comes back with the answer to it; what that copy takes from netrc goes nowhere unasked."""
    other = serve(host="localhost")

    def respond(request: Request) -> Reply:
        if request.user is None:
            return Reply(401, {"Set-Cookie": "seen=once"})
        return redirect(other.at("/elsewhere"))

    server = serve(respond)
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\nmachine localhost login x password y\n")
    (workdir / "tool.py").write_text(
        "import sys\n"
        "from pip._internal.network.session import PipSession\n"
        "print(PipSession().get(sys.argv[1]).status_code)\n"
    )
    path = os.pathsep.join([str(workdir), pip.variables["PYTHONPATH"]])
    ran = pip("-m", "tool", server.at("/page"), PYTHONPATH=path)
    assert (ran.code, ran.out) == (0, "200\n"), ran
    assert [request.headers["Cookie"] for request in server.requests] == [None, "seen=once"]
    assert other.authorizations == [None]
