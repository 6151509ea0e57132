"""Find uv's configuration files by uv's rules, nearest first.

As measured with uv 0.13, the search for a project's files goes from the *workspace root* upwards; a project without a
workspace is its own root. So files below a ``pyproject.toml`` with a ``[project]`` are not read.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH100, PTH110, PTH113, PTH118, PTH120

from __future__ import annotations

import os
from typing import Any, NamedTuple

from ..errors import ConfigError
from ..models.choices import FALSE, TRUE
from .definitions import OnError
from .places import system_config_file, upwards, user_config_file
from .toml import LARGEST, TOOL_OWN, TOOL_UV, UvFile, parse_toml, read_text
from .workspace import TooComplexError, is_member, member_folders

MOST_READ = 64 * LARGEST
"""The most characters that are read of a workspace's members, files without an index included."""


class ConfigFiles(NamedTuple):
    """The files that count.

    Attributes:
        settings: all of them but the members', nearest first: the project's, the user's, the system's.
        members: those of the other members of the project's workspace, of which only the indexes count.
        project: the one of ``settings`` that is the project's; ``None`` when there is none.
        own: the ``[tool.requests-indexauth]`` of the project's ``pyproject.toml``; ``None`` when it has none.
        read_own: whether the user's file of this package's own settings counts.

    """

    settings: list[UvFile]
    members: list[UvFile]
    project: UvFile | None = None
    own: UvFile | None = None
    read_own: bool = True


def config_files(cwd: str, on_error: OnError) -> ConfigFiles:
    """Return the files that count.

    ``UV_CONFIG_FILE`` takes the place of all of uv's files. Without it, ``UV_NO_CONFIG`` drops them all, and
    ``UV_NO_SYSTEM_CONFIG`` the system's. ``UV_NO_CONFIG`` always drops the files of this package's own settings.
    """
    cwd = os.path.join(cwd, os.environ.get("UV_WORKING_DIR", ""))
    named = os.environ.get("UV_CONFIG_FILE")
    if named:
        read_own = os.environ.get("UV_NO_CONFIG", "").lower() not in TRUE
        return ConfigFiles(_named(named, os.path.join(cwd, named), on_error), [], read_own=read_own)
    if _is_on("UV_NO_CONFIG", on_error):
        return ConfigFiles([], [], read_own=False)
    start = os.path.abspath(os.path.join(cwd, os.environ.get("UV_PROJECT", "")))
    system = None if _is_on("UV_NO_SYSTEM_CONFIG", on_error) else system_config_file()
    project = _Project(start, on_error)
    nearest = project.nearest()
    files = (nearest, *(read_uv_toml(path, on_error) for path in (user_config_file(), system)))
    return ConfigFiles([file for file in files if file], project.members(), nearest, project.own(nearest))


def _is_on(variable: str, on_error: OnError) -> bool:
    word = os.environ.get(variable, "").lower()
    if word not in TRUE | FALSE:
        on_error(ConfigError(f"{variable}: must be true or false (or 1 or 0): correct or unset it"))
    return word in TRUE


def _named(name: str, path: str, on_error: OnError) -> list[UvFile]:
    file = read_uv_toml(path, on_error)
    if file is None and not os.path.exists(path):  # one that is there and broken has been reported
        on_error(ConfigError(f"UV_CONFIG_FILE: no such file: {name}: correct or unset the variable"))
    return [file] if file else []


def read_uv_toml(path: str | None, on_error: OnError, *, of_project: bool = False) -> UvFile | None:
    """Return a ``uv.toml``, or a file of that kind; ``None`` when it is missing or broken."""
    try:
        text = read_text(path, of_project=of_project) if path is not None else None
        if path is not None and text is not None:
            return UvFile(path, text, parse_toml(path, text), of_project=of_project)
    except ConfigError as error:
        on_error(error)
    return None


class _Project:
    """The search for a project's configuration; each ``pyproject.toml`` is read once.

    Args:
        folder: where the search begins.
        on_error: takes what is bad.

    """

    def __init__(self, folder: str, on_error: OnError) -> None:
        self._on_error = on_error
        self._seen: dict[str, tuple[str, dict[str, Any]]] = {}
        self._read = 0  # characters of all of them, those that are not parsed, too
        self._root = self._find_root(folder)

    def nearest(self) -> UvFile | None:
        """Return the nearest ``uv.toml``, or ``pyproject.toml`` with a ``[tool.uv]``, from the workspace root up."""
        for ancestor in upwards(self._root):
            path = os.path.join(ancestor, "uv.toml")
            if os.path.exists(path):
                # Also when it is broken: it is the one that was meant.
                return read_uv_toml(path, self._on_error, of_project=True)
            path = os.path.join(ancestor, "pyproject.toml")
            text, content = self._pyproject(path)
            if not isinstance(content.get("tool", {}), dict):
                self._on_error(ConfigError(f"{path}: tool: must be a table: write [tool.uv]"))
            tool_uv = _tool_uv(content)
            if isinstance(tool_uv, dict):
                return UvFile(path, text, tool_uv, TOOL_UV, of_project=True)
            if tool_uv is not None:
                self._on_error(ConfigError(f"{path}: tool.uv: must be a table: write [tool.uv]"))
        return None

    def members(self) -> list[UvFile]:
        """Return the ``[tool.uv]`` of each member of the workspace, less the root's own, in the order of their paths.

        Those without an index are left out, and so are those that uv leaves alone (``managed = false``).
        """
        path = os.path.join(self._root, "pyproject.toml")
        workspace = _table(_tool_uv(self._pyproject(path)[1])).get("workspace")
        files = []
        parsed = 0
        try:
            for folder in member_folders(self._root, _table(workspace)):
                member = os.path.join(folder, "pyproject.toml")
                text, content = self._pyproject(member, only_with="index")
                parsed += len(text)
                if parsed > LARGEST or self._read > MOST_READ:
                    why = (
                        "its members' files are too large, or too many cannot be read: the indexes of some are left out"
                    )
                    self._on_error(ConfigError(f"{path}: tool.uv.workspace: {why}"))
                    break
                table = _tool_uv(content)
                if isinstance(table, dict) and "index" in table and table.get("managed") is not False:
                    files.append(UvFile(member, text, table, TOOL_UV))
        except TooComplexError as error:
            self._on_error(ConfigError(f"{path}: tool.uv.workspace: {error}"))
        return files

    def own(self, nearest: UvFile | None) -> UvFile | None:
        """Return the ``[tool.requests-indexauth]`` of the workspace's root, else that beside uv's settings."""
        beside = [] if nearest is None else [os.path.dirname(nearest.path)]
        for folder in (self._root, *beside):
            path = os.path.join(folder, "pyproject.toml")
            text, content = self._pyproject(path)
            table = _table(content.get("tool")).get("requests-indexauth")
            if isinstance(table, dict):
                return UvFile(path, text, table, TOOL_OWN)
        return None

    def _find_root(self, folder: str) -> str:
        """Return the root of the workspace that a folder is in; the folder itself when it is in none."""
        projects = (one for one in upwards(folder) if os.path.isfile(os.path.join(one, "pyproject.toml")))
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
        above = next(projects, None)  # the next one up decides, even without a workspace: uv looks no further
        if above is not None:
            path = os.path.join(above, "pyproject.toml")
            workspace = _table(_table(_tool_uv(self._pyproject(path)[1])).get("workspace"))
            try:
                if is_member(os.path.relpath(own, above), workspace):
                    return above
            except TooComplexError as error:
                self._on_error(ConfigError(f"{path}: tool.uv.workspace: {error}"))
        return own

    def _pyproject(self, path: str, only_with: str = "") -> tuple[str, dict[str, Any]]:
        """Return the text of a ``pyproject.toml`` and what it says; nothing when it is missing or broken.

        It is not parsed, and counts as empty, when its text does not have the word ``only_with``.
        """
        if path not in self._seen:
            self._seen[path] = "", {}
            self._read += LARGEST  # what cannot be decoded has been read as well
            try:
                text = read_text(path, of_project=True) or ""
                self._read -= LARGEST - len(text)
                if text and only_with in text:
                    self._seen[path] = text, parse_toml(path, text)
            except ConfigError as error:
                self._on_error(error)
        return self._seen[path]


def _tool_uv(content: dict[str, Any]) -> object:
    return _table(content.get("tool")).get("uv")


def _table(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
