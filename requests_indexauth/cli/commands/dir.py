"""``indexauth dir``: the folder of the store."""

from __future__ import annotations

from ...store.toml_file import folder
from ..arguments import Arguments
from ..output import emit
from ..status_codes import DONE

HELP = """\
indexauth dir

Print the folder that credentials are stored in, whether it is there or not. `uv auth dir` prints the same.

  ls -l "$(indexauth dir)"

UV_CREDENTIALS_DIR names another folder.

Options
  -h, --help    this text
"""


def run(arguments: list[str]) -> int:
    """Print it."""
    Arguments("dir", arguments).no_operands()
    emit(folder())
    return DONE
