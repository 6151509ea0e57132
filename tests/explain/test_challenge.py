"""The schemes of a challenge, however a server writes it."""

from __future__ import annotations

import pytest

from requests_indexauth.explain.challenge import foreign_schemes, is_bearer_only, schemes_of


@pytest.mark.parametrize(
    ("challenge", "schemes"),
    [
        (None, ()),
        ("", ()),
        ("Basic", ("Basic",)),
        ('basic realm="a, Negotiate"', ("basic",)),
        (r'Basic realm="a \" Digest, NTLM"', ("Basic",)),
        ('Basic realm="never closed, NTLM', ("Basic",)),
        ("Negotiate, NTLM", ("Negotiate", "NTLM")),
        ("Negotiate dG9rZW4=, Basic realm=x", ("Negotiate", "Basic")),
        ('Digest realm="x", nonce="n", qop="auth", Basic realm="x", charset="UTF-8"', ("Digest", "Basic")),
        ('Bearer realm = "x" , Bearer scope="y"', ("Bearer",)),
        ("realm=x", ()),
    ],
)
def test_a_challenge_names_its_schemes_in_order(challenge: str | None, schemes: tuple[str, ...]) -> None:
    """Each once, as the server spells it; a parameter is none, and a quoted text has none."""
    assert schemes_of(challenge) == schemes


@pytest.mark.parametrize(
    ("challenge", "foreign", "bearer_only"),
    [
        (None, (), False),
        ("Basic", (), False),
        ("Negotiate, NTLM", ("Negotiate", "NTLM"), False),
        ("NTLM, bAsIc realm=x", (), False),
        ("bearer realm=x", (), True),
        ("Bearer realm=x, Basic realm=x", (), False),
        ("Bearer realm=x, NTLM", (), False),
    ],
)
def test_what_no_credential_of_ours_can_answer(
    challenge: str | None, foreign: tuple[str, ...], *, bearer_only: bool
) -> None:
    """A user and a password are no answer to Bearer alone, and nothing that we send is one to NTLM."""
    assert foreign_schemes(challenge) == foreign
    assert is_bearer_only(challenge) is bearer_only
