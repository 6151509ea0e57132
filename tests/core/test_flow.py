"""Every rule of a request's way (listed above the flow), as a table without a server."""

from __future__ import annotations

import random
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
from support.flows import BARE, HOST, Broken, Listed, Rig, Status, Variables, credential, lets_in, shown

PAGE = "/team/simple/thing/"
OTHER_PAGE = "/team/simple/other/"
FILE = "/files/thing-1.0.whl"
USER_PAGE = "https://me@pkgs.example.com/team/simple/thing/"
GIVEN_PAGE = "https://me:given@pkgs.example.com/team/simple/thing/"
TEAM = Index(f"{HOST}/team/simple/", "team")
ALWAYS = Index(f"{HOST}/team/simple/", "team", "always")
NEVER = Index(f"{HOST}/team/simple/", "team", "never")


def netrc(*entries: str, then: list[str] | None = None) -> Listed:
    return Listed("netrc", *entries, then=then)


def store(*entries: str, then: list[str] | None = None) -> Listed:
    return Listed("credential store", *entries, then=then)


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


def test_a_user_name_out_of_a_redirect_serves_one_hop() -> None:
    """Neither with an empty password nor with what a source has for it is it remembered for requests without one."""
    for sources, sent in (((), "me:"), ((netrc("me:pw"),), "me:pw")):
        rig = Rig(*sources)
        assert rig.run(rig.call(USER_PAGE)._replace(passing=True), 200) == [sent]
        assert rig.next_sent(rig.call(PAGE)) == BARE


def test_what_serves_one_request_alone_is_tried_once_for_all() -> None:
    """Requests that each name the same user wait for the first verdict, and not for each other ever after."""
    rig = Rig(netrc("me:pw"))
    call = rig.call(USER_PAGE)._replace(passing=True)
    trying = rig.flow(call)
    next(trying)
    assert rig.memo.gates._held
    trying.close()
    assert rig.run(call, 200) == ["me:pw"]
    known = rig.flow(call)
    next(known)
    assert rig.memo.gates._held == {}
    known.close()


@pytest.mark.parametrize("rule", OWN)
def test_the_indexes_own_credential(rule: str) -> None:
    """What is configured for the index itself does not wait for a refusal."""
    check(OWN[rule])


def test_what_was_never_accepted_has_nothing_read_again() -> None:
    """An index's own credential that is refused at once does not say that files are out of date."""
    file = netrc("me:pw")
    rig = Rig(Variables(team="env:wrong"), file, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 200) == ["env:wrong", "me:pw"]
    assert rig.run(rig.call("https://you@pkgs.example.com/team/simple/thing/"), 401) == ["you:"]
    assert file.refreshed == 0


def test_the_entry_of_an_index_that_never_gets_credentials_goes_nowhere_beside_it() -> None:
    """Those of the other indexes in the realm do, in whatever order they are configured."""
    others = [Index(f"{HOST}/{name}/simple/", name) for name in ("empty", "other")]
    for indexes in ([NEVER, *others], [*others, NEVER]):
        rig = Rig(store("/team me:never", "/other you:pw"), indexes=indexes)
        assert rig.run(rig.call(FILE), 401, 401) == [BARE, "you:pw"]


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


def test_each_credential_that_does_not_fit_has_the_sources_read_again_once() -> None:
    """A file may have another one by now; but two users beside each other don't have it read for every page."""
    file = store("/a me:1", "/c you:2")
    rig = Rig(file)
    server = lets_in({"/a": "me:1", "/a/b": "she:3", "/c": "you:2", "/c/d": "she:3"})
    for folder in ("/a", "/c"):
        rig.get(f"{folder}/x", server)
    counts = [file.refreshed]
    for path in ("/a/b/y", "/c/d/y"):
        assert rig.ask(rig.call(path), server)[1] == 401
        counts.append(file.refreshed)
    assert counts == [1, 2, 2]


def test_an_upload_to_a_public_corner_asks_the_sources_first() -> None:
    """That everybody may read there says nothing of who may write."""
    file = store("/a me:pw")
    rig = Rig(file)
    rig.get("/a/x", lets_in({"/a": "me:pw"}))
    rig.get("/open/x", lets_in({"/open": BARE}))
    upload = rig.call("/open/y", method="PUT", has_body=True)
    assert rig.next_sent(rig.call("/open/y")) == rig.next_sent(upload) == BARE
    file.entries.append("/open up:load")
    assert rig.next_sent(rig.call("/open/y")) == BARE
    assert rig.run(upload, 200) == ["up:load"]


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


# What raises


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


# The memo


def test_an_accepted_credential_is_sent_at_once() -> None:
    """K packages cost K + 1 requests, and their files none more."""
    rig = Rig(netrc("me:pw"), indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 200) == [BARE, "me:pw"]
    for path in (OTHER_PAGE, "/team/files/thing-1.0.whl", FILE):
        assert rig.run(rig.call(path), 200) == ["me:pw"]


def test_an_accepted_credential_is_remembered_under_its_user_name() -> None:
    """Later a given user name finds it: in the index, in the realm, and without asking the chain."""
    files = netrc("me:pw")
    rig = Rig(files, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    asked = len(files.asked)
    assert rig.run(rig.call(USER_PAGE), 200) == ["me:pw"]
    assert rig.run(rig.call(f"https://me@pkgs.example.com{FILE}"), 200) == ["me:pw"]
    assert len(files.asked) == asked
    for path in (PAGE, FILE):
        assert rig.run(rig.call(f"https://you@pkgs.example.com{path}"), 401) == ["you:"]


def test_what_an_entrys_path_remembers_is_for_its_user() -> None:
    """A given user name of another user finds nothing there."""
    rig = Rig(store("/team me:pw"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(USER_PAGE), 200) == ["me:pw"]
    assert rig.run(rig.call("https://you@pkgs.example.com/team/simple/other/"), 401) == ["you:"]


def test_a_credential_leaves_its_realm_for_none() -> None:
    """Another port, scheme or host is another realm, and starts bare."""
    rig = Rig()
    rig.run(rig.call(GIVEN_PAGE), 200)
    for elsewhere in ("https://pkgs.example.com:444/", "http://pkgs.example.com/", "https://example.com/"):
        assert rig.run(rig.call(elsewhere), 401) == [BARE]
    assert rig.run(rig.call("https://pkgs.example.com:443/"), 200) == ["me:given"]


def test_slow_sources_are_asked_once_per_scope_and_user_name() -> None:
    """A keyring is asked once for an index, a "nothing" remembered too; a file is asked for each URL."""
    files, keyring = netrc(), Listed("keyring", slow=True)
    rig = Rig(files, keyring, indexes=[TEAM])
    for path in (PAGE, OTHER_PAGE, PAGE):
        assert rig.run(rig.call(path), 401) == [BARE]
    assert (len(files.asked), len(keyring.asked)) == (3, 1)
    rig.run(rig.call(USER_PAGE), 200)
    assert [query.username for query in keyring.asked] == [None, "me"]
    rig.run(rig.call("/elsewhere/"), 200)
    assert len(keyring.asked) == 2


def test_a_misfit_of_the_realm_does_not_ask_a_keyring_again() -> None:
    """That another index's credential is refused here says nothing against what the keyring said here."""
    keyring = Listed("keyring", slow=True)
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call("https://you:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "you:pw"]
    assert len(keyring.asked) == 1


def test_403_to_a_remembered_credential_is_the_answer() -> None:
    """Not allowed is not out of date: nothing is forgotten."""
    rig = Rig(netrc("me:pw"), store("you:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(OTHER_PAGE), 403) == ["me:pw"]
    assert rig.run(rig.call(PAGE), 200) == ["me:pw"]


def test_404_to_a_remembered_credential_is_the_answer() -> None:
    """Where a scope's own credential gets a 404, there is nothing."""
    rig = Rig(netrc("me:pw"), store("you:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(OTHER_PAGE), 404) == ["me:pw"]


# A credential of the realm that does not fit

REALM = {
    "401, the chain has a different one: that is sent": ((401, 200), ("my:pw", "you:pw"), ("/files you:pw",)),
    "403, the chain has a different one: that is sent": ((403, 200), ("my:pw", "you:pw"), ("/files you:pw",)),
    "404 to a GET, the chain has a different one: that is sent": ((404, 200), ("my:pw", "you:pw"), ("/files you:pw",)),
    "401, the chain has the same: one bare attempt": ((401, 200), ("my:pw", BARE), ("my:pw",)),
    "401, the chain has none: one bare attempt": ((401, 401), ("my:pw", BARE), ()),
    "403, the chain has none: one bare attempt": ((403, 404), ("my:pw", BARE), ()),
    "404, the chain has none: it is the answer": ((404,), ("my:pw",), ()),
    "500 is the answer": ((500,), ("my:pw",), ("/files you:pw",)),
    "401 to the chain's one too: a bare attempt is not owed": ((401, 401), ("my:pw", "you:pw"), ("/files you:pw",)),
}


@pytest.mark.parametrize("rule", REALM)
def test_a_realm_credential_that_does_not_fit(rule: str) -> None:
    """Where no index covers the URL, what the realm remembers is sent first, then what the chain has for the path."""
    answers, sent, entries = REALM[rule]
    rig = Rig(store(*entries))
    rig.run(rig.call("https://my:pw@pkgs.example.com/mine/"), 200)
    assert rig.run(rig.call(FILE), *answers) == list(sent)


def test_404_to_a_post_with_a_realm_credential_is_the_answer() -> None:
    """Only a GET, HEAD or OPTIONS is repeated on a 404; on a 403 anything is."""
    rig = Rig(store("/files you:pw"))
    rig.run(rig.call("https://my:pw@pkgs.example.com/mine/"), 200)
    assert rig.run(rig.call(FILE, method="POST", has_body=True), 404) == ["my:pw"]
    assert rig.run(rig.call(FILE, method="POST", has_body=True), 403, 200) == ["my:pw", "you:pw"]


def test_an_index_asks_the_chain_before_it_tries_the_realms_credential() -> None:
    """A covered URL starts bare, then asks the chain, and only then tries what the realm remembers."""
    rig = Rig(netrc("me:pw"), indexes=[TEAM])
    rig.run(rig.call("https://you:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:pw", "you:pw"]
    assert rig.run(rig.call(PAGE), 200) == ["you:pw"]


def test_a_covered_url_goes_bare_once() -> None:
    """Where the realm's credential does not fit either, no second bare attempt follows."""
    rig = Rig(indexes=[TEAM])
    rig.run(rig.call("https://you:pw@pkgs.example.com/elsewhere/"), 200)
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "you:pw"]


def test_an_indexes_own_credential_is_for_its_urls_until_a_server_accepted_it() -> None:
    """Beside the index it is sent unasked after the index has accepted it; before, a 401 brings it in."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    assert rig.run(rig.call(FILE), 403) == [BARE]
    assert rig.run(rig.call(PAGE), 403) == ["env:pw"]
    assert rig.run(rig.call(FILE), 401, 401) == [BARE, "env:pw"]
    assert rig.run(rig.call(PAGE), 200) == ["env:pw"]
    assert rig.run(rig.call("/files/other.whl"), 200) == ["env:pw"]


def test_the_realms_credentials_are_tried_last_accepted_first() -> None:
    """The list of a realm is tried in order, as far as three sends go."""
    rig = Rig()
    for user in "abcd":
        rig.run(rig.call(f"https://{user}:pw@pkgs.example.com/{user}/x"), 200)
    assert rig.run(rig.call(FILE), 401, 401, 401) == ["d:pw", "c:pw", "b:pw"]
    assert rig.run(rig.call(FILE), 200) == ["a:pw"]


def test_what_is_accepted_nowhere_three_times_is_tried_no_more() -> None:
    """An index's password may be out of date when nothing beside the index takes it, nor anything else."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 200)
    for number in range(3):
        assert rig.run(rig.call(f"/files/{number}/x.whl"), 401, 401) == ["env:pw", BARE]
    assert rig.run(rig.call("/files/3/x.whl"), 401) == [BARE]
    assert rig.run(rig.call(PAGE), 200) == ["env:pw"]
    assert rig.run(rig.call("/files/3/x.whl"), 200) == ["env:pw"]


def test_only_what_fits_nowhere_three_times_in_a_row_is_out_of_date() -> None:
    """An answer at home, or to another user's credential, begins the count anew."""
    rig = Rig(Variables(**THREE), indexes=[A])
    rig.get("/a/simple/p/", private)
    for number in (1, 2, 3, 4):
        assert rig.run(rig.call(f"/files/{number}c.whl"), 401, 401) == ["ua:pa", BARE]
        if number == 2:
            rig.get("/a/simple/p/", private)
    rig = Rig(Variables(**THREE), indexes=[A, B])
    rig.get("/a/simple/p/", private)
    rig.get("/b/simple/p/", private)
    for number in (5, 6, 7, 8):
        assert {"ua:pa", "ub:pb"} < set(rig.run(rig.call(f"/files/{number}c.whl"), 401, 401, 401))
        if number == 6:
            assert rig.get("/files/6a.whl", private) == ["ub:pb", "ua:pa"]


def test_what_fits_nowhere_leaves_an_entry_its_path() -> None:
    """That a file beside somebody else's is refused says nothing of the path the entry is for."""
    rig = Rig(store("/a ua:pa"))
    rig.get("/a/simple/p/", private)
    rig.get("/files/1a.whl", private)
    assert rig.run(rig.call("/files/2c.whl"), 401, 401) == ["ua:pa", BARE]
    assert rig.get("/a/simple/q/", private) == ["ua:pa"]
    assert rig.get("/files/3a.whl", private) == ["ua:pa"]


def test_what_is_refused_three_times_under_its_own_path_is_tried_nowhere_else() -> None:
    """An entry for a path may be out of date as well: it is sent again where a source has it and it was accepted."""
    rig = Rig(store("/a ua:pa"))
    rig.run(rig.call("/a/w/1"), 401, 200)
    for folder in "xyz":
        assert rig.run(rig.call(f"/a/{folder}/1"), 401) == ["ua:pa"]
    assert rig.run(rig.call(FILE), 401) == [BARE]
    assert rig.run(rig.call("/a/w/2"), 401, 200) == [BARE, "ua:pa"]
    assert rig.run(rig.call(FILE), 200) == ["ua:pa"]


def test_all_that_is_refused_three_times_is_tried_no_more() -> None:
    """Two credentials and a bare attempt are all there is to try, though they are all the sends there are."""
    rig = Rig()
    for user in "ab":
        rig.run(rig.call(f"https://u{user}:pw@pkgs.example.com/{user}/x"), 200)
    for number in range(3):
        assert rig.run(rig.call(f"/files/{number}/x.whl"), 401, 401, 401) == ["ub:pw", "ua:pw", BARE]
    assert rig.run(rig.call("/files/3/x.whl"), 401) == [BARE]


def test_a_public_corner_is_asked_bare_after_one_misfit() -> None:
    """Where a request without a credential gets in and one with it does not, the next ones beside it go bare."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 200)
    assert rig.run(rig.call("/files/0/x.whl"), 401, 200) == ["env:pw", BARE]
    for number in range(1, 6):
        assert rig.run(rig.call(f"/files/{number}/x.whl"), 200) == [BARE]
    assert rig.run(rig.call("/elsewhere/x.whl"), 200) == ["env:pw"]


@pytest.mark.parametrize("status", [200, 403])
def test_a_corner_that_is_public_no_more_is_asked_with_a_credential(status: int) -> None:
    """A 401 to the bare request brings in what the realm remembers; there it is sent at once from then on."""
    rig = Rig(Variables(team="env:pw"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 200)
    rig.run(rig.call("/files/x.whl"), 401, 200)
    assert rig.run(rig.call("/files/y.whl"), 401, status) == [BARE, "env:pw"]
    assert rig.run(rig.call("/files/y.whl"), 200) == ["env:pw"]


# Two users in one realm

A, B = Index(f"{HOST}/a/simple/", "a"), Index(f"{HOST}/b/simple/", "b")
THREE = {"a": "ua:pa", "b": "ub:pb", "c": "uc:pc"}
C = Index(f"{HOST}/c/simple/", "c")


def owner(path: str) -> str:
    """Return whose a path is: the last letter of its first folder, or of its name."""
    return path.removesuffix(".whl")[-1] if path.startswith("/files") else path[1]


def private(path: str, sent: str) -> int:
    return 200 if sent == THREE[owner(path)] else 401


def hidden(path: str, sent: str) -> int:
    return 200 if sent == THREE[owner(path)] else 404


TWO_USERS = {
    "indexes with variables": lambda: Rig(Variables(**THREE), indexes=[A, B]),
    "indexes, in the store": lambda: Rig(store("/a ua:pa", "/b ub:pb"), indexes=[A, B]),
    "indexes, in the store behind a host-wide netrc": lambda: Rig(netrc("ua:pa"), store("/b ub:pb"), indexes=[A, B]),
    "no index, in the store": lambda: Rig(store("/a ua:pa", "/b ub:pb")),
    "no index, in the store behind a host-wide netrc": lambda: Rig(netrc("ua:pa"), store("/b ub:pb")),
    "no index, one under the other": lambda: Rig(store("ua:pa", "/b ub:pb")),
}


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("folders", ["a folder each", "one folder"])
@pytest.mark.parametrize("where", TWO_USERS)
def test_two_users_in_one_realm_in_any_order(where: str, folders: str, seed: int) -> None:
    """Pages and files of two users, interleaved at random, all work; a user's files come after a page of theirs."""
    chance = random.Random(seed)  # noqa: S311 - a shuffle
    rig, seen = TWO_USERS[where](), set()
    for _ in range(16):
        user = chance.choice("ab")
        if user not in seen or chance.random() < 0.4:
            rig.get(f"/{user}/simple/p{chance.randrange(9)}/", private)
            seen.add(user)
        else:
            folder = f"/files/{user}" if folders == "a folder each" else "/files"
            rig.get(f"{folder}/{chance.randrange(9)}{user}.whl", private)


@pytest.mark.parametrize("seed", range(10))
def test_two_indexes_that_hide_what_is_not_theirs(seed: int) -> None:
    """The same where a server answers 404 to the other user."""
    chance = random.Random(seed)  # noqa: S311
    rig = Rig(Variables(**THREE), indexes=[A, B])
    for user in "ab":
        rig.get(f"/{user}/simple/p/", hidden)
    for _ in range(16):
        user = chance.choice("ab")
        rig.get(chance.choice([f"/{user}/simple/p/", f"/files/{user}/x{user}.whl"]), hidden)


def test_a_user_costs_a_second_request_only_where_files_change_hands() -> None:
    """After the first file of a user the next ones are right at once."""
    rig = Rig(Variables(**THREE), indexes=[A, B])
    rig.get("/a/simple/p/", private)
    rig.get("/b/simple/p/", private)
    assert rig.get("/files/1a.whl", private) == ["ub:pb", "ua:pa"]
    assert rig.get("/files/2a.whl", private) == ["ua:pa"]
    assert rig.get("/files/3b.whl", private) == ["ua:pa", "ub:pb"]
    assert rig.get("/files/3b.whl", private) == ["ub:pb"]
    assert rig.get("/files/1a.whl", private) == ["ua:pa"]


def test_two_users_whose_credentials_were_in_urls() -> None:
    """Without an index or an entry, what was given in URLs is told apart too, files side by side included."""
    rig = Rig()
    rig.run(rig.call("https://ua:pa@pkgs.example.com/a/simple/p/"), 200)
    rig.run(rig.call("https://ub:pb@pkgs.example.com/b/simple/p/"), 200)
    for path in ("/files/1a.whl", "/files/2b.whl", "/files/3a.whl", "/a/simple/q/", "/b/simple/q/", "/files/4b.whl"):
        rig.get(path, private)


@pytest.mark.parametrize("indexes", [[A, B], []], ids=["indexes", "entries for paths"])
def test_a_user_name_shared_by_two_tokens(indexes: list[Index]) -> None:
    """Two tokens under one user name are two credentials."""
    tokens = {"a": "__token__:ta", "b": "__token__:tb"}
    rig = Rig(Variables(**tokens), store("/a __token__:ta", "/b __token__:tb"), indexes=indexes)
    for path in ("/a/simple/p/", "/b/simple/p/", "/files/1a.whl", "/files/2b.whl", "/files/3a.whl", "/b/simple/q/"):
        rig.get(path, lambda path, sent: 200 if sent == tokens[owner(path)] else 401)


def test_a_host_wide_entry_stays_good_beside_one_for_a_path() -> None:
    """What was refused under a path where another fits is sent elsewhere."""
    rig = Rig(netrc("host:wide"), store("/team me:pw"))
    server = lets_in({"/team": "me:pw", "/open": "host:wide"})
    assert rig.get(PAGE, server) == [BARE, "host:wide", "me:pw"]
    assert rig.get("/open/simple/thing/", server) == ["me:pw", "host:wide"]
    assert rig.get(OTHER_PAGE, server) == ["me:pw"]


def test_the_longest_path_that_remembers_wins() -> None:
    """Entries for a path and one below it are remembered apart."""
    rig = Rig(store("/team a:1", "/team/inner b:2"))
    server = lets_in({"/team": "a:1", "/team/inner": "b:2"})
    rig.get("/team/x", server)
    rig.get("/team/inner/x", server)
    assert rig.get("/team/y", server) == ["a:1"]
    assert rig.get("/team/inner/y", server) == ["b:2"]


# Rotation

NEW = {
    "an index": (TEAM, PAGE),
    "an index with the policy always": (ALWAYS, PAGE),
    "no index": (None, PAGE),
    "no index, another folder": (None, FILE),
}


@pytest.mark.parametrize("where", NEW)
def test_rotation(where: str) -> None:
    """A remembered credential that gets a 401 is forgotten; the sources are asked afresh for a different one."""
    index, path = NEW[where]
    files, keyring = netrc("me:old", then=["me:new"]), Listed("keyring", slow=True)
    rig = Rig(files, keyring, indexes=[index] if index else [])
    rig.ask(rig.call(PAGE), lambda _path, sent: 200 if sent == "me:old" else 401)
    assert rig.run(rig.call(path), 401, 200) == ["me:old", "me:new"]
    assert files.refreshed == keyring.refreshed == 1
    assert rig.run(rig.call(path), 200) == ["me:new"]
    assert rig.run(rig.call(PAGE), 200) == ["me:new"]


def test_rotation_asks_a_keyring_again() -> None:
    """A short-lived token out of a keyring survives in a long session."""
    keyring = Listed("keyring", "me:old", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401, 200) == ["me:old", "me:new"]
    assert len(keyring.asked) == 2


@pytest.mark.parametrize("slow", [False, True], ids=["a file", "a keyring"])
def test_rotation_in_another_folder_of_an_entrys_path(slow: bool) -> None:  # noqa: FBT001
    """What the entry's path remembers is refused in a folder where it was not accepted before: too."""
    rig = Rig(Listed("store", "/team me:old", then=["/team me:new"], slow=slow))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call("/team/files/x.whl"), 401, 200) == ["me:old", "me:new"]


def test_rotation_of_what_was_good_again() -> None:
    """An old password that worked again, as a URL has shown, is refused again: the sources are asked afresh at once."""
    keyring = Listed("keyring", "me:given", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401, 200) == ["me:given", "me:new"]
    rig.run(rig.call(GIVEN_PAGE), 200)
    keyring._then = ["me:newest"]
    assert rig.run(rig.call(PAGE), 401, 200) == ["me:given", "me:newest"]


def test_what_is_good_in_one_index_has_nothing_read_again_for_another() -> None:
    """That was done once, when the other refused it."""
    files = netrc("ua:pa")
    rig = Rig(files, indexes=[A, B])
    rig.get("/a/simple/p/", private)
    assert rig.run(rig.call("/b/simple/p/"), 401, 401) == [BARE, "ua:pa"]
    read = files.refreshed
    rig.get("/a/simple/p/", private)
    assert rig.run(rig.call("/b/simple/p/"), 401) == [BARE]
    assert files.refreshed == read


def test_rotation_in_the_folder_after_a_misfit_elsewhere() -> None:
    """That the sources were asked afresh for a misfit does not stand in the way of a new password later."""
    files = netrc("me:old")
    rig = Rig(files)
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(FILE), 401, 200) == ["me:old", BARE]
    files._then = ["me:new"]
    assert rig.run(rig.call(OTHER_PAGE), 401, 200) == ["me:old", "me:new"]


def test_rotation_without_a_new_password() -> None:
    """Only a different credential is sent; the old one is not sent again in its scope."""
    rig = Rig(netrc("me:old"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401) == ["me:old"]
    assert rig.run(rig.call(OTHER_PAGE), 401) == [BARE]


def test_rotation_without_a_new_password_where_no_index_is() -> None:
    """Where it was accepted, nothing but a different credential follows the old one; and it is not sent again."""
    rig = Rig(netrc("me:old"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(PAGE), 401) == ["me:old"]
    assert rig.run(rig.call(FILE), 401) == [BARE]


@pytest.mark.parametrize("status", [401, 403])
def test_what_fits_elsewhere_is_followed_by_one_bare_attempt(status: int) -> None:
    """Another path may want no credential; the path where it was accepted does, and its answer is the caller's."""
    rig = Rig(netrc("me:pw"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call("/elsewhere/thing/"), status, 200) == ["me:pw", BARE]
    assert rig.run(rig.call(PAGE), 403) == ["me:pw"]


def test_no_body_goes_out_bare_after_a_refusal() -> None:
    """An upload is not sent twice for nothing."""
    rig = Rig(netrc("me:pw"))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call("/elsewhere/upload/", method="POST", has_body=True), 403) == ["me:pw"]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_wrong_password_is_no_rotation(index: Index | None) -> None:
    """What was never accepted and is refused: its file is read once more, and nobody slow is asked afresh."""
    files, others, keyring = netrc("me:wrong"), store("/else you:pw"), Listed("keyring", slow=True)
    rig = Rig(files, others, keyring, indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:wrong"]
    assert rig.run(rig.call(PAGE), 401) == [BARE]
    assert (files.refreshed, others.refreshed, keyring.refreshed) == (1, 0, 0)
    assert len(keyring.asked) == 1


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_file_that_was_out_of_date(index: Index | None) -> None:
    """What a file said when it was read is refused: what it says now is sent."""
    rig = Rig(netrc("me:old", then=["me:new"]), indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:old", "me:new"]


def test_a_keyrings_wrong_answer_is_not_asked_for_again() -> None:
    """A keyring may take long, or ask a person: once is enough for a password that was never good."""
    keyring = Listed("keyring", "me:wrong", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:wrong"]
    assert (len(keyring.asked), keyring.refreshed) == (1, 0)


@pytest.mark.parametrize("status", [401, 403, 404])
def test_without_a_rotation_nothing_is_read_again(status: int) -> None:
    """A refusal of a bare request asks the sources, but not afresh."""
    files = netrc("me:pw")
    rig = Rig(files, indexes=[TEAM])
    assert rig.run(rig.call(PAGE), status, 200) == [BARE, "me:pw"]
    assert files.refreshed == 0


@pytest.mark.parametrize("status", [403, 404])
def test_a_misfit_that_is_hidden_has_nothing_asked_afresh(status: int) -> None:
    """403 and 404 do not say that a credential is out of date."""
    keyring = Listed("keyring", slow=True)
    rig = Rig(netrc("me:pw"), keyring)
    rig.run(rig.call(PAGE), 401, 200)
    rig.ask(rig.call(FILE), lambda _path, _sent: status)
    assert keyring.refreshed == 0


def test_a_401_to_the_bare_attempt_asks_the_sources_that_wait_for_one() -> None:
    """The realm's credential was answered 403, which is no challenge (RFC 9110)."""
    rig = Rig(netrc("me:pw"), Listed("keyring", "you:pw", challenged_only=True))
    rig.run(rig.call(PAGE), 401, 200)
    assert rig.run(rig.call(FILE), 403, 401, 200) == ["me:pw", BARE, "you:pw"]


def test_a_401_to_the_realms_credential_asks_the_sources_that_wait_for_one() -> None:
    """The index hid its page behind 404 before."""
    rig = Rig(Variables(a="u:p"), Listed("keyring", "/team me:pw", challenged_only=True), indexes=[A, TEAM])
    rig.run(rig.call("/a/simple/p/"), 200)
    assert rig.run(rig.call(PAGE), 404, 401, 200) == [BARE, "u:p", "me:pw"]


def test_an_interrupted_rereading_is_made_up_for() -> None:
    """Ctrl-C while the sources are asked afresh: the next 401 asks them afresh."""
    keyring = Listed("keyring", "me:old", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    flow = rig.flow(rig.call(PAGE))
    next(flow)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keyring, "refresh", interrupted)
        with pytest.raises(KeyboardInterrupt):
            flow.send(ServerAnswer(401))
    assert rig.run(rig.call(PAGE), 401, 200) == [BARE, "me:new"]


def interrupted() -> None:
    raise KeyboardInterrupt


def test_rotation_reads_again_once() -> None:
    """Two requests that had the same old credential refused read the files again once."""
    files = netrc("me:old")
    rig = Rig(files, indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    one, two = rig.flow(rig.call(PAGE)), rig.flow(rig.call(OTHER_PAGE))
    assert next(one) is next(two) is not None
    for flow in (one, two):
        with pytest.raises(StopIteration):
            flow.send(ServerAnswer(401))
    assert files.refreshed == 1


def test_a_late_answer_does_not_bring_back_what_was_refused() -> None:
    """An answer to the old credential that arrives after the server's refusal of it does not count."""
    rig = Rig(netrc("me:old"), indexes=[TEAM])
    rig.run(rig.call(PAGE), 401, 200)
    late = rig.flow(rig.call(PAGE))
    next(late)
    assert rig.run(rig.call(OTHER_PAGE), 401) == ["me:old"]
    with pytest.raises(StopIteration):
        late.send(ServerAnswer(200))
    assert rig.next_sent(rig.call(PAGE)) == BARE


def test_an_index_that_forgets_a_credential_takes_it_out_of_the_realm() -> None:
    """Beside the index the old password is not tried either, nor in another index."""
    rig = Rig(Variables(a="ua:old"), indexes=[A, B])
    rig.run(rig.call("/a/simple/p/"), 200)
    rig.run(rig.call("/a/simple/p/"), 401)
    assert rig.run(rig.call(FILE), 401) == [BARE]
    assert rig.run(rig.call("/b/simple/p/"), 401) == [BARE]


def test_an_index_that_forgets_a_credential_leaves_it_to_another() -> None:
    """Where another index of the realm still takes it, it stays on the realm's list."""
    rig = Rig(Variables(a="u:p", b="u:p"), indexes=[A, B])
    rig.run(rig.call("/a/simple/p/"), 200)
    rig.run(rig.call("/b/simple/p/"), 200)
    rig.run(rig.call("/a/simple/p/"), 401)
    assert rig.run(rig.call(FILE), 200) == ["u:p"]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_refused_credential_is_not_sent_again(index: Index | None) -> None:
    """A wrong password reaches a scope once in a session, on whatever path, by whatever method."""
    rig = Rig(netrc("me:wrong"), store("me:wrong"), indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:wrong"]
    for path, method in ((PAGE, "GET"), (OTHER_PAGE, "GET"), (PAGE, "POST"), ("/team/files/x.whl", "HEAD")):
        assert rig.run(rig.call(path, method=method), 401) == [BARE]


def test_a_login_for_a_path_is_sent_there_though_another_path_refused_that_password() -> None:
    """Its scope is the path of its entry, and that has refused nothing."""
    rig = Rig(store("u:p", "/b u:p"))
    assert rig.run(rig.call("/files/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/x"), 401, 200) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/y"), 200) == ["u:p"]


def test_a_login_for_a_path_that_is_wrong_there_too_is_sent_there_once() -> None:
    """Whether the entry for the path was sent, or the one for the host."""
    rig = Rig(store("u:p", "/b u:p"))
    assert rig.run(rig.call("/files/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/y"), 401) == [BARE]
    rig = Rig(netrc("u:p"), store("/b u:p"))
    assert rig.run(rig.call("/b/x"), 401, 401) == [BARE, "u:p"]
    assert rig.run(rig.call("/b/y"), 401) == [BARE]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_an_empty_password_is_sent_once(index: Index | None) -> None:
    """Some servers lock an account out for it."""
    rig = Rig(indexes=[index] if index else [])
    assert rig.run(rig.call(USER_PAGE), 401) == ["me:"]
    assert rig.run(rig.call(USER_PAGE), 401) == [BARE]


@pytest.mark.parametrize("index", [TEAM, None], ids=["an index", "no index"])
def test_a_refused_credential_may_be_given(index: Index | None) -> None:
    """What the caller gives is always sent; accepted, it is remembered though it was refused before."""
    rig = Rig(netrc("me:given"), indexes=[index] if index else [])
    assert rig.run(rig.call(PAGE), 401, 401) == [BARE, "me:given"]
    assert rig.run(rig.call(GIVEN_PAGE), 200) == ["me:given"]
    assert rig.run(rig.call(OTHER_PAGE), 200) == ["me:given"]


def test_a_refused_credential_is_sent_to_another_index() -> None:
    """Refused is refused by a scope: another index of the host may take it."""
    rig = Rig(netrc("ub:pb"), indexes=[A, B])
    assert rig.run(rig.call("/a/simple/p/"), 401, 401) == [BARE, "ub:pb"]
    assert rig.run(rig.call("/b/simple/p/"), 401, 200) == [BARE, "ub:pb"]


# The whole


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


def test_what_a_keyring_said_for_an_earlier_call_may_be_out_of_date() -> None:
    """It was asked for a file beside the index; the password has changed before the first page."""
    keyring = Listed("keyring", "me:old", slow=True, then=["me:new"])
    rig = Rig(keyring, indexes=[TEAM])
    assert rig.run(rig.call(FILE), 401, 401) == [BARE, "me:old"]
    assert rig.run(rig.call(PAGE), 401, 401, 200) == [BARE, "me:old", "me:new"]
