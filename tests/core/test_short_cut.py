"""The short cut answers only what the flow would: the two are held against each other, whatever was learned before."""

from __future__ import annotations

import contextlib
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests_indexauth.core.memory import RECORDS
from requests_indexauth.core.short_cut import is_plain
from requests_indexauth.errors import PolicyError
from requests_indexauth.models.index import Index
from support.examples import examples
from support.flows import BARE, HOST, Listed, Rig, Variables, shown
from support.memories import OTHER, PAGE, TEAM, accept, found, listed, quick, refuse

REALMS = ("https://one.example", "http://one.example", "https://two.example", "https://one.example:443")
PATHS = ("", "/", "/x", "//x", "/a", "/a/simple/p/", "/a/simple/q", "/a/f/x", "/a/b/simple/p/", "/b/y", "/b/%79")


def test_what_lies_beside_a_bare_request_goes_out_bare() -> None:
    """Nothing is known of its realm: the flow is not asked."""
    rig = Rig()
    assert rig.run(rig.call("/a/x"), 200) == [BARE]
    assert [rig.memo.short_cut.is_bare(f"{HOST}{path}") for path in ("/a/y", "/b/y")] == [True, False]


def test_what_lies_beside_a_user_name_does_not() -> None:
    """The request that goes ahead may have it remembered."""
    rig = Rig()
    assert rig.next_sent(rig.call("https://me@pkgs.example.com/a/x")) == "me:"
    assert not rig.memo.short_cut.is_bare(f"{HOST}/a/y")


def test_what_a_source_has_something_for_unasked_does_not() -> None:
    """An upload's variables, say."""
    source = Listed("environment", preemptive=True)
    rig = Rig(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(source, "preempts", lambda _realm: True)
        rig.run(rig.call("/a/x"), 200)
    assert not rig.memo.short_cut.is_bare(f"{HOST}/a/y")


class Step(NamedTuple):
    """A call, and what it is answered."""

    url: str
    userinfo: str
    has_body: bool
    refusal: int
    grumpy: bool  # whether a credential is refused, too


steps = st.lists(
    st.builds(
        Step,
        url=st.tuples(st.sampled_from(REALMS), st.sampled_from(PATHS)).map("".join),
        userinfo=st.sampled_from(["", "", "", "u@", "v@", "u:given@"]),
        has_body=st.sampled_from([False, False, True]),
        refusal=st.sampled_from([401, 401, 401, 404, 200]),
        grumpy=st.sampled_from([False, False, False, False, False, True]),
    ),
    min_size=5,
    max_size=30,
)
indexes = st.lists(
    st.tuples(
        st.sampled_from(REALMS),
        st.sampled_from(["/", "/a/simple/", "/a/", "/a/b/simple/", "/b/simple"]),
        st.sampled_from(["auto", "auto", "always", "never"]),
    ),
    max_size=3,
)
entries = st.lists(st.sampled_from(["u:p", "v:q", "/a u:r", "/b v:s", "/a/b w:t"]), max_size=3)


@settings(max_examples=examples(300))
@given(steps=steps, indexes=indexes, entries=entries, variables=st.sampled_from(["", "u:own", "u"]))
def test_the_short_cut_and_the_flow_agree(
    steps: list[Step], indexes: list[tuple[str, str, str]], entries: list[str], variables: str
) -> None:
    """For every URL that the short cut answers, after each call."""
    known = [
        Index(f"{realm}{path}", f"n{number}", policy)  # type: ignore[arg-type]
        for number, (realm, path, policy) in enumerate(indexes)
    ]
    own = [Variables(n0=variables)] if variables else []
    rig = Rig(*own, Listed("store", *entries), indexes=known)
    for step in steps:
        scheme, _, rest = step.url.partition("://")
        call = rig.call(f"{scheme}://{step.userinfo}{rest}", has_body=step.has_body)

        def server(_path: str, sent: str, step: Step = step) -> int:
            return step.refusal if sent == BARE or step.grumpy else 200

        with contextlib.suppress(PolicyError):
            rig.ask(call, server)
        for url in {f"{realm}{path}" for realm in REALMS for path in PATHS}:
            if rig.memo.short_cut.is_bare(url):
                assert rig.next_sent(rig.call(url)) == BARE, url
            quick = rig.memo.short_cut.find(url)
            if quick is not None:
                assert quick.realm == rig.call(url).query.realm
                assert shown(quick) == rig.next_sent(rig.call(url)), url


# What is remembered


def test_the_short_cut_of_an_index_brings_its_credential_to_the_front(rig: Rig) -> None:
    """The files beside it come next."""
    accept(rig, PAGE, found("me:pw"))
    accept(rig, "/other/simple/p/", found("you:pw"))
    assert listed(rig, "/files/x") == ["you:pw", "me:pw"]
    assert quick(rig, PAGE) == "me:pw"
    assert listed(rig, "/files/x") == ["me:pw", "you:pw"]
    assert listed(rig, "/files/x", "you") == ["you:pw"]
    assert rig.memo.last_used_first([OTHER, TEAM]) == [TEAM, OTHER]


def test_the_short_cut_of_an_index_has_what_the_realm_has_forgotten(rig: Rig) -> None:
    """The realm's other users are as many as a server makes up."""
    accept(rig, PAGE, found("me:pw"))
    for number in range(RECORDS):
        accept(rig, "/x/y", found(f"user{number}:pw"))
    assert quick(rig, PAGE) == "me:pw"


def test_the_short_cut_of_a_realm(rig: Rig) -> None:
    """The one credential there is, but not one that only an index has accepted so far."""
    first = Rig()
    accept(first, "/x/y", found("me:pw"))
    assert quick(first, "/x/y") == "me:pw"
    accept(rig, PAGE, found("me:pw"))
    assert quick(rig, "/x/y") == "bare"
    accept(rig, "/x/y", found("me:pw"))
    assert quick(rig, "/x/y") == "me:pw"


def test_the_short_cut_forgets_what_only_an_index_had_accepted_and_now_refuses(rig: Rig) -> None:
    """A 403 beside the index had settled that it may be sent there, and not that it is right."""
    pair = found("me:pw")
    accept(rig, PAGE, pair)
    rig.memo.mark_seen(rig.call("/x/y"), pair)
    accept(rig, PAGE, pair)
    assert quick(rig, "/x/y") == "me:pw"
    rig.memo.mark_seen(rig.call("/x/y"), found("you:pw"))
    refuse(rig, PAGE, pair)
    assert quick(rig, "/x/y") == "bare"


@pytest.mark.parametrize("what", ["a refusal", "another user", "a public corner"])
def test_no_short_cut_where_paths_must_be_told_apart(rig: Rig, what: str) -> None:
    """Then the flow looks at the path."""
    pair = found("me:pw")
    accept(rig, "/x/y", pair)
    if what == "another user":
        accept(rig, "/z/z", found("you:pw"))
    else:
        refuse(rig, "/z/z", found("you:pw") if what == "a refusal" else pair)
        rig.memo.excuse(rig.call("/z/z"), [pair], None if what == "a public corner" else found("she:pw"))
    assert quick(rig, "/x/y") == "bare"


@pytest.mark.parametrize(
    "url",
    [
        "https://pkgs.example.com/",
        "https://pkgs.example.com",
        "https://pkgs.example.com/x/y?z",
        "https://pkgs.example.com/x/./y",
        "https://pkgs.example.com/x/%7ey",
        f"https://pkgs.example.com/{'x' * 600}/y",
        "",
        None,
    ],
)
def test_what_the_short_cut_leaves_to_the_flow(rig: Rig, url: str | None) -> None:
    """Roots, queries, whatever is not in normal form, and long folders."""
    accept(rig, "/x/y", found("me:pw"))
    if url:
        rig.memo.prepare_short_cut(rig.call(url))
    assert rig.memo.short_cut.find(url) is None


def test_the_short_cut_knows_no_folder_with_the_root_of_an_index(rig: Rig) -> None:
    """What is in it may belong to several."""
    accept(rig, "/x", found("me:pw"))
    assert quick(rig, "/x") == "bare"


@pytest.mark.parametrize(
    ("leaf", "plain"),
    [("thing", True), ("thing/", True), ("thing-1.0.whl", True), ("", False), ("/", False), (".hidden", False)]
    + [(f"a{char}b", False) for char in "?#%/ é"],
)
def test_a_plain_last_segment(leaf: str, plain: bool) -> None:  # noqa: FBT001
    """What the short cut may take as it stands: anything odd goes the long way."""
    assert bool(is_plain(leaf, 0)) is plain
