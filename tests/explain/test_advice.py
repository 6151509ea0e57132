"""Which advice counts for an answer. Each situation and its sentence are in `support/why_table.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth import Credentials, CredentialStore
from support.explained import explained
from support.messages import refused

if TYPE_CHECKING:
    from support.commands import Run
    from support.server import Serve


@pytest.mark.parametrize(
    ("status", "filled", "said"),
    [
        (401, True, "refuses the credential from store, which is wrong, expired or revoked"),
        (403, True, "knows the user from store and does not let it in"),
        (404, True, "has no such page, or none that the user from store may see"),
        (401, False, "keep a credential with"),
        (404, False, "some servers answer 404 to users who may not see a page; keep a credential"),
        (407, False, "it is the proxy that asks"),
        (503, True, "has a problem of its own (503)"),
        (418, True, "answers 418, and that is not about credentials"),
    ],
    ids=["401", "403", "404", "bare 401", "bare 404", "proxy", "server", "other"],
)
def test_advice_after_a_refusal(run: Run, serve: Serve, status: int, filled: bool, said: str) -> None:  # noqa: FBT001
    """Exit 1, and what the status means for this case."""
    server = serve(lambda _: refused(status))
    if filled:
        CredentialStore().set(server.url, Credentials.basic("me", "secret"))
    answer = explained(run, server.url, "--live", code=1)
    assert said in answer["advice"]
