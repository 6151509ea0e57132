"""Writing configuration files, and reading what `discover` makes of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from requests_indexauth.config.settings import Settings, discover

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from requests_indexauth.errors import ConfigError

PROJECT = '[project]\nname = "thing"\nversion = "1"\nrequires-python = ">=3.9"\n'


def index_table(url: str, *lines: str, name: str | None = None, tool: bool = False) -> str:
    """Return one `[[index]]`, of a `pyproject.toml` where `tool` says so."""
    named = [f'name = "{name}"'] if name is not None else []
    return "\n".join([f"[[{'tool.uv.' if tool else ''}index]]", *named, f'url = "{url}"', *lines, ""])


def write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder, making the folders they need."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())


@dataclass
class Discovery:
    """What `discover` returned, and the problems it told of."""

    settings: Settings
    problems: list[str] = field(default_factory=list)

    @property
    def urls(self) -> list[str]:
        """Return the URL of each index."""
        return [index.url for index in self.settings.indexes]

    @property
    def names(self) -> list[str | None]:
        """Return the name of each index."""
        return [index.name for index in self.settings.indexes]


def discovered() -> Discovery:
    """Run `discover`, collecting the problems."""
    problems: list[ConfigError] = []
    settings = discover(problems.append)
    return Discovery(settings, [str(problem) for problem in problems])
