"""What is driven: the one place that knows where the package keeps pip's drivers."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pip._vendor.requests as pips_requests
from pip._internal.exceptions import PipError
from pip._internal.network import session as pips_session
from pip._vendor.requests.exceptions import RequestException as PipsRequestException
from pip._vendor.urllib3.exceptions import HTTPError as PipsHTTPError

from requests_indexauth.pip.auth import PipAuth
from requests_indexauth.pip.child import ChildAuthenticator
from requests_indexauth.pip.parent import serve_child
from requests_indexauth.pip.patch import _internals, _take_over

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REQUESTS = pips_requests
__all__ = ["REQUESTS", "PipError", "PipsHTTPError", "PipsRequestException", "child", "parent", "session"]


def parent(ask: Callable[[str], str], password: Callable[[str], str]) -> Any:
    """Return the authentication of a pip, with a person at its terminal."""
    return _with_person(PipAuth(), ask, password)


@contextmanager
def child(of: Any) -> Iterator[Any]:
    """Yield the authentication of a pip that another one starts to install build dependencies."""
    with serve_child(of.authenticator, ["python", "pip-runner", "install"]) as (_, variables):
        (address,) = variables.values()
        yield _with_person(PipAuth(lambda auth: ChildAuthenticator(auth, address)), lambda _: "", lambda _: "")


def session(auth: Any, index_urls: list[str]) -> Any:
    """Return a session of pip's that has an authentication of ours."""
    with patch.object(pips_session, "user_agent", return_value="pip"):  # it looks at the whole machine
        made = pips_session.PipSession(index_urls=index_urls)
    _take_over(made, auth)
    return made


def _with_person(auth: Any, ask: Callable[[str], str], password: Callable[[str], str]) -> Any:
    auth.internals = _internals()._replace(ask_input=ask, ask_password=password, ask=lambda _question, _options: "n")
    return auth
