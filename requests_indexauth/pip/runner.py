"""Runs pip with our authentication in place of pip's own runner; a Python is given the path of this file.

That Python may be one of an environment where this package is not installed. This file is never imported, and says
what is wrong in the words of any Python 3.
"""

import os
import sys

_HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120
_SITE = os.path.dirname(os.path.dirname(_HERE))  # noqa: PTH120
_RUNNABLE = "REQUESTS_INDEXAUTH_PIP_RUNNABLE"


class _Beside:
    """Finds a package where this very copy of ours lies, as pip's own runner finds that very copy of pip."""

    def __init__(self, name):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN204
        self.name = name

    def find_spec(self, fullname, path=None, target=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, ARG002
        if fullname != self.name:
            return None
        from importlib.machinery import PathFinder  # noqa: PLC0415

        return PathFinder.find_spec(fullname, [_SITE], target)


def _run() -> None:
    if sys.version_info < (3, 9) and _RUNNABLE in os.environ:  # pragma: no cover - tested on those we support
        import runpy  # noqa: PLC0415

        sys.stderr.write("pip-indexauth: this Python is older than 3.9: plain pip runs\n")
        sys.argv[0] = os.environ.pop(_RUNNABLE)
        try:
            import pip  # noqa: F401, PLC0415
        except ImportError:
            runpy.run_path(sys.argv[0], run_name="__main__")
        else:
            runpy.run_module("pip", run_name="__main__", alter_sys=True)
    else:
        sys.meta_path.insert(0, _Beside("requests_indexauth"))  # type: ignore[no-untyped-call]
        sys.meta_path.append(_Beside("tomli_w"))  # type: ignore[no-untyped-call] # for a login, if that Python has none
        from requests_indexauth.pip.child import run  # noqa: PLC0415

        run()


if __name__ == "__main__":
    if sys.path and os.path.abspath(sys.path[0]) == _HERE:  # noqa: PTH100
        del sys.path[0]  # `import pip` must not find ours
    _run()
