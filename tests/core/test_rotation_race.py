"""A password changes while several requests are under way: the next request must find the new one."""

from __future__ import annotations

import contextlib

from requests_indexauth.core.flow import Flow, auth_flow
from requests_indexauth.core.memo import Memo
from requests_indexauth.core.resolver import Resolver
from requests_indexauth.models.call import Call, ServerAnswer
from requests_indexauth.models.credentials import Credentials
from requests_indexauth.models.found import GIVEN, Found
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.models.url import parse_url
from requests_indexauth.sources.base import Answer, Source
from support.flows import Listed, Rig, credential, lets_in

INDEX = Index("https://h.example/a/simple/")


class Changing(Source):
    """A slow source, whose answer is kept until it is asked afresh."""

    name = "keyring"
    slow = True
    password = "old"

    def find(self, query: Query) -> Answer:  # noqa: ARG002
        return Answer(Credentials.basic("u", self.password))


def finish(flow: Flow, password: str) -> int:
    """Answer a flow as a server that knows one password does; return the last status."""
    found = next(flow)
    while True:
        known = found is not None and found.credentials == Credentials.basic("u", password)
        status = 200 if known else 401
        try:
            found = flow.send(ServerAnswer(status))
        except StopIteration:
            return status


def test_a_refusal_of_what_another_thread_had_accepted_asks_afresh() -> None:
    """A request has the credential from the chain, another has it accepted meanwhile, then the password changes."""
    source, memo = Changing(lambda _message: None), Memo()
    resolver = Resolver([source], lambda _message: None)
    url = parse_url("https://h.example/a/simple/x/")
    call = Call(Query(url.clean, url.realm, url.path, INDEX))

    slow = auth_flow(call, memo, resolver)
    assert next(slow) is None
    assert slow.send(ServerAnswer(401)) is not None
    assert finish(auth_flow(call, memo, resolver), "old") == 200
    source.password = "new"
    with contextlib.suppress(StopIteration):
        slow.send(ServerAnswer(401))
    slow.close()
    assert finish(auth_flow(call, memo, resolver), "new") == 200


def test_what_is_good_again_on_the_callers_word_and_then_refused_asks_afresh() -> None:
    """A password was changed and changed back, which a URL with it has shown, and then changed once more."""
    source, memo = Changing(lambda _message: None), Memo()
    resolver = Resolver([source], lambda _message: None)
    url = parse_url("https://h.example/a/simple/x/")
    call = Call(Query(url.clean, url.realm, url.path, INDEX))
    given = call._replace(given=Found(Credentials.basic("u", "old"), GIVEN, url.realm), keep_given=True)

    assert finish(auth_flow(call, memo, resolver), "old") == 200
    source.password = "new"
    assert finish(auth_flow(call, memo, resolver), "new") == 200
    assert finish(auth_flow(given, memo, resolver), "old") == 200
    source.password = "newest"
    flow = auth_flow(call, memo, resolver)
    next(flow)
    found = flow.send(ServerAnswer(401))
    assert found is not None
    assert found.credentials == Credentials.basic("u", "newest")


def test_two_changes_in_a_row_ask_afresh_twice() -> None:
    """What is found in place of a remembered credential is out of date before it is sent."""
    source, memo = Changing(lambda _message: None), Memo()
    resolver = Resolver([source], lambda _message: None)
    url = parse_url("https://h.example/a/simple/x/")
    call = Call(Query(url.clean, url.realm, url.path, INDEX))

    assert finish(auth_flow(call, memo, resolver), "old") == 200
    source.password = "new"
    slow = auth_flow(call, memo, resolver)
    next(slow)
    assert slow.send(ServerAnswer(401)) is not None
    source.password = "newest"
    with contextlib.suppress(StopIteration):
        slow.send(ServerAnswer(401))
    slow.close()
    assert finish(auth_flow(call, memo, resolver), "newest") == 200


def test_a_misfit_of_the_realm_does_not_hide_that_what_fits_is_out_of_date() -> None:
    """Another thread was refused the old password and has not asked afresh yet; a request tries another user first."""
    store = Listed("store", "/raw me:old")
    rig = Rig(store)
    rig.get("/raw/one", lets_in({"/raw": "me:old"}))
    rig.run(rig.call("https://you:pw@pkgs.example.com/other/one"), 200)
    rig.run(rig.call("/raw/deep/one"), 401, 401, 401)  # both users' passwords were asked about afresh for this
    store.entries = ["/raw me:old"]
    store._then = ["/raw me:new"]
    call = rig.call("/raw/one")
    rig.memo.refuse(call, Found(credential("me:old"), "store", call.query.realm, "/raw"))
    assert rig.get("/raw/two", lets_in({"/raw": "me:new"})) == ["you:pw", "me:new"]
