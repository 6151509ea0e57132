"""Credentials for hosts with a variable of their own: Hugging Face."""

from __future__ import annotations

import os

from ..models.credentials import Credentials
from ..models.query import Query
from ..models.url import Realm
from .base import Answer, Source, blaming

_HUGGING_FACE = Realm("https", "huggingface.co", 443)


class KnownHostsSource(Source):
    """``HF_TOKEN`` for https://huggingface.co, unless ``UV_NO_HF_TOKEN`` is set (to anything, as in uv)."""

    name = "known hosts"

    def skipped(self, query: Query) -> str | None:
        """Say so when the host is not known, or the token not wanted."""
        if query.realm != _HUGGING_FACE:
            return "not a known host"
        if query.username is not None:
            return "a token has no user name, and one is given"
        return "UV_NO_HF_TOKEN is set" if "UV_NO_HF_TOKEN" in os.environ else None

    def find(self, query: Query) -> Answer | None:
        """Return the token as Bearer; ``None`` when the variable is unset or empty.

        Raises:
            SourceError: the token cannot be put in a header.

        """
        token = os.environ.get("HF_TOKEN")
        if not token or self.skipped(query):
            return None
        with blaming(f"{self.name}: HF_TOKEN"):
            return Answer(Credentials.bearer(token))
