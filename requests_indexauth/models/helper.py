"""Credential helpers, and the hosts each is for.

The patterns are Bazel's: ``example.com`` is that host, ``*.example.com`` is that host and every one below it, and the
most specific one counts. ``*`` is for every host, which Bazel writes by leaving the pattern out.
"""

# Importing pathlib takes as long as half of `python -c pass`:
# ruff: noqa: PTH119

from __future__ import annotations

import os
import re
from contextlib import suppress
from typing import NamedTuple

from .url import Realm, is_malformed_address, parse_url

EVERY_HOST = "*"
"""The pattern for every host."""
_HOST = r"[^\s/\\:@?#*%\[\]]+"
_ADDRESS = r"\[[0-9A-Fa-f:.]+\]"

Roots = frozenset[tuple[Realm, str]]
"""The indexes that some files define, by realm and path of their roots."""


class Helper(NamedTuple):
    """A command that is asked for credentials.

    Attributes:
        command: a name on PATH or an absolute path, and its arguments.
        pattern: the hosts it was named for.
        origin: where it was named, for messages.
        roots: the indexes it is for, as realms and paths of their roots; ``None`` for any. A project's helper has them.

    """

    command: tuple[str, ...]
    pattern: str
    origin: str
    roots: Roots | None = None

    @property
    def label(self) -> str:
        """What messages call it: its arguments are not shown."""
        return self.command[0]

    def __repr__(self) -> str:
        return f"Helper({self.pattern!r}, {self.label!r})"


class Helpers:
    """The helpers that one place names, by the hosts they are for."""

    def __init__(self) -> None:
        self._hosts: dict[str, Helper] = {}
        self._domains: dict[str, Helper] = {}

    def add(self, helper: Helper) -> None:
        """Add a helper; of two with the same pattern the first counts.

        Raises:
            ValueError: the pattern is invalid.

        """
        pattern = helper.pattern
        domain = pattern == EVERY_HOST or pattern.startswith("*.")
        table = self._domains if domain else self._hosts
        host = "" if pattern == EVERY_HOST else _normal_host(pattern[2:] if domain else pattern, domain=domain)
        table.setdefault(host, helper)

    def find(self, host: str) -> Helper | None:
        """Return the helper for a host: of the host itself, else of the nearest domain above it, else of every host."""
        exact = self._hosts.get(host)
        domain = host
        while exact is None and domain:
            exact = self._domains.get(domain)
            domain = domain.partition(".")[2]
        return exact or self._domains.get("")

    @property
    def programs(self) -> set[str]:
        """The names of the helper programs, without their folders."""
        named = (*self._hosts.values(), *self._domains.values())
        return {program_name(helper.command[0]) for helper in named}

    def __bool__(self) -> bool:
        return bool(self._hosts or self._domains)

    def __repr__(self) -> str:
        named = (*self._hosts.values(), *self._domains.values())
        return f"<for {', '.join(helper.pattern for helper in named) or 'no host'}>"


def program_name(path: str) -> str:
    """Return a program's name, the same for every spelling of its path."""
    name = os.path.normcase(os.path.basename(path))
    return name.removesuffix(".exe")


def _normal_host(host: str, *, domain: bool) -> str:
    """Return a host in the form that `Realm` has.

    Raises:
        ValueError: it is not a host.

    """
    message = "a host pattern is example.com, *.example.com or *, without a scheme, port or path"
    if re.fullmatch(_HOST if domain else f"{_HOST}|{_ADDRESS}", host):
        with suppress(ValueError):  # its message quotes the host
            normal = parse_url(f"https://{host}/").realm.host
            message = _why_never(normal)
            if not message:
                return normal
    raise ValueError(message)


def _why_never(host: str) -> str:
    """Return why no request can go to a host, and what to write instead; empty when one can."""
    if not all(host.removesuffix(".").split(".")):
        return "a host pattern has no empty part: write example.com or *.example.com"
    if is_malformed_address(host):
        return "an IPv4 address in a host pattern has four decimal parts: write 127.0.0.1"
    return ""
