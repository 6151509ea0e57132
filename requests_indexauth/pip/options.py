"""pip's options, and the internals of pip that are used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Callable, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..exchange.compat import RequestsCompat


class PipInternals(NamedTuple):
    """The internals of pip that are used, once pip is loaded.

    Attributes:
        compat: for pip's copy of ``requests``; its policy errors are pip's errors.
        error: makes one of pip's errors from a message; pip shows it in one line and ends.
        ask_input: asks a person a question.
        ask_password: asks for a secret.
        ask: asks for one of several answers.
        warn_unknown_pip: warns once that this pip wants something of its ``auth`` that is not known here.

    """

    compat: RequestsCompat
    error: Callable[[str], Exception]
    ask_input: Callable[[str], str]
    ask_password: Callable[[str], str]
    ask: Callable[[str, Sequence[str]], str]
    warn_unknown_pip: Callable[[], None] = lambda: None


def provider_of(given: str | None, configured: str | None, *, prompting: bool) -> str:
    """Return how a keyring is asked: by pip's option; where that has its default, by uv's configuration first.

    The default asks a keyring only where a person may be asked too: pip's own rule, as old as the option.

    Args:
        given: pip's option; ``None`` in a pip that has none.
        configured: what uv's configuration says.
        prompting: whether pip may prompt.

    """
    if given not in (None, "auto"):
        return str(given)
    return configured or ("auto" if given is None or prompting else "disabled")


class PipOptions:
    """The options that pip sets on its ``session.auth``, and the internals of pip that are used.

    Attributes:
        prompting: whether pip may prompt (not with ``--no-input``).
        keyring_provider: pip's option; ``None`` in a pip that has none (before 23.1).
        internals: those of pip that are used; set when its sessions are loaded.

    """

    internals: PipInternals

    def __init__(self) -> None:
        self.prompting = True
        self.keyring_provider: str | None = None
