"""A helper is started, asked and read; and what a broken one costs: one failure, and no wait."""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_indexauth.errors import SourceError
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.helper import Helper
from requests_indexauth.models.index import Index
from requests_indexauth.sources.base import Answer
from requests_indexauth.sources.helper import INSIDE, command
from requests_indexauth.util import process
from support.helpers import FakeHelper
from support.processes import Alive
from support.queries import query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests_indexauth.models.query import Query

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for a helper is a script")

URL = "https://pkgs.example.com/team/simple/thing/"
NOW = datetime(2026, 11, 29, 15, 0, 0, tzinfo=timezone.utc).timestamp()
RUBBISH = "has not answered as a credential helper does: "
TOKEN = Answer(Credentials.bearer("token"))


@pytest.fixture
def helper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeHelper:
    """Return a helper, the only command on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return FakeHelper(tmp_path)


class Asking:
    """Asks a helper, and keeps what it warns of."""

    def __init__(self) -> None:
        """Begin without warnings."""
        self.warnings: list[str] = []

    def __call__(self, asked: Query | None = None, *arguments: str, seconds: float = 30.0) -> Answer | None:
        """Return the answer of the command on PATH."""
        named = Helper(("acme-token", *arguments), "*", "the program")
        return command.ask(named, asked or query(URL), seconds, self.warnings.append)


@pytest.fixture
def ask() -> Asking:
    """Return what asks."""
    return Asking()


@pytest.fixture
def alive(tmp_path: Path) -> Iterator[Alive]:
    """Return a pipe for the helper to open."""
    made = Alive(tmp_path / "alive")
    yield made
    os.close(made.descriptor)


def test_how_it_is_asked(helper: FakeHelper, ask: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    """`get` comes last, the URL on standard input; nothing of it stands on the command line or in the environment."""
    monkeypatch.setenv("SOMETHING", "else")
    assert ask(None, "--quiet", "a b") == TOKEN
    (question,) = helper.questions
    assert question.argv == ["--quiet", "a b", "get"]
    assert json.loads(question.asked) == {"uri": URL}
    assert "pkgs.example.com" not in repr(question.env)
    assert (question.env["SOMETHING"], question.env[INSIDE], question.env["PYTHONIOENCODING"]) == ("else", "1", "utf-8")
    assert INSIDE not in os.environ


def test_it_works_in_an_empty_folder_of_its_own(helper: FakeHelper, ask: Asking, workdir: Path) -> None:
    """`sh get` would run a project's `get`, or what `tee get` has written before."""
    (workdir / "get").write_text("a program of the project's")
    ask()
    ask()
    first, second = (Path(question.folder) for question in helper.questions)
    assert len({first, second, workdir}) == 3
    assert [question.files for question in helper.questions] == [[], []]
    assert not first.exists()
    assert not second.exists()


@pytest.mark.parametrize(
    ("asked", "uri"),
    [
        pytest.param(query(f"{URL}?token=secret#x"), URL, id="without its query"),
        pytest.param(
            query(URL, index=Index("https://pkgs.example.com/team/simple/")),
            "https://pkgs.example.com/team/simple/",
            id="the index",
        ),
        pytest.param(query(URL, username="me"), URL.replace("//", "//me@"), id="a user name"),
        pytest.param(query(URL, username="me@h/x:y"), URL.replace("//", "//me%40h%2Fx%3Ay@"), id="an odd user name"),
    ],
)
def test_what_it_is_asked_for(helper: FakeHelper, ask: Asking, asked: Query, uri: str) -> None:
    """The index, else the URL; a user name stands where a URL has it."""
    ask(asked)
    assert helper.uris == [uri]


@pytest.mark.parametrize(
    ("body", "credentials"),
    [
        pytest.param("answer('Bearer token')", Credentials.bearer("token"), id="Bearer"),
        pytest.param("answer('Basic bWU6cHc=')", Credentials.basic("me", "pw"), id="Basic"),
        pytest.param("answer('Digest x', 'Bearer token', 'Bearer two')", Credentials.bearer("token"), id="the first"),
        pytest.param(
            'say(\'{"headers": {"AUTHORIZATION": ["Bearer token"]}}\')', Credentials.bearer("token"), id="case"
        ),
        pytest.param(
            'say(b\'\\xef\\xbb\\xbf\\r\\n\' + b\'{"headers": {"authorization": ["Bearer token"]}}\\r\\n\')',
            Credentials.bearer("token"),
            id="with the marks of Windows",
        ),
    ],
)
def test_an_answer(helper: FakeHelper, ask: Asking, body: str, credentials: Credentials) -> None:
    """The first Basic or Bearer of its Authorization counts."""
    helper.does(body)
    assert ask() == Answer(credentials)


@pytest.mark.parametrize("body", ["say('{}')", "say('{\"headers\": {}}')", "answer()", "say('{\"headers\": null}')"])
def test_no_headers_are_no_answer(helper: FakeHelper, ask: Asking, body: str) -> None:
    """uv says so of a URL that it has nothing for: no failure, and no warning."""
    helper.does(body)
    assert ask() is None
    assert ask.warnings == []


def test_what_is_passed_over(helper: FakeHelper, ask: Asking) -> None:
    """Other headers and other schemes are told of by name alone."""
    helper.does("""
        headers = {"X-Api-Key": ["secret"], "Authorization": ["Negotiate secret", "Bearer token"], "Se\\x1bt": []}
        say(json.dumps({"headers": headers}))
    """)
    assert ask() == TOKEN
    assert ask.warnings == [
        "helper: acme-token answers with the header X-Api-Key, which is passed over: only Authorization is sent",
        "helper: acme-token answers with the header Se?t, which is passed over: only Authorization is sent",
        "helper: acme-token answers with a scheme that is passed over: only Basic and Bearer are sent",
    ]


@pytest.mark.parametrize(
    ("expires", "asked_again"),
    [
        pytest.param("2026-11-29T16:00:00Z", NOW + 3600 - 60, id="an hour: a minute before"),
        pytest.param("2026-11-29T15:00:10Z", NOW + 9, id="ten seconds: a tenth of it before"),
        pytest.param(None, None, id="not said"),
    ],
)
def test_when_it_is_asked_again(
    helper: FakeHelper, ask: Asking, monkeypatch: pytest.MonkeyPatch, expires: str | None, asked_again: float | None
) -> None:
    """Before its answer ends, so that no request goes out with what has ended."""
    monkeypatch.setattr(command, "time", lambda: NOW)
    helper.does(f"answer('Bearer token', expires={expires!r})")
    answer = ask()
    assert answer is not None
    assert answer.expires == (None if asked_again is None else pytest.approx(asked_again))
    assert ask.warnings == []


@pytest.mark.parametrize(
    ("expires", "warning"),
    [
        ("soon", "that is no time as in RFC 3339: it is passed over"),
        (1795964673, "that is no time as in RFC 3339: it is passed over"),
        ("2020-01-01T00:00:00Z", "in the past, which is passed over: is this clock right?"),
    ],
)
def test_a_bad_end_is_passed_over(helper: FakeHelper, ask: Asking, expires: object, warning: str) -> None:
    """The credential is good all the same, until it is refused."""
    helper.does(f"answer('Bearer token', expires={expires!r})")
    assert ask() == TOKEN
    assert ask.warnings == [f"helper: acme-token answers with an `expires` {warning}"]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param("say('', 1)", "failed with exit code 1", id="fails"),
        pytest.param("say('{\"headers\": {}}', 3)", "failed with exit code 3", id="fails with an answer"),
        pytest.param("os.kill(os.getpid(), 9)", "was ended by signal 9", id="crashes"),
        pytest.param("say('')", "printed nothing: ", id="prints nothing"),
        pytest.param("say(' \\n')", "printed nothing: ", id="prints a line end"),
        pytest.param("say('Bearer secret')", RUBBISH, id="no JSON"),
        pytest.param("say(b'\\xff\\xfesecret')", RUBBISH, id="no UTF-8"),
        pytest.param("say(os.urandom(1000))", RUBBISH, id="garbage"),
        pytest.param("say('[' * 60000)", RUBBISH, id="deep"),
        pytest.param("say('1' * 60000)", RUBBISH, id="a long number"),
        pytest.param("say('[]')", RUBBISH, id="a list"),
        pytest.param("say('null')", RUBBISH, id="null"),
        pytest.param("say('\"secret\"')", RUBBISH, id="a string"),
        pytest.param("say('{\"headers\": [1]}')", RUBBISH, id="no map"),
        pytest.param('say(\'{"headers": {"a": 1}}\')', RUBBISH, id="no list"),
        pytest.param(
            'say(\'{"headers": {"Authorization": "Bearer secret"}}\')',
            RUBBISH,
            id="a text for a list",
        ),
        pytest.param("answer(1)", RUBBISH, id="a number for a text"),
        pytest.param("answer('Bearer sec ret')", "answers with an Authorization that cannot be sent: ", id="bad token"),
        pytest.param("answer('Basic secret')", "answers with an Authorization that cannot be sent: ", id="bad pair"),
        pytest.param("say('x' * 50_000_000)", "printed more than 65536 bytes", id="50 MB"),
        pytest.param("while True: os.write(1, b'x' * 65536)", "printed more than 65536 bytes", id="without end"),
    ],
)
def test_a_broken_helper(helper: FakeHelper, ask: Asking, body: str, message: str) -> None:
    """It is a failure that names it, and quotes nothing that it printed."""
    helper.does(body)
    with pytest.raises(SourceError) as caught:
        ask()
    assert str(caught.value).startswith(f"helper: acme-token {message}")
    assert "cret" not in str(caught.value)
    assert len(helper.questions) == 1


def test_a_helper_that_hangs_is_ended_with_its_children(helper: FakeHelper, ask: Asking, alive: Alive) -> None:
    """At the end of its time."""
    helper.does(f"{alive.script}; os.fork(); time.sleep(60)")
    with pytest.raises(TimeoutError):
        ask(seconds=0.5)
    alive.await_end()


def test_a_helper_that_prints_without_end_in_a_child_is_ended(helper: FakeHelper, ask: Asking, alive: Alive) -> None:
    """Though the helper itself has ended."""
    helper.does(f"""
        if os.fork():
            say('{{}}')
        {alive.script}
        while True:
            os.write(1, b"x" * 65536)
    """)
    with pytest.raises(SourceError, match="printed more than 65536 bytes"):
        ask()
    alive.await_end()


def test_a_helper_that_does_not_read_is_not_waited_for(helper: FakeHelper, ask: Asking) -> None:
    """Though the URL is longer than a pipe holds."""
    helper.path.write_text('#!/bin/sh\necho \'{"headers": {"Authorization": ["Bearer token"]}}\'\n')
    assert ask(query(f"https://pkgs.example.com/{'x' * 200_000}")) == TOKEN


@pytest.mark.parametrize("terminal", [True, False], ids=["a terminal", "no terminal"])
def test_what_it_says_to_people(
    helper: FakeHelper,
    ask: Asking,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    terminal: object,
) -> None:
    """Its standard error is shown on a terminal ("enter this code at ..."), and nowhere else."""
    monkeypatch.setattr(process, "is_terminal", lambda _stream: terminal)
    helper.does("os.write(2, b'enter ABC'); answer('Bearer token')")
    assert ask() == TOKEN
    assert capfd.readouterr().err == ("enter ABC" if terminal else "")


def test_there_is_no_such_program(ask: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The failure names it, and who named it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceError, match=r"^helper: there is no acme-token on PATH, which the program names: install"):
        ask()


@pytest.mark.parametrize("script", ["no program", "#!/nonexistent/python\n"])
def test_it_cannot_be_started(helper: FakeHelper, ask: Asking, script: str) -> None:
    """The failure names it, and not its arguments."""
    helper.path.write_text(script)
    with pytest.raises(SourceError, match=r"^helper: acme-token cannot be started \(\w+\)$"):
        ask(None, "secret")


def test_a_path_needs_no_path_variable(ask: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An absolute path is run as it is."""
    monkeypatch.setenv("PATH", "")
    named = Helper((str(FakeHelper(tmp_path).path),), "*", "the program")
    assert command.ask(named, query(URL), 30.0, ask.warnings.append) == TOKEN


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["headers", "Authorization", "expires", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.one_of(st.binary(max_size=200), json_values.map(lambda value: json.dumps(value).encode())))
def test_whatever_a_helper_prints(printed: bytes) -> None:
    """It is an answer, none, or a failure in one line."""
    warnings: list[str] = []
    try:
        command._read(process.Reply(0, printed, b""), "acme-token", warnings.append)
    except SourceError as error:
        warnings.append(str(error))
    assert all(line.startswith("helper: acme-token ") and line.isprintable() for line in warnings)


def test_no_secret_shows_where_a_helper_is_shown() -> None:
    """A command's arguments may be one."""
    assert repr(Helper(("acme-token", "--password=secret"), "*", "x")) == "Helper('*', 'acme-token')"
