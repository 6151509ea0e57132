"""Work with a time limit, in a thread of its own."""

from __future__ import annotations

import threading

import pytest

from requests_indexauth.util.timeout import call_with_timeout


def told(error: BaseException) -> Exception:
    return LookupError(type(error).__name__)


def forever() -> float:
    return 60.0


def test_what_the_work_returns() -> None:
    """It is done in another thread, a daemon."""
    thread = call_with_timeout(threading.current_thread, forever, told, "test")
    assert thread.name == "requests-indexauth test"
    assert thread.daemon


def test_what_takes_too_long_is_left_behind() -> None:
    """Its end changes nothing any more."""
    over, ended = threading.Event(), threading.Event()

    def work() -> None:
        over.wait(60)
        ended.set()

    with pytest.raises(TimeoutError):
        call_with_timeout(work, lambda: 0.0, told, "test")
    over.set()
    assert ended.wait(60)


@pytest.mark.parametrize("error", [ValueError("secret"), SystemExit("secret"), GeneratorExit("secret")])
def test_what_the_work_raises_is_told_in_other_words(error: BaseException) -> None:
    """Its message and frames may hold a secret, and an exit is none of the program's."""

    def work() -> None:
        raise error

    with pytest.raises(LookupError, match=f"^{type(error).__name__}$") as caught:
        call_with_timeout(work, forever, told, "test")
    assert caught.value.__context__ is None


def test_an_interrupt_of_the_work_is_one_of_the_caller() -> None:
    """It is no answer, and no failure that may be remembered; what it says stays behind."""

    def work() -> None:
        raise KeyboardInterrupt("secret")

    with pytest.raises(KeyboardInterrupt) as caught:
        call_with_timeout(work, forever, told, "test")
    assert caught.value.args == ()


def test_an_interrupt_of_the_wait_passes_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work goes on behind it, and keeps no program from ending."""
    over = threading.Event()
    real = threading.Thread.join
    workers: list[threading.Thread] = []

    def join(thread: threading.Thread, timeout: float | None = None) -> None:
        if not workers and thread.name.endswith("test"):
            workers.append(thread)
            raise KeyboardInterrupt
        real(thread, timeout)

    monkeypatch.setattr(threading.Thread, "join", join)
    with pytest.raises(KeyboardInterrupt):
        call_with_timeout(lambda: over.wait(60), forever, told, "test")
    assert workers[0].daemon
    over.set()
    workers[0].join(60)
    assert not workers[0].is_alive()
