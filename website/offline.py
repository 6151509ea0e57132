"""Nothing of the site is loaded from another host: it works without a network, and no other host learns of a visit."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any


def on_post_build(config: Any, **_: Any) -> None:
    """Refuse a page that loads a script, a font, a style or a picture from elsewhere (a hook of MkDocs).

    Raises:
        SystemExit: there is one.

    """
    for page in Path(config.site_dir).rglob("*.html"):
        loaded = re.findall(r'<(?:script|img|link|iframe)\b[^>]*(?:src|href)="(https?:[^"]+)"', page.read_text("utf-8"))
        if loaded:
            message = f"{page}: loads {loaded[0]}: nothing is loaded from another host"
            raise SystemExit(message)
