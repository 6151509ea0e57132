"""What a Python imports as it starts where this folder is on its path: it reaches a child of a program that is run.

Any Python of any environment may read this, so it is written in the words of all of them. Without this package beside
it the child runs as it would without us. Then the environment's own ``sitecustomize`` is imported, if it has one.
"""

import os
import sys


def _leave_path():  # type: ignore[no-untyped-def] # noqa: ANN202
    """Take this folder off the path again: the child sees none but its own."""
    here = os.path.normcase(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120
    sys.path[:] = [path for path in sys.path if os.path.normcase(os.path.abspath(path)) != here]  # noqa: PTH100


def _reach():  # type: ignore[no-untyped-def] # noqa: ANN202
    """Have the child's sessions mounted, where its environment has this package."""
    try:
        from requests_indexauth.programs.hooks import install  # noqa: PLC0415

        install()
    except Exception:  # noqa: BLE001, S110 - no such package, an older one, or a Python too old for it
        pass


if __name__ == "sitecustomize":  # and not a tool that looks through all modules
    _leave_path()  # type: ignore[no-untyped-call]
    _reach()  # type: ignore[no-untyped-call]
    _SELF = sys.modules.pop("sitecustomize", None)  # kept: old Pythons empty a module without references
    # Without another module of that name this raises ImportError, which Python expects and catches.
    import sitecustomize  # type: ignore[import-not-found] # noqa: F401 - for its own sake
