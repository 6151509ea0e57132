"""Every pip we know on every Python it runs on: all that reaches an index finds its credentials, at K + 1 requests."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Callable

import pytest

from support.index import PAGES, IndexServer, ServeIndex
from support.keyrings import FakeCommand
from support.pips import Pip, command_lines
from support.wheels import BACKEND, backend_wheel, build_sdist, build_wheel

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from support.messages import Request

NEWEST = "pip"  # whatever is newest for that Python
OLD = "21.3.1"

# Where that pip runs: 22.3.1 and older cannot look for packages on Python 3.12, and the newest needs more than 3.9.
MATRIX = [
    ("python3.9", OLD),
    ("python3.9", "22.3.1"),
    ("python3.9", "23.2.1"),
    ("python3.9", "24.3.1"),
    ("python3.9", "25.3"),
    ("python3.11", OLD),
    ("python3.11", "22.3.1"),
    ("python3.11", "23.2.1"),
    ("python3.11", "24.3.1"),
    ("python3.11", "25.3"),
    ("python3.11", NEWEST),
    ("python3.13", "23.2.1"),
    ("python3.13", "24.3.1"),
    ("python3.13", "25.3"),
    ("python3.13", NEWEST),
]
# Of this run alone: a test looks for it in the command lines of all processes, and other tests' have theirs there.
PASSWORD = f"s3cret-{secrets.token_hex(8)}"
USERS = {"me": PASSWORD}


@pytest.fixture(params=MATRIX, ids=lambda one: f"{one[0]}-{one[1].replace('pip', 'newest')}", scope="module")
def environment(request: pytest.FixtureRequest, virtual_environment: Callable[..., Path]) -> tuple[str, Pip]:
    """Return the version of a pip, and that pip in an environment where this package is installed."""
    python, version = request.param
    requirement = "pip" if version == NEWEST else f"pip=={version}"
    folder = virtual_environment(python, "--upgrade", requirement)
    return version, Pip(folder / "bin" / "python")


@pytest.fixture
def version(environment: tuple[str, Pip]) -> str:
    """Return the pip's version."""
    return environment[0]


@pytest.fixture
def pip(environment: tuple[str, Pip]) -> Pip:
    """Return the pip under test."""
    return environment[1]


@pytest.fixture
def index(serve_index: ServeIndex) -> IndexServer:
    """Return a private index, all of it behind a password."""
    packages = [
        "thing",
        "other",
        build_wheel("both", requires=["thing", "other"]),
        build_sdist("made"),
        backend_wheel(),
    ]
    made: IndexServer = serve_index(packages, USERS)
    return made


def write_netrc(home: Path) -> None:
    """Put the password where the oldest tools look for it."""
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {PASSWORD}\n")


def test_a_netrc_entry_serves_every_command_for_one_refusal(
    pip: Pip, index: IndexServer, home: Path, workdir: Path
) -> None:
    """install, download, wheel and index versions each cost one request more than with the password in the URL."""
    write_netrc(home)
    for command, packages in (
        (["install", "--target", workdir / "site", "both"], 3),
        (["download", "--dest", workdir / "files", "both"], 3),
        (["wheel", "--wheel-dir", workdir / "wheels", "both"], 3),
    ):
        index.clear()
        ran = pip(command[0], "--no-cache-dir", "--index-url", index.index_url(), *command[1:])
        assert ran.code == 0, ran
        assert "WARNING: 401" not in ran.err
        assert index.statuses == [401] + [200] * 2 * packages, index.requests
        assert index.authorizations[1:] == [("basic", "me", PASSWORD)] * 2 * packages
    assert (workdir / "site" / "thing").is_dir()
    assert len(list((workdir / "files").iterdir())) == len(list((workdir / "wheels").iterdir())) == 3

    index.clear()
    ran = pip("index", "versions", "--index-url", index.index_url(), "thing")
    assert (ran.code, "thing (1.0)" in ran.out) == (0, True), ran
    assert index.statuses == [401, 200]


def modes_of(version: str) -> list[str]:
    """Return the options for each way of isolating builds that a version of pip has."""
    newest = ["--use-feature=venv-isolation", "--use-feature=inprocess-build-deps"]
    return ["--no-color", *(newest if version == NEWEST else [])]  # the first means nothing: it is the default mode


def test_build_requirements_come_from_the_private_index_and_no_password_is_on_a_command_line(
    pip: Pip, version: str, index: IndexServer, workdir: Path
) -> None:
    """What builds a source distribution is installed with the same credentials, in every mode the pip has."""
    seen: list[str] = []

    def look(request: Request) -> None:
        if BACKEND in request.path:
            seen.extend(command_lines())

    index.before_reply = look
    variables = {"PIP_INDEX_URL": index.index_url(user="me", password=PASSWORD)}
    for mode in modes_of(version):
        index.clear()
        seen.clear()
        ran = pip("install", "--no-cache-dir", "--target", workdir / mode, mode, "made", **variables)
        assert ran.code == 0, ran
        assert (workdir / mode / "made-1.0.dist-info").is_dir()
        assert set(index.authorizations) == {("basic", "me", PASSWORD)}
        assert f"/simple/{BACKEND}/" in [request.path for request in index.requests]
        children = [line for line in seen if "--prefix" in line and index.netloc in line]
        assert bool(children) == ("inprocess" not in mode)
        assert not [line for line in seen if PASSWORD in line]


def test_build_requirements_are_found_with_what_the_parent_has_found(
    pip: Pip, index: IndexServer, home: Path, workdir: Path
) -> None:
    """The child starts with what its parent knows: one refusal for both."""
    write_netrc(home)
    ran = pip("wheel", "--no-cache-dir", "--wheel-dir", workdir / "wheels", "--index-url", index.index_url(), "made")
    assert ran.code == 0, ran
    statuses = [request.status for request in index.requests if request.path != "/simple/pip/"]  # 21.3.1's child asks
    assert statuses == [401] + [200] * 4, index.requests


def test_an_index_and_a_trusted_host_inside_a_requirements_file(
    pip: Pip, serve_index: ServeIndex, tls: ssl.SSLContext, home: Path, workdir: Path
) -> None:
    """Both come from the file, after the session is made; the credentials come from the store."""
    index = serve_index(["thing", "other"], USERS, tls=tls, root="/team/simple")
    store = home / ".local" / "share" / "uv" / "credentials"
    store.mkdir(parents=True)
    (store / "credentials.toml").write_text(
        f'[[credential]]\nservice = "{index.url}/team"\nusername = "me"\nscheme = "basic"\npassword = "{PASSWORD}"\n'
    )
    requirements = workdir / "requirements.txt"
    requirements.write_text(f"--index-url {index.index_url()}\n--trusted-host {index.netloc}\nthing\nother\n")
    ran = pip("install", "--target", workdir / "site", "-r", requirements)
    assert ran.code == 0, ran
    assert index.statuses == [401] + [200] * 4, index.requests


def test_a_public_and_a_private_index_together(pip: Pip, serve_index: ServeIndex, workdir: Path) -> None:
    """Only the private one is sent the credentials, that are its by name, and at once."""
    public = serve_index(["thing"])
    private = serve_index(["other"], USERS, root="/team/simple")
    (workdir / "uv.toml").write_text(f'[[index]]\nname = "our-team"\nurl = "{private.index_url()}"\n')
    ran = pip(
        *("install", "--no-cache-dir", "--target", workdir / "site", "thing", "other"),
        *("--index-url", public.index_url(), "--extra-index-url", private.index_url()),
        UV_INDEX_OUR_TEAM_USERNAME="me",
        UV_INDEX_OUR_TEAM_PASSWORD=PASSWORD,
    )
    assert ran.code == 0, ran
    assert set(public.authorizations) == {None}
    assert set(private.authorizations) == {("basic", "me", PASSWORD)}
    assert 401 not in private.statuses


def test_a_keyring_is_asked_once(
    pip: Pip, index: IndexServer, workdir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By pip's own default the keyring command is asked when the library has nothing to look into: once."""
    index.root.protect = {PAGES}
    command = FakeCommand(tmp_path)
    command.knows({(index.index_url(), "me"): PASSWORD})
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    ran = pip("install", "--no-cache-dir", "--target", workdir / "site", "--index-url", index.index_url(), "both")
    assert ran.code == 0, ran
    assert index.count(status=401) == 1
    assert command.argvs == [["get", index.index_url(), "--mode", "creds"]]


@pytest.fixture
def pip_with_tools(virtual_environment: Callable[..., Path]) -> Pip:
    """Return a pip that has pip-tools beside it."""
    return Pip(virtual_environment("python3.13", "--upgrade", "pip", "pip-tools") / "bin" / "python")


def test_pip_compile_goes_through_the_same_door(
    pip_with_tools: Pip, index: IndexServer, home: Path, workdir: Path
) -> None:
    """`-m piptools compile` finds the credentials, and those for build dependencies, for one refusal."""
    write_netrc(home)
    (workdir / "requirements.in").write_text("both\nmade\n")
    options = ["--quiet", "--strip-extras", "--no-emit-index-url", "--index-url", index.index_url()]
    ran = pip_with_tools("-m", "piptools", "compile", *options, "requirements.in")
    assert ran.code == 0, ran
    pinned = (workdir / "requirements.txt").read_text().splitlines()
    assert [line for line in pinned if "==" in line] == ["both==1.0", "made==1.0", "other==1.0", "thing==1.0"]
    assert index.count(status=401) == 1
    assert index.count(path="/simple/tiny-backend/") == 1


def test_a_pip_that_pip_tools_starts_finds_credentials_too(
    pip_with_tools: Pip, index: IndexServer, home: Path, workdir: Path
) -> None:
    """`compile` starts one to build a project's metadata."""
    store = home / ".local" / "share" / "uv" / "credentials"
    store.mkdir(parents=True)
    (store / "credentials.toml").write_text(
        f'[[credential]]\nservice = "{index.url}"\nusername = "me"\nscheme = "basic"\npassword = "{PASSWORD}"\n'
    )
    (workdir / "pyproject.toml").write_text(
        f'[build-system]\nrequires = ["{BACKEND}"]\nbuild-backend = "tiny_backend"\n'
        '[project]\nname = "mine"\nversion = "1"\ndynamic = ["dependencies"]\n'
    )
    (workdir / "PKG-INFO").write_text("Metadata-Version: 2.1\nName: mine\nVersion: 1\nRequires-Dist: both\n")
    variables = {"PIP_INDEX_URL": index.index_url()}
    ran = pip_with_tools("-m", "piptools", "compile", "--quiet", "--strip-extras", "pyproject.toml", **variables)
    assert ran.code == 0, ran
    assert index.count(path="/simple/tiny-backend/", status=200) == 1
    assert "both==1.0" in (workdir / "requirements.txt").read_text()
