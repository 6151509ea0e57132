"""Realms that look alike, and the many ways to write a URL of one."""

from __future__ import annotations

import contextlib
import ipaddress
from random import Random
from typing import NamedTuple

DEFAULT_PORTS = {"http": 80, "https": 443}
HOSTS = (
    *["a.example", "a.example", "127.0.0.1", "localhost"],
    *["::1", "xn--bcher-kva.example", "huggingface.co", "10.0.0.1"],
)
SPELLINGS = {
    "xn--bcher-kva.example": ("b\u00fccher.example", "B\u00dcCHER.example", "XN--BCHER-KVA.example"),
    "::1": ("[0:0:0:0:0:0:0:1]", "[::0001]"),
}
STRANGER = "evil.example"
SITE_ROOTS = ("/", "/", "/", "", "", "//", "/.", "/a/..", "/%2e/")
FILES = ("/thing.whl", "/x", "/p", "/simple", "//x", "/~me")
SEGMENTS = (
    *["simple", "team", "a", "b", "p", "thing.whl"] * 3,
    *["+simple", "SIMPLE", "%7Eme", "~me", "..", ".", "%2e%2e", "", "@x", "a@b:c", "x%2Fy", "\u00e9", "teams", ";v=1"],
)
QUERIES = ("?q=1", "?next=https://a.example/", "?@", "?X-Amz-Signature=1", "#part", "#@b/", "?q=1#part")


class Realm(NamedTuple):
    """Where a request goes: scheme, host (lower case, IPv6 without brackets) and port."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """Return the origin, with the port always written."""
        return f"{self.scheme}://{bracketed(self.host)}:{self.port}"


def dice(*what: object) -> Random:
    """Return a generator that always throws the same for the same words."""
    return Random(" ".join(map(str, what)))  # noqa: S311 - nothing is kept secret with it


def connected(scheme: str, host: str, port: int | None) -> Realm:
    """Return the realm of a connection, as urllib3 or the standard library names it."""
    host = host.strip("[]").lower()
    with contextlib.suppress(ValueError):
        host = str(ipaddress.ip_address(host))
    return Realm(scheme.lower(), host, port or DEFAULT_PORTS[scheme.lower()])


def twin_of(realm: Realm) -> Realm:
    """Return the realm of the other scheme on a host, at its default port."""
    scheme = "http" if realm.scheme == "https" else "https"
    return Realm(scheme, realm.host, DEFAULT_PORTS[scheme])


def bracketed(host: str) -> str:
    """Return a host as written in a URL."""
    return f"[{host}]" if ":" in host else host


def made_up_realms(random: Random) -> list[Realm]:
    """Return some realms, most of them one's neighbours: another port, another scheme, a name that looks like its."""
    host = random.choice(HOSTS)
    like = [host] * 4
    if ":" not in host:
        like += [f"{host}.{STRANGER}", f"b.{host}", f"a{host}", f"{host}.", f"{host}1", STRANGER, STRANGER]
    else:
        like += ["::2", "::ffff:1", STRANGER]
    made = [_made_up_realm(random, host)]
    for _ in range(random.randint(2, 5)):
        made.append(_made_up_realm(random, random.choice(like)))  # noqa: PERF401 - each throw in its turn
    if random.random() < 0.3:
        made.append(_made_up_realm(random, random.choice(HOSTS)))
    if random.random() < 0.3:
        made += [Realm(scheme, host, port) for scheme, port in DEFAULT_PORTS.items()]
    return list(dict.fromkeys(made))


def _made_up_realm(random: Random, host: str) -> Realm:
    scheme = random.choice(["https", "https", "https", "http"])
    port = DEFAULT_PORTS[scheme] if random.random() < 0.7 else random.choice([8443, 8080, 80, 443, 4430])
    return Realm(scheme, host, port)


def made_up_path(random: Random) -> str:
    """Return a path, often a site's root, sometimes a file beside it, with or without a query."""
    roll = random.random()
    if roll < 0.4:
        path = random.choice(SITE_ROOTS)
    elif roll < 0.55:
        path = random.choice(FILES)
    else:
        path = "/" + "/".join(random.choices(SEGMENTS, k=random.randint(1, 4))) + random.choice(["", "/", "/", "//"])
    return path + (random.choice(QUERIES) if random.random() < 0.15 else "")


def spelled(random: Random, realm: Realm, path: str, userinfo: str = "", *, scheme: bool = True) -> str:
    """Return a URL of a realm in one of its spellings; without `scheme` it starts with two slashes."""
    host, port = bracketed(realm.host), f":{realm.port}"
    if random.random() < 0.3:
        host = random.choice([host.upper(), host.title(), *SPELLINGS.get(realm.host, ())])
    if realm.port == DEFAULT_PORTS[realm.scheme]:
        port = random.choice(["", "", "", "", port, ":", f":0{realm.port}"])
    start = random.choice([realm.scheme] * 4 + [realm.scheme.upper(), realm.scheme.title()]) + ":" if scheme else ""
    return f"{start}//{userinfo}{'@' if userinfo else ''}{host}{port}{path}"
