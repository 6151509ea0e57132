"""An explanation as lines for people, for wide and for narrow terminals."""

from __future__ import annotations

import re
from textwrap import wrap
from typing import TYPE_CHECKING

from ..models.found import GIVEN
from ..util.terminal import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..sources.base import Step
    from .attempt import Attempt
    from .findings import Findings

    Line = tuple[str, str]  # style ("bold", "dim", "green", "red", "yellow" or "") and text

NARROW = 72
"""With fewer columns than this a table has no room, and each source gets lines of its own."""

_LABEL = 12
_COMMAND = re.compile("`[^`]*`")
_GLUE = "\x00"  # nothing that is shown has one
_STYLES = {"found": "green", "user name": "green", "failed": "red", "nothing": ""}
_POLICIES = {
    "auto": "a request goes out bare first, and again with a credential when it is refused",
    "always": "a credential is sent with every request; without one there is an error",
    "never": "no credential is ever sent",
}


def lines(findings: Findings, advice: str | None, width: int = 80, *, as_pip: str = "") -> Iterator[Line]:
    """Yield style and text of each line, no text longer than ``width`` unless a word is.

    ``as_pip`` has pip's settings, where it is pip that would make the request.
    """
    yield "bold", printable(findings.url)
    yield "", ""
    yield from _about_index(findings, width)
    yield from _labelled("policy", f"{findings.policy}: {_when(findings)}", width)
    if as_pip:
        yield from _labelled("as pip", as_pip, width)
    yield "", ""
    yield from _table(findings, width)
    yield "", ""
    yield from _about_sending(findings, width)
    yield from _about_attempts(findings, width)
    if advice is not None:
        yield "", ""
        yield from _labelled("advice", advice, width, "yellow")


def _when(findings: Findings) -> str:
    if findings.policy == "auto" and findings.source in ("the request", "environment", "index URL"):
        return "what is configured for this very URL is sent at once"
    if findings.policy == "auto" and findings.has_name:
        return "with a user name the sources are asked before anything is sent"
    return _POLICIES[findings.policy]


def _about_index(findings: Findings, width: int) -> Iterator[Line]:
    index = findings.index
    if index is None:
        yield from _labelled("index", "none of the configured indexes covers this URL", width)
        return
    yield from _labelled("index", f"{index.name or '(no name)'}  {index.display_url}", width)
    yield from _labelled("", f"from {index.origin or 'the program itself'}", width, "dim")


def _table(findings: Findings, width: int) -> Iterator[Line]:
    for step in findings.steps:
        style = _STYLES.get(step.outcome, "dim")
        if width < NARROW:
            yield style, f"{step.source}: {step.outcome}{_took(step, ' ({:.1f} ms)')}"
            yield from (("dim", text) for text in _wrapped(step.why, width, "  ") if step.why)
            continue
        head = f"{step.source:<{_LABEL}}  {step.outcome:<11} {_took(step, '{:.1f} ms'):>9}  "
        texts = _wrapped(step.why, width, " " * len(head))
        first = texts[0].strip() if texts else ""
        yield style, f"{head}{first}".rstrip()
        yield from ((style, text) for text in texts[1:])


def _took(step: Step, form: str) -> str:
    return "" if step.seconds is None else form.format(step.seconds * 1000)


def _about_sending(findings: Findings, width: int) -> Iterator[Line]:
    credentials = findings.credentials
    if credentials is None:
        name_alone = findings.sends is not None
        text = "the user name, with an empty password" if name_alone else "nothing"
        yield from _labelled("would send", text, width, "yellow")
        return
    who = "a Bearer token" if credentials.scheme == "bearer" else f"Basic, user {credentials.username or ''!r}"
    yield from _labelled("would send", f"{who}, from {findings.source}", width, "green")
    yield from _labelled("remembered", f"for {findings.scope}, as long as a session lasts", width)


def _about_attempts(findings: Findings, width: int) -> Iterator[Line]:
    if not findings.attempts and findings.forbidden is None:
        return
    yield "", ""
    for number, attempt in enumerate(findings.attempts, 1):
        bare_host = f"{findings.url}/" if findings.url.count("/") == 2 else ""  # noqa: PLR2004 - those of ://
        elsewhere = "" if attempt.url in (findings.url, bare_host) else f", at {attempt.url}"
        text = f"{_answer(attempt, name_alone=findings.source is None)}{elsewhere}"
        yield from _labelled(f"request {number}", text, width, "green" if attempt.good else "red")
        if attempt.www_authenticate is not None:
            yield from _labelled("", f"WWW-Authenticate: {attempt.www_authenticate}", width, "dim")
    if findings.forbidden is not None:
        yield from _labelled(f"request {len(findings.attempts) + 1}", findings.forbidden, width, "red")


def _answer(attempt: Attempt, *, name_alone: bool) -> str:
    if attempt.failure is not None:
        return f"no answer ({attempt.failure.kind})"
    sent = "without a credential" if attempt.credential is None else f"with that from {attempt.credential}"
    if name_alone and attempt.credential == GIVEN:
        sent = "with the user name and an empty password"
    return f"{attempt.status} {sent}{', a page to sign in on' if attempt.sign_in else ''}"


def _labelled(label: str, text: str, width: int, style: str = "") -> Iterator[Line]:
    indent = 2 if width < NARROW else _LABEL + 2
    texts = _wrapped(text, width, " " * indent)
    if label and width < NARROW:
        texts = _wrapped(f"{label}: {text}", width, "  ", first="")
    elif label:
        texts[0] = f"{label:<{indent}}{texts[0].strip()}"
    yield from ((style, one) for one in texts)


def _wrapped(text: str, width: int, indent: str, *, first: str | None = None) -> list[str]:
    """Wrap at spaces only: what may be copied, a URL, a file or a command in backticks, stays whole."""
    text = _COMMAND.sub(lambda match: match[0].replace(" ", _GLUE), printable(text))
    first = indent if first is None else first
    wrapped = wrap(
        text, width, initial_indent=first, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return [line.replace(_GLUE, " ") for line in wrapped]
