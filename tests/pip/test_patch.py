"""What is changed in pip: its sessions, the pips it starts, and what becomes of a pip of another make."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from requests.adapters import HTTPAdapter

from requests_indexauth.config.pip import pip_files
from requests_indexauth.pip import patch
from requests_indexauth.pip.patch import _lend_libraries, _patch_children, _patch_python_option
from support.future_pip import FUTURE, run_future
from support.pip_sessions import OurPipError, made, taken_over, write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    import requests

    from support.index import ServeIndex
    from support.pips import Pip

USERS = {"me": "secret"}
GOOD = ("basic", "me", "secret")


def test_adapters_that_are_mounted_later_are_used_too(
    session: requests.Session, serve_index: ServeIndex, home: Path
) -> None:
    """A requirements file may name a trusted host: the adapter mounted for it stays what it is, and authenticates."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    taken_over(session, made(), index.index_url())
    adapter = HTTPAdapter()
    session.mount(index.url + "/", adapter)
    assert session.get(index.page_url()).ok
    assert session.get_adapter(index.page_url()) is adapter


def test_what_is_no_http_is_left_alone(session: requests.Session) -> None:
    """pip reads `file:` URLs through an adapter as well."""
    taken_over(session, made())
    adapter = HTTPAdapter()
    session.mount("file://", adapter)
    assert "send" not in vars(session.get_adapter("file:///wheels/"))


class Trusted(HTTPAdapter):
    """What pip mounts for a host that is trusted."""

    sent: tuple[str | None, ...] = ()

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Remember the URL."""
        self.sent = (*self.sent, request.url)
        return super().send(request, *args, **options)


def test_the_adapter_is_that_of_the_host(session: requests.Session, serve_index: ServeIndex) -> None:
    """pip mounts one for each trusted host, and a URL with userinfo is for that host, too."""
    index = serve_index(["thing"], USERS)
    taken_over(session, made(), index.index_url())
    session.mount(f"http://{index.netloc}/", trusted := Trusted())
    assert session.get(index.at("/simple/thing/", user="me", password="secret")).ok
    assert trusted.sent == (index.page_url(),)


def test_another_python_is_run_by_us_too(pip: Pip, serve_index: ServeIndex, home: Path, workdir: Path) -> None:
    """`--python`: the other pip finds the credentials for itself, and may ask."""
    write_netrc(home)
    index = serve_index(["thing"], USERS)
    options = ["--no-cache-dir", "--dest", workdir / "files", "--index-url", index.index_url()]
    ran = pip("--python", sys.executable, "download", *options, "thing")
    assert ran.code == 0, ran
    assert index.authorizations == [None, GOOD, GOOD]


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_pips_files_are_found_where_another_python_has_pip_alone(monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    """`--python` on macOS and Windows, where `platformdirs` says where they are: pip has a copy of it."""
    for name in ("platformdirs", "tomli"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
        del sys.modules[name]
    monkeypatch.setattr(patch, "find_spec", lambda _name: None)
    _lend_libraries()
    assert sys.modules["platformdirs"] is import_module("pip._vendor.platformdirs")
    if os.name == "posix":  # Windows is what it is
        monkeypatch.setattr(sys, "platform", system)
    assert len(list(pip_files(os.getcwd()))) > 3  # noqa: PTH109 - as the code does it


def test_a_pip_that_has_no_such_copy_is_used_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs it may never be needed: Linux needs none."""
    monkeypatch.setitem(sys.modules, "platformdirs", ModuleType("platformdirs"))
    del sys.modules["platformdirs"]
    monkeypatch.setitem(sys.modules, "pip._vendor.platformdirs", None)
    monkeypatch.setattr(patch, "find_spec", lambda _name: None)
    _lend_libraries()
    assert "platformdirs" not in sys.modules


def test_a_pip_without_that_option_is_left_alone() -> None:
    """pip before 22.3 has no `--python`."""
    module = ModuleType("pip._internal.cli.main_parser")
    _patch_python_option(module)
    assert not hasattr(module, "get_runnable_pip")


def test_a_pip_that_runs_another_python_otherwise_is_told_of(capsys: pytest.CaptureFixture[str]) -> None:
    """It has the option, and nothing there is as it was."""
    module = ModuleType("pip._internal.cli.main_parser")
    module.identify_python_interpreter = None  # type: ignore[attr-defined]
    _patch_python_option(module)
    assert "no get_runnable_pip" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a named pipe needs no folder")
def test_where_there_can_be_no_socket_pip_ends_with_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than show a password on a command line."""
    module = ModuleType("pip._internal.build_env")
    ran: list[Any] = []
    module.call_subprocess = ran.append  # type: ignore[attr-defined]
    auth = made()
    _patch_children(module, lambda: auth)
    monkeypatch.setattr("tempfile.tempdir", "/nowhere")
    with pytest.raises(OurPipError, match="no socket for the pip that installs build dependencies: No such file"):
        module.call_subprocess(["python", "pip-runner", "install"])
    assert ran == []


OTHER_COMMAND = "from pip._internal.build_env import call_subprocess\ncall_subprocess(['python', 'pip', 'add'])\n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pip/_internal/network/session.py": None}, "(no pip._internal.network.session): plain pip runs"),
        ({"pip/_internal/network/__init__.py": None}, "): plain pip runs, without this authentication"),
        ({"pip/_internal/network/session.py": "PipSession = list"}, "(pip._internal.network.session: "),
        ({}, "(pip._internal.network.session: AttributeError)"),
        ({"pip/_internal/utils/misc.py": ""}, "(pip._internal.network.session: AttributeError)"),
    ],
    ids=["no-session", "no-network", "another-class", "another-auth", "another-question"],
)
def test_a_pip_with_another_inside_runs_plain_after_one_line(
    tmp_path: Path, changes: dict[str, str | None], words: str
) -> None:
    """Whatever a future pip has renamed: it is said once, and pip runs."""
    files = {**FUTURE, **changes}
    if files["pip/_internal/network/session.py"] is None or files["pip/_internal/network/__init__.py"] is None:
        files["pip/__main__.py"] = "print('plain pip runs')\n"
    if changes.get("pip/_internal/network/__init__.py", "") is None:
        files["pip/_internal/network/session.py"] = None
        files["pip/_internal/network.py"] = ""
    ran = run_future(tmp_path, files)
    assert (ran.code, ran.out) == (0, "plain pip runs\n"), ran
    assert ran.err.count("pip-indexauth: this pip is not one it knows") == 1, ran
    assert words in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pip/_internal/build_env.py": ""}, "(no call_subprocess in pip._internal.build_env): build dependencies"),
        (
            {"pip/__main__.py": OTHER_COMMAND + "print('plain pip runs')"},
            "(another command installs build dependencies)",
        ),
    ],
    ids=["no-function", "another-command"],
)
def test_build_dependencies_that_are_installed_otherwise_are_left_to_pip(
    tmp_path: Path, changes: dict[str, str], words: str
) -> None:
    """pip itself still has our authentication."""
    auth = "class Auth: index_urls = None\nclass PipSession:\n    get_adapter = auth = Auth()\n"
    ran = run_future(tmp_path, {**FUTURE, "pip/_internal/network/session.py": auth, **changes})
    assert (ran.code, ran.out) == (0, "plain pip runs\n"), ran
    assert ran.err.count("pip-indexauth: ") == 1, ran
    assert words in ran.err
