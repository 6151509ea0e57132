"""The short cut answers only what the flow would: the two are held against each other, whatever was learned before."""

from __future__ import annotations

import contextlib
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from requests_indexauth.errors import PolicyError
from requests_indexauth.models.index import Index
from support.flows import BARE, Listed, Rig, Variables, shown

REALMS = ("https://one.example", "http://one.example", "https://two.example", "https://one.example:443")
PATHS = ("", "/", "/x", "//x", "/a", "/a/simple/p/", "/a/simple/q", "/a/f/x", "/a/b/simple/p/", "/b/y", "/b/%79")


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


@settings(max_examples=300)
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
