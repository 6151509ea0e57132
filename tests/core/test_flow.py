"""Every rule of a request's way (listed above the flow), as a table without a server."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from requests_indexauth.core.flow import MAX_SENDS, auth_flow
from requests_indexauth.core.memo import Memo
from requests_indexauth.core.resolver import Resolver
from requests_indexauth.errors import CredentialsNotAllowed, MissingCredentials, PolicyError, SourceError
from requests_indexauth.models.call import Call, ServerAnswer
from requests_indexauth.models.index import Index
from requests_indexauth.models.query import Query
from requests_indexauth.sources import base
from requests_indexauth.sources.base import Source
from support.flows import (
    ALWAYS,
    BARE,
    FILE,
    GIVEN_PAGE,
    HOST,
    NEVER,
    OTHER_PAGE,
    PAGE,
    TEAM,
    USER_PAGE,
    A,
    Broken,
    Listed,
    Rig,
    Status,
    Variables,
    credential,
    netrc,
    shown,
    store,
)


class Row(NamedTuple):
    """One call on a fresh session: what the server answers, and what must be sent for it.

    ``where``: ``None`` where no index covers the URL. ``then``: what a second GET of the same URL, with nothing given,
    sends first.
    """

    sources: tuple[Source, ...]
    answers: tuple[Status, ...]
    sent: tuple[str, ...]
    where: Index | None = TEAM
    path: str = PAGE
    method: str = "GET"
    header: str | None = None
    has_body: bool = False
    bare: bool = False
    then: str = BARE


CACHED_200 = ServerAnswer(200, fresh=False)


GIVEN = {
    "a complete credential in the URL is sent at once, and remembered when accepted": Row(
        (), (200,), ("me:given",), path=GIVEN_PAGE, then="me:given"
    ),
    "the same where no index covers the URL": Row(
        (), (200,), ("me:given",), where=None, path=GIVEN_PAGE, then="me:given"
    ),
    "an index with the policy always takes it too": Row(
        (), (200,), ("me:given",), where=ALWAYS, path=GIVEN_PAGE, then="me:given"
    ),
    "a given header is sent, and is the caller's for that call alone": Row(
        (), (200,), ("me:header",), header="me:header"
    ),
    "a given credential comes before the index's own": Row(
        (Variables(team="env:pw"),), (200,), ("me:given",), path=GIVEN_PAGE, then="me:given"
    ),
    "a 401 to a given credential is the caller's answer, whatever the sources have": Row(
        (netrc("me:pw"),), (401,), ("me:given",), path=GIVEN_PAGE
    ),
    "a 403 to a given credential neither": Row((netrc("me:pw"),), (403,), ("me:given",), path=GIVEN_PAGE),
    "a 401 to a given header neither": Row((netrc("me:pw"),), (401,), ("me:header",), header="me:header"),
    "a 404 to a given credential accepts it": Row((), (404,), ("me:given",), path=GIVEN_PAGE, then="me:given"),
    "an answer out of an HTTP cache proves nothing of a given credential": Row(
        (), (CACHED_200,), ("me:given",), path=GIVEN_PAGE
    ),
}


USERNAME = {
    "a given user name is looked up before anything is sent": Row(
        (netrc("me:pw"),), (200,), ("me:pw",), path=USER_PAGE, then="me:pw"
    ),
    "only an entry of that user will do": Row(
        (netrc("you:no"), store("me:pw")), (200,), ("me:pw",), path=USER_PAGE, then="me:pw"
    ),
    "nothing found: the user name goes with an empty password": Row(
        (netrc("you:no"),), (200,), ("me:",), path=USER_PAGE, then="me:"
    ),
    "the same where no index covers the URL": Row((), (200,), ("me:",), where=None, path=USER_PAGE, then="me:"),
    "a refusal of that is the caller's answer when the 401 brings no other source in": Row(
        (), (401,), ("me:",), path=USER_PAGE
    ),
    "a source that waits for a 401 is asked after that": Row(
        (Listed("keyring", "me:pw", challenged_only=True),),
        (401, 200),
        ("me:", "me:pw"),
        path=USER_PAGE,
        then="me:pw",
    ),
    "the index's own credential of that user is sent": Row(
        (Variables(team="me:env"),), (200,), ("me:env",), path=USER_PAGE, then="me:env"
    ),
    "the index's own credential of another user is not": Row(
        (Variables(team="you:env"),), (200,), ("me:",), path=USER_PAGE, then="me:"
    ),
    "the sources after a refused one are asked for the same user": Row(
        (netrc("me:old"), store("/team me:pw")), (401, 200), ("me:old", "me:pw"), path=USER_PAGE, then="me:pw"
    ),
    "a user name that no header can carry goes nowhere": Row(
        (), (401,), (BARE,), path="https://m%3Ae@pkgs.example.com/team/simple/thing/"
    ),
    "a user name alone in the index's variables works as a given one": Row(
        (Variables(team="me"), netrc("you:no", "me:pw")), (200,), ("me:pw",), then="me:pw"
    ),
    "a user name alone in the variables, nothing found: with an empty password": Row(
        (Variables(team="me"), netrc("you:no")), (401,), ("me:",)
    ),
}


OWN = {
    "the index's own credential is sent at once": Row((Variables(team="env:pw"),), (200,), ("env:pw",), then="env:pw"),
    "the variables come before the index URL's userinfo": Row(
        (Variables(team="env:pw"), Listed("index URL", "url:pw", preemptive=True)), (200,), ("env:pw",), then="env:pw"
    ),
    "a user name alone there is completed by the next source of the index's own": Row(
        (Variables(team="me"), Listed("index URL", "me:url", preemptive=True)), (200,), ("me:url",), then="me:url"
    ),
    "when it is refused the other sources are asked": Row(
        (Variables(team="env:old"), netrc("me:pw")), (401, 200), ("env:old", "me:pw"), then="me:pw"
    ),
    "a 403 to it is the caller's answer, and it is sent again next time": Row(
        (Variables(team="env:pw"), netrc("me:pw")), (403,), ("env:pw",), then="env:pw"
    ),
    "it is for the URLs its index covers": Row((Variables(team="env:pw"),), (401,), (BARE,), where=None),
}


BARE_FIRST = {
    "nothing known: bare, and a 200 is the answer": Row((netrc("me:pw"),), (200,), (BARE,)),
    "bare 401: the chain is asked": Row((netrc("me:pw"),), (401, 200), (BARE, "me:pw"), then="me:pw"),
    "bare 401 where no index covers the URL: too": Row(
        (netrc("me:pw"),), (401, 200), (BARE, "me:pw"), where=None, then="me:pw"
    ),
    "bare 403 to a GET: the chain is asked": Row((netrc("me:pw"),), (403, 200), (BARE, "me:pw"), then="me:pw"),
    "bare 404 to a GET: the chain is asked": Row((netrc("me:pw"),), (404, 200), (BARE, "me:pw"), then="me:pw"),
    "bare 404: a source that waits for a 401 is not asked": Row(
        (Listed("keyring", "me:pw", challenged_only=True),), (404,), (BARE,)
    ),
    "bare 403: neither": Row((Listed("keyring", "me:pw", challenged_only=True),), (403,), (BARE,)),
    "bare 404 to a HEAD: the chain is asked": Row(
        (netrc("me:pw"),), (404, 200), (BARE, "me:pw"), method="HEAD", then="me:pw"
    ),
    "bare 403 to an OPTIONS: the chain is asked": Row(
        (netrc("me:pw"),), (403, 200), (BARE, "me:pw"), method="OPTIONS", then="me:pw"
    ),
    "bare 401 to a POST without a body: the chain is asked": Row(
        (netrc("me:pw"),), (401, 200), (BARE, "me:pw"), method="POST", then="me:pw"
    ),
    "bare 403 to a POST is the answer": Row((netrc("me:pw"),), (403,), (BARE,), method="POST"),
    "bare 404 to a POST is the answer": Row((netrc("me:pw"),), (404,), (BARE,), method="POST"),
    "bare 404 to a DELETE is the answer": Row((netrc("me:pw"),), (404,), (BARE,), method="DELETE"),
    "bare 500 is the answer": Row((netrc("me:pw"),), (500,), (BARE,)),
    "bare 302 is the answer": Row((netrc("me:pw"),), (302,), (BARE,)),
    "no source answers: the first response is returned": Row((netrc(),), (401,), (BARE,)),
    "a Bearer token is sent as one": Row(
        (Listed("known hosts", "Bearer tok"),), (401, 200), (BARE, "Bearer tok"), then="Bearer tok"
    ),
    "a source that breaks is passed over": Row(
        (Broken(SourceError("netrc: no")), store("me:pw")), (401, 200), (BARE, "me:pw"), then="me:pw"
    ),
    "401 to the first source's credential: the sources after it are asked": Row(
        (netrc("host:wide"), store("/team me:pw")), (401, 401, 200), (BARE, "host:wide", "me:pw"), then="me:pw"
    ),
    "a source after it that has the same credential is passed over": Row(
        (netrc("me:old"), store("me:old"), Listed("keyring", "me:new")),
        (401, 401, 200),
        (BARE, "me:old", "me:new"),
        then="me:new",
    ),
    "401 to the last source's credential is the answer": Row((netrc("me:pw"),), (401, 401), (BARE, "me:pw")),
    "403 to a fresh credential is the answer, and proves nothing": Row(
        (netrc("me:pw"), store("you:pw")), (401, 403), (BARE, "me:pw")
    ),
    "404 to a fresh credential is the answer, and accepts it": Row(
        (netrc("me:pw"), store("you:pw")), (401, 404), (BARE, "me:pw"), then="me:pw"
    ),
    "500 to a fresh credential accepts it": Row((netrc("me:pw"),), (401, 500), (BARE, "me:pw"), then="me:pw"),
    "an answer out of an HTTP cache proves nothing": Row((netrc("me:pw"),), (401, CACHED_200), (BARE, "me:pw")),
    "three sends at most": Row(
        (netrc("a:1"), store("b:2"), Listed("keyring", "c:3")), (401, 401, 401), (BARE, "a:1", "b:2")
    ),
}


ALWAYS_ROWS = {
    "always: the chain is asked before anything is sent": Row((netrc("me:pw"),), (200,), ("me:pw",), then="me:pw"),
    "always: the index's own credential": Row((Variables(team="env:pw"),), (200,), ("env:pw",), then="env:pw"),
    "always: the sources after a refused one, never bare": Row(
        (netrc("me:old"), store("me:pw")), (401, 200), ("me:old", "me:pw"), then="me:pw"
    ),
    "always: a 403 is the answer": Row((netrc("me:pw"), store("b:2")), (403,), ("me:pw",), then="me:pw"),
    "always: a 404 is the answer": Row((netrc("me:pw"), store("b:2")), (404,), ("me:pw",), then="me:pw"),
    "always: three sends at most": Row(
        (netrc("a:1"), store("b:2"), Listed("keyring", "c:3"), Listed("prompt", "d:4")),
        (401, 401, 401),
        ("a:1", "b:2", "c:3"),
        then="d:4",
    ),
}


ODD = {
    "never: bare, and the answer is the caller's": Row((netrc("me:pw"),), (401,), (BARE,), where=NEVER),
    "a pre-signed URL goes out bare, and its refusal is final": Row((netrc("me:pw"),), (403,), (BARE,), bare=True),
    "a pre-signed URL takes no given credential either": Row((), (401,), (BARE,), path=GIVEN_PAGE, bare=True),
    "a pre-signed URL under an index with the policy always goes out bare": Row(
        (netrc("me:pw"),), (200,), (BARE,), where=ALWAYS, bare=True, then="me:pw"
    ),
    "a request with a body asks the chain before it is sent": Row(
        (netrc("me:pw"),), (200,), ("me:pw",), method="POST", has_body=True, then="me:pw"
    ),
    "a request with a body where no index covers the URL: too": Row(
        (netrc("me:pw"),), (200,), ("me:pw",), where=None, method="PUT", has_body=True, then="me:pw"
    ),
    "a request with a body, nothing found: bare": Row((netrc(),), (200,), (BARE,), method="POST", has_body=True),
    "a request with a body, nothing found, and a source that waits for a 401": Row(
        (Listed("keyring", "me:pw", challenged_only=True),),
        (401, 200),
        (BARE, "me:pw"),
        method="POST",
        has_body=True,
        then="me:pw",
    ),
}


def test_always_is_an_error_where_nothing_may_be_sent() -> None:
    """A redirect from https to plain http gets no credential, and the policy lets nothing out without one."""
    rig = Rig(netrc("me:pw"), indexes=[ALWAYS])
    call = rig.call(PAGE, bare=True)._replace(downgraded=True)
    with pytest.raises(MissingCredentials) as caught:
        rig.run(call)
    assert (caught.value.url, caught.value.index, caught.value.sources) == (f"{HOST}{PAGE}", "team", ())
    assert Rig(netrc("me:pw"), indexes=[TEAM]).run(rig.call(PAGE, bare=True), 200) == [BARE]


def test_a_person_is_asked_after_all_else() -> None:
    """What the realm remembers comes first: files of two indexes may lie side by side."""
    other = Index(f"{HOST}/other/simple/")
    person = Listed("prompt", "who:knows", slow=True, interactive=True)
    rig = Rig(store("/team you:2", "/other me:1"), person, indexes=[TEAM, other])
    for path in (PAGE, "/other/simple/thing/"):
        rig.run(rig.call(path), 401, 200)
    assert rig.run(rig.call("/files/thing.whl"), 401, 200) == ["me:1", "you:2"]
    assert person.asked == []
    assert rig.run(rig.call("/files/other.whl", method="POST", has_body=True), 401, 401, 200)[-1] == "who:knows"
    assert len(person.asked) == 1


def check(row: Row) -> None:
    rig = Rig(*row.sources, indexes=[row.where] if row.where is not None else [])
    call = rig.call(row.path, method=row.method, header=row.header, has_body=row.has_body, bare=row.bare)
    assert rig.run(call, *row.answers) == list(row.sent)
    assert rig.next_sent(rig.call(PAGE)) == row.then


@pytest.mark.parametrize("rule", GIVEN)
def test_a_given_credential(rule: str) -> None:
    """What the caller gave is sent as it is; no other source is tried."""
    check(GIVEN[rule])


@pytest.mark.parametrize("rule", USERNAME)
def test_a_given_user_name(rule: str) -> None:
    """A user name alone is completed before anything is sent."""
    check(USERNAME[rule])


@pytest.mark.parametrize("rule", OWN)
def test_the_indexes_own_credential(rule: str) -> None:
    """What is configured for the index itself does not wait for a refusal."""
    check(OWN[rule])


def test_no_thread_waits_while_a_person_is_asked() -> None:
    """A credential that was refused before that is refused: there is no verdict to wait for."""
    held: list[object] = []

    class Person(Listed):
        def find(self, query: Query) -> base.Answer | None:
            held.extend(rig.memo.gates._held)
            return super().find(query)

    rig = Rig(netrc("me:wrong"), Person("prompt", "who:knows", slow=True, interactive=True))
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:wrong", "who:knows"]
    assert held == []


@pytest.mark.parametrize("rule", BARE_FIRST)
def test_auto(rule: str) -> None:
    """Policy auto with nothing given: bare first, and the chain after a refusal."""
    check(BARE_FIRST[rule])


@pytest.mark.parametrize("rule", ALWAYS_ROWS)
def test_always(rule: str) -> None:
    """Policy always: the chain first."""
    check(ALWAYS_ROWS[rule]._replace(where=ALWAYS))


@pytest.mark.parametrize("rule", ODD)
def test_never_and_bare_and_bodies(rule: str) -> None:
    """Requests that are not to have a credential, or must not be sent twice."""
    check(ODD[rule])


@pytest.mark.parametrize(
    ("path", "header", "sources", "origin"),
    [
        pytest.param(GIVEN_PAGE, None, (), "the request", id="in the URL"),
        pytest.param(USER_PAGE, None, (), "the request", id="a user name in the URL"),
        pytest.param(PAGE, "me:pw", (), "the request", id="a header"),
        pytest.param(PAGE, None, (Variables(team="me:pw"),), "its variables or its URL", id="in variables"),
        pytest.param(PAGE, None, (Variables(team="me"),), "its variables or its URL", id="a user name in variables"),
        pytest.param(
            PAGE,
            None,
            (Listed("index URL", "me:pw", preemptive=True),),
            "its variables or its URL",
            id="in the index's URL",
        ),
    ],
)
def test_never_with_a_credential_is_an_error(
    path: str, header: str | None, sources: tuple[Source, ...], origin: str
) -> None:
    """Policy never: a credential that was given or configured is an error before any traffic."""
    rig = Rig(*sources, indexes=[NEVER])
    with pytest.raises(CredentialsNotAllowed) as caught:
        next(rig.flow(rig.call(path, header=header)))
    assert (caught.value.url, caught.value.index, caught.value.sources) == (f"{HOST}{PAGE}", "team", (origin,))


def test_never_reads_no_source() -> None:
    """Policy never: not even a file is read."""
    files = netrc("me:pw")
    rig = Rig(files, indexes=[NEVER])
    assert rig.run(rig.call(PAGE), 401) == [BARE]
    assert files.asked == []


def test_always_with_nothing_is_an_error() -> None:
    """Policy always: nothing found is an error before any traffic that names the URL, the index and the sources."""
    rig = Rig(netrc(), Listed("keyring", challenged_only=True), store(), indexes=[ALWAYS])
    with pytest.raises(MissingCredentials) as caught:
        next(rig.flow(rig.call(PAGE)))
    assert (caught.value.url, caught.value.index) == (f"{HOST}{PAGE}", "team")
    assert caught.value.sources == ("netrc", "credential store")


@pytest.mark.parametrize("path", [PAGE, USER_PAGE])
def test_always_with_a_user_name_alone_is_an_error(path: str) -> None:
    """Policy always: a user name alone is nothing complete, and is not sent with an empty password."""
    rig = Rig(Variables(team="me"), indexes=[ALWAYS])
    with pytest.raises(MissingCredentials):
        next(rig.flow(rig.call(path)))


def test_always_takes_a_refused_credential_for_not_found() -> None:
    """Policy always: what was refused before counts as not found."""
    rig = Rig(netrc("me:pw"), indexes=[ALWAYS])
    assert rig.run(rig.call(PAGE), 401) == ["me:pw"]
    with pytest.raises(MissingCredentials):
        next(rig.flow(rig.call(OTHER_PAGE)))


def test_always_takes_what_the_realm_remembers() -> None:
    """Policy always: the memo counts, for the realm too, where the chain has nothing."""
    rig = Rig(indexes=[ALWAYS])
    rig.run(rig.call("https://me:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401) == ["me:pw"]
    with pytest.raises(MissingCredentials):
        next(rig.flow(rig.call(PAGE)))


def test_a_cached_answer_makes_no_index_known() -> None:
    """Nothing is known of the server yet."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), CACHED_200)
    assert not rig.memo.is_known(TEAM)


@pytest.mark.parametrize("sources", [(), (Variables(team="env:pw"),)], ids=["bare", "with its own credential"])
def test_any_answer_of_a_server_makes_an_index_known(sources: tuple[Source, ...]) -> None:
    """Later calls need not wait for a first answer."""
    rig = Rig(*sources, indexes=[TEAM])
    rig.run(rig.call(PAGE), 500)
    assert rig.memo.is_known(TEAM)


@pytest.mark.parametrize("status", [401, 403, 404])
@pytest.mark.parametrize("index", [TEAM, ALWAYS, None], ids=["auto", "always", "no index"])
def test_never_more_than_three_sends(index: Index | None, status: int) -> None:
    """A server that refuses everything is asked three times at most, and the fourth source not at all."""
    names = ("netrc", "store", "pypirc", "keyring", "prompt")
    sources = [Listed(name, f"u{number}:p") for number, name in enumerate(names)]
    rig = Rig(*sources, indexes=[index] if index else [])
    for _ in range(2):
        sent, _ = rig.ask(rig.call(PAGE), lambda _path, _sent: status)
        assert len(sent) <= MAX_SENDS


def test_the_last_send_asks_no_source_for_what_will_not_be_sent() -> None:
    """After the third answer no source is asked in vain, and no other thread is made to wait."""
    keyring = Listed("keyring", "c:3", slow=True)
    rig = Rig(netrc("a:1"), store("b:2"), keyring, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 401, 401) == [BARE, "a:1", "b:2"]
    assert keyring.asked == []
    assert rig.memo.gates._held == {}


def test_a_verdict_of_403_is_waited_for_no_longer() -> None:
    """Other threads that have the same credential go on, though this call tries another one."""
    rig = Rig(netrc("u:p"), indexes=[A])
    rig.run(rig.call("/a/simple/p/"), 401, 200)
    flow = rig.flow(rig.call(FILE))
    assert shown(next(flow)) == "u:p"
    flow.send(ServerAnswer(403))
    assert rig.memo.gates._held == {}


def test_the_flow_hands_out_what_the_source_holds() -> None:
    """What is yielded is the credential, its source and its path."""
    rig = Rig(store("/team me:pw"))
    flow = rig.flow(rig.call(PAGE))
    assert next(flow) is None
    found = flow.send(ServerAnswer(401))
    assert found is not None
    assert (found.credentials, found.source, found.prefix) == (credential("me:pw"), "credential store", "/team")
    flow.close()


@pytest.mark.parametrize("policy", ["always", "never"])
def test_a_policy_error_masks_the_query(policy: str) -> None:
    """A token in the URL's query is not in the error that names the URL."""
    index = Index(f"{HOST}/team/simple/", authenticate=policy)  # type: ignore[arg-type]
    query = Query(f"{HOST}/team/simple/x?token=canary", index.realm, "/team/simple/x", index, "u")
    with pytest.raises(PolicyError) as caught:
        next(auth_flow(Call(query), Memo(), Resolver([], lambda _message: None)))
    assert (caught.value.url, "canary" in str(caught.value)) == (f"{HOST}/team/simple/x?****", False)
