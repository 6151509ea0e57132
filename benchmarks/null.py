"""Sessions that send nothing: what is left is the cost of everything above the network."""

from __future__ import annotations

import io
import time
from typing import Any

PAGE = "https://pkgs.example/simple/thing/"
FULL_INDEX = "https://u:p@pkgs.example/simple/"
REQUESTS = 300


def unplug(session: Any, requests: Any, urllib3: Any) -> Any:
    """Return the session, with an adapter for https that answers 200 at once.

    Args:
        session: of this copy of ``requests``.
        requests: the copy: the one everybody has, or pip's.
        urllib3: the copy of it that goes with it.

    """

    class NullAdapter(requests.adapters.BaseAdapter):  # type: ignore[misc]
        def send(self, request: Any, **_options: object) -> Any:
            response = requests.Response()
            response.status_code = 200
            response.headers["Content-Type"] = "text/html"
            response.url = request.url
            response.request = request
            response.raw = urllib3.response.HTTPResponse(io.BytesIO(b""), preload_content=False)
            return response

        def close(self) -> None:
            """Nothing is open."""

    session.trust_env = False
    session.mount("https://", NullAdapter())
    return session


def microseconds(session: Any) -> float:
    """Return the CPU time of one of many requests for the same page."""
    started = time.process_time()
    for _ in range(REQUESTS):
        session.get(PAGE)
    return (time.process_time() - started) / REQUESTS * 1e6
