"""Which of uv's configuration files count, nearest first: uv's own rules for where it looks.

Measured with uv 0.13: a project's files are looked for from the *workspace root* upwards, and a project without a
workspace is the root of its own. So what lies below a ``pyproject.toml`` with a ``[project]`` is not read.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH100, PTH110, PTH113, PTH117, PTH118, PTH120

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..models.choices import FALSE, TRUE
from ..util.paths import expanded, roaming_folder
from .definitions import Problem
from .toml import UvFile, parse_toml, read_text
from .workspace import TooComplexError, is_member

if TYPE_CHECKING:
    from collections.abc import Iterator


def config_files(cwd: str, problem: Problem) -> list[UvFile]:
    """Return the files whose settings count, nearest first: the project's, the user's, the system's.

    ``UV_CONFIG_FILE`` stands in for all of them, ``UV_NO_CONFIG`` is for none (and ``UV_CONFIG_FILE`` is stronger).
    """
    cwd = os.path.join(cwd, os.environ.get("UV_WORKING_DIR", ""))
    named = os.environ.get("UV_CONFIG_FILE")
    if named:
        return _named(named, os.path.join(cwd, named), problem)
    if _no_config(problem):
        return []
    start = os.path.abspath(os.path.join(cwd, os.environ.get("UV_PROJECT", "")))
    paths = (user_config_file(), system_config_file())
    return [file for file in (_Project(problem).nearest(start), *(_read(path, problem) for path in paths)) if file]


def user_config_file() -> str | None:
    """Return where uv looks for the user's configuration; ``None`` when there is no such place.

    ``$XDG_CONFIG_HOME`` if it is an absolute path, else ``~/.config`` (macOS too); on Windows ``%APPDATA%``, or what
    the system says where that is unset.
    """
    if sys.platform == "win32":
        folder = roaming_folder() or ""
    else:
        folder = os.environ.get("XDG_CONFIG_HOME", "")
        folder = folder if os.path.isabs(folder) else expanded("~/.config")
    return os.path.join(folder, "uv", "uv.toml") if os.path.isabs(folder) else None


def system_config_file() -> str | None:
    r"""Return the one system-wide file uv reads; ``None`` when there is none.

    The first of ``$XDG_CONFIG_DIRS`` (default ``/etc/xdg``) that has one, else ``/etc/uv/uv.toml``; on Windows
    ``%SYSTEMDRIVE%\ProgramData``.
    """
    if sys.platform == "win32":
        folders = [os.environ.get("SYSTEMDRIVE", "C:") + "\\ProgramData"]
    else:
        folders = [*(os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":"), "/etc"]
    paths = (os.path.join(folder, "uv", "uv.toml") for folder in folders if folder)
    return next(filter(os.path.isfile, paths), None)


def _no_config(problem: Problem) -> bool:
    word = os.environ.get("UV_NO_CONFIG", "").lower()
    if word not in TRUE | FALSE:
        problem(ConfigError("UV_NO_CONFIG: must be true or false (or 1 or 0): correct or unset it"))
    return word in TRUE


def _named(name: str, path: str, problem: Problem) -> list[UvFile]:
    file = _read(path, problem)
    if file is None and not os.path.exists(path):  # one that is there and broken has been reported
        problem(ConfigError(f"UV_CONFIG_FILE: no such file: {name}: correct or unset the variable"))
    return [file] if file else []


def _read(path: str | None, problem: Problem, *, of_project: bool = False) -> UvFile | None:
    """Return a ``uv.toml``; ``None`` when it is missing or broken."""
    try:
        text = read_text(path, of_project=of_project) if path is not None else None
        return None if path is None or text is None else UvFile(path, text, parse_toml(path, text))
    except ConfigError as error:
        problem(error)
    return None


class _Project:
    """The search for a project's configuration; each ``pyproject.toml`` is read once."""

    def __init__(self, problem: Problem) -> None:
        self._problem = problem
        self._seen: dict[str, tuple[str, dict[str, Any]]] = {}

    def nearest(self, folder: str) -> UvFile | None:
        """Return the nearest ``uv.toml``, or ``pyproject.toml`` with a ``[tool.uv]``, from the workspace root up."""
        for ancestor in _upwards(self._root(folder)):
            path = os.path.join(ancestor, "uv.toml")
            if os.path.exists(path):
                return _read(
                    path, self._problem, of_project=True
                )  # also when it is broken: it is the one that was meant
            path = os.path.join(ancestor, "pyproject.toml")
            text, content = self._pyproject(path)
            if not isinstance(content.get("tool", {}), dict):
                self._problem(ConfigError(f"{path}: tool: must be a table: write [tool.uv]"))
            tool_uv = _tool_uv(content)
            if isinstance(tool_uv, dict):
                return UvFile(path, text, tool_uv, "tool.uv.")
            if tool_uv is not None:
                self._problem(ConfigError(f"{path}: tool.uv: must be a table: write [tool.uv]"))
        return None

    def _root(self, folder: str) -> str:
        """Return the root of the workspace that a folder is in; the folder itself when it is in none."""
        projects = (one for one in _upwards(folder) if os.path.isfile(os.path.join(one, "pyproject.toml")))
        own = next(projects, None)
        if own is None:
            return folder
        content = self._pyproject(os.path.join(own, "pyproject.toml"))[1]
        tool_uv = _table(_tool_uv(content))
        if tool_uv.get("managed") is False:
            return folder
        if "workspace" in tool_uv:
            return own
        if not isinstance(_table(content.get("project")).get("name"), str):
            return folder
        above = next(projects, None)  # the next one up decides, whatever it says: uv looks no further
        if above is not None:
            path = os.path.join(above, "pyproject.toml")
            workspace = _table(_table(_tool_uv(self._pyproject(path)[1])).get("workspace"))
            try:
                if is_member(os.path.relpath(own, above), workspace):
                    return above
            except TooComplexError as error:
                self._problem(ConfigError(f"{path}: tool.uv.workspace: {error}"))
        return own

    def _pyproject(self, path: str) -> tuple[str, dict[str, Any]]:
        """Return the text of a ``pyproject.toml`` and what it says; nothing when it is missing or broken."""
        if path not in self._seen:
            self._seen[path] = "", {}
            try:
                text = read_text(path, of_project=True) or ""
                self._seen[path] = text, parse_toml(path, text) if text else {}
            except ConfigError as error:
                self._problem(error)
        return self._seen[path]


def _upwards(folder: str) -> Iterator[str]:
    while True:
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _tool_uv(content: dict[str, Any]) -> object:
    return _table(content.get("tool")).get("uv")


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
