"""Adapters that fill in only what ``requests`` itself needs: a session works with us wherever it does without."""

from __future__ import annotations

import itertools
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from requests_indexauth import IndexAuth, mount
from support.messages import decode_authorization
from support.ways import write_netrc

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = "http://pkgs.example/simple/thing/"
FILE = "http://files.example/thing.whl"
ME = ("basic", "me", "pw")


class SparseAdapter(BaseAdapter):
    """Answers for a private index without a network.

    `missing` attributes are left as a new `Response` has them. Without the `right` credential the page answers
    with `refusal`, with it with `accepted`; a 302 leads to another host, which is open to all.
    """

    def __init__(self, missing: tuple[str, ...], refusal: int, accepted: int = 200) -> None:
        super().__init__()
        self.missing = missing
        self.refusal = refusal
        self.accepted = accepted
        self.right: tuple[str, ...] = ME
        self.sent: list[tuple[str, object]] = []

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        """Return a response for a request."""
        credential = decode_authorization(request.headers.get("Authorization"))
        self.sent.append((str(request.url), credential))
        response = requests.Response()
        response.headers = CaseInsensitiveDict()
        response.status_code = self.accepted if credential == self.right else self.refusal
        if request.url == FILE:
            response.status_code = 200
        elif response.status_code == 302:
            response.headers["Location"] = FILE
        filled = {"url": request.url, "request": request, "connection": self, "raw": BytesIO(b"body")}
        for name in filled.keys() - self.missing:
            setattr(response, name, filled[name])
        return response

    def close(self) -> None:
        """Close nothing."""


def by_mount(session: requests.Session) -> None:
    mount(session)


def by_mount_first(session: requests.Session) -> None:
    """Mount, and then put another adapter in the place of ours."""
    adapter = session.get_adapter(PAGE)
    session.mount("http://", requests.adapters.HTTPAdapter())
    mount(session)
    session.mount("http://", adapter)


def by_auth(session: requests.Session) -> None:
    session.auth = IndexAuth()


SETUPS: dict[str, Callable[[requests.Session], None]] = {
    "mount": by_mount,
    "mount first": by_mount_first,
    "IndexAuth alone": by_auth,
}
FIELDS = ("url", "request", "connection", "raw")
MISSING = [names for count in range(len(FIELDS) + 1) for names in itertools.combinations(FIELDS, count)]
COMBINATIONS = [
    pytest.param(missing, refusal, setup, id=f"{' and '.join(missing) or 'nothing'}, {refusal}, {setup}")
    for missing in MISSING
    for refusal in (200, 302, 401, 403, 404)
    for setup in SETUPS
]


@pytest.mark.parametrize(("missing", "refusal", "setup"), COMBINATIONS)
def test_a_session_works_without_some_attributes_of_a_response(
    missing: tuple[str, ...], refusal: int, setup: str, home: Path
) -> None:
    """Cold and warm. An `IndexAuth` that no session is known of can answer only where the response has its adapter."""
    write_netrc(home, ("pkgs.example", "me", "pw"))
    adapter = SparseAdapter(missing, refusal)
    answered = setup != "IndexAuth alone" or "connection" not in missing
    with requests.Session() as session:
        session.mount("http://", adapter)
        SETUPS[setup](session)
        for stream in (False, True, False):
            response = session.get(PAGE, stream=stream)
            assert response.status_code == (200 if answered or refusal == 302 else refusal)
            assert response.content == (None if "raw" in missing else b"body")


@pytest.mark.parametrize("missing", MISSING, ids=lambda names: " and ".join(names) or "nothing")
def test_a_redirect_after_a_refusal_is_followed_without_the_password(missing: tuple[str, ...], home: Path) -> None:
    """What led elsewhere was a request with the password, the second time without a refusal before it."""
    write_netrc(home, ("pkgs.example", "me", "pw"))
    adapter = SparseAdapter(missing, 401, accepted=302)
    with requests.Session() as session:
        session.mount("http://", adapter)
        mount(session)
        for _ in range(2):
            assert session.get(PAGE).status_code == 200
    assert adapter.sent == [(PAGE, None), (PAGE, ME), (FILE, None), (PAGE, ME), (FILE, None)]


@pytest.mark.parametrize("missing", MISSING, ids=lambda names: " and ".join(names) or "nothing")
def test_an_upload_is_sent_again_with_a_new_password(missing: tuple[str, ...], home: Path) -> None:
    """Its refusal is closed unread, as far as there is anything to close."""
    write_netrc(home, ("pkgs.example", "me", "old"))
    adapter = SparseAdapter(missing, 401)
    adapter.right = ("basic", "me", "old")
    with requests.Session() as session:
        session.mount("http://", adapter)
        mount(session)
        assert session.post(PAGE, data=b"body").status_code == 200
        write_netrc(home, ("pkgs.example", "me", "pw"))
        adapter.right = ME
        assert session.post(PAGE, data=b"body").status_code == 200
    assert [credential for _, credential in adapter.sent] == [("basic", "me", "old")] * 2 + [ME]
