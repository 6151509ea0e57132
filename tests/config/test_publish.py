"""Where an index takes uploads, by its definition. (`tests/cli/test_uploads.py` uploads.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.config.publish import PublishUrl, publish_url
from support.configuration import index_table, write_files
from support.platforms import UV_CONFIG

if TYPE_CHECKING:
    from pathlib import Path

    from requests_indexauth.errors import ConfigError

UPLOADS = 'publish-url = "https://pkgs.example.com/upload/"'


def fail(error: ConfigError) -> None:
    """Take no bad value."""
    raise error


def test_the_nearest_definition_of_the_name_counts(workdir: Path, home: Path) -> None:
    """The project's, though it has no publish URL and the user's has one."""
    write_files(home / UV_CONFIG, {"uv.toml": index_table("https://pkgs.example.com/", UPLOADS, name="corp")})
    users = f"{home / UV_CONFIG / 'uv.toml'}, line 1: index[0]"
    assert publish_url("corp", fail) == PublishUrl(users, "https://pkgs.example.com/upload/")
    write_files(workdir, {"uv.toml": index_table("https://h/") + index_table("https://pkgs.example.com/", name="corp")})
    assert publish_url("corp", fail) == PublishUrl(f"{workdir / 'uv.toml'}, line 3: index[1]", None)


def test_a_name_that_no_file_has_is_none(workdir: Path) -> None:
    """Another index, or one without a name, is not it."""
    write_files(workdir, {"uv.toml": index_table("https://h/", UPLOADS) + index_table("https://h/x", name="Corp")})
    assert publish_url("corp", fail) is None


@pytest.mark.parametrize("url", ["3", '"ftp://h/hunter2"', '["https://h/"]'])
def test_a_publish_url_that_is_none_is_told_of(workdir: Path, url: str) -> None:
    """With the file, the line and the key, and without the URL."""
    write_files(workdir, {"uv.toml": index_table("https://h/", f"publish-url = {url}", name="corp")})
    told: list[str] = []
    found = publish_url("corp", lambda error: told.append(str(error)))
    where = f"{workdir / 'uv.toml'}, line 1: index[0]"
    assert found == PublishUrl(where, None)
    assert told == [f"{workdir / 'uv.toml'}, line 4: index[0].publish-url: must be an http(s) URL: correct it"]
