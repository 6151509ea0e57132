"""Uploading: twine does it, in this process and with its session mounted."""

from __future__ import annotations

import os
import sys
import zlib
from tarfile import TarError
from typing import TYPE_CHECKING, Any, NamedTuple
from zipfile import BadZipFile

from requests import RequestException

from ..config.publish import publish_url
from ..errors import IndexAuthError
from ..models.call import FORBIDDEN, UNAUTHORIZED
from ..models.index import Index
from ..models.url import mask_query, parse_url, without_userinfo
from ..session.mount import mount
from ..sources.environment import is_publish_url, is_pypi_token_elsewhere
from ..store.service import SERVICES
from ..util.terminal import has_terminal, in_command
from .authenticator import warnings_shown
from .errors import CommandError, UsageError
from .output import say
from .settings import refuse
from .status_codes import DONE, NOT_FOUND

if TYPE_CHECKING:
    from requests import Response

_REFUSED = (UNAUTHORIZED, FORBIDDEN)
_BROKEN = (BadZipFile, TarError, zlib.error, EOFError, ValueError)
"""The exceptions that twine lets through for a file that is damaged, empty, or no wheel or archive."""
_VARIABLE = "UV_PUBLISH_URL"


class Target(NamedTuple):
    """Where to upload to.

    Attributes:
        name: of a configured index, or of a repository that twine knows; ``None``: the URL says it, or twine.
        url: with userinfo, where it was given so; ``None``: twine says what the name means.

    """

    name: str | None
    url: str | None


def find_target(name: str | None) -> Target:
    """Return what a name means: an index of uv's configuration before a repository of twine's.

    Args:
        name: as it was given; ``None``: ``UV_PUBLISH_URL`` says where, or twine's variables, or it is PyPI.

    Raises:
        CommandError: the index has no ``publish-url``, and twine knows no repository of that name; or its section of
            .pypirc has no ``repository``.
        ConfigError: a file has a bad value.

    """
    if name is None:
        return Target(None, os.environ.get(_VARIABLE) or None)
    defined = publish_url(name, refuse)
    if defined is None or (defined.url is None and _is_twines(name)):
        _check_section(name)
        return Target(name, None)
    if defined.url is None:
        message = f"{defined.where}: the index {name} has no publish-url: add one, or name the URL (--repository-url)"
        raise CommandError(message)
    return Target(name, defined.url)


def upload(target: Target, switches: list[str], files: list[str]) -> int:
    """Do ``twine upload``, and say what to do where the server refuses it.

    Args:
        target: where to.
        switches: options of twine's that take no value.
        files: what to upload, or patterns.

    Raises:
        CommandError: twine is not installed, the server cannot be reached, or a file is damaged.
        UsageError: the repository's URL is not an http(s) URL, or cannot be printed.

    """
    twine = _twine()
    where = _options(target)
    interactive = [] if has_terminal() else ["--non-interactive"]
    uploads: list[_Upload] = []
    twine.settings.Settings = _settings_class(twine.settings.Settings, target, uploads)
    sys.argv = ["twine", "upload", *where, *switches, *interactive, "--", *files]
    if hasattr(sys.stdout, "reconfigure"):  # else it is `None`, or was replaced
        sys.stdout.reconfigure(errors="backslashreplace")  # twine draws a bar that not every encoding has
    with warnings_shown():
        try:
            failed = twine.__main__.main()
        except IndexAuthError:
            raise
        except RequestException as error:
            place = uploads[-1].shown_url if uploads else "the repository"
            message = f"the upload to {place} failed ({type(error).__name__}): check the URL and the network"
            raise CommandError(message) from error
        except _BROKEN as error:
            if uploads:  # twine has read all files before it makes the session
                raise
            message = f"one of the files is a damaged wheel or archive, or none ({type(error).__name__}): build it anew"
            raise CommandError(message) from error
    for one in uploads:
        one.tell_refusal()
    return NOT_FOUND if failed else DONE


def _options(target: Target) -> list[str]:
    """Return twine's options for it. Userinfo is left out: it is the index's own credential, for a session to find."""
    if target.url is None:
        return ["--repository", target.name] if target.name else []
    try:
        url = parse_url(target.url).clean
    except ValueError:  # its message quotes the URL
        message = "the repository's URL is not an http(s) URL with a clear host"
        raise UsageError(message) from None
    if not url.isprintable():  # twine prints it, and a project's file may have chosen it
        message = "the repository's URL has a character that cannot be printed: percent-encode it"
        raise UsageError(message)
    return ["--repository-url", url]


def _settings_class(base: Any, target: Target, uploads: list[_Upload]) -> type:
    """Return twine's ``Settings``, with each repository it makes mounted and noted in ``uploads``."""

    class MountedSettings(base):  # type: ignore[misc] # twine's
        # twine asks for both before it makes the session; until the session has looked, there are none.
        looks_itself = False

        @property
        def username(self) -> Any:
            return super().username if self.looks_itself else None

        @property
        def password(self) -> Any:
            return super().password if self.looks_itself else None

        def create_repository(self) -> Any:
            repository = super().create_repository()
            self.looks_itself = True
            upload = _Upload(self, repository)
            uploads.append(upload)
            upload.mount(target)
            return repository

    return MountedSettings


class _Upload:
    """One upload of twine's, through a session that is mounted.

    Where no source has a credential, twine looks for one as it does by itself: in its own variables, as a publisher
    that PyPI trusts, by asking.

    Args:
        settings: twine's.
        repository: twine's; it has the session.

    Attributes:
        url: the URL that is uploaded to.

    """

    def __init__(self, settings: Any, repository: Any) -> None:
        self.url = str(settings.repository_config["repository"])
        self._settings = settings
        self._session = repository.session
        self._status = 0
        self._sent = "no credential was found"

    @property
    def shown_url(self) -> str:
        """The URL that is uploaded to, as a message may have it."""
        return mask_query(without_userinfo(self.url))

    def mount(self, target: Target) -> None:
        """Mount the session, with the target as its index; let twine look for a credential where no source has one."""
        # The variables UV_PUBLISH_... are for the URL in this one, which commands that are asked inherit, too.
        os.environ[_VARIABLE] = os.environ.get(_VARIABLE) or without_userinfo(self.url)
        explanation = mount(self._session, _indexes(target)).explain(self.url)
        source = next((step.source for step in explanation.steps if step.outcome == "found"), None)
        given = self._settings.auth.input.password is not None and source != "environment"
        if explanation.credentials is None or given:
            self._ask_twine(chosen_by_file=target.name is not None and target.url is not None)
        else:
            self._sent = f"the credential from {source} was sent"
        self._session.hooks["response"].append(self._remember)

    def _ask_twine(self, *, chosen_by_file: bool) -> None:
        """Send what twine finds; a project's file that chooses the URL does not get PyPI's token.

        Raises:
            CommandError: twine has found such a token.

        """
        from twine.exceptions import NonInteractive  # noqa: PLC0415 - an extra

        auth = self._settings.auth
        asked = parse_url(self.url)
        if is_publish_url(asked):
            auth.input.username = auth.input.username or os.environ.get("UV_PUBLISH_USERNAME")
        try:
            username, password = self._settings.username, self._settings.password
        except NonInteractive:
            if auth.is_pypi():
                raise
            return  # a server may let everybody upload
        if chosen_by_file and is_pypi_token_elsewhere(password, asked.realm):
            message = (
                f"what twine found (TWINE_PASSWORD?) is PyPI's token, which is not sent to {asked.realm}: give another"
            )
            raise CommandError(message)
        if username or password:
            self._session.auth = ((username or "").encode(), (password or "").encode())
            self._sent = "what twine found was sent"

    def _remember(self, response: Response, **_options: Any) -> None:
        self._status = response.status_code

    def tell_refusal(self) -> None:
        """Say what was refused, and which command shows more."""
        if self._status in _REFUSED:
            url = self.shown_url
            see = f"indexauth explain {in_command(url)}"
            say(f"error: {url} refused the upload ({self._status}): {self._sent}; see: {see}")


def _indexes(target: Target) -> list[Index]:
    """Return the target as an index: its userinfo and the variables of its name are for it."""
    if target.url is None:
        return []
    url = parse_url(target.url)
    return [Index(target.url, target.name)] if target.name or url.username or url.password else []


def _is_twines(name: str) -> bool:
    return name in SERVICES or name in _sections()


def _check_section(name: str) -> None:
    """Refuse a section of .pypirc that does not say where to; twine shows a traceback there."""
    section = _sections().get(name)
    if section is not None and not section.get("repository"):
        message = f"{_twine().utils.DEFAULT_CONFIG_FILE}: [{name}] has no repository: add one, or use --repository-url"
        raise CommandError(message)


def _sections() -> dict[str, Any]:
    """Return the sections of .pypirc, as twine reads them."""
    utils = _twine().utils
    try:
        sections: dict[str, Any] = utils.get_config(utils.DEFAULT_CONFIG_FILE)
    except Exception:  # noqa: BLE001 - twine reports what is wrong with the file
        return {}
    return sections


def _twine() -> Any:
    """Return the package, with what is used of it.

    Raises:
        CommandError: it is not installed.

    """
    try:
        import twine.__main__  # noqa: PLC0415 - an extra
        import twine.exceptions  # noqa: PLC0415 - an extra
        import twine.settings  # noqa: PLC0415 - an extra
        import twine.utils  # noqa: PLC0415 - an extra
    except ImportError as error:
        missing = (error.name or "twine").partition(".")[0]
        message = f"{missing} is not installed: pip install 'requests-indexauth[publish]'"
        raise CommandError(message) from None
    return twine
