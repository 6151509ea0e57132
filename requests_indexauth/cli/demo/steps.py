"""What `indexauth demo` runs as a person would: commands, in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from ...core.authenticator import Authenticator
from ...explain.text import lines
from .index import PACKAGES, USER, DemoIndex

if TYPE_CHECKING:
    from pathlib import Path

    from ..screen import Screen

TIMEOUT = 120
_PIP = ("--no-input", "--no-deps", "--no-cache-dir", "--disable-pip-version-check", "--quiet")


def log_in(screen: Screen, index: DemoIndex, home: Path) -> bool:
    """Run ``indexauth login``; return whether it went well."""
    _show(screen, f"indexauth login {index.url} -u {USER}")
    arguments = ["requests_indexauth", "login", index.url, "-u", USER, "--password", "-"]
    code, errors = _run(arguments, home, index.password)
    screen.text(errors, "   ")
    return code == 0


def install(screen: Screen, index: DemoIndex, home: Path) -> bool:
    """Run ``pip-indexauth install`` into a temporary folder; return whether it went well, or there is no pip."""
    package = PACKAGES[0]
    _show(screen, f"pip-indexauth install --index-url {index.url} {package}")
    if find_spec("pip") is None:
        screen.text("pip is not installed beside this Python, so this step is left out", "   ", style="yellow")
        return True
    before = len(index.statuses)
    options = [*_PIP, "--target", str(home / "installed"), "--index-url", index.url]
    code, errors = _run(["requests_indexauth.pip", "install", *options, package], home, "")
    if code != 0 or not (home / "installed" / f"{package}.py").exists():
        screen.text(f"pip failed (exit code {code}): {errors}", "   ", style="red")
        return False
    count = len(index.statuses) - before
    screen.text(f"{package} 1.0 is installed: {count} requests, and no password on any command line", "   ")
    return True


def explain(screen: Screen, index: DemoIndex) -> bool:
    """Show what ``indexauth explain`` says; return whether there is something to send."""
    _show(screen, f"indexauth explain {index.url}")
    explanation = Authenticator().explain(index.url)
    for style, line in list(lines(explanation, explanation.advice, screen.width - 4))[
        2:
    ]:  # from the third on: the URL stands above
        screen.line(f"   {screen.style(style, line) if style else line}".rstrip())
    return explanation.credentials is not None


def _show(screen: Screen, command: str) -> None:
    screen.line(f"   $ {screen.style('cyan', command)}")  # not wrapped: it may be copied


def _run(arguments: list[str], folder: Path, text: str) -> tuple[int, str]:
    """Run a module with arguments and text on stdin; return its exit code and what it said, in a line."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", *arguments],
            input=text,
            cwd=folder,  # not the user's: what lies there must not be imported
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=TIMEOUT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return 1, f"no end after {TIMEOUT} seconds"
    return done.returncode, " ".join(done.stderr.split())
