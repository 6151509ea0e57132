"""A secret that must not be seen, and everything a program or a person may come to see."""

from __future__ import annotations

import base64
import logging
import pickle
import traceback
import warnings
from pathlib import Path
from types import FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING
from urllib.parse import quote

import requests_indexauth
from requests_indexauth import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator

    from typing_extensions import Self

WORD = "c4n4ryS3cr3tW0rd"
"""The part of every secret that is looked for."""
SECRET = f"{WORD}/+ä:"
"""A secret that looks different when it is percent-encoded."""
ENCODED = quote(SECRET, safe="")
PACKAGE = str(Path(str(requests_indexauth.__file__)).parent)


def _forms() -> list[str]:
    """Return what the word looks like: plain, and in base64 behind any other text."""
    forms = [WORD.lower()]
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + WORD.encode()).decode()
        forms.append(encoded[(0, 2, 3)[shift] : -4].lower())
    return forms


FORMS = _forms()


def is_seen_in(text: str) -> bool:
    """Whether the secret can be read out of a text."""
    text = text.lower()
    return any(form in text for form in FORMS)


def answer(_url: str, _username: str | None) -> Credentials:
    """Answer a prompt with the secret; here, and not in a test, so that a session that has it can be pickled."""
    return Credentials.basic("me", SECRET)


class Witness(logging.Handler):
    """Sees what every logger says at DEBUG, every warning, and whatever else it is shown."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.seen: list[tuple[str, str]] = []

    def __enter__(self) -> Self:
        self._level = logging.root.level
        logging.root.setLevel(logging.DEBUG)
        logging.root.addHandler(self)
        self._warnings = warnings.catch_warnings(record=True)
        self._caught = self._warnings.__enter__()
        warnings.simplefilter("always")
        return self

    def __exit__(self, *_: object) -> None:
        self._warnings.__exit__(None, None, None)
        logging.root.removeHandler(self)
        logging.root.setLevel(self._level)
        for warning in self._caught or ():
            self.show("a warning", str(warning.message))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a log record, its arguments and its traceback."""
        self.show(f"the logger {record.name}", logging.Formatter().format(record), repr(record.args))

    def show(self, what: str, *texts: str) -> None:
        """Look at texts."""
        self.seen += [(what, text) for text in texts]

    def show_error(self, error: BaseException) -> None:
        """Look at an error, the errors behind it, and the variables of our frames."""
        known: set[int] = set()
        todo: list[BaseException | None] = [error]
        while todo:
            one = todo.pop()
            if one is None or id(one) in known:
                continue
            known.add(id(one))
            todo += [one.__cause__, one.__context__]
            self.show(f"the error {type(one).__name__}", str(one), repr(one), repr(vars(one)))
            described = traceback.TracebackException.from_exception(one, capture_locals=True)
            for frame in described.stack:
                if frame.filename.startswith(PACKAGE):
                    self.show(f"a frame of {frame.name}, line {frame.lineno}", repr(frame.locals))

    def show_object(self, what: str, thing: object) -> None:
        """Look at how an object shows itself, and at all it holds."""
        for path, one in _reachable(thing, what):
            self.show(path, repr(one))
            if not isinstance(one, str):  # the text of a string is its own business
                self.show(path, str(one))

    def show_pickle(self, what: str, thing: object) -> None:
        """Look at an object's pickle, in every protocol."""
        for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
            self.show(f"the pickle of {what}", pickle.dumps(thing, protocol).decode("latin-1"))

    @property
    def leaks(self) -> list[str]:
        """Return where the secret could be read."""
        return [what for what, text in self.seen if is_seen_in(text)]


def _reachable(thing: object, path: str) -> Iterator[tuple[str, object]]:
    """Yield all that an object of ours, or a container, leads to."""
    known: set[int] = set()
    todo = [(path, thing)]
    while todo:
        path, one = todo.pop()
        if id(one) in known or isinstance(one, (type, ModuleType, FunctionType)):
            continue
        known.add(id(one))
        yield path, one
        if isinstance(one, MethodType):
            todo.append((f"{path}.__self__", one.__self__))
        elif isinstance(one, dict):
            todo += [(f"{path}.keys()", key) for key in one] + [(f"{path}[...]", value) for value in one.values()]
        elif isinstance(one, (list, tuple, set, frozenset)):
            todo += [(f"{path}[...]", value) for value in one]
        if type(one).__module__.startswith("requests_indexauth"):
            names = {
                *getattr(one, "__dict__", ()),
                *(n for t in type(one).__mro__ for n in getattr(t, "__slots__", ())),
            }
            todo += [(f"{path}.{name}", getattr(one, name)) for name in names if hasattr(one, name)]
