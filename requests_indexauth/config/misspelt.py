"""Misspelt keys in uv's files: uv reports them, so users expect it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ConfigError
from .uv import takes_older_words

if TYPE_CHECKING:
    from .definitions import OnError
    from .toml import UvFile

_READ = ("index", "index-url", "extra-index-url", "find-links", "keyring-provider", "auth-cache-dir")
_READ_IN_PIP = ("index-url", "extra-index-url", "find-links", "keyring-provider")
_OLDER = ("extra-index-urls",)
_MEANT = {
    "default-index": "[[{}index]] with default = true",
    "default-index-url": "index-url",
    "indices": "[[{}index]]",
    "extra-index": "extra-index-url",
    "extra-indexes": "extra-index-url",
    "keyring": "keyring-provider",
}
"""Words of other tools, unlike any key of uv's, and the key that is meant; ``{}`` is the prefix of a key."""
_LIKENESS = 0.75
# What uv 0.13 takes beside the keys above. Of other keys only those count that look like one of ours: a later uv may
# have new ones.
_UVS_OWN = frozenset(
    """
    add-bounds all-extras allow-empty-requirements allow-insecure-host annotation-style audit break-system-packages
    build-backend build-constraint-dependencies cache-dir cache-keys check-url compile-bytecode concurrent-builds
    concurrent-downloads concurrent-installs config-settings config-settings-package conflicts constraint-dependencies
    custom-compile-command default-groups dependency-groups dependency-metadata dev-dependencies emit-build-options
    emit-find-links emit-index-annotation emit-index-url emit-marker-expression environments exclude-dependencies
    exclude-newer exclude-newer-package extra extra-build-dependencies extra-build-variables fork-strategy
    generate-hashes graalpy-install-mirror group http-proxy https-proxy index-strategy link-mode managed
    minimum-libc-version native-tls no-annotate no-binary no-binary-package no-build no-build-isolation
    no-build-isolation-package no-build-package no-cache no-deps no-emit-package no-extra no-header no-index no-proxy
    no-sources no-sources-package no-strip-extras no-strip-markers offline only-binary output-file override-dependencies
    package pip prefix prerelease prerelease-package preview preview-features publish-url pyodide-install-mirror
    pypy-install-mirror python python-downloads python-downloads-json-url python-install-mirror python-platform
    python-preference python-version reinstall reinstall-package require-build-hashes require-hashes
    required-environments required-version resolution sources strict system system-certs target torch-backend
    trusted-publishing universal upgrade upgrade-package verify-hashes workspace
    """.split()  # noqa: SIM905 - a list would take a page
)


def tell_of_misspelt_keys(sections: list[UvFile], on_error: OnError) -> None:
    """Hand a `ConfigError` with the right key to ``on_error`` for each key that looks like one of those read here."""
    for section in sections:
        known = (*(_READ_IN_PIP if section.in_pip else _READ), *(_OLDER if takes_older_words(section) else ()))
        for key in section.table:
            if key not in known and key not in _UVS_OWN:
                remedy = _remedy(key, known, section)
                if remedy is not None:
                    on_error(ConfigError(f"{section.where(key)}: {remedy}"))


def _remedy(key: str, known: tuple[str, ...], section: UvFile) -> str | None:
    """Return what to do about a key that uv does not know; ``None`` when it is like no key that is read here."""
    if key in ("tool", "uv") and not section.in_pyproject:
        return "a uv.toml has no [tool.uv]: write its keys without that, and [[index]] for [[tool.uv.index]]"
    from difflib import get_close_matches  # noqa: PLC0415 - few files have such a key

    word = key.lower().replace("_", "-")
    meant = _MEANT.get(word)
    if meant is None:
        meant = next(iter(get_close_matches(word, known, 1, _LIKENESS)), None)
        if meant == "index":
            meant = _MEANT["indices"]
    if meant is None:
        return None
    if section.in_pip and "[[" in meant:  # [pip] has no such table
        meant = "index-url"
    prefix = "tool.uv." if section.in_pyproject else ""
    return f"uv has no such key: write {meant.format(prefix)}"
