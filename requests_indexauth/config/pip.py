"""Read indexes from pip's own variables and files, by pip's rules.

pip knows no names and no policies. A key in a later file replaces that of an earlier one, and a variable replaces both.
A section is for one command and overrides ``[global]`` for it. Which command asks is not known here, so every section
counts.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH110, PTH111, PTH112, PTH118

from __future__ import annotations

import os
import sys
from functools import lru_cache
from typing import TYPE_CHECKING

from ..errors import ConfigError
from ..models.credentials import Secret
from .definitions import Definition, OnError, definition
from .ini import IniSyntaxError, parse_ini
from .toml import KEPT, read_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from platformdirs.api import PlatformDirsABC

_KEYS = ("index-url", "extra-index-url", "find-links")
_ALIASES = {"pypi-url": "index-url"}
Values = dict[tuple[str, str], tuple[str, Secret]]
"""Origin and value, by section and key."""
_FILE = "pip.ini" if sys.platform == "win32" else "pip.conf"


def pip_definitions(cwd: str, on_error: OnError) -> list[Definition]:
    """Return what pip would take for its indexes and ``--find-links``.

    An empty value defines no index, but hides that of a weaker file; an empty variable is unset.
    """
    values = pip_values(cwd, _KEYS, on_error)
    definitions = []
    for wanted in _KEYS:
        found = {section: value for (section, key), value in values.items() if key == wanted}
        if "" in found:
            found = {"": found[""]}
        for section in sorted(found, key="global".__eq__):  # a command's section overrides [global]
            origin, text = found[section]
            urls = [text.strip()] if wanted == "index-url" else text.split()
            definitions += [definition(origin, url) for url in urls if url]
    return definitions


def pip_values(cwd: str, keys: Sequence[str], on_error: OnError) -> Values:
    """Return the values of some of pip's keys from files and variables; a variable's section is ``""``."""
    values: Values = {}
    for path in pip_files(cwd):
        values.update(_read(path, keys, on_error))
    values.update(_variables(keys))
    return values


def pip_files(cwd: str) -> Iterator[str]:
    """Yield pip's configuration files, from the weakest to the strongest; they need not exist.

    The machine's, the user's (unless ``PIP_CONFIG_FILE`` exists), the environment's (``sys.prefix``), and
    ``PIP_CONFIG_FILE``. If ``PIP_CONFIG_FILE`` is the null device, no file is read.
    """
    named = os.environ.get("PIP_CONFIG_FILE")
    if named == os.devnull:
        return
    named = os.path.join(cwd, named) if named else None
    yield from (os.path.join(folder, _FILE) for folder in _machine_folders())
    if named is None or not os.path.exists(named):
        yield from (os.path.join(folder, _FILE) for folder in _user_folders())
    yield os.path.join(sys.prefix, _FILE)
    if named is not None:
        yield named


def _machine_folders() -> list[str]:
    if sys.platform == "win32":
        return [_platform_dirs().site_config_dir]
    if sys.platform == "darwin":
        return _platform_dirs().site_data_dir.split(os.pathsep)
    xdg = os.environ.get("XDG_CONFIG_DIRS", "").strip() or "/etc/xdg"
    return [*(os.path.join(os.path.expanduser(folder), "pip") for folder in xdg.split(":") if folder.strip()), "/etc"]


def _user_folders() -> list[str]:
    """Return the user's two folders: the one of older pips first, then today's."""
    if sys.platform == "win32":
        return [os.path.expanduser("~\\pip"), _platform_dirs().user_config_dir]
    today = os.path.join(os.environ.get("XDG_CONFIG_HOME", "").strip() or "~/.config", "pip")
    if sys.platform == "darwin":
        library = _platform_dirs().user_data_dir
        today = library if os.path.isdir(library) else "~/.config/pip"
    return [os.path.expanduser("~/.pip"), os.path.expanduser(today)]


def _platform_dirs() -> PlatformDirsABC:
    """Return what pip, too, takes its folders from.

    Not called on Linux: there importing it takes as long as half of `python -c pass`, and its rules are written out
    above.
    """
    import platformdirs  # noqa: PLC0415 - see above

    return platformdirs.PlatformDirs("pip", appauthor=False, roaming=True, multipath=True)


def _variables(keys: Sequence[str]) -> Iterator[tuple[tuple[str, str], tuple[str, Secret]]]:
    """Yield the variables, as of a section without a name, which overrides all others."""
    for key in (*_ALIASES, *keys):
        variable = f"PIP_{key.upper().replace('-', '_')}"
        value = os.environ.get(variable, "").strip()
        if value and _ALIASES.get(key, key) in keys:
            yield ("", _ALIASES.get(key, key)), (variable, Secret(value))


def _read(path: str, keys: Sequence[str], on_error: OnError) -> Values:
    """Return origin and value of each wanted key, by section and key; nothing when the file is missing or broken."""
    try:
        text = read_text(path)
        sections = _parse(path, text) if text is not None else {}
    except ConfigError as error:
        on_error(error)
        return {}
    values = {}
    for section, items in sections.items():
        for written, value in items.items():
            key = written.lstrip("-").replace("_", "-")
            key = _ALIASES.get(key, key)
            if key in keys:
                values[section, key] = f"{path}: [{section}] {written}", Secret(value)
    return values


@lru_cache(maxsize=KEPT)  # the file is read each time, so this cannot be out of date
def _parse(path: str, text: str) -> dict[str, dict[str, str]]:
    try:
        parser = parse_ini(text)
    except IniSyntaxError as error:
        where = f" (line {error.line})" if error.line else ""
        message = f"{path}: not a valid configuration file{where}: correct the file"
        raise ConfigError(message) from None
    return {section: dict(parser[section]) for section in parser.sections()}
