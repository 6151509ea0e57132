"""pip's variables and files, read as pip reads them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from requests_indexauth.config import pip as config_pip
from requests_indexauth.config.pip import pip_definitions, pip_files
from support.configuration import write_files
from support.platforms import OLD_PIP_CONFIG, PIP_CONFIG, pretend_macos, pretend_windows


def urls(cwd: Path, problems: list[str] | None = None) -> list[str]:
    """Return the URLs pip would use."""
    found: list[str] = []
    entries = pip_definitions(str(cwd), lambda error: found.append(str(error)))
    if problems is None:
        assert found == []
    else:
        problems += found
    return [str(entry.url) for entry in entries]


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return the folder that stands in for the machine's, and keep the real ones out."""
    monkeypatch.setattr(config_pip, "_machine_folders", lambda: [str(tmp_path / "machine")])
    monkeypatch.setattr(config_pip, "_FILE", "pip.conf")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    return tmp_path / "machine"


@pytest.fixture
def everywhere(machine: Path, home: Path) -> dict[str, Path]:
    """Return each folder where pip has a file, by what it is called, weakest first."""
    return {"machine": machine, "old": home / OLD_PIP_CONFIG, "user": home / PIP_CONFIG, "prefix": Path(sys.prefix)}


def test_stronger_files_replace_weaker(everywhere: dict[str, Path], workdir: Path) -> None:
    """Machine, user (old, then new place), environment: each later one's value replaces the earlier one's."""
    for name, folder in everywhere.items():
        write_files(
            folder, {"pip.conf": f"[global]\nindex-url = https://h/{name}\nextra-index-url = https://h/x{name}"}
        )
        assert urls(workdir) == [f"https://h/{name}", f"https://h/x{name}"]


def test_named_file(monkeypatch: pytest.MonkeyPatch, everywhere: dict[str, Path], workdir: Path) -> None:
    """PIP_CONFIG_FILE is the strongest file, relative to the working folder; the user's is then not read."""
    write_files(workdir, {"my.conf": "[global]\nindex-url = https://h/named"})
    write_files(everywhere["machine"], {"pip.conf": "[global]\nfind-links = https://h/machine"})
    write_files(everywhere["user"], {"pip.conf": "[global]\nextra-index-url = https://h/user"})
    write_files(everywhere["prefix"], {"pip.conf": "[global]\nindex-url = https://h/prefix"})
    monkeypatch.setenv("PIP_CONFIG_FILE", "my.conf")
    assert urls(workdir) == ["https://h/named", "https://h/machine"]
    monkeypatch.setenv("PIP_CONFIG_FILE", "none.conf")
    assert urls(workdir) == ["https://h/prefix", "https://h/user", "https://h/machine"]


def test_null_device(monkeypatch: pytest.MonkeyPatch, everywhere: dict[str, Path], workdir: Path) -> None:
    """PIP_CONFIG_FILE as the null device is for no file at all; variables still count."""
    for folder in everywhere.values():
        write_files(folder, {"pip.conf": "[global]\nindex-url = https://h/a"})
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://h/b")
    assert urls(workdir) == ["https://h/b"]


def test_variables_replace_files(monkeypatch: pytest.MonkeyPatch, machine: Path, workdir: Path) -> None:
    """A variable replaces what any section of any file says; an empty one is unset."""
    text = "[global]\nindex-url = https://h/a\nextra-index-url = https://h/b\n[install]\nindex-url = https://h/c"
    write_files(machine, {"pip.conf": text})
    monkeypatch.setenv("PIP_INDEX_URL", "https://h/env ")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", " ")
    assert urls(workdir) == ["https://h/env", "https://h/b"]
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://h/x\nhttps://h/y https://h/z")
    monkeypatch.setenv("PIP_FIND_LINKS", "https://h/l ./wheels")
    assert urls(workdir) == [
        "https://h/env",
        "https://h/x",
        "https://h/y",
        "https://h/z",
        "https://h/l",
        "./wheels",
    ]


def test_sections(machine: Path, workdir: Path) -> None:
    """Which command will ask is not known: every section counts, and [global] last, for a command's goes over it."""
    text = "[global]\nindex-url = https://h/g\n[install]\nindex-url = https://h/i\n[download]\nindex-url = https://h/d"
    write_files(machine, {"pip.conf": text})
    assert urls(workdir) == ["https://h/i", "https://h/d", "https://h/g"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("INDEX_URL = a", ["a"], id="any case, underscores"),
        pytest.param("--index-url = a", ["a"], id="dashes"),
        pytest.param("pypi-url = a", ["a"], id="another name"),
        pytest.param("extra-index-url =\n    a\n    b", ["a", "b"], id="several lines"),
        pytest.param("extra-index-url = a b", ["a", "b"], id="one line"),
        pytest.param("index-url: a", ["a"], id="colon"),
        pytest.param("index-url = https://u:%70@h/%(x)s", ["https://u:%70@h/%(x)s"], id="percent signs"),
        pytest.param("index-url =", [], id="empty"),
        pytest.param("timeout = 60", [], id="other keys"),
    ],
)
def test_keys(machine: Path, workdir: Path, text: str, expected: list[str]) -> None:
    """Keys may be written in any way pip takes; what pip leaves alone is left alone."""
    write_files(machine, {"pip.conf": f"[global]\n{text}\n"})
    assert urls(workdir) == expected


def test_an_empty_value_hides_a_weaker_file(everywhere: dict[str, Path], workdir: Path) -> None:
    """An empty value in a stronger file is no index, and takes the weaker one away, as in pip."""
    write_files(everywhere["machine"], {"pip.conf": "[global]\nindex-url = https://h/a"})
    write_files(everywhere["prefix"], {"pip.conf": "[global]\nindex-url ="})
    assert urls(workdir) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("index-url = https://u:secret@h", 1, id="no section"),
        pytest.param("[global]\nsecret", 2, id="no value"),
        pytest.param("[global]\nsecret = 1\nsecret = 2", 3, id="twice"),
    ],
)
def test_broken_files(machine: Path, home: Path, workdir: Path, text: str, line: int) -> None:
    """A file that does not parse is reported with the line, and the others count."""
    write_files(machine, {"pip.conf": text})
    write_files(home, {f"{OLD_PIP_CONFIG}/pip.conf": "[global]\nindex-url = a"})
    problems: list[str] = []
    assert urls(workdir, problems) == ["a"]
    assert problems == [f"{machine / 'pip.conf'}: not a valid configuration file (line {line}): correct the file"]


def test_an_error_without_a_line(monkeypatch: pytest.MonkeyPatch, machine: Path, workdir: Path) -> None:
    """Where the parser tells no line, none is told."""
    from configparser import Error, RawConfigParser

    def fail(*_: object) -> None:
        raise Error

    monkeypatch.setattr(RawConfigParser, "read_string", fail)
    write_files(machine, {"pip.conf": ""})
    problems: list[str] = []
    assert urls(workdir, problems) == []
    assert problems == [f"{machine / 'pip.conf'}: not a valid configuration file: correct the file"]


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        pytest.param("linux", {}, ["/etc/xdg/pip", "/etc", "~/.pip", "~/.config/pip"], id="Linux"),
        pytest.param(
            "linux",
            {"XDG_CONFIG_DIRS": "/x:~/y:", "XDG_CONFIG_HOME": "/z"},
            ["/x/pip", "~/y/pip", "/etc", "~/.pip", "/z/pip"],
            id="Linux, XDG",
        ),
        pytest.param(
            "darwin",
            {"XDG_CONFIG_HOME": "/z"},
            ["/Library/Application Support/pip", "~/.pip", "~/.config/pip"],
            id="macOS",
        ),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
def test_places(
    monkeypatch: pytest.MonkeyPatch, home: Path, platform: str, variables: dict[str, str], expected: list[str]
) -> None:
    """The files are looked for where pip looks on this system."""
    monkeypatch.undo()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_DIRS", "XDG_CONFIG_HOME", "PIP_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    if platform == "darwin":
        pretend_macos(monkeypatch)
    monkeypatch.setattr(sys, "prefix", "/prefix")  # of a Python that Homebrew has nothing to do with
    places = [*(f"{folder.replace('~', str(home), 1)}/pip.conf" for folder in expected), f"{sys.prefix}/pip.conf"]
    assert list(pip_files("/cwd")) == places


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
def test_place_on_macos_with_a_library(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """On macOS the folder in the Library is the user's, when it is there."""
    pretend_macos(monkeypatch)
    folder = home / "Library" / "Application Support" / "pip"
    folder.mkdir(parents=True)
    assert f"{folder}/pip.conf" in list(pip_files("/cwd"))


def test_places_on_windows(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """On Windows the system tells the folders, whatever PROGRAMDATA and APPDATA say: pip does not look at those."""
    monkeypatch.undo()
    monkeypatch.delenv("PIP_CONFIG_FILE", raising=False)
    pretend_windows(monkeypatch, home)
    monkeypatch.setenv("PROGRAMDATA", "P")
    monkeypatch.setenv("APPDATA", "A")
    places = list(pip_files("/cwd"))
    assert places[0] == str(home / "ProgramData" / "pip" / "pip.ini")
    assert places[2:] == [str(home / "AppData/Roaming/pip/pip.ini"), str(Path(sys.prefix, "pip.ini"))]


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
def test_place_on_macos_with_homebrew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python of Homebrew's has one more folder for the whole machine, which is the library's to know."""
    monkeypatch.undo()
    pretend_macos(monkeypatch)
    for name in ("prefix", "base_prefix"):
        monkeypatch.setattr(sys, name, "/opt/homebrew/opt/python@3.13/Frameworks/Python.framework/Versions/3.13")
    assert "/opt/homebrew/share/pip/pip.conf" in list(pip_files("/cwd"))


# What `pip install` would use when its command line names nothing.
ASK_PIP = """
from pip._internal.commands import create_command
options, _ = create_command("install").parser.parse_args([])
print(*options.extra_index_urls)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the paths are those of Unix")
@pytest.mark.parametrize(
    ("files", "variables"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"machine": "a", "old": "b"}, {}, id="the user's over the machine's"),
        pytest.param({"old": "a", "user": "b"}, {}, id="the new place over the old"),
        pytest.param({"user": "a", "named": "b"}, {"PIP_CONFIG_FILE": "named/pip.conf"}, id="named"),
        pytest.param({"user": "a"}, {"PIP_CONFIG_FILE": "named/pip.conf"}, id="named but missing"),
        pytest.param({"user": "a"}, {"PIP_CONFIG_FILE": os.devnull}, id="the null device"),
        pytest.param({"user": "a"}, {"PIP_EXTRA_INDEX_URL": "https://h/env https://h/two"}, id="variable"),
        pytest.param({"user": "a"}, {"PIP_EXTRA_INDEX_URL": ""}, id="empty variable"),
        pytest.param({"old": "a\n  https://h/b", "user": "\n"}, {}, id="empty in a stronger file"),
        pytest.param({"old": "a\n  https://h/b https://h/c"}, {}, id="several"),
        pytest.param({"old": "a\n[install]\nextra_index_url ="}, {}, id="empty in the command's section"),
    ],
)
def test_same_as_pip(
    monkeypatch: pytest.MonkeyPatch, home: Path, workdir: Path, files: dict[str, str], variables: dict[str, str]
) -> None:
    """The pip of this interpreter takes the same value from the same files and variables."""
    monkeypatch.undo()  # the machine's own places count here: pip cannot be kept from them
    folders = {
        "machine": workdir / "pip",
        "old": home / ".pip",
        "user": home / ".config" / "pip",
        "named": workdir / "named",
    }
    for name, value in files.items():
        write_files(folders[name], {"pip.conf": f"[global]\nextra-index-url = {value and 'https://h/'}{value}\n"})
    monkeypatch.chdir(workdir)
    for name in [name for name in os.environ if name.startswith(("PIP_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name, value in {"HOME": str(home), "XDG_CONFIG_DIRS": str(workdir), **variables}.items():
        monkeypatch.setenv(name, value)
    command = [sys.executable, "-c", ASK_PIP]
    pip = subprocess.run(command, check=False, capture_output=True, text=True)
    if "No module named 'pip'" in pip.stderr:
        pytest.skip("pip is not installed")
    assert [url for url in urls(workdir) if url.startswith("https://h/")] == pip.stdout.split()
