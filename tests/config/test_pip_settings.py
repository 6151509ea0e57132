"""pip's settings of its connections and its keyring. (`tests/cli/live/test_as_pip.py` asks the pip here.)"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_indexauth.config.pip_settings import PipSettings, Setting, pip_settings
from requests_indexauth.models.credentials import Secret
from support.configuration import write_files

if TYPE_CHECKING:
    from requests_indexauth.errors import ConfigError


@pytest.fixture
def pip_conf(workdir: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the place of pip's only file."""
    monkeypatch.setenv("PIP_CONFIG_FILE", str(workdir / "pip.conf"))
    return workdir / "pip.conf"


def fail(error: ConfigError) -> None:
    """Take no bad value."""
    raise error


def options(pip_conf: Path, text: str) -> PipSettings:
    """Return what a file says."""
    write_files(pip_conf.parent, {pip_conf.name: text})
    return pip_settings(str(pip_conf.parent), fail)


def test_install_goes_over_global_and_a_variable_over_both(pip_conf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A section of another command counts for nothing, and an empty value for none."""
    text = "[global]\nproxy = http://global/\n[download]\nproxy = http://download/\n[install]\nproxy = {}\n"
    assert options(pip_conf, text.format("http://install/")).proxy == Setting(
        Secret("http://install/"), f"{pip_conf}: [install] proxy"
    )
    assert options(pip_conf, text.format("")).proxy == Setting(Secret("http://global/"), f"{pip_conf}: [global] proxy")
    monkeypatch.setenv("PIP_PROXY", "http://variable/")
    assert options(pip_conf, text.format("http://install/")).proxy == Setting(Secret("http://variable/"), "PIP_PROXY")


def test_a_file_is_named_from_the_working_folder_or_the_home_folder(pip_conf: Path, home: Path) -> None:
    """As pip has it."""
    found = options(pip_conf, "[global]\ncert = ca.pem\nclient-cert = ~/me.pem\n")
    assert found.cert is not None
    assert found.client_cert is not None
    assert Path(found.cert.text) == pip_conf.parent / "ca.pem"
    assert Path(found.client_cert.text) == home / "me.pem"


@pytest.mark.parametrize(("word", "asks"), [("1", False), ("Yes", False), ("0", True), ("off", True)])
def test_no_input_keeps_pip_from_asking(pip_conf: Path, word: str, *, asks: bool) -> None:
    assert options(pip_conf, f"[global]\nno-input = {word}\n").asks is asks


def test_several_words_of_one_setting(pip_conf: Path) -> None:
    """Hosts are parted by blanks, and so are the deprecated features that are kept."""
    found = options(pip_conf, "[global]\ntrusted-host = a b:8443\nuse-deprecated = other legacy-certs\n")
    assert [host.text for host in found.trusted_hosts] == ["a", "b:8443"]
    assert found.old_certificates
    assert not options(pip_conf, "[global]\nuse-deprecated = other\n").old_certificates


def test_a_no_input_that_pip_refuses_is_told_of(pip_conf: Path) -> None:
    """pip itself runs no command with it."""
    write_files(pip_conf.parent, {"pip.conf": "[global]\nno-input = maybe\n"})
    told: list[str] = []
    assert pip_settings(str(pip_conf.parent), lambda error: told.append(str(error))).asks
    (said,) = told
    assert said.startswith(f"{pip_conf}: [global] no-input")
    assert said.endswith(": must be true or false: correct it")


def test_a_keyring_provider_that_pip_does_not_know_is_told_of(pip_conf: Path) -> None:
    """And counts as not set."""
    write_files(pip_conf.parent, {"pip.conf": "[global]\nkeyring-provider = native\n"})
    told: list[str] = []
    assert pip_settings(str(pip_conf.parent), lambda error: told.append(str(error))).keyring_provider is None
    (said,) = told
    assert said.startswith(f"{pip_conf}: [global] keyring-provider")
    assert said.endswith(": must be one of auto, disabled, import, subprocess: correct it")
