"""The real uv, run with the variables and in the folder of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from support.commands import TIME_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Uv:
    """Runs uv; it reads the same variables and files as a session in this process, and keeps nothing between runs."""

    def __init__(self, program: str) -> None:
        self.program = program

    def run(
        self, *arguments: str, stdin: str = "", environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run one command; the caller looks at its exit code."""
        return subprocess.run(
            [self.program, "--no-cache", "--no-progress", *arguments],
            input=stdin,
            env={**os.environ, "NO_PROXY": "*", "UV_PYTHON_DOWNLOADS": "never", **(environ or {})},
            check=False,
            capture_output=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
        )

    def login(self, service: str, user: str, password: str) -> None:
        """Put a credential into the store."""
        done = self.run("auth", "login", service, "--username", user, "--password", "-", stdin=password)
        assert done.returncode == 0, done.stderr

    def resolve(
        self, *packages: str, options: tuple[str, ...] = (), environ: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Have uv find versions and read their metadata: each package's page, then its file."""
        command = ["pip", "compile", "-", "--python", sys.executable, *options]
        return self.run(*command, stdin="\n".join(packages), environ=environ)

    def install(self, *packages: str, target: Path) -> subprocess.CompletedProcess[str]:
        """Have uv install into a folder."""
        return self.run("pip", "install", "--no-deps", "--target", str(target), "--python", sys.executable, *packages)
