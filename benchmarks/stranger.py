"""A session whose servers want a credential at every place and are nowhere: what it costs is ours alone."""

from __future__ import annotations

import io
from typing import Any

import requests
from requests.adapters import HTTPAdapter

import requests_indexauth

HOST = "https://pkgs.example"


class _Servers(HTTPAdapter):
    """Want a credential, take any outside ``/refuse``, and send what asks for ``/from`` on to another URL."""

    def __init__(self, location: str | None = None) -> None:
        super().__init__()
        self._location = location

    def send(self, request: requests.PreparedRequest, **_options: object) -> requests.Response:  # type: ignore[override]
        response = requests.Response()
        url = request.url or ""
        if self._location is not None and url.endswith("/from"):
            response.status_code = 302
            response.headers["Location"] = self._location
        else:
            taken = "Authorization" in request.headers and "/refuse" not in url
            response.status_code = 200 if taken else 401
        response.url, response.request, response.raw = url, request, io.BytesIO()
        response.connection = self
        return response

    def close(self) -> None:
        """Nothing is open."""


def stranger_session(location: str | None = None) -> requests.Session:
    """Return a mounted session that finds a credential for everything.

    Args:
        location: where a request for ``/from`` is sent on to.

    """
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Servers(location))
    requests_indexauth.mount(
        session, discover=False, prompt=lambda _url, user: requests_indexauth.Credentials.basic(user or "u", "p")
    )
    return session


def send(session: Any, url: str) -> int:
    """Send a request without what ``requests`` does before and after, which is most of it; return the status."""
    request = requests.PreparedRequest()
    request.method, request.url, request.hooks = "GET", url, {"response": []}
    request.headers = requests.structures.CaseInsensitiveDict()
    status: int = session.get_adapter(url).send(session.auth(request)).status_code
    return status
