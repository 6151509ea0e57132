"""The folder that goes first on the ``PYTHONPATH`` of a program's children: all it has is a ``sitecustomize``.

Only a variable reaches a child's children, ``multiprocessing``, ``os.execv`` and scripts that are started by name. It
holds a path and no secret.
"""

from __future__ import annotations

import os


def reach_children() -> None:
    """Reach the Python programs that this process starts from now on.

    A Python that ignores the variable (``-E``, ``-I``, ``-S``) or is started with other variables is not reached.
    """
    folder = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120 - no import of pathlib for this
    own = os.environ.get("PYTHONPATH")
    paths = own.split(os.pathsep) if own else []  # an empty entry of several is the working folder
    if folder not in paths:
        os.environ["PYTHONPATH"] = os.pathsep.join([folder, *paths])
