"""What to do where no credential is found, or where one is found and not sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..errors import StoreError
from ..models.url import parse_url
from ..sources.environment import empty_variables, index_variables_set
from ..sources.keyring.common import NO_COMMAND as NO_KEYRING_COMMAND
from ..sources.keyring.source import OFF as KEYRING_OFF
from ..sources.keyring.source import services_of
from ..store.service import service_url
from ..util.terminal import in_command

if TYPE_CHECKING:
    from ..models.url import Realm
    from .findings import Findings

_INDEX_PATH = re.compile(
    r"(?i).*?/\+?simple(?=/|\Z)"  # PEP 503
    r"|.*?/packages/pypi(?=/|\Z)"  # GitLab's, files and uploads too
    r"|.*?/api/pypi/[^/]+"  # Artifactory's
    r"|.*?/_packaging/[^/]+/pypi(?=/|\Z)"  # Azure's
)
_FILL = "give a value (in CI an empty one often is a secret that this job does not get)"
_VENDORS = {
    "pkgs.dev.azure.com": "artifacts-keyring",
    ".pkgs.visualstudio.com": "artifacts-keyring",
    "-python.pkg.dev": "keyrings.google-artifactregistry-auth",
    ".codeartifact.": "keyrings.codeartifact",
}
"""A part of a vendor's hosts, and the package of the keyring backend that makes its short-lived tokens."""


def nothing_found(findings: Findings) -> str:
    """Say why nothing was found, the more certain reasons first, and what to do."""
    failed = next(((step.source, step.why) for step in findings.steps if step.outcome == "failed"), None)
    if failed is not None:
        return f"mend what is broken: {failed[1]}{_try_keyring(findings) if failed[0] == 'keyring' else ''}"
    query = findings.query
    if query.realm.insecure:
        return (
            "this is plain http to another machine, where only netrc and what is configured for this very URL is sent: "
            "use https"
        )
    empty = empty_variables(query)
    if empty:
        return f"{' and '.join(empty)} {'are' if len(empty) > 1 else 'is'} set, but empty: {_FILL}"
    return _near(findings) or f"{keep_for(findings)}{_other_ways(findings)}"


def beside(findings: Findings) -> str:
    """Name the indexes on the same host, none of which covers the URL."""
    several = len(findings.beside) > 1
    names = " and ".join(index.label for index in findings.beside[:3])
    return f"the index{'es' if several else ''} {names} on the same host"


def tried_after_401(findings: Findings) -> str:
    """Say, before anything is sent, whose credential a session tries after a 401; empty without one."""
    if findings.attempts or not findings.beside:
        return ""
    return (
        f"no index covers this URL; after a 401 a session tries the credentials of {beside(findings)}; where they are "
        "refused, "
    )


def _near(findings: Findings) -> str:
    """Name what is nearly an answer: of another user, or for another place."""
    keep = keep_for(findings)
    for source in ("store", "netrc"):
        step = next((step for step in findings.steps if step.source == source and step.near is not None), None)
        if step is None:
            continue
        if step.near == "user":
            given = findings.query.username is not None
            hint = "give that user name, or none" if given else "give one of these user names"
            return f"{source}: {step.why}: {hint}"
        return f"{source}: {step.why}{f'; {keep}' if step.near == 'place' else ''}"
    return ""


def _other_ways(findings: Findings) -> str:
    """Name what else may be meant to have the credential: a keyring, or variables that are for an index by name."""
    more = ""
    variables = index_variables_set(findings.query)
    if variables:
        more += (
            f"; {' and '.join(variables)} {'count' if len(variables) > 1 else 'counts'} only for a configured index "
            "of that name, and none of that name covers this URL"
        )
    helper = findings.why("helper")
    if helper:
        more += f"; or have the credential helper make one, which has none: {helper}"
    vendor = vendor_package(findings.query.realm) is not None
    if findings.why("keyring", "skipped") == KEYRING_OFF:
        return more if vendor else f"{more}; or, if your keyring has one, {_turn_keyring_on(findings)}"
    if ("keyring", "nothing") in {(step.source, step.outcome) for step in findings.steps}:
        return f"{more}; or put it into the keyring, which has none{_try_keyring(findings)}"
    return more


def _turn_keyring_on(findings: Findings) -> str:
    """Say how a keyring is asked: pip's own setting goes before uv's, wherever it is not pip's default."""
    if findings.for_pip:
        return "set pip's option keyring-provider to subprocess"
    return 'set keyring-provider = "subprocess" in uv.toml'


def _try_keyring(findings: Findings) -> str:
    """Return the command that does what was done with the keyring, to be tried by itself."""
    if any(NO_KEYRING_COMMAND in step.why for step in findings.steps):
        return ""
    service, name = services_of(findings.query)[0], findings.query.username
    mode = "--mode creds" if name is None else "USER"
    return f"; to try it by itself: `keyring get {in_command(service)} {mode}`"


def vendor_package(realm: Realm) -> str | None:
    """Return the keyring backend's package for a vendor's host; ``None`` for every other host."""
    host = realm.host
    return next((package for part, package in _VENDORS.items() if part in f".{host}" or host == part), None)


def keep_for(findings: Findings) -> str:
    """Say how to have a credential for what was asked for: of a vendor's host out of a keyring, else by a login."""
    realm = findings.query.realm
    package = vendor_package(realm)
    if package is not None and findings.why("keyring", "skipped") == KEYRING_OFF:
        return (
            f"the tokens of {realm.host} come out of a keyring: pip install keyring {package}, and "
            f"{_turn_keyring_on(findings)}"
        )
    index = findings.index
    return keep(index.display_url if index is not None else index_of(findings.query.url))


def keep(url: str) -> str:
    """Say how to keep a credential for a URL: by a login, or where the store takes none by an entry in netrc."""
    try:
        service_url(url)
    except StoreError:  # plain http to another machine
        return f"write an entry for the machine {parse_url(url).realm.host} into netrc"
    return f"keep a credential with `indexauth login {in_command(url)}`"


def index_of(url: str) -> str:
    """Return what to log in to: what looks like an index, from the address of one of its pages; else the host.

    >>> index_of("https://h/artifactory/api/pypi/repo/simple")
    'https://h/artifactory/api/pypi/repo/simple'
    """
    parsed = parse_url(url)
    match = _INDEX_PATH.match(parsed.path)
    end = "/" if match is None or parsed.path[match.end() :].startswith("/") else ""
    return f"{parsed.realm}{'' if match is None else match[0]}{end}"


def send_at_once(findings: Findings) -> str:
    """Say how to have a credential sent without waiting for a 401."""
    index = findings.index
    if index is None or (index.origin and ".toml" not in index.origin):  # variables and pip know no policies
        url = index_of(findings.query.url) if index is None else index.display_url
        return f'name {url} as an [[index]] in uv.toml, with authenticate = "always"'
    return f'set authenticate = "always" for the index {index.label} ({index.origin or "in the program"})'


def entry_of(findings: Findings) -> str:
    """Return the service that the store's credential is for; empty where the credential is not the store's."""
    found = findings.found
    if found is None or found.source not in ("store", "native store"):
        return ""
    return f"{findings.query.realm}{found.prefix or ''}"


def failed_too(findings: Findings) -> str:
    """Name a source that is broken, beside one whose credential was refused."""
    failed = [step.why for step in findings.steps if step.outcome == "failed"]
    return f"; and mend what is broken: {failed[0]}" if failed else ""
