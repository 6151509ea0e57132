"""``indexauth helper``: answers Bazel, by its credential-helper protocol."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from ...models.url import mask_query, parse_url
from ..authenticator import configured_authenticator
from ..errors import UsageError
from ..output import emit
from ..status_codes import DONE
from ..stores import open_store, refuse_to_choose

if TYPE_CHECKING:
    from ...core.authenticator import Authenticator
    from ..parser import Options, Parser

DESCRIPTION = """\
Answer one question of Bazel: a JSON object with `uri` on stdin, one with `headers` on stdout. Every source is asked, as
for a request; an index with the policy "never" gets no credential.
"""

EPILOG = """\
  .bazelrc:  common --credential_helper=pkgs.example.com=%workspace%/indexauth-helper
  indexauth-helper:  exec indexauth helper --protocol bazel "$@"

  echo '{"uri": "https://pkgs.example.com/team/simple/"}' | indexauth helper --protocol bazel get

Exit codes: 0 answered, also with no headers; 1 several users to choose from; 2 wrong use or configuration.
"""


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    parser.add_argument("action", choices=("get",), help="the only action there is")
    parser.add_argument("--protocol", choices=("bazel",), required=True, help="the only protocol there is")


def run(options: Options) -> int:
    """Read the question, and answer it."""
    del options
    headers = {}
    uri = _read_uri()
    if uri is not None:
        with configured_authenticator() as authenticator:
            header = _ask(authenticator, uri)
        headers = {"Authorization": [header]} if header is not None else {}
    emit(json.dumps({"headers": headers}))
    return DONE


def _read_uri() -> str | None:
    """Return the URL the question is about; ``None`` when it is not one of http(s), which has no headers.

    Raises:
        UsageError: stdin is no such question. The message quotes nothing of it.

    """
    try:
        question = json.loads(sys.stdin.read())
        uri = question["uri"]
        scheme, separator, _ = uri.partition("://")
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        uri = scheme = separator = ""
    if separator and scheme.isalnum() and scheme.lower() not in ("http", "https"):
        return None
    try:
        parse_url(uri)
    except ValueError:
        message = 'helper: stdin is not {"uri": "https://..."}'
        raise UsageError(message) from None
    return str(uri)


def _ask(authenticator: Authenticator, uri: str) -> str | None:
    """Return the ``Authorization`` for a URL.

    No server has refused a request to it: so an answer that is only for a host that asked, such as netrc's ``default``,
    is left out, unless the URL belongs to a configured index.

    Raises:
        CommandError: the store has two users for the URL, and no other source has an answer.

    """
    url = parse_url(uri)
    explanation = authenticator.explain(uri, challenged=authenticator.indexes.covering(url) is not None)
    if explanation.credentials is not None:
        return explanation.credentials.header
    if explanation.policy == "never":
        return None
    users = [entry.user for entry in open_store(None).find(url.clean, url.username)]
    if len(users) > 1:
        refuse_to_choose(mask_query(url.clean), users)
    return None
