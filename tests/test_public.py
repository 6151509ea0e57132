"""The public names, and what an import costs."""

from __future__ import annotations

import importlib
import json
import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import requests

import requests_indexauth

NAMES = {
    "ConfigError",
    "CredentialStore",
    "Credentials",
    "CredentialsNotAllowedError",
    "Index",
    "IndexAuth",
    "IndexAuthAdapter",
    "IndexAuthError",
    "MissingCredentialsError",
    "StoreError",
    "mount",
}
HEAVY = {"requests", "urllib3", "keyring", "tomllib", "tomli", "tomli_w", "platformdirs", "subprocess", "filelock"}


def loaded_by(code: str) -> set[str]:
    """Return which modules a new interpreter has loaded after some code."""
    code += "\nimport sys, json; print(json.dumps(sorted(sys.modules)))"
    env = {**os.environ, "PYTHONPATH": str(Path(str(requests_indexauth.__file__)).parent.parent)}
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, env=env)
    return set(json.loads(done.stdout))


def test_the_public_names() -> None:
    """Those of the contract, and what they return."""
    assert set(requests_indexauth.__all__) == NAMES | {"Explanation", "__version__"}
    assert set(requests_indexauth.__all__) <= set(dir(requests_indexauth))


@pytest.mark.parametrize("name", sorted(NAMES | {"Explanation"}))
def test_a_public_name_is_imported_when_it_is_used(name: str) -> None:
    """And is then an ordinary attribute, with a documentation."""
    vars(requests_indexauth).pop(name, None)
    value = getattr(requests_indexauth, name)
    assert vars(requests_indexauth)[name] is value
    assert value.__module__ == "requests_indexauth"
    assert value.__doc__


def test_an_unknown_name() -> None:
    """It is an `AttributeError`, as in any module."""
    with pytest.raises(AttributeError, match="module 'requests_indexauth' has no attribute 'nothing'"):
        importlib.import_module("requests_indexauth").nothing  # noqa: B018
    assert not hasattr(requests_indexauth, "auth_flow")


def test_a_star_import() -> None:
    """It brings every public name."""
    scope: dict[str, object] = {}
    exec("from requests_indexauth import *", scope)  # noqa: S102 - a star import is not to be had otherwise
    assert set(scope) >= NAMES


def test_the_import_costs_nothing() -> None:
    """Neither `requests` nor anything else heavy is loaded, and only the package's own first module."""
    before = loaded_by("")
    loaded = loaded_by("import requests_indexauth") - before
    assert not loaded & HEAVY
    assert {name for name in loaded if name.startswith("requests_indexauth")} == {"requests_indexauth"}


def test_a_mounted_session_has_loaded_nothing_that_only_a_request_needs() -> None:
    """What reads files, asks sources, decides and explains is imported with the first request."""
    loaded = loaded_by("import requests, requests_indexauth; requests_indexauth.mount(requests.Session())")
    later = {"config", "core.flow", "core.resolver", "explain", "exchange.exchange", "sources", "store"}
    assert not {f"requests_indexauth.{name}" for name in later} & loaded
    assert not loaded & (HEAVY - {"requests", "urllib3"} - loaded_by("import requests"))


@pytest.mark.parametrize(
    "code",
    [
        "from requests_indexauth import Credentials; Credentials.basic('me', 'pw')",
        "from requests_indexauth import Index; Index('https://me:pw@h/simple/')",
        "from requests_indexauth import IndexAuthError, StoreError, ConfigError",
        "import requests_indexauth.core.flow, requests_indexauth.core.authenticator",
    ],
    ids=["a credential", "an index", "an error", "the core"],
)
def test_the_core_needs_no_requests(code: str) -> None:
    """pip's children have only pip's copy."""
    assert not (loaded_by(code) - loaded_by("")) & (HEAVY - {"subprocess"})


def test_mounting_on_a_session_loads_what_it_needs_and_no_more() -> None:
    """Files are read and keyrings asked when they are first needed."""
    session = "import requests, requests_indexauth; session = requests.Session()"
    loaded = loaded_by(f"{session}; requests_indexauth.mount(session)") - loaded_by("import requests")
    assert not loaded & (HEAVY - {"requests", "urllib3"})


def test_the_version_is_the_packages() -> None:
    """What is installed and what the module says are one."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        installed = version("requests-indexauth")
    except PackageNotFoundError:  # the source folder
        installed = requests_indexauth.__version__
    assert requests_indexauth.__version__ == installed


def test_a_session_can_be_pickled() -> None:
    """With the adapter and the auth; no secret travels."""
    session = requests.Session()
    index = requests_indexauth.Index("https://me:s3cret@pkgs.example.com/simple/")
    requests_indexauth.mount(session, [index], discover=False)
    pickled = pickle.dumps(session)
    assert b"s3cret" not in pickled
    auth = pickle.loads(pickled).auth  # noqa: S301
    assert auth.resolve("https://pkgs.example.com/simple/x/") is None
