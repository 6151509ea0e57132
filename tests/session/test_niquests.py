"""A session of niquests, which descends from requests: where niquests is installed (`tox -e niquests`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import IndexAuth, mount
from support.messages import refused, text
from support.ways import write_netrc

if TYPE_CHECKING:
    from pathlib import Path

    from support.server import Serve

niquests = pytest.importorskip("niquests")
ME = ("basic", "me", "pw")


def test_urllib3_future_is_in_the_place_of_urllib3() -> None:
    """Else what follows shows nothing."""
    assert pytest.importorskip("urllib3").__version__ == pytest.importorskip("urllib3_future").__version__


@pytest.mark.parametrize("mounted", [True, False], ids=["mount", "IndexAuth alone"])
def test_a_session_of_niquests_logs_in(mounted: bool, serve: Serve, home: Path) -> None:  # noqa: FBT001 - a parameter
    write_netrc(home, ("127.0.0.1", "me", "pw"))
    server = serve(lambda request: text("done") if request.authorization == ME else refused())
    with niquests.Session() as session:
        if mounted:
            mount(session)
        else:
            session.auth = IndexAuth()
        assert [session.get(server.url).text for _ in range(2)] == ["done", "done"]
    assert server.authorizations == [None, ME, ME]


def test_an_asynchronous_session_of_niquests_is_refused() -> None:
    with pytest.raises(TypeError, match="AsyncSession is asynchronous"):
        mount(niquests.AsyncSession())
