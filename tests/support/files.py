"""Serving one file: whole, a part of it (resumed downloads), or "not modified" (HTTP caches)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from support.messages import Reply

if TYPE_CHECKING:
    from support.messages import Request


def serve_file(request: Request, content: bytes, etag: str, content_type: str = "application/octet-stream") -> Reply:
    """Answer a GET or HEAD for `content`, with the headers caches and resuming clients go by."""
    tag = f'"{etag}"'
    headers = {"Content-Type": content_type, "ETag": tag, "Accept-Ranges": "bytes"}
    if request.headers["If-None-Match"] == tag:
        return Reply(304, headers)
    wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", request.headers["Range"] or "")
    if not wanted or request.headers.get("If-Range", tag) != tag:
        return Reply(200, headers, content)
    first, last = _bounds(wanted[1], wanted[2], len(content))
    if first > last:
        return Reply(416, {"Content-Range": f"bytes */{len(content)}"})
    headers["Content-Range"] = f"bytes {first}-{last}/{len(content)}"
    return Reply(206, headers, content[first : last + 1])


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """Return the first and last byte asked for; without a first, `last` counts from the end."""
    if not first:
        return max(size - int(last or 0), 0), size - 1
    return int(first), min(int(last or size), size - 1)
