"""A command of the user's own that makes credentials, as a source."""

INSIDE = "REQUESTS_INDEXAUTH_INSIDE_HELPER"
"""The variable that a helper is started with: what it starts asks no helper again."""
