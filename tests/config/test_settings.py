"""What `discover` makes of variables and files together: what comes first, and what a bad value does."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_indexauth.config import files as config_files
from requests_indexauth.config import pip as config_pip
from requests_indexauth.config.settings import Settings, discover
from requests_indexauth.errors import ConfigError
from support.configuration import PROJECT, discovered, index_table, write_files
from support.platforms import PIP_CONFIG, PIP_FILE, UV_CONFIG

if TYPE_CHECKING:
    from pathlib import Path
    from typing import NoReturn

SECRET = "hunter2secret"


@pytest.fixture(autouse=True)
def _no_machine_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep this machine's own pip.conf and uv.toml out."""
    monkeypatch.setattr(config_pip, "_machine_folders", lambda: [str(tmp_path / "machine")])
    monkeypatch.setattr(config_files, "system_config_file", lambda: str(tmp_path / "system" / "uv.toml"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))


def test_nothing_configured() -> None:
    """Without variables and files there are no indexes: PyPI is not one that somebody configured."""
    assert discovered().settings == Settings((), None)


def test_order_of_everything(monkeypatch: pytest.MonkeyPatch, workdir: Path, home: Path, tmp_path: Path) -> None:
    """Variables come first, then the project's, the user's and the system's file, then pip's variables and files."""
    for variable in ("UV_FIND_LINKS", "UV_EXTRA_INDEX_URL", "UV_INDEX_URL", "UV_INDEX", "UV_DEFAULT_INDEX"):
        monkeypatch.setenv(variable, f"https://h/{variable}")
    monkeypatch.setenv("PIP_INDEX_URL", "https://h/PIP_INDEX_URL")
    for folder, name in ((workdir, "project"), (home / UV_CONFIG, "user"), (tmp_path / "system", "system")):
        write_files(folder, {"uv.toml": index_table(f"https://h/{name}")})
    write_files(home / PIP_CONFIG, {PIP_FILE: "[global]\nextra-index-url = https://h/pip.conf"})
    assert [url.rpartition("/")[2] for url in discovered().urls] == [
        "UV_DEFAULT_INDEX",
        "UV_INDEX",
        "UV_INDEX_URL",
        "UV_EXTRA_INDEX_URL",
        "UV_FIND_LINKS",
        "project",
        "user",
        "system",
        "PIP_INDEX_URL",
        "pip.conf",
    ]


def test_origin_names_variable_or_file_line_and_key(monkeypatch: pytest.MonkeyPatch, workdir: Path, home: Path) -> None:
    """Each index knows where it was defined, as precisely as can be told."""
    monkeypatch.setenv("UV_INDEX", "https://h/a")
    text = f"{PROJECT}[tool.uv]\nextra-index-url = ['https://h/c']\n\n{index_table('https://h/b', tool=True)}"
    write_files(workdir, {"pyproject.toml": text})
    write_files(home, {f"{PIP_CONFIG}/{PIP_FILE}": "[global]\nindex_url = https://h/d"})
    pyproject = workdir / "pyproject.toml"
    assert [index.origin for index in discovered().settings.indexes] == [
        "UV_INDEX",
        f"{pyproject}, line 8: tool.uv.index[0]",
        f"{pyproject}, line 6: tool.uv.extra-index-url",
        f"{home / PIP_CONFIG / PIP_FILE}: [global] index_url",
    ]


def test_what_problem_raises_goes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line ends at the first bad value."""

    def problem(error: ConfigError) -> NoReturn:
        raise error

    monkeypatch.setenv("UV_INDEX", "corp=https://h:99999/")
    with pytest.raises(ConfigError, match=r"UV_INDEX: not an http\(s\) URL"):
        discover(problem)


def test_a_bad_value_costs_only_itself(monkeypatch: pytest.MonkeyPatch, workdir: Path) -> None:
    """A session goes on with all that is sound."""
    monkeypatch.setenv("UV_INDEX", "https://h:99999/ https://h/a")
    bad = index_table("https://h/bad", 'authenticate = "Always"')
    write_files(workdir, {"uv.toml": bad + index_table("https://h/b", name="b") + '[pip]\nextra-index-url = "x"\n'})
    found = discovered()
    assert found.urls == ["https://h/a", "https://h/b"]
    assert len(found.problems) == 3


def test_names_and_policies(workdir: Path) -> None:
    """An index has its name and its policy; the default policy is auto."""
    tables = [index_table(f"https://h/{word}", f'authenticate = "{word}"', name=word) for word in ("always", "never")]
    write_files(workdir, {"uv.toml": "".join([*tables, index_table("https://h/x")])})
    indexes = discovered().settings.indexes
    assert [(index.name, index.authenticate) for index in indexes] == [
        ("always", "always"),
        ("never", "never"),
        (None, "auto"),
    ]


def test_bad_publish_url_keeps_the_index(workdir: Path) -> None:
    """A publish URL that is none is told of, and the index still counts."""
    tables = [
        index_table(f"https://h/{n}", f"publish-url = {value}", name=n) for n, value in (("a", '"x"'), ("b", "3"))
    ]
    write_files(workdir, {"uv.toml": "".join(tables)})
    found = discovered()
    assert found.names == ["a", "b"]
    assert [problem.partition(": ")[2] for problem in found.problems] == [
        "index[0].publish-url: must be an http(s) URL: correct it",
        "index[1].publish-url: must be an http(s) URL: correct it",
    ]


def test_read_when_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable set later counts the next time."""
    assert discovered().urls == []
    monkeypatch.setenv("UV_INDEX", "https://h/a")
    assert discovered().urls == ["https://h/a"]


def test_a_second_reading_of_the_same_files_says_the_same(workdir: Path, home: Path) -> None:
    """Files that this process has parsed before give each session the same indexes, and the same warnings."""
    tables = [index_table("https://me:pw@h/a"), index_table("https://"), index_table("https://h/")]
    write_files(workdir, {"uv.toml": "".join(tables)})
    lines = ["[global]", "index-url = https://h/pip", "extra-index-url = http:/h"]
    write_files(home / ".config" / "pip", {"pip.conf": "\n".join(lines)})
    first, second = discovered(), discovered()
    assert second == first
    assert first.urls == ["https://h/a", "https://h/", "https://h/pip"]
    assert [problem.partition(": ")[0].rpartition(os.sep)[2] for problem in first.problems] == [
        "uv.toml, line 3",
        "pip.conf",
    ]


@pytest.mark.parametrize("name", ["uv.toml", "pip.conf"])
def test_a_file_that_looks_unchanged_is_read_all_the_same(workdir: Path, home: Path, name: str) -> None:
    """Its text counts, and not its time, size and place."""
    folder = workdir if name == "uv.toml" else home / ".config" / "pip"
    for url in ("https://h/a", "https://h/b"):
        write_files(folder, {name: index_table(url) if name == "uv.toml" else f"[global]\nindex-url = {url}"})
        os.utime(folder / name, (1, 1))
        assert discovered().urls == [url]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps a folder that somebody works in")
def test_working_folder_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A working folder that is gone has no project files, and that is no error."""
    monkeypatch.setenv("UV_INDEX", "https://h/a")
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert discovered().urls == ["https://h/a"]
    assert discovered().problems == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        pytest.param("uv.toml", "index-url = 'https://u:{}@h:99999/'", id="a bad port"),
        pytest.param("uv.toml", "index-url = 'https://u:{}/x@h/'", id="a slash in the password"),
        pytest.param("uv.toml", "index-url = 'https://u%3A:{}@h/'", id="a colon in the user name"),
        pytest.param("uv.toml", "index-url = 'https://u:{}%0A@h/'", id="a control character"),
        pytest.param("uv.toml", "index-url = 'https://u:{}@h/", id="an open string"),
        pytest.param("uv.toml", "{} = 1\n{} = 2", id="a key twice"),
        pytest.param("uv.toml", "index-url = ['https://u:{}@h/']", id="an array for a string"),
        pytest.param("uv.toml", "index = ['https://u:{}@h/']", id="a string for a table"),
        pytest.param("uv.toml", "index = 'https://u:{}@h/'", id="a string for an array"),
        pytest.param("uv.toml", "pip = '{}'", id="a string for [pip]"),
        pytest.param("uv.toml", "keyring-provider = '{}'", id="an unknown provider"),
        pytest.param("uv.toml", "[[index]]\nurl = 'https://h/'\nname = '{}/'", id="a bad name"),
        pytest.param("uv.toml", "[[index]]\nurl = 'https://h/'\nauthenticate = '{}'", id="an unknown policy"),
        pytest.param("uv.toml", "[[index]]\nurl = 'https://h/'\nname = 'n'\npublish-url = '{}'", id="a publish URL"),
        pytest.param("pyproject.toml", "[tool]\nuv = '{}'", id="a string for [tool.uv]"),
        pytest.param("pip.conf", "index-url = https://u:{}@h/", id="no section"),
        pytest.param("pip.conf", "[global]\n{}", id="no value"),
        pytest.param("pip.conf", "[global]\n{0} = 1\n{0} = 2", id="an option twice"),
        pytest.param("pip.conf", "[{0}]\n[{0}]", id="a section twice"),
        pytest.param("pip.conf", "[global]\nindex-url = https://u:{}/@h:x/", id="a bad URL"),
        pytest.param("UV_INDEX", "https://u:{}@h:x/", id="a bad URL in a variable"),
        pytest.param("UV_INDEX", "{}/=https://h/", id="a bad name in a variable"),
        pytest.param("UV_KEYRING_PROVIDER", "{}", id="an unknown provider in a variable"),
        pytest.param("UV_NO_CONFIG", "{}", id="a boolean that is none"),
    ],
)
def test_no_secret_in_a_problem(monkeypatch: pytest.MonkeyPatch, workdir: Path, name: str, text: str) -> None:
    """Whatever is wrong, and whatever stands there: the message names the place and quotes nothing."""
    if name.isupper():
        monkeypatch.setenv(name, text.format(SECRET, SECRET))
    else:
        write_files(workdir, {name: text.format(SECRET, SECRET)})
    if name == "pip.conf":
        monkeypatch.setenv("PIP_CONFIG_FILE", name)
    found = discovered()
    assert len(found.problems) == 1
    assert name in found.problems[0]
    assert SECRET not in found.problems[0] + repr(found.settings)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.text(max_size=20), tail=st.text(max_size=20), name=st.sampled_from(["uv.toml", "pip.conf", "UV_INDEX"]))
def test_no_message_about_a_configuration_holds_a_secret(workdir: Path, noise: str, tail: str, name: str) -> None:
    """No text makes discovery fail, or a message quote the text."""
    text = f"{noise}{SECRET}{tail}".replace("\0", "").encode("utf-8", "replace").decode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UV_INDEX", text if name == "UV_INDEX" else "")
        patch.setenv("PIP_CONFIG_FILE", str(workdir / "pip.conf"))
        for file in ("uv.toml", "pip.conf"):
            (workdir / file).write_bytes(text.encode() if file == name else b"")
        assert SECRET not in "".join(discovered().problems)


@pytest.mark.skipif(sys.platform == "win32", reason="there a library has to ask the system for pip's folders")
def test_importing_is_cheap() -> None:
    """Importing the module, and running it where there is no file, loads nothing that takes time."""
    program = (
        "import sys\n"
        "from requests_indexauth.config import pip, settings\n"
        "pip._machine_folders = lambda: []\n"
        "assert settings.discover(print).indexes\n"
        "print(*sys.modules)"
    )
    environ = {**os.environ, "UV_INDEX": "https://h/simple", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, check=True, capture_output=True, text=True, env=environ).stdout.split()
    heavy = {"requests", "urllib3", "tomllib", "tomli", "configparser", "platformdirs", "keyring", "pathlib"}
    # A site may load some by itself, before any of our code.
    bare = subprocess.run(
        [sys.executable, "-c", "import sys; print(*sys.modules)"], check=True, capture_output=True, text=True
    ).stdout.split()
    assert heavy & set(loaded) - set(bare) == set()


def test_working_folder_is_not_needed(monkeypatch: pytest.MonkeyPatch, workdir: Path) -> None:
    """A configuration file is found from a folder below, however deep."""
    write_files(workdir, {"uv.toml": index_table("https://h/a"), "a/b/c/d": ""})
    monkeypatch.chdir(workdir / "a" / "b" / "c")
    assert discovered().urls == ["https://h/a"]
