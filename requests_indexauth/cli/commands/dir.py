"""``indexauth dir``: the folder of the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...store.toml_file import folder
from ..output import emit
from ..status_codes import DONE

if TYPE_CHECKING:
    from ..parser import Options, Parser

DESCRIPTION = """\
Print the folder that credentials are stored in, whether it is there or not. `uv auth dir` prints the same.
"""

EPILOG = """\
  ls -l "$(indexauth dir)"

UV_CREDENTIALS_DIR names another folder, and so does auth-cache-dir in uv.toml, which uv itself does not read.
"""


def add_arguments(_parser: Parser) -> None:
    """Add nothing: there are no options of its own."""


def run(_options: Options) -> int:
    """Print it."""
    emit(folder())
    return DONE
