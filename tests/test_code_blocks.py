"""Every code block of README and the documentation: what can run is run, and the table says why the rest is not."""

from __future__ import annotations

import configparser
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests

import requests_indexauth
from requests_indexauth.config.helpers import configured_helpers
from requests_indexauth.config.places import own_config_file
from support.blocks import TEAM, Block, Machine, answer, blocks, hosts
from support.configuration import discovered

if TYPE_CHECKING:
    from collections.abc import Callable

    from support.names import Names
    from support.server import Serve
    from support.tls import Authority

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the blocks are lines of a Unix shell")

# What a block begins with, and why it is not run; a language alone stands for all blocks in it.
NOT_RUN = {
    "": "it is a picture or a command's output",
    "text": "it is a file of another program",
    "yaml": "a CI service runs it",
    "pip install . && indexauth demo": "it would install into the tests' environment; docs/index.md has the demo",
    "pip install tox && tox": "it is what runs this test",
    "tox -e ": "it takes minutes",
    "pytest tests/test_realm_oracle.py": "it is a test itself",
    "def test_": "it is a test, shortened",
    "error: ": "it is a command's output",
    "$ indexauth explain https://pkgs.example.com/team/simple/ --live\nhttps": "a screen, as those of why-401.md are",
    "#!/bin/sh\nexec indexauth helper": "it is a file, which the blocks after it run",
    "$ indexauth run twine": "twine and devpi are run in tests/real/test_run.py",
    "$ pip install 'requests-indexauth[publish]'": "twine is run in tests/real/test_publish.py",
    "$ pip install -e CHECKOUT": "it wants a checkout of another project",
    "$ pip-indexauth -m piptools": "pip-tools is run in tests/real/test_pip_matrix.py",
    f"$ indexauth login {TEAM} -u me --keyring-provider": "keyrings are in tests/real/test_keyring_login.py",
    "$ indexauth demo  ": "`indexauth demo` asks nothing, the lines after it are run elsewhere",
}


def reason(block: Block) -> str | None:
    if block.language in NOT_RUN:
        return NOT_RUN[block.language]
    return next((why for start, why in NOT_RUN.items() if " " in start and block.text.startswith(start)), None)


RUN = [block for block in blocks() if reason(block) is None]


def of(*languages: str) -> list[Any]:
    return [pytest.param(block, id=str(block)) for block in RUN if block.language in languages]


@pytest.fixture
def machine(home: Path, workdir: Path, serve: Serve, authority: Authority, names: Names, ca_bundle: str) -> Machine:
    server = serve(answer, tls=authority.context(*hosts()))
    for host in hosts():
        names.point(host, server)
    return Machine(home, workdir, server, ca_bundle)


@pytest.mark.parametrize("block", of("console", "sh"))
def test_the_commands_of_a_block_succeed(block: Block, machine: Machine) -> None:
    """And what the block prints is printed."""
    machine.configure(block.page)
    lines = block.text.splitlines()
    typed = [line.removeprefix("$ ") for line in lines if is_typed(line) or block.language == "sh"]
    ran = machine.run("\n".join(typed))
    assert ran.code == 0, ran.out
    if block.language == "console":
        printed = [line for line in lines if not is_typed(line) and line != "…"]
        assert [line for line in printed if line not in ran.out] == []


def is_typed(line: str) -> bool:
    return line.startswith(("$ ", "  "))  # a long line goes on in the next


@pytest.mark.parametrize("block", of("dockerfile"))
def test_the_steps_of_a_dockerfile_find_the_secret_they_mount(block: Block, machine: Machine) -> None:
    machine.configure(block.page)
    ran = machine.run_steps(block.text)
    assert ran.code == 0, ran.out
    assert "Successfully installed thing-1.0" in ran.out


@pytest.mark.parametrize("block", of("python"))
def test_the_python_of_a_block_runs(
    block: Block, machine: Machine, session: requests.Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what the text before it has defined."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", machine.bundle)
    before = {"requests": requests, "requests_indexauth": requests_indexauth, "session": session, "fields": {}}
    namespace: dict[str, Any] = dict(before)
    exec(compile(block.text, str(block), "exec"), namespace)  # noqa: S102 - it is ours, and under test
    if namespace["session"] is not session:
        namespace["session"].close()


@pytest.mark.parametrize("block", of("toml"))
def test_the_configuration_of_a_block_has_no_mistake(block: Block, workdir: Path) -> None:
    name = "credentials.toml" if "[[credential]]" in block.text else "uv.toml"
    name = "pyproject.toml" if "[tool." in block.text else name
    path = workdir / name
    if "[credential-helper]" in block.text:
        path = Path(str(own_config_file()))
        path.parent.mkdir(parents=True)
    path.write_text(block.text, encoding="utf-8")
    if name != "credentials.toml":
        found = discovered()
        assert found.problems == []
        helpers = configured_helpers(found.settings, lambda error: pytest.fail(str(error)))
        assert bool(helpers) == ("credential-helper" in block.text)
    else:
        assert len(requests_indexauth.CredentialStore(workdir / name).entries()) == block.text.count("[[")


@pytest.mark.parametrize("block", of("json", "ini"))
def test_the_data_of_a_block_can_be_read(block: Block) -> None:
    read: Callable[[str], Any] = json.loads if block.language == "json" else configparser.ConfigParser().read_string
    read(block.text)


def test_every_block_is_run_or_says_why_not() -> None:
    """A block in a language that no test here knows is noticed."""
    known = {"console", "sh", "dockerfile", "python", "toml", "json", "ini"}
    assert [str(block) for block in RUN if block.language not in known] == []


def test_the_table_names_no_block_that_is_gone() -> None:
    texts = [block.text for block in blocks()]
    languages = {block.language for block in blocks()}
    assert [
        start for start in NOT_RUN if start not in languages and not any(text.startswith(start) for text in texts)
    ] == []
