"""The three places `indexauth demo` puts a password, in a temporary home and with no other variable than it needs."""

from __future__ import annotations

import os
import sysconfig
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Callable, NamedTuple

from ...models.credentials import Credentials
from ...store.file_store import CredentialStore
from .index import USER, DemoIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

# What programs need to run at all; nothing that names an index, a proxy or a credential.
_KEPT = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "PYTHONPATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")


class Place(NamedTuple):
    """Somewhere a password can be kept.

    Attributes:
        name: what people call it.
        fill: puts the index's password there.
        empty: takes it away again.
        teaches: whether the first request has to be refused before the place is looked into.

    """

    name: str
    fill: Callable[[DemoIndex], None]
    empty: Callable[[DemoIndex], object]
    teaches: bool

    @contextmanager
    def filled(self, index: DemoIndex) -> Iterator[None]:
        """Have the password there for a while."""
        self.fill(index)
        try:
            yield
        finally:
            self.empty(index)


def _netrc() -> Path:
    return Path("~/.netrc").expanduser()


def _fill_netrc(index: DemoIndex) -> None:
    _netrc().write_text(f"machine {index.host} login {USER} password {index.password}\n", encoding="utf-8")


def _fill_environment(index: DemoIndex) -> None:
    os.environ.update(_variables(index))


def _empty_environment(index: DemoIndex) -> None:
    for name in _variables(index):
        del os.environ[name]


def _variables(index: DemoIndex) -> dict[str, str]:
    return {"UV_INDEX_DEMO_USERNAME": USER, "UV_INDEX_DEMO_PASSWORD": index.password}


PLACES = (
    Place("netrc", _fill_netrc, lambda _: _netrc().unlink(), teaches=True),
    Place("environment", _fill_environment, _empty_environment, teaches=False),
    Place(
        "store",
        lambda index: CredentialStore().set(index.url, Credentials.basic(USER, index.password)),
        lambda index: CredentialStore().remove(index.url),
        teaches=True,
    ),
)


@contextmanager
def borrowed_home(index: DemoIndex) -> Iterator[Path]:
    """Give this process an empty home and environment with one index, ``demo``; afterwards all is as it was.

    The user's files and variables are neither read nor written meanwhile.
    """
    before = dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="indexauth-demo-") as folder:
        home = str(Path(folder).resolve())
        wanted = {name: before[name] for name in _KEPT if name in before}
        wanted.update(dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"), home))
        # No file above the working folder, nor pip's, may say anything; and no proxy of the system's.
        wanted.update({"UV_NO_CONFIG": "1", "PIP_CONFIG_FILE": os.devnull, "no_proxy": "*"})
        wanted["UV_INDEX"] = f"demo={index.url}"
        source = str(Path(__file__).parents[3])
        if source != sysconfig.get_path("purelib"):  # not installed: the commands that are run have to find it too
            wanted["PYTHONPATH"] = os.pathsep.join([source, *filter(None, [before.get("PYTHONPATH")])])
        try:
            os.environ.clear()
            os.environ.update(wanted)
            yield Path(folder)
        finally:
            os.environ.clear()
            os.environ.update(before)
