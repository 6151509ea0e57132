"""How the public names are used. Nothing runs this: `mypy .` reads it, and an ignored line must be an error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import requests

import requests_indexauth as indexauth

if TYPE_CHECKING:
    from requests.adapters import BaseAdapter


def ask(url: str, username: str | None) -> indexauth.Credentials | None:
    return indexauth.Credentials.basic(username, url)


def sessions(session: requests.Session, transport: BaseAdapter) -> None:
    index = indexauth.Index("https://h/simple/", name="team", authenticate="always")
    auth: indexauth.IndexAuth = indexauth.mount(session, [index], keyring_provider="import", prompt=ask)
    session.auth = indexauth.IndexAuth((index,), discover=False, netrc=False, store=False, sources=[ask])
    indexauth.mount(session, credential_helper="token --quiet", sources=(ask, lambda _url, _username: None))
    indexauth.mount(session, credential_helper={"*.example.com": "token", "h": ["token", Path("x")], "i": Path("y")})
    session.mount("https://", indexauth.IndexAuthAdapter(auth, transport=transport))
    session.mount("https://", indexauth.IndexAuthAdapter(max_retries=3))
    found: indexauth.Credentials | None = auth.resolve("https://h/", username="me")
    explanation: indexauth.Explanation = auth.explain("https://h/", None)
    print(found, explanation.as_dict()["advice"])  # noqa: T201


def values(index: indexauth.Index, credentials: indexauth.Credentials) -> None:
    root: str = index.root
    covered: bool = index.covers("https://h/")
    name: str | None = index.name
    parts: tuple[str | None, str | None, str] = (credentials.username, credentials.password, credentials.header)
    indexauth.Credentials.bearer("token")
    print(root, covered, name, parts)  # noqa: T201


def the_store(credentials: indexauth.Credentials) -> None:
    store = indexauth.CredentialStore(Path("credentials.toml"))
    found: indexauth.Credentials | None = store.get("https://h/", username="me")
    store.set("https://h", credentials)
    removed: int = store.remove("https://h", "me")
    services: list[tuple[str, str | None]] = store.services()
    print(found, removed, services)  # noqa: T201


def the_errors(request: requests.PreparedRequest) -> None:
    try:
        requests.Session().send(request)
    except (indexauth.MissingCredentialsError, indexauth.CredentialsNotAllowedError) as error:
        both: requests.RequestException = error
        ours: indexauth.IndexAuthError = error
        print(both, ours, error.request, error.url)  # noqa: T201
    except (indexauth.StoreError, indexauth.ConfigError) as error:
        base: indexauth.IndexAuthError = error
        raise base from None


def mistakes() -> None:
    indexauth.Index(b"https://h/")  # type: ignore[arg-type]
    indexauth.Credentials.bearer(None)  # type: ignore[arg-type]
    indexauth.IndexAuth(keyring_provider="subproces")  # type: ignore[arg-type]
    indexauth.IndexAuth(sources=ask)  # type: ignore[arg-type]
    indexauth.IndexAuth(sources=["ask"])  # type: ignore[list-item]
    indexauth.IndexAuth(credential_helper=1)  # type: ignore[arg-type]
    indexauth.IndexAuth(credential_helper={"h": 1})  # type: ignore[dict-item]
    indexauth.nothing  # type: ignore[attr-defined]  # noqa: B018
