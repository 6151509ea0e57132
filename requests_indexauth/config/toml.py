"""One of uv's configuration files, parsed, with the line where each key stands."""

from __future__ import annotations

import os
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..util.files import read_file
from .definitions import OnError

if TYPE_CHECKING:
    from collections.abc import Iterator

_HEADER = r"""\s*(\[\[?)([\w\s."'-]+)\]"""
_KEY = r"""\s*["']?([\w-]+)["']?\s*[.=]"""
LARGEST = 1 << 20
"""How many bytes a configuration file may have: its author may be hostile, and a parser takes time."""
KEPT = 8
"""How many parsed texts this process keeps: each new session reads the same files."""
_MOST_PARTS = 32
_LONG_KEY = rf"""(?<![\w-])(?:(?:[\w-]+|"[^"\n]*"|'[^'\n]*')[ \t]*\.[ \t]*){{{_MOST_PARTS}}}"""
TOOL_UV = "tool.uv."
"""What stands before uv's keys in a ``pyproject.toml``."""
TOOL_OWN = "tool.requests-indexauth."
"""What stands before this package's own keys there."""
_POSITION = r"\(at (line \d+, column \d+|end of document)\)"


class UvFile:
    """The table uv would read of one file, ``uv.toml`` or the ``[tool.uv]`` of a ``pyproject.toml``.

    The methods that take values out raise nothing: they hand what is bad to ``on_error`` and go on without it.

    Args:
        path: of the file, for messages.
        text: of the file, for line numbers.
        table: what the file says, from ``[tool.uv]`` on.
        prefix: what stands before a key of the table in the file: ``"tool.uv."`` or ``""``.
        of_project: whether it belongs to a project: its author may be hostile.

    """

    def __init__(
        self, path: str, text: str, table: dict[str, Any], prefix: str = "", *, of_project: bool = False
    ) -> None:
        self.path = path
        self.table = table
        self.of_project = of_project
        self._prefix = prefix
        self._text = text
        self._lines: dict[str, int] | None = None

    def where(self, key: str, fallback: str = "") -> str:
        """Return file, line and key for messages; without the line where it cannot be told.

        ``fallback`` is the key whose line will do when ``key`` itself is not found.
        """
        if self._lines is None:
            self._lines = line_numbers(self._text, self._prefix, len(_list(self.table.get("index"))))
        line = self._lines.get(key) or self._lines.get(fallback)
        return f"{self.path}{f', line {line}' if line else ''}: {self._prefix}{key}"

    @property
    def in_pyproject(self) -> bool:
        """Whether this is of a ``pyproject.toml``, where uv's keys stand below ``[tool.uv]``."""
        return self._prefix.startswith(TOOL_UV)

    @property
    def in_pip(self) -> bool:
        """Whether this is a ``[pip]``, which has only some of uv's keys."""
        return self._prefix.endswith("pip.")

    def tables(self, key: str, on_error: OnError) -> Iterator[tuple[int, dict[str, Any]]]:
        """Yield the tables of an array of tables, each with its place in it."""
        value = self.table.get(key, [])
        if not isinstance(value, list):
            on_error(ConfigError(f"{self.where(key)}: must be an array of tables: write [[{self._prefix}{key}]]"))
            return
        for place, table in enumerate(value):
            if isinstance(table, dict):
                yield place, table
            else:
                on_error(ConfigError(f"{self.where(f'{key}[{place}]', key)}: must be a table with a url"))

    def section(self, key: str, on_error: OnError) -> UvFile | None:
        """Return a table inside the table, as a file of its own; ``None`` when it is missing."""
        value = self.table.get(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            on_error(ConfigError(f"{self.where(key)}: must be a table: write [{self._prefix}{key}]"))
            return None
        return UvFile(self.path, self._text, value, f"{self._prefix}{key}.")

    def text(self, key: str, on_error: OnError) -> str | None:
        """Return a string; ``None`` when it is missing."""
        value = self.table.get(key)
        if value is None or isinstance(value, str):
            return value
        on_error(ConfigError(f"{self.where(key)}: must be a string"))
        return None

    def texts(self, key: str, on_error: OnError) -> list[str]:
        """Return an array of strings; an empty one when it is missing."""
        value = self.table.get(key, [])
        if not isinstance(value, list):
            on_error(ConfigError(f"{self.where(key)}: must be an array of strings"))
            return []
        for place, item in enumerate(value):
            if not isinstance(item, str):
                on_error(ConfigError(f"{self.where(f'{key}[{place}]', key)}: must be a string"))
        return [item for item in value if isinstance(item, str)]


def read_text(path: str, *, of_project: bool = False) -> str | None:
    """Return the text of a configuration file; ``None`` when there is no such file. A byte order mark is dropped.

    Args:
        path: the file.
        of_project: whether it belongs to a project, which may come from a stranger: then no pipe or device is read, for
            a link may lead to one that never ends, or to the standard input.

    Raises:
        ConfigError: it is there and cannot be read, has more than `LARGEST` bytes, or is not UTF-8.

    """
    try:
        return read_file(path, largest=LARGEST, only_regular=of_project)[0].decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:  # its message quotes the file
        message = f"{path}: not UTF-8 text: correct or remove the file"
    except (OSError, ValueError) as error:  # ValueError: a path no system takes
        if isinstance(error, PermissionError) and not os.path.exists(path):  # noqa: PTH110
            return None  # a folder we may not enter, as of another user's home: nothing can be known of the file
        reason = getattr(error, "strerror", None) or "not a path"
        message = f"{path}: cannot be read ({reason}): make it readable or remove it"
    raise ConfigError(message)


@lru_cache(maxsize=KEPT)  # the file is read each time, so this cannot be out of date
def parse_toml(path: str, text: str) -> dict[str, Any]:
    """Return what a TOML file says. The dictionary is shared: do not change it.

    Raises:
        ConfigError: it is not valid TOML; the message has the position, and nothing of the file's text. Or a key has
            more parts than any of ours: parsers take the square of their number.

    """
    long_key = re.search(_LONG_KEY, text)
    if long_key:
        line = text.count("\n", 0, long_key.start()) + 1
        message = f"{path}, line {line}: a key of more than {_MOST_PARTS} parts: correct the file"
        raise ConfigError(message)
    from ..util.toml import loads  # noqa: PLC0415 - worth its time only when there is a file

    try:
        content: dict[str, Any] = loads(text)
    except (ValueError, RecursionError) as error:
        position = re.search(_POSITION, str(error))
        message = f"{path}: not valid TOML{f' (at {position[1]})' if position else ''}: correct the file"
        raise ConfigError(message) from None
    return content


@lru_cache(maxsize=KEPT)
def line_numbers(text: str, prefix: str, indexes: int) -> dict[str, int]:
    """Return the line of each key below ``prefix``; the n-th ``[[index]]`` is ``index[n]``.

    A table that has no line of its own has that of the first key in it.

    A look at the lines, not a second parser: what it takes for a key inside a multi-line string does no harm, save
    for ``[[index]]`` headers, so those are left out when there are not as many as the parser found.
    """
    lines: dict[str, int] = {}
    table = ""
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        header = re.match(_HEADER, line)
        if header:
            table = re.sub(r"""[\s"']""", "", header[2])
            if header[1] == "[[" and table == f"{prefix}index":
                table = f"{table}[{count}]"
                count += 1
            lines.setdefault(table, number)
            table += "."
        else:
            key = re.match(_KEY, line)
            if key:
                lines.setdefault(table + key[1], number)
    cut = len(prefix)
    found = {
        key[cut:]: line
        for key, line in lines.items()
        if key.startswith(prefix) and (count == indexes or not key.startswith(f"{prefix}index["))
    }
    tables = {key.replace("[", ".").partition(".")[0]: line for key, line in reversed(found.items())}
    return {**tables, **found}


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
