"""A private package index (PEP 503) on loopback, with several roots and users where a test needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable
from urllib.parse import unquote

from support.files import serve_file
from support.messages import HTTP_UNAUTHORIZED, Reply, Request, refused
from support.server import DEFAULT_HOST, RecordingServer
from support.wheels import Distribution, build_wheel, normalized

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterable, Mapping

PAGES = "pages"
FILES = "files"


@dataclass
class Root:
    """One index of the server. Everything may be changed while it serves: a new password, another refusal."""

    path: str  # "/simple", "/team-a/simple": where its pages lie
    distributions: list[Distribution]
    users: dict[str, str] = field(default_factory=dict)  # user name to password
    tokens: set[str] = field(default_factory=set)  # Bearer tokens
    protect: set[str] = field(default_factory=lambda: {PAGES, FILES})
    refusal: int = HTTP_UNAUTHORIZED  # to a request without credential: 401, 403 or 404
    wrong: int | None = None  # to a wrong credential; `None`: the same
    files: str | None = None  # folder of the files; `None`: beside the pages, a page's own folder

    def refuse(self, request: Request, what: str) -> Reply | None:
        """Return the refusal, or `None` if this request may have the page or file."""
        given = request.authorization
        if what not in self.protect or (given and self._knows(given)):
            return None
        return refused(self.wrong if given and self.wrong else self.refusal)

    def _knows(self, given: tuple[str, ...]) -> bool:
        if given[0] == "basic":
            return self.users.get(given[1]) == given[2]
        return given[0] == "bearer" and given[1] in self.tokens

    def file_path(self, distribution: Distribution) -> str:
        """Return where a file of this index lies on the server."""
        folder = self.files or f"{self.path}/{normalized(distribution.name)}"
        return f"{folder}/{distribution.filename}"

    def page(self, name: str) -> str:
        """Return the page of one package, empty if there is none."""
        links = [
            f'<a href="{self.file_path(one)}#sha256={one.sha256}">{one.filename}</a><br>'
            for one in self.distributions
            if normalized(one.name) == name
        ]
        return _html(links) if links else ""

    def listing(self) -> str:
        """Return the page that lists the packages."""
        names = sorted({normalized(one.name) for one in self.distributions})
        return _html(f'<a href="{self.path}/{name}/">{name}</a><br>' for name in names)


class IndexServer(RecordingServer):
    """A `RecordingServer` that is a package index; `packages` are names (version 1.0) or distributions."""

    def __init__(
        self,
        packages: Iterable[str | Distribution] = ("thing",),
        users: Mapping[str, str] | None = None,
        *,
        root: str = "/simple",
        host: str = DEFAULT_HOST,
        tls: ssl.SSLContext | None = None,
        **options: object,
    ) -> None:
        """Make a server with one root; `options` are the remaining fields of `Root`."""
        super().__init__(self._route, host=host, tls=tls)
        self.roots: dict[str, Root] = {}
        self.add_root(root, packages, users, **options)

    def add_root(
        self,
        path: str,
        packages: Iterable[str | Distribution] = ("thing",),
        users: Mapping[str, str] | None = None,
        **options: object,
    ) -> Root:
        """Put one more index under `path`; without users and tokens it is open."""
        made = [build_wheel(one) if isinstance(one, str) else one for one in packages]
        if not users and not options.get("tokens"):
            options.setdefault("protect", set())
        path = path.rstrip("/")
        self.roots[path] = Root(path, made, dict(users or {}), **options)  # type: ignore[arg-type]
        return self.roots[path]

    @property
    def root(self) -> Root:
        """Return the root the server was made with."""
        return next(iter(self.roots.values()))

    def index_url(
        self, path: str | None = None, *, host: str | None = None, user: str | None = None, password: str | None = None
    ) -> str:
        """Return the URL of an index, its trailing slash included."""
        root = self.root if path is None else self.roots[path.rstrip("/")]
        return self.at(root.path + "/", host=host, user=user, password=password)

    def page_url(self, name: str = "thing", path: str | None = None) -> str:
        """Return the URL of a package's page."""
        return f"{self.index_url(path)}{name}/"

    def file_url(self, name: str = "thing", path: str | None = None) -> str:
        """Return the URL of a package's first file."""
        root = self.root if path is None else self.roots[path.rstrip("/")]
        first = next(one for one in root.distributions if normalized(one.name) == normalized(name))
        return self.at(root.file_path(first))

    def _route(self, request: Request) -> Reply:
        path = unquote(request.path)
        return self._file(request, path) or self._page(request, path) or Reply(404, body=b"no such page")

    def _file(self, request: Request, path: str) -> Reply | None:
        """Answer for a file. Where several indexes list the same one, a user of any of them may have it."""
        owners = [(root, one) for root in self.roots.values() for one in root.distributions]
        owners = [(root, one) for root, one in owners if root.file_path(one) == path]
        if not owners:
            return None
        refusals = [root.refuse(request, FILES) for root, _ in owners]
        return serve_file(request, owners[0][1].content, owners[0][1].sha256) if None in refusals else refusals[0]

    def _page(self, request: Request, path: str) -> Reply | None:
        """Answer below the most specific root, refusals first: a stranger learns nothing about what is there."""
        below = [root for root in self.roots.values() if f"{path}/".startswith(f"{root.path}/")]
        if not below:
            return None
        root = max(below, key=lambda one: len(one.path))
        name = path[len(root.path) :].strip("/")
        page = root.page(normalized(name)) if name else root.listing()
        found = Reply(200, {"Content-Type": "text/html"}, page.encode()) if page else None
        return root.refuse(request, PAGES) or found


def _html(links: Iterable[str]) -> str:
    return "\n".join(["<!DOCTYPE html><html><body>", *links, "</body></html>", ""])


ServeIndex = Callable[..., IndexServer]  # the type of the fixture `serve_index`
