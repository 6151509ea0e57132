"""Files that a project brings along: no link, size, nesting or number of them costs more than a moment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any, Callable

import pytest

from requests_indexauth import Credentials, CredentialStore, IndexAuth
from requests_indexauth.config.settings import discover
from requests_indexauth.config.toml import LARGEST
from requests_indexauth.util import files
from support.configuration import PROJECT, discovered, index_table, write_files
from support.forking import in_forked_child
from support.platforms import PIP_CONFIG, PIP_FILE, STORE, UV_CONFIG

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the limits are a forked child's")

URL = "https://pkgs.example.com/team/simple/"
MEMORY = 1 << 30
"""Bytes that some work may take."""


def limited(work: Callable[[], Any]) -> Any:
    """Return what some work returns with little memory and in little time."""

    def run() -> Any:
        import resource

        most = address_space() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
        return work()

    return in_forked_child(run)


def address_space() -> int:
    """Return how many bytes this process has set aside: gigabytes after a test with many threads, on many cores."""
    try:
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:  # no Linux
        return 1 << 30


def problems() -> list[str]:
    """Return what is wrong with the files that count here."""
    return discovered().problems


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device")  # noqa: PTH110
@pytest.mark.parametrize("name", ["uv.toml", "pyproject.toml"])
def test_a_projects_link_to_a_device_is_not_read(workdir: Path, name: str) -> None:
    """Nor one to the standard input, or to a pipe."""
    link = workdir / name
    for target in ("/dev/zero", "/dev/stdin", "/dev/tty"):
        if not os.path.exists(target):  # noqa: PTH110
            continue
        link.symlink_to(target)
        found = limited(problems)
        link.unlink()
        assert isinstance(found, list)
        assert len(found) == 1
        assert str(link) in found[0]
        assert "make it readable or remove it" in found[0]


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="no such device")  # noqa: PTH110
@pytest.mark.parametrize(
    "name",
    [
        ".netrc",
        ".pypirc",
        f"{UV_CONFIG}/uv.toml",
        f"{PIP_CONFIG}/{PIP_FILE}",
        STORE,
    ],
)
def test_a_file_without_an_end_is_one_warning(home: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    """Its memory is bounded, and nothing else of the chain is lost."""
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to("/dev/zero")

    def resolve() -> tuple[bool, list[str]]:
        auth = IndexAuth(prompt=lambda _url, _username: Credentials.basic("me", "pw"))
        found = auth.resolve(URL) == Credentials.basic("me", "pw")
        return found, [record.getMessage() for record in caplog.records]

    found, warnings = limited(resolve)
    assert found
    assert len(warnings) == 1
    assert str(path) in warnings[0]
    assert "larger than" in warnings[0]


def test_a_pipe_without_an_end_is_given_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often somebody writes to it."""
    monkeypatch.setattr(files, "WHOLE_PIPE_SECONDS", 0.0)
    path = home / ".netrc"
    os.mkfifo(path)
    writer = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        os.write(writer, b"machine ")
        with pytest.raises(TimeoutError, match="no end"):
            files.read_file(str(path))
    finally:
        os.close(writer)


def test_a_large_configuration_is_refused(workdir: Path) -> None:
    """A parser takes seconds for it; what is as large as allowed is read."""
    write_files(workdir, {"uv.toml": index_table(URL) + "#" * LARGEST})
    found = discovered()
    assert found.urls == []
    assert ["larger than 1 MiB" in problem for problem in found.problems] == [True]
    write_files(workdir, {"uv.toml": (index_table(URL) + "#" * LARGEST)[:LARGEST]})
    assert discovered().urls == [URL]


def test_a_store_of_ten_thousand_entries_is_read(home: Path) -> None:
    """The largest that anybody has is far from the limit."""
    path = home / "credentials.toml"
    entry = '[[credential]]\nservice = "https://host/{}/{}"\nusername = "me"\nscheme = "basic"\npassword = "{}"\n'
    path.write_text("\n".join(entry.format("x" * 100, number, "p" * 200) for number in range(10_000)))
    assert path.stat().st_size * 8 < files.LARGEST
    assert len(CredentialStore(path).services()) == 10_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = " + "[" * 10**6, id="nested arrays"),
        pytest.param("x = " + "{x = " * 200_000, id="nested tables"),
        pytest.param("x = " + "9" * 10**6, id="a large number"),
        pytest.param("x." * 400_000 + "x = 1", id="a key of many parts"),
        pytest.param('"x" . ' * 150_000 + "x = 1", id="a key of many quoted parts"),
        pytest.param("[" + "x." * 200_000 + "x]\n" + "".join(f"k{n}=1\n" for n in range(50_000)), id="a long header"),
    ],
)
def test_a_hostile_toml_file_is_refused_in_a_moment(workdir: Path, text: str) -> None:
    """With one line that names it."""
    write_files(workdir, {"uv.toml": text})
    found = limited(problems)
    assert isinstance(found, list)
    assert len(found) == 1
    assert str(workdir / "uv.toml") in found[0]
    assert "correct the file" in found[0]
    assert len(found[0]) < 300


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("x = '" + "x" * 10**6 + "'\n", id="one line"),
        pytest.param(" " * 10**6, id="blanks"),
        pytest.param("x" * 10**6 + " = 1", id="a long key"),
        pytest.param("x = [" + "'a.b.c', " * 100_000 + "]", id="many dotted texts on one line"),
        pytest.param(f"x = '{'a.' * 30}' # {', '.join('a.' * 20 for _ in range(20_000))}", id="dots in a comment"),
        pytest.param("x = 1\n" + "#\n" * 400_000, id="many lines"),
    ],
)
def test_an_odd_toml_file_is_read_in_a_moment(workdir: Path, text: str) -> None:
    """There is nothing wrong with it."""
    write_files(workdir, {"uv.toml": text})
    assert limited(problems) == []


@pytest.mark.parametrize(
    "table", ['url = "https://h/{}/simple"\nname = "n{}"\n', 'url = "https://h/simple"\n', "x = 1\n"]
)
def test_thousands_of_indexes_are_read_in_a_moment(workdir: Path, table: str) -> None:
    """The same ones, different ones and broken ones."""
    count = 15_000
    text = "".join("[[index]]\n" + table.format(number, number) for number in range(count))
    write_files(workdir, {"uv.toml": text})

    def read() -> tuple[int, int]:
        found: list[object] = []
        return len(discover(found.append).indexes), len(found)

    assert limited(read) == ((count, 0) if "url" in table else (0, count))


def test_a_mistake_in_a_file_of_many_lines_costs_no_more_than_in_a_short_one(workdir: Path) -> None:
    """Tables in one line have no line of their own, and a key as good as none: neither is looked for in all lines."""
    lines = "".join(f"a{number} = 1\n" for number in range(35_000))
    for mistakes in ("{}," * 90_000, "".join(f"{{url='h', name={number}}}," for number in range(20_000))):
        write_files(workdir, {"uv.toml": f"index = [{mistakes}]\n{lines}"})
        assert limited(lambda: len(problems())) == mistakes.count("}")
    mistakes = "".join(f'"extra-index-url\u00e9{number}" = 1\n' for number in range(10_000))
    write_files(workdir, {"uv.toml": lines + mistakes})
    assert limited(lambda: len(problems())) == 10_000


def test_a_session_warns_of_no_more_than_a_hundred_mistakes(workdir: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The last warning says that there are more."""
    write_files(workdir, {"uv.toml": "index = [" + "{}," * 1000 + "]"})
    auth = IndexAuth()
    assert auth.resolve(URL) is None
    assert auth.resolve(URL) is None
    assert len(caplog.records) == 101
    assert caplog.records[-1].getMessage().startswith("the configuration has more than 100 mistakes")


@pytest.mark.parametrize(
    "content", [b"#" * LARGEST, b"#" * (LARGEST - 1) + b"\xff", b"#" * (LARGEST + 1)], ids=["large", "odd", "too large"]
)
def test_many_large_members_of_a_workspace_cost_a_moment(workdir: Path, content: bytes) -> None:
    """Thousands of links to one folder are cheap to write, and each would have its file read; one warning says so."""
    members = "[tool.uv.workspace]\nmembers = ['m*']\n"
    write_files(workdir, {"pyproject.toml": PROJECT + members, "uv.toml": index_table(URL)})
    write_files(workdir / "one", {"pyproject.toml": ""})
    (workdir / "one" / "pyproject.toml").write_bytes(content)
    for number in range(9_000):
        (workdir / f"m{number}").symlink_to("one")
    found, told = limited(lambda: (discovered().urls, problems()))
    assert found == [URL]
    assert "its members' files are too large" in told[-1]
    assert len(told) < 100


def test_a_hostile_workspace_costs_a_moment(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The project is then the root of its own, and the file with the patterns is named."""
    members = ",".join(f"'{number}*'" for number in range(60_000))
    project = workdir / "/".join(["a"] * 30)
    write_files(workdir, {"pyproject.toml": PROJECT + f"[tool.uv.workspace]\nmembers = [{members}]\n"})
    write_files(project, {"pyproject.toml": PROJECT, "uv.toml": index_table(URL)})
    monkeypatch.chdir(project)
    assert limited(
        lambda: (discovered().urls, len(problems()), "tool.uv.workspace: its patterns" in problems()[0])
    ) == (
        [URL],
        1,
        True,
    )
    write_files(workdir, {"pyproject.toml": PROJECT + f"[tool.uv.workspace]\nmembers = ['{'**/a/' * 28}b']\n"})
    assert limited(lambda: (discovered().urls, problems())) == ([URL], [])
