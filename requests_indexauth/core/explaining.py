"""Ask the sources as a request would, send nothing, and report what each source did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..explain.explanation import Explanation
from ..explain.findings import IS_AN_ERROR
from ..models.credentials import MASK, Credentials
from ..models.found import GIVEN, Found
from ..models.presigned import is_presigned
from ..models.query import Query
from ..sources.base import Step

if TYPE_CHECKING:
    from ..models.indexes import Indexes
    from ..models.url import URL
    from .resolver import Resolver


def explain(  # noqa: PLR0913 - the question, who is asked, and how
    query: Query, url: URL, resolver: Resolver, indexes: Indexes, *, tell_why: bool, for_pip: bool
) -> Explanation:
    """Ask every source a question, and report what each did.

    Args:
        query: the question.
        url: the URL of the question; its userinfo is the given credential.
        resolver: asks the sources.
        indexes: the configured ones.
        tell_why: whether to find near misses of the sources that have no answer.
        for_pip: whether pip makes the requests, so that advice names pip's settings.

    """
    if query.policy == "never":
        wrong = _forbidden(query, url, resolver)
        return Explanation(query, _skipped(resolver, 'the index has authenticate = "never"', wrong), for_pip=for_pip)
    if is_presigned(url.clean):
        return Explanation(query, _skipped(resolver, "the URL is pre-signed"), for_pip=for_pip)
    query, first = _given(query, url)
    if first.found is not None:
        steps = [Step(source.name, "not reached") for source in resolver.sources]
        return Explanation(query, [first, *steps], for_pip=for_pip)
    own = resolver.index_credential(query)
    steps = [first, *resolver.trace(query, tell_why=tell_why)]
    name = query.username or (None if own is None else own.username)
    beside = indexes.in_realm(query.realm) if query.index is None else ()
    usable = [one for one in beside if one.authenticate != "never"]
    return Explanation(query, steps, name, beside=usable, for_pip=for_pip)


def _forbidden(query: Query, url: URL, resolver: Resolver) -> str | None:
    """Return the source whose credential makes a request to an index with the policy ``never`` an error."""
    if query.username is not None or url.password is not None:
        return GIVEN
    own = resolver.index_credential(query)
    return None if own is None else own.source


def _skipped(resolver: Resolver, why: str, forbidden: str | None = None) -> list[Step]:
    """Return the steps of a chain that is not asked; ``forbidden`` names the source that makes a request an error."""
    wrong = f"{why}, and {IS_AN_ERROR}"
    names = (GIVEN, *(source.name for source in resolver.sources))
    return [Step(name, "skipped", wrong if name == forbidden else why) for name in names]


def _given(query: Query, url: URL) -> tuple[Query, Step]:
    """Return the question without userinfo that cannot be sent, and the step of the first source, the request."""
    if url.password is None and query.username is None:
        return query, Step(GIVEN, "nothing", "", 0.0)
    try:
        credentials = Credentials.basic(query.username, url.password)
    except ValueError as error:  # a request goes without it
        return query._replace(username=None), Step(GIVEN, "failed", f"the URL's userinfo is left out: {error}", 0.0)
    if not credentials.complete:
        return query, Step(GIVEN, "user name", f"only the user name {MASK}", 0.0)
    return query, Step(GIVEN, "found", "userinfo in the URL", 0.0, Found(credentials, GIVEN, url.realm))
