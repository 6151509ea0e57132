"""The folder that goes first on the ``PYTHONPATH`` of a program's children: all it has is a ``sitecustomize``.

A variable reaches what no other way does: a child that a child starts, ``multiprocessing``, ``os.execv``, a script by
its name. It holds a path and no secret.
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
