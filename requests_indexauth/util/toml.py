"""The TOML parser: the standard library's from Python 3.11 on, before that ``tomli``.

To import either takes a fifth of the time of `indexauth token`: so this module is imported only where a file needs it.
"""

from __future__ import annotations

import sys

if sys.version_info >= (3, 11):
    from tomllib import loads
else:
    from tomli import loads

__all__ = ["loads"]
