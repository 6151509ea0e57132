"""Run a function with a time limit, in a daemon thread that is abandoned when the time is over."""

from __future__ import annotations

import threading

TYPE_CHECKING = False  # spares the import of typing; type checkers know the name
if TYPE_CHECKING:
    from typing import Callable, TypeVar

    T = TypeVar("T")


def call_with_timeout(
    work: Callable[[], T], left: Callable[[], float], convert: Callable[[BaseException], Exception], name: str
) -> T:
    """Return what some work returns.

    Args:
        work: is called in another thread.
        left: returns the seconds it may take, asked once it has begun.
        convert: turns the exception that the work raised into the one raised here: the frames and the message of the
            former may hold a secret.
        name: of the thread.

    Raises:
        TimeoutError: it took longer.
        Exception: what ``convert`` returned.
        KeyboardInterrupt: the wait was interrupted, or the work was; neither is an answer.

    """
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work())
        except KeyboardInterrupt:
            failures.append(KeyboardInterrupt())
        except BaseException as error:  # noqa: BLE001 - a panic of a Rust extension is no Exception
            failures.append(convert(error).with_traceback(None))

    # A daemon: one that never ends must not keep the program from ending.
    worker = threading.Thread(target=run, name=f"requests-indexauth {name}", daemon=True)
    worker.start()
    worker.join(left())
    if failures:
        raise failures[0]
    if not results:
        raise TimeoutError
    return results[0]
