"""pip's options: by what a keyring is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from requests_indexauth.pip.auth import PipAuth

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("given", "prompting", "configured", "provider"),
    [
        ("auto", True, None, "auto"),
        ("auto", False, None, "disabled"),
        ("auto", True, "subprocess", "subprocess"),
        ("auto", False, "subprocess", "subprocess"),
        ("import", True, "subprocess", "import"),
        ("disabled", True, "subprocess", "disabled"),
        (None, True, None, "auto"),
        (None, False, None, "auto"),
        (None, True, "disabled", "disabled"),
    ],
)
def test_which_keyring_provider_counts(
    workdir: Path, *, given: str | None, prompting: bool, configured: str | None, provider: str
) -> None:
    """pip's option, then uv's configuration, then pip's default; which pip before 23.1 has without the option."""
    if configured:
        (workdir / "uv.toml").write_text(f'keyring-provider = "{configured}"\n')
    auth = PipAuth()
    auth.keyring_provider, auth.prompting = given, prompting
    assert auth.authenticator.keyring_provider() == provider
