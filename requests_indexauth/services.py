"""The upload services that have a name of their own."""

DEFAULT_PUBLISH_URL = "https://upload.pypi.org/legacy/"
SERVICES = {"pypi": DEFAULT_PUBLISH_URL, "testpypi": "https://test.pypi.org/legacy/"}
