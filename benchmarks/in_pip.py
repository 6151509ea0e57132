"""Run by the Python of a pip: its own authentication, a plain pair and ours, in pip's copy of ``requests``."""

from __future__ import annotations

import json
import sys
from functools import partial

from requests_indexauth.pip.patch import prepare

from .measure import Contender, interleaved
from .null import FULL_INDEX, microseconds, unplug
from .peers import pip_session

ROUNDS = 40
PLAIN = 'auth=("u", "p")'


def main() -> None:
    """Print both costs as JSON."""
    prepare()  # what `pip-indexauth` itself does first
    from pip._internal.network.session import PipSession  # noqa: PLC0415 - now it is ours
    from pip._vendor import requests, urllib3  # noqa: PLC0415

    ours, own = PipSession(index_urls=[FULL_INDEX]), pip_session([FULL_INDEX])
    del own.get_adapter  # plain pip's again
    plain = pip_session([FULL_INDEX])
    del plain.get_adapter
    plain.auth = ("u", "p")
    contenders: dict[str, Contender] = {
        name: partial(microseconds, unplug(session, requests, urllib3))
        for name, session in {"pip-indexauth": ours, "pip": own, PLAIN: plain}.items()
    }
    json.dump(interleaved(contenders, ROUNDS), sys.stdout)


main()
