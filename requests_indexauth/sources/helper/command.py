"""Ask a credential helper: start a process, write a JSON object to it, read one from it.

The protocol is Bazel's (the proposal "Credential Helpers for Bazel"): ``get`` as the last argument, ``{"uri": …}`` in,
``{"headers": {"Authorization": ["…"]}, "expires": "…"}`` out. No headers mean no answer. Other users of the machine may
see the command line and the environment: neither holds a secret.
"""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from shutil import rmtree
from tempfile import mkdtemp
from time import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from ...errors import SourceError
from ...models.url import without_query
from ...util.deadline import Deadline
from ...util.paths import working_folder
from ...util.process import OUTPUT_LIMIT, FloodedError, NotStartedError, Reply, find_command, run, trusted_folders
from ...util.terminal import printable
from ..base import Answer, blaming
from . import INSIDE
from .reply import credentials_of, is_usable, moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...models.helper import Helper
    from ...models.query import Query
    from ..base import Warn

MARGIN = 60.0
"""Seconds before its end at which a credential is asked for anew; of a short life a tenth is enough."""

_LONGEST_NAME = 40  # how many characters of a header's name a message shows


def ask(helper: Helper, query: Query, seconds: float, warn: Warn) -> Answer | None:
    """Return the helper's answer; ``None`` when it has none.

    Args:
        helper: what to run.
        query: the question.
        seconds: the time the helper has.
        warn: takes a warning of what is passed over in an answer.

    Raises:
        TimeoutError: the time is over.
        SourceError: it is not there, crashed, or answered with rubbish. Nothing it printed is quoted.

    """
    question = json.dumps({"uri": _uri(query)}).encode()
    arguments = [_path(helper), *helper.command[1:], "get"]
    deadline, environment = Deadline(seconds), _environment(helper)
    try:
        # Each helper runs in a new, empty folder, for many programs take the argument `get` as a file of their working
        # folder: `sh get` would run a project's `get`, or one that `tee get` has written.
        with _empty_folder() as folder:
            reply = run(arguments, deadline, environment=environment, stdin=question, cwd=folder)
    except NotStartedError as error:
        message = f"helper: {helper.label} cannot be started ({error})"
    except FloodedError:
        message = f"helper: {helper.label} printed more than {OUTPUT_LIMIT} bytes"
    else:
        return _read(reply, helper.label, warn)
    raise SourceError(message)


@contextmanager
def _empty_folder() -> Iterator[str]:
    try:
        folder = mkdtemp(prefix="credential-helper-")
    except OSError as error:
        raise NotStartedError(error.strerror) from None
    try:
        yield folder
    finally:
        rmtree(folder, ignore_errors=True)


def _environment(helper: Helper) -> dict[str, str]:
    environment = {**os.environ, INSIDE: "1", "PYTHONIOENCODING": "utf-8"}  # a pipe would get the locale's
    environment.pop("PWD", None)  # it works elsewhere
    if helper.roots is not None:  # a project's: `env get` would look for `get`
        environment["PATH"] = os.pathsep.join(trusted_folders(working_folder()))
    return environment


def _path(helper: Helper) -> str:
    program = helper.command[0]
    if os.path.isabs(program):  # noqa: PTH117 - it is text, and stays text
        return program
    path = find_command(program, None if helper.roots is None else working_folder())
    if path is None:
        message = f"helper: there is no {program} on PATH, which {helper.origin} names: install it, or name another"
        raise SourceError(message)
    return path


def _uri(query: Query) -> str:
    """Return what the helper is asked for: the index, else the URL, with the user name; without a query."""
    url = without_query(query.url if query.index is None else query.index.url)
    if query.username is None:
        return url
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{quote(query.username, safe='')}@{rest}"


def _read(reply: Reply, label: str, warn: Warn) -> Answer | None:
    headers, expires = _parse(reply, label)
    values: list[str] = []
    for name, more in headers.items():
        if name.lower() == "authorization":
            values += more
        else:
            shown = printable(name[:_LONGEST_NAME])
            warn(f"helper: {label} answers with the header {shown}, which is passed over: only Authorization is sent")
    usable = [value for value in values if is_usable(value)]
    if len(usable) < len(values):
        warn(f"helper: {label} answers with a scheme that is passed over: only Basic and Bearer are sent")
    if not usable:
        return None
    with blaming(f"helper: {label} answers with an Authorization that cannot be sent"):
        credentials = credentials_of(usable[0])
    return Answer(credentials, expires=_ask_again(expires, label, warn))


def _parse(reply: Reply, label: str) -> tuple[dict[str, list[str]], object]:
    """Return the headers and the end of an answer.

    Raises:
        SourceError: the process failed, or what it said is not an answer.

    """
    if reply.code != 0:
        how = f"was ended by signal {-reply.code}" if reply.code < 0 else f"failed with exit code {reply.code}"
        message = f"helper: {label} {how}"
        raise SourceError(message)
    try:
        answer = json.loads(reply.output.decode("utf-8-sig"))
        headers = answer.get("headers") or {}
        good = all(isinstance(one, str) for values in headers.values() for one in values) and not any(
            isinstance(values, str) for values in headers.values()
        )
    except (ValueError, RecursionError, AttributeError, TypeError):
        good = False
    if not good:
        what = "printed nothing" if not reply.output.strip() else "has not answered as a credential helper does"
        message = f'helper: {label} {what}: {{"headers": {{"Authorization": ["..."]}}}} is expected, in JSON'
        raise SourceError(message)
    return headers, answer.get("expires")


def _ask_again(expires: object, label: str, warn: Warn) -> float | None:
    """Return when to ask again, in seconds since the epoch; ``None``: when the answer is refused."""
    if expires is None:
        return None
    now = time()
    end = moment(expires)
    if end is None:
        warn(f"helper: {label} answers with an `expires` that is no time as in RFC 3339: it is passed over")
    elif end <= now:
        warn(f"helper: {label} answers with an `expires` in the past, which is passed over: is this clock right?")
    else:
        return end - min(MARGIN, (end - now) / 10)
    return None
