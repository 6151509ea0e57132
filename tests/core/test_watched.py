"""Which source each sent credential came from."""

from __future__ import annotations

import pytest

from requests_indexauth.core.watched import watched
from requests_indexauth.models.call import ServerAnswer
from support.flows import BARE, Listed, Rig, shown


def test_the_source_of_each_credential_is_noted_and_the_flow_is_the_same() -> None:
    """A bare request has none."""
    rig, sources = Rig(Listed("netrc", "me:wrong"), Listed("store", "you:pw")), dict[str, str]()
    flow = watched(rig.flow(rig.call()), sources)
    sent = [next(flow), flow.send(ServerAnswer(401)), flow.send(ServerAnswer(401))]
    with pytest.raises(StopIteration):
        flow.send(ServerAnswer(200))
    assert [shown(found) for found in sent] == [BARE, "me:wrong", "you:pw"]
    assert sources == {str(found.header): found.source for found in sent if found is not None}
    assert list(sources.values()) == ["netrc", "store"]


def test_a_flow_that_is_given_up_opens_its_gates() -> None:
    """The one within is closed with the one around it."""
    rig = Rig(Listed("netrc", "me:pw"))
    within = rig.flow(rig.call("https://me@pkgs.example.com/x"))  # kept: collected as garbage, it would be closed too
    flow = watched(within, {})
    next(flow)
    assert rig.memo.gates._held
    flow.close()
    assert rig.memo.gates._held == {}
