"""Options and operands: wrong use is one line, without the secret that somebody mistyped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from support.commands import run_child

if TYPE_CHECKING:
    from pathlib import Path

    from support.commands import Run


URL = "https://pkgs.example.com/team"
SECRET = "hunter22"
# Wrong use: each is exit 2 and one line on stderr, without the secret that somebody mistyped.
WRONG: dict[str, tuple[str, ...]] = {
    "no such command": ("frobnicate",),
    "mistyped command": ("logn", URL),
    "option before the command": ("--format", "json", "list"),
    "option for nothing": ("-x",),
    "help for no command": ("help", "frobnicate"),
    "empty command": ("",),
    "login: unknown option": ("login", URL, "--pasword", SECRET),
    "login: unknown option with value": ("login", URL, f"--pasword={SECRET}"),
    "login: unknown short option": ("login", URL, f"-p{SECRET}"),
    "login: short option with a secret behind it": ("login", URL, f"-{SECRET}"),
    "login: option behind a double dash": ("login", URL, "--", "--x"),
    "login: option without value": ("login", URL, "-u"),
    "login: long option without value": ("login", URL, "--password"),
    "login: switch with a value": ("login", URL, f"--check={SECRET}"),
    "login: two services": ("login", URL, "https://h.example"),
    "login: password and token": ("login", URL, "--password", SECRET, "--token", SECRET),
    "login: user and token": ("login", URL, "-u", "me", "-t", SECRET),
    "login: user in URL and option": ("login", "https://me@h.example/", "-u", "me", "--password", SECRET),
    "login: user in URL and token": ("login", "https://me@h.example/", "-t", SECRET),
    "login: password in URL and option": ("login", f"https://me:{SECRET}@h.example/", "--password", SECRET),
    "login: password in URL and token": ("login", f"https://:{SECRET}@h.example/", "-t", SECRET),
    "login: option twice": ("login", URL, "-u", "me", "--password", SECRET, "--password", "other"),
    "login: empty password": ("login", URL, "-u", "me", "--password", ""),
    "login: empty token": ("login", URL, "--token", ""),
    "login: empty token from stdin": ("login", URL, "--token", "-"),
    "login: empty password from stdin": ("login", URL, "-u", "me", "--password", "-"),
    "login: empty user": ("login", URL, "-u", "", "--password", SECRET),
    "login: colon in user": ("login", URL, "-u", "a:b", "--password", SECRET),
    "login: control character": ("login", URL, "-u", "me", "--password", f"{SECRET}\x07"),
    "login: surrogate": ("login", URL, "-u", "me", "--password", f"{SECRET}\udcff"),
    "login: no password": ("login", URL, "-u", "me"),
    "login: no user": ("login", URL, "--password", SECRET),
    "login: nothing": ("login",),
    "login: user is left to stdin": ("login", URL, "--password", "-"),
    "login: plain http": ("login", "http://h.example/", "-t", SECRET),
    "login: plain http address": ("login", "http://127.0.0.2/", "-t", SECRET),
    "login: another scheme": ("login", "ftp://h.example/", "-t", SECRET),
    "login: port out of range": ("login", "https://h.example:99999/", "-t", SECRET),
    "login: blank in host": ("login", "https://h h.example/", "-t", SECRET),
    "login: empty service": ("login", "", "-t", SECRET),
    "login: no host": ("login", "https://", "-t", SECRET),
    "login: brackets": ("login", "https://[x]/", "-t", SECRET),
    "login: two hosts": ("login", f"https://u:{SECRET}@a\\@b/", "-t", SECRET),
    "login: secret as a service": ("login", f"{SECRET} {SECRET}", "-t", "x"),
    "login: no such provider": ("login", URL, "-t", SECRET, "--keyring-provider", "subprocess"),
    "token: two services": ("token", URL, URL),
    "token: no such format": ("token", URL, "--format", "yaml"),
    "token: user in URL and option": ("token", "https://me@h.example/", "-u", "you"),
    "token: empty user": ("token", URL, "-u", ""),
    "token: plain http": ("token", "http://h.example/"),
    "token: not a URL": ("token", "https://[x]/"),
    "token: resolve and provider": ("token", URL, "--resolve", "--keyring-provider", "disabled"),
    "token: password option": ("token", URL, "--password", SECRET),
    "logout: all and a service": ("logout", "--all", URL),
    "logout: all and a user": ("logout", "--all", "-u", "me"),
    "logout: user in URL and option": ("logout", "https://me@h.example/", "-u", "me"),
    "logout: plain http": ("logout", "http://h.example/"),
    "logout: not a URL": ("logout", "https://h.example:x/"),
    "list: argument": ("list", URL),
    "list: no such format": ("list", "--format", ""),
    "list: no such provider": ("list", "--keyring-provider", ""),
    "dir: argument": ("dir", "x"),
    "dir: option": ("dir", "--format", "json"),
    "explain: no URL": ("explain",),
    "explain: two URLs": ("explain", URL, URL),
    "explain: not a URL": ("explain", "https://h h/"),
    "explain: another scheme": ("explain", "file:///etc/passwd"),
    "explain: user in URL and option": ("explain", "https://me@h.example/", "-u", "me"),
    "explain: no such format": ("explain", URL, "--format", "text "),
    "helper: no protocol": ("helper", "get"),
    "helper: no such protocol": ("helper", "--protocol", "git", "get"),
    "helper: no action": ("helper", "--protocol", "bazel"),
    "helper: no such action": ("helper", "--protocol", "bazel", "store"),
    "helper: two actions": ("helper", "--protocol", "bazel", "get", "get"),
    "helper: empty question": ("helper", "--protocol", "bazel", "get"),
    "demo: argument": ("demo", "x"),
}


@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_wrong_use_is_exit_2_and_one_line(run: Run, store: Path, arguments: tuple[str, ...]) -> None:
    """Nothing on stdout, no traceback, no secret, nothing stored."""
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", ran.err)
    assert SECRET not in ran.err
    assert "bug in indexauth" not in ran.err
    assert not store.exists()


@pytest.mark.parametrize(
    "name",
    ["login: unknown option with value", "login: surrogate", "login: nothing", "token: not a URL", "explain: no URL"],
)
def test_wrong_use_of_a_real_process(name: str) -> None:
    """The same with nothing of this process in between."""
    ran = run_child(*WRONG[name])
    assert (ran.code, ran.out) == (2, "")
    assert re.fullmatch(r"error: [^\n]+\n", ran.err)
    assert SECRET not in ran.err


def test_a_secret_stuck_to_its_option_is_not_shown(run: Run) -> None:
    """The message names the option that was meant."""
    ran = run("login", "pkgs.example.com", "-u", "me", "--passwordhunter2")
    assert (ran.code, ran.out) == (2, "")
    assert "no space and no `=` behind --password " in ran.err
    assert "hunter2" not in ran.err
