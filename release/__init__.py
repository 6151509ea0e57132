"""Builds what is published: run by `tox -e package`, not installed."""
