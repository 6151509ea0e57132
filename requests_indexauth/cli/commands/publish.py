"""``indexauth publish``: twine's upload, with the credentials that a session finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..parser import Options, Parser

DESCRIPTION = """\
Upload distributions to a package index. It is `twine upload`, with credentials found as for any other request:
UV_PUBLISH_TOKEN, or UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD, the URL, netrc, the store, .pypirc, keyring.

twine comes with the extra: pip install 'requests-indexauth[publish]'
"""

EPILOG = """\
  indexauth publish
  indexauth publish --repository testpypi dist/thing-1.0.tar.gz
  indexauth publish --repository-url https://pkgs.example.com/team/ dist/*

Exit codes: 0 uploaded; 1 refused, or not there; 2 wrong use or configuration.
"""

_SWITCHES = ("skip_existing", "attestations", "verbose")


def add_arguments(parser: Parser) -> None:
    """Add the options and operands."""
    parser.add_argument("files", metavar="FILES", nargs="*", help="what to upload; without it, dist/*")
    parser.add_argument(
        "-r",
        "--repository",
        metavar="NAME",
        help="a configured index with a publish-url, a section of .pypirc, pypi or testpypi; without it, pypi",
    )
    parser.add_argument("--repository-url", metavar="URL", help="where to upload to; without it, UV_PUBLISH_URL")
    parser.add_argument("--skip-existing", action="store_true", help="go on where a file is there already (twine's)")
    parser.add_argument("--attestations", action="store_true", help="upload each file's attestations, too (twine's)")
    parser.add_argument("--verbose", action="store_true", help="show what the server answers (twine's)")


def run(options: Options) -> int:
    """Upload.

    Raises:
        UsageError: two repositories are named, or one is an empty text, which must not mean PyPI.
        CommandError: twine is not installed, the repository has no URL, or it cannot be reached.

    """
    if options.repository is not None and options.repository_url is not None:
        options.refuse("--repository and --repository-url do not go together")
    if "" in (options.repository, options.repository_url):
        options.refuse("the repository is empty: is a variable unset?")
    from ..uploads import Target, find_target, upload  # noqa: PLC0415 - it imports requests and twine

    target = Target(None, options.repository_url) if options.repository_url else find_target(options.repository)
    switches = [f"--{name.replace('_', '-')}" for name in _SWITCHES if getattr(options, name)]
    return upload(target, switches, [str(file) for file in options.files] or ["dist/*"])
