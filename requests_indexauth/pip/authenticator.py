"""Our authenticator in place of pip's authentication, with pip's options, prompt and errors.

Only `patch` knows where these are in pip, and hands them over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.authenticator import Authenticator
from ..core.watched import watched
from ..models.index import Index
from ..models.indexes import Indexes
from ..util.terminal import in_command
from .options import PipOptions, provider_of
from .prompt import PipPrompt
from .refusals import Refusals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..core.flow import Flow
    from ..core.memo import Memo
    from ..core.resolver import Resolver
    from ..models.call import Call
    from ..models.url import URL


class PipAuthenticator(Authenticator):
    """An `Authenticator` with the options of pip, which pip sets while it is in use.

    Args:
        options: pip's.
        resolver: asks the sources; ``None``: a chain of our own.
        memo: what is remembered; ``None``: nothing yet.

    """

    def __init__(self, options: PipOptions, *, resolver: Resolver | None = None, memo: Memo | None = None) -> None:
        self._options = options
        self._index_urls: tuple[str, ...] = ()
        self._all_indexes: Indexes | None = None
        self._sources: dict[str, str] = {}
        self.prompt = PipPrompt(self.warn, options, covering=self._covering)
        self._refusals = Refusals(self, self.prompt, self._sources)
        super().__init__(prompt=self.prompt, resolver=resolver, memo=memo, for_pip=True)

    def set_index_urls(self, urls: Iterable[str]) -> None:
        """Set the indexes of pip's options and requirements files; they come before the configured ones."""
        self._index_urls = tuple(urls)
        self._all_indexes = None
        self.indexes_changed()

    @property
    def indexes(self) -> Indexes:
        """Those of pip, with the names and policies that the configuration has for them, then the configured ones."""
        indexes = self._all_indexes
        if indexes is None:
            configured = self.settings().indexes
            indexes = self._all_indexes = Indexes((*_pips_indexes(self._index_urls, configured), *configured))
        return indexes

    def keyring_provider(self) -> str:
        """Return how a keyring is asked, by pip's option and uv's configuration."""
        options = self._options
        configured = self.settings().keyring_provider if options.keyring_provider in (None, "auto") else None
        return provider_of(options.keyring_provider, configured, prompting=options.prompting)

    def review(self, response: Any) -> None:
        """Warn of a refusal; store an accepted answer to the prompt where the user wanted that."""
        self._refusals.look_at(response)
        header = response.request.headers.get("Authorization")
        if header is not None and response.ok:
            self.prompt.accepted(header)

    def log_refusal(
        self, call: Call, sent: Sequence[str], redirected_from: str | None = None, *, used_up: bool = False
    ) -> None:
        """Log nothing: pip's user gets a warning."""

    def how_to_explain(self, url: str) -> str:
        """Return the command that does what this pip does."""
        return f"indexauth explain --for pip {in_command(url.partition('?')[0])}"

    def flow(self, call: Call) -> Flow:
        """Return the flow for a call; which source each credential is from is noted."""
        return watched(super().flow(call), self._sources)

    def is_own(self, url: URL) -> bool:
        """Whether a URL's userinfo belongs to the index that covers it."""
        index = self.indexes.covering(url)
        own = None if index is None else index.credentials
        return own is not None and (own.username, own.password) == (url.username, url.password)

    def _covering(self, url: URL) -> Index | None:
        """Return the index that covers a URL, of those that pip has set by now."""
        return self.indexes.covering(url)


def _pips_indexes(urls: Sequence[str], configured: Sequence[Index]) -> Iterator[Index]:
    """Yield pip's indexes. One that the configuration has too keeps the name, policy and credentials from there."""
    for url in urls:
        url = url.rstrip("/") + "/"  # noqa: PLW2901 - as pip asks a keyring
        try:
            index = Index(url, origin="pip's options")
        except ValueError:  # a folder; or what pip will complain of
            continue
        same = next((other for other in configured if other.root == index.root), None)
        if same is None:
            yield index
        elif index.credentials is None and same.credentials is not None:
            yield same
        else:
            yield Index(url, same.name, same.authenticate, origin=f"pip's options and {same.origin}")
