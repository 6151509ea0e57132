"""Dig for what breaks the parsers' rules, with atheris: `tox -e fuzz -- [seconds [rule ...]]`.

Each rule of `tests/support/fuzzing.py` gets its share of the seconds (60), in a process of its own. What breaks one is
written to a file `crash-...` in the working folder; `tox -e fuzz -- RULE FILE` runs that one again.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found, import-untyped, unused-ignore] # not for every Python

sys.path[:0] = [str(Path(__file__).parents[1] / "tests")]

with atheris.instrument_imports(include=["requests_indexauth"]):
    from support import fuzzing

SECONDS = 60
LONGEST = 400  # characters: more finds no more
WORDS = {
    "url": ["https://", "http://", "@", "[::1]", ":443", "\\", "%40", "good", "evil"],
    "paths": ["/simple", "/+simple", "%2e", "..", "\n"],
    "masked": ["https:", "://", ":"],
    "header": ["\n", ":", "\x7f"],
    "netrc": ["machine ", "default ", "login ", "password ", "macdef ", '"', fuzzing.SECRET],
    "service": ["https://", "localhost", "pypi", "/simple", "xn--", "0x7f.1"],
    "store": ["[[credential]]\n", 'service = "https://h/"\n', 'username = "u"\n', f'password = "{fuzzing.SECRET}"\n'],
    "pypirc": ["[distutils]\n", "index-servers = a\n", "[a]\n", "repository = h\n", f"password = {fuzzing.SECRET}\n"],
    "configuration": ["[[index]]\n", f'url = "https://u:{fuzzing.SECRET}@h/"\n', 'authenticate = "x"\n', "[global]\n"],
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """Run all rules, or those named, for so many seconds together; return how many were broken."""
    seconds = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else SECONDS
    if len(arguments) == 2 and Path(arguments[1]).is_file():  # noqa: PLR2004 - a rule and a file
        return _run(arguments[0], [arguments[1]])
    if arguments[:1] == ["--one"]:
        return _run(arguments[1], arguments[2:])
    names = arguments or list(WORDS)
    return sum(_start(name, max(1, seconds // len(names))) for name in names)


def _start(name: str, seconds: int) -> int:
    """Fuzz one rule in a process of its own; return 1 where it is broken."""
    with tempfile.TemporaryDirectory() as folder:
        words = Path(folder) / "words"
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS[name]), "ascii")
        options = [f"-max_total_time={seconds}", f"-dict={words}", f"-max_len={LONGEST}", "-timeout=10", "-verbosity=0"]
        process = subprocess.run(
            [sys.executable, __file__, "--one", name, *options, "-print_final_stats=1"],
            check=False, stderr=subprocess.PIPE, text=True, errors="replace",
        )  # fmt: skip
    broken = process.returncode != 0
    runs = [line for line in process.stderr.splitlines() if line.startswith("stat::number_of_executed_units")]
    print(f"{name:14} {'BROKEN' if broken else 'holds'}  {runs[0].split()[-1] if runs else '?'} runs")  # noqa: T201
    if broken:
        print(process.stderr)  # noqa: T201
    return int(broken)


def _escaped(word: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def _run(name: str, options: list[str]) -> int:
    """Fuzz one rule in this process; it does not return."""
    with tempfile.TemporaryDirectory() as folder:

        def test(data: bytes) -> None:
            text = data.decode("utf-8", "replace")
            if name in fuzzing.TEXTS:
                fuzzing.TEXTS[name](text)
            else:
                fuzzing.FILES[name](text, Path(folder))

        atheris.Setup([sys.argv[0], *options], test)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
