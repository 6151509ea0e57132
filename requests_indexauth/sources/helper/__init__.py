"""A command of the user's own that makes credentials, as a source."""

INSIDE = "REQUESTS_INDEXAUTH_INSIDE_HELPER"
"""The variable that every helper is started with: its processes ask no helper again."""
