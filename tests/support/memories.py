"""What a session remembers, told and asked in short."""

from __future__ import annotations

from requests_indexauth.models.found import Found
from requests_indexauth.models.index import Index
from support.flows import HOST, Rig, credential, shown

PAGE = f"{HOST}/team/simple/thing/"
TEAM = Index(f"{HOST}/team/simple/", "team")
OTHER = Index(f"{HOST}/other/simple/", "other")


def found(pair: str, prefix: str | None = None, source: str = "netrc") -> Found:
    return Found(credential(pair), source, TEAM.realm, prefix)


def accept(rig: Rig, path: str, one: Found) -> None:
    rig.memo.accept(rig.call(path), one)


def refuse(rig: Rig, path: str, one: Found) -> bool:
    return rig.memo.refuse(rig.call(path), one)


def tried(rig: Rig, path: str, username: str | None = None) -> list[str]:
    """Return what is remembered for a URL, the best first."""
    return [shown(one) for one in rig.memo.candidates(rig.call(path), username)]


def listed(rig: Rig, path: str = "/x", username: str | None = None) -> list[str]:
    """Return what is tried in the realm."""
    return [shown(one) for one in rig.memo.of_realm(rig.call(path), username)]


def refused_at(rig: Rig, one: Found, *paths: str) -> list[bool]:
    return [rig.memo.is_refused(rig.call(path), one) for path in paths]


def quick(rig: Rig, path: str) -> str:
    """Return what the short cut sends."""
    call = rig.call(path)
    rig.memo.prepare_short_cut(call)
    return shown(rig.memo.short_cut.find(call.query.url))
