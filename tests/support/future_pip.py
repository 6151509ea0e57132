"""A pip of a few files, whose inside is not what is known of pip."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from support.pips import Pip

if TYPE_CHECKING:
    from pathlib import Path


FUTURE = {
    "pip/__init__.py": "",
    "pip/__main__.py": (
        "from pip._internal.network.session import PipSession\n"
        "from pip._internal import build_env\n"
        "PipSession(), PipSession()\n"
        "print('plain pip runs')\n"
    ),
    "pip/_internal/__init__.py": "",
    "pip/_internal/exceptions.py": "class InstallationError(Exception): pass\n",
    "pip/_internal/utils/__init__.py": "",
    "pip/_internal/utils/misc.py": "ask = ask_input = ask_password = input\n",
    "pip/_internal/network/__init__.py": "",
    "pip/_internal/network/session.py": "class PipSession: pass\n",
    "pip/_internal/build_env.py": "def call_subprocess(command, **_): pass\n",
    "pip/_vendor/__init__.py": "",
    "pip/_vendor/requests/__init__.py": "",
    "pip/_vendor/tomli/__init__.py": "",
}


def run_future(folder: Path, files: dict[str, str | None]) -> Any:
    """Run a pip made of a few files."""
    for name, text in files.items():
        if text is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    pip = Pip(sys.executable, package=True)
    return pip("list", PYTHONPATH=os.pathsep.join([str(folder), pip.variables["PYTHONPATH"]]))
