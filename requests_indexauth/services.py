"""What a service is called in the credential store, and the two services that have names of their own."""

from __future__ import annotations

SERVICES = {"pypi": "https://upload.pypi.org/legacy/", "testpypi": "https://test.pypi.org/legacy/"}
"""The upload URLs of PyPI and TestPyPI, by the names that ``.pypirc``, twine and we call them."""

DEFAULT_PUBLISH_URL = SERVICES["pypi"]
"""Where ``uv publish`` and twine upload to when nobody says otherwise."""
