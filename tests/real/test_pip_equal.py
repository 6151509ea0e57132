"""Where credentials don't matter pip-indexauth is pip; where they do, what goes wrong is said as pip says things."""

from __future__ import annotations

import re
import shutil
import tempfile
from typing import TYPE_CHECKING, Callable

import pytest

from support.commands import Ran
from support.files import serve_file
from support.index import IndexServer, ServeIndex
from support.pips import Pip
from support.wheels import build_wheel

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from support.messages import Reply, Request

PASSWORD = "s3cret-word"
USERS = {"me": PASSWORD}
OLDEST, NEWEST = "pip==21.3.1", "pip"
VERSIONS = [("python3.9", OLDEST), ("python3.13", NEWEST)]


@pytest.fixture(params=VERSIONS, ids=lambda one: one[1], scope="module")
def requirement(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Return a Python, and which pip it is to have."""
    python, wanted = request.param
    return python, wanted


@pytest.fixture
def pip(requirement: tuple[str, str], virtual_environment: Callable[..., Path]) -> Pip:
    """Return a pip in an environment where this package is installed."""
    python, wanted = requirement
    return Pip(virtual_environment(python, "--upgrade", wanted) / "bin" / "python")


@pytest.fixture
def private(serve_index: ServeIndex) -> IndexServer:
    """Return a private index."""
    made: IndexServer = serve_index(["thing", "other", build_wheel("both", requires=["thing", "other"])], USERS)
    return made


def same(one: Ran, other: Ran) -> None:
    """Check that two runs ended alike and said the same, but for times, and for folders made for the run."""

    def settled(text: str) -> str:
        text = re.sub(rf"{re.escape(tempfile.gettempdir())}/pip-[\w./-]+", "a folder", text)
        return re.sub(r"\d+(\.\d+)? [kM]B/s|0:00:0\d", "", text)

    assert (one.code, settled(one.out), settled(one.err)) == (other.code, settled(other.out), settled(other.err))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["--version"], 0),
        (["help", "install"], 0),
        (["list", "--format", "freeze"], 0),
        (["config", "list"], 0),
        (["frobnicate"], 1),
        (["install", "--no-such-option"], 2),
        (["install"], 1),
        (["check"], 0),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_commands_without_a_network_are_pips_own(pip: Pip, args: list[str], code: int) -> None:
    """Output, errors and exit code are the same to the letter, but for the program's name in usage lines."""
    wide = {"COLUMNS": "1000"}  # the two names have different lengths, and the newest pip wraps its usage lines
    plain = pip.plain(*args, **wide)
    assert plain.code == code
    named = [text.replace(f"{pip.python} -m pip", "pip-indexauth") for text in (plain.out, plain.err)]
    same(pip(*args, **wide), Ran(plain.code, *named))


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["install", "both"], 0),
        (["install", "-v", "thing"], 0),
        (["install", "-q", "thing"], 0),
        (["install", "thing==9"], 1),
        (["install", "nothing-of-that-name"], 1),
        (["install", "--no-input", "--no-deps", "--report", "-", "both"], 0),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_an_open_index_is_used_as_pip_uses_it(
    pip: Pip, serve_index: ServeIndex, workdir: Path, args: list[str], code: int
) -> None:
    """The same requests, without credentials, and the same output."""
    if "--report" in args and "--report" not in pip.plain("help", "install").out:
        args = [argument for argument in args if argument not in {"--report", "-"}]  # 21.3.1 has none
    # One requirement: pip 21.3.1 takes several out of a set, in an order that no hash seed settles.
    index = serve_index(["thing", build_wheel("both", requires=["thing"])])
    runs = []
    for run in (pip.plain, pip):
        index.clear()
        options = ["--no-cache-dir", "--target", workdir / "site", "--index-url", index.index_url()]
        ran = run(*args, *options)
        shutil.rmtree(workdir / "site", ignore_errors=True)
        runs.append((ran, [(request.method, request.target, dict(request.headers)) for request in index.requests]))
    assert runs[0][0].code == code, runs[0][0]
    same(runs[1][0], runs[0][0])
    assert runs[1][1] == runs[0][1]


def test_the_http_cache_works_as_it_does_in_pip(
    pip: Pip, serve_index: ServeIndex, tls: ssl.SSLContext, ca_bundle: str, home: Path, workdir: Path
) -> None:
    """A second run asks whether pages and files have changed, downloads nothing, and says so; so with credentials."""
    index = serve_index(["thing", "other"], USERS, tls=tls)
    seen = []
    url_with_password = index.index_url(user="me", password=PASSWORD)
    for name, run, url in (("plain", pip.plain, url_with_password), ("ours", pip, index.index_url())):
        if run is pip:
            (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {PASSWORD}\n")
        for attempt in ("cold", "warm"):
            index.clear()
            options = ["--cert", ca_bundle, "--cache-dir", workdir / name, "--index-url", url]
            ran = run("download", *options, "--dest", workdir / name / attempt, "thing", "other")
            assert ran.code == 0, ran
            assert ("Using cached thing-1.0" in ran.out or "Using cached https" in ran.out) == (attempt == "warm"), ran
            seen.append([(one.target, one.headers["If-None-Match"], one.status) for one in index.requests])
    assert seen[3] != seen[2]
    assert [[one for one in run if one[2] != 401] for run in seen[2:]] == seen[:2]


class CutShort(bytes):
    """The beginning of a file, in an answer that promises all of it."""

    promised = 0

    def __len__(self) -> int:
        """Return what the answer promises."""
        return self.promised


def test_a_download_that_broke_off_is_resumed_and_cached(
    pip: Pip, requirement: tuple[str, str], serve_index: ServeIndex, tls: ssl.SSLContext, ca_bundle: str, workdir: Path
) -> None:
    """From pip 25.1 on: the rest is asked for, with the credential, and the whole file is in the cache afterwards."""
    if requirement[1] == OLDEST:
        assert "--resume-retries" not in pip.plain("help", "install").out
        return
    big = build_wheel("thing", padding=300_000)
    index = serve_index([big], USERS, tls=tls)
    whole = index.respond
    broken: list[Request] = []

    def respond(request: Request) -> Reply:
        if not request.path.endswith(".whl") or broken or request.user is None:
            return whole(request)
        broken.append(request)
        reply = serve_file(request, big.content, big.sha256)
        part = CutShort(big.content[:700])
        part.promised = len(big.content)
        return type(reply)(200, reply.headers, part, close=True)

    index.respond = respond
    (workdir / ".netrc").write_text(f"machine 127.0.0.1 login me password {PASSWORD}\n")
    options = ["--cert", ca_bundle, "--cache-dir", workdir / "cache", "--index-url", index.index_url()]
    ran = pip(
        *("download", *options, "--dest", workdir / "cold", "thing"),
        NETRC=str(workdir / ".netrc"),
    )
    assert ran.code == 0, ran
    files = [request for request in index.requests if request.path.endswith(".whl")]
    assert [request.status for request in files] == [200, 206], index.requests
    assert {request.user for request in files} == {"me"}
    assert (workdir / "cold" / big.filename).read_bytes() == big.content

    index.clear()
    ran = pip("download", *options, "--dest", workdir / "warm", "thing", NETRC=str(workdir / ".netrc"))
    assert "Using cached" in ran.out, ran
    assert 200 not in [request.status for request in index.requests if request.path.endswith(".whl")]


@pytest.mark.parametrize("place", ["netrc", "url", "environment"])
@pytest.mark.parametrize("verbose", [[], ["-vvv"]], ids=["", "-vvv"])
def test_a_wrong_password_is_one_warning_and_pips_error(
    pip: Pip, private: IndexServer, home: Path, workdir: Path, place: str, verbose: list[str]
) -> None:
    """It is sent once, said once, ends with exit code 1, and stands nowhere."""
    url, variables = private.index_url(), {}
    if place == "netrc":
        (home / ".netrc").write_text("machine 127.0.0.1 login me password wr0ng-word\n")
    elif place == "url":
        variables["PIP_INDEX_URL"] = url = private.index_url(user="me", password="wr0ng-word")
    else:
        (workdir / "uv.toml").write_text(f'[[index]]\nname = "priv"\nurl = "{url}"\n')
        variables = {"UV_INDEX_PRIV_USERNAME": "me", "UV_INDEX_PRIV_PASSWORD": "wr0ng-word"}
    index_option = [] if place == "url" else ["--index-url", url]
    options = [*verbose, "--no-input", "--target", workdir / "site"]
    ran = pip("install", *options, *index_option, "thing", **variables)
    assert ran.code == 1, ran
    assert ran.err.count("WARNING: 401 Error, Credentials not correct for ") == 1, ran
    assert f"not correct for {private.index_url()}" in ran.err
    assert "ERROR: No matching distribution found for thing" in ran.err
    assert "wr0ng-word" not in ran.out + ran.err
    if not verbose:  # at that level pip shows where its own errors come from
        assert "Traceback" not in ran.out + ran.err
    assert len([one for one in private.authorizations if one]) == 1


def test_no_credentials_at_all_are_one_warning_for_many_packages(pip: Pip, private: IndexServer, workdir: Path) -> None:
    """Without a terminal nobody is asked, and pip does not crash for it."""
    ran = pip("download", "--dest", workdir, "--index-url", private.index_url(), "thing", "other")
    assert ran.code == 1, ran
    assert ran.err.count("401 Error, no credentials found for ") == 1, ran
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("policy", "password", "words"),
    [
        ("always", None, "ERROR: no credentials for http://127.0.0.1"),
        ("never", PASSWORD, "ERROR: credentials for http://127.0.0.1"),
    ],
    ids=["always", "never"],
)
def test_a_policy_ends_in_an_error_of_pip(
    pip: Pip, private: IndexServer, workdir: Path, policy: str, password: str | None, words: str
) -> None:
    """`ERROR: …`, exit code 1, and nothing was sent."""
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{private.index_url()}"\nauthenticate = "{policy}"\n')
    url = private.index_url(user=None if password is None else "me", password=password)
    ran = pip("install", "--no-input", "--target", workdir / "site", "thing", PIP_INDEX_URL=url)
    assert (ran.code, private.requests) == (1, []), ran
    assert words in ran.err, ran
    assert "Traceback" not in ran.err
    assert PASSWORD not in ran.out + ran.err


def test_another_python_finds_the_credentials_too(
    pip: Pip,
    requirement: tuple[str, str],
    private: IndexServer,
    virtual_environment: Callable[..., Path],
    home: Path,
    workdir: Path,
) -> None:
    """`--python` leads to an environment without this package: it is used from where it is."""
    if requirement[1] == OLDEST:
        assert "--python <" not in pip.plain("help").out
        return
    (home / ".netrc").write_text(f"machine 127.0.0.1 login me password {PASSWORD}\n")
    (workdir / "uv.toml").write_text(f'[[index]]\nurl = "{private.index_url()}"\n')  # needs a TOML parser
    other = virtual_environment("python3.11", ours=False)
    options = ["--no-cache-dir", "--index-url", private.index_url()]
    ran = pip("--python", other / "bin" / "python", "install", *options, "both")
    assert ran.code == 0, ran
    assert private.statuses == [401] + [200] * 6
    assert (other / "lib" / "python3.11" / "site-packages" / "both").is_dir()
    assert not (other / "lib" / "python3.11" / "site-packages" / "requests_indexauth").exists()
    pip.plain("--python", other / "bin" / "python", "uninstall", "-y", "both", "thing", "other")


def test_on_a_terminal_pips_question_comes_and_the_answer_can_be_kept(
    pip: Pip, private: IndexServer, home: Path, workdir: Path
) -> None:
    """Asked once for the whole index, kept where uv finds it, and not asked again."""
    options = ["--no-cache-dir", "--index-url", private.index_url()]
    answers = [(f"User for {private.netloc}: ", "me\n"), ("Password: ", f"{PASSWORD}\n"), ("[y/N]: ", "y\n")]
    ran = pip.on_terminal("install", *options, "--target", workdir / "one", "both", answers=answers)
    assert ran.code == 0, ran
    assert ran.out.count("User for") == 1
    assert PASSWORD not in ran.out
    assert private.statuses == [401] + [200] * 6
    stored = (home / ".local" / "share" / "uv" / "credentials" / "credentials.toml").read_text()
    assert f'service = "{private.url}/"' in stored

    ran = pip.on_terminal("install", *options, "--target", workdir / "two", "both", answers=[])
    assert (ran.code, "User for" in ran.out) == (0, False), ran


def test_an_answer_that_is_wrong_is_not_kept(pip: Pip, private: IndexServer, home: Path, workdir: Path) -> None:
    """pip asks to keep it before it knows; it is kept when it was accepted."""
    options = ["--index-url", private.index_url(), "--target", workdir / "site"]
    answers = [("User for", "me\n"), ("Password: ", "wr0ng-word\n"), ("[y/N]: ", "y\n")]
    ran = pip.on_terminal("install", *options, "thing", "other", answers=answers)
    assert (ran.code, ran.out.count("401 Error, Credentials not correct")) == (1, 1), ran
    assert not (home / ".local").exists()
    assert private.count(user="me") == 1


@pytest.mark.parametrize("how", ["option", "variable", "declined"])
def test_there_is_no_prompt_that_is_not_needed(pip: Pip, private: IndexServer, workdir: Path, how: str) -> None:
    """Not with --no-input, by option or variable; and who gives no user name is not asked for a password."""
    options = ["--index-url", private.index_url(), "--target", workdir / "site"]
    if how == "option":
        options.append("--no-input")
    variables = {"PIP_NO_INPUT": "1"} if how == "variable" else {}
    answers = [("User for", "\n")] if how == "declined" else []
    ran = pip.on_terminal("install", *options, "thing", "other", answers=answers, **variables)
    assert (ran.code, ran.out.count("User for")) == (1, len(answers)), ran
    assert "Password" not in ran.out
    assert "Traceback" not in ran.out
