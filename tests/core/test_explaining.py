"""What the sources would do for a request. (With the real ones: `tests/explain/test_explanation.py`.)"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.core.explaining import explain
from requests_indexauth.core.resolver import Resolver
from requests_indexauth.models.index import Index
from requests_indexauth.models.indexes import Indexes
from requests_indexauth.models.query import Query
from requests_indexauth.models.url import parse_url
from support.flows import HOST, NEVER, TEAM, Listed, Variables, credential

if TYPE_CHECKING:
    from requests_indexauth import Explanation
    from requests_indexauth.sources.base import Source

PAGE = f"{HOST}/team/simple/thing/"


def explained(url: str, *sources: Source, indexes: tuple[Index, ...] = (TEAM,)) -> Explanation:
    """Return what is explained of a URL by these sources."""
    parsed, known = parse_url(url), Indexes(indexes)
    query = Query(parsed.clean, parsed.realm, parsed.path, known.covering(parsed), parsed.username, challenged=True)
    return explain(query, parsed, Resolver(sources, pytest.fail), known, tell_why=False, for_pip=False)


def outcomes(explanation: Explanation) -> list[str]:
    return [step.outcome for step in explanation.steps]


@pytest.mark.parametrize(
    ("url", "sources", "wrong"),
    [
        pytest.param(PAGE.replace("://", "://me:pw@"), (), "the request", id="given"),
        pytest.param(PAGE.replace("://", "://me@"), (), "the request", id="a user name given"),
        pytest.param(PAGE, (Variables(team="me:pw"),), "environment", id="configured"),
    ],
)
def test_the_credential_that_makes_a_request_an_error_is_named(
    url: str, sources: tuple[Source, ...], wrong: str
) -> None:
    """The policy lets none be sent."""
    explanation = explained(url, *sources, Listed("netrc", "me:s3cret"), indexes=(NEVER,))
    assert explanation.credentials is None
    assert [step.source for step in explanation.steps if step.why.endswith("a request is an error")] == [wrong]


def test_userinfo_that_no_header_can_carry_is_left_out() -> None:
    """A request goes without it, so the sources are asked, for any user."""
    explanation = explained(PAGE.replace("://", "://m%3Ae:pw@"), Listed("netrc", "me:s3cret"))
    assert outcomes(explanation) == ["failed", "found"]
    assert explanation.credentials == credential("me:s3cret")


def test_a_user_name_alone_is_completed_by_the_sources() -> None:
    """One of another user is no answer."""
    explanation = explained(PAGE.replace("://", "://me@"), Listed("netrc", "you:no"), Listed("store", "me:pw"))
    assert outcomes(explanation) == ["user name", "nothing", "found"]
    assert explanation.credentials == credential("me:pw")


def test_beside_the_indexes_those_that_get_credentials_are_named() -> None:
    """After a 401 theirs are tried there; where an index covers the URL no other's is."""
    other = Index(f"{HOST}/other/simple/", "other", "never")
    assert explained(f"{HOST}/files/x", indexes=(other, TEAM)).beside == (TEAM,)
    assert explained(PAGE, indexes=(other, TEAM)).beside == ()
